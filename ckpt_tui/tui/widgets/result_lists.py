"""Lists of answers to queries: the values of a path, the places of a text, the sizes of a run."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.message import Message

from ckpt_tui.core.find.question import Match
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.reading.typenames import short_type
from ckpt_tui.core.runs.path_history import HistoryValue, executors_text, newest_part, value_text
from ckpt_tui.core.runs.short_ids import id_text
from ckpt_tui.core.runs.time_texts import moment_text, time_of_day
from ckpt_tui.core.runs.workflow_names import workflow_label
from ckpt_tui.core.shown_names import shown_name, shown_path
from ckpt_tui.core.sizes.repeats import Repeated
from ckpt_tui.core.sizes.run_totals import MEASURED_PARTS, RunSizes, StepSizes
from ckpt_tui.core.terms import numbered
from ckpt_tui.core.text import ago_text, clean, size_text
from ckpt_tui.core.times import is_possible
from ckpt_tui.tui.widgets.finding_list import Heading
from ckpt_tui.tui.widgets.fitting import fit, fit_end
from ckpt_tui.tui.widgets.line_list import LineList

_VALUE = 300
"""Characters of a value's JSON that a line may show."""

_NAMES = 24
"""Cells of the names of executors."""


class ResultList(LineList):
    """A list of answers; the cursor is on one of them."""

    class Opened(Message):
        """An answer was clicked twice."""

    def clicked(self, index: int, x: int, times: int) -> None:
        if times == 2:
            self.post_message(self.Opened())


