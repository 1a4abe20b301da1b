"""Messages between threads; the handlers on the screen own all state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ckpt_tui.actions.overviews import OverviewReport
    from ckpt_tui.actions.resume.plan import Source
    from ckpt_tui.actions.trash import Deleted, Moved
    from ckpt_tui.core.diff.divergence import CommonAncestor, Divergence
    from ckpt_tui.core.doctor.report import Report
    from ckpt_tui.core.find.question import Match, Question
    from ckpt_tui.core.model import Checkpoint, CheckpointRef
    from ckpt_tui.core.reading.search import Positions
    from ckpt_tui.core.runs.path_history import Bisection, History
    from ckpt_tui.core.runs.prune_plan import PruneChoice, Wish
    from ckpt_tui.core.sizes.run_totals import RunSizes
    from ckpt_tui.core.sizes.shares import Shares
    from ckpt_tui.core.steps.learned_graph import Graph
    from ckpt_tui.core.steps.steps import Step
    from ckpt_tui.tui.comparer import Compared
    from ckpt_tui.tui.view import View


class Newest(Message):
    """A message that replaces those of its kind that are still waiting: only the newest matters."""

    def can_replace(self, message: Message) -> bool:
        """Return whether `message`, which waits, is of the same kind."""
        return type(message) is type(self)


@dataclass(eq=False, repr=False)
class Progress(Newest):
    """The progress of work: `done` of `total`, which is 0 where it is not known."""

    done: int
    total: int = 0


@dataclass(eq=False, repr=False, kw_only=True)
class Reply(Message):
    """A result, or the reason why there is none: then `error` has it, and `hint` the fix."""

    error: str = ""
    hint: str = ""


@dataclass(eq=False, repr=False)
class ViewReady(Newest):
    """The new view of a store that changed; `done` of `total` files are read."""

    view: View
    done: int
    total: int


@dataclass(eq=False, repr=False)
class StoreRead(Progress):
    """The progress of reading the store; the list is unchanged."""


@dataclass(eq=False, repr=False)
class FoldedRead(Message):
    """The present facts of these checkpoints for rows of folded runs; some may be unread again."""

    refs: Sequence[CheckpointRef]


@dataclass(eq=False, repr=False)
class LookedUp(Message):
    """The run of the checkpoint that a name means is read, where there is one, with a new view of the store."""

    name: str
    view: View


@dataclass(eq=False, repr=False)
class EventsRead(Message):
    """A stream of events was read to its end, or could not be: then `error` has the reason."""

    error: str = ""


class BodiesWanted(Message):
    """A pass over the headers is complete, and there are bodies to read."""


@dataclass(eq=False, repr=False)
class CheckpointReady(Reply):
    """A checkpoint was loaded, or could not be: then `error` has the reason."""

    file: str
    checkpoint: Checkpoint | None


@dataclass(eq=False, repr=False)
class AlarmsReady(Message):
    """The values of a checkpoint that could run code when loaded, or cannot be decoded, with places and reasons."""

    file: str
    alarms: tuple[str, ...]


class DangersWanted(Message):
    """Bodies were read: now they can be judged."""


@dataclass(eq=False, repr=False)
class DangersFound(Message):
    """The effects that loading some checkpoints of the list would have, by file; "" for none."""

    dangers: dict[str, str]


@dataclass(eq=False, repr=False)
class PeekReady(Message):
    """The first bytes of a file that cannot be shown as a checkpoint."""

    file: str
    data: bytes


@dataclass(eq=False, repr=False)
class MatchesReady(Message):
    """A search ended with these places; `complete` where there are no more."""

    text: str
    places: list[Positions]
    complete: bool
    value: object


@dataclass(eq=False, repr=False)
class RowsFound(Message):
    """A search in the rows of a comparison ended with these positions."""

    text: str
    places: list[int]
    rows: object


class Examining(Progress):
    """The progress of examining the store, in files."""


@dataclass(eq=False, repr=False)
class ReportReady(Reply):
    """The store was examined, or could not be: then `error` has the reason."""

    report: Report | None


@dataclass(eq=False, repr=False)
class ValueRead(Message):
    """A value of a large file was read and can be unfolded."""

    value: object


@dataclass(eq=False, repr=False)
class StepReady(Newest):
    """The step to a checkpoint, as far as its graph is known: `known` of `total` steps were read."""

    file: str
    step: Step
    graph: Graph
    known: int
    total: int


@dataclass(eq=False, repr=False)
class OverviewReady(Newest):
    """The overview of a checkpoint; `report.overview` is complete once its whole path was read."""

    report: OverviewReport


@dataclass(eq=False, repr=False)
class RunLine(Message):
    """A run sent a line, as a document, that its screen must know."""

    run: object
    line: dict[str, Any]


@dataclass(eq=False, repr=False)
class SourceReady(Reply):
    """A checkpoint was read whole to be resumed from, or could not be: then `error` has the reason."""

    file: str
    source: Source | None


@dataclass(eq=False, repr=False)
class DifferenceReady(Reply):
    """Two checkpoints were compared, or could not be: then `error` has the reason."""

    files: tuple[str, str]
    compared: Compared | None


@dataclass(eq=False, repr=False)
class ChangesCounted(Message):
    """The numbers of changes since the parent, by file."""

    counts: dict[str, int]


@dataclass(eq=False, repr=False)
class DivergenceReady(Reply):
    """The divergence of two branches was searched: `divergence` is None where there is none; `error` has a failure."""

    fork: CommonAncestor
    divergence: Divergence | None


class Comparing(Progress):
    """The progress of a comparison, in values or in steps."""


class QueryProgress(Progress):
    """The progress of a query, in checkpoints."""


@dataclass(eq=False, repr=False)
class HistoryReady(Message):
    """The values of a path are known."""

    history: History


@dataclass(eq=False, repr=False)
class BisectReady(Message):
    """The result of a bisection."""

    found: Bisection


@dataclass(eq=False, repr=False)
class MatchesFound(Message):
    """More matches, and the progress of the search; `ended` with the last."""

    question: Question
    matches: Sequence[Match]
    done: int
    total: int
    truncated: bool
    note: str
    ended: bool


@dataclass(eq=False, repr=False)
class SizesReady(Message):
    """A run is measured."""

    sizes: RunSizes


@dataclass(eq=False, repr=False)
class SharesReady(Message):
    """A checkpoint is measured."""

    file: str
    shares: Shares


@dataclass(eq=False, repr=False)
class QueryFailed(Message):
    """A query failed, and why."""

    what: str
    hint: str


@dataclass(eq=False, repr=False)
class PlanReady(Newest):
    """The checkpoints that a wish would delete, and those of the last prune, if its files are still there."""

    wish: Wish
    choice: PruneChoice
    last: Deleted | None


@dataclass(eq=False, repr=False)
class PruneDone(Reply):
    """Files were moved to the trash, or with `is_undo` back from there; `moved` is None where none could be."""

    moved: Moved | None
    is_undo: bool


@dataclass(eq=False, repr=False)
class WorkFailed(Message):
    """Something unexpected happened in a worker; `report` is its traceback."""

    doing: str
    report: str
