"""Bytes of a pickle become inert values; nothing the payload names is imported, called or looked up.

An interpreter of the pickle machine of its own, for protocols 0 to 5 (CPython's Lib/pickletools.py describes the
opcodes). It never builds a Python set or dict from payload values, since hashing them can crash or hang the
interpreter, and it stores attributes only in the fixed fields of `ckpt_tui.core.value.Obj`.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from itertools import repeat
from struct import Struct
from typing import NamedTuple

from ckpt_tui.core.budgets import DEFAULT_PICKLE, PickleBudget
from ckpt_tui.core.value import Map, Obj, Opaque, Ref, SetOf, Value

_CHECK_EVERY = 16_384
"""Opcodes between two looks at the budgets and at `check`: about 3 ms."""

_unpack_double = Struct(">d").unpack_from
_from_bytes = int.from_bytes

# Protocol 0 strings use this codec; looked up here so that decoding itself never triggers the import of a codec.
_raw_unicode_escape = codecs.lookup("raw-unicode-escape").decode
_escape_decode = codecs.escape_decode


class PickleFault(Exception):
    """A pickle cannot be read further; `position` is the byte where the faulty opcode begins."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position


class Decoded(NamedTuple):
    """What a pickle holds.

    Attributes:
        value: The value; an `Opaque` with the reason and the readable part when it could not be read to its end.
        opcodes: Opcodes executed, rounded up to whole checks for long pickles.
        fault: Why it was not read to its end, or "".
        trailing: Bytes after the end of the pickle.
    """

    value: Value
    opcodes: int
    fault: str
    trailing: int


def decode(data: bytes, budget: PickleBudget = DEFAULT_PICKLE, check: Callable[[], None] | None = None) -> Decoded:
    """Decode one pickle, protocols 0 to 5, into inert values.

    Nothing is imported, called or looked up. A damaged or over-large pickle is no exception: its value is an `Opaque`
    that says why and holds what was read before.

    Args:
        data: The bytes of the pickle.
        budget: What it may cost.
        check: Called every few thousand opcodes; whatever it raises ends the decoding.
    """
    if len(data) > budget.bytes:
        reason = f"a pickle of {len(data):,} bytes; at most {budget.bytes:,} are decoded"
        return Decoded(Opaque(reason, len(data)), 0, reason, 0)
    machine = _Machine(data, budget, check)
    try:
        value, end = machine.run()
    except PickleFault as fault:
        reason = f"{fault.reason}, at byte {fault.position:,} of {len(data):,}"
    except IndexError:
        reason = _what_ran_out(machine, data)
    except (UnicodeDecodeError, ValueError, OverflowError, TypeError) as error:
        # TypeError: an opcode met a mark or a value of the wrong kind; the text is Python's, about our own fields.
        reason = f"a damaged value ({type(error).__name__}), at byte {machine.position:,} of {len(data):,}"
    else:
        return Decoded(value, machine.opcodes, "", len(data) - end)
    return Decoded(Opaque(reason, len(data), machine.stack), machine.opcodes, reason, 0)


def _what_ran_out(machine: _Machine, data: bytes) -> str:
    if machine.reached >= len(data):
        return f"the pickle ends too early, after {len(data):,} bytes"
    return f"the pickle takes more from its stack than it put there, at byte {machine.position:,} of {len(data):,}"


