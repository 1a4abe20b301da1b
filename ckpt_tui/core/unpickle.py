"""Bytes of a pickle become inert values; nothing the payload names is imported, called or looked up.

An interpreter of the pickle machine of its own, for protocols 0 to 5 (CPython's Lib/pickletools.py describes the
opcodes). It never builds a Python set or dict from payload values, since hashing them can crash or hang the
interpreter, and it stores attributes only in the fixed fields of `ckpt_tui.core.value.Obj`.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from operator import length_hint
from struct import Struct
from typing import NamedTuple

from ckpt_tui.core.budgets import DEFAULT_PICKLE, PickleBudget
from ckpt_tui.core.machine import NATIVE, Machine, PickleFault
from ckpt_tui.core.opcodes import RARE
from ckpt_tui.core.value import Map, Obj, Opaque, Ref, Value

_CHECK_EVERY = 16_384
"""Operations between two looks at the budgets and at `check`: about 3 ms."""

_unpack_double = Struct(">d").unpack_from
_from_bytes = int.from_bytes


class Decoded(NamedTuple):
    """What a pickle holds.

    Attributes:
        value: The value; an `Opaque` with the reason and the readable part when it could not be read to its end.
        opcodes: Steps taken: an operation together with the memoizing or the None that follows it is one step.
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
        check: Called every few thousand operations; whatever it raises ends the decoding.
    """
    if len(data) > budget.bytes:
        reason = f"a pickle of {len(data):,} bytes; at most {budget.bytes:,} are decoded"
        return Decoded(Opaque(reason, len(data)), 0, reason, 0)
    machine = Machine(data, budget)
    try:
        value, end = run(machine, check)
    except PickleFault as fault:
        reason = f"{fault.reason}, at byte {fault.position:,} of {len(data):,}"
    except IndexError:
        reason = _what_ran_out(machine)
    except (ValueError, OverflowError) as error:
        # The text is Python's own, about a number or an encoding.
        reason = f"a damaged value ({type(error).__name__}), at byte {machine.position:,} of {len(data):,}"
    else:
        return Decoded(value, machine.steps, "", len(data) - end)
    return Decoded(Opaque(reason, len(data), machine.stack), machine.steps, reason, 0)


def _what_ran_out(machine: Machine) -> str:
    size = len(machine.data)
    if machine.reached >= size:
        return f"the pickle ends too early, after {size:,} bytes"
    return f"the pickle takes more from its stack than it put there, at byte {machine.position:,} of {size:,}"


def _after_header(m: Machine) -> int:
    """Where the operations begin in a pickle of protocol 4 or 5 that begins with a frame; 0 for any other."""
    data = m.data
    if data[:3] in (b"\x80\x05\x95", b"\x80\x04\x95") and len(data) >= 11:
        m.protocol = data[1]
        m.position = 2
        m.frame(_from_bytes(data[3:11], "little"), 11)
        return 11
    return 0


def run(m: Machine, check: Callable[[], None] | None = None) -> tuple[Value, int]:  # noqa: C901
    """Run a machine over its pickle; returns the value and where the pickle ends. `decode` is the way in for most.

    Args:
        m: A fresh machine; whatever happens, its `steps`, `position` and `reached` tell how far it came.
        check: Called every few thousand operations; whatever it raises is passed on.

    Raises:
        PickleFault: the pickle cannot be read further.
        IndexError: it ends too early, or takes more from its stack or memo than was put there.
        ValueError, OverflowError: a number or a text is damaged.
    """
    # One loop over the operations, the most frequent first; calls would double its cost. What follows an operation
    # nearly always (memoizing it, a None) is run with it.
    data = m.data
    size = len(data)
    stack = m.stack
    push = stack.append
    pop = stack.pop
    memo = m.memo
    remember = memo.append
    marks = m.marks
    objects = 0
    limit = m.budget.objects
    remaining = repeat(None, 0)
    i = start = _after_header(m)
    try:
        while True:
            turns = min(_CHECK_EVERY, m.budget.opcodes - m.steps)
            if turns <= 0:
                raise PickleFault(f"more than {m.budget.opcodes:,} operations", i)
            if check is not None:
                check()
            m.steps += turns
            remaining = repeat(None, turns)
            for _ in remaining:
                start = i
                op = data[i]
                i += 1
                if op == 0x8C:  # SHORT_BINUNICODE
                    end = i + 1 + data[i]
                    if end > size:
                        raise m.short(start)
                    try:
                        text = data[i + 1 : end].decode()
                    except UnicodeDecodeError:
                        text = str(data[i + 1 : end], "utf-8", "surrogatepass")
                    push(text)
                    i = end
                    if data[i] == 0x94:
                        i += 1
                        remember(text)
                        if data[i] == 0x4E:
                            i += 1
                            push(None)
                elif op == 0x68:  # BINGET
                    try:
                        push(memo[data[i]])
                    except IndexError:
                        push(m.recall(data[i], start))
                    i += 1
                    if data[i] == 0x4E:
                        push(None)
                        i += 1
                elif op == 0x94:  # MEMOIZE
                    remember(stack[-1])
                elif op == 0x4B:  # BININT1
                    push(data[i])
                    i += 1
                elif op == 0x7D:  # EMPTY_DICT
                    objects += 1
                    mapping = Map()
                    push(mapping)
                    if data[i] == 0x94:
                        remember(mapping)
                        i += 1
                        if data[i] == 0x28:
                            objects += 1
                            marks.append(len(stack))
                            i += 1
                elif op == 0x75:  # SETITEMS
                    at = marks.pop()
                    m.set_items(stack[at - 1] if at else None, stack[at:], start)
                    del stack[at:]
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
                elif op == 0x29:  # EMPTY_TUPLE
                    push(())
                elif op == 0x81:  # NEWOBJ
                    objects += 1
                    args = pop()
                    made = Obj(pop(), args)
                    push(made)
                    if data[i] == 0x94:
                        remember(made)
                        i += 1
                elif op == 0x28:  # MARK
                    objects += 1
                    marks.append(len(stack))
                elif op == 0x4E:  # NONE
                    push(None)
                elif op == 0x5D:  # EMPTY_LIST
                    objects += 1
                    items: list[Value] = []
                    push(items)
                    if data[i] == 0x94:
                        remember(items)
                        i += 1
                elif op == 0x93:  # STACK_GLOBAL
                    objects += 1
                    qualname = pop()
                    push(m.named(pop(), qualname, start))
                elif op == 0x65:  # APPENDS
                    at = marks.pop()
                    m.add_items(stack[at - 1] if at else None, stack[at:], start)
                    del stack[at:]
                elif op == 0x89:  # NEWFALSE
                    push(False)
                elif op == 0x88:  # NEWTRUE
                    push(True)
                elif op == 0x4D:  # BININT2
                    push(data[i] | data[i + 1] << 8)
                    i += 2
                elif op == 0x47:  # BINFLOAT
                    if i + 8 > size:
                        raise m.short(start)
                    push(_unpack_double(data, i)[0])
                    i += 8
                elif op == 0x6A:  # LONG_BINGET
                    if i + 4 > size:
                        raise m.short(start)
                    index = _from_bytes(data[i : i + 4], "little")
                    i += 4
                    push(memo[index] if index < len(memo) else m.recall(index, start))
                elif op == 0x61:  # APPEND
                    item = pop()
                    m.add_items(stack[-1], [item], start)
                elif op == 0x52:  # REDUCE
                    objects += 1
                    args = pop()
                    cls = pop()
                    made = Obj(cls, args, "call")
                    push(m.native(made) if type(cls) is Ref and cls.qualname in NATIVE else made)
                elif op == 0x85:  # TUPLE1
                    objects += 1
                    stack[-1] = (stack[-1],)
                elif op == 0x86:  # TUPLE2
                    objects += 1
                    last = pop()
                    stack[-1] = (stack[-1], last)
                elif op == 0x87:  # TUPLE3
                    objects += 1
                    last = pop()
                    middle = pop()
                    stack[-1] = (stack[-1], middle, last)
                elif op == 0x73:  # SETITEM
                    item = pop()
                    key = pop()
                    m.set_items(stack[-1], [key, item], start)
                elif op == 0x4A:  # BININT
                    if i + 4 > size:
                        raise m.short(start)
                    push(_from_bytes(data[i : i + 4], "little", signed=True))
                    i += 4
                elif op == 0x71:  # BINPUT
                    index = data[i]
                    i += 1
                    if index == len(memo) and not m.sparse:
                        remember(stack[-1])
                    else:
                        m.store(index, stack[-1], start)
                        remember = m.memoizer()
                elif op == 0x2E:  # STOP
                    if not stack:
                        raise m.underflow(start)
                    if m.overrun is not None:
                        raise PickleFault("a frame that claims more bytes than there are", m.overrun)
                    return pop(), i
                else:
                    handler = RARE.get(op)
                    if handler is None:
                        raise PickleFault(f"0x{op:02x} is no pickle operation", start)
                    objects += 1
                    m.position = start
                    i = handler(m, i)
                    if m.sparse:
                        remember = m.memoizer()
            if objects > limit:
                raise PickleFault(f"more than {limit:,} objects", i)
    finally:
        m.steps -= length_hint(remaining)
        m.position = start
        m.reached = i
