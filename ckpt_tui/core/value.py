"""Inert values: what a checkpoint holds, without a single class of the program that wrote it.

A value is one of

- `None`, `bool`, `int`, `float`, `str`, `bytes`, `bytearray`
- `list` and `tuple` of values
- `dict` with `str` keys (a JSON object), or `Map` (any other mapping: keys of any kind, kept even when they repeat)
- `SetOf`, `Ref`, `Obj`, `Opaque`, `Envelope`, `Deferred`

Values may be shared, cyclic and millions of levels deep. Never hash, compare, print or copy them with Python's own
operations; walk them with an explicit stack, `id()` and a budget, as this package does.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

Value: TypeAlias = Any
"""One of the kinds named in the module's description; a type checker has no name for a recursive, cyclic union."""


class Ref:
    """A class or function that a payload names, `module:qualname` in `name`. It is never resolved."""

    __slots__ = ("module", "name", "qualname")

    def __init__(self, module: str, qualname: str) -> None:
        self.module = module
        self.qualname = qualname
        self.name = f"{module}:{qualname}"


_TEXT = {str}


class Map:
    """A mapping whose keys may be any value: `kv` holds key, value, key, value, ..."""

    __slots__ = ("_text_keys", "kv")

    _text_keys: tuple[int, bool] | None

    def __init__(self, kv: list[Value] | None = None) -> None:
        self.kv: list[Value] = [] if kv is None else kv
        self._text_keys = None

    def has_text_keys(self) -> bool:
        """Whether the keys are all text and all different, so that the mapping is a JSON object; looked at once."""
        size = len(self.kv)
        if self._text_keys is None or self._text_keys[0] != size:
            keys = self.kv[::2]
            # The type is evaluated on all before the first one is hashed.
            self._text_keys = size, set(map(type, keys)) <= _TEXT and len(set(keys)) == len(keys)
        return self._text_keys[1]


class SetOf:
    """A set or frozenset; the order of `items` means nothing until `ckpt_tui.core.reading.order` sorts them."""

    __slots__ = ("frozen", "is_sorted", "items")

    def __init__(self, items: list[Value], frozen: bool = False) -> None:
        self.items = items
        self.frozen = frozen
        self.is_sorted = False


class Obj:
    """An object as its pickle describes it: what would be called, and what would be put into the result.

    Attributes:
        cls: The callable that would make it; a `Ref` in any honest pickle.
        args: The positional arguments, a tuple in any honest pickle.
        how: "new" for `cls.__new__(cls, *args)`, "call" for `cls(*args)`; "text" and "copy" where there is no pickle
            and the object was read from an exported document.
        kwargs: Keyword arguments, or None.
        state: The argument of `__setstate__` in BUILD, or None with `has_state` false.
        items: Items that would be appended (list subclasses, deques), or None.
        pairs: Entries that would be set by key (dict subclasses): key, value, key, value, ..., or None.
    """

    __slots__ = ("args", "cls", "has_state", "how", "items", "kwargs", "pairs", "state")

    def __init__(self, cls: Value, args: Value, how: str = "new", kwargs: Value = None) -> None:
        self.cls = cls
        self.args = args
        self.how = how
        self.kwargs = kwargs
        self.has_state = False
        self.state: Value = None
        self.items: list[Value] | None = None
        self.pairs: list[Value] | None = None


class Opaque:
    """Something that cannot be shown as a value, with the reason and the part that was read.

    Attributes:
        reason: Why, as text for people.
        size: Bytes it takes in the file.
        partial: Values that were read before the failure, outermost first.
    """

    __slots__ = ("partial", "reason", "size")

    def __init__(self, reason: str, size: int = 0, partial: list[Value] | None = None) -> None:
        self.reason = reason
        self.size = size
        self.partial: list[Value] = [] if partial is None else partial


_NOTHING: Mapping[Any, Any] = {}


