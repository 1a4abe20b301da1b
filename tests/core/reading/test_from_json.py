"""Documents become values again, of which the same document is made."""

import math
import pickle
from collections import OrderedDict, deque
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckpt_tui.core.model import PARTS, CheckpointRef
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.reading.from_json import from_json
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.show_document import show_document
from ckpt_tui.core.value import Map, Obj, Opaque, Ref, SetOf
from ckpt_tui.stores.base import collect
from ckpt_tui.stores.registry import open_store

DATA = Path(__file__).parents[2] / "data"
STORES = sorted(
    place
    for root in ("agent-framework/1.0.0", "agent-framework/1.23.0", "langgraph/1.2.24", "dotnet", "values")
    for place in (DATA / root).glob("*")
    if place.is_dir() or place.suffix == ".sqlite"
)


def documents(place: Path) -> list[dict[str, Any]]:
    store = open_store(place)
    refs = [entry for entry in collect(store.scan()).values() if isinstance(entry, CheckpointRef)]
    return [show_document(store.load(ref.file, everything=True), reveal=True) for ref in refs[:8]]


@pytest.mark.parametrize("place", STORES, ids=lambda place: f"{place.parent.name}-{place.name}")
def test_what_frameworks_wrote_comes_back_as_the_same_document(place: Path) -> None:
    for document in documents(place):
        for part in PARTS:
            assert to_json(from_json(document[part])) == document[part]


PYTHON = [
    1, "text", b"bytes", bytearray(b"x"), (1, (2, ()), [(3,)]), {1, 2}, frozenset(("a",)), deque([1], maxlen=3),
    OrderedDict(a=1), datetime(2026, 1, 2, tzinfo=UTC), Decimal("1.50"), UUID(int=7), PurePosixPath("/a/b"), math.inf,
    {1: "a", (2, 3): "b"}, list[int], complex(1, 2), range(3), 10**400, ValueError("no"), {"$type": 1},
]  # fmt: skip


@pytest.mark.parametrize("value", PYTHON, ids=lambda value: type(value).__name__)
def test_what_python_pickles_comes_back_as_the_same_document(value: Any) -> None:
    document = to_json(decode(pickle.dumps(value)).value)
    assert to_json(from_json(document)) == document


def test_kinds_are_those_of_decoded_pickles() -> None:
    def back(value: Any) -> Any:
        return from_json(to_json(decode(pickle.dumps(value)).value))

    assert type(back((1,))) is tuple and type(back([1])) is list and type(back({1})) is SetOf
    assert type(back({1: 2})) is Map and type(back({"a": 1})) is dict and type(back(list)) is Ref
    assert type(back(Decimal(1))) is Obj and back(math.nan) != back(math.nan)
    assert type(from_json({"$error": "lost", "$size": 3})) is Opaque


def test_a_document_of_any_depth_is_read() -> None:
    deep: Any = 1
    for _ in range(5_000):
        deep = [{"$type": "builtins:tuple", "$items": [deep]}]
    value = from_json(deep)
    for _ in range(5_000):
        (inner,) = value
        assert type(inner) is tuple
        (value,) = inner
    assert value == 1


_DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ("a", "$type", "$items", "$entries", "$value", "$base64", "$size", "$args", "$state", "$error", "$call")
            ),
            inner | st.sampled_from(("builtins:bytes", "builtins:tuple", "m:C", "type", "numpy:ndarray", "x")),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_DOCUMENTS)
def test_no_document_is_too_irregular(document: Any) -> None:
    once = to_json(from_json(document))
    assert to_json(from_json(once)) == once
