"""Which items of two sequences are the same, in order: what is left was added, removed or moved.

Equal ends are cut off, items that both have exactly once are the anchors between which the rest is lined up, and what
lies between anchors is compared step by step as long as that stays cheap.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence

_DISTANCE = 200
"""Insertions and deletions between two anchors that are worked out; more count as one replacement."""

_WORK = 2_000_000
"""Steps of one alignment, about 0.3 s; what is left then counts as replaced."""

Match = tuple[int, int]
"""Positions of one item in both sequences."""


def align(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[Match]:
    """Pairs of positions of equal items, in order in both sequences; as many as can be found cheaply."""
    found: list[Match] = []
    left = [_WORK]
    todo: list[tuple[int, int, int, int] | Match] = [(0, len(before), 0, len(after))]
    while todo:
        task = todo.pop()
        if len(task) == 2:
            found.append(task)
            continue
        a, a_end, b, b_end = task
        while a < a_end and b < b_end and before[a] == after[b]:
            found.append((a, b))
            a += 1
            b += 1
        tail: list[Match] = []
        while a < a_end and b < b_end and before[a_end - 1] == after[b_end - 1]:
            a_end -= 1
            b_end -= 1
            tail.append((a_end, b_end))
        todo.extend(tail)
        if a == a_end or b == b_end:
            continue
        left[0] -= a_end - a + b_end - b
        anchors = _anchors(before, after, (a, a_end, b, b_end)) if left[0] > 0 else []
        if anchors:
            last_a, last_b = a_end, b_end
            for at_a, at_b in reversed(anchors):
                todo.append((at_a + 1, last_a, at_b + 1, last_b))
                todo.append((at_a, at_b))
                last_a, last_b = at_a, at_b
            todo.append((a, last_a, b, last_b))
        else:
            found += _steps(before, after, (a, a_end, b, b_end), left)
    return found


def _anchors(before: Sequence[Hashable], after: Sequence[Hashable], span: tuple[int, int, int, int]) -> list[Match]:
    """Items that occur exactly once in both spans, as many as are in the same order."""
    a, a_end, b, b_end = span
    at_a = _unique(before, a, a_end)
    at_b = _unique(after, b, b_end)
    pairs = [(at_a[item], at) for item, at in at_b.items() if at >= 0 and at_a.get(item, -1) >= 0]
    kept = increasing([pair[0] for pair in pairs])
    return [pairs[index] for index in kept]


def _unique(items: Sequence[Hashable], start: int, end: int) -> dict[Hashable, int]:
    """Where each item is, -1 for those that occur more than once."""
    found: dict[Hashable, int] = {}
    for at in range(start, end):
        item = items[at]
        found[item] = -1 if item in found else at
    return found


def increasing(numbers: Sequence[int]) -> list[int]:
    """The positions of a longest increasing subsequence.

    >>> increasing([5, 1, 2, 9, 3])
    [1, 2, 4]
    """
    tails: list[int] = []  # the smallest last number of a subsequence of each length
    at: list[int] = []
    above: list[int] = []
    for index, number in enumerate(numbers):
        place = bisect_left(tails, number)
        if place == len(tails):
            tails.append(number)
            at.append(index)
        else:
            tails[place] = number
            at[place] = index
        above.append(at[place - 1] if place else -1)
    kept: list[int] = []
    here = at[-1] if at else -1
    while here >= 0:
        kept.append(here)
        here = above[here]
    kept.reverse()
    return kept


def _steps(
    before: Sequence[Hashable], after: Sequence[Hashable], span: tuple[int, int, int, int], left: list[int]
) -> list[Match]:
    """The shortest way from one span to the other (Myers, 1986); nothing when it is long."""
    a, a_end, b, b_end = span
    size_a, size_b = a_end - a, b_end - b
    trace: list[dict[int, int]] = []
    reach = {1: 0}
    for distance in range(min(size_a + size_b, _DISTANCE) + 1):
        left[0] -= distance + 1
        if left[0] < 0:
            return []
        trace.append(reach)
        reach = dict(reach)
        for diagonal in range(-distance, distance + 1, 2):
            down = diagonal == -distance or (
                diagonal != distance and reach.get(diagonal - 1, -1) < reach.get(diagonal + 1, -1)
            )
            x = reach[diagonal + 1] if down else reach[diagonal - 1] + 1
            y = x - diagonal
            began = x
            while x < size_a and y < size_b and before[a + x] == after[b + y]:
                x += 1
                y += 1
            left[0] -= x - began
            reach[diagonal] = x
            if x >= size_a and y >= size_b:
                return [(a + at_a, b + at_b) for at_a, at_b in _trace_back(trace, size_a, size_b)]
    return []


def _trace_back(trace: list[dict[int, int]], x: int, y: int) -> list[Match]:
    found: list[Match] = []
    for distance in range(len(trace) - 1, -1, -1):
        reach = trace[distance]
        diagonal = x - y
        down = diagonal == -distance or (
            diagonal != distance and reach.get(diagonal - 1, -1) < reach.get(diagonal + 1, -1)
        )
        above = diagonal + 1 if down else diagonal - 1
        start_x = reach[above] if distance else 0
        start_y = start_x - above if distance else 0
        while x > start_x and y > start_y and (distance == 0 or (x, y) != (start_x + (not down), start_y + down)):
            x -= 1
            y -= 1
            found.append((x, y))
        if distance:
            x, y = start_x, start_y
    found.reverse()
    return found
