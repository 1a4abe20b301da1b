"""Values that are shared are searched once, however often a small pickle refers to them."""

from __future__ import annotations

import pytest

from ckpt_tui.core.find.finder import Finder
from ckpt_tui.core.find.question import Hit, Question, Spot, text_matcher
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.value import Value
from tests.core.bombs import BOMBS
from tests.support.work import calls


def found(value: Value, text: str) -> list[Hit]:
    return list(Finder(Question(text), text_matcher(text)).hits({"state": value}))


@pytest.mark.parametrize("name", ["a long text many times", "long bytes many times", "a long integer many times"])
def test_a_long_text_is_searched_once(name: str) -> None:
    bomb = BOMBS[name]()
    value = decode(bomb).value
    searched = 0

    def counting(where: str) -> Spot | None:
        nonlocal searched
        searched += len(where)
        return None

    assert list(Finder(Question("zzz"), counting).hits({"state": value})) == []
    assert searched < 20 * len(bomb)


def test_names_of_a_shared_state_are_looked_at_no_oftener_than_values_may_be_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ckpt_tui.core.find.finder.FIND_REPEATS", 1_000)
    value = decode(BOMBS["one state of many objects"]()).value
    assert calls(lambda: found(value, "zzz")) < 3_000_000


def test_every_place_of_a_shared_text_is_found_and_its_secrets_stay_masked() -> None:
    text = "needle and more of it " * 10 + "sk-proj-" + "a1B2c3D4e5" * 5
    hits = found([text, {"note": text}, text], "needle")
    assert [hit.path for hit in hits] == [("state", 0), ("state", 1, "note"), ("state", 2)]
    assert not found([text, text], "a1B2c3D4e5a1B2")


def test_objects_that_share_a_state_are_each_found() -> None:
    shared = b"\x80\x05}(X\x04\x00\x00\x00nameX\x06\x00\x00\x00needleu\x94"
    made = b"\x8c\x01m\x8c\x01C\x93)\x81h\x00b"
    hits = found(decode(shared + b"0](" + made * 3 + b"e.").value, "needle")
    assert [hit.path for hit in hits] == [("state", number, "name") for number in range(3)]
