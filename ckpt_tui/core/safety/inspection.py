"""All that one pickle would do when it is loaded: what it names, calls, and sets, whether or not its value shows it."""

from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from itertools import islice
from typing import Literal, NamedTuple

from ckpt_tui.core.budgets import DEFAULT_PICKLE, PickleBudget
from ckpt_tui.core.pickles.machine import LONG_NAME, NO_NAME
from ckpt_tui.core.pickles.opcodes import BUFFER, PERSISTENT
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.safety.judgement import Judgement, is_class_name, judge, names_in_bytes
from ckpt_tui.core.value import Decoded, Map, Obj, Opaque, Ref, SetOf, Value

How = Literal["call", "new", "value", "getattr"]

DOES = {"call": "calls ", "new": "makes ", "value": "names ", "getattr": "calls getattr for "}
"""How each use is said, before the name."""


class Use(NamedTuple):
    """One use that a pickle makes of a class or function.

    Attributes:
        module, qualname: Its present name.
        how: call (`cls(*args)`), new (`cls.__new__(cls, *args)`), value (it is only named), getattr (reached from a
            class by getattr: a class within it, or the member of an enumeration).
        judgement: What it means.
        written: `module:qualname` as Python 2 has it, where the pickle says it so, else "".
        is_member: It is reached by getattr where no class within a class is: the member of an enumeration.
    """

    module: str
    qualname: str
    how: How
    judgement: Judgement
    written: str = ""
    is_member: bool = False

    @property
    def name(self) -> str:
        """`module:qualname`."""
        return f"{self.module}:{self.qualname}"

    @property
    def says(self) -> str:
        """What is done with it, as text: `calls os:system`."""
        return DOES[self.how] + self.name


