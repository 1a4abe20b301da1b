"""Names for checkpoints on the command line: a full id, a unique prefix, `latest`, or either followed by `~N`.

Where ids are `THREAD/ID`, the id alone, its beginning, or what the list shows of it will do, and `THREAD/latest`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.short_ids import own_id

_PARENTS = re.compile(r"(.*)~(\d{1,6})\Z", re.DOTALL)


class IdFault(Exception):
    """No checkpoint, or more than one, answers to a name; `ambiguous` says which. `reason` is a sentence."""

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
    base, up = name_and_parents(name)
    node = _base(base.removesuffix(".json"), nodes)
    for step in range(up):
        if node.parent is None:
            raise IdFault(f"{base} has only {step} parents")
        node = nodes[node.parent]
    return node


def name_and_parents(name: str) -> tuple[str, int]:
    """What stands before `~N` in a name, and N; 0 where there is none."""
    parents = _PARENTS.match(name)
    return (parents[1], int(parents[2])) if parents else (name, 0)


def latest(nodes: Iterable[Node]) -> Node:
    """The newest of some checkpoints, of which there is at least one.

    Times tie where the clock is coarse (15.6 ms on Windows): of those with the latest time, the one that comes last in
    lineage order, so that a child is later than its parent. So it is where a clock was put back, or one time is wrong.

    Args:
        nodes: In lineage order: parents before children, each branch whole, as `Run.nodes` has them.
    """
    return newest(list(nodes))[1]


def newest(nodes: Sequence[Node]) -> tuple[tuple[float, int], Node]:
    """The same, and the time and the position of the one that is the latest by them."""
    place, best = 0, nodes[0].ref.rank[:2]
    for number, node in enumerate(nodes):
        ref = node.ref
        rank = ref.when, ref.position
        if rank >= best:
            place, best = number, rank
    # Whatever descends from it stands right behind it.
    above = {nodes[place].ref.id}
    while place + 1 < len(nodes) and nodes[place + 1].parent in above:
        place += 1
        above.add(nodes[place].ref.id)
    return best, nodes[place]


def as_late(node: Node, runs: Sequence[Run]) -> list[Node]:
    """The latest checkpoints of the other stores that are as late as this one, in the order of the stores."""
    own = "" if node.ref.store_metadata is None else node.ref.store_metadata.store
    stores: dict[str, list[Node]] = {}
    for run in runs:
        stores.setdefault(run.store, []).extend(run.nodes)
    others = [latest(nodes) for store, nodes in stores.items() if store != own and nodes]
    return [other for other in others if other.ref.when == node.ref.when]


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
    # `~N` goes up within the store that has the id.
    base = name.partition("~")[0].removesuffix(".json")
    holders = {store: base for store, nodes in stores.items() if base in nodes}
    if not holders and base == "latest" and any(stores.values()):
        last = latest([node for nodes in stores.values() for node in nodes.values()])
        return next(nodes for nodes in stores.values() if nodes.get(last.ref.id) is last), name
    if not holders and base:
        found = [(store, known) for store, nodes in stores.items() for known in nodes if known.startswith(base)]
        holders = dict(found) if len({known for _, known in found}) == 1 else {}
    if len(holders) > 1:
        store, known = next(iter(holders.items()))
        raise IdFault(f"{base!r} is in {len(holders)} stores; write {store}/{known}", True)
    if holders:
        return stores[next(iter(holders))], name
    return {node_id: node for nodes in stores.values() for node_id, node in nodes.items()}, name


def _base(name: str, nodes: dict[str, Node]) -> Node:
    if not nodes:
        raise IdFault("The store has no checkpoints")
    if name in nodes:
        return nodes[name]
    if name == "latest":
        return latest(nodes.values())
    found = [node for node_id, node in nodes.items() if node_id.startswith(name)] if name else []
    if not found and name:
        found = _in_threads(name, nodes)
    if not found:
        raise IdFault(f"No checkpoint {name!r}")
    if len(found) > 1:
        some = ", ".join(sorted(node.ref.id for node in found)[:3])
        raise IdFault(f"{name!r} means {len(found)} checkpoints ({some}{', …' if len(found) > 3 else ''})", True)
    return found[0]


def _in_threads(name: str, nodes: dict[str, Node]) -> list[Node]:
    """What a name means where ids are `THREAD/ID`: the thread may be left out, or the middle of an id be given."""
    thread, slash, start = name.rpartition("/")
    own = [(node_id, node) for node_id, node in nodes.items() if "/" in node_id]
    if slash:
        own = [(node_id, node) for node_id, node in own if node_id.startswith(f"{thread}/")]
        if start == "latest" and own:
            return [latest([node for _, node in own])]
    whole = [node for node_id, node in own if own_id(node_id) == start]
    digits = start.replace("-", "")
    return whole or [
        node
        for node_id, node in own
        if own_id(node_id).startswith(start) or (digits and own_id(node_id).replace("-", "").startswith(digits, 8))
    ]