class _Machine:
    """One run over one pickle. `position` and `reached` are where the last opcode began and how far it was read."""

    __slots__ = ("budget", "check", "data", "marks", "memo", "opcodes", "position", "reached", "sparse", "stack")

    def __init__(self, data: bytes, budget: PickleBudget, check: Callable[[], None] | None) -> None:
        self.data = data
        self.budget = budget
        self.check = check
        self.stack: list[Value] = []
        self.memo: list[Value] = []
        self.sparse: dict[int, Value] = {}
        self.marks: list[int] = []  # heights of the stack; marks are no values and never stand among them
        self.opcodes = 0
        self.position = 0
        self.reached = 0

    def run(self) -> tuple[Value, int]:  # noqa: C901 one loop over the opcodes, most frequent first: calls would double its cost
        data = self.data
        size = len(data)
        stack = self.stack
        push = stack.append
        pop = stack.pop
        memo = self.memo
        remember = memo.append
        marks = self.marks
        budget = self.budget
        objects = 0
        limit = budget.objects
        i = start = 0
        try:
            while True:
                if self.opcodes >= budget.opcodes:
                    raise PickleFault(f"more than {budget.opcodes:,} operations", i)
                if objects > limit:
                    raise PickleFault(f"more than {limit:,} objects", i)
                if self.check is not None:
                    self.check()
                self.opcodes += _CHECK_EVERY
                for _ in repeat(None, _CHECK_EVERY):
                    start = i
                    op = data[i]
                    i += 1
                    if op == 0x94:  # MEMOIZE
                        remember(stack[-1])
                    elif op == 0x8C:  # SHORT_BINUNICODE
                        end = i + 1 + data[i]
                        if end > size:
                            raise self._short(start)
                        text = str(data[i + 1 : end], "utf-8", "surrogatepass")
                        push(text)
                        i = end
                        if i < size and data[i] == 0x94:  # nearly always memoized at once
                            remember(text)
                            i += 1
                    elif op == 0x4E:  # NONE
                        push(None)
                    elif op == 0x68:  # BINGET
                        index = data[i]
                        i += 1
                        if index < len(memo):
                            push(memo[index])
                        else:
                            self.position = start
                            push(self._recall(index))
                    elif op == 0x4B:  # BININT1
                        push(data[i])
                        i += 1
                    elif op == 0x28:  # MARK
                        marks.append(len(stack))
                        objects += 1
                    elif op == 0x7D:  # EMPTY_DICT
                        push(Map())
                        objects += 1
                    elif op == 0x75:  # SETITEMS
                        at = marks.pop()
                        self._set_items(stack[at - 1], stack[at:], start) if at else self._underflow(start)
                        del stack[at:]
                    elif op == 0x93:  # STACK_GLOBAL
                        qualname = pop()
                        module = pop()
                        if type(qualname) is not str or type(module) is not str:
                            raise PickleFault("a class named by something that is no text", start)
                        push(Ref(module, qualname))
                        objects += 1
                    elif op == 0x29:  # EMPTY_TUPLE
                        push(())
                    elif op == 0x81:  # NEWOBJ
                        args = pop()
                        push(Obj(pop(), args))
                        objects += 1
                    elif op == 0x62:  # BUILD
                        state = pop()
                        target = stack[-1]
                        if type(target) is not Obj:
                            raise PickleFault("a state for something that is no object", start)
                        if target.has_state and target.state is not None:
                            # A second state updates the first one, so both are kept.
                            state = (target.state, state)
                        target.state = state
                        target.has_state = True
                    elif op == 0x5D:  # EMPTY_LIST
                        push([])
                        objects += 1
                    elif op == 0x88:  # NEWTRUE
                        push(True)
                    elif op == 0x89:  # NEWFALSE
                        push(False)
                    elif op == 0x52:  # REDUCE
                        args = pop()
                        push(Obj(pop(), args, "call"))
                        objects += 1
                    elif op == 0x61:  # APPEND
                        item = pop()
                        self._append(stack[-1], [item], start)
                    elif op == 0x65:  # APPENDS
                        at = marks.pop()
                        self._append(stack[at - 1], stack[at:], start) if at else self._underflow(start)
                        del stack[at:]
                    elif op == 0x85:  # TUPLE1
                        stack[-1] = (stack[-1],)
                        objects += 1
                    elif op == 0x86:  # TUPLE2
                        last = pop()
                        stack[-1] = (stack[-1], last)
                        objects += 1
                    elif op == 0x87:  # TUPLE3
                        last = pop()
                        middle = pop()
                        stack[-1] = (stack[-1], middle, last)
                        objects += 1
                    elif op == 0x4D:  # BININT2
                        if i + 2 > size:
                            raise self._short(start)
                        push(data[i] | data[i + 1] << 8)
                        i += 2
                    elif op == 0x4A:  # BININT
                        if i + 4 > size:
                            raise self._short(start)
                        push(_from_bytes(data[i : i + 4], "little", signed=True))
                        i += 4
                    elif op == 0x47:  # BINFLOAT
                        if i + 8 > size:
                            raise self._short(start)
                        push(_unpack_double(data, i)[0])
                        i += 8
                    elif op == 0x73:  # SETITEM
                        item = pop()
                        key = pop()
                        self._set_items(stack[-1], [key, item], start)
                    elif op == 0x6A:  # LONG_BINGET
                        if i + 4 > size:
                            raise self._short(start)
                        index = _from_bytes(data[i : i + 4], "little")
                        i += 4
                        if index < len(memo):
                            push(memo[index])
                        else:
                            self.position = start
                            push(self._recall(index))
                    elif op == 0x58:  # BINUNICODE
                        if i + 4 > size:
                            raise self._short(start)
                        end = i + 4 + _from_bytes(data[i : i + 4], "little")
                        if end > size:
                            raise self._short(start)
                        push(str(data[i + 4 : end], "utf-8", "surrogatepass"))
                        i = end
                    elif op == 0x74:  # TUPLE
                        at = marks.pop()
                        items = tuple(stack[at:])
                        del stack[at:]
                        push(items)
                        objects += 1
                    elif op == 0x71:  # BINPUT
                        index = data[i]
                        i += 1
                        if index == len(memo) and not self.sparse:
                            remember(stack[-1])
                        else:
                            self._store(index, stack[-1], start)
                    elif op == 0x95:  # FRAME
                        if i + 8 > size:
                            raise self._short(start)
                        if _from_bytes(data[i : i + 8], "little") > size - i - 8:
                            raise PickleFault("a frame that claims more bytes than there are", start)
                        i += 8
                    elif op == 0x80:  # PROTO
                        if data[i] > 5:
                            raise PickleFault(f"pickle protocol {data[i]}; 0 to 5 are known", start)
                        i += 1
                    elif op == 0x2E:  # STOP
                        if not stack:
                            self._underflow(start)
                        self.opcodes -= _CHECK_EVERY - 1
                        return pop(), i
                    else:
                        self.position = start
                        i = self._rare(op, i)
                        objects += 1
        finally:
            self.position = start
            self.reached = i

    # -- what the loop hands over ------------------------------------------------------------------------------------

    def _short(self, start: int) -> PickleFault:
        return PickleFault("a value that claims more bytes than there are", start)

    def _underflow(self, start: int) -> None:
        raise PickleFault("the pickle takes more from its stack than it put there", start)

    def _recall(self, index: int) -> Value:
        if index < len(self.memo):
            return self.memo[index]
        if index in self.sparse:
            return self.sparse[index]
        raise PickleFault(f"a reference to value {index:,}, which was never stored", self.position)

    def _store(self, index: int, value: Value, start: int) -> None:
        memo = self.memo
        if index < len(memo):
            memo[index] = value
        elif index == len(memo) and index not in self.sparse:
            memo.append(value)
        else:
            if len(self.sparse) >= self.budget.memo_gap:
                raise PickleFault(f"more than {self.budget.memo_gap:,} values stored out of sequence", start)
            self.sparse[index] = value

    def _set_items(self, target: Value, kv: list[Value], start: int) -> None:
        if len(kv) % 2:
            raise PickleFault("an odd number of keys and values", start)
        kind = type(target)
        if kind is Map:
            target.kv += kv
        elif kind is Obj:
            if target.pairs is None:
                target.pairs = kv
            else:
                target.pairs += kv
        else:
            raise PickleFault("keys and values for something that is no mapping", start)

    def _append(self, target: Value, items: list[Value], start: int) -> None:
        kind = type(target)
        if kind is list:
            target += items
        elif kind is Obj:
            if target.items is None:
                target.items = items
            else:
                target.items += items
        else:
            raise PickleFault("items for something that is no list", start)

    def _take(self, i: int, count: int) -> tuple[bytes, int]:
        if count < 0 or i + count > len(self.data):
            raise self._short(self.position)
        return self.data[i : i + count], i + count

    def _sized(self, i: int, width: int) -> tuple[bytes, int]:
        head, i = self._take(i, width)
        return self._take(i, _from_bytes(head, "little"))

    def _line(self, i: int) -> tuple[bytes, int]:
        end = self.data.find(b"\n", i)
        if end < 0:
            raise PickleFault("a line without an end", self.position)
        return self.data[i:end], end + 1

    def _rare(self, op: int, i: int) -> int:
        """Run one of the opcodes that are rare in checkpoints; returns where the next one begins."""
        handler = _RARE.get(op)
        if handler is None:
            raise PickleFault(f"0x{op:02x} is no pickle operation", self.position)
        return handler(self, i)


