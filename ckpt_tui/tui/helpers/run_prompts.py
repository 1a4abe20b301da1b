"""The prompts at a pause: where to run to, and which value to change."""

from __future__ import annotations

from typing import Any

from ckpt_tui.actions.resume.document_edits import parse_edit
from ckpt_tui.actions.resume.plan import Edit
from ckpt_tui.errors import CkptError
from ckpt_tui.tui.widgets.prompt import Prompt, Prompted

CHANGE = Prompted("change", "PATH=JSON, such as state.draft.score=0.9", "changes it when the run goes on")


def run_to_prompt(executor: str) -> Prompted:
    """The prompt for a place to run to, with the framework's word for an executor."""
    return Prompted("run to", f"{executor}, number of a step, request, error or end", "runs there")


def place_typed(text: str) -> dict[str, Any]:
    """The fields of a command `run_to` for a typed text; empty for an empty one."""
    text = text.strip()
    if text in ("request", "error", "end"):
        return {text: True}
    if not text:
        return {}
    return {"step": int(text)} if text.isdecimal() else {"executor": text}


def edit_typed(text: str, prompt: Prompt) -> Edit | None:
    """The change that was typed; None where it is not valid, which the prompt explains."""
    try:
        return parse_edit(text)
    except CkptError as error:
        prompt.say(f"{error.what} {error.hint}", "error")
        return None
