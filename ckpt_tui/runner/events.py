"""Events, requests and log records of a run, as lines."""

from __future__ import annotations

import enum
import logging
from typing import Any

from .calls import current
from .faults import said, trace_of
from .forms import accepted_sample, answer_hint, form_of
from .limits import EXIT_CODES, TEXT
from .lines import Lines, encode, quoted
from .shown import PLAIN, show, type_name
from .storage import Overlay


class Logs(logging.Handler):
    """Log records of the application as lines; a failed save that only the framework's log shows is one of its own."""

    def __init__(self, lines: Lines, overlay: Overlay | None) -> None:
        super().__init__()
        self._lines, self._overlay = lines, overlay

    def install(self) -> None:
        """Take the records of all loggers from now on, and the program's `warnings`."""
        logging.getLogger().addHandler(self)
        logging.captureWarnings(True)

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        try:
            text = record.getMessage()[:TEXT]
            if record.name.startswith("agent_framework") and text.startswith("Failed to create checkpoint"):
                self._not_saved(text, record.args if isinstance(record.args, tuple) else ())
                return
            trace = ""
            if record.exc_info and record.exc_info[1] is not None:
                trace = trace_of(record.exc_info[1])
            call = current.get()
            by = {"executor_id": call.executor, "call": call.number} if call is not None else {}
            self._lines.say("log", level=record.levelname, logger=record.name, text=text, traceback=trace, **by)
        except Exception:
            self.handleError(record)

    def _not_saved(self, text: str, given: tuple[Any, ...]) -> None:
        """Report a checkpoint that failed before the storage was asked to save it; a record is given the exception."""
        overlay = self._overlay
        if overlay is not None and overlay.reported:
            overlay.reported = False
            return
        reason = next((said(each) for each in given if isinstance(each, BaseException)), text)
        iteration = next((each for each in given if type(each) is int), None)
        if overlay is not None:
            overlay.unsaved, overlay.failure = overlay.unsaved + 1, reason
        self._lines.say("checkpoint_failed", id=None, parent=None, iteration=iteration, reason=reason, fix="")


def end_fields(outcome: str, overlay: Overlay | None) -> dict[str, Any]:
    """The members of the last line about the checkpoints of a run, and its exit code.

    Args:
        outcome: How the run ended; a run that saved none of its checkpoints counts as failed.
        overlay: Where it saved; None when it did not begin.
    """
    code = EXIT_CODES.get(outcome, FAILED)
    if overlay is None:
        return {"code": code}
    last = overlay.last
    if overlay.unsaved and not overlay.saved and outcome in ("done", "waiting"):
        code = FAILED
    return {
        "code": code, "checkpoints": overlay.saved, "unsaved": overlay.unsaved,
        "last": last.checkpoint_id if last is not None else None,
    }  # fmt: skip


FAILED = 5
"""Exit code of a run that failed."""


def request_line(name: str, event: Any) -> dict[str, Any]:
    """One request that waits, with how to ask a person for its answer, and an example where one is accepted."""
    line = {
        "request_id": name, "executor": event.source_executor_id, "request_type": type_name(type(event.data)),
        "response_type": type_name(event.response_type), "data": show(event.data),
        "form": form_of(event.response_type, event.data), "hint": answer_hint(event.response_type, event.data),
    }  # fmt: skip
    known, found = accepted_sample(event.response_type, event.data)
    return {**line, "example": found} if known else line


def event_line(event: Any, step: int | None = None) -> dict[str, Any]:
    """The fields of an event; `step` is the superstep it falls in."""
    state, details, data = event.state, event.details, event.data
    out: dict[str, Any] = {
        "type": event.type, "executor_id": event.executor_id,
        "iteration": step if event.iteration is None else event.iteration,
        "state": state.value if isinstance(state, enum.Enum) else state, "request_id": None,
        "data": None if data is None or data is details else show(data),
    }  # fmt: skip
    if event.type == "request_info":
        out.update(
            request_id=event.request_id, executor_id=event.executor_id or event.source_executor_id,
            request_type=type_name(event.request_type), response_type=type_name(event.response_type),
        )  # fmt: skip
    if details is not None:
        names = ("error_type", "message", "traceback", "executor_id")
        out["details"] = {name: show(getattr(details, name, None)) for name in names}
    return out


_HEADS: dict[tuple[str, str | None], str] = {}
"""Type and executor → the beginning of their event lines."""

_SHORT = 3_000
"""Characters of JSON below which nothing in it can be too long."""

_SIMPLE = frozenset((str, int, float, bool, type(None)))


def event_text(event: Any, step: int | None = None, tail: str = "") -> str:
    """`event_line` as JSON, without the brace that opens it; events come by the thousand, most of one shape.

    Args:
        event: The event.
        step: The superstep it falls in.
        tail: More members, each after a comma.
    """
    if event.details is not None or event.state is not None or event.type == "request_info":
        return f"{encode(event_line(event, step))[1:-1]}{tail}}}"
    key = event.type, event.executor_id
    head = _HEADS.get(key)
    if head is None:
        if len(_HEADS) > 1_000:
            _HEADS.clear()
        head = _HEADS[key] = f'"type":{encode(key[0])},"executor_id":{encode(key[1])},"iteration":'
    number = step if event.iteration is None else event.iteration
    data = event.data
    text = "null" if data is None else brief_text(data) or encode(show(data))
    return f'{head}{"null" if number is None else number},"state":null,"request_id":null,"data":{text}{tail}}}'


def brief_text(value: Any) -> str:
    """The JSON of a value that is a short text, or an object with nothing but short members; "" for any other."""
    kind = type(value)
    if kind is str:
        return quoted(value) if len(value) < _SHORT else ""
    if kind is list:
        text = brief_text(value[0]) if len(value) == 1 else ""
        return f"[{text}]" if text else ""
    name = PLAIN.get(kind)
    if not name:
        return ""
    members = value.__dict__
    for each in members.values():
        if type(each) not in _SIMPLE:
            return ""
    try:
        text = encode(members)
    except ValueError:  # no finite number
        return ""
    if len(text) > _SHORT or len(text) < 3 or '"$' in text:
        return ""
    return f'{{"$type":{quoted(name)},{text[1:]}'
