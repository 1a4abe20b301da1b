"""Runs the story for real and keeps what the framework wrote: `python -m ckpt_tui.demo.story_recorder OUT`.

`OUT/store` becomes a store with forks and a waiting run, `OUT/live` the longer run that the demo plays back.
"""

import argparse
import asyncio
import json
from collections import deque
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ckpt_tui.demo.story import Brief, Decision, open_storage, packing_flow, review_flow

PAUSE = 0.3
"""Seconds of a short step: all runs together stay under a minute, and no two checkpoints share a timestamp."""

LAMP = Brief("Lumen", "people who work by a window", date(2027, 3, 1), Decimal(24000), ["benefit", "price", "setup"])
CLAMP = Brief("Lumen Clip", "people without a desk", date(2027, 5, 17), Decimal("9500.50"), ["benefit", "safety"])
CATALOGUE = Brief(
    "Lumen Two",
    "everyone who asked for a second lamp",
    date(2027, 9, 6),
    Decimal(61000),
    [
        "benefit", "price", "setup", "safety", "energy", "sensor", "materials",
        "privacy", "colour", "noise", "shipping", "awards", "reviews",
    ],
)  # fmt: skip
RUN_KWARGS = {"api_key": "not-a-real-key", "region": "eu-north"}


def _documents(directory: Path) -> list[dict[str, Any]]:
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in directory.glob("*.json")]
    return sorted(documents, key=lambda document: document["timestamp"])


async def _start(directory: Path, brief: Brief) -> dict[str, Any]:
    """Run until the question is asked; the checkpoint that holds it."""
    await review_flow(PAUSE).run(
        brief, checkpoint_storage=open_storage(str(directory)), function_invocation_kwargs=RUN_KWARGS
    )
    return _documents(directory)[-1]


async def _answer(directory: Path, waiting: dict[str, Any], decision: Decision) -> dict[str, Any]:
    """Resume a waiting checkpoint in a new instance, as another process would; the last checkpoint of the branch."""
    await review_flow(PAUSE).run(
        checkpoint_id=waiting["checkpoint_id"],
        checkpoint_storage=open_storage(str(directory)),
        responses=dict.fromkeys(waiting["pending_request_info_events"], decision),
    )
    return _documents(directory)[-1]


async def record_store(directory: Path) -> None:
    """A finished run with two forks, another workflow that nobody named, and a run left waiting.

    One fork gives the question another answer, the other starts in the middle with a stricter reviewer.
    """
    waiting = await _start(directory, LAMP)
    middle = _documents(directory)[6]
    await _answer(directory, waiting, Decision(True, "Ship it."))
    again = await _answer(directory, waiting, Decision(False, "What if it breaks?", "warranty"))
    await _answer(directory, again, Decision(True, "Better. Ship it."))
    await review_flow(PAUSE).run(checkpoint_id=middle["checkpoint_id"], checkpoint_storage=open_storage(str(directory)))
    await packing_flow(PAUSE).run(
        deque(["desk", "clip", "desk", "floor"]), checkpoint_storage=open_storage(str(directory))
    )
    await _start(directory, CLAMP)


async def record_live(directory: Path) -> None:
    """One long run: many rounds, a rejection, another round, an approval."""
    waiting = await _start(directory, CATALOGUE)
    waiting = await _answer(directory, waiting, Decision(False, "Who helps me?", "support"))
    await _answer(directory, waiting, Decision(True, "Good. Out with it."))


async def _record(out: Path) -> None:
    for name, record in (("store", record_store), ("live", record_live)):
        directory = out / name
        directory.mkdir(parents=True)
        await record(directory)


def main() -> None:
    """Record both into a directory that does not hold them yet."""
    parser = argparse.ArgumentParser(prog="python -m ckpt_tui.demo.story_recorder", description=__doc__)
    parser.add_argument("out", type=Path)
    asyncio.run(_record(parser.parse_args().out))


if __name__ == "__main__":
    main()
