"""Where a message goes is told from the ends of its pickle as decoding it tells."""

from __future__ import annotations

import base64
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from agent_framework._workflows._runner_context import MessageType, WorkflowMessage

from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.reading.pending import attribute
from ckpt_tui.core.steps.addresses import Address, address
from ckpt_tui.core.value import Envelope

DATA = Path(__file__).parents[1] / "data" / "agent-framework"
MESSAGES = sorted({
    item["__pickled__"]
    for path in DATA.glob("*/*/*.json")
    for items in json.loads(path.read_bytes())["messages"].values()
    for item in items
})  # fmt: skip


def pickled(*args: Any, protocol: int = 5, **kwargs: Any) -> str:
    return base64.b64encode(pickle.dumps(WorkflowMessage(*args, **kwargs), protocol)).decode()


def decoded(text: str) -> Any:
    return resolve(attribute(resolve(Envelope(text, "")), "target_id"))


def test_the_messages_of_all_samples() -> None:
    assert len(MESSAGES) > 100
    told = [text for text in MESSAGES if address(text) is not None]
    assert len(told) > len(MESSAGES) / 2
    for text in told:
        assert address(text) == Address(decoded(text))


@pytest.mark.parametrize("target", [None, "b", "a b", "größe", "x" * 255, "\x94", "\x8c\ttarget_id\x94"])
@pytest.mark.parametrize("traces", [None, [{"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b71-01"}] * 3])
@pytest.mark.parametrize("data", ["text", ["a", {"target_id": 1}], b"\x8c\ttarget_id\x94N", 2**2000, None])
def test_messages_of_all_kinds(target: str | None, traces: Any, data: Any) -> None:
    spans = ["b7ad6b7169203331"] if traces else None
    text = pickled(data, "a", target, trace_contexts=traces, source_span_ids=spans)
    assert decoded(text) == target
    assert address(text) in (None, Address(target))
    if data == "text" and target in (None, "b", "a b", "größe"):
        assert address(text) == Address(target)


@pytest.mark.parametrize(
    "text",
    [
        pickled("data", "a", "b", MessageType.RESPONSE),
        pickled(WorkflowMessage("inner", "x", "y"), "a", "b"),
        pickled(WorkflowMessage("inner", "x", "y"), "a"),
        pickled({"target_id": "y", "type": "standard"}, "a", "b"),
        pickled("data", "target_id", "target_id"),
        pickled("data", "a", "b", protocol=4),
        pickled("data", "a", "x" * 256),
        pickled("data", "a", ""),
        pickled(pickle.dumps(WorkflowMessage("inner", "x", "y")), "a", "b"),
        base64.b64encode(pickle.dumps([WorkflowMessage("data", "a", "b")])).decode(),
        pickled("data", "a", "b")[:-4],
        pickled("data", "a", "b")[:-1],
        "no base64!",
        "",
    ],
)
def test_what_is_not_told_or_told_right(text: str) -> None:
    assert address(text) in (None, Address(decoded(text) or None))
