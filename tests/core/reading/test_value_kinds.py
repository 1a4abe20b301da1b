"""ckpt_tui.core.reading.value_kinds: the colour and the type of a value."""

from __future__ import annotations

from typing import Any

import pytest

from ckpt_tui.core.reading.value_kinds import kind_of, type_text_of
from ckpt_tui.core.value import Envelope, Map, Obj, Opaque, Ref, SetOf


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "null"), (True, "bool"), (1, "number"), (1.5, "number"), ("x", "text"), (b"x", "bytes"),
        (Ref("a", "b"), "type"), ({}, "object"), (Map([1, 2]), "object"), ([], "list"), (SetOf([]), "list"),
        (Opaque("too long"), "error"), (Obj(Ref("app", "Draft"), ()), "object"),
        (Envelope("A" * 1_000_000, "app:Huge"), "object"),
    ],
)  # fmt: skip
def test_the_kind_of_a_value_decides_its_colour(value: Any, kind: str) -> None:
    assert kind_of(value) == kind


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Obj(Ref("app.models", "Draft"), ()), "app.models:Draft"), ((1,), "tuple"),
        (SetOf([], frozen=True), "frozenset"), ({}, ""), ("x", ""), (Ref("a", "b"), "class"),
    ],
)  # fmt: skip
def test_types_are_reported_where_the_preview_does_not(value: Any, expected: str) -> None:
    assert type_text_of(value) == expected
