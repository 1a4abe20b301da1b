"""Where the characters of a checkpoint are: per path, per type, and what grew."""

import base64
import pickle
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.paths import expression
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.reading.value_size import size_of
from ckpt_tui.core.sizes.shares import PATH_LEVELS, Growth, checkpoint_shares, grew_most, shares
from ckpt_tui.core.value import Envelope, Map, Obj, Ref
from ckpt_tui.stores.registry import open_store
from tests.core.bombs import BOMBS
from tests.support.oracle import AGENT_FRAMEWORK

FILES = sorted(AGENT_FRAMEWORK.glob("1.23.0/*/*.json"))[::5]


def obj(class_: str, **attributes: Any) -> Obj:
    made = Obj(Ref("m", class_), ())
    made.state, made.has_state = Map([part for pair in attributes.items() for part in pair]), True
    return made


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem[:4]}")
def test_the_total_is_that_of_the_parts_and_of_the_types_and_near_the_json(path: Path) -> None:
    checkpoint = open_store(str(path.parent)).load(path.name)
    found = checkpoint_shares(checkpoint)
    parts = [getattr(checkpoint, name) for name in ("messages", "state", "pending", "metadata")]
    assert found.complete
    assert found.total == sum(found.parts.values()) == sum(share.size for share in found.types)
    assert found.total == sum(size_of(part).size for part in parts)
    written = sum(len(dumps(to_json(part), indent=None)) for part in parts)
    assert 0.6 * written < found.total < 1.6 * written


def test_paths_are_largest_first_with_those_nested_in_them() -> None:
    found = shares({"state": {"a": ["x" * 100, "y" * 50], "b": "z" * 10}, "messages": {}})
    assert [(expression(share.path), share.type, share.size) for share in found.paths] == [
        ("state", "builtins:dict", 184), ("state.a", "builtins:list", 158), ("state.a[0]", "builtins:str", 102),
        ("state.a[1]", "builtins:str", 52), ("state.b", "builtins:str", 12), ("messages", "builtins:dict", 2),
    ]  # fmt: skip
    assert found.parts == {"state": 184, "messages": 2}


def test_what_is_in_an_object_belongs_to_its_type() -> None:
    inner = obj("Inner", text="x" * 200)
    found = shares({"state": {"list": [obj("Outer", name="abc", numbers=[1, 2], inner=inner), "free"]}})
    sizes = {share.type: (share.number, share.size) for share in found.types}
    assert sizes["m:Inner"] == (1, size_of(inner).size)
    assert sizes["m:Outer"][0] == 1
    assert sizes["m:Outer"][1] < 100
    assert sizes["builtins:str"] == (1, 6)
    assert {name for name in sizes if name.startswith("builtins:")} == {
        "builtins:dict", "builtins:list", "builtins:str",
    }  # fmt: skip
    assert sum(size for _, size in sizes.values()) == found.total


def test_only_so_many_paths_are_listed_and_of_equal_ones_the_first() -> None:
    found = shares({"state": ["xx"] * 1_000}, most=5)
    assert [expression(share.path) for share in found.paths] == [
        "state", "state[0]", "state[1]", "state[2]", "state[3]"
    ]  # fmt: skip
    assert shares({"state": ["xx"] * 10}, most=0).paths == ()


def test_a_shared_value_is_counted_where_it_comes_first() -> None:
    shared = ["x" * 1_000]
    found = shares({"state": {"a": shared, "b": shared}})
    assert found.total < 1_100
    assert shares({"state": decode(b"]q\x00h\x00a.").value}).complete


def test_a_pickle_is_measured_alike_wherever_and_however_often_it_is() -> None:
    value = {"role": "user", "contents": ["x" * 50, "y" * 70], "more": {"deep": [1, 2, "z" * 90]}}
    text = base64.b64encode(pickle.dumps(value)).decode()
    met: dict[str | bytes, int] = {}

    def found(met: dict[str | bytes, int] | None) -> Any:
        return shares({"state": {"chat": [Envelope(text, "builtins:dict", met) for _ in range(3)]}}, 7)

    first = found(met)
    met.clear()
    assert found(met) == first
    assert [(expression(share.path), share.size) for share in first.paths[:4]] == [
        ("state", first.total), ("state.chat", first.total - 10), ("state.chat[0]", size_of(value).size),
        ("state.chat[1]", size_of(value).size),
    ]  # fmt: skip
    assert first.total == sum(share.size for share in first.types)


def test_a_walk_of_just_its_limit_is_complete() -> None:
    # A container counts 4, an object 6, anything else 1: the part 4, its list 4, three numbers.
    for value, nodes in (([1, 2, 3], 7), ({"a": [1]}, 9), (obj("Draft", n=1), 7)):
        assert shares({"state": value}, nodes=nodes).complete, value
        assert not shares({"state": value}, nodes=nodes - 1).complete, value


def test_a_walk_beyond_its_limit_says_so() -> None:
    found = shares({"state": list(range(10_000)), "messages": ["x"] * 10}, nodes=100)
    assert not found.complete
    assert 20_000 < found.total < 21_000  # a bracket's worth each
    assert found.parts["messages"] == 0


def test_deep_values_are_counted_and_their_paths_end_at_a_level() -> None:
    value: Any = "x" * 500
    for _ in range(50_000):
        value = [value]
    found = shares({"state": value})
    assert found.total == 500 + 2 + 2 * 50_000
    assert max(len(share.path) for share in found.paths) == PATH_LEVELS


def test_a_check_can_end_it() -> None:
    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        shares({"state": list(range(10_000))}, check=stop)


@pytest.mark.parametrize("name", list(BOMBS)[::6])
def test_a_bomb_has_sizes_too(name: str) -> None:
    found = shares({"value": decode(BOMBS[name]()).value}, nodes=50_000)
    assert len(found.paths) <= 200
    assert sum(share.size for share in found.types) == found.total


class TestGrowth:
    def grown(self, before: Any, after: Any) -> Growth | None:
        return grew_most(shares({"state": before}), shares({"state": after}))

    def test_the_deepest_path_that_has_most_of_it_is_reported(self) -> None:
        said = pickle.loads(pickle.dumps(["hello " * 20] * 10))
        found = self.grown({"chat": {"log": said[:1]}, "n": 1}, {"chat": {"log": said}, "n": 100})
        assert found is not None
        assert expression(found.path) == "state.chat.log"
        assert found.after > found.before > 0

    def test_half_of_the_largest_growth_stands_for_it_and_less_does_not(self) -> None:
        half = self.grown({"a": "", "b": ""}, {"a": "x" * 50, "b": "y" * 50})
        assert half is not None
        assert half.path == ("state", "a")
        spread = self.grown({"a": "", "b": "", "c": ""}, {"a": "x" * 50, "b": "y" * 50, "c": "z" * 50})
        assert spread is not None
        assert spread.path == ("state",)

    def test_what_was_not_there_grew_from_nothing(self) -> None:
        assert self.grown({}, {"new": "x" * 50}) == Growth(("state", "new"), 0, 52)

    def test_nothing_grew_where_nothing_is_larger(self) -> None:
        assert self.grown({"a": "xxx"}, {"a": "x"}) is None
        assert self.grown({"a": "xxx"}, {"a": "yyy"}) is None
