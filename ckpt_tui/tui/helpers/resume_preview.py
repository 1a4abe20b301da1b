"""The paragraphs before a run: the effect of Enter, and the result of the check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ckpt_tui.actions.resume.plan import Plan, Source, parts
from ckpt_tui.actions.resume.preview import PreviewLine, blocked_types, preview_lines
from ckpt_tui.actions.resume.proposals import parts_to_start
from ckpt_tui.core.terms import framework_terms
from ckpt_tui.core.text import counted
from ckpt_tui.tui.helpers.target_form import TargetForm
from ckpt_tui.tui.live_run import LiveRun
from ckpt_tui.tui.widgets.shown_keys import key_text
from ckpt_tui.tui.widgets.text_lines import Paragraph

_TRACE_LINES = 14
"""Lines of a traceback that are shown, its last ones."""


def before_the_start(source: Source, form: TargetForm) -> Iterator[Paragraph]:
    """The effect of each Enter, and why this program is proposed."""
    chosen, workflow = form.chosen, form.get("workflow")
    if form.question and chosen is not None:
        yield Paragraph(chosen.question, "warn", 2, "! ", "warn")
        yield Paragraph(
            "asks whether to start it; nothing is started before you say yes.", "plain", 4, key_text("⏎ "), "label"
        )
        for label, text in parts_to_start(chosen.target):
            yield Paragraph(text, "dim", 17, f"    {label}", "dim")
        return
    if not workflow:
        yield Paragraph("Choose or name the program that wrote this checkpoint. Nothing is started yet.", "dim")
        return
    place, attribute = parts(workflow)
    terms = framework_terms(source.framework)
    what = terms.workflow
    python = form.get("python") or "its interpreter"
    if attribute:
        starts = f"imports {place} with {python}, makes the {what} with {attribute}, and checks."
        so_far = f"The code of the module runs; the {what} does not."
    else:
        starts = f"starts {place} with {python}, up to where it would run a {what}, and checks."
        so_far = f"The program's code up to there runs; the {what} does not."
    yield Paragraph(f"{starts} {so_far}", "plain", 4, key_text("⏎ "), "label")
    where = f"{terms.iteration} {source.iteration}: its {terms.executor}s"
    then = f"once more resumes the {what} from {where} run."
    yield Paragraph(then, "plain", 4, key_text("⏎ "), "label")
    yield Paragraph("")
    if chosen is not None:
        yield Paragraph(f"{chosen.program}: {chosen.reason}", "dim")
        if chosen.remark:
            yield Paragraph(chosen.remark, "warn")
    yield Paragraph(f"new checkpoints go to {form.into}", "dim")


def after_the_check(run: LiveRun, reveal: bool) -> list[Paragraph]:
    """The result of a check, or why there is none yet."""
    shown = [_paragraph(said) for said in preview_lines(run.plan, run.latest, True, reveal)]
    shown += _trace(run.latest.get("error", {}))
    if run.latest.get("check") is not None:
        shown += [Paragraph(""), Paragraph(run.plan.command_text(), "dim", 2, "$ ")]
    return shown or [Paragraph(f"{run.plan.target.workflow} is being started …", "dim")]


def allow_text(check: Mapping[str, Any]) -> str:
    """The effect of the key that allows types."""
    count = len(blocked_types(dict(check)))
    return f"allow {counted(count, 'type')}"


def same_code(one: Plan, other: Plan) -> bool:
    """Whether two plans run the same code, so that the process which loaded it for one can run the other."""
    return all(
        getattr(one.target, name) == getattr(other.target, name)
        for name in ("workflow", "python", "args", "storage", "arguments", "inputs", "directory")
    )


def _paragraph(said: PreviewLine) -> Paragraph:
    styles = {"good": "good", "warn": "warn", "error": "error", "dim": "dim", "key": "accent"}
    style = styles.get(said.tone, "plain")
    text = f"{said.text}\n→ {said.fix}" if said.fix else said.text
    return Paragraph(text, style, 2, said.sign, style)


def _trace(error: dict[str, Any]) -> list[Paragraph]:
    trace = str(error.get("traceback") or "")
    return [Paragraph(line, "dim", 4) for line in trace.rstrip("\n").split("\n")[-_TRACE_LINES:]] if trace else []
