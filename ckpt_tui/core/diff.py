"""What changed between two values, on what they are and never on their bytes.

Items of lists are compared with themselves wherever they stand, sets and mappings have no order, and what is shared or
cyclic is compared once. The command line and the screen ask the same functions, so their answers are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Literal, NamedTuple

from ckpt_tui.core.anatomy import Anatomy, anatomy
from ckpt_tui.core.budgets import DIFF_BYTES, DIFF_CHANGES, DIFF_LEVELS, DIFF_NODES, DIFF_REPEATS
from ckpt_tui.core.digests import SCALARS, Digests, OutOfBudget, scalar_text
from ckpt_tui.core.envelope import resolve
from ckpt_tui.core.matching import in_order, is_empty, is_flat_same, is_same, match, sort_of
from ckpt_tui.core.members import escape_name
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.noise import Noise
from ckpt_tui.core.order import ordered
from ckpt_tui.core.paths import Path
from ckpt_tui.core.redact import PLAIN, secrecy
from ckpt_tui.core.value import Map, Obj, Opaque, SetOf, Value

Op = Literal["added", "removed", "changed", "moved"]
Check = Callable[[], None] | None
Progress = Callable[[int], None] | None

PARTS = ("messages", "state", "pending", "metadata")
"""The parts of a checkpoint that are compared, in order."""

_CONTAINER = 25
_OBJECT = 40
"""What a pair of containers and a pair of objects cost of the budget, in scalars."""

_TEXT_THAT_MOVES = 24
"""Characters of a text that is recognised elsewhere; shorter ones stand in too many places."""

_SET_TYPES = frozenset(("builtins:set", "builtins:frozenset"))


class Change(NamedTuple):
    """One change.

    Attributes:
        op: What happened.
        path: Where, in the second document; where something was removed, in the first.
        before: The former value; None where there was none.
        after: The value; None where there is none.
        source: Where it stood in the first document, if that is not `path`; None otherwise.
        noise: The name of the rule that explains it, or "".
        secrecy: How far its values are a secret (see `ckpt_tui.core.redact`).
        within: Where the container that something was removed from stands in the second document; None for others.
    """

    op: Op
    path: Path
    before: Value
    after: Value
    source: Path | None = None
    noise: str = ""
    secrecy: int = PLAIN
    within: Path | None = None


class Difference(NamedTuple):
    """All changes between two documents, those that a rule explains included.

    Attributes:
        changes: In the order of the documents.
        incomplete: Why there may be more, for people; "" where this is all.
    """

    changes: tuple[Change, ...]
    incomplete: str = ""

    @property
    def shown(self) -> tuple[Change, ...]:
        """The changes that no rule explains."""
        return tuple(change for change in self.changes if not change.noise)

    @property
    def ignored(self) -> int:
        """How many changes a rule explains."""
        return sum(1 for change in self.changes if change.noise)

    @property
    def by_rule(self) -> dict[str, int]:
        """How many changes each rule explains."""
        found: dict[str, int] = {}
        for change in self.changes:
            if change.noise:
                found[change.noise] = found.get(change.noise, 0) + 1
        return found


def parts_of(checkpoint: Checkpoint) -> dict[str, Value]:
    """The parts of a checkpoint that are compared, by name."""
    return {name: getattr(checkpoint, name) for name in PARTS}


def diff_checkpoints(
    before: Checkpoint, after: Checkpoint, noise: Noise | None = None, check: Check = None, progress: Progress = None
) -> Difference:
    """What changed between two checkpoints; see `diff`."""
    return diff(parts_of(before), parts_of(after), noise, scale_of(before, after), check, progress=progress)


def scale_of(before: Checkpoint, after: Checkpoint) -> int:
    """How many times the usual budget two checkpoints are worth: more only where the files are large themselves."""
    return 1 + (before.ref.size + after.ref.size) // DIFF_BYTES


def diff(
    before: Mapping[str, Value], after: Mapping[str, Value], noise: Noise | None = None, scale: int = 1,
    check: Check = None, prefix: Path = (), secret: int = PLAIN, progress: Progress = None,
) -> Difference:  # fmt: skip
    """What changed between two documents: mappings of names to decoded values.

    Args:
        before: The first document.
        after: The second document.
        noise: The rules that explain changes; the built-in ones if None.
        scale: How many times the usual budget may be spent: 1 answers within a second whatever the values are.
        check: Called now and then; whatever it raises ends the work.
        prefix: Where both documents stand in the JSON of `show`.
        secret: How far all of it is a secret.
        progress: Called now and then with how many values were looked at, containers counting for several.
    """
    walk = _Walk(noise or Noise(), scale, check, progress)
    root = _Place(None, prefix, secret, 0)
    walk.run(dict(before), dict(after), root)
    return Difference(tuple(walk.settled()), walk.incomplete)


class _Place(NamedTuple):
    """Where a value stands: its parent's place, the steps from there, how far it is a secret, and its level."""

    above: _Place | None
    steps: Path
    secrecy: int
    level: int


