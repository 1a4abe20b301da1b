"""The loop of the pickle machine: it runs the frequent operations itself, and calls `opcodes` for the rest.

It never builds a Python set or dict from payload values, since hashing them can crash or hang the interpreter, and it
stores attributes only in the fixed fields of `ckpt_tui.core.value.Obj`.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from operator import length_hint
from struct import Struct
from typing import Any

from ckpt_tui.core.budgets import BYTE_OBJECTS, BYTE_OPCODES
from ckpt_tui.core.pickles.machine import NATIVE, Machine, PickleFault
from ckpt_tui.core.pickles.opcodes import RARE, unknown
from ckpt_tui.core.value import Map, Obj, Ref, Value

_CHECK_EVERY = 16_384
"""Operations between two tests of the budgets and calls of `check`: about 3 ms."""

_RARE_COST = 2
"""Objects that an operation outside of the loop counts, whatever it makes: it takes as long as making two."""

_HALF_COST = 3
"""Objects that a text with halves of characters counts: it is read twice, and escaped where it is shown."""

_NAME_COST = 4
"""Objects that the first use of a name counts besides, and each use of one that is too long: it is made, and judged
before anything is shown."""

_unpack_double = Struct(">d").unpack_from
_unpack_size = Struct("<I").unpack_from
_unpack_int = Struct("<i").unpack_from
_new: Any = object.__new__
_from_bytes = int.from_bytes


def run(m: Machine, check: Callable[[], None] | None = None) -> tuple[Value, int]:  # noqa: C901
    """Run a machine over its pickle; returns the value and where the pickle ends. Most callers use `decode`.

    Args:
        m: A fresh machine; whatever happens, its `opcodes`, `position` and `reached` show how far it came.
        check: Called every few thousand operations; whatever it raises is passed on.

    Raises:
        PickleFault: the pickle cannot be read further.
        IndexError: it ends too early, or takes more from its stack or memo than was put there.
        ValueError, OverflowError: a number or a text is damaged.
    """
    # One loop over the operations, since a call for each would double its cost: the four most frequent first, then in
    # three groups by their byte. Objects are made without their __init__.
    data = m.data
    size = len(data)
    stack = m.stack
    push = stack.append
    pop = stack.pop
    memo = m.memo
    remember = memo.append
    marks = m.marks
    refs = m.refs
    objects = 0
    limit = m.budget.objects
    remaining = repeat(None, 0)
    i = start = 0
    try:
        while True:
            most = max(m.budget.opcodes, min(m.budget.most_opcodes, int(i * BYTE_OPCODES)))
            turns = min(_CHECK_EVERY, most - m.opcodes)
            if turns <= 0:
                raise PickleFault(f"more than {most:,} operations", i, is_limit=True)
            if check is not None:
                check()
            m.opcodes += turns
            remaining = repeat(None, turns)
            for _ in remaining:
                start = i
                op = data[i]
                i += 1
                if op == 0x94:  # MEMOIZE
                    remember(stack[-1])
                elif op == 0x68:  # BINGET
                    try:
                        push(memo[data[i]])
                    except IndexError:
                        push(m.recall(data[i], start))
                    i += 1
                elif op == 0x4E:  # NONE
                    push(None)
                elif op == 0x8C:  # SHORT_BINUNICODE
                    end = i + 1 + data[i]
                    if end > size:
                        raise m.short(start)
                    try:
                        push(data[i + 1 : end].decode())
                    except UnicodeDecodeError:
                        objects += _HALF_COST
                        push(str(data[i + 1 : end], "utf-8", "surrogatepass"))
                    i = end
                elif op < 0x60:
                    if op == 0x28:  # MARK
                        objects += 1
                        marks.append(len(stack))
                    elif op == 0x29:  # EMPTY_TUPLE
                        push(())
                    elif op == 0x4B:  # BININT1
                        push(data[i])
                        i += 1
                    elif op == 0x5D:  # EMPTY_LIST
                        objects += 1
                        push([])
                    elif op == 0x4D:  # BININT2
                        if i + 2 > size:
                            raise m.short(start)
                        push(data[i] | data[i + 1] << 8)
                        i += 2
                    elif op == 0x58:  # BINUNICODE
                        if i + 4 > size:
                            raise m.short(start)
                        end = i + 4 + _unpack_size(data, i)[0]
                        if end > size:
                            raise m.short(start)
                        try:
                            push(data[i + 4 : end].decode())
                        except UnicodeDecodeError:
                            objects += _HALF_COST
                            push(str(data[i + 4 : end], "utf-8", "surrogatepass"))
                        i = end
                    elif op == 0x47:  # BINFLOAT
                        if i + 8 > size:
                            raise m.short(start)
                        push(_unpack_double(data, i)[0])
                        i += 8
                    elif op == 0x4A:  # BININT
                        if i + 4 > size:
                            raise m.short(start)
                        push(_unpack_int(data, i)[0])
                        i += 4
                    elif op == 0x52:  # REDUCE
                        objects += 1
                        made = _new(Obj)
                        made.args = pop()
                        made.cls = cls = pop()
                        made.how = "call"
                        made.has_state = False
                        made.kwargs = made.state = made.items = made.pairs = None
                        push(m.native(made) if type(cls) is Ref and cls.qualname in NATIVE else made)
                    elif op == 0x2E:  # STOP
                        if not stack:
                            raise m.underflow(start)
                        if m.overrun is not None:
                            raise PickleFault("a frame that claims more bytes than there are", m.overrun)
                        return pop(), i
                    else:
                        objects += _RARE_COST
                        m.position = start
                        i = RARE.get(op, unknown)(m, i)
                        if m.sparse:
                            remember = m.memoizer()
                elif op < 0x80:
                    if op == 0x75:  # SETITEMS
                        at = marks.pop()
                        kv = stack[at:]
                        target = stack[at - 1] if at else None
                        if type(target) is Map and not len(kv) & 1:
                            target.kv += kv
                        else:
                            m.set_items(target, kv, start)
                        del stack[at:]
                    elif op == 0x7D:  # EMPTY_DICT
                        objects += 1
                        mapping = _new(Map)
                        mapping.kv = []
                        mapping._text_keys = None
                        push(mapping)
                    elif op == 0x62:  # BUILD
                        state = pop()
                        target = stack[-1]
                        if type(target) is not Obj:
                            m.build(target, state, start)
                            continue
                        if target.has_state and target.state is not None:
                            # A second state updates the first one, so both are kept.
                            state = (target.state, state)
                        target.state = state
                        target.has_state = True
                    elif op == 0x65:  # APPENDS
                        at = marks.pop()
                        target = stack[at - 1] if at else None
                        if type(target) is list:
                            target += stack[at:]
                        else:
                            m.add_items(target, stack[at:], start)
                        del stack[at:]
                    elif op == 0x6A:  # LONG_BINGET
                        if i + 4 > size:
                            raise m.short(start)
                        index = _unpack_size(data, i)[0]
                        i += 4
                        push(memo[index] if index < len(memo) else m.recall(index, start))
                    elif op == 0x61:  # APPEND
                        item = pop()
                        target = stack[-1]
                        if type(target) is list:
                            target.append(item)
                        else:
                            m.add_items(target, [item], start)
                    elif op == 0x73:  # SETITEM
                        item = pop()
                        key = pop()
                        target = stack[-1]
                        if type(target) is Map:
                            target.kv += (key, item)
                        else:
                            m.set_items(target, [key, item], start)
                    elif op == 0x74:  # TUPLE
                        objects += 1
                        at = marks.pop()
                        if at > len(stack):
                            raise m.underflow(start)
                        last = tuple(stack[at:])
                        del stack[at:]
                        push(last)
                    elif op == 0x71 or op == 0x72:  # BINPUT, LONG_BINPUT
                        if op == 0x71:
                            index = data[i]
                            i += 1
                        else:
                            if i + 4 > size:
                                raise m.short(start)
                            index = _unpack_size(data, i)[0]
                            i += 4
                        if index == len(memo) and not m.sparse:
                            remember(stack[-1])
                        else:
                            m.store(index, stack[-1], start)
                            remember = m.memoizer()
                    else:
                        objects += _RARE_COST
                        m.position = start
                        i = RARE.get(op, unknown)(m, i)
                        if m.sparse:
                            remember = m.memoizer()
                elif op == 0x81:  # NEWOBJ
                    objects += 1
                    made = _new(Obj)
                    made.args = pop()
                    made.cls = pop()
                    made.how = "new"
                    made.has_state = False
                    made.kwargs = made.state = made.items = made.pairs = None
                    push(made)
                elif op == 0x93:  # STACK_GLOBAL
                    objects += 1
                    qualname = pop()
                    module = pop()
                    if type(module) is str and type(qualname) is str and (module, qualname) in refs:
                        push(refs[module, qualname])
                    else:
                        push(m.named_on_stack(module, qualname, start))
                elif op == 0x89:  # NEWFALSE
                    push(False)
                elif op == 0x88:  # NEWTRUE
                    push(True)
                elif op < 0x88 and op > 0x84:  # TUPLE1, TUPLE2, TUPLE3
                    objects += 1
                    last = pop()
                    if op == 0x86:
                        last = (pop(), last)
                    elif op == 0x87:
                        middle = pop()
                        last = (pop(), middle, last)
                    else:
                        last = (last,)
                    push(last)
                else:
                    objects += _RARE_COST
                    m.position = start
                    i = RARE.get(op, unknown)(m, i)
                    if m.sparse:
                        remember = m.memoizer()
            count = objects + _NAME_COST * (len(refs) + m.long_names)
            if count > limit:
                most = max(limit, min(m.budget.most_objects, int(i * BYTE_OBJECTS)))
                if count > most:
                    raise PickleFault(f"more than {most:,} objects", i, is_limit=True)
    finally:
        m.opcodes -= length_hint(remaining)
        m.position = start
        m.reached = i
        m.objects = objects + _NAME_COST * (len(refs) + m.long_names)
