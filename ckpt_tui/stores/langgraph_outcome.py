"""The results of the tasks that ran from a checkpoint of LangGraph: waiting questions, answers, and failures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.langgraph_layout import ERROR, INTERRUPT, NULL_TASK, RESUME, START
from ckpt_tui.core.reading.pending import attribute
from ckpt_tui.core.value import Value
from ckpt_tui.stores.langgraph_records import Write

_ABORTED = "AbortError"
"""The error in JavaScript of tasks that were aborted because another one had failed."""

_ORDINARY = 0
"""The least index of a write to a channel of the state."""


class Interrupt(NamedTuple):
    """An interrupt that waits for an answer."""

    id: str
    task: str
    node: str
    value: Value
    schema: Value


class StepOutcome(NamedTuple):
    """The results of the tasks that ran from a checkpoint.

    Attributes:
        questions: Interrupts without an answer.
        answered: Whether interrupts were answered.
        errors: Node, or "", and the text of the error of each task that failed.
    """

    questions: tuple[Interrupt, ...]
    answered: bool
    errors: tuple[tuple[str, str], ...]


def outcome(writes: Sequence[Write], nodes: Mapping[str, str], values: Mapping[int, Value]) -> StepOutcome:
    """The results of the tasks.

    A task that asks a second question has its first answer beside it, so answers are not counted: a question waits
    until its task has written something else, or the whole graph was given an answer later.

    Args:
        writes: Their writes.
        nodes: Task → its node.
        values: Row of a write → its value, for interrupts and errors.
    """
    finished = {write.task for write in writes if write.number >= _ORDINARY}
    last_answer = max((write.row for write in writes if write.channel == RESUME and write.task == NULL_TASK), default=0)
    questions: list[Interrupt] = []
    errors = []
    asked = False
    for write in writes:
        value = values.get(write.row)
        if write.channel == INTERRUPT:
            asked = True
            if write.task not in finished and write.row > last_answer:
                questions += questions_of(value, write.task, nodes.get(write.task, ""))
        elif write.channel == ERROR and write.task not in finished:
            errors.append((nodes.get(write.task, ""), _text_of_error(value)))
    answered = asked and any(write.channel == RESUME for write in writes)
    errors.sort(key=lambda one: one[1].startswith(_ABORTED))
    return StepOutcome(each_once(questions), answered, tuple(errors))


def _text_of_error(value: Value) -> str:
    """The text of an error: its `repr` in Python, its name and message in JavaScript."""
    value = resolve(value)
    if type(value) is str:
        return value
    name, message = attribute(value, "name"), attribute(value, "message")
    return ": ".join(part for part in (name, message) if type(part) is str and part)


def each_once(questions: Iterable[Interrupt]) -> tuple[Interrupt, ...]:
    """Each question once: in a functional workflow the task that asks and the one that called it hold the same.

    The one is kept whose node is known; it is the caller, as a task of a functional workflow is not a node.
    """
    found: dict[str, Interrupt] = {}
    for question in questions:
        known = found.get(question.id)
        if known is None or known.node in ("", START):
            found[question.id] = question
    return tuple(found.values())


def questions_of(value: Value, task: str, node: str) -> list[Interrupt]:
    """The interrupts that one write of a task holds: one, or a list of them."""
    value = resolve(value)
    found = []
    for number, item in enumerate(value if type(value) in (list, tuple) else [value]):
        name, path = attribute(item, "id"), resolve(attribute(item, "ns"))
        steps = [step for step in path if type(step) is str] if type(path) in (list, tuple) else []
        if type(name) is not str or not name:
            name = "|".join(steps) or f"{task}:{number}"
        asker = node or (steps[0].partition(":")[0] if steps else "")
        members_of = attribute(item, "value")
        found.append(Interrupt(name, task, asker, members_of, attribute(item, "response_schema")))
    return found


def requests(questions: Iterable[Interrupt]) -> dict[str, Value]:
    """Pending requests, as `Checkpoint.pending` has them."""
    found: dict[str, Value] = {}
    for question in questions:
        request = {
            "source_executor_id": question.node or f"task {question.task[:8]}",
            "request_type": "interrupt",
            "response_type": _answer_type(question.schema),
            "data": question.value,
        }
        if question.schema is not None:
            request["response_schema"] = question.schema
        found[question.id] = request
    return found


def _answer_type(schema: Value) -> str:
    for name in ("title", "type"):
        found = attribute(schema, name)
        if type(found) is str:
            return found
    return "any value"