def _binbytes(width: int) -> Callable[[_Machine, int], int]:
    def run(m: _Machine, i: int) -> int:
        value, i = m._sized(i, width)
        m.stack.append(value)
        return i

    return run


def _binunicode8(m: _Machine, i: int) -> int:
    value, i = m._sized(i, 8)
    m.stack.append(str(value, "utf-8", "surrogatepass"))
    return i


def _bytearray8(m: _Machine, i: int) -> int:
    value, i = m._sized(i, 8)
    m.stack.append(bytearray(value))
    return i


def _binstring(width: int) -> Callable[[_Machine, int], int]:
    def run(m: _Machine, i: int) -> int:
        value, i = m._sized(i, width)
        m.stack.append(_old_text(value))
        return i

    return run


def _old_text(value: bytes) -> Value:
    # Python 2 wrote both text and bytes this way; CPython reads them as ASCII and fails on anything else.
    return value.decode("ascii") if value.isascii() else value


def _string(m: _Machine, i: int) -> int:
    line, i = m._line(i)
    line = line.strip(b" \t\r")
    if len(line) < 2 or line[0] != line[-1] or line[:1] not in (b"'", b'"'):
        raise PickleFault("a text without its quotes", m.position)
    m.stack.append(_old_text(_escape_decode(line[1:-1])[0]))
    return i


