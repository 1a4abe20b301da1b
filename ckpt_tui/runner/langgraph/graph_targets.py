"""The person's graph: a name in a module, an entry of `langgraph.json`, or the one that a program runs."""

from __future__ import annotations

import json
import os
import types
from collections.abc import Callable
from typing import Any

from ..arguments import is_required, parameters_of
from ..faults import Fault
from ..program import first_on_path
from ..target import Step, Target, split_target
from .release import Release

_SAVERS = ("checkpointer", "saver")
_CONFIGS = ("config",)


class GraphTarget(Target):
    """A name in a module: a compiled graph, a builder, a function that gives one of them.

    Args:
        place: `module` or `path/file.py`.
        attribute: The name in it.
        release: The LangGraph that is installed.
        config: The argument of a function with a parameter `config`.
        as_main: Load the file as `__main__`, as it was when it ran as a script.
        known: Modules that the checkpoint names.
    """

    noun = "graph"
    expected = "name a compiled graph, its builder, or a function that returns one of them"

    def __init__(
        self, place: str, attribute: str, release: Release, config: dict[str, Any], as_main: bool, known: set[str]
    ) -> None:
        super().__init__(place, attribute, as_main, known)
        self._release, self._config = release, config

    def is_wanted(self, value: Any) -> bool:
        return self._release.is_graph(value)

    def next_step(self, found: Any, given: dict[str, Any], storage: Callable[[], Any]) -> Step | None:
        if not isinstance(found, type) and callable(getattr(found, "compile", None)):
            return Step(self.call(found.compile, {}, storage))
        for name in ("__aenter__", "__enter__"):
            if hasattr(found, name):
                return Step(getattr(found, name)())
        if callable(found) and not isinstance(found, type):
            return Step(self.call(found, self._arguments(found, given, storage), storage), True)
        return None

    def _arguments(self, function: Any, given: dict[str, Any], storage: Callable[[], Any]) -> dict[str, Any]:
        """The arguments of a function, with those that LangGraph itself would give it."""
        found = dict(given)
        for name, each in parameters_of(function).items():
            if name in found or not is_required(each):
                continue
            if name in _SAVERS:
                found[name] = storage()
            elif name in _CONFIGS or "RunnableConfig" in str(each.annotation):
                found[name] = self._config
        return found

    def candidates(self, names: dict[str, Any], module: Any) -> list[str]:
        found = [name for name, value in names.items() if self.is_wanted(value)]
        found = found or [name for name, value in names.items() if _is_builder(value)]
        return found or [
            name for name, value in names.items()
            if isinstance(value, types.FunctionType) and value.__module__ == module.__name__ and "graph" in name
        ]  # fmt: skip


def _is_builder(value: Any) -> bool:
    return (
        not isinstance(value, type)
        and type(value).__module__.startswith("langgraph")
        and callable(getattr(value, "compile", None))
    )


def graphs_of(module: Any, release: Release) -> dict[str, Any]:
    """Name → graph, of those that a module holds; builders are compiled."""
    found: dict[str, Any] = {}
    for name, value in list(vars(module).items()):
        if release.is_graph(value) and not any(value is each for each in found.values()):
            found[name] = value
    for name, value in list(vars(module).items()) if not found else ():
        if _is_builder(value):
            found[name] = value.compile()
    return found


def resolved(text: str) -> tuple[str, str]:
    """The place and the name in it of a target; for `langgraph.json:NAME`, the entry of NAME.

    Raises:
        Fault: the file cannot be read, or has no such graph.
    """
    place, attribute = split_target(text)
    if not place.endswith(".json"):
        return place, attribute
    path = os.path.abspath(place)
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        graphs = document["graphs"]
        names = list(graphs)
    except (OSError, ValueError, KeyError, TypeError) as error:
        what = f"{place} cannot be read as a langgraph.json: {error}"
        raise Fault("load", what, "name a file with a member `graphs`") from None
    name = attribute or (names[0] if len(names) == 1 else "")
    if name not in graphs:
        some = ", ".join(f"{place}:{each}" for each in names[:6])
        what = f"{place} has no graph {name}" if name else f"{place} has {len(names)} graphs"
        raise Fault("load", what, f"name one of them: {some}")
    entry = graphs[name]
    spec = entry.get("path") if isinstance(entry, dict) else entry
    if not isinstance(spec, str) or not split_target(spec)[1]:
        raise Fault("load", f"the graph {name} of {place} is not FILE.py:NAME", "correct it in the file")
    home = os.path.dirname(path)
    _take_environment(document.get("env"), home)
    for each in reversed(document.get("dependencies") or ()):
        directory = os.path.join(home, str(each))
        if os.path.isdir(directory):
            first_on_path(os.path.normpath(directory))
    inner, attribute = split_target(spec)
    is_file = inner.endswith(".py") or "/" in inner
    return (os.path.normpath(os.path.join(home, inner)) if is_file else inner), attribute


def _take_environment(given: Any, home: str) -> None:
    """Set the environment variables that are not set yet: of an object, or of a file with lines NAME=VALUE."""
    pairs: dict[str, str] = {}
    if isinstance(given, dict):
        pairs = {str(name): str(value) for name, value in given.items()}
    elif isinstance(given, str):
        try:
            with open(os.path.join(home, given), encoding="utf-8") as file:
                lines = [line.strip().removeprefix("export ") for line in file]
        except (OSError, ValueError):
            lines = []
        for line in lines:
            name, equals, value = line.partition("=")
            if equals and not name.startswith("#"):
                pairs[name.strip()] = value.strip().strip("\"'")
    for name, value in pairs.items():
        os.environ.setdefault(name, value)
