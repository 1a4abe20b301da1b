"""Where the names of a pickle are in its value."""

from typing import Any

import pytest

from ckpt_tui.core.budgets import PLACE_WORK
from ckpt_tui.core.doctor.census import places
from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.paths import expression
from ckpt_tui.core.value import Map, Obj, Opaque, Ref, SetOf

SYSTEM = Ref("os", "system")
DRAFT = Ref("app", "Draft")


def found_in(
    value: Any, wanted: set[str] | None = None, budget: DocumentBudget | None = None
) -> list[tuple[str, str, str]]:
    """Name or reason, path and use of all that is found."""
    found: list[tuple[str, str, str]] = []
    for item, path, how in places(value, ("state",), wanted, budget):
        name = item.name if isinstance(item, Ref) else item.reason if isinstance(item, Opaque) else "getattr"
        found.append((name, expression(path), how))
    return found


def obj(cls: Any = DRAFT, args: Any = (), how: str = "new", **parts: Any) -> Obj:
    made = Obj(cls, args, how)
    for name, part in parts.items():
        setattr(made, name, part)
    made.has_state = "state" in parts
    return made


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (SYSTEM, "state"),
        ([1, [SYSTEM]], "state[1][0]"),
        ((1, SYSTEM), 'state."$items"[1]'),
        (Map(["a", SYSTEM]), "state.a"),
        ({"a": SYSTEM}, "state.a"),
        (obj(state=Map(["a", SYSTEM])), "state.a"),
    ],
)
def test_a_reference_is_where_the_document_has_it(value: Any, path: str) -> None:
    assert found_in(value, {"os:system"}) == [("os:system", path, "value")]


@pytest.mark.parametrize(
    "value",
    [
        Map([SYSTEM, 1]),
        SetOf([SYSTEM]),
        obj(args=(1, SYSTEM)),
        obj(args=SYSTEM),
        obj(kwargs=Map(["a", SYSTEM])),
        obj(state=SYSTEM),
        obj(items=[SYSTEM]),
        obj(pairs=[SYSTEM, 1]),
        obj(pairs=["a", SYSTEM]),
        obj(cls=obj(cls=SYSTEM)),
        obj(cls=[SYSTEM]),
    ],
)
def test_what_no_view_shows_is_found_all_the_same(value: Any) -> None:
    ((name, path, _),) = found_in([value], {"os:system"})
    assert name == "os:system"
    assert path.startswith("state[0]")


def test_each_use_of_a_reference_is_reported_once_and_the_nearest_place_first() -> None:
    value = [[[SYSTEM]], SYSTEM, obj(SYSTEM), obj(SYSTEM, how="call"), [obj(SYSTEM, how="call")]]
    assert found_in(value) == [
        ("os:system", "state[1]", "value"), ("os:system", "state[2]", "new"), ("os:system", "state[3]", "call"),
    ]  # fmt: skip


def test_only_what_is_wanted_is_reported_of_references() -> None:
    value = [DRAFT, SYSTEM]
    assert found_in(value, {"os:system"}) == [("os:system", "state[1]", "value")]
    assert found_in(value, set()) == []
    assert len(found_in(value)) == 2


def test_what_cannot_be_shown_and_calls_of_getattr_are_always_reported() -> None:
    call = obj(Ref("builtins", "getattr"), (DRAFT, "x"), how="call")
    assert found_in([Opaque("cut off"), {"a": call}], set()) == [
        ("cut off", "state[0]", "value"), ("getattr", "state[1].a", "value"),
    ]  # fmt: skip


def test_what_was_read_of_an_opaque_value_is_looked_at() -> None:
    assert found_in(Opaque("cut off", partial=[[SYSTEM]]), {"os:system"})[-1][0] == "os:system"


def test_a_cycle_ends() -> None:
    value: list[Any] = [SYSTEM]
    value += [value, obj(state=value)]
    assert [path for _, path, how in found_in(value) if how == "value"] == ["state[0]"]


def test_a_path_ends_at_a_level() -> None:
    value: Any = SYSTEM
    for _ in range(10_000):
        value = [value]
    ((_, path, _),) = found_in(value)
    assert path == "state" + "[0]" * 100


class TestDocumentBudget:
    def test_what_was_looked_at_is_spent(self) -> None:
        budget = DocumentBudget()
        before = budget.left
        found_in([1, 2, [SYSTEM, 3]], None, budget)
        assert before - budget.left == 7 * PLACE_WORK  # two lists, their five members

    def test_it_is_spent_where_nobody_asks_for_more(self) -> None:
        budget = DocumentBudget()
        before = budget.left
        search: Any = places([SYSTEM, [1, 2, 3]], (), None, budget)
        next(search)
        search.close()
        assert before - budget.left == 3 * PLACE_WORK

    def test_beyond_it_what_is_known_already_is_still_reported_and_nothing_more(self) -> None:
        class Little(DocumentBudget):
            def places(self) -> int:
                return 3

        found = found_in([[SYSTEM], DRAFT, Opaque("cut off"), SYSTEM], None, Little())
        assert found == [("app:Draft", "state[1]", "value"), ("cut off", "state[2]", "value")]
