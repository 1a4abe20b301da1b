"""Which items of two lists may be the same item that changed, and which of those pairs are most similar."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice

from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.matching.chat_messages import Message, are_unlike, as_message
from ckpt_tui.core.matching.digests import SCALARS, Digests
from ckpt_tui.core.matching.equality import is_plainly_equal, sort_of
from ckpt_tui.core.matching.identity import NAMES, Identity, identity, is_random
from ckpt_tui.core.reading.pickled_objects import object_parts
from ckpt_tui.core.value import Map, Obj, Value

_GAP = 400
"""Pairs of items that are compared for similarity between two neighbours that stayed; more are paired in order."""

_SIMILAR_MEMBERS = 100
"""Members of an item that are compared for similarity."""

_SIMILAR = 0.3
"""How much of two items must be equal for them to be one item that changed, where there is a choice."""


class Pairing:
    """Pairs of items of two lists that are not equal but may be one that changed.

    Args:
        before: The first list.
        after: The second one.
        digests: Digests of the values, and the budget of the comparison.
    """

    def __init__(self, before: Sequence[Value], after: Sequence[Value], digests: Digests) -> None:
        self.before = before
        self.after = after
        self.digests = digests
        self.asked: dict[int, Identity | None] = {}
        self._messages: dict[int, Message | None] = {}

    def identity(self, item: Value) -> Identity | None:
        """What identifies an item; the answer is cached. The name in a message is that of its author."""
        ident = id(item)
        if ident not in self.asked:
            known = identity(item)
            is_author = known is not None and known.name in NAMES and self._message(item) is not None
            self.asked[ident] = None if is_author else known
        return self.asked[ident]

    def _message(self, item: Value) -> Message | None:
        """An item as a message, looked at once."""
        ident = id(item)
        if ident not in self._messages:
            self._messages[ident] = as_message(item)
        return self._messages[ident]

    def gaps(
        self, kept: list[tuple[int, int]], free_a: list[int], free_b: list[int], ends: tuple[int, int]
    ) -> list[tuple[int, int]]:
        """Pairs between the items that stayed."""
        found: list[tuple[int, int]] = []
        at_a = at_b = 0
        for a_end, b_end in (*kept, ends):
            gap_a, gap_b = [], []
            while at_a < len(free_a) and free_a[at_a] < a_end:
                gap_a.append(free_a[at_a])
                at_a += 1
            while at_b < len(free_b) and free_b[at_b] < b_end:
                gap_b.append(free_b[at_b])
                at_b += 1
            if gap_a and gap_b:
                found += self.gap(gap_a, gap_b)
        return found

    def gap(self, gap_a: list[int], gap_b: list[int]) -> list[tuple[int, int]]:
        """Pairs among the items of one gap, in order."""
        if len(gap_a) == len(gap_b) == 1:
            return [(gap_a[0], gap_b[0])] if self.may_pair(gap_a[0], gap_b[0]) else []
        scalars = all(type(self.before[at]) in SCALARS for at in gap_a)
        if scalars or len(gap_a) * len(gap_b) > _GAP:
            return [pair for pair in zip(gap_a, gap_b, strict=False) if self.may_pair(*pair)]
        best = self.best(gap_a, gap_b)
        found = []
        begin_a = begin_b = 0
        for a, b in (*best, (gap_a[-1] + 1, gap_b[-1] + 1)):
            end_a, end_b = bisect_left(gap_a, a), bisect_left(gap_b, b)
            if end_a - begin_a == end_b - begin_b:  # as many on both sides: one for one
                between = zip(gap_a[begin_a:end_a], gap_b[begin_b:end_b], strict=True)
                found += [pair for pair in between if self.may_pair(*pair)]
            begin_a, begin_b = end_a + 1, end_b + 1
        return sorted(best + found)

    def best(self, gap_a: list[int], gap_b: list[int]) -> list[tuple[int, int]]:
        """The pairs, in order, that are most alike together."""
        width = len(gap_b)
        like = [[self.similarity(a, b) for b in gap_b] for a in gap_a]
        sums = [[0.0] * (width + 1) for _ in range(len(gap_a) + 1)]
        for i in range(len(gap_a) - 1, -1, -1):
            for j in range(width - 1, -1, -1):
                paired = sums[i + 1][j + 1] + like[i][j] if like[i][j] >= _SIMILAR else -1.0
                sums[i][j] = max(sums[i + 1][j], sums[i][j + 1], paired)
        found = []
        i = j = 0
        while i < len(gap_a) and j < width:
            if like[i][j] >= _SIMILAR and sums[i][j] == sums[i + 1][j + 1] + like[i][j]:
                found.append((gap_a[i], gap_b[j]))
                i += 1
                j += 1
            elif sums[i][j] == sums[i + 1][j]:
                i += 1
            else:
                j += 1
        return found

    def may_pair(self, at_a: int, at_b: int) -> bool:
        """Whether two items may be the same item that changed: of one sort, and not known to be different ones."""
        a, b = self.before[at_a], self.after[at_b]
        if type(a) in SCALARS or type(b) in SCALARS:
            return type(a) in SCALARS and type(b) in SCALARS
        if sort_of(a) != sort_of(b):
            return False
        message_a, message_b = self._message(a), self._message(b)
        if message_a is not None and message_b is not None and are_unlike(message_a, message_b):
            return False
        known_a, known_b = self.identity(a), self.identity(b)
        if known_a is None or known_b is None or known_a == known_b or known_a.name != known_b.name:
            return True
        if known_a.name in NAMES:
            return True
        # Random ids differ where a step ran twice, so they do not count.
        return _is_drawn(known_a) and _is_drawn(known_b)

    def similarity(self, at_a: int, at_b: int) -> float:
        """How much of two items is equal, from 0 to 1; 0 where they may not be paired."""
        if not self.may_pair(at_a, at_b):
            return 0.0
        a, b = resolve(self.before[at_a]), resolve(self.after[at_b])
        if type(a) in SCALARS:
            return 0.5
        names_a, names_b = _names(a), _names(b)
        if names_a is None or names_b is None:
            return 0.5
        self.digests.charge(len(names_a) + len(names_b))
        same = sum(1 for name, value in names_a.items() if name in names_b and self.are_equal(value, names_b[name]))
        whole = max(len(names_a), len(names_b))
        return max(same / whole, _SIMILAR if same else 0.0) if whole else 1.0

    def are_equal(self, a: Value, b: Value) -> bool:
        """Whether two members are equal."""
        if type(a) in SCALARS or type(b) in SCALARS:
            return is_plainly_equal(a, b)
        return is_plainly_equal(a, b) or self.digests.of(a) == self.digests.of(b)


def _is_drawn(known: Identity) -> bool:
    return type(known.value) is str and is_random(known.value)


def _names(value: Value) -> dict[str, Value] | None:
    """The members of a value by name, those that are None left out; None where they have no names."""
    kind = type(value)
    if kind is dict:
        pairs: Iterator[tuple[str, Value]] = iter(value.items())
    elif kind is Map and value.has_text_keys():
        pairs = iter(zip(value.kv[::2], value.kv[1::2], strict=True))
    elif kind is Obj:
        pairs = iter(object_parts(value).attributes)
    else:
        return None
    return {name: item for name, item in islice(pairs, _SIMILAR_MEMBERS) if item is not None}
