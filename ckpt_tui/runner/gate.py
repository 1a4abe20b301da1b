"""The gate before the framework: no pickle is loaded unless each name in it is known to be harmless or was allowed.

The framework's own allow-list accepts any class that one of its modules merely imported, and 1.0.0 has none. So every
pickle of the document is read by the inert interpreter first, wherever it stands in it, and the names are judged as
text; only then, and only for classes, do the facts of this process count: what a class is, and who defines it.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import enum
import hashlib
import json
import os
import sys
from typing import Any

from ckpt_tui.core.doctor.globals import judge
from ckpt_tui.core.pickles.unpickle import decode

from .faults import Fault
from .framework import Framework
from .protection import is_library, is_saving


class Gate:
    """Judges what the pickles of checkpoints name, and has the framework load what passed.

    Args:
        by_name: Types that the person allowed, `module:qualname`.
        framework: The framework of this process.
    """

    def __init__(self, by_name: frozenset[str], framework: Framework) -> None:
        self.by_name = by_name
        self.by_program: frozenset[str] = frozenset()
        """Types that the program's own storage allows."""
        self.names: list[str] = []
        """What the checkpoint names, but for inert types."""
        self.approved: frozenset[str] = frozenset()
        """Names that were loaded so far: what the framework is to allow when it saves them again."""
        self._framework = framework
        self._document = b""
        self._identifier = ""
        self._passed: set[bytes] = set()

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
            raise Fault(
                "checkpoint", f"{path} cannot be read: {error.strerror}", "look whether it is still there"
            ) from None
        self._identifier = identifier
        names, dangers = _of_document(self._document)
        if dangers:
            fix = "resume from a checkpoint you trust; `ckpt-tui doctor` shows where it stands"
            raise Fault("danger", f"{identifier} is not loaded: {dangers[0]}", fix)
        self.names = names

    def load(self, allowed: frozenset[str]) -> Any:
        """The checkpoint, its objects real: made by the framework of the very bytes that were judged.

        Args:
            allowed: Types to load besides the framework's usual ones.
        """
        return self._framework.checkpoint(json.loads(self._document.decode("utf-8")), allowed)

    # -- names -------------------------------------------------------------------------------------------------------

    def state_of(self, name: str) -> tuple[str, str]:
        """Whether a name may be loaded, and why not.

        Returns:
            ok, blocked (a person may allow it by name), missing (there is no such class here), acts (it does something
            when it is called, and was allowed by name), or refused; with the reason.
        """
        module, _, qualname = name.partition(":")
        verdict = judge(module, qualname)
        if verdict.kind == "danger":
            return ("acts" if name in self.by_name else "refused"), verdict.reason
        if name in _INERT or (verdict.kind == "allowed" and not module.startswith("agent_framework")):
            return "ok", ""
        if verdict.kind == "getattr":
            return "ok", ""
        if name in self.by_name or name in self.by_program:
            return self._imported(module, qualname)
        found = _defined(module, qualname)
        if found is None:
            return "blocked", ""
        if module.startswith("agent_framework"):
            return ("ok", "") if is_data(found) else ("refused", "is not data of the framework")
        if is_library(getattr(sys.modules[module], "__file__", None) or "<unknown>"):
            return "blocked", ""
        return "ok", ""

    def _imported(self, module: str, qualname: str) -> tuple[str, str]:
        found: Any = sys.modules.get(module)
        try:
            if found is None:
                __import__(module)
                found = sys.modules[module]
            for part in qualname.split("."):
                found = getattr(found, part)
        except Exception as error:
            return "missing", str(error)
        return ("ok", "") if isinstance(found, type) else ("refused", "is a function, not a class")

    # -- between the framework and its pickles -----------------------------------------------------------------------

    def install(self) -> None:
        """Stand before every pickle that the framework loads in this process, also when the program asks for it."""
        self._framework.replace_unpickling(self.unpickle)

    def unpickle(self, encoded: str, *, allowed_types: frozenset[str] | None = None) -> Any:
        """What the framework calls for one pickle.

        Raises:
            PermissionError: it must not be loaded.
        """
        allowed = self.approved | (allowed_types or frozenset())
        if is_saving():  # the framework looks whether it could load what it has just written
            return self._unpickle_own(encoded, allowed)
        key = hashlib.sha256(encoded.encode("utf-8", "replace")).digest() if isinstance(encoded, str) else b""
        if key not in self._passed:
            self.approved = self.approved | self._judged(_decoded(encoded))
            allowed |= self.approved
            self._passed.add(key)
        return self._framework.unpickle(encoded, allowed)

    def _unpickle_own(self, encoded: str, allowed: frozenset[str]) -> Any:
        try:
            return self._framework.unpickle(encoded, allowed)
        except Exception:
            try:
                names = self._judged(_decoded(encoded))
            except PermissionError:
                names = frozenset()
            if names <= allowed:
                raise
            self.approved = self.approved | names
        return self._framework.unpickle(encoded, allowed | self.approved)

    def _judged(self, data: bytes) -> frozenset[str]:
        names, dangers = _of_pickle(data)
        for name in names:
            state, why = self.state_of(name)
            if state not in ("ok", "acts"):
                dangers.append(f"{name} {why or 'is not allowed'}")
        if dangers:
            raise PermissionError(f"Checkpoint deserialization blocked for type '{dangers[0]}'")
        return frozenset(names)


def is_data(cls: type) -> bool:
    """Whether objects of a class are data: made of fields, by nothing that acts."""
    if dataclasses.is_dataclass(cls) or issubclass(cls, (enum.Enum, BaseException, tuple, dict, list)):
        return True
    return hasattr(cls, "model_fields") or (hasattr(cls, "to_dict") and hasattr(cls, "from_dict"))


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


_INERT = frozenset(("types:GenericAlias",))


def _decoded(encoded: Any) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, TypeError, ValueError):
        return b""


def _of_pickle(data: bytes) -> tuple[list[str], list[str]]:
    decoded = decode(data)
    dangers = [f"it cannot be read: {decoded.fault}"] if decoded.fault else []
    return list(decoded.names), dangers


def _of_document(raw: bytes) -> tuple[list[str], list[str]]:
    names: dict[str, None] = {}
    dangers: list[str] = []
    todo = [json.loads(raw)]
    while todo:
        item = todo.pop()
        if isinstance(item, dict):
            if "__pickled__" in item and "__type__" in item:
                found, bad = _of_pickle(_decoded(item["__pickled__"]))
                names.update(dict.fromkeys(found))
                dangers += bad
            todo += item.values()
        elif isinstance(item, list):
            todo += item
    for name in names:
        verdict = judge(name.partition(":")[0], name.partition(":")[2])
        if verdict.kind == "danger":
            dangers.append(f"it names {name}, which {verdict.reason}")
    return list(names), dangers
