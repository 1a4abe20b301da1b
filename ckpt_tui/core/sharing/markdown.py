"""A page as Markdown that fits a comment of an issue. Data is in code, where it cannot be markup or a mention."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.paths import Path, expression
from ckpt_tui.core.sharing.mermaid import mermaid
from ckpt_tui.core.sharing.run_page import PagePoint, PageReport, RunReport, change_line, facts_text, name_of, step_text
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.text import clean

LIMIT = 60_000
"""Characters of the whole: a comment on GitHub holds 65,536."""

_TURN = 2_000
"""Characters of one turn of the conversation."""

_TALK = 20_000
"""Characters of the conversation."""

_CHANGES = 25_000
"""Characters of all changes together."""

_STEP = 60
"""Changes of one step."""

SIGNS = {"added": "+", "removed": "-", "changed": "!", "moved": "!"}
"""How a line begins that a page colours as a diff."""


def markdown(report: PageReport) -> str:
    """The page: of each run an overview of its last checkpoint, the conversation, what changed, and the graph."""
    parts = [part for run in report.runs for part in _run(run, report.revealed)]
    if report.problems:
        lines = [f"{clean(name, 80)}: {clean(reason, 200)}" for name, reason in report.problems[:20]]
        parts.append("**Could not be read**\n\n" + fenced("text", lines))
    foot = f"<sub>{code(report.kind)} · made by {report.made_by} · {code(report.hidden)}</sub>"
    left = LIMIT - len(foot) - 100
    kept: list[str] = []
    for part in parts:
        if len(part) > left:
            kept.append(f"*{len(parts) - len(kept)} more parts are left out to fit one comment.*")
            break
        kept.append(part)
        left -= len(part) + 2
    return "\n\n".join([*kept, foot]) + "\n"


def _run(run: RunReport, revealed: Sequence[Path]) -> Iterator[str]:
    tip = run.points[-1]
    count = len(run.points)
    yield f"### {code(run.title)} · {code(name_of(tip.ref))}"
    many = f"{count:,} checkpoints, the last: " if count > 1 else ""
    yield f"{many}{code(facts_text(tip.ref))}"
    if tip.overview.lines:
        yield "\n".join(_overview(tip))
    if tip.turns:
        yield "#### Conversation\n\n" + fenced("text", list(_talk(tip)))
    shown = [line for path in revealed for line in _shown(tip, path)]
    if shown:
        yield "#### Shown on purpose\n\n" + fenced("text", shown)
    changes = list(_changes(run, revealed))
    if changes:
        yield "#### What changed\n\n" + "\n\n".join(changes)
    graph = mermaid(run.graph, tip.step.lights())
    if graph:
        note = "\n\nBroken lines are inferred from what was sent." if run.graph.is_inferred else ""
        yield "#### Graph\n\n" + fenced("mermaid", [graph]) + note


def _overview(point: PagePoint) -> Iterator[str]:
    last = ""
    for line in point.overview.lines:
        label = f"**{line.label}** " if line.label != last else ""
        yield f"- {label}{code(f'{line.sign} {line.text}' if line.sign else line.text)}"
        last = line.label


def _talk(point: PagePoint) -> Iterator[str]:
    left = _TALK
    turns = point.turns
    for number, turn in enumerate(turns):
        is_long = "\n" in turn.text
        lines = [f"{shown_name(turn.speaker, 60)}: {'' if is_long else clean(turn.text, _TURN)}".rstrip()]
        if is_long:
            lines += [f"  {clean(line)}" for line in turn.text[:_TURN].splitlines()]
            lines += ["  …"] if len(turn.text) > _TURN else []
        lines += [f"  {clean(extra, 400)}" for extra in turn.extras]
        left -= sum(map(len, lines)) + len(lines)
        if left < 0:
            yield f"… and {len(turns) - number:,} more turns"
            return
        yield from lines


def _shown(point: PagePoint, path: Path) -> Iterator[str]:
    """The line of a value whose secrets are shown; none where nothing is there."""
    value: Any = point.document
    for step in path:
        try:
            value = value[step]
        except (LookupError, TypeError):
            return
    yield f"{clean(expression(path))}: {clean(dumps(value, indent=None), _TURN)}"


def _changes(run: RunReport, revealed: Sequence[Path]) -> Iterator[str]:
    left = _CHANGES
    for point in run.points:
        if point.difference is None:
            continue
        shown = point.difference.shown
        lines = []
        for change in shown[:_STEP]:
            line = change_line(change, revealed=revealed)
            lines.append(f"{SIGNS[line.op]} {line.path}  {line.values}")
        lines += [f"  and {len(shown) - _STEP:,} more"] if len(shown) > _STEP else []
        head = f"Step {point.ref.step} · {code(name_of(point.ref))} · {code(step_text(point))}"
        text = f"{head}\n\n" + (fenced("diff", lines) if lines else "Nothing changed that a rule does not hide.")
        left -= len(text)
        if left < 0:
            yield "The later steps are left out to fit one comment."
            return
        yield text


def code(text: str) -> str:
    """A text as code within a line, whatever it holds."""
    text = clean(text) or " "
    longest = max((len(found) for found in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    blank = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{fence}{blank}{text}{blank}{fence}"


def fenced(language: str, lines: Iterable[str]) -> str:
    """Lines as a block of code, whatever they hold."""
    body = "\n".join(lines)
    longest = max((len(found) for found in re.findall("`+", body)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{body}\n{fence}"
