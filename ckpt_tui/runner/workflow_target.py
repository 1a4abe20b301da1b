"""The name in a module that is or builds the user's workflow."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import types
from collections.abc import Callable
from typing import Any

from .arguments import is_required, parameters_of, takes_storage
from .target import Step, Target


class WorkflowTarget(Target):
    """A workflow, a builder, an agent made of one, or a function that gives one of them."""

    expected = "name a Workflow, a builder, a function that returns one, or an agent made of one"

    def is_wanted(self, value: Any) -> bool:
        return is_workflow(value)

    def next_step(self, found: Any, given: dict[str, Any], storage: Callable[[], Any]) -> Step | None:
        inner = getattr(found, "workflow", None)
        if inner is not None and not isinstance(found, type) and is_workflow(inner):
            return Step(inner)
        if not isinstance(found, type) and callable(getattr(found, "build", None)):
            return Step(self.call(found.build, {}, storage))
        if callable(found) and not _makes_none(found, given):
            return Step(self.call(found, given, storage), True)
        return None

    def candidates(self, names: dict[str, Any], module: Any) -> list[str]:
        found = [name for name, value in names.items() if _looks(value, module)]
        return found or [name for name, value in names.items() if _may_make(value, module)]


def workflows_of(module: Any) -> dict[str, Any]:
    """Name → workflow, of those that a module holds: workflows, agents made of one, `@workflow` functions."""
    found: dict[str, Any] = {}
    for name, value in list(vars(module).items()):
        if isinstance(value, type):
            continue
        if type(value).__name__ == "FunctionalWorkflowDefinition" and callable(getattr(value, "build", None)):
            value = value.build()
        elif not is_workflow(value) and type(value).__module__.startswith("agent_framework"):
            value = getattr(value, "workflow", None)
        if is_workflow(value) and not any(value is each for each in found.values()):
            found[name] = value
    return found


def is_workflow(value: Any) -> bool:
    """Whether a value can be run from a checkpoint."""
    return (
        not isinstance(value, type) and hasattr(value, "graph_signature_hash") and callable(getattr(value, "run", None))
    )


def _looks(value: Any, module: Any) -> bool:
    if is_workflow(value):
        return True
    if isinstance(value, types.FunctionType) and value.__module__ == module.__name__:
        return "Workflow" in str(value.__annotations__.get("return", "")) or "workflow" in value.__name__
    cls = type(value)
    return cls.__module__.startswith("agent_framework") and callable(getattr(value, "build", None))


def _may_make(value: Any, module: Any) -> bool:
    """Whether a value is a function of the module that can be called as it is."""
    if not isinstance(value, types.FunctionType) or value.__module__ != module.__name__:
        return False
    if inspect.iscoroutinefunction(value) and value.__name__ == "main":
        return False
    return all(takes_storage(each) or not is_required(each) for each in parameters_of(value).values())


def _makes_none(value: Any, given: dict[str, Any]) -> bool:
    """Whether a value is a class, of data or of executors, that makes no workflow when it is called."""
    if not isinstance(value, type) or hasattr(value, "build"):
        return False
    data = dataclasses.is_dataclass(value) or hasattr(value, "model_fields") or issubclass(value, enum.Enum)
    return data or (not given and callable(getattr(value, "on_checkpoint_save", None)))
