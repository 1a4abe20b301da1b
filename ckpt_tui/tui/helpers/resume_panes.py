"""The parts of the screen of a run: the program, the requests, the preview; then the log."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content

from ckpt_tui.actions.resume.plan import Edit, Source, Target, make_plan
from ckpt_tui.tui.helpers.resume_preview import after_the_check, before_the_start
from ckpt_tui.tui.helpers.target_form import TargetForm
from ckpt_tui.tui.live_run import LiveRun
from ckpt_tui.tui.widgets.event_log import LogLines
from ckpt_tui.tui.widgets.prompt import focus_after_question
from ckpt_tui.tui.widgets.request_forms import RequestForms
from ckpt_tui.tui.widgets.run_state import RunState
from ckpt_tui.tui.widgets.shown_keys import keys_of
from ckpt_tui.tui.widgets.text_lines import Paragraph, TextLines


class ResumePanes(Container):
    """Shows a run from its preparation to its end.

    Args:
        source: The checkpoint to run from.
        edits: The edits before the run.
        reveal: Show secrets.
    """

    DEFAULT_CSS = """
    ResumePanes { height: 1fr; layout: horizontal; }
    ResumePanes #setup, ResumePanes #asks, ResumePanes #preview, ResumePanes #log {
        border: round $ck-edge; border-title-color: $foreground; border-subtitle-color: $ck-dim; padding: 0 1;
    }
    ResumePanes #setup:focus-within, ResumePanes #asks:focus-within, ResumePanes #preview:focus,
    ResumePanes #log:focus { border: round $ck-edge-focus; }
    ResumePanes #left { width: 50%; height: 1fr; }
    ResumePanes #setup { height: auto; max-height: 100%; }
    ResumePanes #asks { height: 1fr; display: none; }
    ResumePanes #preview { width: 1fr; height: 1fr; min-height: 5; }
    ResumePanes #log { height: 1fr; display: none; }
    ResumePanes.-asks #setup { max-height: 50%; }
    ResumePanes.-asks #asks { display: block; }
    ResumePanes.-narrow, ResumePanes.-running { layout: vertical; }
    ResumePanes.-narrow #left, ResumePanes.-running #left { width: 100%; height: auto; max-height: 70%; }
    ResumePanes.-narrow #asks, ResumePanes.-running #asks { height: auto; max-height: 16; }
    ResumePanes.-narrow.-asks #setup { display: none; }
    ResumePanes.-running #setup, ResumePanes.-running #preview { display: none; }
    ResumePanes.-running #log { display: block; }
    ResumePanes #state { display: none; }
    ResumePanes.-running #state { display: block; }
    ResumePanes.-running.-low #state { display: none; }
    ResumePanes.-running.-low.-paused #state { display: block; }
    ResumePanes.-running.-low.-wanted #state { display: block; }
    ResumePanes.-running.-log-only #state, ResumePanes.-running.-low.-paused.-log-only #state { display: none; }
    ResumePanes.-running.-low.-asks #state, ResumePanes.-running.-low.-paused.-asks #state { display: none; }
    """

    def __init__(self, source: Source, edits: tuple[Edit, ...], reveal: bool) -> None:
        super().__init__(id="panes")
        self._source, self._edits, self._reveal = source, edits, reveal
        self._run: LiveRun | None = None
        self.form = TargetForm(source, make_plan(source, Target("")).into)
        self.requests = RequestForms()
        self.preview = TextLines(id="preview")
        self.state = RunState()
        self.log_lines = LogLines(id="log")

    def compose(self) -> ComposeResult:
        with Vertical(id="left"):
            yield self.form
            yield self.requests
        yield self.preview
        yield self.state
        yield self.log_lines

    def on_mount(self) -> None:
        """Name the parts; the target fills itself in."""
        self.preview.border_title = Content("What will happen")
        self.log_lines.border_title = Content("Log")
        self.log_lines.set_reveal(self._reveal)
        self.show_preview()

    def on_resize(self) -> None:
        """In a narrow terminal the parts are stacked."""
        self.set_class(self.size.width < NARROW, "-narrow")
        self.set_class(self.size.height < LOW, "-low")

    def show_preview(self) -> None:
        """Show the preview, as far as it is known."""
        run = self._run
        done = [(edit.text, "dropped" if edit.drops else "changed") for edit in self._edits]
        edits = [Paragraph(f"± {text} is {what} first", "accent") for text, what in done]
        shown = after_the_check(run, self._reveal) if run else [*before_the_start(self._source, self.form), *edits]
        self.preview.show(shown)

    def set_reveal(self, reveal: bool) -> None:
        """Show secrets, or mask them."""
        self._reveal = reveal
        self.log_lines.set_reveal(reveal)
        self.requests.set_reveal(reveal)
        self.show_preview()

    # -- how a run ends ----------------------------------------------------------------------------------------------

    def show_loading(self, run: LiveRun) -> None:
        """A process was started that loads the code."""
        self._run = run
        self._clear_requests()
        self.form.forget_origin()
        self.log_lines.show(run.log)
        self.show_preview()

    async def show_check(self, check: dict[str, Any]) -> bool:
        """Show a check and ask for what it needs; returns whether there is something to answer first."""
        self.remove_class("-running")
        known = {form.request_id for form in self.requests.forms}
        wanted = [each for each in check.get("requests") or () if str(each.get("request_id")) not in known]
        if wanted:
            await self.requests.ask(wanted, self._reveal)
            self.add_class("-asks")
        self.show_preview()
        if wanted:
            self.requests.forms[0].focus_first()
        else:
            focus_after_question(self.preview)
        return bool(wanted)

    def show_start(self, run: LiveRun) -> None:
        """The workflow was asked to run: the log takes the place of the preview."""
        self._clear_requests()
        self.log_lines.line_up(run.latest.get("graph", {}).get("executors") or ())
        self.add_class("-running")
        focus_after_question(self.log_lines)

    async def show_requests(self, requests: list[dict[str, Any]]) -> None:
        """Show the requests of a run that waits for answers."""
        await self.requests.ask_instead(requests, self._reveal)
        self.add_class("-asks")
        if self.screen.is_current:
            self.requests.forms[0].focus_first()
        else:
            self.app.notify(f"The run waits for an answer; {keys_of('run.show')} goes there.", markup=False)

    def show_answered(self) -> None:
        """The run took the answers."""
        self._clear_requests()
        self._focus_log()

    def show_state(self) -> None:
        """Show where the run is, if that has changed."""
        run = self._run
        if run is not None and self.has_class("-running"):
            # Kept between two pauses, so that the log does not move each time.
            self.set_class(run.paused is not None or (run.is_live and self.has_class("-paused")), "-paused")
            self.state.show(run.progress, run.paused, self._reveal)

    def zoom(self) -> None:
        """Give the log the whole screen, or show above it where the run is."""
        is_shown = self.state.display
        self.set_class(is_shown, "-log-only")
        self.set_class(not is_shown, "-wanted")

    def show_paused(self) -> None:
        """The run is paused."""
        self.log_lines.take()
        self.show_state()
        if self.screen.is_current:
            self._focus_log()

    def show_end(self, run: LiveRun) -> None:
        """The process ended."""
        if not run.begun:
            self.show_preview()
            if "check" not in run.latest:
                self.form.focus_first()
            return
        self._clear_requests()
        self.log_lines.take()
        if self.screen.is_current:
            self._focus_log()

    def _clear_requests(self) -> None:
        self.requests.clear()
        self.remove_class("-asks")

    def _focus_log(self) -> None:
        """Give the log the focus, once no text is being typed."""
        focus_after_question(self.log_lines)


LOW = 28
"""Height in lines below which the place of a run is only shown while it is paused."""

NARROW = 100
"""Columns below which the parts are stacked."""
