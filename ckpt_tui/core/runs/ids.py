"""Names for checkpoints on the command line: a full id, a unique prefix, `latest`, or either followed by `~N`.

Where ids are `THREAD/ID`, the id alone, its beginning, or what the list shows of it will do, and `THREAD/latest`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.short_ids import own_id


class IdFault(Exception):
    """A name means no checkpoint, or several (`ambiguous`); `reason` is a sentence."""

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
    """The part of a name before `~N`, and N; 0 where there is none."""
    before, sign, number = name.rpartition("~")
    return (before, int(number)) if sign and len(number) <= _DIGITS and number.isdecimal() else (name, 0)


_DIGITS = 6
"""Digits of the largest number of parents."""


def latest(nodes: Iterable[Node]) -> Node:
    """The newest of some checkpoints, of which there is at least one.

    Times tie where the clock is coarse (15.6 ms on Windows): of those with the latest time, the last of its branch, so
    that a child is later than its parent. So it is where a clock was put back, or one time is wrong. Of several
    branches of a run that tie, the one with the most checkpoints, then the last in lineage order; see `as_late_here`.

    Args:
        nodes: In lineage order: parents before children, each branch whole, as `Run.nodes` has them.
    """
    return newest(list(nodes))[1]


def newest(nodes: Sequence[Node]) -> tuple[tuple[float, int], Node]:
    """The same, and the time and the position of the one that is the latest by them."""
    best, leaves = _last_of_branches(nodes)
    ids = {leaf.ref.id for leaf in leaves}
    # A renamed copy, as synchronisers make them, is not newer than what it is a copy of.
    return best, _deepest([leaf for leaf in leaves if leaf.ref.inner not in ids] or leaves, nodes)


def as_late_here(node: Node, nodes: Sequence[Node]) -> list[Node]:
    """The ends of other branches, in lineage order, that are as late as the latest: their order is unknown."""
    leaves = _last_of_branches(nodes)[1]
    return [leaf for leaf in leaves if leaf is not node] if any(leaf is node for leaf in leaves) else []


def _last_of_branches(nodes: Sequence[Node]) -> tuple[tuple[float, int], list[Node]]:
    """The latest time and position, and the last of each branch that has a checkpoint of them, in lineage order."""
    place, best = 0, nodes[0].ref.rank[:2]
    for number, node in enumerate(nodes):
        ref = node.ref
        rank = ref.when, ref.position
        if rank > best or not number:
            place, best = number, rank
    above: set[str] = set()
    leaves: dict[str, Node] = {}
    # Whatever descends from one comes after it.
    for number in range(place, len(nodes)):
        node = nodes[number]
        ref = node.ref
        if (ref.when, ref.position) == best or node.parent in above:
            above.add(ref.id)
            if node.parent is not None:
                leaves.pop(node.parent, None)
            leaves[ref.id] = node
    return best, list(leaves.values())


def _deepest(leaves: Sequence[Node], nodes: Sequence[Node]) -> Node:
    """Of the ends of some branches one of the last run: that with the most checkpoints, then the last."""
    if len(leaves) == 1:
        return leaves[0]
    by_id = {node.ref.id: node for node in nodes}
    found: list[tuple[str, int]] = []
    for leaf in leaves:
        depth, here = 0, leaf
        while here.parent is not None and (above := by_id.get(here.parent)) is not None and depth < len(nodes):
            depth, here = depth + 1, above
        found.append((here.ref.id, depth))
    run = found[-1][0]
    deepest = max(depth for root, depth in found if root == run)
    return next(leaf for leaf, one in zip(reversed(leaves), reversed(found), strict=True) if one == (run, deepest))


def as_late(node: Node, runs: Sequence[Run]) -> list[Node]:
    """The latest checkpoints of the other stores that are as late as this one, in the order of the stores."""
    own = "" if node.ref.store_metadata is None else node.ref.store_metadata.store
    stores: dict[str, list[Node]] = {}
    for run in runs:
        stores.setdefault(run.store, []).extend(run.nodes)
    others = [latest(nodes) for store, nodes in stores.items() if store != own and nodes]
    return [other for other in others if other.ref.when == node.ref.when]


def _of_one_store(name: str, runs: Sequence[Run]) -> tuple[dict[str, Node], str]:
    """The checkpoints a name is looked up in, and the name there: `STORE/ID` means one store.

    Raises:
        IdFault: the id is in more than one store.
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
    """The meaning of a name where ids are `THREAD/ID`: the thread may be left out, or the middle of an id given."""
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
