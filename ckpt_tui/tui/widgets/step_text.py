"""One step of a run as lines: executors that ran or wait, messages in flight, requests and answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ckpt_tui.core.drawing.drawing import SIGNS, WORDS
from ckpt_tui.core.langgraph_layout import START
from ckpt_tui.core.model import PendingRequest
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.typenames import short_type
from ckpt_tui.core.replay.frames import Frame, path_text
from ckpt_tui.core.replay.frames import shown as in_words
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.steps.learned_graph import Graph
from ckpt_tui.core.steps.steps import Flight, Light, Ran, Step
from ckpt_tui.core.terms import ran_in_words, source_in_words
from ckpt_tui.core.text import clean
from ckpt_tui.core.value import Value

Parts = list[tuple[str, str]]
"""Texts that are safe for a terminal, each with the name of its style."""

LIGHT_STYLES: dict[Light, str] = {
    "ran": "good", "running": "accent", "failed": "error", "maybe": "word", "waiting": "warn", "next": "label",
    "stopped": "error", "idle": "dim",
}  # fmt: skip

NAME_CELLS = 24
"""Cells that names are lined up to at most."""

INFERRED = "~ "
"""Stands before facts that the files do not show."""


class TextAndPath(NamedTuple):
    """One line.

    Attributes:
        parts: Its text.
        path: The place in the checkpoint that it is about; empty for none.
    """

    parts: Parts
    path: Path = ()


def shown(value: Value) -> str:
    """A value on one line."""
    return in_words(value).text


def story(step: Step) -> list[TextAndPath]:
    """The lines of a step, and of the state after it."""
    names = [*(ran.executor for ran in step.ran), *(wait.executor for wait in step.waits)]
    names += [request.executor for request in (*step.raised, *(answer.request for answer in step.answered))]
    width = min(max((len(name) for name in names), default=4), NAME_CELLS)
    out: list[TextAndPath] = []
    out += _section("ran", _ran(step, width))
    out += _section("waits", (_fact("waiting", wait.executor, wait.reason, width) for wait in step.waits))
    out += _section("in flight", _flights(step, width))
    out += _section("requests", _requests(step, width))
    return out


_OPS = {"added": ("+", "good"), "removed": ("−", "error"), "changed": ("~", "warn"), "moved": ("↕", "label")}


def frame_lines(frame: Frame) -> list[TextAndPath]:
    """The lines of a step, and of the changes of the state."""
    out = story(frame.step)
    if frame.changed or frame.step.parent is not None:
        number = f"{frame.changed:,}" if frame.changed else "nothing"
        out.append(TextAndPath([("state changed", "heading"), (f" · {number}", "dim")]))
    for change in frame.changes:
        sign, style = _OPS[change.op]
        parts: Parts = [(f" {sign} ", style), (path_text(change.path), "label"), ("  ", "plain")]
        if change.op == "changed":
            parts += [(change.before, "dim"), (" → ", "accent"), (change.after, "text")]
        elif change.op == "moved":
            parts.append(("moved here", "dim"))
        else:
            parts.append((change.after or change.before, "text" if change.op == "added" else "dim"))
        out.append(TextAndPath(parts, change.path))
    if frame.changed > len(frame.changes):
        out.append(TextAndPath([(f"   … {frame.changed - len(frame.changes):,} more", "dim")]))
    if frame.incomplete:
        out.append(TextAndPath([(f"   … {frame.incomplete}", "dim")]))
    out += [TextAndPath([(" ! ", "error"), (clean(fault), "error")]) for fault in frame.faults]
    return out


def _section(title: str, lines: Iterable[TextAndPath]) -> Iterator[TextAndPath]:
    found = list(lines)
    if found:
        yield TextAndPath([(title, "heading")])
        yield from found


def _fact(light: Light, name: str, reason: str, width: int, inferred: bool = False) -> TextAndPath:
    parts = [(f" {SIGNS[light]} ", LIGHT_STYLES[light]), (name_text(name, width), "plain")]
    return TextAndPath(
        [*parts, (f"  {INFERRED if inferred else ''}{shown_name(reason)}", "accent" if inferred else "dim")]
    )


def name_text(name: str, width: int) -> str:
    """A name in this many cells, more if it is longer than that."""
    return shown_name(name, 40).ljust(width)


_NOTHING = {
    "input": "nothing yet: the input has come in",
    "answer": "nothing: answers have come in",
    "start": "unknown: what came before is not in the store",
    "superstep": "no trace of anything that ran",
}


def _ran(step: Step, width: int) -> Iterator[TextAndPath]:
    if not step.ran:
        yield TextAndPath([(f"   {_NOTHING[step.kind]}", "dim")])
    for ran in step.ran:
        if ran.executor == START:
            yield TextAndPath([(f"   {ran_in_words([START])}", "dim")])
            continue
        yield _fact("ran" if ran.certain else "maybe", ran.executor, _reason(ran), width, ran.inferred)


def _reason(ran: Ran) -> str:
    return f"inferred: {ran.reason}" if ran.inferred else ran.reason


_SORTS = {"message": "", "input": "input", "answer": "answer"}


def _flights(step: Step, width: int) -> Iterator[TextAndPath]:
    for flight in step.flights:
        number = f" ×{len(flight.data)}" if len(flight.data) > 1 else ""
        targets = ", ".join(clean(name, 40) for name in flight.targets) or "?"
        source = _SORTS[flight.sort] or shown_name(source_in_words(flight.source), 40)
        parts = [
            (" ▸ ", "accent"), (source, "plain"), (" → ", "accent"), (f"{targets}{number}", "plain"),
            (f"  {shown(flight.data[0])}" if flight.data else "", "text"),
        ]  # fmt: skip
        yield TextAndPath(parts, ("messages",))
        if flight.inferred:
            yield TextAndPath([("   ", "dim"), (f"{INFERRED}{_why(flight)}", "accent")])
    for name in step.due:
        yield _fact("next", name, "will run again", width)
    if step.stopped:
        yield TextAndPath(
            [
                (f" {SIGNS['stopped']} ", "error"),
                (f"{INFERRED}inferred: it left no trace; the run failed, was stopped, or is still going", "accent"),
            ]
        )


def _why(flight: Flight) -> str:
    return f"inferred: {flight.inferred}" if flight.targets else flight.inferred


def _requests(step: Step, width: int) -> Iterator[TextAndPath]:
    for request in step.raised:
        yield TextAndPath(
            [(" + ", "warn"), (name_text(request.executor, width), "plain"), *_asks(request)], ("pending",)
        )
    for answered in step.answered:
        said = f"  {shown(answered.answer)}" if answered.given else "  the answer is not in the file"
        style = "text" if answered.given else "dim"
        name = name_text(answered.request.executor, width)
        yield TextAndPath([(" − ", "good"), (name, "plain"), ("  answered", "dim"), (said, style)], ("messages",))


def _asks(request: PendingRequest) -> Parts:
    expected = short_type(request.response_type) or "any answer"
    return [(f"  asks for {clean(expected, 40)}", "dim"), (f"  {shown(request.data)}", "text")]


def step_notes(step: Step, known: int, total: int) -> list[Parts]:
    """The notes below the picture of a step's graph."""
    out = [sentence.parts for sentence in story(step)]
    if known < total:
        out += [[], [(f"learning the edges: {known:,} of {total:,} steps read", "dim")]]
    return out


def legend(lights: Iterable[Light], graph: Graph, in_flight: bool) -> Parts:
    """The meanings of the signs on a picture."""
    parts: Parts = []
    used = set(lights)
    for light in ("ran", "running", "failed", "maybe", "waiting", "next", "stopped"):
        if light in used:
            parts += [(f"{SIGNS[light]} ", LIGHT_STYLES[light]), (f"{WORDS[light]}   ", "dim")]
    if in_flight:
        parts += [("━▶ ", "accent"), ("in flight   ", "dim")]
    if graph.is_inferred:
        parts += [("┄ ", "lane"), ("edge inferred from messages", "dim")]
    return parts
