"""Changes of a loaded checkpoint, before it runs."""

from __future__ import annotations

import collections
import typing
from collections.abc import Callable, Iterator
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

    def change(self, edits: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any] | Exception]]:
        """Make all changes; yields the path of each, and the change, or why it cannot be made.

        Values are set first. Messages are dropped last and from the end, so that paths stay valid.
        """
        drops = {tuple(each["steps"]): each["path"] for each in edits if each.get("drop")}
        for each in edits:
            if not each.get("drop"):
                yield each["path"], self._attempt(self.apply, each["steps"], each["value"])
        for steps in sorted(drops, key=lambda steps: (str(steps[1]), steps[2]), reverse=True):
            yield drops[steps], self._attempt(self.drop, *steps[1:3])

    def _attempt(self, change: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any] | Exception:
        try:
            return change(*arguments)
        except Exception as error:  # user code makes the values
            return error

    def drop(self, source: Any, index: int) -> dict[str, Any]:
        """Take one message out of those in flight; returns it, as JSON.

        Raises:
            ValueError: there is no such message.
        """
        in_flight = self._checkpoint.messages
        messages = self._get(in_flight, source)
        before = show(self._get(messages, index))
        key = next(key for key in in_flight if in_flight[key] is messages)
        rest = [item for number, item in enumerate(messages) if number != index]
        if rest:
            in_flight[key] = rest
        else:
            del in_flight[key]
        return {"before": before, "after": None, "absent": False, "dropped": True}

    def apply(self, path: list[Any], document: Any) -> dict[str, Any]:
        """Set one value; returns the former and the new value, as JSON.

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
        """Set the member at the end of a chain; immutable containers are made anew, up to one that can be changed."""
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
