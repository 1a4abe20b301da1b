"""Bytes of MessagePack become inert values; nothing that an extension names is imported, called or looked up.

A loop of its own over the lead bytes of the MessagePack specification, since the package `msgpack` limits neither the
values of a whole document nor the levels of extensions within extensions, each of which it copies.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct, unpack

from ckpt_tui.core.budgets import DEFAULT_MESSAGE, MessageBudget
from ckpt_tui.core.msgpack.extensions import KNOWN, Namer, extension
from ckpt_tui.core.value import Decoded, Map, Opaque, Value

_CHECK_EVERY = 4_096
"""Containers, extensions and pieces of long arrays between two calls of `check`: about 5 ms."""

_PIECE = 4_096
"""Values of a long array that are read before the limits are looked at again."""

_BULK = 16
"""Numbers of an array from which on it is worth looking whether all are of one kind, as in an embedding."""

_ARRAY, _MAP = -1, -2
"""Kinds of containers; an extension's is its code."""

_float32 = Struct(">f").unpack_from
_float64 = Struct(">d").unpack_from
_from_bytes = int.from_bytes
_TEXT = {str}


class _Fault(Exception):
    """The bytes cannot be read further.

    Attributes:
        reason: Why, as text for people.
        is_limit: It is a limit of ours.
    """

    def __init__(self, reason: str, is_limit: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_limit = is_limit


_Frame = tuple[list[Value], int, int, int]
"""A container around the one that is read: what it has, how many values are to come, its kind, where it must end."""


def decode(
    data: bytes | bytearray | memoryview,
    budget: MessageBudget = DEFAULT_MESSAGE,
    check: Callable[[], None] | None = None,
) -> Decoded:
    """Decode one MessagePack value as LangGraph writes it into inert values.

    Nothing is imported, called or looked up. Damaged or over-large bytes raise nothing: the value is an `Opaque` that
    says why and holds what was read before. A damaged extension is such an `Opaque` in its place.

    Args:
        data: The bytes; what is like bytes is copied.
        budget: What it may cost.
        check: Called every few thousand values; whatever it raises ends the decoding.

    Returns:
        `opcodes` counts the values, `objects` the containers and extensions among them.

    Raises:
        TypeError: `data` is not like bytes.
    """
    if type(data) is not bytes:
        data = bytes(memoryview(data))
    if len(data) > budget.bytes:
        reason = f"MessagePack of {len(data):,} bytes; at most {budget.bytes:,} are decoded"
        return Decoded(Opaque(reason, len(data)), 0, reason, 0, True)
    reading = _Reading(data, budget)
    fault, is_cut = "", False
    value: Value = None
    try:
        value = reading.run(check)
    except _Fault as found:
        fault = f"{found.reason}, at byte {reading.at:,} of {len(data):,}"
        is_cut = found.is_limit
        value = Opaque(fault, len(data), reading.partial())
    trailing = 0 if fault else len(data) - reading.at
    return Decoded(
        value, reading.values, fault, trailing, is_cut, reading.objects, reading.namer.refs,
        opaque=tuple(dict.fromkeys(reading.opaque)), end=reading.at,
    )  # fmt: skip


class _Reading:
    """One pass over the bytes of one value.

    Attributes:
        at: Where the next value begins; after a fault, where it was found.
        values: Values read, containers that were started included.
        objects: Containers and extensions begun.
        namer: Keeps the names of classes.
        opaque: Reasons of what cannot be shown as a value.
        frames: The containers around the one that is read, outermost first.
        items: What that one has; `left`, `kind` and `end` as a frame has them.
    """

    def __init__(self, data: bytes, budget: MessageBudget) -> None:
        self.data = data
        self.budget = budget
        self.namer = Namer(budget.class_name)
        self.at = 0
        self.values = 0
        self.objects = 0
        self.opaque: list[str] = []
        self.frames: list[_Frame] = []
        self.items: list[Value] = []
        self.left = 1
        self.kind = _ARRAY
        self.end = len(data)

    def run(self, check: Callable[[], None] | None) -> Value:
        """Read to the end of the value.

        Raises:
            _Fault: the bytes cannot be read further.
        """
        while True:
            if check is not None:
                check()
            try:
                if self.go_on(_CHECK_EVERY):
                    return self.items[0]
            except _Fault as fault:
                if fault.is_limit or not self.leave(fault.reason):
                    raise

    def partial(self) -> list[Value]:
        """What was read before the end, outermost first."""
        return [item for items, *_ in self.frames for item in items] + self.items

    def go_on(self, rounds: int) -> bool:  # noqa: C901
        """Read so many containers or pieces of them; returns whether the whole value has ended.

        One loop without calls for what is frequent, since a call for each value would double its cost: texts, small
        numbers, None, and small containers.
        """
        data, frames = self.data, self.frames
        items, left, kind, end, i = self.items, self.left, self.kind, self.end, self.at
        push = items.append
        budget = self.budget
        values, objects = self.values, self.objects
        most_values, most_objects = budget.values, budget.objects
        try:
            for _ in range(rounds):
                while not left:
                    if not frames:
                        return True
                    value: Value
                    if kind == _ARRAY:
                        value = items
                    elif kind == _MAP:
                        keys = items[::2]
                        if set(map(type, keys)) <= _TEXT:
                            value = dict(zip(keys, items[1::2], strict=True))
                            if len(value) != len(keys):
                                value = Map(items)
                        else:
                            value = Map(items)
                    else:
                        if i < end:
                            raise _Fault("bytes after the value of an extension")
                        value = extension(kind, items[0], self.namer)
                        if type(value) is Opaque:
                            self.opaque.append(value.reason)
                    items, left, kind, end = frames.pop()
                    push = items.append
                    push(value)
                if values >= most_values:
                    raise _Fault(f"more than {most_values:,} values", is_limit=True)
                piece = min(left, _PIECE, most_values - values)
                left -= piece
                values += piece
                while piece:
                    piece -= 1
                    if i >= end:
                        raise _Fault("it ends too early")
                    lead = data[i]
                    i += 1
                    if lead < 0x80:
                        push(lead)
                        continue
                    if lead >= 0xE0:
                        push(lead - 256)
                        continue
                    if 0xA0 <= lead < 0xC0:
                        after = i + (lead & 31)
                        if after <= end:
                            try:
                                push(data[i:after].decode())
                                i = after
                                continue
                            except UnicodeDecodeError:
                                pass
                        i = self.text(items, i, after, end)
                        continue
                    if lead == 0xC0:
                        push(None)
                        continue
                    if lead < 0xA0:
                        inner, count = (_MAP, 2 * (lead & 15)) if lead < 0x90 else (_ARRAY, lead & 15)
                        inside = end
                    elif lead >= 0xDC:
                        width = 2 << (lead & 1)
                        count = _from_bytes(data[i : i + width], "big")
                        i = _past(i, width, end)
                        inner, inside = (_MAP, end) if lead >= 0xDE else (_ARRAY, end)
                        count *= 2 if inner == _MAP else 1
                        if count >= _BULK and inner == _ARRAY and _is_bulk(data, i, count, end):
                            if values + count > most_values:
                                raise _Fault(f"more than {most_values:,} values", is_limit=True)
                            push(list(unpack(">" + "xd" * count, data[i : i + 9 * count])))
                            values += count
                            i += 9 * count
                            continue
                    elif 0xC7 <= lead <= 0xC9 or 0xD4 <= lead <= 0xD8:
                        start, code, inside = _extension(data, i, lead, end)
                        if code not in KNOWN or start == inside:
                            self.skip(items, code, start, inside)
                            i = inside
                            continue
                        i, inner, count = start, code, 1
                    else:
                        i = self.scalar(items, i, lead, end)
                        continue
                    # A container or an extension begins; what is left of the piece is read when it has ended.
                    left += piece
                    values -= piece
                    if count > inside - i:
                        raise _Fault("a container that claims more values than there are bytes")
                    if len(frames) >= budget.depth:
                        raise _Fault(f"nested deeper than {budget.depth:,} levels", is_limit=True)
                    if objects >= most_objects:
                        raise _Fault(f"more than {most_objects:,} containers", is_limit=True)
                    objects += 1
                    frames.append((items, left, kind, end))
                    items, left, kind, end = [], count, inner, inside
                    push = items.append
                    break
            return False
        finally:
            self.items, self.left, self.kind, self.end, self.at = items, left, kind, end, i
            self.values, self.objects = values, objects

    def leave(self, reason: str) -> bool:
        """Continue after the innermost extension, whose bytes are damaged; returns whether there is one."""
        partial: list[Value] = []
        while self.frames:
            partial = self.items + partial
            kind, end = self.kind, self.end
            self.items, self.left, self.kind, self.end = self.frames.pop()
            if kind >= 0:
                reason = f"a damaged extension: {reason}, at byte {self.at:,}"
                self.items.append(Opaque(reason, max(end - self.at, 0), partial))
                self.opaque.append(reason)
                self.at = end
                return True
        self.items = partial + self.items
        return False

    # -- what is rare ------------------------------------------------------------------------------------------------

    def scalar(self, items: list[Value], at: int, lead: int, end: int) -> int:
        """Read a value that is not a container, by its lead byte; returns where it ends."""
        data = self.data
        if lead == 0xC2 or lead == 0xC3:
            items.append(lead == 0xC3)
            return at
        if 0xCA <= lead <= 0xD3:
            width = 4 if lead == 0xCA else 8 if lead == 0xCB else 1 << (lead & 3)
            after = _past(at, width, end)
            if lead == 0xCB:
                items.append(_float64(data, at)[0])
            elif lead == 0xCA:
                items.append(_float32(data, at)[0])
            else:
                items.append(_from_bytes(data[at:after], "big", signed=lead >= 0xD0))
            return after
        if lead == 0xC1:
            raise _Fault("a byte that MessagePack never uses")
        is_text = lead >= 0xD9
        width = 1 << (lead - (0xD9 if is_text else 0xC4))
        start = _past(at, width, end)
        after = start + _from_bytes(data[at:start], "big")
        if is_text:
            return self.text(items, start, after, end)
        items.append(data[start : _past(start, after - start, end)])
        return after

    def text(self, items: list[Value], start: int, after: int, end: int) -> int:
        """Read a text; returns where it ends."""
        raw = self.data[start : _past(start, after - start, end)]
        try:
            items.append(raw.decode())
        except UnicodeDecodeError:
            try:
                items.append(raw.decode("utf-8", "surrogatepass"))
            except UnicodeDecodeError:
                items.append(Opaque("a text that is not UTF-8", len(raw), [raw]))
                self.opaque.append("a text that is not UTF-8")
        return after

    def skip(self, items: list[Value], code: int, start: int, end: int) -> None:
        """Keep the bytes of an extension that is not MessagePack."""
        what = "without a value" if code in KNOWN else "of a serializer that is not LangGraph's"
        reason = f"extension {code} {what}"
        items.append(Opaque(reason, end - start, [self.data[start:end]]))
        self.opaque.append(reason)


def _past(at: int, size: int, end: int) -> int:
    """Where so many bytes end.

    Raises:
        _Fault: there are fewer.
    """
    if size > end - at:
        raise _Fault("a value that claims more bytes than there are")
    return at + size


def _is_bulk(data: bytes, at: int, count: int, end: int) -> bool:
    """Whether an array is nothing but numbers of 64 bits, as embeddings are."""
    return 9 * count <= end - at and data[at] == 0xCB and data[at : at + 9 * count : 9] == b"\xcb" * count


def _extension(data: bytes, at: int, lead: int, end: int) -> tuple[int, int, int]:
    """Where the bytes of an extension begin, its code, and where it ends."""
    if lead <= 0xC9:
        width = 1 << (lead - 0xC7)
        after = _past(at, width, end)
        at, size = after, _from_bytes(data[at:after], "big")
    else:
        size = 1 << (lead - 0xD4)
    start = _past(at, 1, end)
    return start, _from_bytes(data[at:start], "big", signed=True), _past(start, size, end)
