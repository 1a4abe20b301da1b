"""A value as a JSON document: one value at a time, a frame for each container that is being written."""

from __future__ import annotations

import math
from binascii import b2a_base64
from itertools import islice
from typing import Any

from ckpt_tui.core.budgets import INTEGER_NODE
from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.reading.json_frames import Entries, Items, OpenContainer, Postponed
from ckpt_tui.core.reading.json_limits import (
    CONTAINER,
    COSTS,
    LONG_INTEGER,
    LONG_TEXT,
    MADE_TEXT,
    NEVER_LONG,
    PAIR,
    TYPE,
    float_text,
    is_small,
    non_finite,
    type_cost,
)
from ckpt_tui.core.reading.json_members import SAMPLE, JsonMembers
from ckpt_tui.core.reading.members import escape_name
from ckpt_tui.core.reading.object_parts import ObjectParts, Pairs
from ckpt_tui.core.reading.order import ordered
from ckpt_tui.core.reading.pickled_objects import object_parts
from ckpt_tui.core.value import Deferred, Envelope, Map, Obj, Opaque, Ref, SetOf, Value

_CUT_NAMES = 100
"""Named members that have a sign of their own once the document is full; the rest have one together."""

_SHARE = 32
"""A value that may be large is first tried with this part of what is left, and put off where that is too little."""

_TRIED = 500
"""Values with which it is tried at least."""


