"""Which item of one list is which item of another: by what it is known by, then by equality, then by likeness."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from ckpt_tui.core.alignment import align
from ckpt_tui.core.anatomy import anatomy, type_name
from ckpt_tui.core.digests import SCALARS, Digests, scalar_text
from ckpt_tui.core.envelope import resolve
from ckpt_tui.core.identity import NAMES, Identity, identity, is_random
from ckpt_tui.core.value import Deferred, Envelope, Map, Obj, SetOf, Value

_GAP = 400
"""Pairs of items that are compared for likeness between two neighbours that stayed; more are paired in order."""

_LIKE_MEMBERS = 100
"""Members of an item that are compared for likeness."""

_ALIKE = 0.3
"""How much of two items must be equal for them to be one item that changed, where there is a choice."""

_LONG_TEXT = 1_024
"""Characters of a text that is compared by its hash."""

_ITEM = 8
"""What an item costs of the budget, in scalars, where two lists are lined up."""

_SMALL_NUMBER = 1 << 60
"""Integers beyond may be chosen so that Python hashes them all alike; they are told by their text."""


class Matching(NamedTuple):
    """How the items of two lists correspond.

    Attributes:
        head: Items at the beginning that are equal.
        tail: Items at the end that are equal.
        kept: Positions (before, after) of items that stayed in order, the equal ends left out. They may differ inside.
        moved: Positions of items that stand among others now. They may differ inside, too.
        removed: Positions of items of the first list that the second does not have.
        added: Positions of items of the second list that the first does not have.
    """

    head: int
    tail: int
    kept: Iterable[tuple[int, int]]
    moved: Sequence[tuple[int, int]]
    removed: Sequence[int]
    added: Sequence[int]


def is_same(a: Value, b: Value) -> bool:
    """Whether two values are equal for sure, told without decoding or parsing anything."""
    if a is b:
        return True
    kind = type(a)
    if kind is not type(b):
        return False
    if kind is str and len(a) > _LONG_TEXT:
        return len(a) == len(b) and hash(a) == hash(b)  # kept by Python, where a bomb has the same text often
    if kind in SCALARS:
        return bool(a == b or (a != a and b != b))
    if kind is Envelope:
        if a.ready and b.ready and a.value is b.value:
            return True
        return bool(type(a.text) is type(b.text) and len(a.text) == len(b.text) and a.text == b.text)
    if kind is Deferred:
        size = a.end - a.start
        if size != b.end - b.start:
            return False
        return memoryview(a.data)[a.start : a.end] == memoryview(b.data)[b.start : b.end]
    return False


_FLAT_SIZE = 64
"""Members of a list or mapping that is compared at once."""

_FLAT_LEVELS = 2
"""Levels that are: a row, and lists in it."""


def is_flat_same(a: Value, b: Value, charge: Callable[[int], None], levels: int = _FLAT_LEVELS) -> bool:
    """Whether two small lists or mappings of scalars are equal for sure; most items of two lists are such rows.

    Python's own comparison is asked only where all members are scalars of the same types, for which it is safe.
    """
    if type(a) is dict:
        if len(a) > _FLAT_SIZE or type(b) is not dict or tuple(a) != tuple(b):
            return False
        a, b = tuple(a.values()), tuple(b.values())
    elif type(a) is not list or type(b) is not list or len(a) > _FLAT_SIZE or len(a) != len(b):
        return False
    types = [*map(type, a)]
    if types != [*map(type, b)]:
        return False
    charge(1)
    if SCALARS.issuperset(types):
        return bool(a == b)
    if not levels:
        return False
    for item, other in zip(a, b, strict=True):
        if type(item) in SCALARS:
            if item != other:
                return False
        elif not (is_same(item, other) or is_flat_same(item, other, charge, levels - 1)):
            return False
    return True


def match(before: Sequence[Value], after: Sequence[Value], digests: Digests) -> Matching:
    """How the items of two lists correspond.

    Raises:
        OutOfBudget: there is more to look at than one diff may.
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
        self.asked: dict[int, Identity | None] = {}

    def run(self) -> Matching:
        before, after = self.before, self.after
        self.digests.charge(len(before) + len(after))
        small = min(len(before), len(after))
        same = self.is_same
        head = next((at for at, (a, b) in enumerate(zip(before, after, strict=False)) if not same(a, b)), small)
        tail = 0
        while tail < small - head and same(before[-1 - tail], after[-1 - tail]):
            tail += 1
        ends = (head, len(before) - tail, head, len(after) - tail)
        rest_a, rest_b = ends[1] - head, ends[3] - head
        if not rest_a or not rest_b:
            return Matching(head, tail, [], [], range(head, ends[1]), range(head, ends[3]))
        if rest_a == rest_b == 1:
            if self.may_pair(head, head):
                return Matching(head, tail, [(head, head)], [], [], [])
            return Matching(head, tail, [], [], [head], [head])
        return self.middle(head, tail, ends)

    def is_same(self, a: Value, b: Value) -> bool:
        """Whether two items are equal, as far as can be told at once."""
        if a is b:
            return True
        if type(a) is dict or type(a) is list:
            return is_flat_same(a, b, self.digests.charge)
        return is_same(a, b)

    def unchanged(self, start: int, end_a: int, end_b: int) -> set[int]:
        """Positions where both lists have the same; none where that is the exception."""
        if end_a != end_b:
            return set()
        found = {at for at in range(start, end_a) if self.is_same(self.before[at], self.after[at])}
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
        shared = _shared_texts(self.before, self.after, start, end_a, end_b)
        for items, tokens in ((self.before, token_a), (self.after, token_b)):
            for index, token in enumerate(tokens):
                if token is None:
                    tokens[index] = self.token(items[start + index], shared)
        # Between items that stayed at their place, or all of them.
        spans = _runs(start, end_a, equal) if equal else [(start, end_a, start, end_b)]
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
                paired += self.gaps(found, in_a, in_b, (a_end, b_end))
        free_a = _without(free_a, [pair[0] for pair in paired])
        free_b = _without(free_b, [pair[1] for pair in paired])
        return Matching(head, tail, sorted(kept + paired), moved, free_a, free_b)

    def identities(self, items: Sequence[Value], start: int, end: int, equal: set[int]) -> dict[int, Identity]:
        """What each item is known by, where no other item of the list is known by the same."""
        found: dict[int, Identity] = {}
        places: dict[Identity, int] = {}
        twice: set[Identity] = set()
        for at in range(start, end):
            item = items[at]
            if type(item) in SCALARS or at in equal:
                continue
            known = self.identity(item)
            if known is None:
                continue
            if known in places:
                twice.add(known)
            places[known] = at
            found[at] = known
        return {at: known for at, known in found.items() if known not in twice} if twice else found

    def identity(self, item: Value) -> Identity | None:
        """What an item is known by, asked once."""
        ident = id(item)
        if ident not in self.asked:
            self.asked[ident] = identity(item)
        return self.asked[ident]

    def token(self, item: Value, shared: set[str]) -> Hashable:
        """What an item is equal to: a text for a text, a tuple for another scalar, a number for anything else."""
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
                continue  # it stands in too many places for one to be the other
            places.setdefault(token_a[at - start], []).append(at)
        found = []
        for at in free_b:
            candidates = places.get(token_b[at - start])
            if candidates:
                found.append((candidates.pop(), at))
        return found

    # -- items that are not the same but may be one that changed -----------------------------------------------------

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
        like = [[self.likeness(a, b) for b in gap_b] for a in gap_a]
        sums = [[0.0] * (width + 1) for _ in range(len(gap_a) + 1)]
        for i in range(len(gap_a) - 1, -1, -1):
            for j in range(width - 1, -1, -1):
                paired = sums[i + 1][j + 1] + like[i][j] if like[i][j] >= _ALIKE else -1.0
                sums[i][j] = max(sums[i + 1][j], sums[i][j + 1], paired)
        found = []
        i = j = 0
        while i < len(gap_a) and j < width:
            if like[i][j] >= _ALIKE and sums[i][j] == sums[i + 1][j + 1] + like[i][j]:
                found.append((gap_a[i], gap_b[j]))
                i += 1
                j += 1
            elif sums[i][j] == sums[i + 1][j]:
                i += 1
            else:
                j += 1
        return found

    def may_pair(self, at_a: int, at_b: int) -> bool:
        """Whether two items may be one that changed: of one sort, and not known to be two."""
        a, b = self.before[at_a], self.after[at_b]
        if type(a) in SCALARS or type(b) in SCALARS:
            return type(a) in SCALARS and type(b) in SCALARS
        if sort_of(a) != sort_of(b):
            return False
        known_a, known_b = self.identity(a), self.identity(b)
        if known_a is None or known_b is None or known_a == known_b or known_a.name != known_b.name:
            return True
        if known_a.name in NAMES:
            return True
        # Ids that are drawn at random tell nothing where a step ran twice.
        return _is_drawn(known_a) and _is_drawn(known_b)

    def likeness(self, at_a: int, at_b: int) -> float:
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
        return max(same / whole, _ALIKE if same else 0.0) if whole else 1.0

    def are_equal(self, a: Value, b: Value) -> bool:
        """Whether two members are equal."""
        if type(a) in SCALARS or type(b) in SCALARS:
            return is_same(a, b)
        return is_same(a, b) or self.digests.of(a) == self.digests.of(b)


