"""(g) Decoding pickles without executing them: to `pickle.loads`, which does, and to fickling, which does not."""

from __future__ import annotations

import gc
import math
import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.value import Deferred, Envelope
from ckpt_tui.stores.agent_framework_body import load
from tests.benchmarks.data import write_store
from tests.benchmarks.figures import Figure, in_turns, ms
from tests.support.oracle import AGENT_FRAMEWORK, envelopes, load_environment

MEGABYTES = 10
FICKLING_MEGABYTES = 1
"""Of a large pickle, what fickling is given: it takes ten seconds for ten."""
ORDINARY = 28_000
"""Bytes of an ordinary checkpoint: the mean of the stores that the figures of this field were taken from."""

Work = Callable[[], float]


@dataclass
class Turn:
    """Something said in a long conversation."""

    author: str
    text: str
    number: int
    tags: list[str] = field(default_factory=list)


def run(directory: Path) -> list[Figure]:
    """The pickles of the samples, two of ten megabytes in one piece, and an ordinary checkpoint."""
    samples = [data for path in sorted(AGENT_FRAMEWORK.glob("*/*/*.json")) for _, _, data in envelopes(path)]
    works: dict[str, list[bytes]] = {
        f"{len(samples)} pickles of the samples": samples,
        "{size} MB of chat messages in one pickle": [messages(MEGABYTES)],
        "{size} MB of small dataclasses in one pickle": [turns(MEGABYTES)],
    }
    gc.collect()
    gc.freeze()  # what was made so far costs neither side anything
    figures = []
    ratios = []
    with load_environment(as_written=False):
        for what, pickles in works.items():
            name = what.format(size=f"{sum(map(len, pickles)) / 1e6:.1f}")
            ours, peer = in_turns(_timed(_decode, pickles), _timed(pickle.loads, pickles), runs=9)
            ratios.append(ours / peer)
            figures.append(Figure(f"decoding {name}, to `pickle.loads`", ms(ours), ms(peer), f"{ours / peer:.2f}×"))
    mean = math.prod(ratios) ** (1 / len(ratios))
    figures.append(Figure("the three, geometric mean, to `pickle.loads`", "", "", f"{mean:.2f}×", "≤ 2×", mean <= 2))
    gc.unfreeze()
    return [*figures, *_fickling(samples), _ordinary(directory)]


def _fickling(samples: list[bytes]) -> list[Figure]:
    from fickling.fickle import Pickled

    def parse(data: bytes) -> Any:
        """What it can show: the program that the pickle stands for, as a syntax tree. It has no values."""
        return Pickled.load(data).ast

    understood = [data for data in samples if _succeeds(parse, data)]
    figures = []
    for what, pickles in (
        (f"{len(understood)} of {len(samples)} pickles of the samples, all that it reads", understood),
        (f"{FICKLING_MEGABYTES} MB of chat messages", [messages(FICKLING_MEGABYTES)]),
    ):
        ours, peer = in_turns(_timed(_decode, pickles), _timed(parse, pickles), runs=3)
        figures.append(
            Figure(
                f"decoding {what}, to fickling", ms(ours), ms(peer), f"{peer / ours:.0f}× faster", "20× faster",
                peer >= 20 * ours,
            )
        )  # fmt: skip
    return figures


def _ordinary(directory: Path) -> Figure:
    """The JSON, the base64 and all pickles of checkpoints as the framework writes them."""
    write_store(directory, 40, ORDINARY)
    paths = sorted(directory.glob("*.json"))
    contents = {path: path.stat().st_size for path in paths}
    took = []
    for turn in range(6):
        for path in paths:
            began = time.perf_counter()
            loaded = load(str(path), path.name, everything=True)
            if turn:
                took.append(time.perf_counter() - began)
            assert isinstance(loaded, Checkpoint) and _is_decoded(loaded.state)
    size = sum(contents.values()) / len(contents) / 1000
    pickles = sum(path.read_text().count("__pickled__") for path in paths) / len(paths)
    took.sort()
    return Figure(
        f"a checkpoint of {size:.0f} KB with {pickles:.0f} pickles, read and decoded; median, and 95 of 100 within",
        f"{ms(median(took))}, {ms(took[len(took) * 95 // 100])}", promise="about 1 ms", kept=median(took) <= 1.5e-3,
    )  # fmt: skip


def _is_decoded(value: Any) -> bool:
    todo = [value]
    while todo:
        item = todo.pop()
        if type(item) in (Envelope, Deferred):
            if not item.ready:
                return False
            resolve(item)
        elif type(item) is dict:
            todo += item.values()
        elif type(item) is list:
            todo += item
    return True


def messages(megabytes: int) -> bytes:
    """A conversation of the framework's own messages, in one pickle of about so many megabytes."""
    from agent_framework import Content, Message

    text = "What was said so far, in the words of whoever said it. " * 8
    return pickle.dumps(
        [
            Message(
                "assistant" if number % 2 else "user",
                [Content.from_text(f"{text}{number}")],
                author_name="alice",
                message_id=f"message-{number}",
            )
            for number in range(megabytes * 1_000_000 // 634)
        ],
        protocol=5,
    )


def turns(megabytes: int) -> bytes:
    """A list of small dataclasses, in one pickle of about so many megabytes."""
    text = "What was said so far, in the words of whoever said it. " * 4
    made = [Turn("alice", f"{text}{number}", number, ["a", "b"]) for number in range(megabytes * 1_000_000 // 257)]
    return pickle.dumps(made, protocol=5)


def _timed(work: Callable[[bytes], Any], pickles: list[bytes]) -> Work:
    """Seconds of processor time; what is made is freed after the clock has stopped, on both sides."""

    def run() -> float:
        gc.collect()
        began = time.process_time()
        made = [work(data) for data in pickles]
        took = time.process_time() - began
        del made
        return took

    return run


def _decode(data: bytes) -> Any:
    decoded = decode(data)
    assert not decoded.fault, decoded.fault
    return decoded.value


def _succeeds(work: Callable[[bytes], Any], data: bytes) -> bool:
    try:
        work(data)
    except Exception:  # of any kind: it is the peer's
        return False
    return True
