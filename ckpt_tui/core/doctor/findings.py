"""What is found wrong or risky in a store, and what the pickles of its checkpoints name."""

from __future__ import annotations

from binascii import a2b_base64
from collections.abc import Callable, Collection

from ckpt_tui.core.budgets import EXAMINED_WORK, JUDGED_WORK
from ckpt_tui.core.doctor.census import places
from ckpt_tui.core.doctor.hidden_pickles import hidden_dangers
from ckpt_tui.core.doctor.severity import SIGNS as SIGNS
from ckpt_tui.core.doctor.severity import TITLES as TITLES
from ckpt_tui.core.doctor.severity import Finding as Finding
from ckpt_tui.core.doctor.severity import Severity as Severity
from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.documents.envelope import open_envelope
from ckpt_tui.core.paths import Path, expression
from ckpt_tui.core.pickles.opcodes import BUFFER, PERSISTENT
from ckpt_tui.core.reading.pickled_objects import object_parts, type_name
from ckpt_tui.core.reading.typenames import callable_name
from ckpt_tui.core.safety.inspection import Use, danger_beyond, inspect_decoded, reached_by
from ckpt_tui.core.safety.judgement import Judgement, judge
from ckpt_tui.core.value import Decoded, Envelope, Obj, Opaque, Ref, Value

UNDECODABLE = frozenset(("undecodable", "unread"))
"""Kinds of findings about a value that was not decoded, or not to its end."""

CANNOT_BE_DECODED = "cannot be decoded: "
"""How the reason of an `undecodable` finding begins."""

_DO_NOT_LOAD = "Do not load this file with any program; move it out of the store and find out who wrote it."
_UNLOADABLE = "Agent Framework cannot load this checkpoint; resume from another one."
_PER_PICKLE = 50
"""Dangerous names reported for one pickle; a hostile one can hold a hundred thousand."""


