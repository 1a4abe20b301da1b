"""The classes that a whole branch names: a run that is resumed from one of its checkpoints may save them again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from ckpt_tui.core.doctor.named_types import named_types
from ckpt_tui.core.runs.lineage import Node
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import Store

BYTES = 1_000_000
"""Bytes of checkpoints that are read: about 50 ms. A class that a branch holds is seldom in one checkpoint only."""


def branch_types(
    store: Store, nodes: Sequence[Node], node: Node, check: Callable[[], None] | None = None
) -> tuple[str, ...]:
    """Classes that the other checkpoints of a branch name, `module:qualname`, each once.

    Checkpoints that come after it are looked at first, the nearest first, then its ancestors; those that cannot be read
    are passed over, and so is what is left after `BYTES`.

    Args:
        store: The store that holds them.
        nodes: The checkpoints of the run.
        node: The checkpoint to resume from.
        check: Called now and then; whatever it raises ends the work.
    """
    found: dict[str, None] = {}
    left = BYTES if store.kind != "langgraph" else 0  # LangGraph has no list of types that may be saved
    for each in _branch(nodes, node):
        left -= each.ref.size
        if left < 0:
            break
        if check is not None:
            check()
        try:
            checkpoint = store.load(each.ref.file, check, everything=True)
        except CkptError:
            continue
        found.update(dict.fromkeys(named_types(checkpoint, check).types))
    return tuple(found)


def _branch(nodes: Sequence[Node], node: Node) -> Iterator[Node]:
    by_id = {each.ref.id: each for each in nodes}
    children: dict[str | None, list[Node]] = {}
    for each in nodes:
        children.setdefault(each.parent, []).append(each)
    todo, seen = deque(children.get(node.ref.id, ())), {node.ref.id}
    while todo:
        each = todo.popleft()
        if each.ref.id not in seen:
            seen.add(each.ref.id)
            yield each
            todo += children.get(each.ref.id, ())
    above = by_id.get(node.parent or "")
    while above is not None and above.ref.id not in seen:
        seen.add(above.ref.id)
        yield above
        above = by_id.get(above.parent or "")
