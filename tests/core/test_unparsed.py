"""Two texts that are compared unparsed say the same exactly where their values do, or it is left open."""

from __future__ import annotations

import base64
import json
import pickle
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckpt_tui.core.documents.document import parse
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.lineage import arrange
from ckpt_tui.core.steps.essentials import essentials
from ckpt_tui.core.steps.same import same
from ckpt_tui.core.steps.unparsed import same_unparsed
from ckpt_tui.stores.directory import DirectoryStore

DATA = Path(__file__).parents[1] / "data" / "agent-framework"
STORES = sorted(path for path in DATA.glob("*/*") if path.is_dir())


def text(value: Any) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode()


def envelope(value: Any, protocol: int = 5, claimed: str = "builtins:tuple") -> dict[str, Any]:
    return {"__pickled__": base64.b64encode(pickle.dumps(value, protocol)).decode(), "__type__": claimed}


def parsed(data: bytes) -> Any:
    return parse(data).value


@pytest.mark.parametrize("path", STORES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_the_states_of_executors_in_checkpoints_that_follow_each_other(path: Path) -> None:
    store = DirectoryStore(str(path))
    refs = [entry for batch in store.scan() for entry in batch.entries if isinstance(entry, CheckpointRef)]
    for run in arrange(refs):
        found = [essentials(store.read(node.ref.file), node.ref) for node in run.nodes]
        for one, other in pairwise(found):
            assert one is not None
            assert other is not None
            for executor in one.states.keys() & other.states.keys():
                texts = one.states[executor].text, other.states[executor].text
                assert same_unparsed(*texts) in (None, same(parsed(texts[0]), parsed(texts[1])))


TUPLE = ("a", 1, ("b",))
CASES = [
    ({"a": 1}, {"a": 1}, True),
    ({"a": 1}, {"a": 2}, False),
    ({"a": 1}, {"a": True}, False),
    ({"a": 1}, {"a": 1.0}, False),
    ({"a": 10}, {"a": 1}, False),
    ({"a": "x"}, {"a": "xy"}, False),
    ({"a": None, "b": [1]}, {"a": None, "b": []}, False),
    ({"a": [1, 2]}, {"a": [1, 2, 3]}, False),
    ({"a": [[1], [2]]}, {"a": [[1], [2], [3]]}, False),
    ({"a": {}}, {"a": {"b": 1}}, False),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}, None),
    ({"a": float("nan")}, {"a": float("nan")}, True),
    ({"a": [1, 2]}, {"a": [1, 3]}, None),
    ({"a": envelope(TUPLE)}, {"a": envelope(TUPLE, 2)}, True),
    ({"a": envelope(TUPLE)}, {"a": envelope((*TUPLE, 2))}, False),
    ({"a": envelope(TUPLE), "b": 1}, {"a": envelope(TUPLE, 2), "b": 2}, False),
    ([envelope(TUPLE), envelope(1)], [envelope(TUPLE, 2), envelope(2)], False),
    ([envelope(TUPLE)], [envelope(TUPLE, 2), envelope(1)], False),
    ([envelope(TUPLE), {"n": 1}], [envelope(TUPLE, 2), {"n": 1}], True),
    # What stands beside the pickle in an envelope says nothing.
    ({"a": {**envelope(1), "more": 1}}, {"a": {**envelope(1), "more": 2}}, None),
    ({"a": {"more": 1, **envelope(1)}}, {"a": {"more": 2, **envelope(1)}}, None),
    ({"a": envelope(1)}, {"a": {**envelope(1), "more": 2}}, None),
    ({"a": envelope(1)}, {"a": envelope(1, claimed="other:name")}, None),
]


@pytest.mark.parametrize(("one", "other", "verdict"), CASES)
def test_what_is_told_and_what_is_left_open(one: Any, other: Any, verdict: bool | None) -> None:
    texts = text(one), text(other)
    assert same_unparsed(*texts) is verdict
    assert same_unparsed(*texts[::-1]) is verdict
    assert verdict in (None, same(parsed(texts[0]), parsed(texts[1])))


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 12), st.sampled_from(["", "a", "b", "é", '"', "\\", "x\ny", "{", "],"]),
    st.floats(allow_nan=True), st.builds(envelope, st.sampled_from([(1, 2), (2, 1), {1, 2}]), st.sampled_from([2, 5])),
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda below: st.one_of(
        st.lists(below, max_size=3),
        st.dictionaries(st.sampled_from(["a", "b", "é", "__pickled__", "__type__"]), below, max_size=3),
    ),
    max_leaves=12,
)


@given(values, values)
@settings(max_examples=300)
def test_any_two_values(one: Any, other: Any) -> None:
    assert same_unparsed(text(one), text(other)) in (None, same(parsed(text(one)), parsed(text(other))))


def places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    return [place, *(found for key, item in below for found in places(item, (*place, key)))]


@given(values, st.data())
@settings(max_examples=300)
def test_a_value_with_one_part_replaced(value: Any, data: st.DataObject) -> None:
    one = {"root": value}
    other = json.loads(json.dumps(one))
    *way, last = data.draw(st.sampled_from([place for place in places(other) if place]))
    holder: Any = other
    for step in way:
        holder = holder[step]
    holder[last] = data.draw(values)
    assert same_unparsed(text(one), text(other)) in (None, same(parsed(text(one)), parsed(text(other))))
