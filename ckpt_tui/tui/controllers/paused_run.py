"""A paused run beside the browser: shows its place, continues it, and goes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from rich.cells import cell_len

from ckpt_tui.core.running.secret_lines import masked_copy
from ckpt_tui.core.running.session_lines import pause_text
from ckpt_tui.core.terms import framework_terms
from ckpt_tui.tui.helpers.port import Port
from ckpt_tui.tui.helpers.run_prompts import CHANGE, edit_typed, place_typed, run_to_prompt
from ckpt_tui.tui.widgets.fitting import fit
from ckpt_tui.tui.widgets.shown_keys import key_text, keys_of, names_of
from ckpt_tui.tui.widgets.status import Part, hints

if TYPE_CHECKING:
    from ckpt_tui.actions.resume.document_edits import Edit
    from ckpt_tui.actions.resume.plan import Source
    from ckpt_tui.core.runs.lineage import Node


class RunBeside(Protocol):
    """A run that was started here and goes on."""

    @property
    def paused(self) -> dict[str, Any] | None:
        """Where it is paused; None where it is not."""

    @property
    def written(self) -> Sequence[str]:
        """Ids of the checkpoints that it wrote, in order."""
        ...

    @property
    def source(self) -> Source:
        """The checkpoint that it was started at."""
        ...

    def command(self, do: str, **fields: Any) -> None:
        """Carry out a command of the debugger."""

    def change(self, identifier: str, edits: Sequence[Edit]) -> bool:
        """Make these changes when it goes on, if it is paused at this checkpoint; False where it is not."""
        ...


class PausedRunPort(Port, Protocol):
    """The part of its screen that it uses."""

    @property
    def runs_beside(self) -> Sequence[RunBeside]:
        """The runs that were started here and go on, the last one last."""
        ...

    def show_runs(self) -> None:
        """Show the states of the runs that were started here."""

    def keep_up_with(self, run: RunBeside) -> None:
        """Have the cursor follow what a run writes, until it is moved by hand."""


class PausedRun:
    """Shows in the browser where a run is paused, and continues it.

    Args:
        port: The screen.
    """

    def __init__(self, port: PausedRunPort) -> None:
        self._port = port
        self._back: tuple[dict[str, Any], str] | None = None
        """The pause, and the id of the earlier checkpoint to go on from."""
        self._known: tuple[tuple[object, str, int], tuple[Node, ...]] = ((None, "", 0), ())
        """The last path, and its inputs: runs of the list, the pause, the number of written checkpoints."""

    # -- where it is -------------------------------------------------------------------------------------------------

    @property
    def _run(self) -> RunBeside | None:
        """The run that is paused, of several the last one."""
        return next((each for each in reversed(self._port.runs_beside) if each.paused is not None), None)

    def _place(self, paused: dict[str, Any]) -> str:
        """Id of the checkpoint that the run goes on from."""
        if self._back is not None and self._back[0] is paused:
            return self._back[1]
        return str(paused.get("checkpoint") or "")

    def _path(self, run: RunBeside, paused: dict[str, Any]) -> tuple[Node, ...]:
        """The checkpoints that led to the last one of the run, in order; empty while it is not in the list."""
        place = str(paused.get("checkpoint") or "")
        runs = self._port.selection.runs
        known, *others = self._known[0]
        if known is not runs or others != [place, len(run.written)]:
            self._known = (runs, place, len(run.written)), _path_of(run, runs, place)
        return self._known[1]

    def said_at(self, identifier: str) -> str:
        """Where a run is that is paused at a checkpoint, as text; "" where none is."""
        paused = next((each.paused for each in self._port.runs_beside if _is_at(each, identifier)), None)
        return pause_text(masked_copy(paused)) if paused is not None else ""

    def show(self) -> None:
        """Show in the list where the run is, and which checkpoints come after the one to go on from."""
        run = self._run
        paused = run.paused if run is not None else None
        rows = self._port.panes.list
        if run is None or paused is None:
            rows.show_paused("", frozenset())
            return
        place = self._place(paused)
        path = [node.ref.id for node in self._path(run, paused)]
        later = path[path.index(place) + 1 :] if place in path else []
        rows.show_paused(str(paused.get("checkpoint") or ""), frozenset(later))

    def parts(self, room: int, is_tree: bool) -> list[Part]:
        """Where the run is paused and how it goes on, in this many cells; empty while none is paused.

        Args:
            room: The cells.
            is_tree: Whether the tree of a value has the focus, which has its own use of single letters.
        """
        run = self._run
        paused = run.paused if run is not None else None
        if run is None or paused is None:
            return []
        at = -1 if is_tree else 0
        step, go_on = names_of("paused.step")[at], names_of("paused.continue")[at]
        path = [node.ref.id for node in self._path(run, paused)]
        place = self._place(paused)
        change, back = ("value.edit" if is_tree else "paused.change", "change"), ("step.previous", "back")
        text, others = pause_text(masked_copy(paused)), [("run.show", "run"), change, back]
        if place in path[:-1]:
            node = next(each for each in self._path(run, paused) if each.ref.id == place)
            text = f"back at step {node.ref.step}: goes on as a fork"
            others = [back, ("step.next", "forward"), ("run.show", "run"), change]
        keys = [(step, "step"), (go_on, "continue"), *others, ("paused.to", "run to"), ("app.help", "help")]
        return _fitted(f" ‖ {text} ", keys, room)

    # -- going on ----------------------------------------------------------------------------------------------------

    @property
    def why_not(self) -> str:
        """Why no run can be continued, or ""."""
        if self._run is not None:
            return ""
        if self._port.runs_beside:
            return f"The run is not paused: {keys_of('paused.step')} pauses it after this superstep."
        return f"No run is paused here: {keys_of('run.resume')} begins one, and {keys_of('run.step')} there pauses it."

    def step(self) -> None:
        """Have the paused run do one superstep; pause one that goes on after the superstep that it is in."""
        if self._run is None and self._port.runs_beside:
            self._port.runs_beside[-1].command("pause")
            self._port.say("pausing after this superstep …", "dim")
        else:
            self._go("step")

    def go_on(self) -> None:
        """Have it go on to the next breakpoint."""
        self._go("continue")

    def ask_run_to(self) -> None:
        """Ask where to run to."""
        run = self._run
        if run is None:
            self._port.say(self.why_not, "dim")
        else:
            self._port.prompt.ask(run_to_prompt(framework_terms(run.source.framework).executor), "", self._run_to)

    def _run_to(self, text: str) -> None:
        fields = place_typed(text)
        if fields:
            self._go("run_to", **fields)

    def _go(self, do: str, **fields: Any) -> None:
        run = self._run
        paused = run.paused if run is not None else None
        if run is None or paused is None:
            self._port.say(self.why_not, "dim")
            return
        if self._go_to(run, self._place(paused)):
            self._back = None
            run.command(do, **fields)
            self._port.keep_up_with(run)
            self._port.show_runs()

    def _go_to(self, run: RunBeside, place: str) -> bool:
        """Have the run be at a checkpoint; return False where it cannot go there, after showing why."""
        paused = run.paused
        if paused is not None and place != str(paused.get("checkpoint") or ""):
            run.command("goto", id=place)
        return run.paused is not None and str(run.paused.get("checkpoint") or "") == place

    # -- changing ----------------------------------------------------------------------------------------------------

    def ask_change(self) -> None:
        """Ask for a value of the state or of a message in flight to change before the run goes on."""
        if self._run is None:
            self._port.say(self.why_not, "dim")
        else:
            self._port.prompt.ask(CHANGE, "state.", self._take_change, select=False)

    def _take_change(self, text: str) -> bool | None:
        edit = edit_typed(text, self._port.prompt)
        if edit is None:
            return False
        run = self._run
        if run is not None and run.paused is not None and self.change(self._place(run.paused), (edit,)):
            self._port.say(f"{edit.text} is changed when the run goes on", "good")
        return None

    def change(self, identifier: str, edits: Sequence[Edit]) -> bool:
        """Have a run make these changes when it goes on from a checkpoint; False where none is there."""
        run = self._run
        if run is not None and run.paused is not None and self._place(run.paused) == identifier:
            return self._go_to(run, identifier) and run.change(identifier, edits)
        return any(each.change(identifier, edits) for each in self._port.runs_beside)

    # -- going back --------------------------------------------------------------------------------------------------

    def move(self, direction: int, count: int) -> bool:
        """Go back along the path of the paused run, or forward; return False where the cursor is not on it."""
        run = self._run
        paused = run.paused if run is not None else None
        if run is None or paused is None:
            return False
        path = self._path(run, paused)
        here = next((at for at, node in enumerate(path) if node.ref.file == self._port.selection.file), None)
        if here is None:
            return False
        there = min(max(here + direction * count, 0), len(path) - 1)
        if there == here:
            self._port.say("The run begins here." if direction < 0 else "The run has come no further.", "dim")
            return True
        self._port.selection.following = False
        self._back = (paused, path[there].ref.id)
        self._port.selection.select(path[there].ref.file)
        self.show()
        self._port.redraw_foot()
        return True


def _is_at(run: RunBeside, identifier: str) -> bool:
    return run.paused is not None and run.paused.get("checkpoint") == identifier


def _path_of(run: RunBeside, runs: Sequence[Any], place: str) -> tuple[Node, ...]:
    last = run.written[-1] if run.written else ""
    for name in dict.fromkeys((last, place)):
        for each in runs:
            nodes = {node.ref.id: node for node in each.nodes}
            found: list[Node] = []
            node = nodes.get(name)
            while node is not None and len(found) <= len(nodes):
                found.append(node)
                node = nodes.get(node.parent or "")
            if any(each.ref.id == place for each in found):
                return tuple(reversed(found))
    return ()


def _fitted(text: str, keys: list[tuple[str, str]], room: int) -> list[Part]:
    """The text, cut where it takes more than half of the room, and as many keys as there is room for beside it."""
    left, shown = room - min(cell_len(text), room // 2), list[Part]()
    for key in keys:
        parts = hints(key)
        cells = sum(cell_len(key_text(part)) for part, _ in parts)
        if cells <= left:
            shown += parts
            left -= cells
    room -= sum(cell_len(key_text(part)) for part, _ in shown)
    return [(text if cell_len(text) <= room else f"{fit(text.rstrip(), room - 1)} ", "warn"), *shown]
