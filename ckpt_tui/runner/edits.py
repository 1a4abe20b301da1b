"""Changes of a loaded checkpoint, before it runs."""

from __future__ import annotations

import collections
import typing
from typing import Any

from .made import Maker, hints_of
from .shown import attributes, show, type_name


class Editor:
    """Changes values of a checkpoint whose objects are real.

    Args:
        checkpoint: The checkpoint, loaded for this run alone.
        maker: Makes values of JSON.
    """

    ROOTS: typing.ClassVar = {"state": "state", "messages": "messages"}

    def __init__(self, checkpoint: Any, maker: Maker) -> None:
        self._checkpoint, self._maker = checkpoint, maker

    def apply(self, path: list[Any], document: Any) -> dict[str, Any]:
        """Set one value; returns what it was and is, as JSON.

        Raises:
            ValueError: there is no such place, or the value does not fit it.
        """
        if len(path) < 2 or path[0] not in self.ROOTS:
            raise ValueError("only values below state and messages can be edited")
        chain: list[tuple[Any, Any]] = []  # (container, step)
        holder: Any = getattr(self._checkpoint, self.ROOTS[path[0]])
        steps = [step for step in path[1:] if step not in ("$items", "$args")]
        for step in steps[:-1]:
            chain.append((holder, step))
            holder = self._get(holder, step)
        last = steps[-1]
        absent = isinstance(holder, dict) and last not in holder
        before = None if absent else self._get(holder, last)
        after = self._maker.value(document, self._type(holder, last, before, absent), "")
        chain.append((holder, last))
        self._put(chain, after)
        return {"before": show(before), "after": show(after), "absent": absent}

    def _get(self, holder: Any, step: Any) -> Any:
        if isinstance(holder, dict):
            for key in (step, *(key for key in holder if type(key) is not str and str(key) == step)):
                if key in holder:
                    return holder[key]
        elif isinstance(step, int) and isinstance(holder, (list, tuple, collections.deque)):
            if step < len(holder):
                return holder[step]
        else:
            for name, item in attributes(holder):
                if name == step:
                    return item
        names = list(holder) if isinstance(holder, dict) else [name for name, _ in attributes(holder)]
        has = f"; it has {', '.join(str(name)[:40] for name in names[:8])}" if names else ""
        raise ValueError(f"{type_name(type(holder))} has no {step}{has}")

    def _type(self, holder: Any, step: Any, before: Any, absent: bool) -> Any:
        if isinstance(step, str) and not isinstance(holder, dict):
            hint = hints_of(type(holder)).get(step, Any)
            if hint is not Any and not isinstance(hint, (str, typing.TypeVar)):
                return hint
        if absent or before is None or isinstance(before, (dict, list)):
            return Any
        return type(before)

    def _put(self, chain: list[tuple[Any, Any]], value: Any) -> None:
        """Set the member at the end of a chain; what cannot be changed is made again, up to something that can."""
        while chain:
            holder, step = chain.pop()
            if isinstance(holder, tuple):
                members = [value if index == step else item for index, item in enumerate(holder)]
                value = type(holder)(*members) if hasattr(holder, "_fields") else type(holder)(members)
                continue
            if isinstance(holder, dict):
                key = step if step in holder else next((key for key in holder if str(key) == step), step)
                holder[key] = value
            elif isinstance(step, int):
                holder[step] = value
            else:
                object.__setattr__(holder, step, value)
            return
        raise ValueError("this value cannot be changed in place")
