"""A number for a value, equal for equal values: the diff skips what is equal by it, and lines up what moved.

Two values have one digest when `show` writes the same JSON for both, whatever their pickles look like: mappings and
sets have no order, `1`, `1.0` and `True` differ, and NaN equals NaN. The hash is Python's keyed one over text, so
that no payload can choose values that collide.
"""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from ckpt_tui.core.budgets import DIFF_NODES
from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.reading.pickled_objects import is_array, object_parts, own_attributes
from ckpt_tui.core.value import Deferred, Envelope, Map, Obj, Opaque, Ref, SetOf, Value

Check = Callable[[], None] | None

SCALARS = frozenset((str, int, float, bool, type(None)))

_CLOSED = frozenset((Envelope, Deferred))

_LONG_TEXT = 64
"""Characters of a text that is hashed by itself where the texts of a container are long."""

_TEXTS = 4_096
"""Characters in one container that are written out: faster than one by one, but a bomb has the same text often."""

_LONG_INTEGER = 1_024
"""Bits of an integer that is hashed as hexadecimal: the decimal text takes time quadratic in its size."""

_SHAPES = 4_000
"""Sets of names whose order is remembered."""

_SHAPE_NAMES = 256
"""Names of a mapping that is remembered as a shape."""

_CONTAINER = 10
_OBJECT = 20
"""What a container and an object cost of the budget, in scalars."""

_CHECK_EVERY = 50_000

_SET_TYPES = frozenset(("builtins:set", "builtins:frozenset"))


class _Leave(NamedTuple):
    """A container whose members come before it on the stack."""

    ident: int
    head: str
    values: Sequence[Value]
    sort: str


class OutOfBudget(Exception):
    """There are more values than one diff may compare."""


