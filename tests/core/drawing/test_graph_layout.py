"""Places for graphs of every shape: nothing overlaps, every edge arrives, loops and thirty nodes stay readable."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from ckpt_tui.core.drawing.drawing import Drawing
from ckpt_tui.core.drawing.graph_layout import Layout, layout
from ckpt_tui.core.steps.learned_graph import Edge, Graph, given

Pairs = list[tuple[str, str]]

LINE: Pairs = [("a", "b"), ("b", "c"), ("c", "d")]
LOOP: Pairs = [("a", "b"), ("b", "a")]
LONG_LOOP: Pairs = [*LINE, ("d", "b"), ("d", "d")]
FAN: Pairs = [("a", name) for name in "bcdef"] + [(name, "g") for name in "bcdef"]
CROSSED: Pairs = [("a", "d"), ("b", "c"), ("a", "c"), ("b", "d"), ("c", "a")]


def made_up(nodes: int, more: int, seed: int) -> Pairs:
    chance = random.Random(seed)
    names = [f"n{number}" for number in range(nodes)]
    edges = [(names[chance.randrange(at)], names[at]) for at in range(1, nodes)]
    return edges + [(chance.choice(names), chance.choice(names)) for _ in range(more)]


NAMELESS: Pairs = [("a", ""), ("a", "b"), ("", "c")]
GRAPHS = [LINE, LOOP, LONG_LOOP, FAN, CROSSED, NAMELESS, [("a", "a")], *(made_up(30, 8, seed) for seed in range(12))]


@pytest.mark.parametrize("edges", GRAPHS)
def test_nodes_of_a_layer_never_touch(edges: Pairs) -> None:
    places = of(edges).places
    for name, place in places.items():
        assert place.left >= 0
        assert place.left <= place.port < place.left + place.width
        for other, beside in places.items():
            if other != name and beside.layer == place.layer:
                assert place.left + place.width < beside.left or beside.left + beside.width < place.left


@pytest.mark.parametrize("edges", GRAPHS)
def test_every_edge_is_a_way_from_its_source_to_its_target(edges: Pairs) -> None:
    placed = of(edges)
    for pair in edges:
        if pair[0] == pair[1]:
            assert pair[0] in placed.loops
            continue
        pieces = sorted((link for link in placed.links if pair in link.pairs), key=lambda link: link.layer)
        upper, lower = sorted((placed.places[name] for name in pair), key=lambda place: place.layer)
        assert [link.layer for link in pieces] == list(range(upper.layer, lower.layer))
        assert pieces[0].top == upper.port
        assert pieces[-1].bottom == lower.port
        assert all(one.bottom == other.top for one, other in pairwise(pieces))
        downwards = placed.places[pair[0]].layer < placed.places[pair[1]].layer
        assert any(pair in (link.down if downwards else link.up) for link in pieces)


@pytest.mark.parametrize("edges", GRAPHS)
def test_pieces_that_share_a_row_begin_or_end_together(edges: Pairs) -> None:
    links = [link for link in of(edges).links if link.track >= 0]
    for one in links:
        for other in links:
            if (one.layer, one.track) == (other.layer, other.track) and one is not other:
                apart = max(one.top, one.bottom) < min(other.top, other.bottom)
                apart = apart or max(other.top, other.bottom) < min(one.top, one.bottom)
                meets = any((near.top == one.top or near.bottom == one.bottom) for near in (other,))
                shared = {near.bottom for near in links if near.top == one.top and near.layer == one.layer}
                assert apart or meets or other.bottom in shared


@pytest.mark.parametrize("edges", GRAPHS)
@pytest.mark.parametrize("boxed", [True, False])
def test_the_picture_shows_every_name_and_an_arrow_at_every_target(edges: Pairs, boxed: bool) -> None:
    drawing = Drawing(given([], edges), boxed)
    lines = drawing.text().split("\n")
    assert max(map(len, lines)) <= drawing.width
    assert len(lines) == drawing.height
    for name in drawing.graph.nodes:
        left, top, width, height = drawing.place(name)
        assert f" {name}" in lines[top + height // 2][left : left + width]
        port = drawing.layout.places[name].port
        ends = {lines[line][port : port + 1] for line in (top - 1, top + height) if 0 <= line < len(lines)}
        if any(target == name != source for source, target in edges):
            assert ends & {"▽", "△"}


def test_a_loop_of_two_is_one_line_with_two_arrows() -> None:
    assert Drawing(given([], LOOP, "a")).text({"a": "ran"}, [("b", "a")]) == "\n".join(
        ["┏━━━━━┓", "┃ ● a ┃", "┗━━━━━┛", "   ▲", "   ▽", "╭─────╮", "│ · b │", "╰─────╯"]
    )


def test_messages_in_flight_are_heavy_lines() -> None:
    text = Drawing(given([], FAN, "a"), boxed=False).text({}, [("a", "b")])
    assert text.split("\n")[1].strip().startswith("┏━━━━━┯")
    assert text.split("\n")[2].split() == ["▼", "▽", "▽", "▽", "▽"]


def test_inferred_edges_are_broken_lines() -> None:
    edges = {pair: Edge(*pair, "inferred") for pair in LONG_LOOP}
    assert "┆" in Drawing(Graph(("a", "b", "c", "d"), edges, "a")).text()
    assert "┆" not in Drawing(given([], LONG_LOOP, "a")).text()


def test_a_line_of_nodes_needs_no_bend() -> None:
    assert {link.track for link in of(LINE).links} == {-1}
    assert of(LINE).tracks[:3] == (0, 0, 0)


def test_the_same_graph_is_always_placed_the_same_way() -> None:
    edges = made_up(30, 8, 1)
    assert of(edges) == of(list(edges))


def test_nodes_without_edges_are_below_the_others() -> None:
    drawing = Drawing(given(["x", "y", "a", "b"], [("a", "b")]))
    assert drawing.place("x")[1] > drawing.place("b")[1]
    assert drawing.place("x")[1] == drawing.place("y")[1]


def test_a_long_chain_needs_no_recursion() -> None:
    edges = [(f"n{at}", f"n{at + 1}") for at in range(3_000)]
    assert of(edges).layers == 3_001


def test_thirty_nodes_fit_a_wide_terminal_without_many_crossings() -> None:
    drawing = Drawing(given([], made_up(30, 6, 3), "n0"), boxed=False)
    assert drawing.width <= 160
    assert drawing.height <= 50


def of(edges: Pairs) -> Layout:
    names = dict.fromkeys(name for pair in edges for name in pair)
    return layout({name: len(name) + 6 for name in names}, edges, next(iter(names)))
