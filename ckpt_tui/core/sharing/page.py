"""A report as one HTML file: no script, no network, light and dark, readable on a phone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from ckpt_tui.core.diff.changes import Difference
from ckpt_tui.core.drawing.drawing import SIGNS, WORDS, Drawing
from ckpt_tui.core.paths import Path
from ckpt_tui.core.sharing.page_values import values
from ckpt_tui.core.sharing.run_page import (
    PagePoint,
    PageReport,
    RunReport,
    change_line,
    facts_text,
    hot_pairs,
    name_of,
    step_text,
)
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.terms import LANGGRAPH, terms_of
from ckpt_tui.core.text import clean, counted

CHANGES = 200
"""Changes of one step that are listed."""

_TEXT = 4_000
"""Characters of one turn of the conversation."""

_OPEN = 3
"""Checkpoints of a page of which the changes are unfolded; of a longer page only those of the last."""

_STYLE = """
:root{color-scheme:light dark;--ground:#fff;--text:#1c2128;--soft:#59636e;--line:#d1d9e0;--panel:#f6f8fa;
--ran:#1a7f37;--wait:#9a6700;--next:#0969da;--bad:#c5221f;--type:#6639ba}
@media(prefers-color-scheme:dark){:root{--ground:#0d1117;--text:#e6edf3;--soft:#9198a1;--line:#3d444d;
--panel:#151b23;--ran:#3fb950;--wait:#d29922;--next:#4493f8;--bad:#f85149;--type:#ab7df8}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:70rem;background:var(--ground);color:var(--text);
font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1,h2,h3{line-height:1.25;margin:1.5rem 0 .5rem}h1{font-size:1.5rem;margin-top:.5rem}h2{font-size:1.25rem}
h3{font-size:1.05rem;margin:0}
a{color:var(--next)}code,pre,.tree,.list{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.85rem}
pre{overflow-x:auto;margin:.25rem 0;padding:.75rem;background:var(--panel);border-radius:6px;line-height:1.35}
pre.graph{line-height:1.15}pre.talk{white-space:pre-wrap}
.soft{color:var(--soft)}.small{font-size:.875rem}
.list{border:1px solid var(--line);border-radius:6px;padding:0;margin:.5rem 0;list-style:none}
.list li{padding:.3rem .6rem;border-top:1px solid var(--line)}.list li:first-child{border-top:0}
section.point{border:1px solid var(--line);border-radius:6px;margin:.75rem 0;padding:.75rem}
section.point:target{border-color:var(--next);box-shadow:0 0 0 1px var(--next)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem .75rem;margin:.5rem 0}
dt{color:var(--soft)}dd{margin:0}
details{margin:.25rem 0}summary{cursor:pointer;padding:.2rem 0}
.tree details,.tree div{margin:0 0 0 1rem;padding:0}.tree>details,.tree>div{margin-left:0}
.tree summary{padding:0}.key{color:var(--soft)}.type{color:var(--type)}
.ran,.added{color:var(--ran)}.maybe{color:var(--ran)}.waiting,.changed{color:var(--wait)}.next,.moved,.hot{color:var(--next)}
.stopped,.removed,.danger,.error{color:var(--bad)}.line,.idle{color:var(--soft)}
@media(max-width:40rem){body{padding:.6rem}dl{grid-template-columns:1fr}dt{margin-top:.3rem}
section.point{padding:.5rem}.tree details,.tree div{margin-left:.6rem}}
"""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What a browser lets the page do: use its own style, nothing else."""


def page_head(title: str) -> str:
    """The head of a page and its first line; `title` is safe for a terminal."""
    title = escape(title)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style></head>\n<body>\n<h1>{title}</h1>\n"
    )


def _runs(report: PageReport) -> str:
    """The number of runs; the checkpoints of subgraphs count as part of their threads."""
    first = next((point.ref for run in report.runs for point in run.points), None)
    own = [run for run in report.runs if not _is_within(run)]
    return counted(len(own or report.runs), terms_of(first).run)


def _is_within(run: RunReport) -> bool:
    given = run.points[0].ref.store_metadata if run.points else None
    return given is not None and bool(given.above) and given.framework == LANGGRAPH


def page(report: PageReport) -> Iterator[str]:
    """The page in pieces."""
    count = sum(len(run.points) for run in report.runs)
    yield (
        f'{page_head(clean(report.store, 80))}<p class="soft small">{counted(count, "checkpoint")} of '
        f"{_runs(report)} · {escape(clean(report.kind))} · "
        f"made by {escape(report.made_by)}<br>{escape(clean(report.hidden))}</p>\n"
    )
    numbers = iter(range(1, count + 1))
    for run in report.runs:
        yield from _run(run, numbers, report.revealed)
    if report.problems:
        yield '<h2>Could not be read</h2>\n<ul class="list">'
        for name, reason in report.problems:
            yield f'<li><span class="error">!</span> {escape(clean(name))} '
            yield f'<span class="soft">{escape(clean(reason))}</span></li>'
        yield "</ul>\n"
    yield "</body></html>\n"


def _run(run: RunReport, numbers: Iterator[int], revealed: Sequence[Path]) -> Iterator[str]:
    tip = run.points[-1]
    points = [(next(numbers), point) for point in run.points]
    short = "" if run.id in run.title else f" <span class='soft'>{escape(clean(run.id[:8]))}</span>"
    yield f"<h2>{escape(clean(run.title, 80))}{short}</h2>\n"
    yield '<ul class="list">\n'
    for number, point in points:
        fork = " · fork" if point.is_fork else ""
        yield (
            f'<li><a href="#c{number}">{escape(name_of(point.ref))}</a> {escape(step_text(point))} '
            f'<span class="soft">{escape(facts_text(point.ref))}{fork}</span></li>\n'
        )
    yield "</ul>\n"
    if tip.turns:
        yield f"<details><summary>Conversation, {len(tip.turns):,} turns</summary>{_talk(tip)}</details>\n"
    drawing = Drawing(run.graph) if run.graph.nodes else None
    ids = {point.ref.id: number for number, point in points}
    for number, point in points:
        unfolded = len(points) <= _OPEN or point is tip
        yield from _point(number, point, drawing, ids, unfolded, revealed)


def _point(
    number: int, point: PagePoint, drawing: Drawing | None, ids: dict[str, int], unfolded: bool,
    revealed: Sequence[Path],
) -> Iterator[str]:  # fmt: skip
    yield (
        f'<section class="point" id="c{number}"><h3>{escape(name_of(point.ref))} · {escape(step_text(point))}</h3>\n'
        f'<p class="soft small" style="margin:.1rem 0">{escape(facts_text(point.ref))}{_parent(point, ids)}</p>\n<dl>'
    )
    last = ""
    for line in point.overview.lines:
        label = escape(line.label) if line.label != last else ""
        text = f"{line.sign} {line.text}" if line.sign else line.text
        kind = f' class="{line.label}"' if line.label in ("danger", "error") else ""
        yield f"<dt>{label}</dt><dd{kind}>{escape(clean(text))}</dd>"
        last = line.label
    yield "</dl>\n"
    if point.difference is not None:
        yield from changes_list(point.difference, unfolded and len(point.difference.shown) <= CHANGES, revealed)
    if drawing is not None:
        yield f"<details{' open' if unfolded else ''}><summary>Graph</summary>{_graph(point, drawing)}</details>\n"
    yield '<details><summary>Values</summary><div class="tree">'
    yield from values(point.document)
    yield "</div></details>\n</section>\n"


def _parent(point: PagePoint, ids: dict[str, int]) -> str:
    if point.parent is None:
        return ""
    number = ids.get(point.parent.id)
    name = escape(name_of(point.parent))
    return f" · after {name}" if number is None else f' · after <a href="#c{number}">{name}</a>'


def changes_list(difference: Difference, is_open: bool, revealed: Sequence[Path] = ()) -> Iterator[str]:
    """What changed, as a list that folds; in pieces. `revealed` are paths that are not masked again."""
    shown = difference.shown
    hidden = f", {difference.ignored:,} hidden by rules" if difference.ignored else ""
    yield f"<details{' open' if is_open else ''}><summary>What changed, {len(shown):,}{hidden}</summary><pre>"
    for change in shown[:CHANGES]:
        line = change_line(change, revealed=revealed)
        yield f'<span class="{line.op}">{escape(line.text[:1])}</span>{escape(line.text[1:])}\n'
    if len(shown) > CHANGES:
        yield f"and {len(shown) - CHANGES:,} more\n"
    yield "</pre></details>\n"


def _talk(point: PagePoint) -> str:
    out = []
    for turn in point.turns:
        text = "\n  ".join(clean(line) for line in turn.text[:_TEXT].splitlines())
        cut = " …" if len(turn.text) > _TEXT else ""
        note = f" ({clean(turn.note)})" if turn.note else ""
        out.append(f"<b>{escape(shown_name(turn.speaker, 60))}</b>{escape(note)}  {escape(text)}{cut}")
        out += [f"  {escape(clean(extra, 400))}" for extra in turn.extras]
    return f'<pre class="talk">{chr(10).join(out)}</pre>'


def _graph(point: PagePoint, drawing: Drawing) -> str:
    lights = point.step.lights()
    hot = hot_pairs(point.step)
    lines = []
    for y in range(drawing.height):
        spans = drawing.line(y, lights, hot)
        lines.append("".join(f'<span class="{span.style}">{escape(span.text)}</span>' for span in spans))
    used = dict.fromkeys(lights.values())
    legend = " · ".join(f'<span class="{light}">{SIGNS[light]} {WORDS[light]}</span>' for light in used)
    return f'<pre class="graph">{chr(10).join(lines)}</pre><p class="small" style="margin:0">{legend}</p>'
