"""Changes since the parent: counts in the list, marks in the tree, the tab, and opening the Compare screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ckpt_tui.configuration import Config
from ckpt_tui.configured_rules import configured_rules
from ckpt_tui.core.diff.comparison import Marks
from ckpt_tui.core.diff.ignore_rules import IgnoreRules
from ckpt_tui.core.runs.outcomes import continuations, outcomes, why_none
from ckpt_tui.core.runs.short_ids import id_text
from ckpt_tui.core.text import clean
from ckpt_tui.errors import UsageError
from ckpt_tui.tui.comparer import Comparer
from ckpt_tui.tui.helpers.port import Opener, Port
from ckpt_tui.tui.widgets.shown_keys import keys_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.timer import Timer

    from ckpt_tui.core.diff.changes import Difference
    from ckpt_tui.core.model import CheckpointRef
    from ckpt_tui.core.runs.lineage import Node, Run
    from ckpt_tui.tui.helpers.selection import SelectedPlace
    from ckpt_tui.tui.messages import ChangesCounted, DifferenceReady

DIFF_SECONDS = 0.12
"""Pause before a checkpoint that is shown is compared with its parent: stepping through a run compares nothing."""

COUNT_SECONDS = 0.4
"""Pause before the checkpoints on the screen are compared with their parents, after rows came or moved."""

AT_ONCE = 8 * 1024 * 1024
"""Bytes of two files that are compared automatically."""


class CompareOpener(Opener, Protocol):
    """Opens the Compare screen."""

    def compare(
        self, comparer: Comparer, runs: Sequence[Run], before: CheckpointRef, after: CheckpointRef, ignore: IgnoreRules,
        then: Callable[[SelectedPlace, IgnoreRules], None],
    ) -> None:  # fmt: skip
        """Open the Compare screen; once it is closed, `then` takes the place to go to and the rules that are on."""


class ParentDiffPort(Port, Protocol):
    """The part of its screen that it uses."""

    def come_to_front(self) -> None:
        """Close whatever is over the browser."""

    def begun_at(self, identifier: str) -> str:
        """Id of the checkpoint that was resumed when a run from here wrote another one; "" where none did."""
        ...

    @property
    def open(self) -> CompareOpener:
        """Opens screens over this one."""


class ParentDiff:
    """Compares checkpoints with their parents, and with others.

    Args:
        port: The screen.
    """

    def __init__(self, port: ParentDiffPort) -> None:
        self._port = port
        self._comparer: Comparer | None = None
        self._ignore: IgnoreRules | None = None
        self._diff_timer: Timer | None = None
        self._count_timer: Timer | None = None
        self._file = ""
        self._refs: tuple[Run | None, dict[str, CheckpointRef]] = (None, {})

    @property
    def comparer(self) -> Comparer:
        """Makes and caches diffs of the open store."""
        if self._comparer is None or self._comparer.store is not self._port.store:
            self._comparer = Comparer(self._port.store)
        return self._comparer

    @property
    def ignore(self) -> IgnoreRules:
        """The rules that are on: those of the configuration to begin with."""
        if self._ignore is None:
            app = self._port.app
            try:
                rules = configured_rules(getattr(app, "config", Config()))
            except UsageError as error:
                rules = configured_rules(Config())
                app.notify(clean(error.what), title="Configuration", severity="warning", markup=False)
            self._ignore = IgnoreRules(rules)
        return self._ignore

    # -- the checkpoint that is shown --------------------------------------------------------------------------------

    def show(self, file: str) -> None:
        """Note that a file is shown, and show its changes soon."""
        self._file = file
        if self._diff_timer is not None:
            self._diff_timer.stop()
        found, before = self._port.selection.node_of(file), self._parent_of(file)
        known = self.comparer.known(before, found[1].ref, self.ignore) if before and found else None
        if known is not None:
            self._show(file, known.difference)
        else:
            self._diff_timer = self._port.later(DIFF_SECONDS, self._compare)

    def take_difference(self, event: DifferenceReady) -> None:
        """Show the changes between two checkpoints, if the second is still shown."""
        file = event.files[1]
        if file != self._file:
            return
        if event.compared is None:
            self._show(file, None, f"Not compared: {clean(event.error)} {clean(event.hint)}")
            return
        self._show(file, event.compared.difference)
        self._port.panes.list.show_counts({file: len(event.compared.difference.shown)})

    def _compare(self) -> None:
        found = self._port.selection.node_of(self._file)
        if found is None:
            return
        before, after = self._parent_of(self._file), found[1].ref
        if before is None:
            word = "Its parent is not in the store." if after.parent else "The first of its run: it has no parent."
            self._show(self._file, None, word)
        elif before.size + after.size > AT_ONCE:
            self._show(
                self._file, None, f"Large files are compared only on request: {keys_of('diff.compare')} compares them."
            )
        else:
            self._port.jobs.compare(self.comparer, before, after, self.ignore)

    def _show(self, file: str, difference: Difference | None, why: str = "") -> None:
        marks = Marks(difference) if difference is not None else None
        for pane in self._port.panes.details:
            if pane.checkpoint is not None and pane.checkpoint.ref.file == file:
                pane.show_difference(difference, marks, why)
        self._port.redraw_foot()

    def _parent_of(self, file: str) -> CheckpointRef | None:
        found = self._port.selection.node_of(file)
        return self._above(*found) if found is not None else None

    def _above(self, run: Run, node: Node) -> CheckpointRef | None:
        if node.parent is None:
            return None
        known, refs = self._refs
        if known is not run:
            count = len(known.nodes) if known is not None else 0
            if known is None or run.nodes[:count] != known.nodes:  # not the same run, grown
                count, refs = 0, {}
            refs.update((above.ref.id, above.ref) for above in run.nodes[count:])
            self._refs = run, refs
        return refs.get(node.parent)

    # -- the checkpoints on the screen -------------------------------------------------------------------------------

    def count_soon(self) -> None:
        """Count the changes of the checkpoints on the screen, once it rests."""
        if self._count_timer is None:
            self._count_timer = self._port.later(COUNT_SECONDS, self._count)

    def take_counts(self, event: ChangesCounted) -> None:
        """Show the numbers of changes of some checkpoints."""
        self._port.panes.list.show_counts(event.counts)

    def _count(self) -> None:
        self._count_timer = None
        rows = self._port.panes.list
        wanted = []
        known: dict[str, int] = {}
        for run, node in rows.visible_nodes:
            ref = node.ref
            before = self._above(run, node)
            if before is None or ref.file in rows.counts or before.size + ref.size > AT_ONCE:
                continue
            count = self.comparer.count(before, ref, self.ignore)
            if count is None:
                wanted.append((before, ref))
            else:
                known[ref.file] = count
        rows.show_counts(known)
        if wanted:
            self._port.jobs.count(self.comparer, wanted, self.ignore)

    # -- comparing ---------------------------------------------------------------------------------------------------

    def compare(self) -> None:
        """Compare the selected checkpoint with the marked one; with its parent where none or several are marked."""
        pair = self._pair()
        if isinstance(pair, str):
            self._port.say(pair, "warn")
        else:
            self._open(*pair)

    def _pair(self) -> tuple[CheckpointRef, CheckpointRef] | str:
        """The checkpoint to compare with the selected one, and that; or why there is none."""
        selection, after = self._port.selection, self._port.selection.ref
        if after is None:
            return "Only checkpoints can be compared."
        marked = [found for file in self._port.panes.list.marked - {after.file} if (found := selection.node_of(file))]
        other = marked[0] if len(marked) == 1 else None
        before = other[1].ref if other is not None else self._parent_of(after.file)
        if before is None:
            return f"{id_text(after)} has no parent here; m marks a checkpoint to compare with."
        return before, after

    @property
    def why_nothing(self) -> str:
        """Why the selected checkpoint cannot be compared, or ""."""
        pair = self._pair()
        return pair if isinstance(pair, str) else ""

    @property
    def why_no_outcomes(self) -> str:
        """Why there are no outcomes of forks of the selected checkpoint to compare, or ""."""
        ref = self._port.selection.ref
        if ref is None:
            return "Only checkpoints can be compared."
        resumed, runs = self._port.begun_at(ref.id), self._port.selection.runs
        if resumed and len(continuations(runs, resumed)) < 2:
            return why_none(runs, resumed, just_there=True)
        return why_none(runs, resumed or ref.id) if outcomes(runs, resumed or ref.id) is None else ""

    def compare_outcomes(self, identifier: str, just_there: bool = True) -> str:
        """Compare the outcomes of the two latest forks of a checkpoint; return why that cannot be done, or "".

        Args:
            identifier: Id of the checkpoint.
            just_there: Search no earlier fork.
        """
        runs = self._port.selection.runs
        if just_there and len(continuations(runs, identifier)) < 2:
            return why_none(runs, identifier, just_there=True)
        found = outcomes(runs, identifier)
        if found is None:
            return why_none(runs, identifier)
        self._port.come_to_front()
        self._open(*found)
        return ""

    def compare_selected_outcomes(self) -> None:
        """Compare the outcomes of the two latest forks of the selected checkpoint, or of the fork before it."""
        ref, why = self._port.selection.ref, self.why_no_outcomes
        if why or ref is None:
            self._port.say(why, "warn")
            return
        resumed = self._port.begun_at(ref.id)
        self.compare_outcomes(resumed or ref.id, bool(resumed))

    def _open(self, before: CheckpointRef, after: CheckpointRef) -> None:
        self._port.open.compare(
            self.comparer, self._port.selection.runs, before, after, self.ignore, self._come_back
        )  # fmt: skip

    def take_rules(self) -> None:
        """Apply the rules of a changed configuration."""
        before, self._ignore = self.ignore.key, None
        if self.ignore.key != before:
            self._compare_anew()

    def _come_back(self, place: SelectedPlace, ignore: IgnoreRules) -> None:
        """Return from comparing: apply the rules, and go to the chosen place."""
        if ignore.key != self.ignore.key:
            self._ignore = ignore
            self._compare_anew()
        if place.file:
            self._port.selection.go_to(*place)

    def _compare_anew(self) -> None:
        """Forget the counts and diffs under other rules."""
        rows = self._port.panes.list
        rows.counts.clear()
        rows.changed()
        self.count_soon()
        self._compare()
