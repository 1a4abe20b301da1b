"""A value as a JSON document: the "Decoded values" of the command line's contract (docs/json.md)."""

from __future__ import annotations

import json
import math
from base64 import b64encode
from typing import Any, NamedTuple

from ckpt_tui.core.anatomy import Anatomy, anatomy
from ckpt_tui.core.budgets import PLAIN_DEPTH, PLAIN_NODES
from ckpt_tui.core.envelope import resolve
from ckpt_tui.core.members import escape_name, has_text_keys, ordered
from ckpt_tui.core.paths import expression
from ckpt_tui.core.value import Map, Obj, Opaque, Ref, SetOf, Value


class _Place:
    """A step of the way from the root, kept as a chain so that a deep value costs one object a level."""

    __slots__ = ("depth", "parent", "step")

    def __init__(self, parent: _Place | None, step: int | str) -> None:
        self.parent = parent
        self.step = step
        self.depth: int = parent.depth + 1 if parent else 1

    def text(self) -> str:
        steps: list[int | str] = []
        place: _Place | None = self
        while place:
            steps.append(place.step)
            place = place.parent
        return expression(tuple(reversed(steps)))


class _Task(NamedTuple):
    value: Value
    into: Any
    key: int | str
    place: _Place | None


def plain(value: Value, nodes: int = PLAIN_NODES, depth: int = PLAIN_DEPTH) -> Any:
    """The JSON document of a value: dict, list, str, int, float, bool and None only.

    A cycle becomes `{"$ref": path of the first place}`; shared values are repeated. What lies beyond `nodes` values or
    `depth` levels is cut: `{"$error": reason}` stands in its place.
    """
    root: list[Any] = [None]
    writer = _Writer(nodes, depth)
    writer.run(value, root)
    return root[0]


def order_text(value: Value) -> str:
    """A text to order members of a set by; the same for equal values."""
    return json.dumps(plain(value, nodes=500, depth=20), sort_keys=True)


class _Writer:
    def __init__(self, nodes: int, depth: int) -> None:
        self.left = nodes
        self.depth = depth
        self.tasks: list[_Task | int] = []
        # The value is kept beside its place: an id means nothing once its object is gone.
        self.open: dict[int, tuple[Value, _Place | None]] = {}

    def run(self, value: Value, root: list[Any]) -> None:
        tasks = self.tasks
        tasks.append(_Task(value, root, 0, None))
        while tasks:
            task = tasks.pop()
            if type(task) is int:  # the value with this id is complete
                del self.open[task]
                continue
            assert isinstance(task, _Task)
            item = resolve(task.value)
            kind = type(item)
            if item is None or kind is bool or kind is int or kind is str:
                task.into[task.key] = item
            elif kind is float:
                task.into[task.key] = item if math.isfinite(item) else _odd_float(item)
            elif kind is bytes or kind is bytearray:
                task.into[task.key] = _bytes(item, kind.__name__)
            elif kind is Ref:
                task.into[task.key] = {"$type": "type", "$value": item.name}
            else:
                self.container(item, kind, task)

    def container(self, item: Value, kind: type, task: _Task) -> None:
        if id(item) in self.open:
            first = self.open[id(item)][1]
            task.into[task.key] = {"$ref": first.text() if first else "@"}
            return
        self.left -= 1
        if self.left < 0 or (task.place and task.place.depth > self.depth):
            why = "too many values" if self.left < 0 else "nested too deep"
            task.into[task.key] = {"$error": f"not written: {why} for one document"}
            return
        self.open[id(item)] = (item, task.place)
        self.tasks.append(id(item))
        if kind is list:
            out: Any = self.list(item, task.place)
        elif kind is dict:
            out = self.names({}, list(item.items()), task.place)
        elif kind is Map:
            out = self.map(item.kv, task.place)
        elif kind is tuple:
            out = {"$type": "builtins:tuple", "$items": self.list(item, _Place(task.place, "$items"))}
        elif kind is SetOf:
            name = "builtins:frozenset" if item.frozen else "builtins:set"
            out = {"$type": name, "$items": self.list(ordered(item.items), _Place(task.place, "$items"))}
        elif kind is Obj:
            out = self.object(anatomy(item), task.place)
        else:
            assert kind is Opaque, kind
            out = {"$error": item.reason, "$size": item.size}
            if item.partial:
                out["$partial"] = self.list(item.partial, _Place(task.place, "$partial"))
        task.into[task.key] = out

    def list(self, items: Any, place: _Place | None) -> list[Any]:
        take = min(len(items), max(self.left, 0))
        self.left -= take
        out: list[Any] = [None] * take
        tasks = self.tasks
        for index in range(take - 1, -1, -1):
            tasks.append(_Task(items[index], out, index, _Place(place, index)))
        if take < len(items):
            out.append({"$error": f"not written: {len(items) - take:,} more, too many values for one document"})
        return out

    def names(self, out: dict[str, Any], pairs: Any, place: _Place | None) -> dict[str, Any]:
        take = min(len(pairs), max(self.left, 0))
        self.left -= take
        for name, _ in pairs[:take]:
            out[name] = None
        for name, value in reversed(pairs[:take]):
            self.tasks.append(_Task(value, out, name, _Place(place, name)))
        if take < len(pairs):
            out["$error"] = f"not written: {len(pairs) - take:,} more, too many values for one document"
        return out

    def map(self, kv: Any, place: _Place | None) -> dict[str, Any]:
        if has_text_keys(kv):
            return self.names({}, list(zip(kv[::2], kv[1::2], strict=True)), place)
        return {"$type": "builtins:dict", "$entries": self.entries(kv, _Place(place, "$entries"))}

    def entries(self, kv: Any, place: _Place) -> Any:
        pairs = [[key, value] for key, value in zip(kv[::2], kv[1::2], strict=True)]
        return self.list(pairs, place)

    def object(self, parts: Anatomy, place: _Place | None) -> dict[str, Any]:
        if parts.is_text:
            text = parts.text
            if type(text) is float and not math.isfinite(text):
                return {"$type": parts.type, "$value": _float_text(text)}
            return {"$type": parts.type, "$value": text}
        out: dict[str, Any] = {"$type": parts.type}
        attributes = {escape_name(name): value for name, value in parts.attributes}
        self.names(out, list(attributes.items()), place)
        if parts.has_state:
            self.put(out, "$state", parts.state, place)
        if parts.kwargs is not None:
            self.put(out, "$kwargs", parts.kwargs, place)
        if parts.args:
            out["$args"] = self.list(parts.args, _Place(place, "$args"))
        if parts.items is not None:
            items = ordered(parts.items) if parts.is_set else parts.items
            out["$items"] = self.list(items, _Place(place, "$items"))
        if parts.entries is not None:
            out["$entries"] = self.entries(parts.entries, _Place(place, "$entries"))
        return out

    def put(self, out: dict[str, Any], name: str, value: Value, place: _Place | None) -> None:
        out[name] = None
        self.tasks.append(_Task(value, out, name, _Place(place, name)))


def _float_text(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _odd_float(value: float) -> dict[str, Any]:
    return {"$type": "builtins:float", "$value": _float_text(value)}


def _bytes(value: bytes, name: str) -> dict[str, Any]:
    return {"$type": f"builtins:{name}", "$base64": b64encode(value).decode("ascii"), "$size": len(value)}
