"""Whether the decoder and the oracle say the same, where the same is: what the bytes of a pickle can show."""

import json
from typing import Any

from ckpt_tui.core.documents.document import parse
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.reading.to_json import to_json


def canonical(document: Any) -> Any:
    """The document with what a pickle does not show made equal.

    - the order of sets
    - an Enum and a class that reduces to one argument: both are a call with it
    - whether an object that is empty is a list or a dict by its class
    - a tuple subclass: protocols 0 and 1 hand over one tuple, later ones what `__getnewargs__` gives
    """
    if isinstance(document, list):
        return [canonical(member) for member in document]
    if not isinstance(document, dict):
        return document
    made = {key: canonical(member) for key, member in document.items()}
    if made.get("$type") in ("builtins:set", "builtins:frozenset") and "$items" in made:
        made["$items"].sort(key=text)
    if not str(made.get("$type", "builtins:")).startswith(("builtins:", "collections:")):
        made = {key: member for key, member in made.items() if key not in ("$items", "$entries") or member}
    if made.keys() == {"$type", "$value"} and made["$type"] != "type":
        made = {"$type": made["$type"], "$args": [made["$value"]]}
    arguments = made.get("$args")
    if isinstance(arguments, list) and len(arguments) == 1 and isinstance(arguments[0], dict):
        whole = arguments[0]
        if whole.keys() == {"$type", "$items"} and whole["$type"] == "builtins:tuple":
            made["$args"] = whole["$items"]
    return made


def text(document: Any) -> str:
    """A text that distinguishes 1, True and 1.0."""
    return json.dumps(document, sort_keys=True)


def same(shown: Any, expected: Any) -> bool:
    """Whether two documents say the same of a value."""
    return text(canonical(shown)) == text(canonical(expected))


def shown(data: bytes) -> Any:
    """The document of a pickle that must decode without a fault."""
    decoded = decode(data)
    assert decoded.fault == ""
    assert decoded.trailing == 0
    return to_json(decoded.value)


def file_shown(data: bytes) -> Any:
    """The document of a checkpoint file."""
    return to_json(parse(data).value)
