"""The graph of a workflow as a store shows it: executors and the edges between them."""

from __future__ import annotations

from typing import Literal, NamedTuple

EdgeKind = Literal["direct", "fan-out", "fan-in"]


class TopologyNode(NamedTuple):
    """An executor, or another kind of node.

    Attributes:
        id: Its id, as checkpoints name it.
        kind: executor, request port, start, end, router, sub-workflow or map.
        type: The name of its type, or "".
    """

    id: str
    kind: str = "executor"
    type: str = ""


class TopologyEdge(NamedTuple):
    """An edge from one executor to another.

    Attributes:
        source: Id of the executor it leaves.
        target: Id of the executor it leads to.
        kind: direct; fan-out where one message goes to several; fan-in where several are joined into one.
        condition: What must hold, as far as the store shows; "" for nothing.
    """

    source: str
    target: str
    kind: EdgeKind = "direct"
    condition: str = ""


class Topology(NamedTuple):
    """The graph of a workflow.

    Attributes:
        nodes: Its executors, in the order of the store.
        edges: Its edges, in the order of the store, each once.
        start: Id of the first executor, or "".
    """

    nodes: tuple[TopologyNode, ...]
    edges: tuple[TopologyEdge, ...]
    start: str = ""

    def layers(self) -> list[list[str]]:
        """Ids by layer: each executor one below the lowest that leads to it, edges back to an ancestor left out."""
        below: dict[str, list[str]] = {node.id: [] for node in self.nodes}
        for edge in self.edges:
            if edge.source in below and edge.target in below:
                below[edge.source].append(edge.target)
        back = self._back_edges(below)
        waits = dict.fromkeys(below, 0)
        for source, targets in below.items():
            for target in targets:
                waits[target] += (source, target) not in back
        layers: list[list[str]] = []
        here = [name for name, count in waits.items() if not count]
        while here:
            layers.append(here)
            further: list[str] = []
            for source in here:
                for target in below[source]:
                    if (source, target) not in back:
                        waits[target] -= 1
                        if not waits[target]:
                            further.append(target)
            here = further
        return layers

    def _back_edges(self, below: dict[str, list[str]]) -> set[tuple[str, str]]:
        """Edges that lead to an ancestor on the path of a depth-first walk, the start's first."""
        found: set[tuple[str, str]] = set()
        done: set[str] = set()
        for root in [self.start, *below] if self.start in below else list(below):
            if root in done:
                continue
            path = {root}
            stack = [(root, iter(below[root]))]
            while stack:
                name, targets = stack[-1]
                target = next(targets, None)
                if target is None:
                    stack.pop()
                    path.discard(name)
                    done.add(name)
                elif target in path:
                    found.add((name, target))
                elif target not in done:
                    path.add(target)
                    stack.append((target, iter(below[target])))
        return found
