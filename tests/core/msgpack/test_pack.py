"""Values become MessagePack and are read again."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckpt_tui.core.msgpack import unpack
from ckpt_tui.core.msgpack.pack import DEPTH, Encoded, pack
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.value import Obj, Ref

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=20) | st.dictionaries(st.text(max_size=5), inner, max_size=20),
    max_leaves=30,
)


@settings(max_examples=30)
@given(PLAIN)
def test_what_is_packed_is_read_again(value: Any) -> None:
    assert to_json(unpack.decode(pack(value)).value) == to_json(value)


@pytest.mark.parametrize(
    "value",
    [
        "x" * 255, "x" * 256, "x" * 70_000, b"x" * 70_000, [None] * 70_000, dict.fromkeys(map(str, range(70_000))),
        127, 128, -1, 2**64 - 1, -(2**63), 1.5,
    ],
)  # fmt: skip
def test_every_size_has_its_head(value: Any) -> None:
    assert to_json(unpack.decode(pack(value)).value) == to_json(value)


def test_what_is_encoded_already_is_put_in_as_it_is() -> None:
    decoded = unpack.decode(pack({"a": Encoded(pack([1, "two"])), "b": math.inf}))
    assert to_json(decoded.value) == to_json({"a": [1, "two"], "b": math.inf})


@pytest.mark.parametrize("value", [2**64, -(2**63) - 1, {1, 2}, Obj(Ref("a", "B"), ()), [object()]])
def test_other_kinds_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"kind|bits"):
        pack(value)


def test_depth_is_bounded() -> None:
    value: Any = []
    for _ in range(DEPTH + 1):
        value = [value]
    with pytest.raises(ValueError, match="kind list"):
        pack(value)
