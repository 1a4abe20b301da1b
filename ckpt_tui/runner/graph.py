"""Facts about a workflow: the types its executors handle, and the hash of its graph."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import inspect
import json
import sys
import types
import typing
from typing import Any

from .made import hints_of
from .places import is_own
from .shown import type_name


def handled_types(workflow: Any) -> list[str]:
    """Classes that the handlers of a workflow and its agents name, and those of their fields, `module:qualname`."""
    found: dict[Any, None] = {}
    for each in getattr(workflow, "executors", {}).values():
        for name in ("input_types", "output_types"):
            with contextlib.suppress(Exception):
                for expected in getattr(each, name):
                    _classes(expected, found)
        with contextlib.suppress(Exception):
            _classes(_response_format(each), found)
        for pair in getattr(each, "_response_handlers", None) or ():
            for expected in pair:
                _classes(expected, found)
                if isinstance(expected, types.GenericAlias):  # a request keeps the type of its answer
                    found[types.GenericAlias] = None
    return [type_name(cls) for cls in found]


def _response_format(executor: Any) -> Any:
    """The class that the agent of an executor answers with; None where it answers with text."""
    agent = getattr(executor, "_agent", None)
    options = getattr(agent, "default_options", None) or getattr(agent, "chat_options", None) or {}
    return options.get("response_format") if isinstance(options, dict) else getattr(options, "response_format", None)


def _classes(expected: Any, found: dict[Any, None]) -> None:
    """Collect the classes that a type is made of."""
    for each in typing.get_args(expected):
        _classes(each, found)
    own = isinstance(expected, type) and typing.get_origin(expected) is None
    if (
        not own
        or expected.__module__ in ("builtins", "typing", "types", "collections.abc")
        or expected in found
        or inspect.isabstract(expected)
        or getattr(expected, "_is_protocol", False)
    ):
        return
    found[expected] = None
    if dataclasses.is_dataclass(expected) or hasattr(expected, "model_fields"):
        for each in hints_of(expected).values():
            _classes(each, found)


def defined_types() -> frozenset[str]:
    """The classes that the loaded modules of the person define, `module:qualname`."""
    found = set()
    for module in list(sys.modules.values()):
        if is_own(getattr(module, "__file__", None) or "<unknown>"):
            name = getattr(module, "__name__", "")
            found |= {type_name(each) for each in vars(module).values() if getattr(each, "__module__", None) == name
                      and isinstance(each, type)}  # fmt: skip
    return frozenset(found)


def hash_as(workflow: Any, old: str, new: str) -> str:
    """The graph hash that a workflow would have, had its module another name."""
    signature = getattr(workflow, "graph_signature", None)
    if not isinstance(signature, dict):
        return ""
    text = json.dumps(signature, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.replace(f'"{old}.', f'"{new}.').encode("utf-8")).hexdigest()


def rename_module(workflow: Any, module: Any, new: str, graph: str) -> None:
    """Give a loaded module the name under which it was known when the checkpoint was written.

    The name is in the graph of its workflow and in the pickles of its classes. Loading the file a second time under
    the other name would run its code twice.

    Args:
        workflow: The workflow that was built of it.
        module: The module.
        new: The name, `__main__` or the dotted one.
        graph: The hash of the workflow's graph under that name.
    """
    old = module.__name__
    todo, seen = list(vars(module).values()), set()
    while todo:
        each = todo.pop()
        if id(each) in seen or not isinstance(each, (type, types.FunctionType)) or each.__module__ != old:
            continue
        seen.add(id(each))
        each.__module__ = new
        if isinstance(each, type):
            todo += vars(each).values()
    module.__name__ = new
    sys.modules[new] = module
    workflow.graph_signature_hash = graph
    runner = getattr(workflow, "_runner", None)
    if runner is not None and hasattr(runner, "_graph_signature_hash"):
        runner._graph_signature_hash = graph


def allowed_by(workflow: Any, storage: Any = None) -> frozenset[str]:
    """Types that the storage of a workflow allows, `module:qualname`.

    Args:
        workflow: The workflow.
        storage: The storage of its run; without one, that of its builder.
    """
    if storage is None:
        context = getattr(getattr(workflow, "_runner", None), "context", None)
        storage = getattr(context, "_checkpoint_storage", None) or getattr(workflow, "_checkpoint_storage", None)
    return frozenset(str(each) for each in getattr(storage, "_allowed_types", None) or ())


def differences(workflow: Any, kept: dict[str, Any], within: tuple[str, ...] = ()) -> list[str]:
    """The differences between the executors of a workflow and those of a checkpoint, each as a sentence.

    Args:
        workflow: The workflow, whose graph is not the one of the checkpoint.
        kept: The executors of the checkpoint: `executors`, and in `inner` the same and `graph` of workflows within it.
        within: The executors that hold the workflow, outermost first.
    """
    known, have = set(kept.get("executors", ())), getattr(workflow, "executors", {})
    place = f"within {' > '.join(within)}: " if within else ""
    only = (("checkpoint", known - set(have)), ("workflow", set(have) - known))
    out = [place + _only_in(sorted(map(str, names)), where) for where, names in only if names and known]
    unknown = []
    for name, executor in have.items():
        inner: Any = getattr(executor, "workflow", None)
        if not hasattr(inner, "graph_signature_hash") or name not in known:
            continue
        below = kept.get("inner", {}).get(name)
        if below is None or not below["graph"]:
            unknown.append(str(name))
        elif below["graph"] != inner.graph_signature_hash:
            out += differences(inner, below, (*within, str(name)))
    if not out and known:
        other = f", or a workflow within {_listed(unknown)} changed" if unknown else ""
        out.append(f"{place}the executors have the same names, so their classes, modules or edges differ{other}")
    return out


def _only_in(names: list[str], where: str) -> str:
    return f"{_listed(names)} {'is' if len(names) == 1 else 'are'} only in the {where}"


def _listed(names: list[str]) -> str:
    """Names as a list in a sentence: `a, b and c`."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
