"""What changed since the parent: counts in the list, marks in the tree, the tab, and the way to the Compare screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.timer import Timer

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.listing import id_text
from ckpt_tui.core.text import clean
from ckpt_tui.tui.messages import ChangesCounted, DifferenceReady, ViewReady
from ckpt_tui.tui.screens.graphing import Graphing
from ckpt_tui.tui.widgets.checkpoints import Checkpoints

if TYPE_CHECKING:
    from ckpt_tui.core.diff.ignore_rules import IgnoreRules
    from ckpt_tui.tui.comparing import Comparer
    from ckpt_tui.tui.screens.compare import Place

DIFF_SECONDS = 0.12
"""Pause before a checkpoint that is shown is compared with its parent: stepping through a run compares nothing."""

COUNT_SECONDS = 0.4
"""Pause before the checkpoints on the screen are compared with their parents, after rows came or moved."""

AT_ONCE = 8 * 1024 * 1024
"""Bytes of two files that are compared without being asked."""


class Differing(Graphing):
    """A browser that tells what changed."""

    def __init__(self) -> None:
        super().__init__()
        self._comparer: Comparer | None = None
        self._ignore: IgnoreRules | None = None
        self._diff_timer: Timer | None = None
        self._count_timer: Timer | None = None
        self._compared_file = ""
        self._refs: tuple[Run | None, dict[str, CheckpointRef]] = (None, {})

    @property
    def comparer(self) -> Comparer:
        """Where diffs are made and kept."""
        if self._comparer is None or self._comparer.store is not self.store:
            from ckpt_tui.tui.comparing import Comparer  # late: the first screen does without

            self._comparer = Comparer(self.store)
        return self._comparer

    @property
    def ignore(self) -> IgnoreRules:
        """The rules that are on."""
        if self._ignore is None:
            from ckpt_tui.config import Config, noise_rules
            from ckpt_tui.core.diff.ignore_rules import IgnoreRules
            from ckpt_tui.errors import UsageError

            try:
                rules = noise_rules(getattr(self.app, "config", Config()))
            except UsageError as error:
                rules = noise_rules(Config())
                self.app.notify(clean(error.what), title="Configuration", severity="warning", markup=False)
            self._ignore = IgnoreRules(rules)
        return self._ignore

    def set_ignore_rules(self, ignore: IgnoreRules) -> None:
        """Have other rules on: everything is told anew."""
        self._ignore = ignore
        self.list.counts.clear()
        self.list.changed()
        self.count_soon()
        self._want()

    def parent_of(self, file: str) -> CheckpointRef | None:
        """The checkpoint that a file came from, if it is there."""
        found = self.node_of(file)
        return self._above(*found) if found is not None else None

    def _above(self, run: Run, node: Node) -> CheckpointRef | None:
        if node.parent is None:
            return None
        if self._refs[0] is not run:
            self._refs = run, {above.ref.id: above.ref for above in run.nodes}
        return self._refs[1].get(node.parent)

    # -- the checkpoint that is shown --------------------------------------------------------------------------------

    def open_wanted(self, file: str) -> None:
        """A file is shown: tell soon what changed in it, too."""
        super().open_wanted(file)
        self._compared_file = file
        if self._diff_timer is not None:
            self._diff_timer.stop()
        before, found = self.parent_of(file), self.node_of(file)
        known = self.comparer.known(before, found[1].ref, self.ignore) if before and found and self._comparer else None
        if known is not None:
            self._tell_difference(file, known.difference)
        else:
            self._diff_timer = self.set_timer(DIFF_SECONDS, self._want)

    def _want(self) -> None:
        file = self._compared_file
        found = self.node_of(file)
        if found is None:
            return
        before, after = self.parent_of(file), found[1].ref
        if before is None:
            word = "Its parent is not in the store." if after.parent else "The first of its run: it has no parent."
            self._tell_difference(file, None, word)
        elif before.size + after.size > AT_ONCE:
            self._tell_difference(file, None, "Large files are compared when they are asked for: d compares them.")
        else:
            self.jobs.compare(self.comparer, before, after, self.ignore)

    def on_difference_ready(self, event: DifferenceReady) -> None:
        """Two checkpoints were compared."""
        if event.files[1] != self._compared_file:
            return
        if event.compared is None:
            self._tell_difference(event.files[1], None, f"Not compared: {clean(event.error)} {clean(event.hint)}")
            return
        self._tell_difference(event.files[1], event.compared.difference)
        self.list.show_counts({event.files[1]: len(event.compared.difference.shown)})

    def _tell_difference(self, file: str, difference: object, why: str = "") -> None:
        for pane in self.details:
            if pane.checkpoint is not None and pane.checkpoint.ref.file == file:
                pane.show_difference(difference, why)  # type: ignore[arg-type]
        self.draw_foot()

    # -- the checkpoints on the screen -------------------------------------------------------------------------------

    def on_view_ready(self, event: ViewReady) -> None:
        """Rows came or went."""
        self.count_soon()

    def on_checkpoints_scrolled(self, event: Checkpoints.Scrolled) -> None:
        """Other rows are on the screen."""
        event.stop()
        self.count_soon()

    def count_soon(self) -> None:
        """Count the changes of what is on the screen, once it rests."""
        if self._count_timer is None:
            self._count_timer = self.set_timer(COUNT_SECONDS, self._count)

    def _count(self) -> None:
        self._count_timer = None
        wanted = []
        known: dict[str, int] = {}
        for run, node in self.list.visible_nodes:
            ref = node.ref
            before = self._above(run, node)
            if before is None or ref.file in self.list.counts or before.size + ref.size > AT_ONCE:
                continue
            count = self.comparer.count(before, ref, self.ignore)
            if count is None:
                wanted.append((before, ref))
            else:
                known[ref.file] = count
        self.list.show_counts(known)
        if wanted:
            self.jobs.count(self.comparer, wanted, self.ignore)

    def on_changes_counted(self, event: ChangesCounted) -> None:
        """It is known how much changed in some checkpoints."""
        self.list.show_counts(event.counts)

    # -- comparing ---------------------------------------------------------------------------------------------------

    def on_checkpoints_marked(self) -> None:
        """Say what the mark is for."""
        self.say("Marked: d on another checkpoint compares them." if self.list.marked else "No checkpoint is marked.")

    def action_compare(self) -> None:
        """Compare with the marked checkpoint, or with the parent."""
        found = self.node_of(self.list.selected)
        if found is None:
            self.say("Only checkpoints can be compared.", "warn")
            return
        after = found[1].ref
        marked = self.node_of(self.list.marked) if self.list.marked and self.list.marked != after.file else None
        before = marked[1].ref if marked is not None else self.parent_of(after.file)
        if before is None:
            self.say(f"{id_text(after)} has no parent here; m marks a checkpoint to compare with.", "warn")
            return
        self.open_compare(before, after)

    def compare_files(self, before: str, after: str) -> None:
        """Show what changed between two files of the list."""
        one, other = self.node_of(before), self.node_of(after)
        if one is not None and other is not None:
            self.open_compare(one[1].ref, other[1].ref)

    def open_compare(self, before: CheckpointRef, after: CheckpointRef) -> None:
        """Show what changed between two checkpoints of the list."""
        from ckpt_tui.tui.screens.compare import CompareScreen  # late: the first screen does without

        reveal = self.detail.reveal
        screen = CompareScreen(self.store, self.comparer, self.list.view.runs, before, after, self.ignore, reveal)
        self.app.push_screen(screen, self._compared)

    def _compared(self, place: Place | None) -> None:
        """Back from comparing: take the rules over, and go to the place that was asked for."""
        if place is None:
            return
        if place.ignore.key != self.ignore.key:
            self.set_ignore_rules(place.ignore)
        if place.file:
            self.go_to(place.file, place.path)
