"""What an expression finds in the JSON of `show`: numbers and texts of Python are compared as what they are."""

from typing import Any

import pytest

from ckpt_tui.actions.expressions import Expression, UnanswerableError
from ckpt_tui.errors import UsageError


def typed(name: str, value: Any) -> dict[str, Any]:
    return {"$type": name, "$value": value}


def of(text: str, value: Any) -> Any:
    return Expression(text).of({"state": {"x": value}})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (typed("decimal:Decimal", "12.50"), "state.x > `12`"), (typed("decimal:Decimal", "12.50"), "state.x == `12.5`"),
        (typed("decimal:Decimal", "0.1"), "state.x == `0.1`"), (typed("decimal:Decimal", "0.1"), "`0.1` >= state.x"),
        (typed("decimal:Decimal", "1E+400"), "state.x > `1`"), (typed("decimal:Decimal", "-Infinity"), "state.x < `0`"),
        (typed("fractions:Fraction", "1/3"), "state.x < `0.34`"),
        (typed("builtins:float", "Infinity"), "state.x > `9`"),
        (typed("numpy:float64", 2.5), "state.x > `2`"), (typed("app:Level", 3), "state.x >= `3`"),
        (typed("datetime:datetime", "2026-11-20T10:00:00"), "state.x > '2026-11-19'"),
        (typed("uuid:UUID", "0-1"), "state.x == '0-1'"), (typed("decimal:Decimal", "1"), "state.x != '1'"),
        ([True, typed("decimal:Decimal", "1")], "state.x[0] != state.x[1]"),
        ([typed("decimal:Decimal", "3"), typed("decimal:Decimal", "1.5")], "sum(state.x) == `4.5`"),
        ([typed("decimal:Decimal", "3"), 2], "max(state.x) > `2`"),
        (typed("decimal:Decimal", "-2"), "abs(state.x) == `2`"),
        (typed("datetime:timedelta", "10:00:00"), "state.x > '3:00:00'"),
        (typed("datetime:timedelta", "1 day, 0:00:00.500000"), "state.x > `86400`"),
        (typed("datetime:timedelta", "-1 day, 23:00:00"), "state.x < '0:00:00'"),
        (typed("datetime:timedelta", "3:00:00"), "state.x == '3:00:00'"),
        (10**400, "state.x > `1`"), ("b", "state.x > 'a'"), (2, "state.x > `1.5`"),
        ([typed("decimal:Decimal", "3"), typed("decimal:Decimal", "1")], "length(state.x[?@ > `2`]) == `1`"),
    ],
)  # fmt: skip
def test_a_comparison_holds(value: Any, text: str) -> None:
    assert of(text, value) is True


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("state.x.*.b.c", [1, 2]), ("state.x.*.b.c | [0]", 1), ("state.x.*.b.*.d", [[5], []]), ("state.x.*.n[0]", [7]),
        ("state.x.*.b.l[?@ > `3`]", [[4]]), ("state.x.*.b.l[]", [3, 4]), ("length(state.x.*.b.c) == `2`", True),
        ("state.x.*.b", [{"c": 1, "l": [3, 4], "e": {"d": 5}}, {"c": 2}]), ("(state.x.*.b).c", None),
    ],
)  # fmt: skip
def test_every_step_after_a_star_is_taken_in_each_value(text: str, found: Any) -> None:
    value = {"one": {"b": {"c": 1, "l": [3, 4], "e": {"d": 5}}, "n": [7]}, "two": {"b": {"c": 2}}}
    assert of(text, value) == found


@pytest.mark.parametrize(
    "value", [typed("decimal:Decimal", "NaN"), typed("decimal:Decimal", "sNaN"), typed("a:B", [1])]
)
def test_what_is_not_a_number_is_neither_more_nor_less(value: Any) -> None:
    assert not of("state.x > `1`", value)
    assert not of("state.x < `1`", value)


@pytest.mark.parametrize("other", [True, typed("app:Flag", True), [1], None, {"a": 1}])
def test_a_decimal_beside_what_has_no_order_gives_null(other: Any) -> None:
    assert of("state.x[0] > state.x[1]", [typed("decimal:Decimal", "1"), other]) is None
    assert of("state.x[0] <= state.x[1]", [other, typed("decimal:Decimal", "1")]) is None


@pytest.mark.parametrize("value", [None, True, [1], {"a": 1}])
def test_what_has_no_order_gives_null_or_its_number(value: Any) -> None:
    assert of("state.x > `1`", value) in (None, False)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("20", "state.x > `25`"),
        (typed("decimal:Decimal", "1"), "state.x > 'a'"),
        (3, "state.x < 'a'"),
        (None, "length(state.x)"),
    ],
)
def test_a_value_of_another_kind_cannot_be_asked_here(value: Any, text: str) -> None:
    with pytest.raises(UnanswerableError):
        of(text, value)


@pytest.mark.parametrize("text", ["nothing_like_it(state.x)", "length(state.x, state.x)", "state.x["])
def test_a_wrong_question_is_wrong_of_every_document(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        of(text, 1)
    assert not isinstance(caught.value, UnanswerableError)


@pytest.mark.parametrize(
    ("text", "outlined"),
    [
        ("length(state.x)", {("state", "x")}), ("state.x | length(@)", {("state", "x")}),
        ("length(state.x) > `3` && type(messages) == 'object'", {("state", "x"), ("messages",)}),
        ("length(state.x) == length(state.y) || state.y[0]", {("state", "x")}),
        ("[length(state.x), state.x.y]", set()), ("length(state.x[0])", set()), ("length(state.x[?a])", set()),
        ("length(state.a.b.c.d)", {("state", "a", "b", "c", "d")}), ("length(state.a.b.c[0].d)", set()),
        ("state.x | length(y)", set()), ("max(state.x)", set()), ("state.x | length(@) | [0]", {("state", "x")}),
    ],
)  # fmt: skip
def test_of_a_list_that_is_only_counted_nothing_more_is_needed(text: str, outlined: set[tuple[str, ...]]) -> None:
    assert Expression(text).outlined == outlined


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("length(state.a.b.c.d)", ("state", "a", "b", "c", "d")), ("state.a.b.c[0].d || `1`", ("state", "a", "b", "c")),
        ("state.a.b.* | [0]", ("state", "a", "b")), ("not_null(state.a.b[?c].d)", ("state", "a", "b")),
    ],
)  # fmt: skip
def test_no_more_is_needed_than_the_names_that_an_expression_begins_with(text: str, needs: tuple[str, ...]) -> None:
    assert Expression(text).needs == (needs,)
