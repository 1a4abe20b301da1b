"""Two values compared side by side: everything that was added, removed or changed, as it is met.

Items of lists are compared with themselves wherever they are, sets and mappings have no order, and what is shared or
cyclic is compared once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from ckpt_tui.core.budgets import DIFF_CHANGES, DIFF_LEVELS, DIFF_NODES, DIFF_REPEATS
from ckpt_tui.core.diff.changes import Op
from ckpt_tui.core.diff.value_position import ValuePosition, key_name
from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.matching.digests import SCALARS, Digests, OutOfBudget, scalar_text
from ckpt_tui.core.matching.equality import is_plainly_equal, is_plainly_equal_row, sort_of
from ckpt_tui.core.matching.lists import in_order, match
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.object_parts import ObjectParts
from ckpt_tui.core.reading.order import ordered
from ckpt_tui.core.reading.pickled_objects import object_parts
from ckpt_tui.core.redact import SECRET
from ckpt_tui.core.secret_items import is_secret_type, secrets_beside
from ckpt_tui.core.value import Map, Obj, Opaque, SetOf, Value

Check = Callable[[], None] | None
Progress = Callable[[int], None] | None

_CONTAINER = 25
_OBJECT = 40
"""What a pair of containers and a pair of objects cost of the budget, in scalars."""

_SET_TYPES = frozenset(("builtins:set", "builtins:frozenset"))


class FoundChange(NamedTuple):
    """A change as the walk meets it; `at_a` or `at_b` is None where the value is not there."""

    op: Op
    at_a: ValuePosition | None
    at_b: ValuePosition | None
    before: Value
    after: Value
    name: str
    within: ValuePosition | None = None


Pair = tuple[Value, Value, ValuePosition, ValuePosition, str]
"""Two values to be compared, where each is, and the name of the member that they are."""


class Walk:
    """Compares two values; what it met is in `found`.

    Args:
        scale: How many times the usual budget may be spent.
        check: Called now and then; whatever it raises ends the work.
        progress: Called now and then with how many values were looked at.
    """

    def __init__(self, scale: int, check: Check, progress: Progress) -> None:
        self.check = check
        self.digests = Digests(DIFF_NODES * scale, check, progress)
        self.spend = self.digests.charge
        self.repeats = DIFF_REPEATS * scale
        self.found: list[FoundChange] = []
        self.most = DIFF_CHANGES * scale
        self.incomplete = ""
        # Pairs of containers by their ids: None while they are compared, then how many changes that gave.
        self.pairs: dict[int, int | None] = {}

    def run(self, before: Value, after: Value, root: ValuePosition) -> None:
        """Compare two values and all below them."""
        stack: list[tuple[Iterator[Pair], int, int]] = []
        try:
            self.enter(stack, (before, after, root, root, ""))
            while stack:
                pairs, ident, count = stack[-1]
                for pair in pairs:
                    self.enter(stack, pair)
                    if stack[-1][0] is not pairs:
                        break
                else:
                    self.pairs[ident] = len(self.found) - count
                    stack.pop()
        except OutOfBudget:
            self.incomplete = self.incomplete or "too many values for one diff: the rest was not compared"

    def enter(self, stack: list[tuple[Iterator[Pair], int, int]], pair: Pair) -> None:
        """Compare two values; their members follow when an iterator was put on the stack."""
        before, after, at_a, at_b, name = pair
        if is_plainly_equal(before, after):
            return
        before, after = resolve(before, self.check), resolve(after, self.check)
        if before is after:
            return
        ident = id(before) << 64 | id(after)
        if ident in self.pairs:
            count = self.pairs[ident]
            if not count:  # equal, or being compared further up: a cycle
                return
            self.repeats -= _CONTAINER
            if self.repeats < 0:
                self.incomplete = self.incomplete or "values shared often are compared only at their first place"
                return
        known = self.digests.known(before)
        if known is not None and known == self.digests.known(after):
            return
        self.spend(_OBJECT if type(before) is Obj else _CONTAINER)
        below = self.members(before, after, at_a, at_b)
        if below is None:
            self.add("changed", at_a, at_b, before, after, name)
        elif at_b.level >= DIFF_LEVELS:
            if not self.are_equal(before, after):
                self.add("changed", at_a, at_b, before, after, name)
        else:
            self.pairs[ident] = None
            stack.append((below, ident, len(self.found)))

    def add(
        self, op: Op, at_a: ValuePosition | None, at_b: ValuePosition | None, before: Value, after: Value, name: str,
        within: ValuePosition | None = None,
    ) -> None:  # fmt: skip
        """Record a change.

        Raises:
            OutOfBudget: there are more than one diff lists.
        """
        if len(self.found) >= self.most:
            self.incomplete = f"only the first {self.most:,} changes are listed"
            raise OutOfBudget
        self.found.append(FoundChange(op, at_a, at_b, before, after, name, within))

    # -- members -----------------------------------------------------------------------------------------------------

    def members(self, before: Value, after: Value, at_a: ValuePosition, at_b: ValuePosition) -> Iterator[Pair] | None:
        """The pairs of members of two values of one sort; None where the values can only be compared as a whole."""
        kind, other = type(before), type(after)
        if kind in SCALARS or other in SCALARS or sort_of(before) != sort_of(after):
            return None
        if kind is list and other is list:
            return self.items(before, after, at_a, at_b, ())
        if kind is tuple and other is tuple:
            return self.items(before, after, at_a, at_b, ("$items",))
        if kind is dict and other is dict:
            return self.names(before, after, at_a, at_b)
        if kind is SetOf and other is SetOf:
            return self.unordered(ordered(before), ordered(after), at_a, at_b, ("$items",))
        if kind in (dict, Map) and other in (dict, Map):
            names_a, names_b = _by_name(before), _by_name(after)
            if names_a is None or names_b is None:
                return self.entries(before.kv, after.kv, at_a, at_b)
            return self.names(names_a, names_b, at_a, at_b)
        if kind is Obj and other is Obj:
            parts_a, parts_b = object_parts(before), object_parts(after)
            if parts_a.is_text or parts_b.is_text:
                is_equal = parts_a.is_text and parts_b.is_text and is_plainly_equal(parts_a.text, parts_b.text)
                return iter(()) if is_equal else None
            return self.object(parts_a, parts_b, at_a, at_b)
        if kind is Opaque and other is Opaque and before.reason == after.reason and before.size == after.size:
            return self.items(before.partial, after.partial, at_a, at_b, ("$partial",))
        return iter(()) if self.are_equal(before, after) else None

    def are_equal(self, before: Value, after: Value) -> bool:
        """Whether two values are equal within the budget; values that differ only beyond it count as equal."""
        try:
            return self.digests.of(before) == self.digests.of(after)
        except OutOfBudget:
            self.incomplete = self.incomplete or "values too large for one diff were compared only in part"
            return True

    def names(
        self,
        before: Mapping[str, Value],
        after: Mapping[str, Value],
        at_a: ValuePosition,
        at_b: ValuePosition,
        escape: bool = False,
    ) -> Iterator[Pair]:
        """Members by name."""
        self.spend(len(before) + len(after))
        own_a, own_b = secrets_beside(before), secrets_beside(after)
        gone = 0
        for name, was in before.items():
            if name not in after:
                gone += 1
                self.add("removed", at_a.named(name, escape, own_a), None, was, None, name, at_b)
                continue
            now = after[name]
            if was is now:
                continue
            kind = type(was)
            if kind in SCALARS and type(now) in SCALARS:
                if kind is not type(now) or (was != now and (was == was or now == now)):
                    place_a, place_b = at_a.named(name, escape, own_a), at_b.named(name, escape, own_b)
                    self.add("changed", place_a, place_b, was, now, name)
                continue
            if (kind is dict or kind is list) and is_plainly_equal_row(was, now, self.spend):
                continue
            yield was, now, at_a.named(name, escape, own_a), at_b.named(name, escape, own_b), name
        if len(after) > len(before) - gone:
            for name, now in after.items():
                if name not in before:
                    self.add("added", None, at_b.named(name, escape, own_b), None, now, name)

    def items(
        self, before: Sequence[Value], after: Sequence[Value], at_a: ValuePosition, at_b: ValuePosition, steps: Path
    ) -> Iterator[Pair]:
        """Items of lists, each paired with its counterpart wherever that is."""
        try:
            found = match(before, after, self.digests)
        except OutOfBudget:
            self.incomplete = self.incomplete or "items of lists too large for one diff are compared by position"
            found = in_order(before, after)
        self.spend(len(before) + len(after) - found.head - found.tail)
        own_a, own_b = secrets_beside(before), secrets_beside(after)
        was_at = {b: a for a, b in found.moved}
        added = found.added if type(found.added) is range else set(found.added)
        removed = iter(found.removed)
        gone = next(removed, None)
        begin = found.head
        for a, b in chain(found.kept, ((len(before) - found.tail, len(after) - found.tail),)):
            while gone is not None and gone < a:
                self.add("removed", at_a.item(steps, gone, own_a), None, before[gone], None, "", at_b)
                gone = next(removed, None)
            for index in range(begin, b):
                if index in added:
                    self.add("added", None, at_b.item(steps, index, own_b), None, after[index], "")
                elif index in was_at:
                    place_a, place_b = at_a.item(steps, was_at[index], own_a), at_b.item(steps, index, own_b)
                    self.add("moved", place_a, place_b, before[was_at[index]], after[index], "")
                    yield before[was_at[index]], after[index], place_a, place_b, ""
            begin = b + 1
            if a < len(before) - found.tail:
                yield before[a], after[b], at_a.item(steps, a, own_a), at_b.item(steps, b, own_b), ""

    def unordered(
        self, before: Sequence[Value], after: Sequence[Value], at_a: ValuePosition, at_b: ValuePosition, steps: Path
    ) -> Iterator[Pair]:
        """Members of sets."""
        self.spend(len(before) + len(after))
        left: dict[str, list[int]] = {}
        for index, item in enumerate(before):
            left.setdefault(self.token(item), []).append(index)
        added = []
        for index, item in enumerate(after):
            places = left.get(self.token(item))
            if places:
                places.pop()
            else:
                added.append(index)
        for index in sorted(index for places in left.values() for index in places):
            self.add("removed", at_a.at((*steps, index)), None, before[index], None, "", at_b)
        for index in added:
            self.add("added", None, at_b.at((*steps, index)), None, after[index], "")
        yield from ()

    def entries(
        self, before: list[Value], after: list[Value], at_a: ValuePosition, at_b: ValuePosition
    ) -> Iterator[Pair]:
        """Members of a mapping whose keys may be any values: key, value, key, value, ..."""
        self.spend(len(before) + len(after))
        places: dict[str, list[int]] = {}
        for index in range(0, len(before), 2):
            places.setdefault(self.token(before[index]), []).append(index)
        pairs, added = [], []
        for index in range(0, len(after), 2):
            found = places.get(self.token(after[index]))
            if found:
                pairs.append((found.pop(0), index))
            else:
                added.append(index)
        for index in sorted(index for found in places.values() for index in found):
            place, name = at_a.entry(before, index), key_name(before[index])
            self.add("removed", place, None, [before[index], before[index + 1]], None, name, at_b)
        for a, b in pairs:
            place_a, place_b = at_a.entry(before, a, 1), at_b.entry(after, b, 1)
            yield before[a + 1], after[b + 1], place_a, place_b, key_name(after[b])
        for index in added:
            place, name = at_b.entry(after, index), key_name(after[index])
            self.add("added", None, place, None, [after[index], after[index + 1]], name)

    def token(self, value: Value) -> str:
        """A key that identifies a value."""
        value = resolve(value, self.check)
        return scalar_text(value) if type(value) in SCALARS else f"#{self.digests.of(value)}"

    def object(
        self, before: ObjectParts, after: ObjectParts, at_a: ValuePosition, at_b: ValuePosition
    ) -> Iterator[Pair]:
        """The members of two objects of one type."""
        if is_secret_type(before.type):
            at_a, at_b = at_a._replace(secrecy=SECRET), at_b._replace(secrecy=SECRET)
        yield from self.names(dict(before.attributes), dict(after.attributes), at_a, at_b, escape=True)
        yield from self.names(_own(before), _own(after), at_a, at_b)
        if before.args or after.args:
            yield from self.section("$args", before.args or None, after.args or None, at_a, at_b)
        yield from self.section("$items", before.items, after.items, at_a, at_b, before.type in _SET_TYPES)
        if before.entries is None or after.entries is None:
            yield from self.section("$entries", _pairs(before.entries), _pairs(after.entries), at_a, at_b)
        else:
            yield from self.entries(before.entries, after.entries, at_a, at_b)

    def section(
        self, name: str, before: Sequence[Value] | None, after: Sequence[Value] | None, at_a: ValuePosition,
        at_b: ValuePosition, is_set: bool = False,
    ) -> Iterator[Pair]:  # fmt: skip
        """A list of an object that is not an attribute: its arguments or its items."""
        if before is None or after is None:
            if after is not None:
                self.add("added", None, at_b.at((name,)), None, list(after), "")
            elif before is not None:
                self.add("removed", at_a.at((name,)), None, list(before), None, "", at_b)
            return iter(())
        return (self.unordered if is_set else self.items)(before, after, at_a, at_b, (name,))


def _by_name(value: Value) -> Mapping[str, Value] | None:
    """The members of a mapping by name; None where a key is not a text, or occurs twice."""
    if type(value) is dict:
        return value
    return dict(zip(value.kv[::2], value.kv[1::2], strict=True)) if value.has_text_keys() else None


def _own(parts: ObjectParts) -> dict[str, Value]:
    """What an object has besides attributes, by the name it has in JSON."""
    found: dict[str, Value] = {}
    if parts.has_state:
        found["$state"] = parts.state
    if parts.kwargs is not None:
        found["$kwargs"] = parts.kwargs
    if parts.maker is not None:
        found["$call"] = parts.maker
    return found


def _pairs(kv: list[Value] | None) -> list[Value] | None:
    return None if kv is None else [[kv[index], kv[index + 1]] for index in range(0, len(kv), 2)]
