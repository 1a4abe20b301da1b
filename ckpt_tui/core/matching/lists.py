"""Which item of one list is which item of another: by what identifies it, then by equality, then by similarity."""

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

from ckpt_tui.core.matching.alignment import align
from ckpt_tui.core.matching.digests import SCALARS, Digests, scalar_text
from ckpt_tui.core.matching.equality import is_empty, is_plainly_equal, is_plainly_equal_row
from ckpt_tui.core.matching.identity import NAMES, Identity
from ckpt_tui.core.matching.pairing import Pairing
from ckpt_tui.core.value import Envelope, Value

_ITEM = 8
"""What an item costs of the budget, in scalars, where two lists are lined up."""

_SMALL_NUMBER = 1 << 60
"""Integers beyond may be chosen so that Python hashes them all alike; they are identified by their text."""


class Matching(NamedTuple):
    """How the items of two lists correspond.

    Attributes:
        head: Items at the beginning that are equal.
        tail: Items at the end that are equal.
        kept: Positions (before, after) of items that stayed in order, the equal ends left out. They may differ inside.
        moved: Positions of items that are among others now. They may differ inside, too.
        removed: Positions of items of the first list that the second does not have.
        added: Positions of items of the second list that the first does not have.
    """

    head: int
    tail: int
    kept: Iterable[tuple[int, int]]
    moved: Sequence[tuple[int, int]]
    removed: Sequence[int]
    added: Sequence[int]


def match(before: Sequence[Value], after: Sequence[Value], digests: Digests) -> Matching:
    """How the items of two lists correspond.

    Raises:
        OutOfBudget: there are more values than one diff may compare.
    """
    return _Matcher(before, after, digests).run()


def in_order(before: Sequence[Value], after: Sequence[Value]) -> Matching:
    """The items of two lists paired by position."""
    small = min(len(before), len(after))
    return Matching(
        0, 0, zip(range(small), range(small), strict=True), [], range(small, len(before)), range(small, len(after))
    )


