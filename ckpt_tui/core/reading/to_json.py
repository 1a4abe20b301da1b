"""A value as a JSON document: the "Decoded values" of the command line's contract (docs/json.md)."""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from ckpt_tui.core.allowance import Allowance
from ckpt_tui.core.budgets import JSON_DEPTH, JSON_NODES, JSON_REPEATS, SHOWN_DEPTH, TEXT_NODE
from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.paths import Path, expression
from ckpt_tui.core.reading.members import escape_name
from ckpt_tui.core.reading.object_parts import ObjectParts, Pairs
from ckpt_tui.core.reading.order import ordered
from ckpt_tui.core.reading.pickled_objects import object_parts
from ckpt_tui.core.value import Deferred, Envelope, Map, Obj, Opaque, Ref, SetOf, Value

_LONG_TEXT = 64
"""Characters of a text that may be written any number of times; longer ones are charged when they come again."""

_CHARGED_TEXT = 1024
"""Characters of a text that is charged by its length when it comes first."""

_LONG_INTEGER = 1 << 256
"""An integer that is charged like a long text, and all beyond."""

_SHORT = frozenset((bool, type(None)))

_CONTAINER = 3
_COSTS: dict[type, int] = {Obj: 8, SetOf: 10, tuple: 6, Opaque: 6, list: 3, dict: 3, Map: 3, Ref: 3}
"""What a container counts besides its members: it takes as long to be written as so many numbers."""

_WEIGHTS = 12
"""What one member of a container counts at most, by itself."""

_SAMPLE = 8
"""Members of a long list that say what each of them is likely to count."""

_CUT_NAMES = 100
"""Named members that have a sign of their own once the document is full; the rest have one together."""


def to_json(
    value: Value,
    nodes: int = JSON_NODES,
    depth: int = JSON_DEPTH,
    repeats: int = JSON_REPEATS,
    allowance: Allowance | None = None,
) -> Any:
    """The JSON document of a value: dict, list, str, int, float, bool and None only.

    A cycle becomes `{"$ref": path of the first place}`; shared values are repeated. What lies beyond a limit is cut,
    with `{"$error": reason}` in its place.

    Args:
        value: Any value.
        nodes: Values written. A member counts 1, a list or mapping 3 more, other containers 6, an object 8.
        depth: Levels of the document; some containers take two.
        repeats: What shared values may cost when they come again, in the same measure; 64 characters of text count 1.
        allowance: What may be spent on the whole document that the value is a part of; it counts in place of `nodes`,
            pays for what is written, and is told whether something was left out. Its document is no deeper than the
            readers of JSON go, unless it allows more than the usual.
    """
    if allowance is None:
        kind = type(value)
        if (len(value) <= _LONG_TEXT) if kind is str else kind in _SHORT:
            return value
        writer = _Writer(nodes, depth, repeats)
        holder = {"": writer.run(value)}
        return _finish([(holder, "", writer)])[""]
    return plain_parts({"": value}, depth, repeats, allowance)[""]


def plain_parts(
    parts: dict[str, Value],
    depth: int = JSON_DEPTH,
    repeats: int = JSON_REPEATS,
    allowance: Allowance | None = None,
) -> dict[str, Any]:
    """The JSON documents of values that share an allowance; one that is too large leaves room for the others.

    Args:
        parts: Values by name.
        depth: Levels of each document, as for `to_json`.
        repeats: What shared values may cost when they come again.
        allowance: What may be spent on all of them.
    """
    allowance = Allowance() if allowance is None else allowance
    depth = min(depth, int(SHOWN_DEPTH * max(allowance.factor, 1)))
    nodes = left = allowance.nodes()
    documents: dict[str, Any] = {}
    written = []
    for name, value in parts.items():
        writer = _Writer(left, depth, int(repeats * allowance.repeats), nodes)
        documents[name] = writer.run(value)
        written.append((documents, name, writer))
        left = max(writer.left, 0)
    _finish(written)
    last = written[-1][2] if written else None
    allowance.spend_nodes(nodes - (max(last.left, 0) if last is not None else nodes))
    allowance.is_cut = allowance.is_cut or any(writer.is_cut for _, _, writer in written)
    return documents


