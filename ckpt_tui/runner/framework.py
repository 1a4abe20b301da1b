"""The differences between releases of agent_framework, and loading under its allow-list."""

from __future__ import annotations

import base64
import inspect
import io
import pickle
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .faults import Fault
from .missing import missing_framework, version_of

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
    """The differences between releases of agent_framework.

    Attributes:
        version: Of agent-framework-core.
        numbers: Its major and minor number.
        guards: Whether it has an allow-list of its own (from 1.0.1 on).
        refusal: Its reaction to a checkpoint that holds a type that is not allowed.
    """

    name = "agent_framework"

    def __init__(self) -> None:
        try:
            # Late: runs of LangGraph do not need it. Not in `names`: a refusal of the gate comes half a second sooner.
            from agent_framework import FileCheckpointStorage, WorkflowCheckpoint
            from agent_framework._workflows import _checkpoint_encoding as encoding
        except ImportError as error:
            raise Fault("framework", *missing_framework(error)) from None
        self.version = version_of("agent-framework-core") or "?"
        self.storage_class: Any = FileCheckpointStorage
        self.checkpoint_class: Any = WorkflowCheckpoint
        self.encoding: Any = encoding
        self.guards = "allowed_checkpoint_types" in inspect.signature(FileCheckpointStorage.__init__).parameters
        self.numbers = tuple(int(each) for each in self.version.split(".")[:2] if each.isdigit())
        self.refusal = "is not saved" if self.numbers >= (1, 19) else "is saved, but cannot be loaded again"

    def storage(self, directory: str, allowed: frozenset[str]) -> Any:
        """The framework's own store in a directory."""
        if self.guards:
            return self.storage_class(directory, allowed_checkpoint_types=sorted(allowed))
        return self.storage_class(directory)

    def registered(self) -> frozenset[str]:
        """Types that the application allowed by register_checkpoint_type."""
        return frozenset(getattr(self.encoding, "_REGISTERED_CHECKPOINT_TYPE_KEYS", ()))

    def workflow_classes(self) -> list[Any]:
        """The classes whose `run` runs a workflow."""
        return [each for each in (names().Workflow, names().FunctionalWorkflow) if each is not None]

    def executor_class(self) -> Any:
        """The class of executors."""
        return names().Executor

    def agent_class(self) -> Any:
        """The class of agents that ask a model, or None where the release has none."""
        return getattr(sys.modules.get("agent_framework"), "RawAgent", None)

    def context_class(self) -> Any:
        """The class that takes the events of executors."""
        return names().InProcRunnerContext

    def checkpoint(self, document: Any, allowed: frozenset[str]) -> Any:
        """A checkpoint of the JSON of its file, made by the framework's own functions.

        Args:
            document: The JSON.
            allowed: Types to load besides the framework's usual ones.
        """
        guard = {"allowed_types": allowed} if self.guards else {}
        return self.checkpoint_class.from_dict(self.encoding.decode_checkpoint_value(document, **guard))

    def unpickle(self, encoded: str, allowed: frozenset[str]) -> Any:
        """The value of a pickle, loaded by the framework's own function under its allow-list.

        Args:
            encoded: The pickle in base64.
            allowed: Types to load besides the framework's usual ones.
        """
        if self.guards:
            return self._unpickle(encoded, allowed_types=allowed)
        return Guarded(base64.b64decode(encoded, validate=True), allowed).load()

    def replace_unpickling(self, function: Callable[..., Any]) -> None:
        """Have the framework call this instead of its own function for one pickle: `(encoded, *, allowed_types)`."""
        self._unpickle = self.encoding._base64_to_unpickle
        self.encoding._base64_to_unpickle = function


def names() -> ModuleType:
    """The names of agent_framework that are used once a workflow is loaded: the module `framework_imports`."""
    from . import framework_imports  # late: the framework is there, or its absence was reported, and it takes 0.6 s

    return framework_imports
