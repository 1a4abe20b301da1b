"""From the browser to what can be asked of a branch, a run or the store, and from an answer back to its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.text import clean
from ckpt_tui.tui.screens.graphing import Graphing

if TYPE_CHECKING:
    from ckpt_tui.tui.inquiries import Asking, BisectReady, Inquiries, Known, QuestionFailed, SharesReady
    from ckpt_tui.tui.screens.asking import Place
    from ckpt_tui.tui.screens.find import Finding, Scope
    from ckpt_tui.tui.widgets.detail import Detail
    from ckpt_tui.tui.widgets.share_list import ShareList

_BAR = 10
_PARTS = ("state", "messages", "pending", "metadata")


class Inquiring(Graphing):
    """A browser whose store can be asked. What is only needed then is imported then."""

    def __init__(self) -> None:
        super().__init__()
        self._known: Known | None = None
        self._finding: Finding | None = None
        self._travels = False
        self._inquiries: Inquiries | None = None
        self._bisecting = False

    @property
    def known(self) -> Known:
        """What was answered before."""
        if self._known is None:
            from ckpt_tui.tui.inquiries import Known

            self._known = Known(self.store)
        return self._known

    def _branch(self) -> tuple[Run, list[Node]] | None:
        """The run and the latest branch that the selected checkpoint is on."""
        from ckpt_tui.core.runs.history import branch, tip_of

        found = self.node_of(self.list.selected)
        if found is None:
            self.say("Select a checkpoint first.", "dim")
            return None
        run, node = found
        return branch((run,), tip_of(run, node.ref.id))

    # -- history -----------------------------------------------------------------------------------------------------

    def on_row_tree_history_asked(self) -> None:
        """Show every value that the path under the cursor took."""
        tree = self.value_tree
        path = tree.path if tree is not None else ()
        if not path or path[0] not in _PARTS:
            self.say("Only state, messages, pending requests and metadata have a history.", "dim")
            return
        asked = self._branch()
        if asked is not None:
            from ckpt_tui.tui.screens.history import HistoryScreen

            screen = HistoryScreen(self.store, self.known, *asked, path, self.list.selected, self.detail.reveal)
            self.app.push_screen(screen, self._go_place)

    # -- bisect ------------------------------------------------------------------------------------------------------

    def action_bisect(self) -> None:
        """Ask for an expression, and go where it first holds."""
        from ckpt_tui.core.paths import expression

        tree = self.value_tree
        path = expression(tree.path) if tree is not None and tree.path else ""
        self._open_ask("bisect", path)

    @property
    def _asks(self) -> Inquiries:
        """What starts the workers of questions that are answered in the browser itself."""
        if self._inquiries is None:
            from ckpt_tui.tui.inquiries import Inquiries

            self._inquiries = Inquiries(self, self.known)
        return self._inquiries

    def bisect(self, text: str) -> None:
        """Find where an expression first holds on the branch."""
        asked = self._branch() if text else None
        if asked is None:
            return
        self._bisecting = True
        self._tell_asking(0, len(asked[1]))
        self._asks.bisect(*asked, text, self.detail.reveal)

    def on_asking(self, event: Asking) -> None:
        """Tell how far a bisection is, and that it can be left."""
        if self._bisecting:
            self._tell_asking(event.done, event.total)

    def _tell_asking(self, done: int, total: int) -> None:
        bar = "━" * (_BAR * done // max(total, 1))
        self.say(f"{bar:╌<{_BAR}} {done:,} of {total:,} checkpoints asked · esc stops", "warn")

    def stop_bisecting(self) -> bool:
        """Leave a bisection; False when none goes on."""
        if not self._bisecting:
            return False
        self._bisecting = False
        self._asks.stop_asking("bisect")
        self.say("stopped", "warn")
        return True

    def on_bisect_ready(self, event: BisectReady) -> None:
        """Go to the checkpoint, and say what there is to know."""
        self._bisecting = False
        found = event.found
        name = clean(found.expression, 60)
        if found.first is None:
            self.say(f"true nowhere on this branch · {found.asked:,} checkpoints asked · {name}", "warn")
            return
        self.go_to(found.first.file)
        if found.previous is not None:
            self.details[0].pick("diff")  # what changed in that step
        hint = f" · {found.hint}" if found.hint else ""
        self.say(f"first true in iteration {found.first.iteration}{hint} · {name}", "warn" if hint else "good")

    def on_question_failed(self, event: QuestionFailed) -> None:
        """Say why there is no answer."""
        self._bisecting = False
        self.say(f"{clean(event.what)} {clean(event.hint)}", "error")

    # -- find --------------------------------------------------------------------------------------------------------

    def action_find(self) -> None:
        """Find a text over checkpoints; what was found last is shown again."""
        from ckpt_tui.tui.screens.find import Finding, FindScreen

        if self._finding is None:
            self._finding = Finding(self.match)
        screen = FindScreen(self.store, self.known, self._nodes_of, self._finding, self.detail.reveal)
        self.app.push_screen(screen, self._go_found)

    def _nodes_of(self, scope: Scope) -> Sequence[Node]:
        found = self.node_of(self.list.selected)
        if scope == "checkpoint" and found is not None:
            return [found[1]]
        runs = (found[0],) if scope == "run" and found is not None else self.list.view.runs
        return [node for run in runs for node in run.nodes]

    def _go_found(self, place: Place | None) -> None:
        """Go to a match; from there, n and N go to the others."""
        if place is None or self._finding is None:
            return
        self._travels = True
        self.set_match("" if self._finding.regex else self._finding.text)
        self._go_to_match(0)

    def _go_to_match(self, way: int) -> None:
        finding = self._finding
        assert finding is not None
        finding.at = (finding.at + way) % len(finding.matches)
        ref, hit = finding.matches[finding.at]
        self.go_to(ref.file, hit.path)
        text = clean(finding.text, 40)
        self.say(f"match {finding.at + 1:,} of {len(finding.matches):,} for {text!a} · n next · N previous · esc ends")

    def action_search_next(self, way: int) -> None:
        """Go to the next or previous match: of what was found over checkpoints, or in the pane."""
        if self._travels and self._finding is not None and self._finding.matches:
            self._go_to_match(way * self.lines.take_count())
        else:
            super().action_search_next(way)

    def set_match(self, text: str) -> None:
        """Mark a text in values; a search in the pane ends the way through what was found over checkpoints."""
        if self._finding is None or text != self._finding.text:
            self._travels = self._travels and not text
        super().set_match(text)

    def end_travel(self) -> bool:
        """End the way through what was found over checkpoints; False when there is none."""
        if not self._travels:
            return False
        self._travels = False
        self.set_match("")
        self.say("")
        return True

    def _go_place(self, place: Place | None) -> None:
        """Go to a place of the store."""
        if place is None:
            return
        self.go_to(place.file, place.path)

    # -- sizes -------------------------------------------------------------------------------------------------------

    def on_detail_sizes_wanted(self, event: Detail.SizesWanted) -> None:
        """Measure the checkpoint of a pane."""
        if event.detail.checkpoint is not None:
            self._asks.shares(event.detail.checkpoint)

    def on_shares_ready(self, event: SharesReady) -> None:
        """A checkpoint is measured: show it where it is still wanted."""
        for pane in self.details:
            if pane.checkpoint is not None and pane.checkpoint.ref.file == event.file:
                pane.show_shares(event.shares)

    def on_share_list_opened(self, event: ShareList.Opened) -> None:
        """Go to a path of the checkpoint."""
        self.show_place(self.list.selected, event.path)

    def action_measure(self) -> None:
        """Where the characters of the run are."""
        found = self.node_of(self.list.selected)
        if found is None:
            self.say("Select a checkpoint first.", "dim")
            return
        from ckpt_tui.tui.screens.sizes import SizesScreen

        self.app.push_screen(SizesScreen(self.store, self.known, found[0], self.list.selected), self._go_place)