def _finish(written: list[tuple[dict[str, Any], str, _Writer]]) -> dict[str, Any]:
    """Write what was put off because it is large, each with its share of what is left; returns the documents."""
    if not written:
        return {}
    last = written[-1][2]
    jobs = [job for _, _, writer in written for job in writer.jobs]
    left = max(last.left, 0)
    cut = False
    for done, job in enumerate(jobs):
        share = left // (len(jobs) - done)
        inner = _Writer(share, last.depth, last.repeats, last.nodes, job.level, job.prefix)
        job.out[job.key] = inner.run(job.value)
        left -= share - max(inner.left, 0)
        last.repeats = inner.repeats
        # What was put off once more: it is a part of a value, and gets what the rest of that value left.
        for again in inner.jobs:
            rest = max(inner.left, 0)
            part = _Writer(rest, last.depth, last.repeats, last.nodes, again.level, again.prefix, is_whole=True)
            again.out[again.key] = part.run(again.value)
            inner.left = part.left
            left -= rest - max(part.left, 0)
            cut = cut or part.is_cut
        cut = cut or inner.is_cut
    last.left = left
    last.is_cut = last.is_cut or cut
    return written[-1][0]


class _Items:
    """Members that are written as a bare list: no value of the file, so it is in no cycle."""

    __slots__ = ("items",)

    def __init__(self, items: Sequence[Value]) -> None:
        self.items = items


class _Entries:
    """key, value, key, value, ... written as a list of pairs."""

    __slots__ = ("kv",)

    def __init__(self, kv: list[Value]) -> None:
        self.kv = kv


class _Frame:
    """A container that is being written: what is left of it, where it goes, its size and the member at hand."""

    __slots__ = ("ident", "key", "out", "pairs", "prefix", "size")

    def __init__(
        self, out: Any, pairs: Iterable[tuple[Any, Value]], ident: int, prefix: Path = (), size: int = 0
    ) -> None:
        self.out = out
        self.size = size
        self.pairs: Iterator[tuple[Any, Value]] = iter(pairs)
        self.ident = ident
        self.prefix = prefix
        self.key: int | str = 0


_SHARE = 32
"""A value that may be large is first tried with this part of what is left, and put off where that is too little."""

_TRIED = 500
"""Values with which it is tried at least."""


class _Job:
    """A value that is written when all others are: where it goes, and its level and path there."""

    __slots__ = ("key", "level", "out", "prefix", "value")

    def __init__(self, out: Any, key: Any, value: Value, level: int, prefix: Path) -> None:
        self.out = out
        self.key = key
        self.value = value
        self.level = level
        self.prefix = prefix


