"""(g) Decoding pickles without executing them, to `pickle.loads`, which does."""

from __future__ import annotations

import pickle
import time
from dataclasses import dataclass, field
from pathlib import Path

from ckpt_tui.core.unpickle import decode
from tests.benchmarks.figures import Figure, in_turns, ms
from tests.support.oracle import AGENT_FRAMEWORK, envelopes, load_environment

MEGABYTES = 10


@dataclass
class Turn:
    """Something said in a long conversation."""

    author: str
    text: str
    number: int
    tags: list[str] = field(default_factory=list)


def run(directory: Path) -> list[Figure]:
    """Each pickle of the sample data, and one large one."""
    samples = [data for path in sorted(AGENT_FRAMEWORK.glob("*/*/*.json")) for _, _, data in envelopes(path)]
    text = "What was said so far, in the words of whoever said it. " * 4
    turns = [Turn("alice", f"{text}{number}", number, ["a", "b"]) for number in range(MEGABYTES * 1_000_000 // 280)]
    large = [pickle.dumps(turns, protocol=5)]
    figures = []
    with load_environment():
        for what, pickles in (
            (f"{len(samples)} pickles of the samples", samples),
            (f"a pickle of {len(large[0]) / 1e6:.1f} MB", large),
        ):
            ours, peer = in_turns(lambda p=pickles: _decode(p), lambda p=pickles: _loads(p), runs=5)  # type: ignore[misc]
            figures.append(Figure(f"decoding {what}, to `pickle.loads`", ms(ours), ms(peer), f"{ours / peer:.2f}×"))
    return figures


def _decode(pickles: list[bytes]) -> float:
    began = time.perf_counter()
    faults = [fault for data in pickles if (fault := decode(data).fault)]
    took = time.perf_counter() - began
    assert faults == []
    return took


def _loads(pickles: list[bytes]) -> float:
    began = time.perf_counter()
    for data in pickles:
        pickle.loads(data)
    return time.perf_counter() - began
