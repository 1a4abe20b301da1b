"""`ckpt-tui demo`: recorded checkpoints of a real run, and a run that goes on."""

from __future__ import annotations

import tempfile
import threading
from contextlib import suppress
from pathlib import Path

import click

from ckpt_tui.cli.completed_words import complete_files
from ckpt_tui.cli.output import Number, has_screen, json_option, write, write_json
from ckpt_tui.demo.recorded_store import play, prepare, suggest
from ckpt_tui.errors import UsageError


@click.command("demo")
@click.argument("directory", required=False, metavar="[DIR]", shell_complete=complete_files)
@click.option(
    "--interval",
    type=Number(0.01, 3600),
    default=1.5,
    show_default=True,
    metavar="SECONDS",
    help="Time between two live checkpoints.",
)
@click.option("--still", is_flag=True, help="Only the recorded store: no live run.")
@json_option
def command(directory: str | None, interval: float, still: bool, as_json: bool) -> int:
    """A sample store, and a live run that keeps writing to it.

    The checkpoints were recorded from a real workflow (ckpt_tui/demo/story.py); the live run is played back with new
    ids and times. `r` on a checkpoint resumes the workflow from it, where agent-framework-core is installed. DIR is
    made and kept; without it, a temporary directory is used and removed. Needs no key. With --json, and without a
    terminal, the store is written and nothing opens.
    """
    if directory is not None:
        return _run(Path(directory), interval, still, as_json)
    if as_json or not has_screen():
        raise UsageError(
            "Without a terminal, or with --json, the demo only writes its store.",
            "Name a directory: ckpt-tui demo DIR.",
        )
    with tempfile.TemporaryDirectory(prefix="ckpt-tui-demo-") as temporary:
        return _run(Path(temporary) / "review_flow", interval, still, False)


def _run(directory: Path, interval: float, still: bool, as_json: bool) -> int:
    prepare(directory)
    suggest(directory)
    if as_json:
        write_json({"schema": "ckpt-tui/demo@1", "path": str(directory)})
        return 0
    if not has_screen():
        write(str(directory))
        return 0
    from ckpt_tui.tui.app import browse  # late: Textual, which is not needed where the store is only written

    stop = threading.Event()
    writer = threading.Thread(target=_go_on, args=(directory, stop, interval), daemon=True)
    if not still:
        writer.start()
    try:
        return browse(str(directory))  # a closed terminal ends it as `q` does: the temporary directory goes with it
    finally:
        stop.set()
        if not still:
            writer.join()


def _go_on(directory: Path, stop: threading.Event, interval: float) -> None:
    """Continue the run; on a full disk it stops, and the checkpoints so far stay browsable."""
    with suppress(OSError):
        play(directory, stop, interval)
