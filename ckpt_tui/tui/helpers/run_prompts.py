"""What is asked of a person at a pause: where to run to, what to change."""

from __future__ import annotations

from typing import Any

from ckpt_tui.tui.widgets.prompt import Prompted

RUN_TO = Prompted("run to", "an executor, a step, request, error or end", "runs there")
CHANGE = Prompted("change", "PATH=JSON, such as state.draft.score=0.9", "changes it when the run goes on")


def place_typed(text: str) -> dict[str, Any]:
    """The fields of a command `run_to` for what was typed; empty where nothing was."""
    text = text.strip()
    if text in ("request", "error", "end"):
        return {text: True}
    if not text:
        return {}
    return {"step": int(text)} if text.isdecimal() else {"executor": text}
