"""What is found wrong or risky in a store, and what the pickles of its checkpoints name."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from typing import Literal, NamedTuple

from ckpt_tui.core.allowance import Allowance
from ckpt_tui.core.doctor.census import Place, places
from ckpt_tui.core.doctor.globals import Judgement, judge, names_in_bytes
from ckpt_tui.core.documents.envelope import open_envelope
from ckpt_tui.core.paths import Path, expression
from ckpt_tui.core.pickles.opcodes import BUFFER, PERSISTENT
from ckpt_tui.core.reading.anatomy import anatomy, type_name
from ckpt_tui.core.reading.typenames import callable_name
from ckpt_tui.core.value import Envelope, Obj, Opaque, Ref, Value

Severity = Literal["info", "warning", "danger"]

TITLES: dict[Severity, str] = {
    "danger": "danger: loading these could run code", "warning": "warnings", "info": "good to know",
}  # fmt: skip
"""What findings of one severity are called, the worst first."""

SIGNS: dict[Severity, str] = {"danger": "✗", "warning": "!", "info": "·"}

UNDECODABLE = frozenset(("undecodable", "unread"))
"""Kinds of findings about a value that was not decoded, or not to its end."""

CANNOT_BE_DECODED = "cannot be decoded: "
"""How the reason of an `undecodable` finding begins."""

_DO_NOT_LOAD = "Do not load this file with any program; delete it, or find out who wrote it."
_UNLOADABLE = "Agent Framework cannot load this checkpoint; resume from another one."
_PER_PICKLE = 50
"""Dangerous names told of one pickle; a hostile one can hold a hundred thousand."""


class Finding(NamedTuple):
    """One thing that is wrong, risky or worth knowing.

    Attributes:
        kind: A stable word for programs.
        severity: info, warning, or danger where loading the file could run code.
        file: The file name, or "" for the store as a whole.
        path: JMESPath over the document of `show`, or "".
        reason: What, in words for people.
        fix: What to do about it, or "".
    """

    kind: str
    severity: Severity
    file: str
    path: str
    reason: str
    fix: str = ""


class Pickles:
    """Looks at the pickles of one checkpoint file.

    Attributes:
        findings: What was found.
        types: The types that the framework loads only when told to, and where each stands first.
    """

    def __init__(self, file: str, judged: dict[tuple[str, str], Judgement], allowance: Allowance | None = None) -> None:
        self.file = file
        self._allowance = allowance
        self.findings: list[Finding] = []
        self.types: dict[str, str] = {}
        self._judged = judged
        self._left_out: Path = ()
        self._left_out_count = 0

    def examine(self, envelope: Envelope, path: Path, check: Callable[[], None] | None = None) -> None:
        """Find what is wrong with one envelope.

        What decoding it told is used; it is decoded only when nobody did before.
        """
        value = open_envelope(envelope, check, self._allowance)
        decoded = envelope.decoded
        if envelope.is_cut and envelope.factor == 0 and decoded is None:
            self._left_out = self._left_out or path
            self._left_out_count += 1
            return
        if decoded is None:
            self._undecodable(envelope, pickle_bytes(envelope), path)
            return
        wanted = {
            ref.name: names
            for names, ref in decoded.refs.items()
            if (self._judge(*names).kind != "allowed" and ref.name not in self.types) or names in decoded.old
        }
        found: dict[str, Place] = {}
        if wanted or decoded.opaque:
            self._locate(envelope, path, wanted, found)
        for name, names in wanted.items():
            self._name(*names, decoded.old.get(names, ""), found.get(name), path)
        if envelope.warning:
            self._undecodable(envelope, pickle_bytes(envelope)[decoded.end :] if decoded.fault else b"", path)
        elif lie := _lie(envelope, value):
            self.add("type-mismatch", "warning", path, lie, _UNLOADABLE)

    def close(self) -> None:
        """Tell what was left out, once all envelopes were examined."""
        if self._left_out_count:
            count = f"{self._left_out_count:,} pickle{'' if self._left_out_count == 1 else 's'}"
            reason = f"not looked at: {count} from here on; a higher limit decodes more of one file"
            self.add("unread", "danger", self._left_out, reason, "Load it only when you trust whoever wrote it.")
            self._left_out_count = 0

    def _judge(self, module: str, name: str) -> Judgement:
        verdict = self._judged.get((module, name))
        if verdict is None:
            verdict = self._judged[module, name] = judge(module, name)
        return verdict

    def add(self, kind: str, severity: Severity, path: Path, reason: str, fix: str) -> None:
        """Add a finding of this file."""
        self.findings.append(Finding(kind, severity, self.file, expression(path), reason, fix))

    def _locate(
        self, envelope: Envelope, path: Path, wanted: dict[str, tuple[str, str]], found: dict[str, Place]
    ) -> None:
        """Note the first place of each wanted name, and tell what stands for itself: opaque values, getattr."""
        told = 0
        value, broken = envelope.value, bool(envelope.warning)
        unseen = dict.fromkeys(envelope.decoded.opaque if envelope.decoded is not None else ())
        for place in places(value, path, wanted.keys(), self._allowance):
            item = place.item
            if type(item) is Ref:
                known = found.get(item.name)
                if known is None or place.how == _TELLING.get(item.name, "new") != known.how:
                    found[item.name] = place
            elif told < _PER_PICKLE and not (broken and item is value):  # a broken pickle is told as a whole
                if type(item) is Opaque:
                    unseen.pop(item.reason, None)
                    told += self._opaque(item.reason, place.path)
                else:
                    told += self._getattr(item, place.path)
            elif told >= _PER_PICKLE and len(found) == len(wanted):
                break
        for reason in list(unseen)[: _PER_PICKLE - told]:  # too deep in it, or thrown away
            self._opaque(reason, path)

    def _opaque(self, what: str, path: Path) -> bool:
        if what == PERSISTENT:
            reason = f"{what}: what it becomes is up to that program's own code"
            self.add("dangerous", "danger", path, reason, _DO_NOT_LOAD)
        elif what == BUFFER:
            self.add("undecodable", "warning", path, what, _UNLOADABLE)
        else:
            self.add("not-shown", "info", path, f"not shown: {what}", "")
        return True

    def _getattr(self, call: Obj, path: Path) -> bool:
        """A call of getattr is how protocols 0 to 3 name a class within a class; anything else reaches further."""
        module, _, name = callable_name(call).partition(":")
        verdict = self._judge(module, name) if name else Judgement("danger", "reaches into any object")
        if verdict.kind == "type" and not name.rpartition(".")[2].isupper():  # else the member of an Enum
            self.types.setdefault(f"{module}:{name}", expression(path))
        if verdict.kind in ("type", "allowed"):
            return False
        reason = verdict.reason or "reaches into any object"
        what = f"getattr for {module}:{name}" if name else "getattr"
        self.add("dangerous", "danger", path, f"calls {what}, which {reason}", _DO_NOT_LOAD)
        return True

    def _name(self, module: str, qualname: str, old: str, place: Place | None, path: Path) -> None:
        name, where = f"{module}:{qualname}", place.path if place else path
        verdict = self._judge(module, qualname)
        if place and place.how == "new" and verdict.kind in ("function", "numpy"):
            verdict = judge(module, qualname, made_with_new=True)
        what = ({"call": "calls ", "new": "makes "}.get(place.how, "names ") if place else "names ") + name
        if not place:  # its result was thrown away, or it stands among too many
            what += " where no value shows it"
        if verdict.kind == "danger":
            if sum(finding.severity == "danger" for finding in self.findings) < _PER_PICKLE:
                self.add("dangerous", "danger", where, f"{what}: {verdict.reason}", _DO_NOT_LOAD)
        elif verdict.kind == "getattr":
            if place is None or place.how == "value":  # calls are told by what they reach
                self.add("dangerous", "danger", where, f"{what}, which reaches into any object", _DO_NOT_LOAD)
        elif verdict.kind == "type" or (old and name != "copyreg:_reconstructor" and verdict.kind == "allowed"):
            self.types.setdefault(old or name, expression(where))
        elif verdict.kind == "numpy":
            reason = f"{what}: the framework neither loads (since 1.13) nor writes (since 1.19) values of numpy"
            self.add("numpy", "warning", where, reason, f"{_UNLOADABLE} Keep plain numbers in the state.")
        elif verdict.kind == "allowed":
            reason = f"{what} as {old}, its name in Python 2: the framework loads it under its present name only"
            self.add("function", "warning", where, reason, _UNLOADABLE)
        elif verdict.kind == "function":
            reason = f"{what}, a function: the framework (since 1.13) loads none, allowed or not"
            self.add("function", "warning", where, reason, _UNLOADABLE)

    def _undecodable(self, envelope: Envelope, rest: bytes, path: Path) -> None:
        for module, name in names_in_bytes(rest):
            verdict = self._judge(module, name)
            if verdict.kind == "danger":
                reason = f"names {module}:{name} in a part that cannot be decoded: {verdict.reason}"
                self.add("dangerous", "danger", path, reason, _DO_NOT_LOAD)
                break
        if envelope.is_cut:
            reason = f"not looked at to its end: {envelope.warning}"
            self.add("unread", "danger", path, reason, "Load it only when you trust whoever wrote it.")
        else:
            self.add("undecodable", "warning", path, CANNOT_BE_DECODED + envelope.warning, _UNLOADABLE)


def pickle_bytes(envelope: Envelope) -> bytes:
    """The bytes of an envelope's pickle, b"" where it holds no base64."""
    try:
        return b64decode(envelope.text, validate=True)
    except ValueError:
        return b""


_TELLING = {"builtins:getattr": "value"}
"""Which use of a name tells most about it, if not that an object of it is made."""


def _lie(envelope: Envelope, value: Value) -> str:
    """What is wrong with the stated type, which the framework compares after loading; "" when nothing is.

    Nor when nobody can tell from the file: a function may return anything.
    """
    if type(value) in (Ref, Opaque):
        return ""
    actual = type_name(value)
    if actual == envelope.claimed:
        return ""
    if type(value) is Obj:
        if type(value.cls) is not Ref or callable_name(value):  # the latter a class, or the member of an Enum
            return ""
        parts = anatomy(value)
        called = judge(value.cls.module, value.cls.qualname, value.how == "new").kind
        if parts.is_type or actual.startswith("(") or not (parts.is_text or called in ("allowed", "type")):
            return ""
    return f"states the type {envelope.claimed}, but holds {actual}; the framework refuses it"
