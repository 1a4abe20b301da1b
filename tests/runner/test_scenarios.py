"""What a resume writes is what a script written by hand writes, for every kind of workflow, old releases and new."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.commands import Output, called
from tests.support.frameworks import OLDEST
from tests.support.resumes import CASES, SCENARIOS, answer, essence, made

TYPES = ("Colour", "Item", "Approval", "Decision", "Order", "Zoo", "Node")


@pytest.mark.parametrize(("release", "name"), CASES)
def test_the_checkpoints_equal_those_of_a_resume_by_hand(
    release: str, name: str, tmp_path: Path, capfdbinary: Output
) -> None:
    sample = made(release)[name]
    shown = called(capfdbinary, "show", sample.store, sample.checkpoint, "--json").document
    words: list[str | Path] = []
    if release == OLDEST:  # has no allow-list, so its storage names no types: ours is kept all the same
        for allowed in ("types:GenericAlias", *(f"scenarios:{each}" for each in TYPES)):
            words += ["--allow", allowed]
    for request in shown["requests"] if sample.answered else ():
        words += ["--response", f"{request['request_id']}={json.dumps(answer(request))}"]
    before = {path.name: path.read_bytes() for path in sample.store.iterdir()}
    done = called(
        capfdbinary, "resume", sample.store, sample.checkpoint, "--workflow", f"{SCENARIOS}:{name}",
        "--storage", f"{SCENARIOS}:storage", "--python", sample.python, "--into", tmp_path / "new", "--yes", "--json",
        *words,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert lines[0]["kind"] == "hello" and lines[-1]["kind"] == "end", done.out
    waits = name == "orch_handoff"  # it asks again after each answer
    assert done.code == (5 if name == "raises" else 6 if waits else 0), done.out[-3_000:]
    assert essence(tmp_path / "new", sample.checkpoint) == essence(sample.by_hand, sample.checkpoint)
    assert {path.name: path.read_bytes() for path in sample.store.iterdir()} == before
    written = [line["id"] for line in lines if line["kind"] == "checkpoint"]
    assert sorted(written) == sorted(path.stem for path in (tmp_path / "new").glob("*.json"))
