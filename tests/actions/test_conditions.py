"""Conditions say what JMESPath says over the whole document, though they make only a part of it."""

from __future__ import annotations

from pathlib import Path

import jmespath
import pytest

from ckpt_tui.actions.conditions import Condition
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.show_document import show_document
from ckpt_tui.errors import UsageError
from ckpt_tui.stores.registry import open_store

DATA = Path(__file__).parents[1] / "data" / "agent-framework" / "1.23.0"

EXPRESSIONS = [
    "state.last > `3`", "state._executor_state.counter.n == `4`", "messages", "pending", "!messages", "@", "nothing",
    "checkpoint.iteration >= `2`", "checkpoint.role == 'waiting'", "requests", "length(warnings) > `0`",
    "state._executor_state.*.n | [0]", "*.counter", "values(state)[?@ == `3`]", "contains(keys(state), 'last')",
    "state.last > `2` && !pending", "[state.last, pending]", "{a: state.last}.a == `2`", "state.last || messages",
    "messages.*[].data | [0]", "max_by([state], &last).last > `5`", "pending.*.data | [0]", "state.\"last\"",
    "state | last > `1`", "metadata", "state._executor_state.keys(@)", "abs(state.name)",
    "state._executor_state.group_chat_orchestrator.conversation[0]", "messages.counter[0].data", "messages.counter[7]",
    "state._executor_state.group_chat_orchestrator.conversation[-1].contents[0].text", "messages.*[0]",
    "length(state._executor_state.group_chat_orchestrator.conversation[0].contents) == `1`",
]  # fmt: skip


@pytest.mark.parametrize("expression", EXPRESSIONS)
@pytest.mark.parametrize("sample", ["loop", "hitl_pending", "orch_groupchat"])
def test_a_condition_is_what_jmespath_says_of_the_document(expression: str, sample: str) -> None:
    store = open_store(str(DATA / sample))
    try:
        condition = Condition(expression)
    except UsageError:
        with pytest.raises(jmespath.exceptions.JMESPathError):
            jmespath.compile(expression)
        return
    for batch in store.scan():
        for ref in batch.entries:
            assert isinstance(ref, CheckpointRef)
            checkpoint = store.load(ref.file)
            try:
                value = jmespath.search(expression, show_document(checkpoint))
            except jmespath.exceptions.JMESPathError:
                value = None
            expected = value == 0 and value is not False if isinstance(value, int) else False
            assert condition.holds(checkpoint) is (bool(value) or expected)


@pytest.mark.parametrize("expression", ["state..", "", "a["])
def test_what_is_no_expression_is_refused_with_a_reason(expression: str) -> None:
    with pytest.raises(UsageError, match="Not a JMESPath expression"):
        Condition(expression)


def test_only_what_is_asked_for_is_decoded() -> None:
    from ckpt_tui.core.value import Envelope

    store = open_store(str(DATA / "orch_groupchat"))
    ref = next(entry for batch in store.scan() for entry in batch.entries if isinstance(entry, CheckpointRef))
    checkpoint = store.load(ref.file)
    closed = Envelope("gASVBQAAAAAAAACMAWGULg==", "builtins:str")
    checkpoint.state["closed"] = closed
    assert not Condition("state.topic == 'x'").holds(checkpoint)
    assert not closed.ready
    assert Condition("state.closed == 'a'").holds(checkpoint)
    assert closed.ready
