"""The path of a run up to a checkpoint: the facts of each checkpoint that an overview shows, in a few hundred bytes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ckpt_tui.core.documents.envelope import is_unopened, resolve
from ckpt_tui.core.langgraph_layout import START
from ckpt_tui.core.matching.equality import is_plainly_equal
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.overview.said_in_step import said_in_step
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.bookkeeping import EXECUTORS, holds_nothing, own_state, own_states
from ckpt_tui.core.reading.chat import ChatMessage
from ckpt_tui.core.reading.langchain_messages import spoken_in
from ckpt_tui.core.reading.members import members
from ckpt_tui.core.reading.summary import summary
from ckpt_tui.core.reading.turns import turns
from ckpt_tui.core.redact import PLAIN, secrecy
from ckpt_tui.core.secret_items import NOTHING, secrets_beside
from ckpt_tui.core.secret_names import is_key_of_service
from ckpt_tui.core.secret_texts import masked_text
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.steps.learned_graph import Graph
from ckpt_tui.core.steps.snapshots import Kind, Snapshot
from ckpt_tui.core.steps.steps import NO_GRAPH, Ran, answered, runners, step_between
from ckpt_tui.core.text import clean, quoted
from ckpt_tui.core.value import Map, Value

SCALARS = 60
"""Numbers and short texts of one checkpoint that are kept to show how they developed."""

LEVELS = 4
"""Levels of the state in which they are searched."""

SHORT = 40
"""Characters of a text that is short."""

TEXT_CELLS = 400
"""Characters of a text in an overview."""

Scalar = int | float | str | bool


class Answer(NamedTuple):
    """A request that was answered: who asked, and the answer as text, "" where it is in no file."""

    executor: str
    text: str


class Passed(NamedTuple):
    """A checkpoint on the path.

    Attributes:
        ref: The checkpoint.
        kind: The kind of its step: executors ran, an input or an answer came in, or it is the first one known.
        ran: The executors that ran, the certain ones first.
        inputs: The inputs that came in, as text, each with its path in the checkpoint.
        sent: The first message sent, with its sender, where no input is in the file; else "".
        answers: The requests that were answered.
        scalars: Path in the checkpoint → number or short text that the workflow or an executor keeps.
        graph: The graph that was known when `ran` was worked out.
        said: Messages of the step that executors do not keep.
        is_cut: Some messages were left out, because there were too many.
    """

    ref: CheckpointRef
    kind: Kind
    ran: tuple[Ran, ...]
    inputs: tuple[tuple[str, Path], ...]
    sent: str
    answers: tuple[Answer, ...]
    scalars: Mapping[Path, Scalar]
    graph: Graph
    said: tuple[ChatMessage, ...] = ()
    is_cut: bool = False

    @property
    def is_open(self) -> bool:
        """Whether more executors may be known to have run once more of the graph is known."""
        return self.kind == "superstep" and (not self.ran or any(ran.inferred for ran in self.ran))


def passed(
    before: Snapshot | None, after: Snapshot, graph: Graph = NO_GRAPH, certain: Mapping[str, str] | None = None,
    with_said: bool = True,
) -> Passed:  # fmt: skip
    """The facts of the step to a checkpoint that an overview shows; arguments as those of `step_between`.

    Args:
        before: The parent of the checkpoint, or None.
        after: The checkpoint.
        graph: The graph as far as it is known.
        certain: The result of `ran_for_certain`, where known.
        with_said: Whether to collect messages, which only a conversation needs.
    """
    kind, ran = runners(before, after, graph, certain)
    inputs = tuple((words(sent.data), ("messages",)) for sent in after.sent if sent.sort == "input")
    messages = (sent for sent in after.sent if sent.sort == "message" and sent.data is not None)
    first = next(messages, None) if before is None else None
    sent = f"{shown_name(first.source, 60)}: {words(first.data)}" if first is not None and not inputs else ""
    answers = tuple(Answer(a.request.executor, words(a.answer) if a.given else "") for a in answered(before, after))
    return Passed(
        after.checkpoint.ref, kind, ran, inputs, sent, answers, scalars(after.checkpoint.state), graph,
        said_in_step(after, step_between(before, after, graph, certain=certain)) if with_said else (),
    )  # fmt: skip


def words(value: Value, limit: int = TEXT_CELLS) -> str:
    """A value as text, safe for a terminal: the last message where it holds chat messages, else a summary."""
    if is_unopened(value):
        return summary(value, limit)
    value = resolve(value)
    pairs = spoken_in(value)
    if pairs:
        return in_quotes(pairs[-1][1], limit)
    said = turns(value)
    if said and (said[-1].text or said[-1].extras):
        text = said[-1].text
        return in_quotes(text, limit) if text else clean(masked_text(said[-1].extras[-1]), limit)
    if type(value) is dict and any(not is_unopened(each) and turns(resolve(each)) for each in value.values()):
        # An input of LangGraph holds messages beside other values.
        parts = (
            summary(each, limit, hide=True) if secrecy(name) > PLAIN else words(each, limit)
            for name, each in value.items()
            if not holds_nothing(each)
        )
        return shown_name(", ".join(parts), limit)
    return in_quotes(value, limit) if type(value) is str else summary(value, limit)


def in_quotes(text: str, limit: int = TEXT_CELLS) -> str:
    """A text on one line, secrets in it masked; line breaks are spaces."""
    return quoted(masked_text(" ".join(text[: 4 * limit].split())), limit)


def scalars(state: Value) -> dict[Path, Scalar]:
    """Numbers and short texts in the state: what the workflow keeps itself first, then what its executors keep."""
    found: dict[Path, Scalar] = {}
    left = _LOOKED_AT
    for name, value in own_state(state):
        left = _take(value, ("state", name), found, left)
        if left <= 0:
            return found
    for name, value in own_states(state):
        left = _take(value, ("state", EXECUTORS, name), found, left)
        if left <= 0:
            break
    return found


_LOOKED_AT = 10_000
"""Values that are searched for numbers and short texts: in wide values within wide values, few are."""


def _take(value: Value, path: Path, found: dict[Path, Scalar], left: int, level: int = 1) -> int:
    """Add the numbers and short texts of a value; returns how many of `left` values may still be searched."""
    if len(found) >= SCALARS:
        return 0
    if is_unopened(value) or secrecy(str(path[-1])) > PLAIN or is_key_of_service(*path[-2:]):
        return left - 1
    value = resolve(value)
    if type(value) in (int, float, bool) or (type(value) is str and len(value) <= SHORT):
        found[path] = value
    elif level < LEVELS and type(value) not in (list, tuple):
        below, beside = members(value), secrets_beside(value) if type(value) in (dict, Map) else NOTHING
        for index in range(min(len(below), SCALARS)):
            member = below[index]
            if member.label in beside:
                continue
            left = _take(member.value, (*path, *member.steps), found, left, level + 1)
            if left <= 0:
                break
    return left - 1


# -- the path as a line ---------------------------------------------------------------------------------------------

YOU = "you"

GROUPS = 24
"""Groups of a path that are shown; the middle of a longer one is counted."""

PERIOD = 8
"""Steps of the longest loop that is recognised."""


def path_text(run_path: Sequence[Passed], left_out: int = 0) -> str:
    """The executors that ran, in order: `brief → market ∥ pricing → (writer ⇄ reviewer)×4`; "" where none is known.

    Args:
        run_path: The checkpoints of the path.
        left_out: Checkpoints after the first one that are not in it.
    """
    tokens = [[*_tokens(one)] for one in run_path]
    if left_out and tokens:
        tokens.insert(1, [f"… {left_out:,} steps …"])
    groups = [_group(pattern, number) for pattern, number in fold([token for listed in tokens for token in listed])]
    if len(groups) > GROUPS:
        half = GROUPS // 2
        groups = [*groups[:half], f"… {len(groups) - 2 * half} more …", *groups[-half:]]
    return " → ".join(groups)


def _tokens(one: Passed) -> Iterator[str]:
    if one.kind == "answer" or one.answers:
        yield YOU
    names = [shown_name(ran.executor, 40) for ran in one.ran if ran.certain and ran.executor != START]
    names = names or [f"{shown_name(ran.executor, 40)}?" for ran in one.ran if ran.executor != START]
    if names:
        yield " ∥ ".join(names)


def fold(tokens: Sequence[str]) -> Iterator[tuple[tuple[str, ...], int]]:
    """A sequence as patterns that follow each other, each with how many times in a row it comes.

    >>> list(fold(["a", "b", "c", "b", "c", "d"]))
    [(('a',), 1), (('b', 'c'), 2), (('d',), 1)]
    """
    at = 0
    while at < len(tokens):
        best, times = 1, 1
        for period in range(1, min(PERIOD, (len(tokens) - at) // 2) + 1):
            pattern = tokens[at : at + period]
            number = 1
            while tokens[at + number * period : at + (number + 1) * period] == pattern:
                number += 1
            if number > 1 and number * period > best * times:
                best, times = period, number
        yield tuple(tokens[at : at + best]), times
        at += best * times


def _group(pattern: tuple[str, ...], number: int) -> str:
    if number == 1:
        return " → ".join(pattern)
    if len(pattern) == 1:
        return f"({pattern[0]})×{number}" if "∥" in pattern[0] else f"{pattern[0]}×{number}"
    return f"({(' ⇄ ' if len(pattern) == 2 else ' → ').join(pattern)})×{number}"


def course(path: Path, run_path: Sequence[Passed]) -> list[Scalar]:
    """The values at a path along the run, each where it differs from the one before it."""
    found: list[Scalar] = []
    for one in run_path:
        value = one.scalars.get(path)
        if value is not None and not (found and is_plainly_equal(found[-1], value)):
            found.append(value)
    return found


def numbers_of(values: Sequence[Scalar]) -> list[float]:
    """The numbers of a course; empty if some of its values cannot be drawn."""
    found = [
        float(value)
        for value in values
        if isinstance(value, int | float) and type(value) is not bool and abs(value) < _LARGE
    ]
    return found if len(found) == len(values) else []


_LARGE = 1e300