def sort_of(value: Value) -> str:
    """What may change into what: two mappings, or two objects of one type, but not a list into a mapping."""
    value = resolve(value)
    kind = type(value)
    if kind is dict:
        return "builtins:dict"
    if kind is Map:
        return "builtins:dict" if value.has_text_keys() else "entries"
    return type_name(value)


def is_empty(value: Value) -> bool:
    """Whether a value says too little to be recognised elsewhere: None, a truth value, or nothing at all."""
    kind = type(value)
    if kind in (str, list, tuple, dict, bytes, bytearray):
        return not value
    if kind is Map:
        return not value.kv
    if kind is SetOf:
        return not value.items
    return value is None or kind is bool


def _is_drawn(known: Identity) -> bool:
    return type(known.value) is str and is_random(known.value)


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


def _names(value: Value) -> dict[str, Value] | None:
    """The members of a value by name, those that are None left out; None where they have no names."""
    kind = type(value)
    if kind is dict:
        pairs: Iterator[tuple[str, Value]] = iter(value.items())
    elif kind is Map and value.has_text_keys():
        pairs = iter(zip(value.kv[::2], value.kv[1::2], strict=True))
    elif kind is Obj:
        pairs = iter(anatomy(value).attributes)
    else:
        return None
    return {name: item for name, item in islice(pairs, _LIKE_MEMBERS) if item is not None}
