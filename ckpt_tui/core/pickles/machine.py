"""The state of the pickle machine, and what its operations share: stack, marks, memo, class names, bounded copies."""

from __future__ import annotations

# The names that protocols 0 to 2 write are those of Python 2; this is pickle's own table, plain dictionaries.
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from collections.abc import Callable
from typing import Any, TypeAlias

from ckpt_tui.core.budgets import PickleBudget
from ckpt_tui.core.value import Map, Obj, Opaque, Ref, SetOf, Value


class PickleFault(Exception):
    """A pickle cannot be read further.

    Attributes:
        reason: Why, as text for people.
        position: The byte where the operation begins that could not be run.
        is_limit: The reason is a limit of ours; the pickle itself may be sound.
    """

    def __init__(self, reason: str, position: int, is_limit: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position
        self.is_limit = is_limit


_REASONS = 100
"""Different reasons, and names of Python 2, that are kept: a hostile pickle could have a hundred thousand."""

NO_NAME = "a class named by something that is not a text"
"""The reason for a name that the pickle computes by calling something."""

LONG_NAME = "a class name of"
"""The beginning of the reason for a name that is too long to be kept."""

_NONE: dict[Any, Any] = {}
"""Stands for a table that few pickles need; never written to."""

_FAMILIAR: dict[tuple[str, str], Ref] = {}
_FAMILIAR_COUNT = 1_000
_FAMILIAR_SIZE = 200
"""References that all pickles share: most checkpoints name the same few classes. At most 1,000 of 200 characters."""


class Machine:
    """One run over one pickle.

    Attributes:
        stack: The values; where an `Opaque` is shown for a broken pickle, they are its partial value.
        marks: Heights of the stack. Marks are not values and are never among them.
        memo: Stored values 0, 1, 2, ...; what is stored beyond its end waits in `sparse`.
        opcodes: Operations run.
        position: Where the last operation begins; kept up by whoever may fail.
        reached: How far the bytes were read.
        protocol: As the pickle states it, 0 unless stated.
        refs, old, opaque: As `ckpt_tui.core.value.Decoded` has them.
        globals: The references that GLOBAL made, by its argument.
        objects: Containers, objects, classes and marks made.
        built: Names of the classes and functions themselves, not objects of theirs, that are given a state.
        long_names: Uses of names of classes that are too long to be kept.
        dropped: Containers, objects and states that are thrown away again.
        overrun: Where a frame begins that claims more bytes than there are. A pickle that was cut off is read all the
            same, as far as it goes.
    """

    __slots__ = (
        "_copied", "budget", "built", "data", "dropped", "globals", "long_names", "marks", "memo", "objects", "old",
        "opaque", "opcodes", "overrun", "position", "protocol", "reached", "refs", "sparse", "stack",
    )  # fmt: skip

    def __init__(self, data: bytes, budget: PickleBudget) -> None:
        self.data = data
        self.budget = budget
        self.stack: list[Value] = []
        self.marks: list[int] = []
        self.memo: list[Value] = []
        self.sparse: dict[int, Value] = {}
        self.opcodes = 0
        self.position = 0
        self.reached = 0
        self.protocol = 0
        self.overrun: int | None = None
        self.refs: dict[tuple[str, str], Ref] = {}
        self.old = self.globals = _NONE
        self.opaque: tuple[str, ...] = ()
        self.objects = 0
        self.built: tuple[str, ...] = ()
        self.dropped: list[Value] = []
        self.long_names = 0
        self._copied = 0

    # -- faults ------------------------------------------------------------------------------------------------------

    def short(self, start: int) -> PickleFault:
        """The fault of a length beyond the end of the data."""
        return PickleFault("a value that claims more bytes than there are", start)

    def underflow(self, start: int) -> PickleFault:
        """The fault of taking a value that was never put there."""
        return PickleFault("the pickle takes more from its stack than it put there", start)

    # -- memo --------------------------------------------------------------------------------------------------------

    def recall(self, index: int, start: int) -> Value:
        """A stored value."""
        if index < len(self.memo):
            return self.memo[index]
        if index in self.sparse:
            return self.sparse[index]
        raise PickleFault(f"a reference to value {index:,}, which was never stored", start)

    def store(self, index: int, value: Value, start: int) -> None:
        """Store a value under any number; the number itself costs nothing."""
        memo = self.memo
        if index < len(memo):
            memo[index] = value
            return
        if index > len(memo):
            if len(self.sparse) >= self.budget.memo_gap:
                raise PickleFault(f"more than {self.budget.memo_gap:,} values stored out of sequence", start, True)
            self.sparse[index] = value
            return
        memo.append(value)
        while self.sparse and len(memo) in self.sparse:
            memo.append(self.sparse.pop(len(memo)))

    def memoizer(self) -> Callable[[Value], None]:
        """A function that stores a value under the next number: the count of stored values, as in CPython."""
        return self._memoize if self.sparse else self.memo.append

    def _memoize(self, value: Value) -> None:
        self.store(len(self.memo) + len(self.sparse), value, self.position)

    # -- reading -----------------------------------------------------------------------------------------------------

    def take(self, i: int, count: int) -> tuple[bytes, int]:
        """The next `count` bytes, and where they end."""
        if count < 0 or i + count > len(self.data):
            raise self.short(self.position)
        return self.data[i : i + count], i + count

    def sized(self, i: int, width: int) -> tuple[bytes, int]:
        """Bytes after a length of `width` bytes."""
        head, i = self.take(i, width)
        return self.take(i, int.from_bytes(head, "little"))

    def line(self, i: int) -> tuple[bytes, int]:
        """Bytes up to a line feed, and where the next line begins."""
        end = self.data.find(b"\n", i)
        if end < 0:
            raise PickleFault("a line without an end", self.position)
        return self.data[i:end], end + 1

    def frame(self, size: int, i: int) -> None:
        """Note a frame of so many bytes that begins at `i`; frames are no more than a hint for reading ahead."""
        if size > len(self.data) - i and self.overrun is None:
            self.overrun = self.position

    # -- containers --------------------------------------------------------------------------------------------------

    def since_mark(self) -> list[Value]:
        """Take the values above the last mark from the stack."""
        at = self.marks.pop()
        if at > len(self.stack):
            raise self.underflow(self.position)
        items = self.stack[at:]
        del self.stack[at:]
        return items

    def set_items(self, target: Value, kv: list[Value], start: int) -> None:
        """Put keys and values into a mapping or an object."""
        if len(kv) % 2:
            raise PickleFault("an odd number of keys and values", start)
        kind = type(target)
        if kind is Map:
            target.kv += kv
        elif kind is Obj:
            if target.pairs is None:
                target.pairs = kv
            else:
                target.pairs += kv
        else:
            raise PickleFault("keys and values for something that is not a mapping", start)

    def add_items(self, target: Value, items: list[Value], start: int) -> None:
        """Append to a list, a set or an object."""
        kind = type(target)
        if kind is list:
            target += items
        elif kind is Obj:
            if target.items is None:
                target.items = items
            else:
                target.items += items
        else:
            raise PickleFault("items for something that is not a list", start)

    def drop(self, value: Value) -> None:
        """Keep a discarded value for the judgement of the pickle: making it may have acted."""
        if type(value) in _KEPT:
            self.dropped.append(value)

    def build(self, target: Value, state: Value, start: int) -> None:
        """Give a state to something that is not an object: to a class or function itself, whose attributes it sets."""
        if type(target) is not Ref:
            raise PickleFault("a state for something that is not an object", start)
        if target.name not in self.built and len(self.built) < _REASONS:
            self.built += (target.name,)
        self.drop(state)

    # -- classes and what they make ----------------------------------------------------------------------------------

    def named(self, module: Value, qualname: Value, start: int) -> Value:
        """A reference to a class or function."""
        if type(qualname) is not str or type(module) is not str:
            raise PickleFault(NO_NAME, start)
        names = module, qualname
        found = self.refs.get(names) or _FAMILIAR.get(names)
        if found is None:
            size = len(module) + len(qualname)
            if size > self.budget.class_name:
                self.long_names += 1
                return self.no_value(f"{LONG_NAME} {size:,} characters", size)
            found = Ref(module, qualname)
            if size <= _FAMILIAR_SIZE and len(_FAMILIAR) < _FAMILIAR_COUNT:
                _FAMILIAR[names] = found
        self.refs[names] = found
        return found

    def named_on_stack(self, module: Value, qualname: Value, start: int) -> Value:
        """A reference whose names are on the stack; protocols 0 to 2 read them as those of Python 2, too."""
        if self.protocol < 3 and type(module) is type(qualname) is str:
            module, qualname = self._present(module, qualname)
        return self.named(module, qualname, start)

    def name_again(self) -> None:
        """Note the meaning of the names so far in a protocol below 3, to which a pickle may switch midway."""
        for names in list(self.refs):
            self.named(*self._present(*names), self.position)

    def named_in_text(self, module: bytes, qualname: bytes) -> Value:
        """A reference as protocols 0 to 3 write it, with the names of Python 2 replaced."""
        names = str(module, "utf-8", "surrogateescape"), str(qualname, "utf-8", "surrogateescape")
        if self.protocol < 3:
            names = self._present(*names)
        return self.named(*names, self.position)

    def _present(self, module: str, qualname: str) -> tuple[str, str]:
        written = names = module, qualname
        if written in NAME_MAPPING:
            names = NAME_MAPPING[written]
        elif module in IMPORT_MAPPING:
            names = IMPORT_MAPPING[module], qualname
        if names != written and len(self.old) < _REASONS:
            self.old = {**self.old, names: ":".join(written)}
        return names

    def no_value(self, reason: str, size: int = 0, partial: list[Value] | None = None) -> Opaque:
        """A placeholder for something that has no value; its reason is noted."""
        if len(self.opaque) < _REASONS and reason not in self.opaque:
            self.opaque += (reason,)
        return Opaque(reason, size, partial)

    def native(self, called: Obj) -> Value:
        """Bytes, bytearrays and sets that older protocols write as calls; any other call is returned.

        A getattr of a protocol that needs none to name a class is marked as a member of what it is called with.
        """
        name, args = called.cls.name, called.args
        if type(args) is not tuple or not self._may_copy(args):
            return called
        kinds = tuple(type(arg) for arg in args[:3])
        value: Value = called
        if name == "builtins:getattr":
            # Protocols from 4 on name a class within a class as a whole, so this is a member: of an Enum, as a rule.
            called.how = "member" if self.protocol > 3 else called.how
        elif name == "_codecs:encode" and kinds == (str, str) and args[1] in ("latin1", "latin-1"):
            value = _latin1(args[0], called)
        elif name == "builtins:bytes" and not args:
            value = b""
        elif name == "builtins:bytearray":
            if kinds in ((), (bytes,)):
                value = bytearray(*args)
            elif kinds == (str, str) and args[1] == "latin-1":
                value = _latin1(args[0], called)
                value = bytearray(value) if type(value) is bytes else called
        elif name in ("builtins:set", "builtins:frozenset") and kinds in ((), (list,), (tuple,)):
            value = SetOf(list(*args), frozen=name == "builtins:frozenset")
        return value

    def _may_copy(self, args: tuple[Value, ...]) -> bool:
        # A stored value can be copied again and again at five bytes a time; an honest pickle copies each byte once.
        if args and type(args[0]) in (str, bytes, list, tuple):
            self._copied += len(args[0])
        return self._copied <= len(self.data)


_KEPT = frozenset((Obj, Map, SetOf, list, tuple, Opaque))
"""Types of values that may hold more than the names of a pickle show."""

NATIVE = frozenset(("encode", "bytes", "bytearray", "set", "frozenset", "getattr"))
"""Names of the callables that `Machine.native` handles."""


def _latin1(text: str, otherwise: Value) -> Value:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return otherwise


Operation: TypeAlias = Callable[[Machine, int], int]
"""Runs one operation, given the place after its own byte; returns where the next one begins."""
