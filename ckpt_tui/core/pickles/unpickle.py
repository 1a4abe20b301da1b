"""Bytes of a pickle become inert values; nothing the payload names is imported, called or looked up.

An interpreter of the pickle machine of its own (`ckpt_tui.core.pickles.interpreter`), for protocols 0 to 5; CPython's
Lib/pickletools.py describes the opcodes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from ckpt_tui.core.budgets import DEFAULT_PICKLE, PickleBudget
from ckpt_tui.core.pickles.interpreter import run
from ckpt_tui.core.pickles.machine import Machine, PickleFault
from ckpt_tui.core.value import Opaque, Ref, Value

_NONE: Mapping[Any, Any] = {}


class Decoded(NamedTuple):
    """What a pickle holds.

    Attributes:
        value: The value; an `Opaque` with the reason and the readable part when it could not be read to its end.
        opcodes: Operations run.
        fault: Why it was not read to its end, or "".
        trailing: Bytes after the end of the pickle.
        is_cut: It was not read to its end because of a limit of ours; a higher `budget` reads further.
        objects: Containers, objects, classes and marks made.
        refs: (module, qualname) of every class and function it names → the reference, in the order of the pickle; also
            of those whose objects it throws away again.
        old: Names that stand there as Python 2 had them, in protocols 0 to 2: the present name → `module:qualname`.
        opaque: Reasons of what it holds that cannot be shown as a value, each once.
        built: `module:qualname` of classes and functions that are themselves given a state, which sets attributes.
        discarded: Values that it made and that are no part of `value`: thrown away, or left on its stack.
        end: Where it ends; where it could not be read further, the byte where that operation begins.
    """

    value: Value
    opcodes: int
    fault: str
    trailing: int
    is_cut: bool = False
    objects: int = 0
    refs: Mapping[tuple[str, str], Ref] = _NONE
    old: Mapping[tuple[str, str], str] = _NONE
    opaque: Collection[str] = ()
    end: int = 0
    built: Collection[str] = ()
    discarded: Sequence[Value] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """`module:qualname` of each class and function that the pickle names, also where it throws the object away."""
        return tuple(ref.name for ref in self.refs.values())


def decode(
    data: bytes | bytearray | memoryview, budget: PickleBudget = DEFAULT_PICKLE, check: Callable[[], None] | None = None
) -> Decoded:
    """Decode one pickle, protocols 0 to 5, into inert values.

    Nothing is imported, called or looked up. A damaged or over-large pickle is no exception: its value is an `Opaque`
    that says why and holds what was read before.

    Args:
        data: The bytes of the pickle; what is like bytes is copied.
        budget: What it may cost.
        check: Called every few thousand operations; whatever it raises ends the decoding.

    Raises:
        TypeError: `data` is not like bytes.
    """
    if type(data) is not bytes:
        data = bytes(memoryview(data))
    if len(data) > budget.bytes:
        reason = f"a pickle of {len(data):,} bytes; at most {budget.bytes:,} are decoded"
        return Decoded(Opaque(reason, len(data)), 0, reason, 0, True)
    machine = Machine(data, budget)
    is_cut = False
    try:
        value, end = run(machine, check)
    except PickleFault as fault:
        reason = f"{fault.reason}, at byte {fault.position:,} of {len(data):,}"
        is_cut = fault.is_limit
    except IndexError:
        reason = _what_ran_out(machine)
    except (ValueError, OverflowError) as error:
        # The text is Python's own, about a number or an encoding.
        reason = f"a damaged value ({type(error).__name__}), at byte {machine.position:,} of {len(data):,}"
    else:
        m = machine
        rest = m.dropped + m.stack
        return Decoded(
            value, m.opcodes, "", len(data) - end, False, m.objects, m.refs, m.old, m.opaque, end, m.built, rest
        )
    m, value = machine, Opaque(reason, len(data), machine.stack)
    return Decoded(
        value, m.opcodes, reason, 0, is_cut, m.objects, m.refs, m.old, m.opaque, m.position, m.built, m.dropped
    )


def _what_ran_out(machine: Machine) -> str:
    size = len(machine.data)
    if machine.reached >= size:
        return f"the pickle ends too early, after {size:,} bytes"
    return f"the pickle takes more from its stack than it put there, at byte {machine.position:,} of {size:,}"