class Inspection(NamedTuple):
    """What one pickle would do.

    Attributes:
        uses: Each use of each class and function, once, also where its result is thrown away.
        dangers: What is dangerous beyond the names: states set on classes, getattr on what is not named, persistent
            ids, names that are worked out; each a sentence's end after "the pickle".
        fault: Why it could not be decoded to its end, or holds what cannot be loaded; "" where nothing was left out.
        looked_at: Objects and containers that were walked over.
    """

    uses: tuple[Use, ...]
    dangers: tuple[str, ...] = ()
    fault: str = ""
    looked_at: int = 0

    @property
    def is_danger(self) -> bool:
        """Whether loading it could have effects, such as running code."""
        return bool(self.dangers) or any(use.judgement.is_danger for use in self.uses)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is dangerous, each reason once: what it does, and what that could do."""
        names = (f"{use.says}: {use.judgement.reason}" for use in self.uses if use.judgement.is_danger)
        return tuple(dict.fromkeys((*names, *self.dangers)))

    def refusals(self, allowed: Collection[str] = ()) -> tuple[str, ...]:
        """The same as ends of a sentence that begins with "it": `names os:system, which starts programs`.

        Args:
            allowed: Classes that a person allowed although they act, `module:qualname`.
        """
        names = (
            f"names {use.name}, which {use.judgement.reason}"
            for use in self.uses
            if use.judgement.is_danger and not (use.name in allowed and is_class_name(use.name))
        )
        return tuple(dict.fromkeys((*names, *self.dangers)))


def inspect(data: bytes, budget: PickleBudget = DEFAULT_PICKLE, check: Callable[[], None] | None = None) -> Inspection:
    """What one pickle would do when it is loaded; nothing is imported, called or looked up.

    Args:
        data: The bytes of the pickle.
        budget: What decoding it may cost.
        check: Called every few thousand operations; whatever it raises ends the work.
    """
    decoded = decode(data, budget, check)
    found = inspect_decoded(decoded)
    hidden = danger_beyond(data, decoded)
    return found._replace(dangers=(*found.dangers, hidden)) if hidden else found


def inspect_decoded(decoded: Decoded) -> Inspection:
    """The same of a pickle that is decoded already, as far as it was decoded."""
    survey = _Survey(decoded)
    fault = decoded.fault
    if not fault and BUFFER in decoded.opaque:
        fault = BUFFER
    return Inspection(tuple(survey.uses()), tuple(survey.dangers), fault, survey.looked_at)


def danger_beyond(data: bytes, decoded: Decoded) -> str:
    """The first dangerous name in the part of a pickle that was not decoded, and what it does; "" for none."""
    if decoded.fault or decoded.trailing:
        for module, name in names_in_bytes(data[decoded.end :]):
            judgement = judge(module, name)
            if judgement.is_danger:
                return f"names {module}:{name} in a part that is not decoded: {judgement.reason}"
    return ""


REASONS = 50
"""Dangers beyond the names that are kept of one pickle; a hostile one can hold a hundred thousand."""


NAMES = 5_000
"""Classes and functions of one pickle that are examined; an honest one names a few dozen."""


_judge = lru_cache(maxsize=1_000)(judge)
"""What a name means, kept: the pickles of a checkpoint name the same few."""


class _Survey:
    """A walk over everything that a pickle made.

    Attributes:
        dangers: As `Inspection` has them, in the order of the walk.
        looked_at: How many values were walked over.
    """

    def __init__(self, decoded: Decoded) -> None:
        self.dangers: dict[str, None] = {}
        self._decoded = decoded
        self._uses: dict[tuple[str, str], dict[How, None]] = {names: {} for names in islice(decoded.refs, NAMES)}
        if len(decoded.refs) > NAMES:
            self._danger(f"names {len(decoded.refs):,} classes and functions, of which {NAMES:,} are examined")
        self._reached: dict[tuple[str, str], bool] = {}
        self._called: set[tuple[str, str]] = set()
        self._instances: dict[tuple[str, How], bool] = {}
        self._plain: set[tuple[int, str, bool]] = set()
        self._reaches_too_many = False
        self.looked_at = 0
        self._unions = True
        for name in decoded.built:
            self._danger(f"sets attributes of the class or function {name} itself")
        if decoded.fault.startswith(NO_NAME):
            self._danger("computes the name of a class or function, so the name cannot be checked")
        for reason in decoded.opaque:
            self._opaque(reason)
        self._walk([decoded.value, *decoded.discarded])
        for names, hows in self._uses.items():
            if ":".join(names) in GETATTR and hows.keys() != {"call"}:
                self._danger("names builtins:getattr itself, which reaches into any object")

    def uses(self) -> Iterator[Use]:
        """Each use of each name; those of classes within classes last."""
        for names, hows in self._uses.items():
            written = self._decoded.old.get(names, "")
            for how in hows or {"value": None}:
                judgement = _judge(*names, made_with_new=how == "new")
                if names in _REDUCE and self._unions and "call" in hows and len(hows) == 1:
                    judgement = Judgement("helper")
                yield Use(*names, how, judgement, written)
        for names, is_member in self._reached.items():
            yield Use(*names, "getattr", _judge(*names), is_member=is_member and names not in self._called)

    def _danger(self, reason: str) -> None:
        if len(self.dangers) < REASONS:
            self.dangers[reason] = None

    def _opaque(self, reason: str) -> None:
        if len(self.dangers) >= REASONS:
            return
        if reason == PERSISTENT:
            self._danger(f"holds {PERSISTENT}: what it becomes is up to that program's own code")
        elif reason.startswith(LONG_NAME):
            self._danger(f"holds {reason}, which is not examined")

    def _walk(self, todo: list[Value]) -> None:
        seen: set[int] = set()
        last = ""
        while todo:
            item = todo.pop()
            kind = type(item)
            if kind is Ref:
                self._use(item, "value")
                continue
            if kind not in _WALKED or id(item) in seen:
                continue
            seen.add(id(item))  # all of it is kept alive by what was decoded
            if kind is Obj:
                cls = item.cls
                if (id(cls), item.how, item.has_state) not in self._plain:
                    self._call(item)
                if type(cls) is not Ref:
                    todo.append(cls)
                todo += (item.args, item.kwargs, item.state)
                if item.items:
                    todo += item.items
                if item.pairs:
                    todo += item.pairs
            elif kind is Map:
                todo += item.kv
            elif kind is SetOf:
                todo += item.items
            elif kind is Opaque:
                if item.reason is not last:  # a hundred thousand have the same one
                    last = item.reason
                    self._opaque(last)
                todo += item.partial
            else:
                todo += item
        self.looked_at = len(seen)

    def _use(self, ref: Ref, how: How) -> None:
        names = ref.module, ref.qualname
        if names in self._uses or len(self._uses) < NAMES:
            self._uses.setdefault(names, {})[how] = None

    # -- calls -------------------------------------------------------------------------------------------------------

    def _call(self, made: Obj) -> None:
        cls = made.cls
        if type(cls) is not Ref:
            if type(cls) is not Obj or not is_getattr(cls):
                self._danger("calls what another call returned")
            elif _sets_attributes(made) and made.how == "call" and not _is_instance_of(cls):
                self._danger("sets attributes of what a call returned, which may be a class")
            if type(cls) is Obj and (names := reached_by(cls)) is not None:
                self._called.add(names)
            return
        how: How = "new" if made.how == "new" else "call"
        self._use(cls, how)
        if cls.name in GETATTR:
            self._getattr(made)
        elif cls.name == "builtins:type":
            self._type(made)
        elif (cls.module, cls.qualname) in _REDUCE:
            self._unions = self._unions and _is_union(made)
        elif self._makes_instances(cls, how):
            self._plain.add((id(cls), made.how, made.has_state))  # nothing else is found in another such object
        elif _sets_attributes(made):
            self._danger(f"sets attributes of what {cls.name} returns, which may be a class")

    def _makes_instances(self, cls: Ref, how: How) -> bool:
        known = self._instances.get((cls.name, how))
        if known is None:
            judgement = _judge(cls.module, cls.qualname, made_with_new=how == "new")
            # What is a danger is reported by its name.
            known = judgement.is_class or judgement.is_danger or judgement.kind == "function"
            known = known or cls.name == "copyreg:_reconstructor"
            self._instances[cls.name, how] = known
        return known

    def _type(self, made: Obj) -> None:
        """`type(None)` is how a pickle names the classes of None, of an ellipsis and of NotImplemented."""
        args = made.args
        if type(args) is tuple and len(args) == 1 and made.how == "call" and not made.has_state:
            only = args[0]
            if only is None or (type(only) is Ref and only.name in _MARKS):
                return
        self._danger("calls builtins:type, which makes a class, or reaches that of any object")

    def _getattr(self, made: Obj) -> None:
        if self._reaches_too_many and not made.has_state:
            return
        names = reached_by(made)
        if names is None:
            self._danger("calls getattr, which reaches into any object")
        elif made.has_state:
            self._danger(f"sets attributes of the class or function {':'.join(names)} itself")
        if names is not None and (names in self._reached or len(self._reached) < NAMES):
            self._reached[names] = made.how == "member"
        elif names is not None:
            self._reaches_too_many = True
            self._danger(f"reaches more than {NAMES:,} names by getattr, of which {NAMES:,} are examined")


GETATTR = frozenset(("builtins:getattr", "__builtin__:getattr"))
"""Names for which the framework puts a getattr of its own."""

_WALKED = frozenset((Obj, Map, SetOf, list, tuple, Opaque))
_REDUCE = frozenset((("functools", "reduce"), ("_functools", "reduce")))
_MARKS = frozenset(("builtins:Ellipsis", "builtins:NotImplemented"))


def is_getattr(made: Value) -> bool:
    """Whether it is what a call of getattr returned."""
    return type(made) is Obj and type(made.cls) is Ref and made.cls.name in GETATTR


def _sets_attributes(made: Obj) -> bool:
    return made.has_state and type(made.state) is not int  # the state of an iterator is its position


def _is_instance_of(cls: Obj) -> bool:
    names = reached_by(cls)
    return names is not None and _judge(*names).is_class


def _is_union(made: Obj) -> bool:
    """`functools.reduce(operator.or_, types)` is how a pickle says `int | None`."""
    args = made.args
    return (
        made.how == "call"
        and type(args) is tuple
        and len(args) == 2
        and type(args[0]) is Ref
        and args[0].name in ("_operator:or_", "operator:or_")
        and type(args[1]) is tuple
        and not made.has_state
    )


def reached_by(made: Obj) -> tuple[str, str] | None:
    """Module and qualified name that a call of getattr reaches from a class that is named; None for anything else."""
    names: list[str] = []
    item: Value = made
    while type(item) is Obj:
        args = item.args
        if not is_getattr(item) or item.how == "new" or item.kwargs is not None or type(args) is not tuple:
            return None
        if len(args) != 2 or type(args[1]) is not str or len(names) > _LEVELS:
            return None
        names.append(args[1])
        item = args[0]
    if type(item) is not Ref:
        return None
    return item.module, ".".join((item.qualname, *reversed(names)))


_LEVELS = 20
"""Classes within classes that are followed."""
