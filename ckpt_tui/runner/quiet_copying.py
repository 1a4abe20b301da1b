"""`copy` with hardly an audit event: the framework copies some hundred objects a superstep.

Every call of `id` raises an audit event, for which each hook is called: under the hook that guards the store this was a
quarter of all that a superstep executes. So `copy` takes the number from the hash that objects have by default, which
is their address turned by four bits, and does not ask at all for what is never copied, as later Pythons do.
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
    # An address that is not a multiple of sixteen makes it negative.
    return turned << 4 if turned > 0 else _id(value)


def is_exact(function: Callable[[Any], int] = quiet_id) -> bool:
    """Whether it gives what `id` gives, which another Python may do in another way."""
    samples: list[Any] = [None, True, 0, 10**20, "", "text", (), [], {}, object(), object, type, is_exact, copy]
    return all(function(each) == _id(each) for each in samples)


def copy_quietly() -> None:
    """Have `copy` raise as few audit events as can be; it gives what it gave."""
    if is_exact():
        vars(copy)["id"] = quiet_id
    whole = getattr(copy, "_deepcopy_atomic", None)
    kept = frozenset(cls for cls, way in getattr(copy, "_deepcopy_dispatch", {}).items() if way is whole)
    if kept:  # from 3.14 on it does so itself
        _pass_over(kept)


def _pass_over(kept: frozenset[type]) -> None:
    """Give back objects of classes that are never copied before anything else is asked of them."""
    original = copy.deepcopy

    def deepcopy(x: Any, memo: Any = None, *rest: Any) -> Any:
        return x if type(x) in kept else original(x, memo, *rest)

    deepcopy.__doc__ = original.__doc__
    # Its own functions for containers keep the function as a default.
    for function in [each for each in vars(copy).values() if getattr(each, "__module__", "") == "copy"]:
        defaults, named = getattr(function, "__defaults__", None), getattr(function, "__kwdefaults__", None)
        if defaults and original in defaults:
            function.__defaults__ = tuple(deepcopy if each is original else each for each in defaults)
        if named and original in named.values():
            function.__kwdefaults__ = {name: deepcopy if each is original else each for name, each in named.items()}
    copy.deepcopy = deepcopy  # type: ignore[assignment]
