"""`id` without an audit event, for `copy`, with which the framework copies some hundred objects a superstep.

Every call of `id` raises an audit event, for which each hook is called: under the hook that guards the store this was a
quarter of all that a superstep executes. The number is taken from the hash that objects have by default instead, which
is their address turned by four bits.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

_hash = object.__hash__
_id = id


def quiet_id(value: Any) -> int:
    """What `id` gives."""
    turned = _hash(value)
    # An address of no full sixteen bytes would make it negative.
    return turned << 4 if turned > 0 else _id(value)


def is_exact(function: Callable[[Any], int] = quiet_id) -> bool:
    """Whether it gives what `id` gives, which another Python may do in another way."""
    samples: list[Any] = [None, True, 0, 10**20, "", "text", (), [], {}, object(), object, type, is_exact, copy]
    return all(function(each) == _id(each) for each in samples)


def copy_quietly() -> None:
    """Have `copy` use it, where it is exact."""
    if is_exact():
        vars(copy)["id"] = quiet_id
