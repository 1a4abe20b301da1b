"""A graph as Mermaid, which GitHub, GitLab and most wikis draw."""

from __future__ import annotations

from collections.abc import Mapping

from ckpt_tui.core.drawing.drawing import SIGNS
from ckpt_tui.core.steps.learned_graph import Graph
from ckpt_tui.core.steps.steps import Light
from ckpt_tui.core.text import clean

_STYLES: Mapping[Light, str] = {
    "ran": "fill:#2e7d3222,stroke:#2e7d32,stroke-width:3px", "maybe": "stroke:#2e7d32,stroke-dasharray:4 3",
    "waiting": "fill:#b2680022,stroke:#b26800,stroke-width:3px", "next": "stroke:#1565c0,stroke-dasharray:4 3",
    "stopped": "fill:#c6282822,stroke:#c62828,stroke-width:3px",
}  # fmt: skip

NODES = 200
"""Executors of a graph that are drawn; Mermaid gives up on much larger ones."""

_NAME = 60


def mermaid(graph: Graph, lights: Mapping[str, Light]) -> str:
    """The graph as a flowchart; uncertain edges have broken lines. "" for a graph without executors."""
    if not graph.nodes:
        return ""
    names = {name: f"n{number}" for number, name in enumerate(graph.nodes[:NODES])}
    lines = ["flowchart TD"]
    for name, node in names.items():
        light = lights.get(name, "idle")
        sign = f"{SIGNS[light]} " if light != "idle" else ""
        shape = ("([", "])") if name == graph.start else ("[", "]")
        lines.append(f'  {node}{shape[0]}"{sign}{_label(name)}"{shape[1]}')
    for (source, target), edge in graph.edges.items():
        if source in names and target in names:
            lines.append(f"  {names[source]} {'-->' if edge.trust == 'exact' else '-.->'} {names[target]}")
    used = {light for name in names if (light := lights.get(name, "idle")) in _STYLES}
    for light, style in _STYLES.items():
        if light in used:
            lit = ",".join(node for name, node in names.items() if lights.get(name) == light)
            lines += [f"  classDef {light} {style}", f"  class {lit} {light}"]
    if len(graph.nodes) > NODES:
        lines.append(f'  more["and {len(graph.nodes) - NODES:,} more"]')
    return "\n".join(lines)


def _label(name: str) -> str:
    """A name in quotes of Mermaid; characters with a meaning there are written as their numbers."""
    return "".join(char if char.isalnum() or char in " _-.:/" else f"#{ord(char)};" for char in clean(name, _NAME))
