"""A repeatable fuzz run of the decoders: `python -m tests.fuzz --inputs 1000000 --seed 1`.

Inputs are genuine pickles of all protocols and hostile ones with 1 to 16 mutations, streams of operations with
plausible arguments, and random bytes (`tests/fuzz_pickles.py`). Each is decoded, written as JSON, masked, previewed and
shown operation by operation in small budgets, in two processes. What counts is any exception (a crash), more than two
seconds of processor time (a hang) and any audit event (an import, an open file, a process, ...: something was
executed). Every input that is found is printed in hex.

The same seed and count give the same inputs, whatever the number of processes. `--target msgpack` does the same with
values of LangGraph (`tests/fuzz_msgpack.py`), and `--target stores` runs whole verbs and the rows of the browser over
damaged stores instead (`tests/fuzz_stores.py`).
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from tests import fuzz_msgpack, fuzz_pickles, fuzz_stores

HANG_SECONDS = 2.0
CHUNK = 5_000
"""Inputs of one piece of work, which has its own seed."""

TARGETS: dict[str, ModuleType] = {"pickles": fuzz_pickles, "msgpack": fuzz_msgpack}
"""Each has BOMBS, genuine, inputs, prepare and digest."""


class Finding(NamedTuple):
    """One input that did what none may do."""

    kind: str
    detail: str
    data: bytes


class _Watch:
    """Counts audit events while it is armed. A hook cannot be removed, so there is one for the process."""

    def __init__(self) -> None:
        self.armed = False
        self.events: list[str] = []
        sys.addaudithook(self.hook)

    def hook(self, event: str, args: tuple[Any, ...]) -> None:
        if self.armed and event != "builtins.id":  # our own walks ask for it
            self.events.append(f"{event}{args!r}"[:200])


_watch: _Watch | None = None
_SEEDS: dict[str, list[bytes]] = {}


def run_chunk(job: tuple[str, int, int]) -> tuple[Counter[str], list[Finding], float]:
    """Run the inputs of one seed; returns counts, findings and the longest time of one input."""
    global _watch
    name, seed, count = job
    target = TARGETS[name]
    if name not in _SEEDS:
        _SEEDS[name] = target.genuine()
    seeds = _SEEDS[name]
    if _watch is None:
        target.prepare()
        for data in (*target.BOMBS, *seeds[:200]):  # imports of our own are loaded before anything is watched
            _tried(target.digest, data)
        _watch = _Watch()
    tally: Counter[str] = Counter()
    findings = []
    slowest = 0.0
    for data in target.inputs(seed, count, seeds):
        _watch.events.clear()
        begun = time.process_time()
        _watch.armed = True
        outcome = _tried(target.digest, data)
        _watch.armed = False
        took = time.process_time() - begun
        slowest = max(slowest, took)
        tally["inputs"] += 1
        tally["decoded" if outcome is True else "explained" if outcome is False else "crashes"] += 1
        if isinstance(outcome, str):
            findings.append(Finding("crash", outcome, data))
        if took > HANG_SECONDS:
            tally["hangs"] += 1
            findings.append(Finding("hang", f"{took:.1f} s", data))
        if _watch.events:
            tally["audit events"] += 1
            findings.append(Finding("audit", "; ".join(_watch.events[:3]), data))
    return tally, findings, slowest


def _tried(run: Callable[[bytes], bool], data: bytes) -> bool | str:
    try:
        return run(data)
    except BaseException as error:  # any exception at all is what this run looks for
        if _watch is not None:
            _watch.armed = False
        where = error.__traceback__
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        place = f"{Path(where.tb_frame.f_code.co_filename).name}:{where.tb_lineno}" if where else "?"
        return f"{type(error).__name__} in {place}: {str(error)[:100]}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--target", choices=(*TARGETS, "stores"), default="pickles")
    options = parser.parse_args()
    os.nice(10)
    if options.target == "stores":
        return fuzz_stores.main(options.inputs, options.seed)
    jobs = [
        (options.target, options.seed * 1_000_000 + number, min(CHUNK, options.inputs - number * CHUNK))
        for number in range((options.inputs + CHUNK - 1) // CHUNK)
    ]
    begun = time.monotonic()
    total: Counter[str] = Counter()
    found: list[Finding] = []
    slowest = 0.0
    with ProcessPoolExecutor(options.processes) as pool:
        for tally, findings, longest in pool.map(run_chunk, jobs):
            total += tally
            found += findings
            slowest = max(slowest, longest)
            print(f"\r{total['inputs']:,} of {options.inputs:,}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    seen: Counter[str] = Counter()
    for finding in found:
        key = f"{finding.kind}: {finding.detail}"
        seen[key] += 1
        if seen[key] == 1:
            print(f"{key}\n  {finding.data.hex()}")
    print(
        f"seed {options.seed}: {total['inputs']:,} inputs in {time.monotonic() - begun:,.0f} s, "
        f"{total['decoded']:,} decoded, {total['explained']:,} explained; {total['crashes']} crashes, "
        f"{total['hangs']} hangs, {total['audit events']} audit events; slowest {slowest * 1000:.0f} ms"
    )
    canary = any(
        Path(name).exists() for name in ("ckpt_tui_canary", "/tmp/ckpt_tui_canary", "/tmp/ckpt_tui_canary_fuzz")
    )
    print("a canary file was made" if canary else "no canary file")
    return 1 if found or canary else 0


if __name__ == "__main__":
    sys.exit(main())