class HistoryList(ResultList):
    """The values that a path took."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._taken: Sequence[HistoryValue] = ()
        self._news: dict[int, tuple[str, object]] = {}
        self._names = 0

    @property
    def line_count(self) -> int:
        return len(self._taken)

    @property
    def taken(self) -> HistoryValue | None:
        """The value under the cursor."""
        return self._taken[self.cursor] if self.cursor < len(self._taken) else None

    def show(self, taken: Sequence[HistoryValue], cursor: int) -> None:
        """Show these values, the cursor on one of them."""
        self._taken, self._news = taken, {}
        self._names = min(max((cell_len(shown_name(executors_text(one))) for one in taken), default=0), _NAMES)
        self.changed()
        self.move_to(cursor, by_hand=False)

    def _newest(self, index: int) -> tuple[str, object]:
        """The new part of a value, and its place in it."""
        if index not in self._news:
            before = self._taken[index - 1] if index else None
            self._news[index] = newest_part(
                None if before is None or before.absent else before.value, self._taken[index].value
            )
        return self._news[index]

    def draw(self, index: int, width: int) -> list[tuple[str, str]]:
        taken = self._taken[index]
        before = self._taken[index - 1].ref.when if index else 0.0
        is_known = is_possible(before) and is_possible(taken.ref.when)
        when = ago_text(taken.ref.when - before) if is_known else time_of_day(taken.ref)
        names = executors_text(taken)
        style = "dim" if names.startswith("(") else "warn" if taken.inferred else "label"
        parts = [
            self.mark(index), (f"{taken.ref.iteration:>4} ", "dim"),
            (f"{when:>9}  ", "dim"), (fit(clean(names), self._names) + "  ", style),
        ]  # fmt: skip
        room = width - sum(cell_len(text) for text, _ in parts)
        if taken.absent:
            return [*parts, ("nothing there", "dim")]
        lead, value = self._newest(index)
        parts.append((clean(lead), "good" if lead.startswith("+") else "label"))
        return [*parts, (clean(value_text(value, min(_VALUE, room + 2))), _style(value))]


def _style(value: object) -> str:
    if value is None:
        return "dim"
    if isinstance(value, bool):
        return "word"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else "warn" if isinstance(value, dict) and "$masked" in value else "plain"


class MatchList(ResultList):
    """Places of a text: the text there, once for each value that contains it, and in how many checkpoints."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._groups: list[list[int]] = []  # numbers of the matches in one value
        self._known: dict[tuple[str, str], int] = {}  # where and what → its group
        self._group_of: list[int] = []  # match → its group
        self.matches: list[Match] = []

    @property
    def line_count(self) -> int:
        return 2 * len(self._groups)

    def selectable(self, index: int) -> bool:
        return index % 2 == 1

    @property
    def at(self) -> int:
        """The number of the first match of the value under the cursor; -1 where there is none."""
        return self._groups[self.cursor // 2][0] if self.cursor < self.line_count else -1

    @property
    def group(self) -> list[Match]:
        """The matches in the value under the cursor."""
        return [self.matches[at] for at in self._groups[self.cursor // 2]] if self.at >= 0 else []

    @property
    def value_count(self) -> int:
        """How many different values, or keys, were found."""
        return len(self._groups)

    def clear(self) -> None:
        """Show nothing."""
        self._groups, self._known, self._group_of, self.matches = [], {}, [], []
        self.cursor = 0
        self.changed()

    def add(self, matches: Sequence[Match]) -> None:
        """Show more matches, where they belong."""
        first = not self.matches
        for match in list(matches):
            group = self._known.setdefault((match.hit.where, match.hit.text), len(self._groups))
            if group == len(self._groups):
                self._groups.append([])
            self._groups[group].append(len(self.matches))
            self._group_of.append(group)
            self.matches.append(match)
        self.changed()
        if first and self.matches:
            self.move_to(0, by_hand=False)

    def select(self, number: int) -> None:
        """Put the cursor on the value that holds a match."""
        if 0 <= number < len(self._group_of):
            self.move_to(2 * self._group_of[number] + 1, by_hand=False)

    def draw(self, index: int, width: int) -> list[tuple[str, str]]:
        group = self._groups[index // 2]
        if index % 2 == 0:
            return _group_heading([self.matches[at].ref for at in group])
        hit = self.matches[group[0]].hit
        path = fit_end(shown_path(hit.path), max(width // 2 - 8, 12))
        begin, end = hit.spot
        # The match has to be in sight.
        left = max(width - cell_len(path) - 12, 10)
        before = clean(hit.text[:begin])
        if len(before) > left // 2:
            before = "…" + before[-(left // 2) :]
        return [
            self.mark(index), ("  key  " if hit.where == "key" else "       ", "dim"), (path, "label"), ("  ", "plain"),
            (before, "plain"), (clean(hit.text[begin:end]), "match"), (clean(hit.text[end:]), "plain"),
        ]  # fmt: skip


def _group_heading(refs: Sequence[CheckpointRef]) -> list[tuple[str, str]]:
    """Where one value is: in which checkpoint, or since which step and in how many."""
    ref = refs[0]
    when = f" · {moment_text(ref)}" if ref.timestamp or ref.when else ""
    count = len({each.file for each in refs})
    if count == 1:
        times = f" · {len(refs):,} times" if len(refs) > 1 else ""
        title = f"{id_text(ref)} · {numbered(ref)}"
        return [(title, "heading"), (f"{when} · {shown_name(workflow_label(ref), 40)}{times}", "dim")]
    workflows = {workflow_label(each) for each in refs}
    others = f" and {len(workflows) - 1:,} more" if len(workflows) > 1 else ""
    title = f"since step {ref.iteration}, in {count:,} checkpoints"
    where = f" · first {id_text(ref)}{when} · {shown_name(workflow_label(ref), 40)}{others}"
    return [(title, "heading"), (where, "dim")]


class SizeList(ResultList):
    """The sizes of a run: repeated payloads, and each step."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: list[Heading | StepSizes | Repeated] = []
        self._largest = 1

    @property
    def line_count(self) -> int:
        return len(self._rows)

    def selectable(self, index: int) -> bool:
        return not isinstance(self._rows[index], Heading)

    @property
    def row(self) -> StepSizes | Repeated | None:
        """The entry under the cursor."""
        row = self._rows[self.cursor] if self.cursor < len(self._rows) else None
        return None if isinstance(row, Heading) else row

    def show(self, sizes: RunSizes, file: str) -> None:
        """Show the sizes of a run, the cursor on the step of a file."""
        self._largest = max((step.ref.size for step in sizes.steps), default=1)
        repeats = f" · {size_text(sizes.extra)} of all files are copies" if sizes.repeats else " · nothing"
        titles = "".join(f"{part:>10}" for part in MEASURED_PARTS)
        self._rows = [Heading(f"steps{'file':>15}{titles}", "heading", "  grew most since the parent"), *sizes.steps]
        at = next((index for index, step in enumerate(sizes.steps, 1) if step.ref.file == file), 1)
        self._rows += [Heading("written again and again", "heading", repeats), *sizes.repeats]
        self.changed()
        self.move_to(at, by_hand=False)

    def draw(self, index: int, width: int) -> list[tuple[str, str]]:
        row = self._rows[index]
        if isinstance(row, Heading):
            return [(row.text, row.style), (row.rest, "dim")]
        if isinstance(row, Repeated):
            times = f"{row.copies:,} × {size_text(row.size)}"
            where = f"in {row.checkpoints:,} checkpoints"
            parts = [
                self.mark(index), (f"{size_text(row.extra):>6}  ", "number"), (f"{times:<16}", "plain"),
                (f"{where:<22}", "dim"),
                (f"{clean(short_type(row.type), 30)}  ", "type"),
            ]  # fmt: skip
            return [*parts, (fit_end(shown_path(row.path), _room(parts, width)), "label")]
        bar = "▪" * round(8 * row.ref.size / max(self._largest, 1))
        parts = [
            self.mark(index),
            (f"{row.ref.iteration:>4} ", "dim"),
            (f"{bar:<8}", "lane"),
            (f"{size_text(row.ref.size):>6}", "plain"),
        ]
        sizes = ["?" for _ in MEASURED_PARTS] if row.parts is None else [size_text(size) for size in row.parts]
        parts += [(f"{size:>10}", "dim") for size in sizes]
        if row.grew is not None:
            more = row.grew.after - row.grew.before
            parts.append((f"  +{size_text(more):<6} ", "number"))
            parts.append((fit_end(shown_path(row.grew.path), _room(parts, width)), "label"))
        return parts


def _room(parts: Sequence[tuple[str, str]], width: int) -> int:
    """Cells that are left of a line."""
    return max(width - sum(cell_len(text) for text, _ in parts), 8)
