"""The gate before the framework: no pickle is loaded unless each name in it is known to be harmless or was allowed.

The framework's own allow-list accepts any class that one of its modules merely imported, and 1.0.0 has none. So every
pickle of the document is read by the inert interpreter first, wherever it is, and its names are judged as
text; only then, and only for classes, do the facts of this process count: whether there is such a class, and who
defines it.
"""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import importlib
import json
import locale
import os
import sys
from collections.abc import Iterable
from typing import Any

from ckpt_tui.core.safety.examination import examine_document, inspect_text
from ckpt_tui.core.safety.inspection import Inspection, Use
from ckpt_tui.core.safety.judgement import UNKNOWN, is_class_name, judge

from .faults import Fault
from .framework import Framework
from .places import is_own
from .protection import is_saving

_SILENT = frozenset(("inert", "helper", "getattr"))
"""Kinds of names that are not reported: data of the standard library, and getattr, judged by what it reaches."""


class Gate:
    """Judges the names in the pickles of checkpoints, and has the framework load those that passed.

    Args:
        by_name: Types that the person allowed, `module:qualname`.
        framework: The framework of this process.
    """

    def __init__(self, by_name: frozenset[str], framework: Framework) -> None:
        self.by_name = by_name
        self.by_program: frozenset[str] = frozenset()
        """Types that the program's own storage allows."""
        self.names: list[str] = []
        """Names in the checkpoint, but for inert data of the standard library."""
        self.approved: frozenset[str] = frozenset()
        """Names that were loaded so far: the framework has to allow them when it saves them again."""
        self._framework = framework
        self._encoding = "utf-8" if framework.numbers >= (1, 19) else locale.getpreferredencoding(False)
        self._document = b""
        self._passed: set[bytes] = set()
        self._called: set[str] = set()
        """Names that a pickle calls, where objects of most classes are made without a call."""

    # -- the checkpoint to resume from -------------------------------------------------------------------------------

    def take(self, store: str, identifier: str) -> None:
        """Read the file of a checkpoint, once, and refuse what must never be loaded.

        Raises:
            Fault: it cannot be read, or loading it could do harm.
        """
        path = os.path.join(store, f"{identifier}.json")
        try:
            with open(path, "rb") as file:
                self._document = file.read()
        except OSError as error:
            what = f"{path} cannot be read: {error.strerror}"
            raise Fault("checkpoint", what, "check whether it still exists") from None
        names: dict[str, None] = {}
        for each in examine_document(self._document, self._encoding):
            reason = self._refusal(each.inspection)
            if reason:
                fix = "resume from a checkpoint you trust; `ckpt-tui doctor` shows what is in this one"
                where = f" at {each.where}" if each.where else ""
                raise Fault("danger", f"{identifier} is not loaded{where}: {reason}", fix)
            names.update(dict.fromkeys(use.name for use in _spoken(each.inspection)))
            self._called.update(use.name for use in each.inspection.uses if use.how == "call")
        self.names = list(names)

    def load(self, allowed: frozenset[str]) -> Any:
        """The checkpoint, its objects real: made by the framework of the very bytes that were judged.

        Args:
            allowed: Types to load besides the framework's usual ones.
        """
        return self._framework.checkpoint(json.loads(self._document.decode(self._encoding)), allowed)

    def _refusal(self, inspection: Inspection) -> str:
        """Why a pickle is never loaded, whatever the program is; "" where that depends on it."""
        for danger in inspection.dangers:
            return f"a pickle {danger}"
        if inspection.fault:
            return f"a pickle cannot be examined to its end: {inspection.fault}"
        for use in inspection.uses:
            if use.judgement.is_danger and not self._may_be_allowed(use.name):
                return f"a pickle {use.says}: {use.judgement.reason}"
        return ""

    def _may_be_allowed(self, name: str) -> bool:
        """Whether a name that acts was allowed: a class by the person, who is shown what it does."""
        if name in self.by_name and is_class_name(name):
            return True
        return name in self.by_program and judge(*_parts(name)).reason == UNKNOWN

    # -- names -------------------------------------------------------------------------------------------------------

    def state_of(self, name: str, by_program: frozenset[str] = frozenset()) -> tuple[str, str]:
        """Whether a name may be loaded, and why not.

        Args:
            name: `module:qualname`.
            by_program: Types that the program's storage allows, besides those of the run.

        Returns:
            ok, blocked (a person may allow it by name), missing (there is no such class here), acts (it does something
            when it is called, and was allowed all the same), or refused; with the reason.
        """
        module, qualname = _parts(name)
        if owner := _enumeration_of(module, qualname):
            return self.state_of(owner, by_program)
        verdict = judge(module, qualname)
        kind = verdict.kind
        if kind in _SILENT:
            return "ok", ""
        if kind == "acts":
            if name in self.by_program | by_program and verdict.reason == UNKNOWN:
                return self._imported(module, qualname)
            return ("acts" if self._may_be_allowed(name) else "refused"), verdict.reason
        if kind == "framework" or (kind == "unlisted" and name not in self.by_name):
            return self._of_framework(module, qualname, kind == "framework")
        if kind == "function":
            return "refused", "is a function: only classes are loaded"
        if name in self.by_name | self.by_program | by_program | self._framework.registered():
            return self._imported(module, qualname)
        found = _defined(module, qualname)
        if found is None:
            return "blocked", ""
        if not is_own(getattr(sys.modules[module], "__file__", None) or "<unknown>"):
            # The framework's other packages: agent_framework_declarative and its like.
            return ("ok" if module.startswith("agent_framework_") and self._is_data(name, found) else "blocked"), ""
        return "ok", ""

    def _of_framework(self, module: str, qualname: str, is_listed: bool) -> tuple[str, str]:
        try:
            if is_listed:  # known as a module of the framework
                importlib.import_module(module)
        except ImportError as error:
            return "missing", str(error)
        found = _defined(module, qualname)
        if found is None:
            return "missing" if is_listed else "refused", f"{module} does not define it"
        if is_listed or self._is_data(f"{module}:{qualname}", found):
            return "ok", ""
        return "refused", "is not data of the framework"

    def _is_data(self, name: str, cls: type) -> bool:
        return is_data(cls) or (name not in self._called and is_passive(cls))

    def _imported(self, module: str, qualname: str) -> tuple[str, str]:
        """The state of a class that was allowed by name, whose module may be imported therefore."""
        try:
            found: Any = sys.modules.get(module) or importlib.import_module(module)
            for part in qualname.split("."):
                found = getattr(found, part)
        except Exception as error:
            return "missing", str(error)
        return ("ok", "") if isinstance(found, type) else ("refused", "is a function: only classes are loaded")

    # -- between the framework and its pickles -----------------------------------------------------------------------

    def install(self) -> None:
        """Check every pickle that the framework loads in this process, also when the program loads it."""
        self._framework.replace_unpickling(self.unpickle)

    def unpickle(self, encoded: str, *, allowed_types: frozenset[str] | None = None) -> Any:
        """Load one pickle; called by the framework.

        Raises:
            PermissionError: it must not be loaded.
        """
        allowed = self.approved | allowed_types if allowed_types else self.approved
        if is_saving():  # the framework tests whether it can load what it has just written
            return self._unpickle_own(encoded, allowed)
        key = hashlib.sha256(encoded.encode("utf-8", "replace")).digest() if isinstance(encoded, str) else b""
        if key not in self._passed:
            self.approved = self.approved | self._judged(inspect_text(encoded), allowed_types or frozenset())
            allowed |= self.approved
            self._passed.add(key)
        return self._framework.unpickle(encoded, allowed)

    def _unpickle_own(self, encoded: str, allowed: frozenset[str]) -> Any:
        try:
            return self._framework.unpickle(encoded, allowed)
        except Exception:
            try:
                names = self._judged(inspect_text(encoded))
            except PermissionError:
                names = frozenset()
            if names <= allowed:
                raise
            self.approved = self.approved | names
        return self._framework.unpickle(encoded, allowed | self.approved)

    def _judged(self, inspection: Inspection, by_program: frozenset[str] = frozenset()) -> frozenset[str]:
        """The names of a pickle, all of which may be loaded.

        Args:
            inspection: The inspection of the pickle.
            by_program: Types that the storage allows which loads it.

        Raises:
            PermissionError: one may not.
        """
        reason = self._refusal(inspection)
        if reason:
            raise PermissionError(f"Checkpoint deserialization blocked: {reason}")
        self._called.update(use.name for use in inspection.uses if use.how == "call")
        for use in inspection.uses:
            state, why = self.state_of(use.name, by_program)
            if state not in ("ok", "acts"):
                raise PermissionError(f"Checkpoint deserialization blocked for type '{use.name}': {why or state}")
        return frozenset(use.name for use in inspection.uses if use.judgement.kind != "getattr")