def _unicode(m: _Machine, i: int) -> int:
    line, i = m._line(i)
    m.stack.append(_raw_unicode_escape(line)[0])
    return i


def _long(width: int) -> Callable[[_Machine, int], int]:
    def run(m: _Machine, i: int) -> int:
        value, i = m._sized(i, width) if width == 1 else _long4(m, i)
        if len(value) > m.budget.binary_integer:
            m.stack.append(Opaque(f"an integer of {len(value):,} bytes", len(value)))
        else:
            m.stack.append(_from_bytes(value, "little", signed=True))
        return i

    return run


def _long4(m: _Machine, i: int) -> tuple[bytes, int]:
    head, i = m._take(i, 4)
    return m._take(i, _from_bytes(head, "little", signed=True))


def _text_integer(m: _Machine, line: bytes) -> Value:
    if len(line) > m.budget.text_integer:
        return Opaque(f"an integer of {len(line):,} digits", len(line))
    return int(line)


def _int(m: _Machine, i: int) -> int:
    line, i = m._line(i)
    m.stack.append(False if line == b"00" else True if line == b"01" else _text_integer(m, line))
    return i


def _long_text(m: _Machine, i: int) -> int:
    line, i = m._line(i)
    m.stack.append(_text_integer(m, line[:-1] if line.endswith(b"L") else line))
    return i


def _float(m: _Machine, i: int) -> int:
    line, i = m._line(i)
    m.stack.append(float(line))
    return i


def _pop(m: _Machine, i: int) -> int:
    if m.marks and m.marks[-1] == len(m.stack):
        m.marks.pop()
    else:
        m.stack.pop()
    return i


def _pop_mark(m: _Machine, i: int) -> int:
    del m.stack[m.marks.pop() :]
    return i


def _dup(m: _Machine, i: int) -> int:
    m.stack.append(m.stack[-1])
    return i


def _since_mark(m: _Machine) -> list[Value]:
    at = m.marks.pop()
    items = m.stack[at:]
    del m.stack[at:]
    return items


def _list(m: _Machine, i: int) -> int:
    m.stack.append(_since_mark(m))
    return i


def _dict(m: _Machine, i: int) -> int:
    kv = _since_mark(m)
    if len(kv) % 2:
        raise PickleFault("an odd number of keys and values", m.position)
    m.stack.append(Map(kv))
    return i


def _empty_set(m: _Machine, i: int) -> int:
    m.stack.append(SetOf([]))
    return i


def _add_items(m: _Machine, i: int) -> int:
    items = _since_mark(m)
    target = m.stack[-1]
    if type(target) is SetOf:
        target.items += items
    elif type(target) is Obj:
        m._append(target, items, m.position)
    else:
        raise PickleFault("items for something that is no set", m.position)
    return i


def _frozenset(m: _Machine, i: int) -> int:
    m.stack.append(SetOf(_since_mark(m), frozen=True))
    return i


