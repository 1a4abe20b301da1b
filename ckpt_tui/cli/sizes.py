"""The tables of `show --sizes` and `ls --sizes`, and what `ls` has to read for them."""

from __future__ import annotations

from typing import Any, NamedTuple

from ckpt_tui.cli.output import paint
from ckpt_tui.core.lineage import Run
from ckpt_tui.core.paths import expression
from ckpt_tui.core.shares import Growth, Shares, checkpoint_shares, grew_most
from ckpt_tui.core.text import clean, size_text
from ckpt_tui.errors import UndecodableError
from ckpt_tui.stores.base import Store

PARTS = ("messages", "state", "pending")

_PATHS_SHOWN = 25
_TYPES_SHOWN = 12
"""Lines of the tables for people; `--json` has more."""

_COMPARED = 5_000
"""Paths of the first and of the last checkpoint of a run that are compared for what grew most."""


class RunGrowth(NamedTuple):
    """What grew most from the first to the last checkpoint of a run."""

    first: str
    last: str
    most: Growth


class Sizes(NamedTuple):
    """The sizes of a store: per checkpoint those of `PARTS`, None where it cannot be read; per run what grew most."""

    parts: dict[str, tuple[int, ...] | None]
    growth: dict[str, RunGrowth]

    def add_to(self, document: dict[str, Any]) -> None:
        """Add to the document of `ls`: `sizes` to each entry, and `growth`."""
        for entry in document["checkpoints"]:
            found = self.parts[entry["id"]] or (None,) * len(PARTS)
            entry["sizes"] = {"file": entry["size"], **dict(zip(PARTS, found, strict=True))}
        document["growth"] = [
            {
                "run": run, "from": first, "to": last,
                "path": expression(most.path), "before": most.before, "after": most.after,
            }
            for run, (first, last, most) in self.growth.items()
        ]  # fmt: skip

    def titles(self, margin: int) -> str:
        """The heading of the columns; `margin` is where that of the file begins."""
        return f"{'':{margin}}{'file':>6} " + " ".join(f"{part:>{_width(part)}}" for part in PARTS)

    def columns(self, name: str) -> str:
        """The columns of one checkpoint, after that of its file."""
        return _columns(self.parts[name])

    def run_lines(self, run: Run, margin: int) -> list[str]:
        """The columns of a run added up, and what grew most."""
        known = [found for node in run.nodes if (found := self.parts[node.ref.id]) is not None]
        added = tuple(sum(found[at] for found in known) for at in range(len(PARTS)))
        out = [f"{'  total':{margin}}{size_text(sum(node.ref.size for node in run.nodes)):>6} {_columns(added)}"]
        if run.id in self.growth:
            path, before, after = self.growth[run.id].most
            more = f"+{size_text(after - before)}, {size_text(before)} → {size_text(after)}"
            out.append(f"  grew most: {clean(expression(path), 80)} {more}")
        return out


def measure(store: Store, runs: tuple[Run, ...]) -> Sizes:
    """Read every checkpoint of a store for its sizes."""
    parts: dict[str, tuple[int, ...] | None] = {}
    growth: dict[str, RunGrowth] = {}
    for run in runs:
        ends = _ends(run)
        compared: dict[str, Shares] = {}
        for node in run.nodes:
            name = node.ref.id
            try:
                loaded = store.load(node.ref.file, everything=True)
            except UndecodableError:
                parts[name] = None
                continue
            found = checkpoint_shares(loaded, _COMPARED if name in ends else 0)
            parts[name] = tuple(found.parts[part] for part in PARTS)
            if name in ends:
                compared[name] = found
        if len(compared) == 2:
            most = grew_most(*(compared[name] for name in ends))
            if most is not None:
                growth[run.id] = RunGrowth(*ends, most)
    return Sizes(parts, growth)


def _ends(run: Run) -> tuple[str, str]:
    """The latest checkpoint of a run, and before it the first that it descends from."""
    nodes = {node.ref.id: node for node in run.nodes}
    last = here = max(run.nodes, key=lambda node: node.ref.when)
    while here.parent is not None and here.parent in nodes:
        here = nodes[here.parent]
    return here.ref.id, last.ref.id


def _columns(sizes: tuple[int, ...] | None) -> str:
    texts = ["?" for _ in PARTS] if sizes is None else [size_text(size) for size in sizes]
    return " ".join(f"{text:>{_width(part)}}" for part, text in zip(PARTS, texts, strict=True))


def _width(part: str) -> int:
    return max(len(part), 6)


def shares_lines(document: dict[str, Any]) -> list[str]:
    """The document of `show --sizes` for people: the largest paths, then the types."""
    head, total = document["checkpoint"], document["total"]
    size = f"{size_text(total)} characters of JSON"
    if not document["complete"]:
        size = f"more than {size}, the rest was not looked at"
    name = f"{paint(clean(head['id']), bold=True)}  {clean(head['workflow'])}"
    out = [f"{name} · {size} · {size_text(head['size'])} in the file", "", paint("   size         path", bold=True)]
    paths, types = document["paths"], document["types"]
    for share in paths[:_PATHS_SHOWN]:
        kind = paint(_kind(share["type"]), dim=True)
        out.append(f"  {_size(share['size'], total)}  {clean(share['path'], 100)}  {kind}")
    out += _more(len(paths) - _PATHS_SHOWN)
    out += ["", paint("   size         count  type, without the objects in it", bold=True)]
    for share in types[:_TYPES_SHOWN]:
        out.append(f"  {_size(share['size'], total)}  {share['count']:>6,}  {_kind(share['type'])}")
    return out + _more(len(types) - _TYPES_SHOWN)


def _size(size: int, total: int) -> str:
    return f"{size_text(size):>5} {size * 100 // max(total, 1):>3} %"


def _kind(name: str) -> str:
    return clean(name, 80).removeprefix("builtins:")


def _more(count: int) -> list[str]:
    return [f"  and {count:,} more, all with --json"] if count > 0 else []
