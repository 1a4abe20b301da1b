"""The checkpoint to run from, of whatever format its store is."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from typing import Any

from ckpt_tui.actions.resume.plan import FAILED, GraphThread, Source
from ckpt_tui.core.doctor.named_types import named_types
from ckpt_tui.core.model import INTERNAL, Checkpoint
from ckpt_tui.core.reading.members import members
from ckpt_tui.core.reading.pending import attribute
from ckpt_tui.core.value import Value
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.postgres_address import absolute

MOST_NODES = 1_000
"""Nodes of one graph that are compared."""

MOST_EXECUTORS = 1_000
"""Executors of one workflow that are compared."""

MOST_LEVELS = 8
"""Workflows within workflows that are looked into."""


def source_in(store: Store, checkpoint: Checkpoint, later: Sequence[str] = (), allow: Collection[str] = ()) -> Source:
    """What a store shows of a checkpoint that is to be resumed.

    Args:
        store: The store that itself holds it.
        checkpoint: The checkpoint, decoded.
        later: Classes that the other checkpoints of its branch name.
        allow: Types that the person allows, `module:qualname`.

    Raises:
        CkptError: it cannot or must not be loaded; exit code 5.
    """
    if store.kind != "langgraph":
        return source_of(store.path, checkpoint, later, allow)
    ref = checkpoint.ref
    prefix, _, name = ref.id.rpartition("/")
    thread = prefix.replace("%2F", "/").replace("%25", "%")
    nodes = [each for each in _names(attribute(checkpoint.metadata, "versions_seen")) if not each.startswith("__")]
    found = GraphThread(thread, name, prefix, tuple(nodes), _next(checkpoint.messages))
    # A stored checkpoint does not name its graph: the one that is loaded is taken as that of its thread.
    copy = store.copy_for_resume(ref.file)
    return Source(absolute(store.path), ref.id, f"run {prefix}", executors=tuple(nodes), workflow=ref.workflow,
                  iteration=ref.step, thread=found, copy=copy)  # fmt: skip


def _names(value: Value) -> list[str]:
    kept = members(value)
    return [kept[index].label for index in range(min(len(kept), MOST_NODES))]


def _next(messages: Value) -> tuple[str, ...]:
    """The nodes that messages in flight are for; the input of the graph is for none yet."""
    found: dict[str, None] = {}
    kept = members(messages)
    for index in range(min(len(kept), MOST_NODES)):
        if kept[index].label.startswith(INTERNAL):
            continue
        sent = members(kept[index].value)
        for number in range(min(len(sent), MOST_NODES)):
            target = attribute(sent[number].value, "target_id")
            if type(target) is str:
                found[target] = None
    return tuple(found)


def source_of(store: str, checkpoint: Checkpoint, later: Sequence[str] = (), allow: Collection[str] = ()) -> Source:
    """What a checkpoint's file holds that a resume needs.

    Args:
        store: The directory that holds it.
        checkpoint: The checkpoint, decoded.
        later: Classes that the other checkpoints of its branch name.
        allow: Types that the person allows, `module:qualname`; a class that acts may be among them.

    Raises:
        CkptError: it cannot or must not be loaded; exit code 5.
    """
    ref = checkpoint.ref
    if ref.chain or not ref.graph:
        what = f"{ref.id} was written by a release before 1.0.0; later releases cannot load it."
        raise CkptError(what, "Resume it with the release that wrote it.", FAILED)
    named = named_types(checkpoint, allowed=allow)
    if named.dangers:
        what = f"{ref.id} is not loaded: it {named.dangers[0]}."
        raise CkptError(what, "`ckpt-tui doctor` shows where; resume from a checkpoint you trust.", FAILED)
    executors, inner = _executors(checkpoint.state)
    return Source(
        os.path.abspath(store), ref.id, ref.graph, named.types, executors, ref.workflow, ref.iteration,
        tuple(later), inner,
    )  # fmt: skip


def _executors(state: Value, levels: int = MOST_LEVELS) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The executors of a checkpoint's state, and the workflows within them; see `Source`."""
    kept = members(attribute(state, "_executor_state"))
    names, inner = [], {}
    for index in range(min(len(kept), MOST_EXECUTORS)):
        member = kept[index]
        names.append(member.label)
        # What 1.12 and older write of a workflow within another one names no executor of it.
        below = attribute(member.value, "sub_workflow_checkpoint")
        if below is None or not levels:
            continue
        executors, deeper = _executors(attribute(below, "state"), levels - 1)
        graph = attribute(below, "graph_signature_hash")
        inner[member.label] = {
            "executors": list(executors), "graph": graph if type(graph) is str else "", "inner": deeper
        }  # fmt: skip
    return tuple(names), inner