class _Matcher:
    def __init__(self, before: Sequence[Value], after: Sequence[Value], digests: Digests) -> None:
        self.before = before
        self.after = after
        self.digests = digests
        self.pairing = Pairing(before, after, digests)

    def run(self) -> Matching:
        before, after = self.before, self.after
        self.digests.charge(len(before) + len(after))
        small = min(len(before), len(after))
        same = self.is_item_equal
        head = next((at for at, (a, b) in enumerate(zip(before, after, strict=False)) if not same(a, b)), small)
        tail = 0
        while tail < small - head and same(before[-1 - tail], after[-1 - tail]):
            tail += 1
        ends = (head, len(before) - tail, head, len(after) - tail)
        rest_a, rest_b = ends[1] - head, ends[3] - head
        if not rest_a or not rest_b:
            return Matching(head, tail, [], [], range(head, ends[1]), range(head, ends[3]))
        if rest_a == rest_b == 1:
            if self.pairing.may_pair(head, head):
                return Matching(head, tail, [(head, head)], [], [], [])
            return Matching(head, tail, [], [], [head], [head])
        return self.middle(head, tail, ends)

    def is_item_equal(self, a: Value, b: Value) -> bool:
        """Whether two items are equal by the quick test alone."""
        if a is b:
            return True
        if type(a) is dict or type(a) is list:
            return is_plainly_equal_row(a, b, self.digests.charge)
        return is_plainly_equal(a, b)

    def unchanged(self, start: int, end_a: int, end_b: int) -> set[int]:
        """Positions where both lists have equal items; none if that is the exception."""
        if end_a != end_b:
            return set()
        found = {at for at in range(start, end_a) if self.is_item_equal(self.before[at], self.after[at])}
        return found if 2 * len(found) >= end_a - start else set()

    def middle(self, head: int, tail: int, ends: tuple[int, int, int, int]) -> Matching:
        start, end_a, _, end_b = ends
        self.digests.charge(_ITEM * (end_a - start + end_b - start))
        equal = self.unchanged(start, end_a, end_b)
        known_a = self.identities(self.before, start, end_a, equal)
        known_b = self.identities(self.after, start, end_b, equal)
        _drop_weak(known_a, known_b, end_a - start - len(equal), end_b - start - len(equal))
        place = {known: at for at, known in known_a.items()}
        # The same token for an item that is known in both; else what it is equal to.
        token_a: list[Hashable] = [None] * (end_a - start)
        token_b: list[Hashable] = [None] * (end_b - start)
        for at in equal:
            token_a[at - start] = token_b[at - start] = ()
        for at, known in known_b.items():
            if known in place:
                token_a[place[known] - start] = token_b[at - start] = (known,)
        # Between items that stayed at their place, or all of them.
        spans = _runs(start, end_a, equal) if equal else [(start, end_a, start, end_b)]
        shared = _shared_texts(self.before, self.after, start, end_a, end_b)
        for items, tokens in ((self.before, token_a), (self.after, token_b)):
            for index, token in enumerate(tokens):
                if token is None:
                    tokens[index] = self.token(items[start + index], shared)
        kept: list[tuple[int, int]] = []
        of_span: list[list[tuple[int, int]]] = []
        free_a: list[int] = []
        free_b: list[int] = []
        for a, a_end, b, b_end in spans:
            part_a, part_b = token_a[a - start : a_end - start], token_b[b - start : b_end - start]
            found = sorted((at_a + a, at_b + b) for at_a, at_b in align(part_a, part_b))
            kept += found
            of_span.append(found)
            free_a += _rest(a, a_end, [pair[0] for pair in found])
            free_b += _rest(b, b_end, [pair[1] for pair in found])
        moved = self.moves(free_a, free_b, token_a, token_b, start)
        free_a = _without(free_a, [pair[0] for pair in moved])
        free_b = _without(free_b, [pair[1] for pair in moved])
        paired: list[tuple[int, int]] = []
        for (a, a_end, b, b_end), found in zip(spans, of_span, strict=True):
            in_a = free_a[bisect_left(free_a, a) : bisect_left(free_a, a_end)]
            in_b = free_b[bisect_left(free_b, b) : bisect_left(free_b, b_end)]
            if in_a and in_b:
                paired += self.pairing.gaps(found, in_a, in_b, (a_end, b_end))
        free_a = _without(free_a, [pair[0] for pair in paired])
        free_b = _without(free_b, [pair[1] for pair in paired])
        return Matching(head, tail, sorted(kept + paired), moved, free_a, free_b)

    def identities(self, items: Sequence[Value], start: int, end: int, equal: set[int]) -> dict[int, Identity]:
        """What identifies each item, unless another item of the list has the same identity."""
        found: dict[int, Identity] = {}
        places: dict[Identity, int] = {}
        twice: set[Identity] = set()
        for at in range(start, end):
            item = items[at]
            if type(item) in SCALARS or at in equal:
                continue
            known = self.pairing.identity(item)
            if known is None:
                continue
            if known in places:
                twice.add(known)
            places[known] = at
            found[at] = known
        return {at: known for at, known in found.items() if known not in twice} if twice else found

    def token(self, item: Value, shared: set[str]) -> Hashable:
        """A key that is the same for equal items: text for text, a tuple for another scalar, else a number."""
        kind = type(item)
        if kind is str:
            return str(item)
        if kind in SCALARS:
            if kind is int and -_SMALL_NUMBER < item < _SMALL_NUMBER:
                return (item, "i")
            return (scalar_text(item),)
        if kind is Envelope and type(item.text) is str and item.text in shared:
            return (item.text, "e")
        return self.digests.of(item)

    def moves(
        self, free_a: list[int], free_b: list[int], token_a: list[Hashable], token_b: list[Hashable], start: int
    ) -> list[tuple[int, int]]:
        """Items that are in both lists but not in the same order."""
        places: dict[Hashable, list[int]] = {}
        for at in reversed(free_a):
            if is_empty(self.before[at]):
                continue  # it is in too many places for one to be the other
            places.setdefault(token_a[at - start], []).append(at)
        found = []
        for at in free_b:
            candidates = places.get(token_b[at - start])
            if candidates:
                found.append((candidates.pop(), at))
        return found


def _drop_weak(known_a: dict[int, Identity], known_b: dict[int, Identity], size_a: int, size_b: int) -> None:
    """Forget names where not every item of both lists has one of its own."""
    for name in NAMES:
        count_a = sum(1 for known in known_a.values() if known.name == name)
        count_b = sum(1 for known in known_b.values() if known.name == name)
        if (count_a or count_b) and (count_a < size_a or count_b < size_b):
            for known_here in (known_a, known_b):
                for at in [at for at, known in known_here.items() if known.name == name]:
                    del known_here[at]


def _shared_texts(before: Sequence[Value], after: Sequence[Value], start: int, end_a: int, end_b: int) -> set[str]:
    """The base64 texts that both lists have: equal without being decoded."""
    texts = {item.text for item in before[start:end_a] if type(item) is Envelope and type(item.text) is str}
    return {item.text for item in after[start:end_b] if type(item) is Envelope and type(item.text) is str} & texts


def _runs(start: int, end: int, equal: set[int]) -> list[tuple[int, int, int, int]]:
    """The stretches between items that stayed, the same in both lists."""
    found = []
    begin = start
    for at in (*sorted(equal), end):
        if at > begin:
            found.append((begin, at, begin, at))
        begin = at + 1
    return found


def _without(items: list[int], taken: list[int]) -> list[int]:
    gone = set(taken)
    return [item for item in items if item not in gone] if gone else items


def _rest(start: int, end: int, taken: list[int]) -> list[int]:
    gone = set(taken)
    return [at for at in range(start, end) if at not in gone]