def is_data(cls: type) -> bool:
    """Whether objects of a class are data: made of fields, by nothing that acts."""
    if dataclasses.is_dataclass(cls) or issubclass(cls, (enum.Enum, BaseException, tuple, dict, list)):
        return True
    return hasattr(cls, "model_fields") or (hasattr(cls, "to_dict") and hasattr(cls, "from_dict"))


def is_passive(cls: type) -> bool:
    """Whether nothing of a class runs when an object of it is made without a call, filled and thrown away."""
    new: Any = cls.__new__
    set_attribute: Any = cls.__setattr__
    acts = hasattr(cls, "__setstate__") or hasattr(cls, "__del__")
    return new is object.__new__ and set_attribute is object.__setattr__ and not acts


def _defined(module: str, qualname: str) -> type | None:
    """The class that a loaded module defines under a name; nothing is imported."""
    found: Any = sys.modules.get(module)
    if found is None:
        return None
    for part in qualname.split("."):
        found = vars(found).get(part) if isinstance(found, type) else getattr(found, part, None)
    if isinstance(found, type) and found.__module__ == module and found.__qualname__ == qualname:
        return found
    return None


def _enumeration_of(module: str, qualname: str) -> str:
    """The enumeration of which a name is a member, which its pickle reaches by getattr; "" where it is of none."""
    owner, _, member = qualname.rpartition(".")
    found = _defined(module, owner) if owner else None
    is_member = isinstance(found, enum.EnumMeta) and member in found.__members__
    return f"{module}:{owner}" if is_member else ""


def _spoken(inspection: Inspection) -> Iterable[Use]:
    return (use for use in inspection.uses if use.judgement.kind not in _SILENT)


def _parts(name: str) -> tuple[str, str]:
    module, _, qualname = name.partition(":")
    return module, qualname
