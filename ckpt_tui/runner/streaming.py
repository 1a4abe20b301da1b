"""Runs a workflow event by event, while its models are called as in the program: streamed or not."""

from __future__ import annotations

import ast
import functools
from collections.abc import AsyncIterable
from typing import Any


def run_iterated(workflow: Any, is_streamed: bool, **arguments: Any) -> AsyncIterable[Any]:
    """The events of a run, as they come.

    The framework carries out both kinds of run in one way: a run that is not streamed is the same stream, awaited to
    its end, and its core is given whether agents are to stream. Only that is changed.

    Args:
        workflow: The workflow.
        is_streamed: Whether its agents ask their models for streams.
        arguments: All other arguments of `run`.
    """
    core = getattr(workflow, "_run_core", None)
    if is_streamed or core is None:
        return _run(workflow, arguments)

    @functools.wraps(core)
    def unstreamed(*args: Any, **given: Any) -> Any:
        return core(*args, **{**given, "streaming": False})

    workflow._run_core = unstreamed
    try:
        return _run(workflow, arguments)
    finally:
        del workflow._run_core


def _run(workflow: Any, arguments: dict[str, Any]) -> AsyncIterable[Any]:
    stream: AsyncIterable[Any] = workflow.run(stream=True, **arguments)
    return stream


def streams_in(path: str) -> bool:
    """Whether a source file calls a method `run` with `stream=` anything but False."""
    try:
        with open(path, "rb") as file:
            tree = ast.parse(file.read())
    except (OSError, SyntaxError, ValueError):
        return False
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "run"
        and any(
            each.arg == "stream" and not (isinstance(each.value, ast.Constant) and not each.value.value)
            for each in node.keywords
        )
        for node in ast.walk(tree)
    )