class _Writer:
    """Writes one value.

    Args:
        nodes: Values it may write.
        depth: Levels of the document.
        repeats: What shared values may cost when they come again.
        told: How many values a document holds, for those who read that one is cut; the same as `nodes` unless given.
        level: The level at which the value stands.
        prefix: Steps that lead to it.
        is_whole: Nothing in it is put off.
    """

    def __init__(
        self, nodes: int, depth: int, repeats: int, told: int | None = None, level: int = 1, prefix: Path = (),
        is_whole: bool = False,
    ) -> None:  # fmt: skip
        self.left = nodes
        self.nodes = nodes if told is None else told
        self.repeats = repeats
        self.depth = depth
        self.level = level  # of the document; some containers take two
        self.prefix = prefix
        self.is_whole = is_whole
        self.is_starved = False
        self.jobs: list[_Job] = []
        # What was written before, by id; the root keeps all of it alive. Texts and bytes only when they are long.
        self.seen: set[int] = set()
        self.open: dict[int, int] = {}  # id of a container being written → the frame of its parent
        self.frames: list[_Frame] = []
        self.signs: dict[tuple[str, int], dict[str, Any]] = {}
        self.references: dict[int, dict[str, Any]] = {}
        self.names_cut = 0
        self.is_cut = False

    def run(self, value: Value) -> Any:
        root: list[Any] = [None]
        frames = self.frames
        frames.append(_Frame(root, ((0, value),), 0))
        named = type(value) is dict and not self.is_whole
        while frames:
            frame = frames[-1]
            out = frame.out
            for key, item in frame.pairs:
                kind = type(item)
                if (len(item) <= _LONG_TEXT) if kind is str else kind in _SHORT:
                    out[key] = item
                elif kind is float:
                    out[key] = item if item - item == 0 else _non_finite(item)
                elif kind is int and -_LONG_INTEGER < item < _LONG_INTEGER:
                    out[key] = item
                else:
                    is_own = kind is Envelope and not self.is_whole
                    if kind is Envelope or kind is Deferred:
                        item = resolve(item)
                    frame.key = key
                    height = len(frames)
                    is_own = is_own or (named and height == 2 and type(item) in _JSON_CONTAINERS)
                    if is_own and height > 1 and self.left > 0 and id(item) not in self.open:
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
        inner = _Writer(tried, self.depth, self.repeats, self.nodes, self.level, prefix)
        document = inner.run(item)
        self.left -= tried - inner.left
        if inner.is_starved:
            self.jobs.append(_Job(out, key, item, self.level, prefix))
            return document
        self.repeats = inner.repeats
        self.jobs += inner.jobs
        self.is_cut = self.is_cut or inner.is_cut
        return document

    def shorten(self, frame: _Frame, key: Any) -> bool:
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

    def close(self, ident: int) -> None:
        self.open.pop(ident, None)
        if self.references:
            self.references.pop(ident, None)

    def other(self, item: Value, kind: type) -> Any:
        """What is written for a value; its members follow if a frame was pushed."""
        if kind in _OFTEN:
            return self.container(item, kind)
        if kind is bytes or kind is bytearray:
            self.left -= _CONTAINER
            out = {"$type": f"builtins:{kind.__name__}", "$base64": "", "$size": len(item)}
            text = self.again(item, len(item), None)
            return text or {**out, "$base64": b64encode(item).decode("ascii")}
        if kind is Ref:
            self.left -= _CONTAINER
            return self.again(item.name, len(item.name), None) or {"$type": "type", "$value": item.name}
        if kind is str:
            return self.again(item, len(item), item)
        if kind is int:
            return self.again(item, item.bit_length() // 3, item)
        if kind in _SCALARS:  # from an envelope
            return item if kind is not float or math.isfinite(item) else _non_finite(item)
        return self.container(item, kind)

    def again(self, item: Value, size: int, out: Any) -> Any:
        """`out`, or a sign that a long text came too often."""
        if size > _LONG_TEXT:
            if id(item) in self.seen:
                self.repeats -= size >> 6
                if self.repeats < 0:
                    self.left -= _CONTAINER
                    return self.sign("too much of this document is shared", size)
            else:
                self.seen.add(id(item))
                if size >= _CHARGED_TEXT:
                    self.left -= size // TEXT_NODE
                    if self.left < 0:
                        return self.cut(f"a text or number of {size:,} characters", size)
        return out

    def container(self, item: Value, kind: type) -> Any:
        ident = 0
        repeated = False
        if kind is not _Items and kind is not _Entries:
            ident = id(item)
            if ident in self.open:
                self.left -= _CONTAINER
                if ident not in self.references:
                    self.references[ident] = {"$ref": self.path(self.open[ident])}
                return self.references[ident]
            repeated = ident in self.seen
        cost = _COSTS.get(kind, _CONTAINER)
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
        if kind is _Items:
            return self.list(item.items, ident, repeated)
        if kind is _Entries:
            return self.list([_Items(pair) for pair in islice(Pairs(item.kv), max(self.left, 0) + 1)], ident, repeated)
        if kind is dict:
            return self.names({}, item.items(), item, islice(item.values(), _SAMPLE), len(item), ident, repeated)
        if kind is Map and item.has_text_keys():
            kv = item.kv
            return self.names({}, Pairs(kv), _keys(kv), kv[1 : 2 * _SAMPLE : 2], len(kv) // 2, ident, repeated)
        if kind is Obj:
            return self.object(object_parts(item), ident, repeated)
        return self.odd(item, kind, ident, repeated)

    def odd(self, item: Value, kind: type, ident: int, repeated: bool) -> Any:
        if kind is tuple:
            return {"$type": "builtins:tuple", "$items": self.list(item, ident, repeated, ("$items",))}
        if kind is SetOf:
            name = "builtins:frozenset" if item.frozen else "builtins:set"
            return {"$type": name, "$items": self.list(ordered(item), ident, repeated, ("$items",))}
        if kind is Map:
            out: dict[str, Any] = {"$type": "builtins:dict"}
            self.level += 1
            self.frames.append(_Frame(out, (("$entries", _Entries(item.kv)),), ident))
            return out
        assert kind is Opaque, kind
        out = {"$error": item.reason, "$size": item.size}
        if item.partial:
            out["$partial"] = self.list(item.partial, ident, repeated, ("$partial",))
        else:
            self.close(ident)
        return out

    def object(self, parts: ObjectParts, ident: int, repeated: bool) -> Any:
        out: dict[str, Any] = {"$type": parts.type}
        failed = self.again(parts.type, len(parts.type), None)
        if parts.is_text or failed:
            self.close(ident)
            text = parts.text
            if type(text) is float and not math.isfinite(text):
                text = _float_text(text)
            if type(text) is str:
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
            rest.append(("$args", _Items(parts.args)))
        if parts.items is not None:
            rest.append(("$items", _Items(parts.items)))
        if parts.entries is not None:
            rest.append(("$entries", _Entries(parts.entries)))
        attributes: Iterable[tuple[str, Value]] = parts.attributes
        kv = parts.attributes.kv
        if "$" in "".join(kv[::2]):
            attributes = ((escape_name(name), value) for name, value in parts.attributes)
        sample = kv[1 : 2 * _SAMPLE : 2]
        return self.names(out, attributes, _keys(kv), sample, len(kv) // 2, ident, repeated, rest)

    def list(self, items: Sequence[Value], ident: int, repeated: bool, prefix: Path = ()) -> list[Any]:
        size = len(items)
        if (
            size <= _SAMPLE
            and not repeated
            and size * _WEIGHTS <= self.left
            and set(map(type, items)) <= _TEXT
            and max(map(len, items), default=0) <= _LONG_TEXT
        ):
            self.left -= size
            self.close(ident)
            return [*items]
        take = self.take(size, repeated, _weight(items[:_SAMPLE]) if size > self.left // _WEIGHTS else 1)
        out: list[Any] = [None] * take
        if take < size:
            out.append(self.cut(f"{size - take:,} more"))
        if take:
            self.level += 1 + len(prefix)
            self.frames.append(_Frame(out, enumerate(islice(items, take)), ident, prefix, size))
        else:
            self.close(ident)
        return out

    def names(
        self, out: dict[str, Any], pairs: Iterable[tuple[str, Value]], kv: Iterable[Any], sample: Iterable[Value],
        size: int, ident: int, repeated: bool, rest: Sequence[tuple[str, Value]] = (),
    ) -> Any:  # fmt: skip
        names: Any
        if size * _WEIGHTS <= self.left and not repeated:
            take = size
            self.left -= size + size // 2  # a name is written and judged, too
            names = kv if type(kv) is dict else [*kv]
        else:
            take = self.take(size, repeated, _weight(sample) if size > self.left // _WEIGHTS else 1)
            self.left -= take // 2
            names = list(islice(kv, take))
        if sum(map(len, names)) > _LONG_TEXT * take:
            for name in names:
                self.again(name, len(name), None)
            if self.repeats < 0:
                self.close(ident)
                return self.sign("long names come too often")
        last = (("$error", self.cut(f"{size - take:,} more")["$error"]),) if take < size else ()
        if take or rest or last:
            if last or rest:
                pairs = chain(islice(pairs, take), rest, last)
            self.level += 1
            self.frames.append(_Frame(out, pairs, ident))
        else:
            self.close(ident)
        return out

    def charge(self, count: int, repeated: bool) -> bool:
        if repeated:
            self.repeats -= count
        self.left -= count
        return self.left >= 0 and (not repeated or self.repeats >= 0)

    def take(self, count: int, repeated: bool, weight: int) -> int:
        """How many of so many members may be written, when each takes so much altogether."""
        count = max(min(count, self.left // weight, self.repeats // weight if repeated else count), 0)
        self.charge(count, repeated)
        return count

    def cut(self, what: str, size: int = 0) -> dict[str, Any]:
        self.is_starved = True
        why = f"{what}; one document holds about {self.nodes:,} values: raise the limit or ask for a part"
        return self.sign(why, size)

    def sign(self, why: str, size: int = 0) -> dict[str, Any]:
        """The sign that replaces a value; one object for all places, of which a bomb has a million."""
        self.is_cut = True
        found = self.signs.get((why, size))
        if found is None:
            found = self.signs[why, size] = {"$error": f"not written: {why}", **({"$size": size} if size else {})}
        return found

    def path(self, parent: int) -> str:
        steps = tuple(step for frame in self.frames[1 : parent + 1] for step in (*frame.prefix, frame.key))
        return expression((*self.prefix, *steps))


def _weight(sample: Iterable[Value]) -> int:
    """What each member of a long list is likely to count, itself included; else a full list would hold nothing."""
    return 1 + max((_COSTS.get(type(item), 0) for item in sample), default=0)


def _keys(kv: list[Value]) -> Iterator[Value]:
    return islice(kv, 0, None, 2)


_JSON_CONTAINERS = frozenset((dict, list))
_OFTEN = frozenset((list, dict, Map, Obj, tuple))
_SCALARS = (float, bool, type(None))
_TEXT = {str}


def _float_text(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _non_finite(value: float) -> dict[str, Any]:
    return {"$type": "builtins:float", "$value": _float_text(value)}
