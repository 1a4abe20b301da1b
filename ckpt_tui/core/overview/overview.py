"""The overview of a checkpoint: what a person asks first, a line each, with the place that each line is about.

Pure: made from the checkpoint, its parent and the path of its run; the same for every kind of store.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from itertools import islice

from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.overview.current_step import now_lines, outcome_lines, step_lines
from ckpt_tui.core.overview.line import LINES, VALUE_CELLS, Label, Line, Overview, alarm_lines, overview_title
from ckpt_tui.core.overview.state_lines import state_lines
from ckpt_tui.core.overview.trail import Passed, in_quotes, path_text, words
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.conversation import Conversation
from ckpt_tui.core.reading.lookup import lookup
from ckpt_tui.core.reading.turns import Turn
from ckpt_tui.core.secret_texts import masked_text
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.steps.snapshots import Snapshot
from ckpt_tui.core.steps.steps import Step
from ckpt_tui.core.terms import terms_of
from ckpt_tui.core.text import clean


def overview(
    after: Snapshot, before: Snapshot | None, step: Step, run_path: Sequence[Passed], said: Conversation,
    title: str = "", complete: bool = True, goes_on: bool = False, left_out: int = 0, alarms: Sequence[str] = (),
    is_read: bool = True,
) -> Overview:  # fmt: skip
    """The overview of a checkpoint.

    Args:
        after: The checkpoint.
        before: Its parent, or None.
        step: The step between the two.
        run_path: The checkpoints from the first one of the run to this one, itself included; may lack a part.
        said: Its conversation.
        title: The name of the workflow or the run for people.
        complete: Whether `run_path` is complete.
        goes_on: Whether other checkpoints follow it.
        left_out: Checkpoints after the first one that `run_path` leaves out.
        alarms: What in it could run code when it is loaded.
        is_read: Whether the whole store was read; else more of the run may come.
    """
    checkpoint = after.checkpoint
    status = checkpoint.ref.status
    lines: list[Line] = [*alarm_lines(alarms)]
    ended: list[Line] = []
    lines += _some("error", _errors(checkpoint))
    lines += _some("asked", _asked(checkpoint, run_path, said, complete, is_read))
    lines += _way(run_path, complete, left_out)
    if status == "done":
        ended = _some("outcome", outcome_lines(after, before, step, said))
        lines += ended
    else:
        lines += _some("now", now_lines(after, step, goes_on))
    lines += _some("step", step_lines(step, before))
    shown = {line.path for line in ended}
    lines += _some("state", state_lines(after, before, run_path, shown))
    lines += _some("talk", _talk(said, shown))
    return Overview(overview_title(checkpoint.ref, title, goes_on), tuple(lines), complete)


def _some(label: Label, lines: Iterator[Line]) -> list[Line]:
    """As many lines as fit, and a line with the number of the others."""
    most = LINES[label]
    found = list(islice(lines, most + 50))
    if len(found) <= most:
        return found
    last = found[most - 1]
    more = f"… {len(found) - most + 1}{'+' if len(found) == most + 50 else ''} more"
    return [*found[: most - 1], Line(label, more, last.path[:1], last.tab)]


def _errors(checkpoint: Checkpoint) -> Iterator[Line]:
    ref = checkpoint.ref
    if ref.role == "failed" and ref.store_metadata is not None and ref.store_metadata.label:
        yield Line("error", clean(masked_text(ref.store_metadata.label), 300), (), "graph", "✗")
    for text in (*checkpoint.faults, *checkpoint.warnings):
        yield Line("error", shown_name(text, 300), (), "meta", "!")
    error = lookup(checkpoint.metadata, ("execution", "error"))
    if not error.absent and error.value is not None:
        yield Line("error", words(error.value, VALUE_CELLS), ("metadata", "execution", "error"), "meta", "!")


# -- what was asked, and the path -------------------------------------------------------------------------------------


def _asked(
    checkpoint: Checkpoint, run_path: Sequence[Passed], said: Conversation, complete: bool, is_read: bool
) -> Iterator[Line]:
    terms = terms_of(checkpoint.ref)
    given = [(one, text, path) for one in run_path for text, path in one.inputs]
    if given:
        for one, text, path in given[-1:]:
            here = one.ref.id == checkpoint.ref.id
            more = f"  (input {len(given)} of this {terms.run})" if len(given) > 1 else ""
            yield Line("asked", f"{text}{more}", path if here else (), "" if here else "talk")
        return
    for path in (("execution", "input"), ("_original_message",)):
        part = checkpoint.metadata if path[0] == "execution" else checkpoint.state
        name = "metadata" if path[0] == "execution" else "state"
        found = lookup(part, path)
        if not found.absent and found.value is not None:
            yield Line("asked", words(found.value), (name, *path), "meta" if name == "metadata" else "")
            return
    first = next((turn for turn in said.turns if turn.role == "user" and turn.text), None)
    if first is not None:
        yield Line("asked", in_quotes(first.text, 400), (), "talk")
    elif complete:
        text = f"no file of this {terms.run} contains the input: the first one was written after the input was consumed"
        if run_path and run_path[0].ref.parent and run_path[0].kind == "start":
            text = f"the first checkpoints of this {terms.run}, and its input, are not in the store"
            still = f"the store is still being read: the first checkpoints of this {terms.run} may come"
            text = text if is_read else still
        elif run_path and run_path[0].kind == "input":
            text = f"the input of this {terms.run} cannot be read"
        # What was sent first says most of what was asked; it comes first, because the end may be cut.
        yield Line("asked", f"first sent: {run_path[0].sent}; {text}" if run_path and run_path[0].sent else text)


def _way(run_path: Sequence[Passed], complete: bool, left_out: int) -> Iterator[Line]:
    text = path_text(run_path, left_out)
    if text or not complete:
        yield Line("path", text + ("" if complete else f"{'  ' if text else ''}reading the run …"), (), "graph")


# -- what was said ---------------------------------------------------------------------------------------------------


def _talk(said: Conversation, shown: Container[Path]) -> Iterator[Line]:
    spoken = [turn for turn in said.turns if turn.role and turn.path not in shown]
    for turn in spoken[-LINES["talk"] :]:
        yield Line("talk", _turn(turn), turn.path, "talk", "+" if turn.is_new else "")


def _turn(turn: Turn) -> str:
    text = in_quotes(turn.text, 300) if turn.text else masked_text(turn.extras[-1])
    return f"{shown_name(turn.speaker, 40)}: {text}"
