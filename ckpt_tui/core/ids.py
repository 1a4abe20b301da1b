"""Names for checkpoints on the command line: a full id, a unique prefix, `latest`, or either followed by `~N`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ckpt_tui.core.lineage import Node, Run

_PARENTS = re.compile(r"(.*)~(\d{1,6})\Z", re.DOTALL)


class IdFault(Exception):
    """No checkpoint, or more than one, answers to a name; `ambiguous` tells which."""

    def __init__(self, reason: str, ambiguous: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.ambiguous = ambiguous


def find(name: str, runs: Sequence[Run]) -> Node:
    """The checkpoint that a name means.

    Raises:
        IdFault: there is none, or more than one.
    """
    nodes = {node.ref.id: node for run in runs for node in run.nodes}
    if any(run.store for run in runs):
        nodes, name = _of_one_store(name, runs)
    if name in nodes:
        return nodes[name]
    parents = _PARENTS.match(name)
    up = int(parents[2]) if parents else 0
    base = parents[1] if parents else name
    node = _base(base.removesuffix(".json"), nodes)
    for step in range(up):
        if node.parent is None:
            raise IdFault(f"{base} has only {step} parents")
        node = nodes[node.parent]
    return node


def _of_one_store(name: str, runs: Sequence[Run]) -> tuple[dict[str, Node], str]:
    """The checkpoints a name is looked up in, and what it is there: `STORE/ID` means one store.

    Raises:
        IdFault: the id stands in more than one store.
    """
    stores: dict[str, dict[str, Node]] = {}
    for run in runs:
        stores.setdefault(run.store, {}).update((node.ref.id, node) for node in run.nodes)
    for store, nodes in stores.items():
        if name.startswith(f"{store}/"):
            return nodes, name[len(store) + 1 :]
    # Not more than a prefix of it may stand in two stores: `~N` goes up within the one that has it.
    base = name.partition("~")[0].removesuffix(".json")
    holders = [store for store, nodes in stores.items() if base in nodes]
    if len(holders) > 1:
        raise IdFault(f"{base!r} is in {len(holders)} stores; say {holders[0]}/{base}", True)
    if holders:
        return stores[holders[0]], name
    return {node_id: node for nodes in stores.values() for node_id, node in nodes.items()}, name


def _base(name: str, nodes: dict[str, Node]) -> Node:
    if not nodes:
        raise IdFault("the store has no checkpoints")
    if name in nodes:
        return nodes[name]
    if name == "latest":
        return max(nodes.values(), key=lambda node: node.ref.rank)
    found = [node for node_id, node in nodes.items() if node_id.startswith(name)] if name else []
    if not found:
        raise IdFault(f"no checkpoint {name!r}")
    if len(found) > 1:
        some = ", ".join(sorted(node.ref.id for node in found)[:3])
        raise IdFault(f"{name!r} means {len(found)} checkpoints ({some}{', …' if len(found) > 3 else ''})", True)
    return found[0]
