"""Interpreters with a release of Agent Framework: the one of the tests, and older ones made on first use."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

OLDEST = "1.0.0"
NEWEST = "newest"
MIDDLE = "1.13.0"
RELEASES = (OLDEST, NEWEST)
DEBUGGED = (OLDEST, MIDDLE, NEWEST)
"""Releases that runs are debugged with: what is paused, numbered and timed lies within the framework."""

_PACKAGES = {
    OLDEST: ("agent-framework-core==1.0.0", "agent-framework-orchestrations==1.0.0b260402"),
    MIDDLE: ("agent-framework-core==1.13.0",),
}


def interpreter(release: str) -> str:
    """A Python that has this release; made once and kept outside of the repository, some ten seconds of pip."""
    if release == NEWEST:
        return sys.executable
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    home = Path(tempfile.gettempdir()) / f"ckpt-tui-tests-{os.getuid()}-agent-framework-{release}-py{version}"
    python = home / "bin" / "python"
    if python.exists():
        return str(python)
    # Built beside, then moved: two processes of the tests may want it at once. Scripts of pip name the first place.
    building = Path(tempfile.mkdtemp(dir=home.parent))
    venv.create(building, with_pip=False, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", str(building / "bin" / "python"), "install", "--quiet"]
    subprocess.run([*pip, "--disable-pip-version-check", *_PACKAGES[release]], check=True)
    try:
        building.rename(home)
    except OSError:  # another was quicker
        shutil.rmtree(building)
    return str(python)
