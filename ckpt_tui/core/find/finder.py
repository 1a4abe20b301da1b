"""The search for a text in checkpoints: in keys and in values, as the JSON of `show` has them.

Class names are values, at `$type`. Secrets are masked there, so they are not searched; nulls are not either, and bytes
are searched as the text they may be.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from ckpt_tui.core.byte_digests import digest_of
from ckpt_tui.core.documents.envelope import open_deferred, open_envelope
from ckpt_tui.core.find.question import Hit, Matcher, Question, Spot, excerpt
from ckpt_tui.core.find.searched_members import Hidden, Members, attributes_of, members_of, object_members
from ckpt_tui.core.paths import Path, path_to
from ckpt_tui.core.reading.pickled_objects import object_parts, own_attributes, type_name
from ckpt_tui.core.redact import EVERYTHING, PLAIN, SECRET, is_maskable, masked_text, secrecy
from ckpt_tui.core.secret_items import TELLING, is_secret_type
from ckpt_tui.core.secret_names import KEYS_OF_SERVICES, is_key_of_service
from ckpt_tui.core.value import Deferred, Envelope, Map, Obj, Opaque, Ref, Value

FIND_NODES = 5_000_000
"""Values visited in one checkpoint."""

FIND_REPEATS = 100_000
"""Values visited again where they are shared: a small pickle of shared values can lead to any number."""

_LEVELS = 2_000
"""Levels searched: a path is as long as it is deep."""

_CHECK_EVERY = 2_000
"""Values between two calls of `check`: about 2 ms."""

_ENVELOPES = 100_000
"""Envelopes whose matches are remembered."""

_NAMES = 50_000
"""Keys and texts for which the result of matching is cached."""

_SHORT = 64
"""Characters of a text whose result is cached."""

_LONG = 4_096
"""Values with long texts of one checkpoint whose matches are cached: they may be shared."""

_FEW_BITS = 200
"""Bits of an integer whose digits cost little."""

_BYTES = 1_000_000
"""Bytes of a value that are searched as text."""

_SHAPES = 4_000
"""Sets of attribute names for which is cached whether one of them matters."""

_DIGITS = 8_000
"""Bits of an integer whose digits are searched."""

NO_SPOT: Spot = (-1, -1)
"""Stands for a match whose place is not known yet."""

_TEXTS = frozenset((str, bytes, bytearray))

Check = Callable[[], None] | None


class _Remembering:
    """A matcher that caches its result for short texts: roles, types and names recur."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._known: dict[str, Spot | None] = {}

    def find(self, text: str) -> Spot | None:
        known = self._known
        if text in known:
            return known[text]
        spot = self._matcher(text)
        if len(text) <= _SHORT and len(known) < _NAMES:
            known[text] = spot
        return spot


class Finder:
    """Searches many checkpoints for one question; an envelope that recurs is not decoded again.

    Args:
        question: What to find.
        matcher: Finds it in a text.
    """

    def __init__(self, question: Question, matcher: Matcher) -> None:
        self.question = question
        self.matcher = _Remembering(matcher).find
        self.cut = False
        """Whether something was too large to be searched to its end."""
        self._envelopes: dict[bytes, tuple[Hit, ...]] = {}
        self._dull: dict[tuple[str, ...], bool] = {}
        self.names: dict[str, tuple[Spot | None, int]] = {}
        """Keys that were met: where each matches, and how far it makes its value a secret."""

    def hits(self, parts: Mapping[str, Value], check: Check = None) -> Iterator[Hit]:
        """The matches in the parts of a checkpoint, in their order.

        Args:
            parts: Values by name; the name is the first step of every path.
            check: Called now and then; whatever it raises ends the search.
        """
        walk = _Walk(self, check)
        for name, value in parts.items():
            yield from walk.run(value, _FoundIn(None, (name,), 1), secrecy(name) if not self.question.reveal else PLAIN)
        self.cut = self.cut or walk.left < 0

    def name(self, name: str) -> tuple[Spot | None, int]:
        """Where a key matches, and how far it makes its value a secret."""
        question = self.question
        known = self.matcher(name) if question.keys else None, PLAIN if question.reveal else secrecy(name)
        if len(self.names) < _NAMES:
            self.names[name] = known
        return known

    def is_dull(self, names: tuple[str, ...]) -> bool:
        """Whether none of some attribute names matches, marks a secret or is escaped; the answer is cached."""
        try:
            return self._dull[names]
        except KeyError:
            found = TELLING.isdisjoint(names) and all(
                self.name(name) == (None, PLAIN) and name[:1] != "$" for name in names
            )
            if len(self._dull) < _SHAPES:
                self._dull[names] = found
            return found

    def remembered(self, key: bytes) -> tuple[Hit, ...] | None:
        """The cached matches in an envelope, with their paths from the envelope on."""
        return self._envelopes.get(key)

    def remember(self, key: bytes, hits: tuple[Hit, ...]) -> None:
        """Keep the matches in an envelope."""
        if len(self._envelopes) < _ENVELOPES:
            self._envelopes[key] = hits


