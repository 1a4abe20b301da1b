"""Interpreters with a release of LangGraph: the one of the tests, else environments made on first use."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from importlib.util import find_spec
from pathlib import Path

NEWEST = "1.2"
RELEASES = {"0.6": "langgraph==0.6.11", "1.0": "langgraph==1.0.10", NEWEST: "langgraph>=1.2,<1.3"}
"""Release → what pip installs for it, beside the saver."""


def interpreter(release: str) -> str:
    """A Python that has this release; made once and kept outside of the repository, some forty seconds of pip."""
    if release == NEWEST and find_spec("langgraph") is not None and find_spec("aiosqlite") is not None:
        return sys.executable
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    home = Path(tempfile.gettempdir()) / f"ckpt-tui-tests-{os.getuid()}-langgraph-{release}-py{version}"
    python = home / "bin" / "python"
    if python.exists():
        return str(python)
    # Built beside, then moved: two processes of the tests may want it at once. Scripts of pip name the first place.
    building = Path(tempfile.mkdtemp(dir=home.parent))
    venv.create(building, with_pip=False, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", str(building / "bin" / "python"), "install", "--quiet"]
    wanted = [RELEASES[release], "langgraph-checkpoint-sqlite"]
    subprocess.run([*pip, "--disable-pip-version-check", *wanted], check=True)
    try:
        building.rename(home)
    except OSError:  # another was quicker
        shutil.rmtree(building)
    return str(python)
