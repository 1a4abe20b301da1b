"""From the browser to the resume of a checkpoint, and back to a run that was started before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ckpt_tui.actions.resume.fork_overlays import with_directory
from ckpt_tui.core.text import clean
from ckpt_tui.tui.helpers.port import Opener, Port

if TYPE_CHECKING:
    from collections.abc import Callable

    from ckpt_tui.actions.resume.plan import Edit, Source
    from ckpt_tui.stores.base import Store
    from ckpt_tui.tui.helpers.pending_edits import PendingEdits
    from ckpt_tui.tui.messages import SourceReady


class OpenResume(Protocol):
    """A resume that is open, or was left and goes on."""

    @property
    def has_begun(self) -> bool:
        """Whether the workflow was started."""

    def show(self) -> None:
        """Show it again."""

    def kill(self) -> None:
        """End its process."""


class ResumeOpener(Opener, Protocol):
    """Opens resumes, and what they write."""

    def resume(
        self, source: Source, edits: tuple[Edit, ...], begun: Callable[[str], None], again: Callable[[], None]
    ) -> OpenResume:
        """Open the preview of a resume.

        Args:
            source: The checkpoint.
            edits: What is changed first.
            begun: Called with the directory of new checkpoints when the first one is written.
            again: Opens another preview of the same checkpoint.
        """

    def store(self, store: Store) -> None:
        """Show a store that holds what the open one holds, and more."""


class ResumeEntryPort(Port, Protocol):
    """What it uses of its screen."""

    @property
    def edits(self) -> PendingEdits:
        """Changes that a run is to begin with."""

    def come_to_front(self) -> None:
        """Close whatever is over the browser."""

    @property
    def open(self) -> ResumeOpener:
        """What opens screens over this one."""


class ResumeEntry:
    """Opens resumes, and keeps them.

    Args:
        port: The screen.
    """

    def __init__(self, port: ResumeEntryPort) -> None:
        self._port = port
        self._kept: list[OpenResume] = []
        self._wanted = ""

    def open(self) -> None:
        """Resume from the selected checkpoint; a preview comes first."""
        ref = self._port.selection.ref
        if ref is None:
            self._port.say("There is no checkpoint to resume from.", "warn")
        else:
            self._read(ref.file)

    def _read(self, file: str) -> None:
        self._port.come_to_front()
        self._wanted = file
        self._port.say("reading …", "dim")
        runs = (run.nodes for run in self._port.selection.runs)
        self._port.jobs.source(
            file, next((nodes for nodes in runs if any(each.ref.file == file for each in nodes)), ())
        )

    def take_source(self, event: SourceReady) -> None:
        """A checkpoint is read whole: open its preview."""
        if event.file != self._wanted:
            return
        self._wanted = ""
        if event.source is None:
            self._port.say(clean(f"{event.error} {event.hint}"), "warn")
            return
        self._port.say("")
        edits = self._port.edits.of(event.file)
        self._kept.append(
            self._port.open.resume(event.source, edits, self._take_directory, lambda: self._read(event.file))
        )

    def show_run(self) -> None:
        """Go back to the run that was started last."""
        begun = [each for each in self._kept if each.has_begun]
        if begun:
            begun[-1].show()
        else:
            self._port.say("Nothing was run yet: r resumes from the checkpoint.", "dim")

    def end_runs(self) -> None:
        """End every process that was started here."""
        for each in self._kept:
            each.kill()

    def _take_directory(self, directory: str) -> None:
        """A run wrote its first checkpoint: its directory becomes a part of what is shown."""
        opened = with_directory(self._port.store, directory)
        if opened is not None:
            self._port.open.store(opened)
        self._port.selection.following = True
        self._port.edits.clear()