def _name(line: bytes) -> str:
    return str(line, "utf-8", "surrogateescape")


def _ref(module: bytes, qualname: bytes) -> Ref:
    # Protocols 0 to 2 write the module names of Python 2, whoever writes them.
    name = _name(module)
    return Ref(_PYTHON_2.get(name, name), _name(qualname))


_PYTHON_2 = {"__builtin__": "builtins", "copy_reg": "copyreg", "exceptions": "builtins", "__builtins__": "builtins"}


def _global(m: _Machine, i: int) -> int:
    module, i = m._line(i)
    qualname, i = m._line(i)
    m.stack.append(_ref(module, qualname))
    return i


def _inst(m: _Machine, i: int) -> int:
    module, i = m._line(i)
    qualname, i = m._line(i)
    args = tuple(_since_mark(m))
    m.stack.append(Obj(_ref(module, qualname), args, "call"))
    return i


def _obj(m: _Machine, i: int) -> int:
    items = _since_mark(m)
    if not items:
        raise PickleFault("an object without a class", m.position)
    m.stack.append(Obj(items[0], tuple(items[1:]), "call"))
    return i


def _newobj_ex(m: _Machine, i: int) -> int:
    kwargs = m.stack.pop()
    args = m.stack.pop()
    m.stack.append(Obj(m.stack.pop(), args, "new", kwargs))
    return i


def _put(m: _Machine, i: int) -> int:
    line, i = m._line(i)
    if len(line) > 20 or not line.isdigit():
        raise PickleFault("a memo number that is none", m.position)
    m._store(int(line), m.stack[-1], m.position)
    return i


def _long_binput(m: _Machine, i: int) -> int:
    head, i = m._take(i, 4)
    m._store(_from_bytes(head, "little"), m.stack[-1], m.position)
    return i


def _get(m: _Machine, i: int) -> int:
    line, i = m._line(i)
    if len(line) > 20 or not line.isdigit():
        raise PickleFault("a memo number that is none", m.position)
    m.stack.append(m._recall(int(line)))
    return i


def _persid(m: _Machine, i: int) -> int:
    line, i = m._line(i)
    m.stack.append(Opaque("a persistent id, known only to the program that wrote it", len(line), [_name(line)]))
    return i


def _binpersid(m: _Machine, i: int) -> int:
    m.stack.append(Opaque("a persistent id, known only to the program that wrote it", 0, [m.stack.pop()]))
    return i


def _ext(width: int) -> Callable[[_Machine, int], int]:
    def run(m: _Machine, i: int) -> int:
        head, i = m._take(i, width)
        code = _from_bytes(head, "little")
        m.stack.append(Ref("copyreg", f"extension {code}"))
        return i

    return run


def _next_buffer(m: _Machine, i: int) -> int:
    m.stack.append(Opaque("a buffer that was kept outside the pickle"))
    return i


def _readonly_buffer(m: _Machine, i: int) -> int:
    if not m.stack:
        raise IndexError
    return i


_RARE: dict[int, Callable[[_Machine, int], int]] = {
    0x43: _binbytes(1),  # SHORT_BINBYTES
    0x42: _binbytes(4),  # BINBYTES
    0x8E: _binbytes(8),  # BINBYTES8
    0x8D: _binunicode8,
    0x96: _bytearray8,
    0x55: _binstring(1),  # SHORT_BINSTRING
    0x54: _binstring(4),  # BINSTRING
    0x53: _string,
    0x56: _unicode,
    0x8A: _long(1),  # LONG1
    0x8B: _long(4),  # LONG4
    0x49: _int,
    0x4C: _long_text,
    0x46: _float,
    0x30: _pop,
    0x31: _pop_mark,
    0x32: _dup,
    0x6C: _list,
    0x64: _dict,
    0x8F: _empty_set,
    0x90: _add_items,
    0x91: _frozenset,
    0x63: _global,
    0x69: _inst,
    0x6F: _obj,
    0x92: _newobj_ex,
    0x70: _put,
    0x72: _long_binput,
    0x67: _get,
    0x50: _persid,
    0x51: _binpersid,
    0x82: _ext(1),
    0x83: _ext(2),
    0x84: _ext(4),
    0x97: _next_buffer,
    0x98: _readonly_buffer,
}
