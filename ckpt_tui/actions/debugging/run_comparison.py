"""Compares runs of the same input: their outcomes, and the first step in which they differ."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from ckpt_tui.core.diff.value_diff import diff_checkpoints
from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.paths import Path, expression
from ckpt_tui.core.reading.framework_text import in_words
from ckpt_tui.core.replay.frames import pinned
from ckpt_tui.core.running.short_values import asks_in_words, brief

_PASSING = LatePattern(
    r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|\b(call|msg|resp)_\w+"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)?|\b0x[0-9a-f]+"
)
"""What differs between any two runs: ids, times and addresses."""

GIST = 200
"""Characters of an outcome on one line."""


class RunResult(NamedTuple):
    """How one run came out.

    Attributes:
        number: Which of the runs it is, from 1.
        outcome: done, waiting, failed, stopped, died, refused.
        outputs: Its outputs, as JSON.
        what: Why it failed, or what it asks for; "" for neither.
        directory: Where its checkpoints are.
        checkpoints: Their ids, in order.
    """

    number: int
    outcome: str
    outputs: tuple[Any, ...]
    what: str
    directory: str
    checkpoints: tuple[str, ...]

    @property
    def key(self) -> str:
        """A key that is equal for runs with the same outcome, ids and times aside."""
        return _PASSING.compiled.sub("", json.dumps([self.outcome, said(self.outputs), self.what], sort_keys=True))

    @property
    def gist(self) -> str:
        """What came out, on one line."""
        return brief(self.what or "; ".join(brief(each, GIST) for each in said(self.outputs)), GIST)


class OutcomeCount(NamedTuple):
    """An outcome that some runs have in common.

    Attributes:
        outcome: As in `RunResult`.
        gist: What came out, on one line, of the first of them.
        runs: Their numbers.
    """

    outcome: str
    gist: str
    runs: tuple[int, ...]


class RunsPart(NamedTuple):
    """The first step in which runs differ.

    Attributes:
        at: Which checkpoint of each run it is, from 0.
        step: Its iteration.
        path: The path of the first value that differs, as an expression; "" where some runs had ended.
        values: Each value there, on one line, and the numbers of the runs that have it.
    """

    at: int
    step: int
    path: str
    values: tuple[tuple[str, tuple[int, ...]], ...]


class RunLines:
    """Reads the lines of one run for how it comes out.

    Args:
        number: Which of the runs it is.
        directory: Where its checkpoints go.
    """

    def __init__(self, number: int, directory: str) -> None:
        self._number, self._directory = number, directory
        self._outputs: list[Any] = []
        self._checkpoints: list[str] = []
        self._what = ""

    def take(self, line: dict[str, Any]) -> None:
        """Take one line."""
        kind = line.get("kind")
        if kind == "event" and line.get("type") == "output":
            self._outputs.append(line.get("data"))
        elif kind == "checkpoint":
            self._checkpoints.append(str(line.get("id")))
        elif kind == "error":
            self._what = str(line.get("what"))

    def result(self, end: dict[str, Any]) -> RunResult:
        """How it came out, by its last line."""
        outcome = str(end.get("outcome"))
        asks = "; ".join(asks_in_words(each, GIST) for each in end.get("pending") or ())
        what = asks if outcome == "waiting" else self._what if outcome != "done" else ""
        return RunResult(self._number, outcome, tuple(self._outputs), what, self._directory, tuple(self._checkpoints))


def said(outputs: Iterable[Any]) -> list[Any]:
    """Outputs with the pieces of a streamed answer put together."""
    out: list[Any] = []
    is_piece = False
    for each in outputs:
        text = in_words(each) if isinstance(each, dict) and str(each.get("$type")).endswith("Update") else None
        if text is None:
            out.append(each)
        elif is_piece:
            out[-1] += text
        else:
            out.append(text)
        is_piece = text is not None
    return out


def outcome_counts(results: Iterable[RunResult]) -> tuple[OutcomeCount, ...]:
    """How often each outcome came, the most frequent first."""
    found: dict[str, list[RunResult]] = {}
    for each in results:
        found.setdefault(each.key, []).append(each)
    groups = sorted(found.values(), key=len, reverse=True)
    return tuple(
        OutcomeCount(group[0].outcome, group[0].gist, tuple(each.number for each in group)) for group in groups
    )


def runs_part(
    results: Sequence[RunResult], load: Callable[[str, str], Checkpoint], check: Callable[[], None] | None = None
) -> RunsPart | None:
    """The first step in which some runs differ by more than ids and times; None where they do not.

    Args:
        results: The runs.
        load: Gives a checkpoint of a directory and an id.
        check: Called now and then; whatever it raises ends the work.
    """
    if len(results) < 2:
        return None
    lengths = [len(each.checkpoints) for each in results]
    step = 0
    for index in range(min(lengths)):
        loaded = [load(each.directory, each.checkpoints[index]) for each in results]
        step = loaded[0].ref.iteration
        paths: dict[Path, None] = {}
        for other in loaded[1:]:
            if check is not None:
                check()
            paths.update(dict.fromkeys(change.path for change in diff_checkpoints(loaded[0], other).shown))
        if paths:
            path = min(paths, key=_interest)
            texts = [pinned(path, each).text or "nothing" for each in loaded]
            return RunsPart(index, step, expression(path), _grouped(results, texts))
    if min(lengths) == max(lengths):
        return None
    texts = ["goes on" if length > min(lengths) else "ends" for length in lengths]
    return RunsPart(min(lengths), step + 1, "", _grouped(results, texts))


def _interest(path: Path) -> tuple[int, int]:
    """The person's own state first, then messages, then what the framework keeps."""
    own = path[0] == "state" and not str(path[1:2]).strip("('").startswith("_")
    return (0 if own else 1 if path[0] == "messages" else 2), len(path)


def _grouped(results: Sequence[RunResult], texts: Sequence[str]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    found: dict[str, list[int]] = {}
    for each, text in zip(results, texts, strict=True):
        found.setdefault(text, []).append(each.number)
    return tuple((text, tuple(numbers)) for text, numbers in sorted(found.items(), key=lambda item: -len(item[1])))


def compared_line(results: Sequence[RunResult], part: RunsPart | None) -> dict[str, Any]:
    """The members of the line `compared`."""
    return {
        "runs": len(results),
        "outcomes": [
            {"outcome": each.outcome, "gist": each.gist, "count": len(each.runs), "runs": list(each.runs)}
            for each in outcome_counts(results)
        ],
        "part": None
        if part is None
        else {
            "step": part.step, "path": part.path,
            "values": [{"value": text, "runs": list(numbers)} for text, numbers in part.values],
            "checkpoints": {
                str(each.number): each.checkpoints[part.at]
                for each in results
                if part.at < len(each.checkpoints)
            },
        },
        "directories": {str(each.number): each.directory for each in results},
    }  # fmt: skip