class Digests:
    """Digests of values, each worked out once.

    Args:
        nodes: Scalars to hash; a container counts for ten.
        check: Called now and then; whatever it raises ends the work.
        progress: Called as often, with how many were hashed.
        ignore: Keys and attributes that do not count, at any depth.
    """

    def __init__(
        self, nodes: int = DIFF_NODES, check: Check = None, progress: Callable[[int], None] | None = None,
        ignore: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        self.left = self._nodes = nodes
        self._check = check
        self._progress = progress
        self._ignore = ignore
        self._next_check = nodes
        self._memo: dict[int, int] = {}
        self._loose: set[int] = set()
        self._kept: list[Value] = []  # an id means nothing once its object is gone
        self._shapes: dict[tuple[str, ...], tuple[str, Callable[[Any], Any] | None]] = {}

    def known(self, value: Value) -> int | None:
        """The digest of a container if it was worked out and proves equality; None otherwise."""
        ident = id(value)
        return None if ident in self._loose else self._memo.get(ident)

    def is_exact(self, value: Value) -> bool:
        """Whether equal digests prove equality: not for a value that a cycle leads back into."""
        return id(resolve(value)) not in self._loose

    def of(self, value: Value) -> int:
        """The digest of a container, or of any value that is not a scalar.

        Raises:
            OutOfBudget: there are more values than one diff may compare.
        """
        value = resolve(value, self._check)
        kind = type(value)
        if kind in SCALARS:
            return hash(scalar_text(value))
        memo = self._memo
        if id(value) in memo:
            return memo[id(value)]
        self._kept.append(value)
        opened: dict[int, int] = {}
        stack: list[Any] = [value]
        while stack:
            item = stack.pop()
            if type(item) is _Leave:
                self._leave(item, opened)
                continue
            ident = id(item)
            if ident in memo or ident in opened:
                continue
            head, values, sort = self.parts(item)
            self.charge((_OBJECT if type(item) is Obj else _CONTAINER) + len(values))
            types = set(map(type, values))
            if not sort and types <= SCALARS:
                memo[ident] = hash(head + _scalars(values, types))
                continue
            if types & _CLOSED:
                values = [resolve(part, self._check) if type(part) in _CLOSED else part for part in values]
            opened[ident] = len(opened)
            stack.append(_Leave(ident, head, values, sort))
            # A bomb has one member a hundred thousand times.
            last = None
            for part in values:
                if part is not last and type(part) not in SCALARS:
                    stack.append(part)
                    last = part
        return memo[id(value)]

    def charge(self, count: int) -> None:
        """Take so many scalars from the budget.

        Raises:
            OutOfBudget: it is used up.
        """
        self.left -= count
        if self.left < 0:
            raise OutOfBudget
        if self.left < self._next_check:
            self._next_check = self.left - _CHECK_EVERY
            if self._check is not None:
                self._check()
            if self._progress is not None:
                self._progress(self._nodes - self.left)

    def _leave(self, frame: _Leave, opened: dict[int, int]) -> None:
        memo, loose = self._memo, self._loose
        level = opened.pop(frame.ident)
        tokens: list[str] = []
        is_loose = False
        for part in frame.values:
            if type(part) in SCALARS:
                tokens.append(scalar_text(part))
                continue
            ident = id(part)
            found = memo.get(ident)
            if found is None:  # a member that is not finished is one of those around it: a cycle
                tokens.append(f"^{level - opened.get(ident, level)}")
                is_loose = True
            else:
                tokens.append(f"#{found}")
                is_loose = is_loose or ident in loose
        if frame.sort == "set":
            tokens.sort()
        elif frame.sort == "entries":
            half = [f"{key}:{value}" for key, value in zip(tokens[::2], tokens[1::2], strict=True)]
            tokens = sorted(half)
        memo[frame.ident] = hash(f"{frame.head}<{','.join(tokens)}>")
        if is_loose:
            loose.add(frame.ident)

    # -- what a value consists of ------------------------------------------------------------------------------------

    def parts(self, value: Value) -> tuple[str, Sequence[Value], str]:
        """The type of a value, its members, and their order: "" as they are, "set", or "entries" in pairs."""
        kind = type(value)
        if kind is dict:
            return self._named("d", tuple(value), tuple(value.values()))
        if kind is list:
            return "l", value, ""
        if kind is tuple:
            return "t", value, ""
        if kind is Map:
            if value.has_text_keys():
                return self._named("d", tuple(value.kv[::2]), tuple(value.kv[1::2]))
            return "m", value.kv, "entries"
        if kind is SetOf:
            return ("f" if value.frozen else "s"), value.items, "set"
        if kind is Obj:
            return self._object(value)
        if kind is bytes or kind is bytearray:
            return f"{kind.__name__} {len(value)} {hash(bytes(value))}", (), ""
        if kind is Ref:
            return f"r{value.name}", (), ""
        if kind is Opaque:
            return f"?{value.reason} {value.size}", value.partial, ""
        return kind.__name__, (), ""

    def _object(self, value: Obj) -> tuple[str, Sequence[Value], str]:
        kv = own_attributes(value)
        if kv is not None:
            return self._named(f"o{value.cls.name} ", tuple(kv[::2]), tuple(kv[1::2]))
        parts = object_parts(value)
        if parts.is_text:
            return f"a{parts.type} {scalar_text(parts.text)}", (), ""
        keys = tuple(parts.attributes.kv[::2])
        head, values, _ = self._named(f"o{parts.type} ", keys, tuple(parts.attributes.kv[1::2]))
        if parts.has_state or parts.kwargs is not None or parts.maker is not None or parts.args:
            head += f" {parts.has_state:d}{parts.kwargs is not None:d}{parts.maker is not None:d}"
            rest = (parts.state, parts.kwargs, parts.maker, self._keep(list(parts.args)))
            values = (*values, *rest)
        if parts.items is not None:
            if is_array(value):
                self.charge(_ELEMENT * len(parts.items))
            items = list(parts.items)
            values = (*values, self._keep(SetOf(items) if parts.type in _SET_TYPES else items))
            head += " i"
        if parts.entries is not None:
            values = (*values, self._keep(Map(parts.entries)))
            head += " e"
        return head, values, ""

    def _keep(self, value: Value) -> Value:
        self._kept.append(value)
        return value

    def _named(
        self, head: str, names: tuple[str, ...], values: tuple[Value, ...]
    ) -> tuple[str, tuple[Value, ...], str]:
        """Members by name, in the order of the names."""
        shape = self._shapes.get(names)
        if shape is None:
            order = [at for at in sorted(range(len(names)), key=names.__getitem__) if names[at] not in self._ignore]
            shape = f"{hash(repr([names[at] for at in order]))}", _taking(order, len(names))
            if len(self._shapes) < _SHAPES and len(names) <= _SHAPE_NAMES:
                self._shapes[names] = shape
        text, getter = shape
        return head + text, values if getter is None else getter(values), ""


_ELEMENT = 10
"""Scalars for which an element of an array counts, which is read for itself."""


def _taking(order: list[int], count: int) -> Callable[[Any], Any] | None:
    """A function that picks the members at these places; None where all are taken as they are."""
    if order == list(range(count)):
        return None
    return itemgetter(*order) if len(order) > 1 else lambda values: tuple([values[at] for at in order])


def scalar_text(value: Value) -> str:
    """A key that identifies a scalar."""
    kind = type(value)
    if kind is str and len(value) > _LONG_TEXT:
        return f"~{len(value)} {hash(value)}"
    if kind is int and value.bit_length() > _LONG_INTEGER:
        return f"~{hash(hex(value))}"
    return repr(value if kind is not float else value + 0.0)  # -0.0 is 0.0


def _scalars(values: Sequence[Value], types: set[type]) -> str:
    """A key that identifies a row of scalars."""
    is_short = str not in types or sum([len(part) for part in values if type(part) is str]) <= _TEXTS
    if is_short and int in types:
        is_short = max([part.bit_length() for part in values if type(part) is int]) <= _LONG_INTEGER
    if is_short:
        text = repr(values if type(values) is tuple else tuple(values))
        if float in types and "-0.0" in text:
            text = repr(tuple([part + 0.0 if type(part) is float else part for part in values]))  # -0.0 is 0.0
        return text
    texts: list[str] = []
    last: Value = texts
    for part in values:
        if part is not last:  # a bomb has the same long one often
            text = scalar_text(part)
            last = part
        texts.append(text)
    return f"<{','.join(texts)}>"
