"""Opens the resume of a checkpoint from the browser, and returns to a run that was started before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from ckpt_tui.actions.resume.fork_overlays import with_directory
from ckpt_tui.core.running.secret_lines import masked_copy
from ckpt_tui.core.runs.short_ids import short_id
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.text import clean
from ckpt_tui.tui.ending import BY_SIGNAL
from ckpt_tui.tui.helpers.port import Opener, Port
from ckpt_tui.tui.widgets.shown_keys import keys_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.timer import Timer

    from ckpt_tui.actions.resume.plan import Edit, Source
    from ckpt_tui.core.runs.lineage import Node
    from ckpt_tui.stores.base import Store
    from ckpt_tui.tui.helpers.pending_edits import PendingEdits
    from ckpt_tui.tui.messages import SourceReady
    from ckpt_tui.tui.widgets.status import Part

_SHOWN = ("paused", "resumed", "waiting", "answered", "checkpoint", "end")
"""Kinds of lines that change the state of a run."""

WATCH_SECONDS = 1.0
"""Seconds between two updates of a run that goes on behind the list."""


class OpenResume(Protocol):
    """A resume that is open, or was left and goes on."""

    @property
    def has_begun(self) -> bool:
        """Whether the workflow was started."""

    @property
    def is_live(self) -> bool:
        """Whether the workflow was started and has not ended."""

    @property
    def is_busy(self) -> bool:
        """Whether a process that it has started goes on."""

    @property
    def is_shown(self) -> bool:
        """Whether its screen is in front."""

    @property
    def paused(self) -> dict[str, Any] | None:
        """Where it is paused; None where it is not."""

    @property
    def status(self) -> Part:
        """The state of the run, in a few words."""
        ...

    @property
    def source(self) -> Source:
        """The checkpoint that it was started at."""
        ...

    @property
    def written(self) -> Sequence[str]:
        """Ids of the checkpoints that it wrote, in order."""
        ...

    @property
    def failure(self) -> str:
        """Why it failed; "" where it did not fail."""
        ...

    def change(self, identifier: str, edits: Sequence[Edit]) -> bool:
        """Make these changes when it goes on, if it is paused at this checkpoint; False where it is not."""
        ...

    def command(self, do: str, **fields: Any) -> None:
        """Carry out a command of the debugger."""

    def show(self) -> None:
        """Show it again."""

    def kill(self, is_cut_off: bool) -> None:
        """End its process; the next start offers to go on with a run that is cut off, or was paused."""


class ResumeOpener(Opener, Protocol):
    """Opens resumes, and the stores that they write."""

    def resume(
        self, source: Source, edits: tuple[Edit, ...], begun: Callable[[str], None], again: Callable[[], None],
        left: Callable[[], None], changed: Callable[[dict[str, Any]], bool],
    ) -> OpenResume:  # fmt: skip
        """Open the preview of a resume.

        Args:
            source: The checkpoint.
            edits: What is changed first.
            begun: Called with the directory of new checkpoints when the first one is written.
            again: Opens another preview of the same checkpoint.
            left: Called when a run that was started is left.
            changed: Takes each line of the run about its state; returns whether the browser shows it.
        """

    def source(self, file: str, nodes: Sequence[Node]) -> None:
        """Read a checkpoint whole, to resume from; `SourceReady` follows.

        Args:
            file: Its file.
            nodes: The checkpoints of its run.
        """

    def store(self, store: Store) -> None:
        """Show a store that has all checkpoints of the open one, and more."""


class ResumeEntryPort(Port, Protocol):
    """The part of its screen that it uses."""

    @property
    def edits(self) -> PendingEdits:
        """Changes that a run is to begin with."""

    def come_to_front(self) -> None:
        """Close whatever is over the browser."""

    def redraw_head(self) -> None:
        """Draw the line at the top again, as its content has changed."""

    @property
    def is_in_front(self) -> bool:
        """Whether no other screen hides the browser."""
        ...

    def show_runs(self) -> None:
        """Show the states of the runs that were started here."""

    @property
    def open(self) -> ResumeOpener:
        """Opens screens over this one."""


class ResumeEntry:
    """Opens resumes, and keeps them.

    Args:
        port: The screen.
    """

    def __init__(self, port: ResumeEntryPort) -> None:
        self._port = port
        self._kept: list[OpenResume] = []
        self._wanted = ""
        self._followed: OpenResume | None = None
        """The run whose newest checkpoint the cursor goes to, until it is moved by hand."""
        self._new: OpenResume | None = None
        """The run whose rows are marked as new."""
        self._timer: Timer | None = None

    def open(self) -> None:
        """Resume from the selected checkpoint; a preview comes first."""
        ref = self._port.selection.ref
        if ref is None:
            self._port.say("No checkpoint is selected to resume from.", "warn")
        else:
            self._read(ref.file)

    def _read(self, file: str) -> None:
        self._port.come_to_front()
        self._wanted = file
        self._port.say("reading …", "dim")
        runs = (run.nodes for run in self._port.selection.runs)
        self._port.open.source(
            file, next((nodes for nodes in runs if any(each.ref.file == file for each in nodes)), ())
        )

    def take_source(self, event: SourceReady) -> None:
        """Open the preview of a checkpoint that was read whole."""
        if event.file != self._wanted:
            return
        self._wanted = ""
        if event.source is None:
            self._port.say(clean(f"{event.error} {event.hint}"), "warn")
            return
        self._port.say("")
        edits = self._port.edits.of(event.file)
        opened: list[OpenResume] = []
        opened.append(
            self._port.open.resume(
                event.source, edits, self._take_directory, lambda: self._read(event.file),
                lambda: self._leave(opened[0], event.file), self._take_line,
            )
        )  # fmt: skip
        self._kept += opened

    def show_run(self, cut_off: str) -> None:
        """Go back to the run that was started last; without one, continue a run that was cut off.

        Args:
            cut_off: The file of the checkpoint from which that one can go on, or "".
        """
        begun = [each for each in self._kept if each.has_begun]
        if begun:
            (self.live or begun)[-1].show()
        elif cut_off:
            self._read(cut_off)
        else:
            self._port.say(self.why_no_run(""), "dim")

    @property
    def has_runs(self) -> bool:
        """Whether a run was started or prepared here."""
        return bool(self._kept)

    def why_no_run(self, cut_off: str) -> str:
        """Why there is no run to go back to or to continue, or ""; see `show_run`."""
        is_there = cut_off or any(each.has_begun for each in self._kept)
        return "" if is_there else f"Nothing was run yet: {keys_of('run.resume')} resumes from the checkpoint."

    def end_runs(self) -> None:
        """End every process that was started here."""
        for each in self._kept:
            each.kill(is_cut_off=(self._port.app.return_code or 0) > BY_SIGNAL)

    def _take_directory(self, directory: str) -> None:
        """Add the directory of a run that wrote its first checkpoint to the shown store."""
        opened = with_directory(self._port.store, directory)
        if opened is not None:
            self._port.open.store(opened)
        self._port.edits.clear()

    # -- runs that go on ---------------------------------------------------------------------------------------------

    @property
    def live(self) -> list[OpenResume]:
        """The runs that go on."""
        return [each for each in self._kept if each.is_live]

    def failure_after(self, identifier: str) -> str:
        """Why a run from here failed whose last checkpoint this is; "" where none did."""
        return next((each.failure for each in self._kept if each.written and each.written[-1] == identifier), "")

    @property
    def checkpoints_in_use(self) -> set[str]:
        """Ids of the checkpoints from which runs were started that go on, and of those that they have written."""
        busy = [each for each in self._kept if each.is_busy]
        return {each.source.id for each in busy} | {name for each in busy for name in each.written}

    @property
    def live_texts(self) -> list[str]:
        """The runs that go on, each in a few words."""
        found = []
        for each in self.live:
            source, (text, _) = each.source, each.status
            found.append(f"{shown_name(source.label, 30)} from {short_id(source.id)}: {text}")
        return found

    @property
    def status(self) -> Part:
        """The state of the run that was started last, for the line at the top; "" while none goes on."""
        live = self.live
        if not live:
            return ("", "plain")
        text, style = live[-1].status
        others = f" and {len(live) - 1:,} more" if live[1:] else ""
        return (f" {text}{others} · {keys_of('run.show')} ", style)

    def _watch(self) -> None:
        """Keep the line at the top up to date, and report the end of a run that is not in front."""
        if self._timer is not None:
            self._timer.stop()
        self._port.redraw_head()
        live = self.live
        self._timer = self._port.later(WATCH_SECONDS, lambda: self._look_again(live)) if live else None

    def _look_again(self, were: list[OpenResume]) -> None:
        if self._port.app.return_code is not None:  # the app ends: there may be no widgets any more
            return
        ended = [each for each in were if not each.is_live and not each.is_shown]
        for each in ended:
            text, style = each.status
            self._port.say(f"{text} · {keys_of('run.show')} shows it", style)
        self._watch()

    def _take_line(self, line: dict[str, Any]) -> bool:
        """Show a line of a run; return whether it can be seen."""
        is_seen = self._port.is_in_front
        if is_seen and line["kind"] == "error" and line.get("where") == "command":
            shown = masked_copy(line)
            self._port.say(clean(f"{shown.get('what')} → {shown.get('fix')}"), "error")
        if line["kind"] in _SHOWN:
            self._port.show_runs()
        return is_seen

    # -- back to the list --------------------------------------------------------------------------------------------

    def _leave(self, run: OpenResume, file: str) -> None:
        """Put the cursor on the newest checkpoint of a run that is left, else to where it began."""
        self._port.selection.following = False
        self._watch()
        if not run.written:
            self._port.selection.select(file)
            return
        self._followed = self._new = run
        self._land()

    def keep_up_with(self, run: object) -> None:
        """Have the cursor follow what a run writes, until it is moved by hand."""
        self._followed = self._new = next((each for each in self._kept if each is run), None)
        self._land()

    def keep_up(self) -> None:
        """Apply a change of the list."""
        if self._new is not None:
            self._land()

    def _land(self) -> None:
        """Mark the checkpoints that a run wrote, and put the cursor on the newest of them in the list."""
        rows = self._port.panes.list
        new = set(self._new.written) if self._new is not None else set()
        rows.show_new(frozenset(new))
        run = self._followed
        if run is None:
            return
        files = {node.ref.id: node.ref.file for each in rows.view.runs for node in each.nodes if node.ref.id in new}
        newest = next((each for each in reversed(run.written) if each in files), "")
        if newest and not rows.select(files[newest], by_hand=False):
            self._port.selection.select(files[newest])
        if newest == run.written[-1] and not run.is_live:
            self._followed = None

    def take_move(self) -> None:
        """Stop moving the cursor, as it was moved by hand; a row that it was on is no longer new."""
        self._followed = None
        rows = self._port.panes.list
        if self._new is not None and not rows.is_new:
            self._new = None
            rows.show_new(frozenset())

    def begun_at(self, identifier: str) -> str:
        """Id of the checkpoint that was resumed when a run from here wrote another one; "" where none did."""
        return next((each.source.id for each in reversed(self._kept) if identifier in each.written), "")