class Pickles:
    """Examines the pickles of one checkpoint file.

    Attributes:
        findings: What was found.
        types: The types that the framework loads only if they are allowed, and where each is first.
    """

    def __init__(
        self, file: str, judged: dict[tuple[str, str], Judgement], budget: DocumentBudget | None = None
    ) -> None:
        self.file = file
        self._budget = budget
        self.findings: list[Finding] = []
        self.types: dict[str, str] = {}
        self._judged = judged
        self._left_out: Path = ()
        self._left_out_count = 0

    def leave_out(self, envelope: Envelope) -> bool:
        """Count an envelope that was left out before, behind others that were; False for any other."""
        is_left_out = self._left_out_count > 0 and envelope.ready and _is_left_out(envelope)
        self._left_out_count += is_left_out
        return is_left_out

    def examine(self, envelope: Envelope, path: Path, check: Callable[[], None] | None = None) -> None:
        """Find what is wrong with one envelope.

        An envelope that is decoded already is not decoded again.
        """
        value = open_envelope(envelope, check, self._budget)
        decoded = envelope.decoded
        if _is_left_out(envelope):
            self._left_out = self._left_out or path
            self._left_out_count += 1
            return
        if decoded is None:
            self._undecodable(envelope, path)
            return
        has_names = any(not self._is_plain(*names) or names in decoded.old for names in decoded.refs)
        if has_names or decoded.opaque or decoded.built:
            self._report(envelope, decoded, path)
        if envelope.warning:
            self._undecodable(envelope, path)
        elif lie := _wrong_claim(envelope, value):
            self.add("type-mismatch", "warning", path, lie, _UNLOADABLE)

    def elsewhere(
        self,
        raw: bytes,
        shown: Collection[Envelope],
        check: Callable[[], None] | None = None,
        is_hurried: bool = False,
    ) -> None:
        """Report dangers in the pickles of a file besides those that were examined; see `dangers_elsewhere`."""
        found = hidden_dangers(raw, shown, check, self._budget, is_hurried)
        for path, inspection in found.dangers:
            for reason in inspection.reasons:
                self._danger(path, reason)
        if found.left_out is not None:
            self._left_out = self._left_out or found.left_out
            self._left_out_count += 1

    def close(self) -> None:
        """Report what was left out, once all envelopes were examined."""
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

    def _is_plain(self, module: str, name: str) -> bool:
        """Whether nothing is to be reported of a name, whatever the pickle does with it."""
        verdict = self._judge(module, name)
        is_data = verdict.kind in ("inert", "framework") or (verdict.kind == "helper" and verdict.by_default)
        return verdict.by_default and is_data and (module, name) != ("builtins", "type")

    def _report(self, envelope: Envelope, decoded: Decoded, path: Path) -> None:
        """Report what a pickle names and does, each name with its first place."""
        inspection = inspect_decoded(decoded)
        if self._budget is not None:
            self._budget.spend(EXAMINED_WORK + inspection.looked_at * JUDGED_WORK)
        if not inspection.dangers and not decoded.opaque and all(map(self._is_known_type, inspection.uses)):
            return  # only places of types would be reported: they are known
        uses = {
            use.name: use for use in sorted(inspection.uses, key=lambda use: _MEANINGFUL.index(use.how), reverse=True)
        }
        found = self._locate(envelope, path, uses)
        ways = {use.name.rpartition(".")[0] for use in inspection.uses if use.how == "getattr" and _is_function(use)}
        for use in inspection.uses:
            if uses[use.name] is use and not (use.how == "value" and use.name in ways):  # a step towards a function
                self._use(use, found.get(use.name), path)
        for danger in inspection.dangers:
            self._danger(path, danger)

    def _is_known_type(self, use: Use) -> bool:
        return use.judgement.kind == "type" and not use.written and use.how != "getattr" and use.name in self.types

    def _locate(self, envelope: Envelope, path: Path, uses: dict[str, Use]) -> dict[str, Path]:
        """The first place of each name; reports opaque values, which have no name."""
        named = 0
        found: dict[str, Path] = {}
        hows: dict[str, str] = {}
        value, broken = envelope.value, bool(envelope.warning) and not envelope.has_rest
        unseen = dict.fromkeys(envelope.decoded.opaque if envelope.decoded is not None else ())
        for place in places(value, path, uses.keys(), self._budget):
            item = place.item
            if type(item) is Ref:
                if item.name not in found or place.how == uses[item.name].how != hows[item.name]:
                    found[item.name], hows[item.name] = place.path, place.how
            elif type(item) is Obj:
                if names := reached_by(item):
                    found.setdefault(":".join(names), place.path)
            elif named < _PER_PICKLE and not (broken and item is value):  # a broken pickle is reported as a whole
                unseen.pop(item.reason, None)
                named += self._opaque(item.reason, place.path)
            elif named >= _PER_PICKLE and len(found) == len(uses):
                break
        for reason in list(unseen)[: _PER_PICKLE - named]:  # too deep in it, or thrown away
            self._opaque(reason, path)
        return found

    def _opaque(self, what: str, path: Path) -> bool:
        if what == BUFFER:
            self.add("undecodable", "warning", path, what, _UNLOADABLE)
        elif what != PERSISTENT:  # that is danger, and reported with the others
            self.add("not-shown", "info", path, f"not shown: {what}", "")
        return True

    def _danger(self, path: Path, reason: str) -> None:
        if sum(finding.severity == "danger" for finding in self.findings) < _PER_PICKLE:
            self.add("dangerous", "danger", path, reason, _DO_NOT_LOAD)

    def _use(self, use: Use, where: Path | None, path: Path) -> None:
        verdict, name, old = use.judgement, use.name, use.written
        what = use.says if where is not None or use.how == "getattr" else f"names {name} where no value shows it"
        where = path if where is None else where
        kind = verdict.kind
        if verdict.is_danger:
            self._danger(
                where, f"{what}, which {verdict.reason}" if use.how == "getattr" else f"{what}: {verdict.reason}"
            )
        elif kind == "getattr":
            pass  # reported by what it reaches
        elif kind == "unlisted":
            reason = f"{what}, which {verdict.reason}"
            self.add("unlisted", "warning", where, reason, "Load it only when you know which program wrote it.")
        elif kind in ("type", "inert", "framework") or (old and kind == "helper" and name != "copyreg:_reconstructor"):
            is_member = use.how == "getattr" and (use.is_member or name.rpartition(".")[2].isupper())
            if not is_member and (old or not verdict.by_default):
                self.types.setdefault(old or name, expression(where))
        elif kind == "numpy":
            reason = f"{what}: the framework neither loads (since 1.13) nor writes (since 1.19) values of numpy"
            self.add("numpy", "warning", where, reason, f"{_UNLOADABLE} Keep plain numbers in the state.")
        elif kind == "helper" and verdict.by_default and old:
            reason = f"{what} as {old}, its name in Python 2: the framework loads it under its present name only"
            self.add("function", "warning", where, reason, _UNLOADABLE)
        elif not verdict.by_default and not use.is_member:  # members of an enumeration are loaded with it
            reason = f"{what}, a function: the framework (since 1.13) loads none, allowed or not"
            self.add("function", "warning", where, reason, _INSTEAD.get(name, _UNLOADABLE))

    def _undecodable(self, envelope: Envelope, path: Path) -> None:
        if envelope.decoded is not None:
            hidden = danger_beyond(pickle_bytes(envelope), envelope.decoded)
            if hidden:
                self.add("dangerous", "danger", path, hidden, _DO_NOT_LOAD)
        if envelope.is_cut:
            reason = f"not looked at to its end: {envelope.warning}"
            self.add("unread", "danger", path, reason, "Load it only when you trust whoever wrote it.")
        elif envelope.has_rest:
            reason = f"{envelope.warning}, which the framework does not read"
            self.add("trailing-bytes", "warning", path, reason, "The value is whole. Find out what wrote the rest.")
        else:
            self.add("undecodable", "warning", path, CANNOT_BE_DECODED + envelope.warning, _UNLOADABLE)


