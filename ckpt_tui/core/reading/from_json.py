"""Values of a JSON document as `core.reading.to_json` writes it, such as an exported copy. Only inert values are made.

What is an object there is an `Obj` again, with the same type, attributes and contents, so that differences,
conversations and graphs come out as in the store it was copied from. Its pickle is not there and cannot be made of it.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from typing import Any

from ckpt_tui.core.reading.pickled_objects import COPY, TEXT
from ckpt_tui.core.value import Map, Obj, Opaque, Ref, SetOf, Value

_OWN = ("$args", "$kwargs", "$items", "$entries", "$state", "$call")
"""Members of an object's document that are not attributes."""


def from_json(document: Any) -> Value:
    """The value that a document stands for, of any depth.

    `to_json` of the result is the document again. A `$ref` stays a mapping, as it is written.
    """
    holder: list[Value] = [None]
    making = _Making()
    making.jobs.append((holder, 0, document))
    while making.jobs:
        out, key, item = making.jobs.pop()
        kind = type(item)
        if kind is list:
            out[key] = making.filled(item)
        elif kind is dict:
            out[key] = making.mapping(item, out, key)
        else:
            out[key] = item
    # The inner ones come later, so that each is in its place before the one around it is closed.
    for out, key, items in reversed(making.tuples):
        out[key] = tuple(items)
    return holder[0]


class _Making:
    """The values still to be made: places in containers, each with the document that belongs there."""

    def __init__(self) -> None:
        self.jobs: list[tuple[Any, Any, Any]] = []
        self.tuples: list[tuple[Any, Any, list[Value]]] = []

    def filled(self, items: list[Any]) -> list[Value]:
        made: list[Value] = [None] * len(items)
        self.jobs += ((made, index, one) for index, one in enumerate(items))
        return made

    def pairs(self, entries: list[Any]) -> list[Value]:
        """key, value, key, value, ... of a list of pairs; what is not a pair is left out."""
        return self.filled([one for pair in entries if type(pair) is list and len(pair) == 2 for one in pair])

    def mapping(self, document: dict[str, Any], out: Any, key: Any) -> Value:
        name = document.get("$type")
        if type(name) is str and name:
            return self.typed(name, document, out, key)
        reason, size, partial = (document.get(own) for own in ("$error", "$size", "$partial"))
        if type(reason) is str and document.keys() <= {"$error", "$size", "$partial"}:
            return Opaque(
                reason, size if type(size) is int else 0, self.filled(partial) if type(partial) is list else []
            )
        made: dict[str, Value] = dict.fromkeys(document)
        self.jobs += ((made, own, one) for own, one in document.items())
        return made

    def typed(self, name: str, document: dict[str, Any], out: Any, key: Any) -> Value:
        items, entries, data = (document.get(own) for own in ("$items", "$entries", "$base64"))
        if "$value" in document:
            return _text(name, document["$value"])
        if type(data) is str and name in ("builtins:bytes", "builtins:bytearray"):
            return _bytes(name, data)
        if type(items) is list and len(document) == 2 and name in ("builtins:set", "builtins:frozenset"):
            return SetOf(self.filled(items), name == "builtins:frozenset")
        if type(items) is list and len(document) == 2 and name == "builtins:tuple":
            made = self.filled(items)
            self.tuples.append((out, key, made))
            return made
        if type(entries) is list and len(document) == 2 and name == "builtins:dict":
            return Map(self.pairs(entries))
        return self.object(name, document)

    def object(self, name: str, document: dict[str, Any]) -> Obj:
        module, _, qualname = name.partition(":")
        made = Obj(Ref(module, qualname), (), COPY)
        names = [own for own in document if own != "$type" and own not in _OWN]
        kv: list[Value] = [None] * (2 * len(names))
        for index, own in enumerate(names):
            kv[2 * index] = own[1:] if own.startswith("$$") else own
            self.jobs.append((kv, 2 * index + 1, document[own]))
        made.has_state = True
        # Attributes; a state of another kind; what is called where that has no name: lists of one, where there is one.
        made.state = [
            Map(kv),
            *(self.filled([document[own]] if own in document else []) for own in ("$state", "$call")),
        ]
        args, items, entries = (document.get(own) for own in ("$args", "$items", "$entries"))
        if type(args) is list:
            made.args = self.filled(args)
        if type(items) is list:
            made.items = self.filled(items)
        if type(entries) is list:
            made.pairs = self.pairs(entries)
        if "$kwargs" in document:
            made.kwargs = self.filled([document["$kwargs"]])
        return made


def _text(name: str, value: Any) -> Value:
    module, _, qualname = name.partition(":")
    if name == "type" and type(value) is str and ":" in value:
        module, _, qualname = value.partition(":")
        return Ref(module, qualname)
    if name == "builtins:float" and value in ("NaN", "Infinity", "-Infinity"):
        return float(value)
    return Obj(Ref(module, qualname), (value if type(value) in _SCALARS else str(value),), TEXT)


_SCALARS = (str, int, float, bool, type(None))


def _bytes(name: str, data: str) -> Value:
    try:
        found = b64decode(data, validate=True)
    except (Base64Error, ValueError):
        return Opaque("its base64 is damaged", len(data))
    return found if name == "builtins:bytes" else bytearray(found)
