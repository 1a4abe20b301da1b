"""(h) Bombs: small pickles that ask for everything, each in a process of its own. What counts is the worst of them."""

from __future__ import annotations

import gc
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ckpt_tui.core.diff.diff_document import diff_document
from ckpt_tui.core.diff.ignore_rules import IgnoreRules
from ckpt_tui.core.diff.value_diff import diff
from ckpt_tui.core.json_text import pieces
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.reading.summary import summary
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.reading.tree import EXPAND_LIMIT, Tree
from ckpt_tui.core.reading.value_size import size_of
from ckpt_tui.core.redact import masked
from ckpt_tui.core.sizes.measuring import shares
from tests.benchmarks.checkpoints import checkpoint
from tests.benchmarks.figures import Figure, environment, ms

SECONDS = 1.0
"""Processor time that a bomb may cost in each stage."""

MEGABYTES = 200
"""Memory that a process may hold which runs a stage."""

WAIT = 60
"""Seconds until a stage is given up."""


def _json(value: Any) -> None:
    with open(os.devnull, "wb") as file:
        file.writelines(piece.encode() for piece in pieces(masked(to_json(value))))


def _changes(value: Any) -> None:
    """The JSON of a diff where the bomb is in many places, and something else in the other document."""
    names = [f"value {number}" for number in range(20)]
    found = diff(dict.fromkeys(names, value), {name: [1, "text"] for name in names})
    with open(os.devnull, "wb") as file:
        file.writelines(piece.encode() for piece in pieces(diff_document({}, {}, found, IgnoreRules(()))))


def _screen(value: Any) -> None:
    """A screen of rows with their sizes, before and after everything is unfolded."""
    tree = Tree(value)
    _rows(tree)
    tree.unfold_level(tree.root, EXPAND_LIMIT)
    _rows(tree)


def _rows(tree: Tree) -> None:
    for index in range(min(len(tree), 60)):
        row = tree.row(index)
        tree.path(row)
        summary(row.member.value)
        size_of(row.member.value, 2_000)


STAGES: dict[str, Callable[[Any], Any]] = {
    "decode": lambda value: None,
    "preview": summary,
    "json": _json,
    "screen": _screen,
    "sizes": lambda value: shares({"value": value}),
    "diff": lambda pair: diff({"value": pair[0]}, {"value": pair[1]}),
    "changes": _changes,
}
"""What is done with a decoded bomb, `diff` with two of it; `decode` is shown by itself."""


def run(directory: Path, names: list[str] | None = None) -> list[Figure]:
    """Every stage, and the command, of every bomb."""
    from tests.benchmarks.more_bombs import MORE_BOMBS
    from tests.core.bombs import BOMBS, CHAT_BOMBS, JSON_BOMBS

    worst: dict[str, list[tuple[float, str]]] = {}
    for number, name in enumerate(names or BOMBS):
        data = BOMBS[name]()
        (directory / "bomb").write_bytes(data)
        (directory / "bomb.json").write_text(json.dumps(checkpoint(data)))
        for stage in (*STAGES, "show"):
            seconds, megabytes = measure(stage, directory)
            worst.setdefault(f"{stage}, time", []).append((seconds, name))
            worst.setdefault(f"{stage}, memory", []).append((megabytes, name))
        print(f"\r  {number + 1} of {len(names or BOMBS)}", end="", file=sys.stderr, flush=True)
    if names is None:
        for name, chat in CHAT_BOMBS.items():
            (directory / "bomb.json").write_text(json.dumps(checkpoint(chat())))
            seconds, megabytes = measure("show", directory)
            worst.setdefault("show of chats, time", []).append((seconds, name))
            worst.setdefault("show of chats, memory", []).append((megabytes, name))
        for name, state in JSON_BOMBS.items():
            (directory / "bomb.json").write_text(json.dumps(checkpoint(b"N.") | {"state": 0}).replace(
                '"state": 0', f'"state": {state()}'
            ))  # fmt: skip
            seconds, megabytes = measure("show", directory)
            worst.setdefault("show of JSON, time", []).append((seconds, name))
            worst.setdefault("show of JSON, memory", []).append((megabytes, name))
        for name, make in MORE_BOMBS.items():
            (directory / "bomb.json").write_text(json.dumps(make()))
            seconds, megabytes = measure("show", directory)
            worst.setdefault("show of others, time", []).append((seconds, name))
            worst.setdefault("show of others, memory", []).append((megabytes, name))
    print(file=sys.stderr)
    figures = []
    for what, found in worst.items():
        found.sort(reverse=True)
        figure, name = found[0]
        time_ = what.endswith("time")
        limit = SECONDS if time_ else MEGABYTES
        beyond = sum(1 for value, _ in found if value >= limit)
        figures.append(
            Figure(
                f"{len(found)} bombs, {what}, worst: {name}",
                ms(figure) if time_ else f"{figure:,.0f} MB",
                "",
                f"{beyond} beyond" if beyond else "",
                "< 1 s" if time_ else f"< {MEGABYTES} MB",
                beyond == 0,
            )
        )
    return figures


def measure(stage: str, directory: Path) -> tuple[float, float]:
    """Seconds of processor time and megabytes of memory of one stage in a fresh process."""
    command = [sys.executable, "-m", "tests.benchmarks.bombs", stage, str(directory)]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=WAIT, env=environment())
    except subprocess.TimeoutExpired:
        return float(WAIT), 0.0
    seconds, megabytes = json.loads(done.stdout)
    return seconds, megabytes


def _memory() -> float:
    """The most this process has held. The system's own counter would begin with what the parent had."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _stage(stage: str, directory: Path) -> float:
    gc.set_threshold(100_000, 50, 100)  # as the command has it
    if stage == "show":
        from ckpt_tui.cli.command_line import run as command

        out = os.dup(1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        command(["show", str(directory / "bomb.json"), "--json"])
        os.dup2(out, 1)
        return time.process_time()
    data = (directory / "bomb").read_bytes()
    began = time.process_time()
    value = decode(data).value
    if stage == "diff":
        value = value, decode(data).value
    if stage != "decode":
        began = time.process_time()
    STAGES[stage](value)
    return time.process_time() - began


def main() -> None:
    """One stage, in the process at hand; prints what it took and leaves without looking for garbage."""
    took = _stage(sys.argv[1], Path(sys.argv[2]))
    print(json.dumps([took, _memory()]), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
