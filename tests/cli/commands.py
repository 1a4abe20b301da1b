"""Running the command: as a process of its own, or in this one where only its output counts."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, NamedTuple, TextIO, cast

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


def without(package: str, directory: Path) -> str:
    """A path of modules on which a package is missing: what `directory` holds in its place cannot be imported."""
    refusal = f"raise ModuleNotFoundError(\"No module named '{package}'\", name='{package}')"
    (directory / f"{package}.py").write_text(refusal)
    return f"{directory}{os.pathsep}{ROOT}"


def here(*args: str | Path | bytes, directory: Path | str | None = None, typed: str = "", **environment: str) -> Done:
    """The same in this process, without the half second of a new one; what programs that it starts write is in it, too.

    For runs in which only the framework's process matters: what concerns the command's own process needs `command`.

    Args:
        args: The words of the command line.
        directory: Where it is run; the current directory when left out.
        typed: Its standard input; "" for none.
        environment: Variables besides.
    """
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name, text in {"PYTHONPATH": str(ROOT), "TZ": "UTC", **environment}.items():
            patch.setenv(name, text)
        if directory is not None:
            patch.chdir(directory)
        time.tzset()
        patch.setattr(sys, "stdin", stack.enter_context(_typed(typed)))
        out, err = (stack.enter_context(_into_file(patch, number)) for number in (1, 2))
        code = run([os.fsdecode(arg) for arg in args])
        texts = [_read(stream) for stream in (out, err)]
    time.tzset()
    return Done(code, *texts)


@contextmanager
def _typed(text: str) -> Iterator[TextIO]:
    """A standard input with this text; without a text there is none."""
    if not text:
        with open(os.devnull) as nothing:
            yield nothing
        return
    with TemporaryFile("w+", encoding="utf-8") as file:
        file.write(text)
        file.seek(0)
        yield cast("TextIO", file)


@contextmanager
def _into_file(patch: pytest.MonkeyPatch, number: int) -> Iterator[BinaryIO]:
    """Let standard output (1) or standard errors (2) of this process and of those it starts go into a file."""
    name = ("stdout", "stderr")[number - 1]
    getattr(sys, name).flush()
    kept = os.dup(number)
    with TemporaryFile() as file:
        os.dup2(file.fileno(), number)
        try:
            with open(number, "w", encoding="utf-8", closefd=False) as stream:
                patch.setattr(sys, name, stream)
                yield file
        finally:
            os.dup2(kept, number)
            os.close(kept)


def _read(file: BinaryIO) -> str:
    sys.stdout.flush()
    sys.stderr.flush()
    file.seek(0)
    return file.read().decode()


def called(output: Output, *args: str | Path) -> Done:
    """Run it in this process."""
    output.readouterr()
    code = run([str(arg) for arg in args])
    out, err = output.readouterr()
    return Done(code, out.decode(), err.decode())