class _Found(NamedTuple):
    """A change as the walk meets it; `at_a` or `at_b` is None where the value is not there."""

    op: Op
    at_a: _Place | None
    at_b: _Place | None
    before: Value
    after: Value
    name: str
    within: _Place | None = None


Pair = tuple[Value, Value, _Place, _Place, str]
"""Two values to be compared, where each stands, and the name of the member that they are."""


def _path(place: _Place) -> Path:
    steps: list[Path] = []
    here: _Place | None = place
    while here is not None:
        steps.append(here.steps)
        here = here.above
    return tuple(step for part in reversed(steps) for step in part)


class _Walk:
    def __init__(self, noise: Noise, scale: int, check: Check, progress: Progress) -> None:
        self.noise = noise
        self.check = check
        self.digests = Digests(DIFF_NODES * scale, check, progress)
        self.spend = self.digests.charge
        self.repeats = DIFF_REPEATS * scale
        self.found: list[_Found] = []
        self.most = DIFF_CHANGES * scale
        self.incomplete = ""
        # Pairs of containers by their ids: None while they are compared, then how many changes that gave.
        self.pairs: dict[int, int | None] = {}

    def run(self, before: Value, after: Value, root: _Place) -> None:
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
            self.incomplete = self.incomplete or "more values than one diff looks at: what follows was not compared"

    def enter(self, stack: list[tuple[Iterator[Pair], int, int]], pair: Pair) -> None:
        """Compare two values; their members follow when an iterator was put on the stack."""
        before, after, at_a, at_b, name = pair
        if is_same(before, after):
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
                self.incomplete = self.incomplete or "values that are shared often are compared where they stand first"
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
        self, op: Op, at_a: _Place | None, at_b: _Place | None, before: Value, after: Value, name: str,
        within: _Place | None = None,
    ) -> None:  # fmt: skip
        """Take a change down.

        Raises:
            OutOfBudget: there are more than one diff lists.
        """
        if len(self.found) >= self.most:
            self.incomplete = f"only the first {self.most:,} changes are listed"
            raise OutOfBudget
        self.found.append(_Found(op, at_a, at_b, before, after, name, within))

    # -- members -----------------------------------------------------------------------------------------------------

    def members(self, before: Value, after: Value, at_a: _Place, at_b: _Place) -> Iterator[Pair] | None:
        """The pairs of members of two values of one sort; None where the values can only be told apart as a whole."""
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
            parts_a, parts_b = anatomy(before), anatomy(after)
            if parts_a.is_text or parts_b.is_text:
                is_equal = parts_a.is_text and parts_b.is_text and is_same(parts_a.text, parts_b.text)
                return iter(()) if is_equal else None
            return self.object(parts_a, parts_b, at_a, at_b)
        if kind is Opaque and other is Opaque and before.reason == after.reason and before.size == after.size:
            return self.items(before.partial, after.partial, at_a, at_b, ("$partial",))
        return iter(()) if self.are_equal(before, after) else None

    def are_equal(self, before: Value, after: Value) -> bool:
        """Whether two values are equal as far as one may look; where that is not far enough, they count as equal."""
        try:
            return self.digests.of(before) == self.digests.of(after)
        except OutOfBudget:
            self.incomplete = self.incomplete or "values too large for one diff were not compared to their end"
            return True

    def names(
        self, before: Mapping[str, Value], after: Mapping[str, Value], at_a: _Place, at_b: _Place, escape: bool = False
    ) -> Iterator[Pair]:
        """Members by name."""
        self.spend(len(before) + len(after))
        gone = 0
        for name, was in before.items():
            if name not in after:
                gone += 1
                self.add("removed", self.named(at_a, name, escape), None, was, None, name, at_b)
                continue
            now = after[name]
            if was is now:
                continue
            kind = type(was)
            if kind in SCALARS and type(now) in SCALARS:
                if kind is not type(now) or (was != now and (was == was or now == now)):
                    place_a, place_b = self.named(at_a, name, escape), self.named(at_b, name, escape)
                    self.add("changed", place_a, place_b, was, now, name)
                continue
            if (kind is dict or kind is list) and is_flat_same(was, now, self.spend):
                continue
            yield was, now, self.named(at_a, name, escape), self.named(at_b, name, escape), name
        if len(after) > len(before) - gone:
            for name, now in after.items():
                if name not in before:
                    self.add("added", None, self.named(at_b, name, escape), None, now, name)

    @staticmethod
    def named(above: _Place, name: str, escape: bool = False) -> _Place:
        """The place of a member with a name."""
        step = escape_name(name) if escape else name
        return _Place(above, (step,), max(above.secrecy, secrecy(name)), above.level + 1)

    @staticmethod
    def at(above: _Place, steps: Path) -> _Place:
        """The place of a member without a name."""
        return _Place(above, steps, above.secrecy, above.level + 1)

    def items(
        self, before: Sequence[Value], after: Sequence[Value], at_a: _Place, at_b: _Place, steps: Path
    ) -> Iterator[Pair]:
        """Members by what they are, wherever they stand."""
        try:
            found = match(before, after, self.digests)
        except OutOfBudget:
            self.incomplete = self.incomplete or "items of lists too large for one diff are compared by position"
            found = in_order(before, after)
        self.spend(len(before) + len(after) - found.head - found.tail)
        was_at = {b: a for a, b in found.moved}
        added = found.added if type(found.added) is range else set(found.added)
        removed = iter(found.removed)
        gone = next(removed, None)
        begin = found.head
        for a, b in chain(found.kept, ((len(before) - found.tail, len(after) - found.tail),)):
            while gone is not None and gone < a:
                self.add("removed", self.at(at_a, (*steps, gone)), None, before[gone], None, "", at_b)
                gone = next(removed, None)
            for index in range(begin, b):
                if index in added:
                    self.add("added", None, self.at(at_b, (*steps, index)), None, after[index], "")
                elif index in was_at:
                    place_a, place_b = self.at(at_a, (*steps, was_at[index])), self.at(at_b, (*steps, index))
                    self.add("moved", place_a, place_b, before[was_at[index]], after[index], "")
                    yield before[was_at[index]], after[index], place_a, place_b, ""
            begin = b + 1
            if a < len(before) - found.tail:
                yield before[a], after[b], self.at(at_a, (*steps, a)), self.at(at_b, (*steps, b)), ""

    def unordered(
        self, before: Sequence[Value], after: Sequence[Value], at_a: _Place, at_b: _Place, steps: Path
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
            self.add("removed", self.at(at_a, (*steps, index)), None, before[index], None, "", at_b)
        for index in added:
            self.add("added", None, self.at(at_b, (*steps, index)), None, after[index], "")
        yield from ()

    def entries(self, before: list[Value], after: list[Value], at_a: _Place, at_b: _Place) -> Iterator[Pair]:
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
            place, name = self.entry(at_a, before, index), _name(before[index])
            self.add("removed", place, None, [before[index], before[index + 1]], None, name, at_b)
        for a, b in pairs:
            place_a, place_b = self.entry(at_a, before, a, 1), self.entry(at_b, after, b, 1)
            yield before[a + 1], after[b + 1], place_a, place_b, _name(after[b])
        for index in added:
            place, name = self.entry(at_b, after, index), _name(after[index])
            self.add("added", None, place, None, [after[index], after[index + 1]], name)

    @staticmethod
    def entry(above: _Place, kv: list[Value], index: int, *more: int) -> _Place:
        """The place of an entry, or of its value."""
        secret = max(above.secrecy, secrecy(_name(kv[index])))
        return _Place(above, ("$entries", index // 2, *more), secret, above.level + 1)

    def token(self, value: Value) -> str:
        """A text that tells a value from every other one."""
        value = resolve(value, self.check)
        return scalar_text(value) if type(value) in SCALARS else f"#{self.digests.of(value)}"

    def object(self, before: Anatomy, after: Anatomy, at_a: _Place, at_b: _Place) -> Iterator[Pair]:
        """The members of two objects of one type."""
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
        self, name: str, before: Sequence[Value] | None, after: Sequence[Value] | None, at_a: _Place, at_b: _Place,
        is_set: bool = False,
    ) -> Iterator[Pair]:  # fmt: skip
        """A list of an object that is no attribute: its arguments or its items."""
        if before is None or after is None:
            if after is not None:
                self.add("added", None, self.at(at_b, (name,)), None, list(after), "")
            elif before is not None:
                self.add("removed", self.at(at_a, (name,)), None, list(before), None, "", at_b)
            return iter(())
        return (self.unordered if is_set else self.items)(before, after, at_a, at_b, (name,))

    # -- after the walk ----------------------------------------------------------------------------------------------

    def settled(self) -> Iterator[Change]:
        """The changes, those that are one move told as such, each with the rule that explains it."""
        found = self.found
        moves = self.moves()
        sources = {a for a, _ in moves}
        targets = {b: a for a, b in moves}
        for index, change in enumerate(found):
            if index in sources:
                continue
            origin = found[targets[index]] if index in targets else None
            yield self.change(change, origin)

    def change(self, found: _Found, origin: _Found | None) -> Change:
        """A change as it is told; `origin` is what was removed where this was added."""
        op, at_a, at_b, before, after, name, within = found
        if origin is not None:
            op, at_a, before = "moved", origin.at_a, origin.before
        here = at_b or at_a
        assert here is not None
        path = _path(here)
        source = _path(at_a) if at_a is not None and at_b is not None else None
        if source == path and op != "moved":
            source = None
        absent = "before" if op == "added" else "after" if op == "removed" else ""
        rule = "" if op == "moved" else self.noise.explain(path, name, absent, before, after)
        secret = max(at_a.secrecy if at_a else PLAIN, here.secrecy)
        return Change(op, path, before, after, source, rule, secret, None if within is None else _path(within))

    def moves(self) -> list[tuple[int, int]]:
        """Pairs of a removal and an addition of one and the same value, which no other change has."""
        gone = [index for index, change in enumerate(self.found) if change.op == "removed"]
        come = [index for index, change in enumerate(self.found) if change.op == "added"]
        if not gone or not come:
            return []
        try:
            at_a = self.places([(index, self.found[index].before) for index in gone])
            at_b = self.places([(index, self.found[index].after) for index in come])
        except OutOfBudget:
            return []
        return [(at_a[digest], index) for digest, index in at_b.items() if index >= 0 and at_a.get(digest, -1) >= 0]

    def places(self, values: list[tuple[int, Value]]) -> dict[int, int]:
        """Which change has a value that is worth recognising, by its digest; -1 where several have."""
        found: dict[int, int] = {}
        for index, value in values:
            value = resolve(value, self.check)
            if type(value) is str:
                if len(value) < _TEXT_THAT_MOVES:
                    continue
            elif type(value) in SCALARS or is_empty(value):
                continue
            digest = self.digests.of(value)
            if self.digests.is_exact(value):
                found[digest] = -1 if digest in found else index
        return found


def _by_name(value: Value) -> Mapping[str, Value] | None:
    """The members of a mapping by name; None where a key is no text, or stands twice."""
    if type(value) is dict:
        return value
    return dict(zip(value.kv[::2], value.kv[1::2], strict=True)) if value.has_text_keys() else None


def _own(parts: Anatomy) -> dict[str, Value]:
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


def _name(key: Value) -> str:
    return key if type(key) is str else ""