def _is_left_out(envelope: Envelope) -> bool:
    """Whether a pickle was not decoded because the budget of its file was used up."""
    return envelope.is_cut and envelope.factor == 0 and envelope.decoded is None


def pickle_bytes(envelope: Envelope) -> bytes:
    """The bytes of an envelope's pickle, b"" where it holds no base64."""
    try:
        return a2b_base64(envelope.text, strict_mode=True)
    except ValueError:
        return b""


def _is_function(use: Use) -> bool:
    return use.judgement.kind in ("helper", "function") and not use.is_member


_MEANINGFUL = ("new", "call", "getattr", "value")
"""Uses of a name, the most telling one first."""

_INSTEAD = {
    "zoneinfo:ZoneInfo._unpickle": f"{_UNLOADABLE} Keep times in UTC or with a fixed datetime.timezone, "
    "or the name of the zone as text.",
}
"""What to keep in the state instead of what the framework cannot load."""


_OWN_CLASSES = ("numpy:", "numpy.", "pandas:", "pandas.")
"""How types begin whose values are of a class of their own: each kind of dtype has one, and NaT."""


def _wrong_claim(envelope: Envelope, value: Value) -> str:
    """What is wrong with the stated type, which the framework compares after loading; "" when nothing is.

    Also "" where the file does not show it: a function may return anything.
    """
    if type(value) in (Ref, Opaque):
        return ""
    actual = type_name(value)
    if actual == envelope.claimed or actual.startswith(_OWN_CLASSES):
        return ""
    if type(value) is Obj:
        if type(value.cls) is not Ref or callable_name(value):  # the latter a class, or the member of an Enum
            return ""
        parts = object_parts(value)
        called = judge(value.cls.module, value.cls.qualname, value.how == "new")
        # One of the built-in iterators makes objects of classes below it.
        is_class = called.is_class and not value.cls.name.startswith((*_OWN_CLASSES, "builtins:reversed"))
        if parts.is_type or actual.startswith("(") or not (parts.is_text or is_class):
            return ""
    return f"states the type {envelope.claimed}, but holds {actual}; the framework refuses it"
