"""Command lines to paste: the same resume with more options, and the resume from where a run stopped."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ckpt_tui.actions.resume.fork_overlays import SUFFIX, root_of
from ckpt_tui.actions.resume.plan import Plan

GIVEN = "ckpt-tui resume …"
"""Stands in what the runner says for the command line that was given."""

PREFIX = 8
"""Characters of a long request id that are written at least; as many more as it takes to distinguish it from others."""

LONG = 20
"""Characters from which an id is shortened: names that people chose stay whole."""


def again(plan: Plan, allow: Iterable[str] = (), responses: Mapping[str, Any] | None = None) -> str:
    """The command line of a plan, with more types and answers; new checkpoints go to a new directory again.

    Args:
        plan: What was to run, or ran.
        allow: Types to load besides.
        responses: Answers besides, by request id.
    """
    target = replace(plan.target, allow=tuple(dict.fromkeys((*plan.target.allow, *allow))))
    found = replace(plan, target=target, responses={**plan.responses, **(responses or {})})
    return found.command_text(with_into=not _is_own_fork(plan))


def completed(plan: Plan, fix: str) -> str:
    """The runner's advice with the command line that was given in place of `GIVEN`.

    Args:
        plan: What was to run.
        fix: The advice of the runner; after `GIVEN` come the options or arguments that the command line lacks.
    """
    before, found, lacks = fix.partition(GIVEN)
    if not found:
        return fix
    options, dashes, arguments = lacks.partition(" -- ")
    line = again(replace(plan, target=replace(plan.target, arguments=())))
    given = shlex.join(plan.target.arguments)
    behind = " ".join(filter(None, (given, arguments)))
    return f"{before}{line}{options}{f' -- {behind}' if behind else dashes}"


def onward(plan: Plan, checkpoint: str, pending: Sequence[Mapping[str, Any]] = ()) -> str:
    """The command line that goes on from a checkpoint of the run, its requests answered with examples if there are any.

    Args:
        plan: What ran.
        checkpoint: Its id, or `latest`.
        pending: The requests that wait there, most with an `example` of an answer.
    """
    ids = [str(each.get("request_id")) for each in pending]
    responses = {
        unique_beginning(name, ids): each["example"]
        for name, each in zip(ids, pending, strict=True)
        if "example" in each
    }
    source = replace(plan.source, store=plan.into, id=checkpoint)
    return replace(plan, source=source, responses=responses, edits=()).command_text(with_into=False)


def unique_beginning(name: str, others: Iterable[str]) -> str:
    """The beginning of a long id that no other one of them has; any other id as it is.

    Args:
        name: The id.
        others: All ids that wait, this one included.
    """
    known = [each for each in others if each != name]
    usable = name.partition("=")[0]  # an option takes what comes before the first = for the id
    sizes = range(PREFIX, len(usable)) if len(usable) > LONG else ()
    for size in sizes:
        if not any(each.startswith(usable[:size]) for each in known):
            return usable[:size]
    return usable


def _is_own_fork(plan: Plan) -> bool:
    """Whether new checkpoints go to a directory of forks that was made for this resume."""
    return os.path.dirname(plan.into) == root_of(plan.source.store) + SUFFIX
