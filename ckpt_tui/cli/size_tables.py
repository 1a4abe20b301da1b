"""The tables of `show --sizes` and `ls --sizes`, and what `ls` has to read for them."""

from __future__ import annotations

from typing import Any, NamedTuple

from ckpt_tui.actions.run_sizes import RunMeasurer
from ckpt_tui.cli.output import paint
from ckpt_tui.cli.progress import ProgressBar
from ckpt_tui.core.runs.lineage import Run
from ckpt_tui.core.runs.short_ids import id_text
from ckpt_tui.core.shown_names import masked_name, masked_path, shown_path
from ckpt_tui.core.sizes.run_totals import MEASURED_PARTS, RunSizes, StepSizes
from ckpt_tui.core.sizes.sizes_document import sizes_document as sizes_document
from ckpt_tui.core.text import clean, size_text
from ckpt_tui.stores.base import Store

_PATHS_SHOWN = 25
_TYPES_SHOWN = 12
"""Lines of the tables for people; `--json` has more."""

_REPEATS_SHOWN = 3
"""Payloads reported for each run; `--json` has more."""


RunKey = tuple[str, str, str]
"""`Run.key`."""


class Sizes(NamedTuple):
    """The sizes of a store: of checkpoints by their files, of runs by their keys. Ids are not unique in a list."""

    steps: dict[str, StepSizes]
    runs: dict[RunKey, RunSizes]

    def add_to(self, document: dict[str, Any]) -> None:
        """Add to the document of `ls`: `sizes` and `grew` to each entry, `growth` and `repeated`."""
        steps = {masked_name(file): step for file, step in self.steps.items()}
        for entry in document["checkpoints"]:
            step = steps[entry["file"]]
            found = step.parts or (None,) * len(MEASURED_PARTS)
            entry["sizes"] = {"file": entry["size"], **dict(zip(MEASURED_PARTS, found, strict=True))}
            grew = step.grew
            entry["grew"] = None if grew is None else {**grew._asdict(), "path": masked_path(grew.path)}
        document["growth"] = [
            {
                "run": masked_name(sizes.run.id), "from": first, "to": last,
                "path": masked_path(most.path), "before": most.before, "after": most.after,
            }
            for sizes in self.runs.values()
            if sizes.growth is not None
            for first, last, most in (sizes.growth,)
        ]  # fmt: skip
        document["repeated"] = [
            {
                "run": masked_name(sizes.run.id), "type": found.type, "size": found.size, "copies": found.copies,
                "checkpoints": found.checkpoints, "extra": found.extra, "id": masked_name(found.ref.id),
                "path": masked_path(found.path),
            }
            for sizes in self.runs.values()
            for found in sizes.repeats
        ]  # fmt: skip

    def titles(self, margin: int) -> str:
        """The heading of the columns; `margin` is where that of the file begins."""
        return f"{'':{margin}}{'file':>6} " + " ".join(f"{part:>{_width(part)}}" for part in MEASURED_PARTS)

    def columns(self, file: str) -> str:
        """The columns of one checkpoint, after that of its file."""
        return _columns(self.steps[file].parts)

    def run_lines(self, run: Run, margin: int) -> list[str]:
        """The columns of a run added up, and what grew most."""
        known = [found for node in run.nodes if (found := self.steps[node.ref.file].parts) is not None]
        added = tuple(sum(found[at] for found in known) for at in range(len(MEASURED_PARTS)))
        out = [f"{'  total':{margin}}{size_text(sum(node.ref.size for node in run.nodes)):>6} {_columns(added)}"]
        sizes = self.runs[run.key]
        if sizes.growth is not None:
            path, before, after = sizes.growth.most
            more = f"+{size_text(after - before)}, {size_text(before)} → {size_text(after)}"
            out.append(f"  grew most: {shown_path(path, 80)} {more}")
        for payload in sizes.repeats[:_REPEATS_SHOWN]:
            where = f"{id_text(payload.ref)} {shown_path(payload.path, 80)}"
            copies = f"{payload.copies:,} × {size_text(payload.size)} in {payload.checkpoints:,} checkpoints"
            out.append(f"  repeated: {copies}, {_kind(payload.type)}, first {where}")
        return out


def measure(store: Store, runs: tuple[Run, ...]) -> Sizes:
    """Read every checkpoint of a store for its sizes."""
    growths = RunMeasurer(store)
    total = sum(len(run.nodes) for run in runs)
    done = 0
    found: dict[RunKey, RunSizes] = {}
    with ProgressBar() as watch:
        for run in runs:
            found[run.key] = growths.measure(run, lambda here, _: watch.progress(done + here, total), watch.check)  # noqa: B023
            done += len(run.nodes)
    return Sizes({step.ref.file: step for sizes in found.values() for step in sizes.steps}, found)


def _columns(sizes: tuple[int, ...] | None) -> str:
    texts = ["?" for _ in MEASURED_PARTS] if sizes is None else [size_text(size) for size in sizes]
    return " ".join(f"{text:>{_width(part)}}" for part, text in zip(MEASURED_PARTS, texts, strict=True))


def _width(part: str) -> int:
    return max(len(part), 6)


def shares_lines(document: dict[str, Any]) -> list[str]:
    """The document of `show --sizes` for people: the largest paths, then the types."""
    head, total = document["checkpoint"], document["total"]
    size = f"{size_text(total)} characters of JSON"
    if not document["complete"]:
        size = f"more than {size}; the rest was not measured"
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
