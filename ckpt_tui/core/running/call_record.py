"""One call of an executor, collected from the lines of a run: input, printed lines, output, time and tokens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple


class CallRecord(NamedTuple):
    """One call.

    Attributes:
        executor: The executor.
        step: The superstep, or None.
        given: Its input, as JSON.
        printed: The lines that it printed and logged.
        outputs: Its outputs, as JSON.
        end: The event that ended it; empty while it runs.
    """

    executor: str
    step: int | None
    given: Any
    printed: tuple[str, ...]
    outputs: tuple[Any, ...]
    end: dict[str, Any]


def call_record(lines: Iterable[dict[str, Any]], number: int) -> CallRecord | None:
    """A call by its number; None where the lines do not hold it.

    Args:
        lines: The lines of the run.
        number: The number of the call.
    """
    begin: dict[str, Any] | None = None
    printed, outputs, end = [], [], {}
    for line in lines:
        if line.get("call") != number:
            continue
        kind = line.get("type") if line.get("kind") == "event" else line.get("kind")
        if kind == "executor_invoked":
            begin = line
        elif kind == "log":
            printed.append(str(line.get("text")))
        elif kind in ("output", "intermediate", "data"):
            outputs.append(line.get("data"))
        elif kind in ("executor_completed", "executor_failed"):
            end = line
    if begin is None:
        return None
    step = begin.get("iteration")
    return CallRecord(
        str(begin.get("executor_id")), step if isinstance(step, int) else None, begin.get("data"), tuple(printed),
        tuple(outputs), end,
    )  # fmt: skip
