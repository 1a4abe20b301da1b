"""How much of a value a JSON document may hold, and what replaces the rest."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from ckpt_tui.core.budgets import TEXT_NODE
from ckpt_tui.core.secret_assignments import count_given
from ckpt_tui.core.secret_names import may_name_secret
from ckpt_tui.core.text import CANDIDATES
from ckpt_tui.core.value import Map, Obj, Opaque, Ref, SetOf, Value

LONG_TEXT = 64
"""Characters of a text that may be written any number of times; longer ones are charged when they come again."""

NEVER_LONG = frozenset((bool, type(None)))
"""Types of values that are written as they are."""

_CHARGED_TEXT = 1024
"""Characters of a text that is charged by its length when it comes first."""

MADE_TEXT = 8
"""Characters of the text of an object, such as the name of a type, that take as long as one more value."""

PAIR = 5
"""The cost of a list of a key and its value besides the two: the key is judged, too."""

TYPE = 6
"""The cost of the name of a type, which is written as a document of its own."""

CONTAINER = 3
"""The cost of a container that has none of its own."""

COSTS: dict[type, int] = {Obj: 8, SetOf: 10, tuple: 6, Opaque: 6, list: 3, dict: 3, Map: 3, Ref: TYPE}
"""The cost of a container besides its members: it takes as long to be written as so many numbers."""


TEXT_SIGN, NAME_SIGN = 4, 9
"""What a sign of a secret counts in one of many short texts, and in one of many names: as long as there is room, any
sign; else those alone behind what may be the name of a secret."""

HINTED_NAME, FOREIGN_NAME = 6, 14
"""The cost of each of many names where one of them may be that of a secret, since they are split into words; and where
one of them is not ASCII, since they are compared with the words of other languages, too."""

_MANY = 1_000
"""Texts of one container from which on their signs of secrets are counted."""


class JsonLimits:
    """The part of a document that may still be written, and the signs that replace the rest.

    Args:
        nodes: Values that may be written.
        repeats: The cost that repeated shared values may have.
        stated: The number of values that the signs name as the limit; the same as `nodes` unless given.
    """

    def __init__(self, nodes: int, repeats: int, stated: int | None = None) -> None:
        self.left = nodes
        self.nodes = nodes if stated is None else stated
        self.repeats = repeats
        self.is_starved = False
        self.is_cut = False
        # What was written before, by id; the root keeps all of it alive. Texts and bytes only when they are long.
        self.seen: set[int] = set()
        self.signs: dict[tuple[tuple[str, Any], ...], dict[str, Any]] = {}

    def again(self, item: Value, size: int, out: Any) -> Any:
        """`out`, or a sign that a long text came too often."""
        if size > LONG_TEXT:
            if id(item) in self.seen:
                self.repeats -= size >> 6
                if size >= _CHARGED_TEXT:
                    self.left -= size // TEXT_NODE + (_signs_in(item, self.left) if type(item) is str else 0)
                if self.repeats < 0 or self.left < 0:
                    self.left -= CONTAINER
                    return self.sign("too much of this document is shared", size)
            else:
                self.seen.add(id(item))
                if size >= _CHARGED_TEXT:
                    self.left -= size // TEXT_NODE + (_signs_in(item, self.left) if type(item) is str else 0)
                    if self.left < 0:
                        return self.cut(f"a text or number of {size:,} characters", size)
        return out

    def copied(self, out: Any, key: Any, item: Any, levels: int) -> bool:
        """Write a small container of a file's own JSON at once; False where it is larger, or there is no room.

        Args:
            out: Where it goes.
            key: Its key or index there.
            item: A dict or list.
            levels: Levels that may still be written.
        """
        if len(item) > _FEW or levels < _FEW:
            return False
        copy, cost = _small_copy(item)
        if copy is None or cost > self.left:
            return False
        self.left -= cost
        out[key] = copy
        return True

    def looked_at_closely(self, texts: Iterable[Value], count: int, are_names: bool = False) -> int:
        """How many of the first texts or names may be written, since each short one is examined."""
        if count <= _MANY:
            return count
        short = [text for text in islice(texts, count) if type(text) is str and len(text) < _CHARGED_TEXT]
        joined = "".join(short)
        signs, each = joined.count("=") + joined.count(":") + joined.count("："), NAME_SIGN if are_names else TEXT_SIGN
        each_name = HINTED_NAME if joined.isascii() else FOREIGN_NAME
        names = each_name * len(short) if are_names and may_name_secret(joined) else 0
        cost = signs * each + names
        if (
            signs and cost > self.left
        ):  # most signs are those of lines of a log, of times and of URLs, that name no secret
            cost = min(cost, _cost_of_signs(short, each, self.left) + names)
        left = max(self.left, 0)
        if cost > left:
            count, cost = count * left // cost, left
        self.left -= cost
        return count

    def charge(self, count: int, repeated: bool) -> bool:
        """Count so many values; whether they may be written."""
        if repeated:
            self.repeats -= count
        self.left -= count
        return self.left >= 0 and (not repeated or self.repeats >= 0)

    def take(self, count: int, repeated: bool, weight: int) -> int:
        """How many of so many members may be written, when each takes so much altogether."""
        count = max(min(count, self.left // weight, self.repeats // weight if repeated else count), 0)
        self.charge(count, repeated)
        return count

    def cut(self, what: str, size: int = 0) -> dict[str, Any]:
        """The sign for members that may not be written."""
        self.is_starved = True
        why = f"{what}; one document holds about {self.nodes:,} values: raise the limit or ask for a part"
        return self.sign(why, size)

    def sign(self, why: str, size: int = 0) -> dict[str, Any]:
        """The sign that replaces a value."""
        self.is_cut = True
        return self.shared({"$error": f"not written: {why}", **({"$size": size} if size else {})})

    def shared(self, sign: dict[str, Any]) -> dict[str, Any]:
        """A sign of a few texts and numbers; one object for all its places, of which a bomb has a million."""
        key = tuple(sign.items())
        return self.signs.setdefault(key, sign) if len(self.signs) < _SIGNS else self.signs.get(key, sign)


_SIGNS = 1_000
"""Different signs of which each is one object."""

_SLICE = 65_536
"""Characters of a long text that are examined at once."""

_LOOKED_THROUGH = 10
"""Characters of a short text with a sign that take as long to be searched as one more value."""

_AT_ONCE = 512
"""Short texts that are searched together."""


def _cost_of_signs(texts: Sequence[str], each: int, most: int) -> int:
    """The cost of many short texts where some of their signs follow what may be the name of a secret.

    Args:
        texts: The texts.
        each: The cost of such a sign.
        most: The cost that is left: texts beyond it are not searched.
    """
    cost = 0
    for start in range(0, len(texts), _AT_ONCE):
        some = texts[start : start + _AT_ONCE]
        joined = "\n".join(some)
        cost += len(some) + len(joined) // _LOOKED_THROUGH + each * count_given(joined)
        if cost > most:  # the next ones are not known
            return cost * len(texts) // (start + len(some))
    return cost


def _signs_in(text: str, most: int) -> int:
    """How often a long text has to be examined: for secrets, and for control characters.

    Args:
        text: The text.
        most: The cost that is left: more signs than that are not counted.
    """
    signs = 0
    for start in range(0, len(text), _SLICE):
        part = text[start : start + _SLICE]
        signs += 2 * (part.count("=") + part.count(":") + part.count("--")) + part.count("<")
        signs += 0 if part.isascii() else len(re.findall(CANDIDATES, part))
        if signs > most:
            break
    return signs


def type_cost(name: str) -> int:
    """The cost of the name of a type: more than `TYPE` where it is longer than usual, since it is computed."""
    return TYPE + max(len(name) - LONG_TEXT, 0) // MADE_TEXT


def weight_of(sample: Iterable[Value]) -> int:
    """The likely cost of each member of a long list, itself included; else a full list would hold nothing."""
    return 1 + max((COSTS.get(type(item), 0) for item in sample), default=0)


def is_small(item: Value) -> bool:
    """Whether a value is a scalar or a sign: it is written at once, with what is around it."""
    return type(item) in _SCALARS or (type(item) is Opaque and not item.partial)


def _small_copy(item: Any) -> tuple[Any, int]:
    """A copy of a container of JSON that holds few short values, and its cost; None and 0 for any other.

    Args:
        item: A dict or list of a file's own JSON: nothing in it is shared.
    """
    left = _FEW
    copy = item.copy()
    todo = [copy]
    cost = 0
    while todo:
        container = todo.pop()
        size = len(container)
        left -= size
        if left < 0:
            return None, 0
        named = type(container) is dict
        cost += CONTAINER + size + (size // 2 if named else 0)
        if named and size and max(map(len, container)) > LONG_TEXT:
            return None, 0
        for key, member in container.items() if named else enumerate(container):
            kind = type(member)
            if kind is str:
                if len(member) > LONG_TEXT:
                    return None, 0
            elif kind is dict or kind is list:
                container[key] = below = member.copy()
                todo.append(below)
            elif kind is int:
                if not -LONG_INTEGER < member < LONG_INTEGER:
                    return None, 0
            elif kind is float:
                if member - member != 0:  # JSON lacks it
                    return None, 0
            elif member is not None and kind is not bool:
                return None, 0
    return copy, cost


_FEW = 16
"""Values in a container that is copied at once, those in its members counted."""

LONG_INTEGER = 1 << 256
"""An integer that is charged like a long text, and all beyond."""

_SCALARS = frozenset((int, float, bool, type(None)))


def float_text(value: float) -> str:
    """The name of a number that JSON lacks."""
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def non_finite(value: float) -> dict[str, Any]:
    """The document of a number that JSON lacks."""
    return {"$type": "builtins:float", "$value": float_text(value)}
