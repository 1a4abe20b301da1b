"""Bytes of MessagePack become inert values; nothing that an extension names is imported, called or looked up.

A loop of its own over the lead bytes of the MessagePack specification, since the package `msgpack` limits neither the
values of a whole document nor the levels of extensions within extensions, each of which it copies.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct, unpack
from typing import NamedTuple

from ckpt_tui.core.budgets import DEFAULT_MESSAGE, MessageBudget
from ckpt_tui.core.msgpack.extensions import KNOWN, Namer, extension
from ckpt_tui.core.value import Decoded, Map, Opaque, Value

_CHECK_EVERY = 8_192
"""Values between two calls of `check`: about 4 ms."""

_BULK = 16
"""Numbers of an array from which on it is worth looking whether all are of one kind, as in an embedding."""

_ARRAY, _MAP = -1, -2
"""Kinds of frames beside the codes of extensions, which are moved by `_EXTENSION`."""
_EXTENSION = 1_000

_float32 = Struct(">f").unpack_from
_float64 = Struct(">d").unpack_from
_from_bytes = int.from_bytes


class _Fault(Exception):
    """The bytes cannot be read further."""

    def __init__(self, reason: str, is_limit: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_limit = is_limit


class _Frame(NamedTuple):
    """A container that is not complete: what it has, how many values are to come, and what it is."""

    items: list[Value]
    left: int
    kind: int
    end: int


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
    """One pass over the bytes of one value."""

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
        until = 0
        while True:
            while not self.left:
                if not self.frames:
                    return self.items[0]
                self.close()
            if self.values >= until:
                if check is not None:
                    check()
                until = self.values + _CHECK_EVERY
            if self.values >= self.budget.values:
                raise _Fault(f"more than {self.budget.values:,} values", is_limit=True)
            try:
                self.take(min(self.left, until - self.values, self.budget.values - self.values))
            except _Fault as fault:
                if fault.is_limit or not self.leave(fault.reason):
                    raise

    def partial(self) -> list[Value]:
        """What was read before the end, outermost first."""
        whole = [*self.frames, _Frame(self.items, self.left, self.kind, self.end)]
        return [item for frame in whole for item in frame.items]

    # -- containers --------------------------------------------------------------------------------------------------

    def open(self, kind: int, count: int, end: int = 0) -> None:
        """Begin a container of so many values; those of an extension end at `end`."""
        if count > (end or self.end) - self.at:
            raise _Fault("a container that claims more values than there are bytes")
        if len(self.frames) >= self.budget.depth:
            raise _Fault(f"nested deeper than {self.budget.depth:,} levels", is_limit=True)
        if self.objects >= self.budget.objects:
            raise _Fault(f"more than {self.budget.objects:,} containers", is_limit=True)
        self.objects += 1
        self.frames.append(_Frame(self.items, self.left, self.kind, self.end))
        self.items, self.left, self.kind, self.end = [], count, kind, end or self.end

    def close(self) -> None:
        """End the innermost container, which becomes a value of the one around it."""
        items, kind, end = self.items, self.kind, self.end
        value: Value = items
        if kind == _MAP:
            value = _mapping(items)
        elif kind != _ARRAY:
            if self.at < end and self.leave("bytes after the value of an extension"):
                return
            value = extension(kind - _EXTENSION, items[0], self.namer)
            if type(value) is Opaque:
                self.opaque.append(value.reason)
        self.items, self.left, self.kind, self.end = self.frames.pop()
        self.items.append(value)

    def leave(self, reason: str) -> bool:
        """Go on behind the innermost extension, whose bytes are damaged; whether there is one."""
        partial: list[Value] = []
        while self.frames:
            partial = self.items + partial
            kind, end = self.kind, self.end
            self.items, self.left, self.kind, self.end = self.frames.pop()
            if kind >= _EXTENSION:
                reason = f"a damaged extension: {reason}, at byte {self.at:,}"
                self.items.append(Opaque(reason, end - self.at, partial))
                self.opaque.append(reason)
                self.at = end
                return True
        self.items = partial + self.items
        return False

    # -- values ------------------------------------------------------------------------------------------------------

    def take(self, most: int) -> None:  # noqa: C901
        """Read at most so many values of the innermost container, up to the first that is a container itself."""
        # One loop without calls for what is frequent: texts, small numbers, None.
        data, i, end, push = self.data, self.at, self.end, self.items.append
        done = 0
        is_open = False
        try:
            while done < most:
                if i >= end:
                    raise _Fault("it ends too early")
                lead = data[i]
                start = i
                i += 1
                done += 1
                if lead < 0x80:
                    push(lead)
                elif 0xA0 <= lead < 0xC0:
                    i = self.text(i, lead & 31)
                elif lead >= 0xE0:
                    push(lead - 256)
                elif lead == 0xC0:
                    push(None)
                elif lead < 0xA0:
                    is_open = self.begin(i, done)
                    self.open(_MAP if lead < 0x90 else _ARRAY, 2 * (lead & 15) if lead < 0x90 else lead & 15)
                    return
                elif 0xC2 <= lead <= 0xC3:
                    push(lead == 0xC3)
                elif 0xD9 <= lead <= 0xDB:
                    i, size = self.size(i, 1 << (lead - 0xD9))
                    i = self.text(i, size)
                elif 0xCA <= lead <= 0xD3:
                    i = self.number(i, lead)
                elif 0xC4 <= lead <= 0xC6:
                    i, size = self.size(i, 1 << (lead - 0xC4))
                    push(data[i : self.past(i, size)])
                    i += size
                elif lead >= 0xDC:
                    i, size = self.size(i, 2 << (lead & 1))
                    if lead < 0xDE and self.is_bulk(i, size):
                        push(list(unpack(">" + "xd" * size, data[i : i + 9 * size])))
                        self.values += size
                        i += 9 * size
                    else:
                        is_open = self.begin(i, done)
                        self.open(_MAP if lead >= 0xDE else _ARRAY, 2 * size if lead >= 0xDE else size)
                        return
                elif lead == 0xC1:
                    i = start
                    raise _Fault("a byte that MessagePack never uses")
                else:
                    start, code, i = self.extension(i, lead)
                    if code in KNOWN and start < i:
                        is_open = self.begin(start, done)
                        self.open(_EXTENSION + code, 1, i)
                        return
                    self.skip(code, start, i)
        finally:
            self.values += done
            if not is_open:
                self.left -= done
                self.at = i

    def begin(self, at: int, done: int) -> bool:
        """Note where the values of a container begin, which is the last of so many values read; True."""
        self.at = at
        self.left -= done
        return True

    def past(self, at: int, size: int) -> int:
        """Where so many bytes end.

        Raises:
            _Fault: there are fewer.
        """
        if size > self.end - at:
            raise _Fault("a value that claims more bytes than there are")
        return at + size

    def size(self, at: int, width: int) -> tuple[int, int]:
        """Where a length ends, and the length."""
        after = self.past(at, width)
        return after, _from_bytes(self.data[at:after], "big")

    def text(self, at: int, size: int) -> int:
        """Read a text; where it ends."""
        after = self.past(at, size)
        raw = self.data[at:after]
        try:
            self.items.append(raw.decode())
        except UnicodeDecodeError:
            try:
                self.items.append(raw.decode("utf-8", "surrogatepass"))
            except UnicodeDecodeError:
                self.items.append(Opaque("a text that is not UTF-8", size, [raw]))
                self.opaque.append("a text that is not UTF-8")
        return after

    def number(self, at: int, lead: int) -> int:
        """Read a number of a fixed width; where it ends."""
        width = 4 if lead == 0xCA else 8 if lead == 0xCB else 1 << (lead & 3)
        after = self.past(at, width)
        if lead == 0xCA:
            self.items.append(_float32(self.data, at)[0])
        elif lead == 0xCB:
            self.items.append(_float64(self.data, at)[0])
        else:
            self.items.append(_from_bytes(self.data[at:after], "big", signed=lead >= 0xD0))
        return after

    def is_bulk(self, at: int, count: int) -> bool:
        """Whether an array is nothing but numbers of 64 bits, as embeddings are."""
        if count < _BULK or 9 * count > self.end - at or self.data[at] != 0xCB:
            return False
        if self.values + count > self.budget.values:
            return False
        return self.data[at : at + 9 * count : 9] == b"\xcb" * count

    def extension(self, at: int, lead: int) -> tuple[int, int, int]:
        """Where the bytes of an extension begin, its code, and where it ends."""
        if lead <= 0xC9:
            at, size = self.size(at, 1 << (lead - 0xC7))
        else:
            size = 1 << (lead - 0xD4)
        start = self.past(at, 1)
        return start, _from_bytes(self.data[at:start], "big", signed=True), self.past(start, size)

    def skip(self, code: int, start: int, end: int) -> None:
        """Keep the bytes of an extension that is not MessagePack."""
        reason = f"extension {code} " + (
            "without a value" if code in KNOWN else "of a serializer that is not LangGraph's"
        )
        self.items.append(Opaque(reason, end - start, [self.data[start:end]]))
        self.opaque.append(reason)


def _mapping(kv: list[Value]) -> Value:
    """A mapping of key, value, key, value, ...: a dict where the keys are texts and all different."""
    keys = kv[::2]
    if all(type(key) is str for key in keys):
        found = dict(zip(keys, kv[1::2], strict=True))
        if len(found) == len(keys):
            return found
    return Map(kv)