class Decoded(NamedTuple):
    """The result of decoding a pickle.

    Attributes:
        value: The value; an `Opaque` with the reason and the readable part when it could not be read to its end.
        opcodes: Operations run.
        fault: Why it was not read to its end, or "".
        trailing: Bytes after the end of the pickle.
        is_cut: It was not read to its end because of a limit of ours; a higher `budget` reads further.
        objects: Containers, objects, classes and marks made.
        refs: (module, qualname) of every class and function it names → the reference, in the order of the pickle; also
            of those whose objects it throws away again.
        old: Names that it has as Python 2 had them, in protocols 0 to 2: the present name → `module:qualname`.
        opaque: Reasons of what it holds that cannot be shown as a value, each once.
        built: `module:qualname` of classes and functions that are themselves given a state, which sets attributes.
        discarded: Values that it made and that are not part of `value`: thrown away, or left on its stack.
        facts: Results that callers derived from `value`, by name; None where it is not cached.
        end: Where it ends; where it could not be read further, the byte where that operation begins.
    """

    value: Value
    opcodes: int
    fault: str
    trailing: int
    is_cut: bool = False
    objects: int = 0
    refs: Mapping[tuple[str, str], Ref] = _NOTHING
    old: Mapping[tuple[str, str], str] = _NOTHING
    opaque: Collection[str] = ()
    end: int = 0
    built: Collection[str] = ()
    discarded: Sequence[Value] = ()
    facts: dict[str, Any] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """`module:qualname` of each class and function that the pickle names, also where it throws the object away."""
        return tuple(ref.name for ref in self.refs.values())


class Envelope:
    """A base64 pickle inside JSON, decoded when it is first used (see `ckpt_tui.core.documents.envelope`).

    Attributes:
        text: The base64 text; a view of the bytes of its file where it is very long.
        claimed: The `__type__` beside it: a claim of the file, not a fact.
        value: The decoded value once `ready`.
        decoded: The result of decoding it, once `ready`; None where the text is not base64, or was not decoded.
        is_cut: It was not decoded to its end because of a limit; `core.documents.envelope.decode_further` goes on.
        factor: How many times the usual limits it was decoded within; 0 when it was not decoded.
        warning: What is irregular about it, or "".
        met: Pickle (see `core.pickles.kept`) → how many equal ones of its document were decoded, shared by all of them;
            None where it is alone. Two places of a document never share a value that one pickle does not: code that
            counts, searches or marks values goes by their identity.
    """

    __slots__ = ("claimed", "decoded", "factor", "is_cut", "met", "ready", "text", "value", "warning")

    def __init__(self, text: str | memoryview, claimed: str, met: dict[str | bytes, int] | None = None) -> None:
        self.text = text
        self.claimed = claimed
        self.met = met
        self.ready = False
        self.value: Value = None
        self.decoded: Decoded | None = None
        self.is_cut = False
        self.factor = 0
        self.warning = ""

    @property
    def has_rest(self) -> bool:
        """Whether it is whole and only bytes follow its end, which loaders do not read."""
        return self.decoded is not None and self.decoded.trailing > 0 and not self.decoded.fault and not self.is_cut


class Deferred:
    """A value of a large JSON file, parsed when it is first used (see `ckpt_tui.core.documents.lazy`).

    Attributes:
        data: The bytes of the whole file, shared by all that is deferred in it.
        start: Where its JSON begins in them.
        end: Where its JSON ends.
        level: How often its first line is indented.
        claimed: The `__type__` of a large envelope; "" for anything else.
        read: Parses it, one level deep; never raises but what the given `check` raises.
        met: State that the envelopes of the file share.
        value: The value once `ready`.
    """

    __slots__ = ("claimed", "data", "end", "level", "met", "read", "ready", "start", "value")

    def __init__(
        self, data: bytes, start: int, end: int, level: int, read: "Reader", met: dict[str | bytes, int] | None = None
    ) -> None:
        self.data = data
        self.start = start
        self.end = end
        self.level = level
        self.read = read
        self.met = met
        self.claimed = ""
        self.ready = False
        self.value: Value = None

    @property
    def is_text(self) -> bool:
        """Whether it is a text, which has no members."""
        return self.data[self.start] == 0x22


Reader: TypeAlias = Callable[[Deferred, Callable[[], None] | None], Value]
"""A function that parses a `Deferred`; the second argument is called now and then."""