class _FoundIn(NamedTuple):
    """The place of a value: its parent's place, the steps from there, and its level."""

    above: _FoundIn | None
    steps: Path
    level: int


class _Walk:
    def __init__(self, finder: Finder, check: Check) -> None:
        self.finder = finder
        self.question = finder.question
        self.match = finder.matcher
        self.check = check
        self.left = FIND_NODES
        self.repeats = FIND_REPEATS
        self.open: dict[int, bool] = {}  # id of a container at hand → whether it was looked at before
        self.seen: dict[int, Value] = {}  # kept alive: an id means nothing once its object is gone
        self.states: dict[int, Value] = {}  # of objects
        self.long: dict[int, tuple[Value, tuple[str, Spot] | None]] = {}

    def run(self, value: Value, top: _FoundIn, secret: int) -> Iterator[Hit]:  # noqa: C901 one loop: a call each is slow
        """The matches in a value."""
        frames: list[tuple[Iterator[tuple[Path | None, str | None, Value]], _FoundIn, int, int]] = []
        found = yield from self.enter(value, top, secret)
        if found is not None:
            frames.append((iter(found[0]), top, secret, found[1]))
        values, names = self.question.values, self.finder.names
        while frames:
            below, place, above, ident = frames[-1]
            again = self.open.get(ident, False)
            for steps, name, item in below:
                self.left -= 1
                if again:
                    self.repeats -= 1
                if self.left < 0:
                    return
                if self.check is not None and self.left % _CHECK_EVERY == 0:
                    self.check()
                secret = above
                if name is not None:
                    spot, own = names.get(name) or self.finder.name(name)
                    if spot is not None and (seen := self.unmasked(name, spot)) is not None:
                        yield _hit(_FoundIn(place, steps or (name,), 0), "key", *seen)
                    if own > secret:
                        secret = own
                    elif name in KEYS_OF_SERVICES and is_key_of_service(place.steps[-1], name):
                        secret = PLAIN if self.question.reveal else max(secret, SECRET)
                if item is None:
                    continue
                kind = type(item)
                if kind is str or kind is int or kind is float or kind is bool:
                    if values and not (secret and is_maskable(item, secret == EVERYTHING)):
                        spot = self.match(item) if kind is str and len(item) <= _SHORT else NO_SPOT
                        if spot is not None and (seen := self.seen_in(item, kind, spot)) is not None:
                            yield _hit(_FoundIn(place, steps or (name or "",), 0), "value", *seen)
                    continue
                if kind is Hidden:
                    secret = secret if self.question.reveal else max(secret, item.secret)
                    item = item.value
                here = _FoundIn(place, steps or (name or "",), place.level + 1)
                found = yield from self.enter(item, here, secret)
                if found is not None:
                    frames.append((iter(found[0]), here, secret, found[1]))
                    break
            else:
                frames.pop()
                self.open.pop(ident, None)

    def enter(self, item: Value, place: _FoundIn, secret: int) -> Generator[Hit, None, tuple[Members, int] | None]:
        """Matches of a value's own texts; returns its members and its id, or None where none are to be searched."""
        while type(item) is Deferred:
            item = item.value if item.ready else open_deferred(item, self.check)
        if type(item) is Envelope:
            if secret == PLAIN:
                yield from self.envelope(item, place)
                return None
            item = item.value if item.ready else open_envelope(item, check=self.check)
        kind = type(item)
        if kind is str or kind is int or kind is float or kind is bool or kind is bytes or kind is bytearray:
            yield from self.leaf(item, kind, place, secret)
            return None
        ident = id(item)
        if item is None or ident in self.open:
            return None
        again = ident in self.seen or (kind is Obj and self.is_shared(item.state))
        if again and self.repeats < 0:
            self.finder.cut = True
            return None
        self.seen[ident] = item
        if kind is Ref:
            yield from self.texts(place, (("$value", item.name),), PLAIN)
            return None
        if kind is Obj and is_secret_type(type_name(item)) and not self.question.reveal:
            yield from self.texts(place, (("$type", type_name(item)),), PLAIN)
            return None
        if kind is Opaque:
            yield from self.texts(place, (("$error", item.reason),), PLAIN)
        if place.level > _LEVELS:
            self.finder.cut = True
            return None
        below = members_of(item, kind) if kind is not Obj else (yield from self.object(item, place, secret))
        if below is None:
            return None
        self.open[ident] = again
        return below, ident

    def is_shared(self, state: Value) -> bool:
        """Whether an object with the same state was visited before."""
        if type(state) is not Map:
            return False
        shared = id(state) in self.states
        self.states[id(state)] = state
        return shared

    def object(self, item: Obj, place: _FoundIn, secret: int) -> Generator[Hit, None, Members | None]:
        """Matches of an object's own texts; returns its members, or None where it is a text itself."""
        kv = own_attributes(item)
        if kv is not None:
            if self.question.values and (spot := self.match(item.cls.name)) is not None:
                yield _hit(_FoundIn(place, ("$type",), 0), "value", item.cls.name, spot)
            return attributes_of(kv, self.finder.is_dull)
        parts = object_parts(item)
        yield from self.texts(place, (("$type", parts.type),), PLAIN)
        if parts.is_text:
            if parts.text is not None:
                here = _FoundIn(place, ("$value",), place.level + 1)
                yield from self.leaf(parts.text, type(parts.text), here, secret)
            return None
        return object_members(parts, self.finder.is_dull)

    def texts(self, place: _FoundIn, texts: Iterable[tuple[str, str]], secret: int) -> Iterator[Hit]:
        for step, text in texts:
            yield from self.leaf(text, str, _FoundIn(place, (step,), 0), secret)

    def leaf(self, item: Value, kind: type, place: _FoundIn, secret: int) -> Iterator[Hit]:
        if not self.question.values or (secret and is_maskable(item, secret == EVERYTHING)):
            return
        seen = self.seen_in(item, kind)
        if seen is not None:
            yield _hit(place, "value", *seen)

    def seen_in(self, item: Value, kind: type, spot: Spot = NO_SPOT) -> tuple[str, Spot] | None:
        """The text of a scalar and where it matches, secrets masked; None where it does not.

        Args:
            item: The scalar.
            kind: Its type.
            spot: Where it matches, as far as that is known.
        """
        if spot is not NO_SPOT:
            return self.unmasked(item, spot)
        is_long = len(item) > _SHORT if kind in _TEXTS else kind is int and item.bit_length() > _FEW_BITS
        if is_long and (known := self.long.get(id(item))) is not None:
            return known[1]
        text = item if kind is str else _text(item, kind)
        found = self.match(text)
        seen = self.unmasked(text, found) if found is not None else None
        if is_long and len(self.long) < _LONG:
            self.long[id(item)] = item, seen
        return seen

    def unmasked(self, text: str, spot: Spot) -> tuple[str, Spot] | None:
        """A text that matches, and where, with the secrets in it masked; None where only they match."""
        shown = text if self.question.reveal else masked_text(text)
        if shown is text:
            return text, spot
        again = self.match(shown)
        return None if again is None else (shown, again)

    def envelope(self, envelope: Envelope, place: _FoundIn) -> Iterator[Hit]:
        """The matches in an envelope; one that recurs, in this checkpoint or another, is not searched again."""
        text = (
            envelope.text if type(envelope.text) is memoryview else str(envelope.text).encode("utf-8", "surrogatepass")
        )
        key = digest_of(text)
        hits = self.finder.remembered(key)
        if hits is None:
            value = envelope.value if envelope.ready else open_envelope(envelope, check=self.check)
            cut, self.finder.cut = self.finder.cut, False
            hits = tuple(self.run(value, _FoundIn(None, (), place.level), PLAIN))
            if self.left >= 0 and not self.finder.cut:
                self.finder.remember(key, hits)
            self.finder.cut = self.finder.cut or cut
        if hits:
            path = path_to(place)
            for hit in hits:
                yield hit._replace(path=path + hit.path)


def _text(item: Value, kind: type) -> str:
    """The text of a scalar that is not a text itself."""
    if kind is bool:
        return "true" if item else "false"
    if kind is int:
        return str(item) if item.bit_length() < _DIGITS else ""
    if kind is float:
        return repr(item)
    if kind is bytes or kind is bytearray:
        return bytes(item[:_BYTES]).decode("utf-8", "replace")
    return item if kind is str else ""


def _hit(place: _FoundIn, where: Literal["key", "value"], text: str, spot: Spot) -> Hit:
    return Hit(path_to(place), where, *excerpt(text, spot))
