"""Queries of a branch, a run or the store, and going from an answer to its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ckpt_tui.core.paths import Path, expression, parse
from ckpt_tui.core.runs.path_history import branch, tip_of
from ckpt_tui.core.terms import numbered
from ckpt_tui.core.text import clean
from ckpt_tui.tui.helpers.match_text import ways_on
from ckpt_tui.tui.helpers.port import Opener, Port
from ckpt_tui.tui.helpers.store_search import Scope, StoreSearch
from ckpt_tui.tui.widgets.prompt import Prompted
from ckpt_tui.tui.widgets.shown_keys import keys_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ckpt_tui.core.doctor.findings import Finding
    from ckpt_tui.core.runs.lineage import Node, Run
    from ckpt_tui.tui.helpers.selection import SelectedPlace
    from ckpt_tui.tui.library import Library
    from ckpt_tui.tui.messages import BisectReady, QueryFailed, QueryProgress, SharesReady
    from ckpt_tui.tui.query_jobs import QueryCache, QueryJobs
    from ckpt_tui.tui.widgets.detail import Detail

_BAR = 10
_PARTS = ("state", "messages", "pending", "metadata")
_BISECT = Prompted("first checkpoint where", "an expression such as state.score > `0.8`", "goes there")


class QueryOpener(Opener, Protocol):
    """Opens queries. `then` takes the place to go to, or None."""

    def history(
        self,
        known: QueryCache,
        run: Run,
        nodes: Sequence[Node],
        path: Path,
        then: Callable[[SelectedPlace | None], None],
    ) -> None:
        """Open the values that a path took along a branch."""

    def find(
        self, known: QueryCache, nodes: Callable[[Scope], Sequence[Node]], search: StoreSearch,
        then: Callable[[SelectedPlace | None], None],
    ) -> None:  # fmt: skip
        """Open a search over the checkpoints of a scope, in its present state."""

    def sizes(self, known: QueryCache, run: Run, then: Callable[[SelectedPlace | None], None]) -> None:
        """Open the sizes of a run."""

    def doctor(self, then: Callable[[Finding | None], None]) -> None:
        """Examine the store; `then` takes the finding to go to."""

    def query_jobs(self) -> QueryJobs:
        """Return the jobs of queries, for this screen and its store."""


class QueriesPort(Port, Protocol):
    """The part of its screen that it uses."""

    @property
    def library(self) -> Library:
        """The known part of the store."""

    @property
    def match(self) -> str:
        """The text that is marked in values, or ""."""

    def mark(self, text: str) -> None:
        """Mark a text in values; "" marks nothing."""

    @property
    def open(self) -> QueryOpener:
        """Opens screens over this one."""


class Queries:
    """Runs queries, and goes to the places of answers.

    Args:
        port: The screen.
    """

    def __init__(self, port: QueriesPort) -> None:
        self._port = port
        self._query_jobs: QueryJobs | None = None
        self._search: StoreSearch | None = None
        self._travels = False
        self.bisecting = False

    @property
    def _asks(self) -> QueryJobs:
        """The jobs of queries that are answered in the browser itself, with their cache."""
        if self._query_jobs is None:
            self._query_jobs = self._port.open.query_jobs()
        return self._query_jobs

    def _branch(self) -> tuple[Run, list[Node]] | None:
        """The run and the latest branch that the selected checkpoint is on."""
        found = self._port.selection.node
        if found is None:
            self._port.say("Select a checkpoint first.", "dim")
            return None
        run, node = found
        return branch((run,), tip_of(run, node.ref.id))

    def _go_to(self, place: SelectedPlace | None) -> None:
        if place is not None:
            self._port.selection.go_to(*place)

    # -- history, sizes, doctor --------------------------------------------------------------------------------------

    def open_history(self) -> None:
        """Show every value that the path under the cursor took."""
        tree = self._port.panes.value_tree
        path = tree.path if tree is not None else ()
        if not path or path[0] not in _PARTS:
            self._port.say("Only state, messages, pending requests and metadata have a history.", "dim")
            return
        asked = self._branch()
        if asked is not None:
            self._port.open.history(self._asks.known, *asked, path, self._go_to)

    def open_sizes(self) -> None:
        """Show where the characters of the run are."""
        found = self._port.selection.node
        if found is None:
            self._port.say("Select a checkpoint first.", "dim")
        else:
            self._port.open.sizes(self._asks.known, found[0], self._go_to)

    def measure(self, pane: Detail) -> None:
        """Measure the checkpoint of a pane."""
        if pane.checkpoint is not None:
            self._asks.shares(pane.checkpoint)

    def take_shares(self, event: SharesReady) -> None:
        """Show the sizes of a checkpoint where they are still wanted."""
        for pane in self._port.panes.details:
            if pane.checkpoint is not None and pane.checkpoint.ref.file == event.file:
                pane.show_shares(event.shares)

    def open_doctor(self) -> None:
        """Examine the store."""
        self._port.open.doctor(self._go_to_finding)

    def _go_to_finding(self, finding: Finding | None) -> None:
        if finding is not None:
            self._port.selection.go_to(finding.file, parse(finding.path) or ())

    # -- bisect ------------------------------------------------------------------------------------------------------

    def ask_bisect(self) -> None:
        """Ask for an expression, and go where it first holds."""
        tree = self._port.panes.value_tree
        path = expression(tree.path) if tree is not None and tree.path else ""
        self._port.prompt.ask(_BISECT, path, self.bisect, select=False)  # a path that is to be completed

    def bisect(self, text: str) -> None:
        """Go to the first checkpoint of the branch where an expression holds; "" does nothing."""
        asked = self._branch() if text else None
        if asked is None:
            return
        self.bisecting = True
        self._say_progress(0, len(asked[1]))
        self._asks.bisect(*asked, text, self._port.panes.detail.reveal)

    def take_progress(self, event: QueryProgress) -> None:
        """Show the progress of a bisection, and that it can be stopped."""
        if self.bisecting:
            self._say_progress(event.done, event.total)

    def _say_progress(self, done: int, total: int) -> None:
        bar = "━" * (_BAR * done // max(total, 1))
        self._port.say(
            f"{bar:╌<{_BAR}} {done:,} of {total:,} checkpoints checked · {keys_of('app.back')} stops", "warn"
        )

    def stop_bisecting(self) -> bool:
        """Stop a bisection; return False when none is running."""
        if not self.bisecting:
            return False
        self.bisecting = False
        self._asks.stop_asking("bisect")
        self._port.say("stopped", "warn")
        return True

    def take_bisection(self, event: BisectReady) -> None:
        """Go to the checkpoint, and show the result."""
        self.bisecting = False
        found = event.found
        name = clean(found.expression, 60)
        if found.first is None:
            self._port.say(f"never true on this branch · {found.asked:,} checkpoints checked · {name}", "warn")
            return
        self._port.selection.go_to(found.first.file)
        if found.previous is not None:
            self._port.panes.details[0].pick("diff")  # the changes of that step
        hint = f" · {found.hint}" if found.hint else ""
        style = "warn" if hint else "good"
        self._port.say(f"first true in {numbered(found.first)}{hint} · {name}", style)

    def take_failure(self, event: QueryFailed) -> None:
        """Show why there is no answer."""
        self.bisecting = False
        self._port.say(f"{clean(event.what)} {clean(event.hint)}", "error")

    # -- find --------------------------------------------------------------------------------------------------------

    def open_find(self, text: str = "") -> None:
        """Find a text over checkpoints; the last matches are shown again, unless there is another text."""
        if self._search is None or text:
            self._search = StoreSearch(text or self._port.match)
        self._port.open.find(self._asks.known, self._nodes_of, self._search, self._go_to_found)

    def _nodes_of(self, scope: Scope) -> Sequence[Node]:
        found = self._port.selection.node
        if scope == "checkpoint" and found is not None:
            return [found[1]]
        groups = self._port.library.groups
        if groups is not None and not (scope == "run" and found is not None):
            return groups.nodes()
        runs = (found[0],) if scope == "run" and found is not None else self._port.selection.runs
        return [node for run in runs for node in run.nodes]

    def _go_to_found(self, place: SelectedPlace | None) -> None:
        """Go to a match; from there, `next_match` goes to the others."""
        if place is None or self._search is None:
            return
        self._travels = True
        self._port.mark("" if self._search.regex else self._search.text)
        self._go_to_match(self._search, 0)

    def _go_to_match(self, search: StoreSearch, direction: int) -> None:
        search.at = (search.at + direction) % len(search.matches)
        ref, hit = search.matches[search.at]
        self._port.selection.go_to(ref.file, hit.path)
        text = clean(search.text, 40)
        said = f"match {search.at + 1:,} of {len(search.matches):,} for {text!a} · {ways_on()}"
        self._port.say(said)

    def next_match(self, direction: int) -> bool:
        """Go to the next or previous match over checkpoints; return False when none is travelled through."""
        if not self._travels or self._search is None or not self._search.matches:
            return False
        self._go_to_match(self._search, direction * self._port.panes.lines.take_count())
        return True

    def leave_for(self, text: str) -> None:
        """End the travel through matches, as another text is searched in the pane."""
        if self._search is None or text != self._search.text:
            self._travels = self._travels and not text

    def end_travel(self) -> bool:
        """End the travel through matches in checkpoints; return False when there is none."""
        if not self._travels:
            return False
        self._travels = False
        self._port.mark("")
        self._port.say("")
        return True
