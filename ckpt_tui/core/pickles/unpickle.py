"""Bytes of a pickle become inert values; nothing the payload names is imported, called or looked up.

An interpreter of the pickle machine of its own (`ckpt_tui.core.pickles.interpreter`), for protocols 0 to 5; CPython's
Lib/pickletools.py describes the opcodes.
"""

from __future__ import annotations

from collections.abc import Callable

from ckpt_tui.core.budgets import DEFAULT_PICKLE, PickleBudget
from ckpt_tui.core.pickles.interpreter import run
from ckpt_tui.core.pickles.machine import Machine, PickleFault
from ckpt_tui.core.value import Decoded, Opaque


def decode(
    data: bytes | bytearray | memoryview, budget: PickleBudget = DEFAULT_PICKLE, check: Callable[[], None] | None = None
) -> Decoded:
    """Decode one pickle, protocols 0 to 5, into inert values.

    Nothing is imported, called or looked up. A damaged or over-large pickle raises nothing: its value is an `Opaque`
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
