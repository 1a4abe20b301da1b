"""The gate before LangGraph's serializer, which imports and calls whatever a stored value names.

Each value is read by the inert decoder first. It is loaded only if every class that it names is known: data of the
standard library, a class of LangGraph or LangChain, one that the program has imported itself, or one that was allowed.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import sys
from typing import Any

from ckpt_tui.core.budgets import DEFAULT_MESSAGE, DEFAULT_PICKLE
from ckpt_tui.core.msgpack import unpack
from ckpt_tui.core.msgpack.extensions import Namer
from ckpt_tui.core.msgpack.langchain_json import revive
from ckpt_tui.core.pickles import unpickle
from ckpt_tui.core.safety.judgement import judge

from ..faults import Fault, said

_CALLED = frozenset((
    "re:compile", "datetime:datetime.fromisoformat", "builtins:bytes.fromhex", "builtins:bytearray.fromhex",
))  # fmt: skip
"""Functions that the serializer writes, and that only make values."""

_PACKAGES = ("langchain_core", "langgraph", "langchain", "langgraph_sdk")
"""Packages whose classes are imported because a value names them."""

_BUDGET = DEFAULT_MESSAGE._replace(bytes=1 << 30, values=50_000_000, objects=50_000_000)
_PICKLE = DEFAULT_PICKLE._replace(bytes=1 << 30, opcodes=50_000_000, objects=50_000_000)


class Gate:
    """Judges the names in stored values.

    Args:
        by_name: Types that the person allowed, `module:qualname`.
    """

    def __init__(self, by_name: frozenset[str]) -> None:
        self.by_name = by_name
        self.names: dict[str, None] = {}
        """Names so far, but for inert data of the standard library."""
        self._passed: set[bytes] = set()

    def state_of(self, name: str) -> tuple[str, str]:
        """Whether a name may be loaded, and why not: ok, blocked, missing, refused, or acts where it was allowed."""
        module, _, qualname = name.partition(":")
        judgement = judge(module, qualname)
        if judgement.kind == "acts" and name not in _CALLED:
            return ("acts" if name in self.by_name else "refused"), judgement.reason
        if judgement.kind in ("inert", "helper", "numpy") or name in _CALLED:
            return "ok", ""
        is_known = name in self.by_name or module.partition(".")[0] in _PACKAGES
        if module not in sys.modules and not is_known:
            return "blocked", ""
        try:
            found: Any = importlib.import_module(module) if module not in sys.modules else sys.modules[module]
            for part in qualname.split("."):
                found = getattr(found, part)
        except Exception as error:
            return "missing", said(error)
        if not isinstance(found, type) and name not in self.by_name:
            return "refused", "is not a class"
        return "ok", ""

    def look(self, encoding: str, data: bytes) -> list[str]:
        """The names in a stored value; nothing is loaded.

        Raises:
            Fault: it cannot be read to its end.
        """
        names = _names(encoding, data)
        self.names.update(dict.fromkeys(each for each in names if judge(*_parts(each)).kind not in ("inert", "helper")))
        return names

    def check(self, encoding: str, data: bytes) -> None:
        """Refuse a stored value that names what may not be loaded.

        Raises:
            Fault: it does.
        """
        digest = hashlib.blake2b(data, digest_size=16, person=encoding.encode()[:16]).digest()
        if digest in self._passed:
            return
        for name in self.look(encoding, data):
            state, why = self.state_of(name)
            if state == "blocked":
                raise Fault("type", f"{name} is not allowed to be loaded", f"--allow {name}")
            if state in ("refused", "missing"):
                raise Fault("danger" if state == "refused" else "type", f"{name} {why}, so it is not loaded")
        self._passed.add(digest)

    def trust(self, encoding: str, data: bytes) -> None:
        """Accept a value that the run itself has written."""
        self._passed.add(hashlib.blake2b(data, digest_size=16, person=encoding.encode()[:16]).digest())


class GatedSerializer:
    """The program's serializer, behind the gate.

    Args:
        serializer: The one that LangGraph would use.
        gate: Judges the values that it loads.
    """

    def __init__(self, serializer: Any, gate: Gate) -> None:
        self._serializer, self._gate = serializer, gate

    def dumps_typed(self, value: Any) -> tuple[str, bytes]:
        encoding, data = self._serializer.dumps_typed(value)
        self._gate.trust(encoding, data)
        return encoding, data

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        self._gate.check(*data)
        return self._serializer.loads_typed(data)

    def dumps(self, value: Any) -> bytes:
        found: bytes = self._serializer.dumps(value)
        self._gate.trust("json", found)
        return found

    def loads(self, data: bytes) -> Any:
        self._gate.check("json", data)
        return self._serializer.loads(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._serializer, name)


def _names(encoding: str, data: bytes) -> list[str]:
    """The names in a value; none for an encrypted one, which only the program's own serializer can read."""
    if encoding == "json":
        namer = Namer(_BUDGET.class_name)
        try:
            revive(json.loads(data), namer, [])
        except (ValueError, RecursionError) as error:
            raise _unread(said(error)) from None
        return [ref.name for ref in namer.refs.values()]
    if encoding not in ("msgpack", "pickle"):
        return []
    decoded = unpack.decode(data, _BUDGET) if encoding == "msgpack" else unpickle.decode(data, _PICKLE)
    if decoded.is_cut or decoded.fault:
        raise _unread(decoded.fault)
    return [ref.name for ref in decoded.refs.values()]


def _unread(reason: str) -> Fault:
    return Fault("danger", f"a stored value is not loaded: {reason}", "resume from another checkpoint")


def _parts(name: str) -> tuple[str, str]:
    module, _, qualname = name.partition(":")
    return module, qualname
