"""Messages that cross threads; the handlers on the screen own all state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.message import Message

from ckpt_tui.core.model import Checkpoint
from ckpt_tui.tui.view import View

if TYPE_CHECKING:
    from ckpt_tui.actions.resume.plan import Source
    from ckpt_tui.core.diff.forks import Divergence, Fork
    from ckpt_tui.core.doctor.doctor import Report
    from ckpt_tui.core.reading.search import Positions
    from ckpt_tui.core.steps.graph import Graph
    from ckpt_tui.core.steps.steps import Step
    from ckpt_tui.tui.comparing import Compared


class ViewReady(Message):
    """The store changed, and this is how it looks now."""

    def __init__(self, view: View, done: int, total: int) -> None:
        super().__init__()
        self.view = view
        self.done = done
        self.total = total

    def can_replace(self, message: Message) -> bool:
        """Only the newest view matters."""
        return isinstance(message, ViewReady)


class EventsRead(Message):
    """A stream of events is read to its end, or cannot be: then `error` says why."""

    def __init__(self, error: str = "") -> None:
        super().__init__()
        self.error = error


class BodiesWanted(Message):
    """A pass over the headers is complete, and there are bodies to read."""


class CheckpointReady(Message):
    """A checkpoint was loaded, or could not be: then `error` says why."""

    def __init__(self, file: str, checkpoint: Checkpoint | None, error: str = "", hint: str = "") -> None:
        super().__init__()
        self.file = file
        self.checkpoint = checkpoint
        self.error = error
        self.hint = hint


class AlarmsReady(Message):
    """What in a checkpoint could run code when it is loaded, or cannot be decoded: where, and why."""

    def __init__(self, file: str, told: tuple[str, ...]) -> None:
        super().__init__()
        self.file = file
        self.told = told


class DangersWanted(Message):
    """Bodies were read: now they can be judged."""


class DangersFound(Message):
    """What some checkpoints of the list would do when they are loaded, by their file; "" for nothing."""

    def __init__(self, dangers: dict[str, str]) -> None:
        super().__init__()
        self.dangers = dangers


class PeekReady(Message):
    """The first bytes of a file that cannot be shown as a checkpoint."""

    def __init__(self, file: str, data: bytes) -> None:
        super().__init__()
        self.file = file
        self.data = data


class MatchesReady(Message):
    """A search ended with these places; `complete` tells that there are no more."""

    def __init__(self, text: str, places: list[Positions], complete: bool, value: object) -> None:
        super().__init__()
        self.text = text
        self.places = places
        self.complete = complete
        self.value = value


class RowsFound(Message):
    """A search in the rows of a comparison ended with these positions."""

    def __init__(self, text: str, places: list[int], rows: object) -> None:
        super().__init__()
        self.text = text
        self.places = places
        self.rows = rows


class Examining(Message):
    """So many files of the store are examined."""

    def __init__(self, done: int, total: int) -> None:
        super().__init__()
        self.done = done
        self.total = total

    def can_replace(self, message: Message) -> bool:
        """Only the newest number matters."""
        return isinstance(message, Examining)


class ReportReady(Message):
    """The store was examined, or could not be: then `error` says why."""

    def __init__(self, report: Report | None, error: str = "", hint: str = "") -> None:
        super().__init__()
        self.report = report
        self.error = error
        self.hint = hint


class ValueRead(Message):
    """A value of a large file was read and can be looked at."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


class StepReady(Message):
    """What happened in the step to a checkpoint, as far as its graph is known: `known` of `total` steps were read."""

    def __init__(self, file: str, step: Step, graph: Graph, known: int, total: int) -> None:
        super().__init__()
        self.file = file
        self.step = step
        self.graph = graph
        self.known = known
        self.total = total

    def can_replace(self, message: Message) -> bool:
        """Only what is known last matters."""
        return isinstance(message, StepReady) and message.file == self.file


class RunTold(Message):
    """A run said something that its screen must know of: a line as a document."""

    def __init__(self, run: object, line: dict[str, Any]) -> None:
        super().__init__()
        self.run = run
        self.line = line


class SourceReady(Message):
    """A checkpoint was read whole to be run from, or could not be: then `error` says why."""

    def __init__(self, file: str, source: Source | None, error: str = "", hint: str = "") -> None:
        super().__init__()
        self.file = file
        self.source = source
        self.error = error
        self.hint = hint


class DifferenceReady(Message):
    """Two checkpoints were compared, or could not be: then `error` says why."""

    def __init__(self, files: tuple[str, str], compared: Compared | None, error: str = "", hint: str = "") -> None:
        super().__init__()
        self.files = files
        self.compared = compared
        self.error = error
        self.hint = hint


class ChangesCounted(Message):
    """How many changes there are since the parent, by file."""

    def __init__(self, counts: dict[str, int]) -> None:
        super().__init__()
        self.counts = counts


class DivergenceReady(Message):
    """It is known where two branches part: `divergence` is None where they do not; `error` says what went wrong."""

    def __init__(self, fork: Fork, divergence: Divergence | None, error: str = "", hint: str = "") -> None:
        super().__init__()
        self.fork = fork
        self.divergence = divergence
        self.error = error
        self.hint = hint


class Comparing(Message):
    """So many values, or steps of so many, are compared."""

    def __init__(self, done: int, total: int = 0) -> None:
        super().__init__()
        self.done = done
        self.total = total

    def can_replace(self, message: Message) -> bool:
        """Only the newest number matters."""
        return isinstance(message, Comparing)


class WorkFailed(Message):
    """Something unexpected happened in a worker; `report` is its traceback."""

    def __init__(self, doing: str, report: str) -> None:
        super().__init__()
        self.doing = doing
        self.report = report
