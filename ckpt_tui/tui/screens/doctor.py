"""The doctor: everything wrong or risky in the store, and the types to allow."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen

from ckpt_tui.core.doctor.findings import SIGNS, TITLES, Finding
from ckpt_tui.core.doctor.report import Report, allow_lines
from ckpt_tui.core.shown_names import masked_name
from ckpt_tui.core.text import counted
from ckpt_tui.stores.base import Store
from ckpt_tui.tui.commands import by_id
from ckpt_tui.tui.messages import Examining, ReportReady, WorkFailed
from ckpt_tui.tui.screens.copied_text import copied
from ckpt_tui.tui.screens.dialogs import TextScreen, help_paragraphs
from ckpt_tui.tui.screens.query_screen import ROOMY
from ckpt_tui.tui.store_jobs import StoreJobs
from ckpt_tui.tui.widgets.finding_list import STYLES, TYPE, Findings, FindingText
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.status import BarLine, Part, hints, titled_path
from ckpt_tui.tui.widgets.text_lines import Paragraph

_KEYS = {
    "list.open": "open", "value.copy": "copy", "store.doctor": "again", "app.back": "back", "app.close": "back",
    "app.help": "help", "app.quit": "app.quit", "app.suspend": "app.suspend_process",
}  # fmt: skip
"""Commands of the table that this screen has, and their actions here."""

_HINTS = (
    ("move.up move.down", "move"), ("list.open", "go there"), ("value.copy", "copy types"), ("store.doctor", "again"),
    ("app.back", "back"),
)  # fmt: skip


class DoctorScreen(Screen[Finding | None]):
    """Examines the store and shows the findings; closes with the finding to go to, or None.

    Args:
        store: The store; it is read again.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(by_id()[name].keys, action, by_id()[name].title, show=False, id=name) for name, action in _KEYS.items()
    ]

    DEFAULT_CSS = """
    DoctorScreen Findings, DoctorScreen FindingText {
        border: round $ck-edge;
        border-title-color: $foreground;
        padding: 0 1;
    }
    DoctorScreen Findings:focus, DoctorScreen FindingText:focus { border: round $ck-edge-focus; }
    DoctorScreen Findings { height: 1fr; }
    DoctorScreen FindingText { height: 8; }
    DoctorScreen.-low FindingText { display: none; }
    """

    VERTICAL_BREAKPOINTS = [(0, "-low"), (ROOMY, "-roomy")]  # noqa: RUF012 Textual's convention

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._jobs = StoreJobs(self, store)
        self._report: Report | None = None
        self._right: list[Part] = []

    def compose(self) -> ComposeResult:
        yield BarLine(id="head")
        yield Findings(id="findings")
        yield FindingText(id="finding")
        yield BarLine(id="foot")

    def on_mount(self) -> None:
        """Begin at once."""
        self.query_one(Findings).border_title = Content("Doctor")
        self.query_one(Findings).focus()
        self.action_again()

    # -- examining ---------------------------------------------------------------------------------------------------

    def action_again(self) -> None:
        """Examine the store."""
        self._report = None
        self.query_one(Findings).clear()
        self.query_one(FindingText).show([Paragraph("Every file is read and decoded; none is executed.", "dim")])
        self._draw_progress(0, 0)
        self._jobs.examine()

    def on_examining(self, event: Examining) -> None:
        """Show how far it is."""
        if self._report is None:
            self._draw_progress(event.done, event.total)

    def _draw_progress(self, done: int, total: int) -> None:
        bar = "━" * (10 * done // max(total, 1))
        count = f"{done:,} of {total:,} files" if total else "examining the store"
        self._draw([(f" {bar:╌<10} {count} ", "warn")])
        self.query_one("#foot", BarLine).show(hints(("app.back", "cancels")), [])

    def on_report_ready(self, event: ReportReady) -> None:
        """Show the report."""
        report = event.report
        if report is None:
            self._draw([(" not examined ", "error")])
            self.query_one(FindingText).show([Paragraph(event.error, "error"), Paragraph(event.hint, "dim")])
            self.query_one("#foot", BarLine).show(hints(*_HINTS[-2:]), [])
            return
        self._report = report
        counts: list[Part] = []
        for severity in TITLES:
            number = sum(1 for item in report.findings if item.severity == severity and item.kind != TYPE)
            if number:
                word = severity if severity != "warning" or number == 1 else "warnings"
                counts.append((f" {SIGNS[severity]} {number:,} {word} ", STYLES[severity]))
        self._draw(counts or [(" ✓ nothing wrong ", "good")])
        self.query_one(Findings).show(report)
        self._show_finding()
        self.query_one("#foot", BarLine).show(hints(*_HINTS), [(f" {counted(report.files, 'file')} ", "dim")])

    def on_work_failed(self, event: WorkFailed) -> None:
        """Show an unexpected failure; the app goes on."""
        self.on_report_ready(
            ReportReady(None, error="Something unexpected happened; please report it.", hint=event.report)
        )

    def on_resize(self) -> None:
        """Draw the line at the top for the width."""
        self.draw_head()

    def _draw(self, right: list[Part]) -> None:
        self._right = right
        self.draw_head()

    def draw_head(self) -> None:
        """Draw the line at the top."""
        left = titled_path("doctor", self._store.path, self.size.width, self._right)
        self.query_one("#head", BarLine).show(left, self._right)

    # -- one finding -------------------------------------------------------------------------------------------------

    @on(LineList.Moved, "#findings")
    def _moved(self) -> None:
        self._show_finding()

    def _show_finding(self) -> None:
        report, finding = self._report, self.query_one(Findings).finding
        lines = self.query_one(FindingText)
        if report is None:
            return
        if finding is None:
            text = "Every file can be read, and the framework can load it." if report.files else "No checkpoints yet."
            lines.show([Paragraph(text, "dim")])
            return
        place = masked_name(f"{finding.file}  {finding.path}".rstrip())
        if finding.kind == TYPE:
            shown = [
                Paragraph(f"{masked_name(finding.reason)}; first in {place}"),
                Paragraph("FileCheckpointStorage(path, …)", "dim"),
            ]
            shown += [Paragraph(line, "text") for line in allow_lines(report.allowed_types)]
        else:
            lead = f"{SIGNS[finding.severity]} {finding.severity} · {finding.kind}"
            shown = [
                Paragraph(lead, STYLES[finding.severity]),
                Paragraph(masked_name(finding.reason)),
                Paragraph(place, "label"),
            ]
            if finding.fix:
                shown.append(Paragraph(f"→ {masked_name(finding.fix)}", "dim"))
        lines.show(shown)

    # -- actions -----------------------------------------------------------------------------------------------------

    def on_findings_opened(self) -> None:
        """Go to the finding that was clicked twice."""
        self.action_open()

    def action_open(self) -> None:
        """Go to the file and the place of the finding, in the browser."""
        finding = self.query_one(Findings).finding
        if finding is not None:
            self.dismiss(finding)

    def action_copy(self) -> None:
        """Copy the types to allow, as an argument to paste."""
        types = self._report.allowed_types if self._report is not None else ()
        said = copied(self.app, "\n".join(allow_lines(types)), "types") if types else ("No type to allow.", "dim")
        self.query_one("#foot", BarLine).show([(f" {said[0]} ", said[1])], [])

    def action_help(self) -> None:
        """Show keys and signs."""
        self.app.push_screen(TextScreen("Keys and signs", help_paragraphs()))

    def action_back(self) -> None:
        """Go back to the browser; a running examination is stopped."""
        self.workers.cancel_node(self)
        self.dismiss(None)
