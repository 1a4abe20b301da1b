"""The interrupts that were answered before a checkpoint of LangGraph was made, each with its answers."""

from __future__ import annotations

from collections.abc import Sequence

from ckpt_tui.core.budgets import MessageBudget
from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.langgraph_layout import INTERRUPT, NULL_TASK, RESUME
from ckpt_tui.core.msgpack.serialized import decode
from ckpt_tui.core.value import Value
from ckpt_tui.stores.langgraph_outcome import questions_of
from ckpt_tui.stores.langgraph_records import Key, Rows, Write

_PLACEHOLDER = b"placeholder-id"
"""The id of an interrupt that a node raised itself (`NodeInterrupt`): the node runs again without an answer."""


def answered_tasks(writes: Sequence[Write]) -> tuple[str, ...]:
    """The tasks that asked, in the order in which they did; all have come to their end, and so have an answer.

    Where a graph within the graph asked, the answer may be among the writes of that graph alone.

    Args:
        writes: The writes of the tasks that ran from the parent of a checkpoint that nodes made.
    """
    given = any(write.channel == RESUME for write in writes)
    asked = (one for one in sorted(writes, key=lambda one: one.row) if one.channel == INTERRUPT)
    return tuple(dict.fromkeys(one.task for one in asked if given or _PLACEHOLDER not in one.data))


def answered_interrupts(
    key: Key, writes: Sequence[Write], nodes: dict[str, str], rows: Rows, budget: MessageBudget
) -> list[Value]:
    """The interrupts that were answered at a checkpoint: `id`, `node`, `question`, and `answers`, the last one to it.

    A task keeps its last question alone; answers before the last are to earlier questions of the same task.

    Args:
        key: The checkpoint that asked.
        writes: The writes of the tasks that ran from it.
        nodes: Task → its node.
        rows: The container of rows.
        budget: The limits of decoding.

    Raises:
        DatabaseFault: the answers within a graph cannot be read.
        OSError: the database is not there any more.
    """
    found: dict[str, dict[str, Value]] = {}
    tasks = answered_tasks(writes)
    for task in tasks:
        asked = next(one for one in writes if one.task == task and one.channel == INTERRUPT)
        given = [one for one in writes if one.task == task and one.channel == RESUME]
        given = given or rows.answers_below(key, task, budget.bytes)
        answers = [answer for one in given for answer in _listed(decode(one.encoding, one.data, budget).value)]
        if not given and len(tasks) == 1:
            whole = [one for one in writes if one.task == NULL_TASK and one.channel == RESUME]
            answers = [decode(one.encoding, one.data, budget).value for one in whole]
        asked_value = decode(asked.encoding, asked.data, budget).value
        for one in questions_of(asked_value, task, nodes.get(task, "")):
            known = found.get(one.id, {})  # of a functional workflow, where the task that called it holds the same
            found[one.id] = {
                "id": one.id, "node": one.node or known.get("node", ""), "question": one.value,
                "answers": list(answers) or known.get("answers", []),
            }  # fmt: skip
    return list(found.values())


def _listed(value: Value) -> Sequence[Value]:
    """The answers of a task, which are a list; early releases kept a single one by itself."""
    value = resolve(value)
    return value if type(value) is list else [value]
