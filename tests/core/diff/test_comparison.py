"""The rows of a comparison and the marks of a tree: every change once, what is the same beside it, secrets masked."""

import json
from pathlib import Path
from typing import Any

from hypothesis import example, given

from ckpt_tui.core.diff.comparison import Marks, rows, value_text
from ckpt_tui.core.diff.value_diff import diff
from tests.core.diff.test_value_diff import changed_copies, decoded
from tests.core.zoo import MyList, Point

BEFORE = {"state": {"d": {"x": {"y": 1, "z": 2, "l": [1, 2, 3]}}, "k": 1, "same": {"deep": 5}, "gone": [7]}}
AFTER = {"state": {"d": {"x": {"y": 2, "l": [1, 3, 9], "n": 4}}, "k": 3, "same": {"deep": 5}, "list": [[8]]}}


def lines(before: Any, after: Any, everything: bool = False) -> list[str]:
    found = rows(diff(before, after).changes, after, everything)
    return ["  " * row.depth + (row.change.op[0] + " " if row.change else "") + row.label for row in found]


def test_paths_that_changes_share_are_reported_once() -> None:
    assert lines(BEFORE, AFTER) == [
        "state",
        "  r gone",
        "  d.x",
        "    r z",
        "    c y",
        "    l",
        "      r [1]",
        "      a [2]",
        "    a n",
        "  c k",
        "  a list",
    ]


def test_members_of_a_set_that_came_and_went_are_beside_each_other() -> None:
    before, after = ({"state": {"tags": decoded(tags)}} for tags in ({"a", "b"}, {"b", "c", "d"}))
    assert lines(before, after) == [
        "state.tags",
        '  r "$items"[0]',
        '  a "$items"[1]',
        '  a "$items"[2]',
    ]


def test_what_did_not_change_is_beside_what_did() -> None:
    shown = lines(BEFORE, AFTER, everything=True)
    assert "  same" in shown
    assert [line.strip() for line in shown if line.startswith("      ")] == ["r [1]", "[0]", "[1]", "a [2]"]


@given(changed_copies())
@example(([Point([None], 1)], [Point([], 1)]))
@example(([{1: "a"}], [{2: "b", 3: "c"}]))
@example(([None, MyList()], [None, MyList([None, None])]))
def test_every_change_has_one_row(pair: Any) -> None:
    before, after = ({"state": decoded(value)} for value in pair)
    changes = diff(before, after).changes
    for everything in (False, True):
        found = [row.change for row in rows(changes, after, everything) if row.change is not None]
        assert len(found) == len(changes)
        assert {id(change) for change in found} == {id(change) for change in changes}


def test_a_secret_is_masked_whether_it_changed_or_not() -> None:
    before = {"state": {"api_key": "old-one", "tokens": {"token": "kept"}, "n": 1, "auth": {"secret": {"a": "x1"}}}}
    after = {"state": {"api_key": "new-one", "tokens": {"token": "kept"}, "n": 2, "auth": {"secret": {"a": "x2"}}}}
    difference = diff(before, after)
    for change in difference.changes:
        if change.path != ("state", "n"):
            assert "••" in value_text(change.before, change, 80)
            assert "••" not in value_text(change.before, change, 80, reveal=True)
    hidden = {row.label: row.hide for row in rows(difference.changes, after, everything=True) if row.kind == "same"}
    assert hidden == {"tokens": False}
    marks = Marks(difference)
    assert marks.text(("state", "api_key"), False) == "was ••••••"
    assert marks.text(("state", "api_key"), False, reveal=True) == 'was "old-one"'


def test_a_secret_beside_a_change_is_masked() -> None:
    before = {"state": {"token": "kept", "n": 1}}
    after = {"state": {"token": "kept", "n": 2}}
    (row,) = [row for row in rows(diff(before, after).changes, after, everything=True) if row.kind == "same"]
    assert (row.label, row.hide) == ("token", True)


class TestMarks:
    def test_what_a_value_was_is_beside_it(self) -> None:
        marks = Marks(diff(BEFORE, AFTER))
        assert marks.text(("state", "k"), False) == "was 1"
        assert marks.text(("state", "list"), False) == "+ added"
        assert marks.text(("state", "same"), False) == ""

    def test_a_folded_value_says_how_much_changed_in_it(self) -> None:
        marks = Marks(diff(BEFORE, AFTER))
        assert marks.text(("state", "d"), False) == "~ 5 changed"
        assert marks.text(("state", "d"), True) == ""
        assert marks.text(("state", "d", "x"), True) == "- 1 removed"

    def test_a_move_says_from_where(self) -> None:
        before = {"state": {"inbox": [{"text": "hello there"}], "seen": []}}
        after = {"state": {"inbox": [], "seen": [{"text": "hello there"}]}}
        assert Marks(diff(before, after)).text(("state", "seen", 0), False) == "→ from state.inbox[0]"

    def test_of_a_long_text_the_words_are_shown(self) -> None:
        text = "The same beginning of a text that is longer than a mark"
        marks = Marks(diff({"a": text, "b": text}, {"a": text + " and more", "b": text.replace("longer", "shorter")}))
        assert marks.text(("a",), False) == '+ "and more"'
        assert marks.text(("b",), False) == 'was "longer"'


def test_real_checkpoints_have_rows_for_all_their_changes() -> None:
    from ckpt_tui.core.diff.value_diff import diff_checkpoints
    from ckpt_tui.core.model import parts_of
    from ckpt_tui.stores.registry import open_store

    folder = Path(__file__).parents[2] / "data" / "agent-framework" / "1.23.0" / "orch_groupchat"
    files = sorted(folder.glob("*.json"), key=lambda path: json.loads(path.read_text())["timestamp"])
    store = open_store(folder)
    first, last = store.load(files[0].name), store.load(files[-1].name)
    difference = diff_checkpoints(first, last)
    for everything in (False, True):
        found = rows(difference.shown, parts_of(last), everything)
        assert sum(1 for row in found if row.change is not None) == len(difference.shown)
