"""What differs between releases of agent_framework, and loading under its allow-list."""

from __future__ import annotations

import base64
import inspect
import io
import json
import os
import pickle
from typing import Any

from .faults import Fault, said
from .missing import missing_framework

_ALLOWED = frozenset((
    *(f"builtins:{name}" for name in (
        "object", "complex", "range", "slice", "int", "float", "str", "bytes", "bytearray", "bool", "set", "frozenset",
        "list", "dict", "tuple", "type",
    )),
    "copyreg:_reconstructor", "datetime:datetime", "datetime:date", "datetime:time", "datetime:timedelta",
    "datetime:timezone", "uuid:UUID", "decimal:Decimal", "collections:OrderedDict", "collections:defaultdict",
    "collections:deque", "collections:Counter",
))  # fmt: skip
_PREFIXES = ("agent_framework.", "agent_framework_orchestrations.", "openai.types.")


class Guarded(pickle.Unpickler):
    """The allow-list of later releases, for Agent Framework 1.0.0, which has none of its own.

    Args:
        data: A pickle.
        allowed: Types to load besides the usual ones, `module:qualname`.
    """

    def __init__(self, data: bytes, allowed: frozenset[str]) -> None:
        super().__init__(io.BytesIO(data))
        self._names = allowed

    def find_class(self, module: str, name: str) -> Any:
        """A class that may be loaded."""
        key = f"{module}:{name}"
        if key not in _ALLOWED and key not in self._names and (not module.startswith(_PREFIXES) or "." in name):
            raise pickle.UnpicklingError(f"Checkpoint deserialization blocked for type '{key}'")
        found = super().find_class(module, name)
        if key == "copyreg:_reconstructor" or isinstance(found, type):
            return found
        raise pickle.UnpicklingError(f"Checkpoint deserialization blocked for non-type global '{key}'")


class Framework:
    """What differs between releases of agent_framework.

    Attributes:
        version: Of agent-framework-core.
        guards: Whether it has an allow-list of its own (from 1.0.1 on).
        refusal: What it does with a checkpoint that holds a type that is not allowed.
    """

    def __init__(self) -> None:
        try:
            from agent_framework import FileCheckpointStorage, WorkflowCheckpoint
            from agent_framework._workflows import _checkpoint_encoding as encoding
        except ImportError as error:
            raise Fault("framework", *missing_framework(error)) from None
        from importlib.metadata import PackageNotFoundError, version

        try:
            self.version = version("agent-framework-core")
        except PackageNotFoundError:
            self.version = "?"
        self.storage_class: Any = FileCheckpointStorage
        self.checkpoint_class: Any = WorkflowCheckpoint
        self.encoding: Any = encoding
        self.guards = "allowed_checkpoint_types" in inspect.signature(FileCheckpointStorage.__init__).parameters
        numbers = tuple(int(each) for each in self.version.split(".")[:2] if each.isdigit())
        self.refusal = "is not saved" if numbers >= (1, 19) else "is saved, but cannot be loaded again"

    def storage(self, directory: str, allowed: frozenset[str]) -> Any:
        """The framework's own store in a directory."""
        if self.guards:
            return self.storage_class(directory, allowed_checkpoint_types=sorted(allowed))
        return self.storage_class(directory)

    def registered(self) -> frozenset[str]:
        """Types that the application allowed by register_checkpoint_type."""
        return frozenset(getattr(self.encoding, "_REGISTERED_CHECKPOINT_TYPE_KEYS", ()))

    def state_of(self, name: str, allowed: frozenset[str]) -> tuple[str, str]:
        """Whether a type can be loaded: ok, blocked or missing, and why."""
        module, _, qualname = name.partition(":")
        cls = getattr(self.encoding, "_RestrictedUnpickler", Guarded)
        try:
            cls(b"", allowed | self.registered()).find_class(module, qualname)
        except pickle.UnpicklingError as error:
            return "blocked", str(error)
        except (ImportError, AttributeError) as error:
            return "missing", str(error)
        except Exception as error:
            return "missing", said(error)
        return "ok", ""

    async def load(self, directory: str, identifier: str, allowed: frozenset[str]) -> Any:
        """One checkpoint, its objects real, under the allow-list whatever the release."""
        if self.guards:
            return await self.storage(directory, allowed).load(identifier)
        with open(os.path.join(directory, f"{identifier}.json")) as file:
            document = json.load(file)
        return self.checkpoint_class.from_dict(_decoded(document, allowed))


def _decoded(value: Any, allowed: frozenset[str]) -> Any:
    if isinstance(value, dict):
        if "__pickled__" in value and "__type__" in value:
            return Guarded(base64.b64decode(value["__pickled__"], validate=True), allowed).load()
        return {key: _decoded(item, allowed) for key, item in value.items()}
    return [_decoded(item, allowed) for item in value] if isinstance(value, list) else value
