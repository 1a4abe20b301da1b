"""Running the command: as a process of its own, or in this one where only its output counts."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ckpt_tui.cli.command_line import run
from tests.support.schemas import hold

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
NEW = DATA / "agent-framework" / "1.23.0"
HOSTILE = DATA / "hostile"

Output = pytest.CaptureFixture[bytes]


class Done(NamedTuple):
    """What a run of the command ended with."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Its JSON, which is what its schema says."""
        document = json.loads(self.out)
        hold(document)
        return document


def command(*args: str | Path | bytes, **environment: str) -> Done:
    """Run it as a process, without a terminal."""
    done = subprocess.run(
        [sys.executable, "-m", "ckpt_tui", *args],
        stdin=subprocess.DEVNULL, capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TZ": "UTC", **environment}, check=False,
    )  # fmt: skip
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def called(output: Output, *args: str | Path) -> Done:
    """Run it in this process."""
    output.readouterr()
    code = run([str(arg) for arg in args])
    out, err = output.readouterr()
    return Done(code, out.decode(), err.decode())
