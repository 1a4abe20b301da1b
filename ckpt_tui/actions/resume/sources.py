"""The checkpoint to run from, of whatever format its store is."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ckpt_tui.actions.resume.plan import GraphThread, Source, source_of
from ckpt_tui.core.model import INTERNAL, Checkpoint
from ckpt_tui.core.reading.members import members
from ckpt_tui.core.reading.pending import attribute
from ckpt_tui.core.value import Value
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.postgres_address import absolute

MOST_NODES = 1_000
"""Nodes of one graph that are compared."""


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
    # A stored checkpoint says nothing of its graph: what is loaded stands for its thread.
    return Source(absolute(store.path), ref.id, f"run {prefix}", executors=tuple(nodes), workflow=ref.workflow,
                  iteration=ref.step, thread=found)  # fmt: skip


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
