"""The operations of the pickle machine that are rare in checkpoints; the frequent ones are inlined in `interpreter`.

Each takes the machine and the place after its own byte, and returns where the next operation begins.
"""

from __future__ import annotations

from ckpt_tui.core.pickles.literals import LITERALS
from ckpt_tui.core.pickles.machine import Machine, Operation, PickleFault
from ckpt_tui.core.value import Map, Obj, SetOf

# -- the pickle itself ------------------------------------------------------------------------------------------------


def _proto(m: Machine, i: int) -> int:
    before, m.protocol = m.protocol, m.data[i]
    if m.protocol > 5:
        raise PickleFault(f"pickle protocol {m.protocol}; 0 to 5 are known", m.position)
    m.globals = {}  # later protocols have other names
    if m.protocol < 3 <= before:
        m.name_again()
    return i + 1


def _frame(m: Machine, i: int) -> int:
    head, i = m.take(i, 8)
    m.frame(int.from_bytes(head, "little"), i)
    return i


# -- the stack --------------------------------------------------------------------------------------------------------


def _pop(m: Machine, i: int) -> int:
    if m.marks and m.marks[-1] == len(m.stack):
        m.marks.pop()
    else:
        m.drop(m.stack.pop())
    return i


def _pop_mark(m: Machine, i: int) -> int:
    for value in m.since_mark():
        m.drop(value)
    return i


def _dup(m: Machine, i: int) -> int:
    m.stack.append(m.stack[-1])
    return i


# -- containers -------------------------------------------------------------------------------------------------------


def _list(m: Machine, i: int) -> int:
    m.stack.append(m.since_mark())
    return i


def _dict(m: Machine, i: int) -> int:
    kv = m.since_mark()
    if len(kv) % 2:
        raise PickleFault("an odd number of keys and values", m.position)
    m.stack.append(Map(kv))
    return i


def _empty_set(m: Machine, i: int) -> int:
    m.stack.append(SetOf([]))
    return i


def _add_items(m: Machine, i: int) -> int:
    items = m.since_mark()
    target = m.stack[-1]
    if type(target) is SetOf:
        target.items += items
    elif type(target) is Obj:
        m.add_items(target, items, m.position)
    else:
        raise PickleFault("items for something that is not a set", m.position)
    return i


def _frozenset(m: Machine, i: int) -> int:
    m.stack.append(SetOf(m.since_mark(), frozen=True))
    return i


# -- classes and objects ----------------------------------------------------------------------------------------------


def _global(m: Machine, i: int) -> int:
    end = m.data.find(b"\n", m.data.find(b"\n", i) + 1)
    if end < i:
        raise PickleFault("a line without an end", m.position)
    written = m.data[i:end]
    made = m.globals.get(written)
    if made is None:
        made = m.named_in_text(*written.split(b"\n"))
        if not m.globals:
            m.globals = {}
        m.globals[written] = made
    m.stack.append(made)
    return end + 1


def _inst(m: Machine, i: int) -> int:
    module, i = m.line(i)
    qualname, i = m.line(i)
    args = tuple(m.since_mark())
    m.stack.append(Obj(m.named_in_text(module, qualname), args, "call"))
    return i


def _obj(m: Machine, i: int) -> int:
    items = m.since_mark()
    if not items:
        raise PickleFault("an object without a class", m.position)
    m.stack.append(Obj(items[0], tuple(items[1:]), "call"))
    return i


def _newobj_ex(m: Machine, i: int) -> int:
    kwargs = m.stack.pop()
    args = m.stack.pop()
    m.stack.append(Obj(m.stack.pop(), args, "new", kwargs))
    return i


def _ext(width: int) -> Operation:
    def run(m: Machine, i: int) -> int:
        head, i = m.take(i, width)
        # The registry of extension codes belongs to this process, not to the one that wrote the file.
        m.stack.append(m.named("copyreg", f"extension {int.from_bytes(head, 'little')}", m.position))
        return i

    return run


# -- the memo ---------------------------------------------------------------------------------------------------------


def _number(m: Machine, i: int) -> tuple[int, int]:
    line, i = m.line(i)
    if len(line) > 20 or not line.isdigit():
        raise PickleFault("a memo number that is not a number", m.position)
    return int(line), i


def _put(m: Machine, i: int) -> int:
    index, i = _number(m, i)
    m.store(index, m.stack[-1], m.position)
    return i


def _get(m: Machine, i: int) -> int:
    index, i = _number(m, i)
    m.stack.append(m.recall(index, m.position))
    return i


# -- known only to the program that wrote it --------------------------------------------------------------------------


PERSISTENT = "a persistent id, known only to the program that wrote it"
BUFFER = "a buffer that was kept outside the pickle"
"""Reasons why an operation has no value that can be shown."""


def _persid(m: Machine, i: int) -> int:
    line, i = m.line(i)
    name = str(line, "utf-8", "surrogateescape")
    m.stack.append(m.no_value(PERSISTENT, len(line), [name]))
    return i


def _binpersid(m: Machine, i: int) -> int:
    m.stack.append(m.no_value(PERSISTENT, 0, [m.stack.pop()]))
    return i


def _next_buffer(m: Machine, i: int) -> int:
    m.stack.append(m.no_value(BUFFER))
    return i


def _readonly_buffer(m: Machine, i: int) -> int:
    if not m.stack:
        raise m.underflow(m.position)
    return i


def unknown(m: Machine, i: int) -> int:
    """The operation for every byte that pickle does not define: raises a fault."""
    raise PickleFault(f"0x{m.data[i - 1]:02x} is not a pickle operation", m.position)


RARE: dict[int, Operation] = {
    **LITERALS,
    0x80: _proto,
    0x95: _frame,
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
    0x67: _get,
    0x50: _persid,
    0x51: _binpersid,
    0x82: _ext(1),
    0x83: _ext(2),
    0x84: _ext(4),
    0x97: _next_buffer,
    0x98: _readonly_buffer,
}
"""Operation by its byte."""
