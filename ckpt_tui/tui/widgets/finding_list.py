"""The findings of the doctor as a list: by severity, the types to allow last."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len
from textual.message import Message

from ckpt_tui.core.doctor.findings import SIGNS, TITLES, Finding, Severity
from ckpt_tui.core.doctor.report import Report
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.tui.widgets.fitting import fit
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.shown_keys import keys_of
from ckpt_tui.tui.widgets.text_lines import TextLines

STYLES: dict[Severity, str] = {"danger": "error", "warning": "warn", "info": "plain"}

TYPE = "type"
"""The kind of finding that shows a type to allow."""

_WITH_PATHS = 100
"""Cells of a line from which there is room for where a finding is."""


class FindingText(TextLines):
    """One finding in full; it scrolls, but no line is the selected one."""

    def selectable(self, index: int) -> bool:
        return False


class Heading(NamedTuple):
    """A line above a group: its text, its style, and a text behind it."""

    text: str
    style: str = "heading"
    rest: str = ""


class Findings(LineList):
    """The findings of a report; the cursor is on one of them."""

    class Opened(Message):
        """A finding was clicked twice."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: list[Heading | Finding] = []
        self._kinds = self._files = self._paths = 0

    @property
    def line_count(self) -> int:
        return len(self._rows)

    @property
    def finding(self) -> Finding | None:
        """The finding under the cursor."""
        row = self._rows[self.cursor] if self.cursor < len(self._rows) else None
        return row if isinstance(row, Finding) else None

    def selectable(self, index: int) -> bool:
        return isinstance(self._rows[index], Finding)

    def clear(self) -> None:
        """Show nothing."""
        self._rows = []
        self.cursor = 0
        self.changed()

    def show(self, report: Report) -> None:
        """Show a report, the cursor on its first finding."""
        self._rows = rows(report)
        found = [row for row in self._rows if isinstance(row, Finding)]
        # Only the longest names are measured: as good as all of them, and quick for a hundred thousand.
        self._kinds = max((len(finding.kind) for finding in found), default=0)
        self._files = _widest({_stem(finding.file) for finding in found})
        self._paths = _widest({shown_name(finding.path) for finding in found})
        self.changed()
        self.move_to(0, by_hand=False)
        self.scroll_to(y=0, animate=False, immediate=True)

    def draw(self, index: int, width: int) -> list[tuple[str, str]]:
        row = self._rows[index]
        if isinstance(row, Heading):
            return [(row.text, row.style), (row.rest, "dim")]
        sign, style = SIGNS[row.severity], STYLES[row.severity]
        # The reason is what a person reads; the rest of the line is below the list in full.
        files, paths = min(self._files, width // 6), min(self._paths, width // 8) if width >= _WITH_PATHS else 0
        parts = [self.mark(index), (f"{sign} ", style)]
        if row.kind == TYPE:
            name = row.fix.removeprefix("allowed_checkpoint_types=[").removesuffix("]")
            parts.append((fit(name, max(width - 3 - files - paths - 6, 8)) + "  ", "text"))
        else:
            parts.append((row.kind.ljust(min(self._kinds, 18)) + "  ", style))
        parts.append((fit(_stem(row.file), files) + "  ", "plain"))
        if paths:
            parts.append((fit(shown_name(row.path), paths) + "  ", "dim"))
        if row.kind != TYPE:
            parts.append((shown_name(row.reason), "plain"))
        return parts

    def clicked(self, index: int, x: int, times: int) -> None:
        if times == 2:
            self.post_message(self.Opened())


def rows(report: Report) -> list[Heading | Finding]:
    """The lines of a report: a heading for each severity and its findings, then the types to allow."""
    out: list[Heading | Finding] = []
    if all(finding.severity == "info" for finding in report.findings):
        out.append(Heading(f"✓ {report.looked_at}, nothing wrong", "good"))
    for severity, title in TITLES.items():
        found = [item for item in report.findings if item.severity == severity and item.kind != TYPE]
        if found:
            out.append(Heading(f"{SIGNS[severity]} {title}", STYLES[severity], f" · {len(found):,}"))
            out += found
    types = sorted((finding for finding in report.findings if finding.kind == TYPE), key=lambda finding: finding.fix)
    if types:
        out.append(
            Heading(
                "types to allow",
                "heading",
                f" · {len(types):,} · {keys_of('value.copy')} copies allowed_checkpoint_types=[…]",
            )
        )
        out += types
    return out


def _widest(texts: set[str]) -> int:
    return max((cell_len(text) for text in sorted(texts, key=len)[-20:]), default=0)


def _stem(file: str) -> str:
    return shown_name(file.removesuffix(".json"))