class JsonWriter(JsonMembers):
    """Writes one value; arguments as those of `JsonMembers`."""

    def run(self, value: Value) -> Any:
        """The document of a value."""
        root: list[Any] = [None]
        frames = self.frames
        frames.append(OpenContainer(root, ((0, value),), 0))
        named = type(value) is dict and not self.is_whole
        while frames:
            frame = frames[-1]
            out = frame.out
            for key, item in frame.pairs:
                kind = type(item)
                if (len(item) <= LONG_TEXT) if kind is str else kind in NEVER_LONG:
                    out[key] = item
                    continue
                if item - item == 0 if kind is float else kind is int and -LONG_INTEGER < item < LONG_INTEGER:
                    out[key] = item
                    continue
                frame.key = key
                height = len(frames)
                is_first = named and height == 2
                if kind in _OF_PICKLES or (kind is list and not is_first):
                    out[key] = self.container(item, kind)
                else:
                    is_own = kind is Envelope and not self.is_whole
                    if kind is Envelope or kind is Deferred:
                        item = resolve(item)
                    if (kind is dict or (is_first and kind is list)) and self.copied(
                        out, key, item, self.depth - self.level
                    ):
                        continue
                    is_own = is_own or (is_first and type(item) in _JSON_CONTAINERS)
                    if is_own and height > 1 and self.left > 0 and id(item) not in self.open and not is_small(item):
                        out[key] = self.apart(out, key, item)
                    else:
                        out[key] = self.other(item, type(item))
                if len(frames) > height:
                    break
                if self.left < 0 and self.shorten(frame, key):
                    frames.pop()
                    self.level -= 1 + len(frame.prefix)
                    self.close(frame.ident)
                    break
            else:
                frames.pop()
                self.level -= 1 + len(frame.prefix)
                self.close(frame.ident)
        return root[0]

    def apart(self, out: Any, key: Any, item: Value) -> Any:
        """The document of a value that shares nothing with those around it; a large one is written later."""
        tried = min(self.left, max(self.left // _SHARE, _TRIED))
        steps = tuple(step for frame in self.frames[1:] for step in (*frame.prefix, frame.key))
        prefix = (*self.prefix, *steps)
        inner = JsonWriter(tried, self.depth, self.repeats, self.nodes, self.level, prefix)
        document = inner.run(item)
        self.left -= tried - inner.left
        if inner.is_starved:
            self.postponed.append(Postponed(out, key, item, self.level, prefix))
            return document
        self.repeats = inner.repeats
        self.postponed += inner.postponed
        self.is_cut = self.is_cut or inner.is_cut
        return document

    def shorten(self, frame: OpenContainer, key: Any) -> bool:
        """Whether one sign stands for the member at hand and all after it, since nothing more may be written."""
        if type(frame.out) is list:
            rest = frame.size - key
            if rest <= 2:  # as many signs, and pairs stay pairs
                return False
            del frame.out[key:]
            frame.out.append(self.cut(f"{rest:,} more"))
            return True
        self.names_cut += 1
        if self.names_cut <= _CUT_NAMES:
            return False
        frame.out.setdefault("$error", self.cut("more")["$error"])
        return True

    def other(self, item: Value, kind: type) -> Any:
        """What is written for a value; its members follow if a frame was pushed."""
        if kind in _OFTEN:
            return self.container(item, kind)
        if kind is bytes or kind is bytearray:
            self.left -= CONTAINER
            out = {"$type": f"builtins:{kind.__name__}", "$base64": "", "$size": len(item)}
            text = self.again(item, len(item), None)
            return text or {**out, "$base64": b2a_base64(item, newline=False).decode("ascii")}
        if kind is Ref:
            self.left -= type_cost(item.name)
            sign = {"$type": "type", "$value": item.name}
            return self.again(item.name, len(item.name), None) or self.shared(sign)
        if kind is str:
            return self.again(item, len(item), item)
        if kind is int:
            size = item.bit_length() // 3
            self.left -= size * size // INTEGER_NODE
            return self.again(item, size, item)
        if kind in _SCALARS:  # a number that JSON lacks, or from an envelope
            self.left -= 0 if (is_json := kind is not float or math.isfinite(item)) else TYPE
            return item if is_json else self.shared(non_finite(item))
        return self.container(item, kind)

    def container(self, item: Value, kind: type) -> Any:
        """What is written for a container, or a sign where it comes too often, is too deep, or has no room."""
        ident = 0 if kind is Items or kind is Entries else id(item)
        repeated = ident in self.seen
        if repeated and ident in self.open:
            self.left -= CONTAINER
            if ident not in self.references:
                self.references[ident] = {"$ref": self.path(self.open[ident])}
            return self.references[ident]
        cost = PAIR if kind is Items else COSTS.get(kind, CONTAINER)
        if not repeated and cost <= self.left:
            self.left -= cost
        elif not self.charge(cost, repeated):
            return self.sign("too much of this document is shared") if repeated and self.left >= 0 else self.cut("more")
        if self.level > self.depth:
            return self.sign(f"nested deeper than {self.depth:,} levels: raise the limit or ask for a part")
        if ident:
            self.seen.add(ident)
            self.open[ident] = len(self.frames) - 1
        if kind is list:
            return self.list(item, ident, repeated)
        if kind is Items:
            return self.list(item.items, ident, repeated)
        if kind is Entries:
            return self.list([Items(pair) for pair in islice(Pairs(item.kv), max(self.left, 0) + 1)], ident, repeated)
        if kind is dict:
            return self.names({}, item.items(), item, islice(item.values(), SAMPLE), len(item), ident, repeated)
        if kind is Map and item.has_text_keys():
            return self.pairs({}, item.kv, ident, repeated)
        if kind is Obj:
            return self.object(object_parts(item), ident, repeated)
        return self.typed(item, kind, ident, repeated)

    def typed(self, item: Value, kind: type, ident: int, repeated: bool) -> Any:
        """A container that JSON does not have."""
        if kind is tuple:
            return {"$type": "builtins:tuple", "$items": self.list(item, ident, repeated, ("$items",))}
        if kind is SetOf:
            name = "builtins:frozenset" if item.frozen else "builtins:set"
            return {"$type": name, "$items": self.list(ordered(item), ident, repeated, ("$items",))}
        if kind is Map:
            out: dict[str, Any] = {"$type": "builtins:dict"}
            self.level += 1
            self.frames.append(OpenContainer(out, (("$entries", Entries(item.kv)),), ident))
            return out
        assert kind is Opaque, kind
        out = {"$error": item.reason, "$size": item.size}
        if item.partial:
            out["$partial"] = self.list(item.partial, ident, repeated, ("$partial",))
            return out
        self.close(ident)
        return self.shared(out)

    def object(self, parts: ObjectParts, ident: int, repeated: bool) -> Any:
        """An object: its type, then what replaces it, or its members."""
        out: dict[str, Any] = {"$type": parts.type}
        self.left -= type_cost(parts.type) - TYPE
        failed = self.again(parts.type, len(parts.type), None)
        if parts.is_text or failed:
            self.close(ident)
            text = parts.text
            if type(text) is float and not math.isfinite(text):
                text = float_text(text)
            if type(text) is str:
                self.left -= len(text) // MADE_TEXT  # it was put together for this place
                failed = failed or self.again(text, len(text), None)
            return failed or {**out, "$value": text}
        rest: list[tuple[str, Value]] = []
        if parts.has_state:
            rest.append(("$state", parts.state))
        if parts.kwargs is not None:
            rest.append(("$kwargs", parts.kwargs))
        if parts.maker is not None:
            rest.append(("$call", parts.maker))
        if parts.args:
            rest.append(("$args", Items(parts.args)))
        if parts.items is not None:
            rest.append(("$items", Items(parts.items)))
        if parts.entries is not None:
            rest.append(("$entries", Entries(parts.entries)))
        kv = parts.attributes.kv
        if "$" in "".join(kv[::2]):
            attributes = ((escape_name(name), value) for name, value in parts.attributes)
            return self.names(out, attributes, kv[::2], kv[1 : 2 * SAMPLE : 2], len(kv) // 2, ident, repeated, rest)
        return self.pairs(out, kv, ident, repeated, rest)


_JSON_CONTAINERS = frozenset((dict, list))

_OFTEN = frozenset((list, dict, Map, Obj, tuple))

_OF_PICKLES = frozenset((Map, Obj, tuple))

_SCALARS = (float, bool, type(None))
