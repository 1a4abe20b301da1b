"""A checkpoint object becomes the file that Agent Framework would write for it, in the process that owns the object.

Values are pickled here, never unpickled. An object that cannot be pickled is replaced by an `Unpicklable` with the
reason; the rest is kept. Rules: agent_framework/_workflows/_checkpoint_encoding.py.
"""

from __future__ import annotations

import io
import json
import pickle
import sys
from base64 import b64encode
from dataclasses import fields, is_dataclass
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

_NATIVE = (str, int, float, bool, type(None))
_RESERVED = ("__pickled__", "__type__")

MEMBERS = (
    "workflow_name", "graph_signature_hash", "checkpoint_id", "previous_checkpoint_id", "timestamp", "messages",
    "state", "pending_request_info_events", "iteration_count", "metadata", "version",
)  # fmt: skip
"""The members of a checkpoint, in the order of the framework's files."""


class Unpicklable:
    """Stands in a pickle for an object that cannot be pickled.

    Attributes:
        type: Its class, `module:qualname`.
        reason: Why it cannot be pickled.
    """

    def __init__(self, type: str, reason: str) -> None:
        self.type = type
        self.reason = reason


class _Pickler(pickle.Pickler):
    """Pickles everything; objects that cannot be pickled are replaced, and reported in `refused`."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self.refused: list[str] = []

    def reducer_override(self, obj: Any) -> Any:
        """Called by pickle for each object of another type than its own."""
        try:
            if isinstance(obj, type | FunctionType | BuiltinFunctionType):
                return NotImplemented if _is_found(obj) else self._stand_in(obj, "it cannot be found by its name")
            if isinstance(obj, ModuleType):
                return self._stand_in(obj, "a module")
            obj.__reduce_ex__(pickle.HIGHEST_PROTOCOL)
        except Exception as error:  # code of the object's class may fail in any way
            return self._stand_in(obj, f"{type(error).__name__}: {error}")
        return NotImplemented

    def _stand_in(self, obj: Any, reason: str) -> Any:
        name = _type_key(obj)
        self.refused.append(f"{name} cannot be pickled: {reason}")
        return Unpicklable, (name, reason)


def _is_found(obj: Any) -> bool:
    """Whether the module of a class or function has it under its name."""
    name = getattr(obj, "__qualname__", "")
    found: Any = sys.modules.get(getattr(obj, "__module__", None) or "builtins")
    if isinstance(getattr(obj, "__self__", None), object) and isinstance(obj, BuiltinFunctionType):
        owner = obj.__self__
        if owner is not None and not isinstance(owner, ModuleType):
            return True  # a bound method: pickle handles it itself
    for part in name.split("."):
        found = getattr(found, part, None)
    return found is obj


def _type_key(obj: Any) -> str:
    cls = obj if isinstance(obj, type) else type(obj)
    return f"{cls.__module__}:{cls.__qualname__}"


def encode_checkpoint(checkpoint: Any) -> tuple[bytes, tuple[str, ...]]:
    """The bytes of the file for a checkpoint, and the values that could not be pickled, with places and reasons.

    Args:
        checkpoint: An object with the attributes of `WorkflowCheckpoint`, or a mapping with its members.

    Raises:
        ValueError: it is not such an object.
    """
    members = _members(checkpoint)
    if not isinstance(members.get("checkpoint_id"), str):
        raise ValueError(f"{_type_key(checkpoint)} is not a checkpoint: it has no checkpoint_id")
    faults: list[str] = []
    document = {key: _encoded(members.get(key), [key], faults) for key in MEMBERS if key in members}
    document |= {key: _encoded(value, [key], faults) for key, value in members.items() if key not in document}
    return json.dumps(document, indent=2, ensure_ascii=False).encode("utf-8", "surrogatepass"), tuple(faults)


def _members(checkpoint: Any) -> dict[str, Any]:
    if isinstance(checkpoint, dict):
        return checkpoint
    if is_dataclass(checkpoint):
        return {one.name: getattr(checkpoint, one.name) for one in fields(checkpoint)}
    return {key: getattr(checkpoint, key) for key in MEMBERS if hasattr(checkpoint, key)}


def _encoded(value: Any, path: list[str], faults: list[str]) -> Any:
    """A value as the framework's files have it: JSON where it is JSON, a pickle in an envelope where it is not."""
    try:
        return _json_value(value, path, faults)
    except RecursionError:
        return _envelope(value, path, faults)


def _json_value(value: Any, path: list[str], faults: list[str]) -> Any:
    # Subclasses of these (an Enum of texts, for one) pass as the framework lets them pass.
    if isinstance(value, _NATIVE):
        return value
    if type(value) is dict:
        keys = [str(key) for key in value]
        if not any(key in _RESERVED for key in keys) and len(set(keys)) == len(keys):
            return {
                key: _json_value(item, [*path, key], faults) for key, item in zip(keys, value.values(), strict=True)
            }
    elif type(value) is list:
        return [_json_value(item, [*path, str(index)], faults) for index, item in enumerate(value)]
    return _envelope(value, path, faults)


def _envelope(value: Any, path: list[str], faults: list[str]) -> Any:
    refused: list[str] = []
    try:
        data = _pickled(value, refused)
    except Exception as error:  # deeper than pickle goes, or a class that fails late
        name = _type_key(value)
        reason = f"{type(error).__name__}: {error}"
        refused.append(f"{name} cannot be pickled: {reason}")
        data = pickle.dumps(Unpicklable(name, reason), pickle.HIGHEST_PROTOCOL)
    faults.extend(f"{'.'.join(path)}: {reason}" for reason in refused)
    return {"__pickled__": b64encode(data).decode("ascii"), "__type__": _type_key(value)}


def _pickled(value: Any, refused: list[str]) -> bytes:
    file = io.BytesIO()
    pickler = _Pickler(file)
    try:
        pickler.dump(value)
    finally:
        refused.extend(dict.fromkeys(pickler.refused))
    return file.getvalue()
