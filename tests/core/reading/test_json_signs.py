"""Which objects of a document are signs of ours, and which only look like one."""

from typing import Any

import pytest

from ckpt_tui.cli.value_lines import value_lines
from ckpt_tui.core.reading.json_signs import sign_of
from ckpt_tui.core.reading.shortened import cut_deeper
from ckpt_tui.core.running.short_values import brief
from ckpt_tui.core.sharing.page_values import values

_MASK = {"$masked": "int", "$size": 1}
DEEP: Any = 1
for _ in range(900):
    DEEP = {"a": DEEP}

SIGNS = [
    ({"$type": "decimal:Decimal", "$value": "1.5"}, "$value"),
    ({"$type": "decimal:Decimal", "$value": _MASK}, "$value"),
    (_MASK, "$masked"),
    ({"$cut": "list", "$members": 2}, "$cut"),
    ({"$ref": "state.a"}, "$ref"),
    ({"$error": "not decoded", "$size": 3}, "$error"),
    ({"$type": "m:T", "$error": "not written"}, "$error"),
    ({"$type": "builtins:bytes", "$base64": "", "$size": 0}, "$base64"),
]

ALIKE = [
    {},
    {"a": 1},
    {"$masked": [], "$size": {}},
    {"$masked": "hunter2", "$size": 7},
    {"$masked": "str", "$size": _MASK},
    {"$error": DEEP},
    {"$error": _MASK, "$size": _MASK},
    {"$error": "x", "$size": "big"},
    {"$error": "x", "$partial": 5},
    {"$ref": DEEP},
    {"$cut": {}, "$members": 1},
    {"$cut": "list", "$members": "x"},
    {"$type": 5, "$base64": "x", "$size": 1},
    {"$type": "m:T", "$base64": "x", "$size": None},
    {"$type": "builtins:float", "$value": DEEP},
    {"$type": {"x": 1}, "$value": [1]},
    {"$value": 1, "$error": 2, "$ref": 3, "$size": DEEP},
    {"$type": "builtins:tuple", "$items": 5},
    {"$type": "builtins:dict", "$entries": [[{}, []], [1]]},
]


@pytest.mark.parametrize(("document", "name"), SIGNS)
def test_a_sign_is_known_by_all_its_members(document: dict[str, Any], name: str) -> None:
    assert sign_of(document) == name


@pytest.mark.parametrize("document", ALIKE, ids=range(len(ALIKE)))
def test_what_only_looks_like_a_sign_is_shown_with_its_members_in_every_view(document: dict[str, Any]) -> None:
    assert sign_of(document) == ""
    lines = list(value_lines({"holder": document}))
    members = [key for key, value in document.items() if key not in ("$type", "$entries") and value is not None]
    assert all(any(key.removeprefix("$") in line for line in lines) for key in members)
    page = "".join(values({"state": {"holder": document}}))
    assert page.count("<details") == page.count("</details>")
    assert brief(document)
    assert cut_deeper({"state": {"holder": document}}, 9)["state"]["holder"].keys() == document.keys()
