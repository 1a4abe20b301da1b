"""Environments of their own for releases that are not the one of the tests, made by pip on first use."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path


def made_environment(name: str, packages: tuple[str, ...]) -> str:
    """The Python of an environment; made once and kept outside of the repository, ten to forty seconds of pip.

    Args:
        name: What distinguishes it from others of the same Python.
        packages: What pip installs in it.
    """
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    home = Path(tempfile.gettempdir()) / f"ckpt-tui-tests-{os.getuid()}-{name}-py{version}"
    python = home / "bin" / "python"
    if python.exists():
        return str(python)
    # Built beside, then moved: two processes of the tests may want it at once. Scripts of pip name the first place.
    building = Path(tempfile.mkdtemp(dir=home.parent))
    venv.create(building, with_pip=False, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", str(building / "bin" / "python"), "install", "--quiet"]
    subprocess.run([*pip, "--disable-pip-version-check", *packages], check=True)
    try:
        building.rename(home)
    except OSError:  # another was quicker
        shutil.rmtree(building)
    return str(python)
