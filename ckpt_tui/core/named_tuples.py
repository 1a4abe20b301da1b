"""`NamedTuple`, as that of `typing` and made in less than half its time: a start makes some eighty of them.

The types of the fields stay the texts that they are in the source, where `typing` compiles each of them.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: TID251
else:

    class _Maker(type):
        """Makes the class of a named tuple of a class statement."""

        def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, namespace)
            fields = namespace.get("__annotations__", {})
            defaults = [namespace.pop(field) for field in fields if field in namespace]
            made = namedtuple(name, fields, defaults=defaults, module=namespace["__module__"])  # noqa: PYI024
            for attribute, value in namespace.items():
                if attribute != "__module__":
                    setattr(made, attribute, value)
            return made

    class NamedTuple(metaclass=_Maker):
        """The base of a class statement whose annotations are the fields, the last ones with defaults."""
