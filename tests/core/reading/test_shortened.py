"""Documents with fewer words."""

from typing import Any

from ckpt_tui.core.reading.shortened import compact, cut_deeper, only

DOCUMENT: dict[str, Any] = {
    "schema": "ckpt-tui/show@1",
    "checkpoint": {"id": "a", "parent": None, "deep": {"er": {"and": {"er": 1}}}},
    "complete": True,
    "state": {
        "draft": {"$type": "app.models:Draft", "title": "T", "tags": ["x", "y"], "none": None, "empty": {}},
        "when": {"$type": "datetime:date", "$value": "2026-01-02"},
        "nested": {"a": {"b": {"c": {}}}},
        "_workflow_run_kwargs": {"token": "t"},
    },
    "requests": [{"request_id": "r", "data": {"a": {"b": 1}}}],
    "metadata": {},
}


def test_only_what_is_asked_for_is_left() -> None:
    found = only(DOCUMENT, [("state", "draft", "tags", 1), ("requests",), ("state", "nothing"), ("metadata", "x", "y")])
    assert found == {
        "schema": "ckpt-tui/show@1", "checkpoint": DOCUMENT["checkpoint"], "complete": True,
        "state": {"draft": {"tags": {"1": "y"}}}, "requests": DOCUMENT["requests"],
    }  # fmt: skip


def test_levels_beyond_are_counted_and_values_of_one_line_stay() -> None:
    found = cut_deeper(DOCUMENT, 1)
    assert found["state"] == {
        "draft": {"$cut": "Draft", "$members": 4}, "when": {"$type": "datetime:date", "$value": "2026-01-02"},
        "nested": {"$cut": "dict", "$members": 1}, "_workflow_run_kwargs": {"$cut": "dict", "$members": 1},
    }  # fmt: skip
    assert found["checkpoint"] == DOCUMENT["checkpoint"] and found["requests"] == DOCUMENT["requests"]
    assert cut_deeper(DOCUMENT, 2)["state"]["draft"]["tags"] == {"$cut": "list", "$members": 2}
    assert cut_deeper(DOCUMENT, 9) == DOCUMENT


def test_nothing_empty_and_no_bookkeeping_is_left() -> None:
    found = compact(DOCUMENT)
    assert found["state"] == {
        "draft": {"$type": "Draft", "title": "T", "tags": ["x", "y"]},
        "when": {"$type": "date", "$value": "2026-01-02"},
    }
    assert "metadata" not in found and found["checkpoint"] == DOCUMENT["checkpoint"]


def test_documents_of_any_depth_are_shortened() -> None:
    deep: Any = {}
    for _ in range(3_000):
        deep = {"a": deep}
    document = {"state": deep, "kept": 1}
    assert compact(document) == {"kept": 1}
    assert cut_deeper(document, 2)["state"] == {"a": {"a": {"$cut": "dict", "$members": 1}}}
