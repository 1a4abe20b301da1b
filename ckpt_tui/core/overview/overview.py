"""The overview of a checkpoint: the answers to what one asks first, a line each, with the place each line is about.

Pure: made from the checkpoint, its parent and the path of its run; the same for every kind of store.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from ckpt_tui.core.model import Checkpoint, CheckpointRef, has_file_time
from ckpt_tui.core.overview.line import LINES, VALUE_CELLS, Label, Line
from ckpt_tui.core.overview.state_lines import state_lines
from ckpt_tui.core.overview.step_lines import now_lines, outcome_lines, step_lines
from ckpt_tui.core.overview.trail import Passed, in_quotes, path_text, words
from ckpt_tui.core.paths import Path, expression
from ckpt_tui.core.reading.conversation import Conversation
from ckpt_tui.core.reading.lookup import lookup
from ckpt_tui.core.reading.turns import Turn
from ckpt_tui.core.secret_texts import masked_text
from ckpt_tui.core.steps.snapshots import Snapshot
from ckpt_tui.core.steps.steps import Step
from ckpt_tui.core.text import clean, size_text


class Overview(NamedTuple):
    """The overview of one checkpoint.

    Attributes:
        title: Workflow, step and status.
        lines: The answers, those of a label together.
        complete: The whole path of the run was read.
    """

    title: str
    lines: tuple[Line, ...]
    complete: bool = True

    def about(self, *labels: Label) -> tuple[Line, ...]:
        """The lines of some labels."""
        return tuple(line for line in self.lines if line.label in labels)


def overview(
    after: Snapshot, before: Snapshot | None, step: Step, way: Sequence[Passed], said: Conversation,
    title: str = "", complete: bool = True, goes_on: bool = False, left_out: int = 0, alarms: Sequence[str] = (),
) -> Overview:  # fmt: skip
    """The overview of a checkpoint.

    Args:
        after: The checkpoint.
        before: Its parent, or None.
        step: The step between the two.
        way: What was passed from the first checkpoint of the run to this one, itself included; may lack a part.
        said: Its conversation.
        title: The name of the workflow or the run for people.
        complete: Whether `way` is the whole way.
        goes_on: Whether other checkpoints follow it.
        left_out: Checkpoints after the first one that `way` leaves out.
        alarms: What in it could run code when it is loaded.
    """
    checkpoint = after.checkpoint
    status = checkpoint.ref.status
    lines: list[Line] = [*alarm_lines(alarms)]
    ended: list[Line] = []
    lines += _some("error", _errors(checkpoint))
    lines += _some("asked", _asked(checkpoint, way, said, complete))
    lines += _way(way, complete, left_out)
    if status == "done":
        ended = _some("outcome", outcome_lines(after, before, step, said))
        lines += ended
    else:
        lines += _some("now", now_lines(after, step, goes_on))
    lines += _some("step", step_lines(step, before))
    shown = {line.path for line in ended}
    lines += _some("state", state_lines(after, before, way, shown))
    lines += _some("talk", _talk(said, shown))
    return Overview(_title(checkpoint.ref, title, goes_on), tuple(lines), complete)


def alarm_lines(alarms: Sequence[str]) -> tuple[Line, ...]:
    """What in a checkpoint could run code, as lines of its overview."""
    return tuple(
        Line("danger", clean(alarm.removeprefix("danger ")), (), "meta", "✗")
        for alarm in islice(alarms, LINES["danger"])
    )


def overview_document(found: Overview) -> list[dict[str, Any]]:
    """The overview in the JSON of `show`."""
    return [
        {
            "label": line.label,
            "text": f"{line.sign} {line.text}" if line.sign else line.text,
            "path": expression(line.path) if line.path else "",
        }
        for line in found.lines
    ]


def _some(label: Label, lines: Iterator[Line]) -> list[Line]:
    """As many lines as there is room for, and how many more there are."""
    most = LINES[label]
    found = list(islice(lines, most + 50))
    if len(found) <= most:
        return found
    last = found[most - 1]
    more = f"… {len(found) - most + 1}{'+' if len(found) == most + 50 else ''} more"
    return [*found[: most - 1], Line(label, more, last.path[:1], last.tab)]


_STATUS = {"waiting": "waits for an answer", "open": "work is left", "done": "has ended"}


def of_large(ref: CheckpointRef, title: str = "") -> Overview:
    """The overview of a checkpoint too large to be read unasked."""
    text = f"this checkpoint is large, {size_text(ref.size)}: Enter reads it for an overview"
    return Overview(_title(ref, title), (Line("now", text, (), "overview"),), False)


def _title(ref: CheckpointRef, title: str, goes_on: bool = False) -> str:
    told = ref.told.title if ref.told is not None else ""
    name = clean(title or told or ref.workflow, 80)
    times = "times are those of the files" if has_file_time(ref) else ""
    status = "the run went on" if goes_on and ref.status == "open" else _STATUS.get(ref.status or "", "")
    return " · ".join(part for part in (name, f"step {ref.step}", status, times) if part)


def _errors(checkpoint: Checkpoint) -> Iterator[Line]:
    for text in (*checkpoint.faults, *checkpoint.warnings):
        yield Line("error", clean(text, 300), (), "meta", "!")
    error = lookup(checkpoint.metadata, ("execution", "error"))
    if not error.absent and error.value is not None:
        yield Line("error", words(error.value, VALUE_CELLS), ("metadata", "execution", "error"), "meta", "!")


# -- what was asked, and the way -------------------------------------------------------------------------------------


def _asked(checkpoint: Checkpoint, way: Sequence[Passed], said: Conversation, complete: bool) -> Iterator[Line]:
    given = [(one, text, path) for one in way for text, path in one.inputs]
    if given:
        for one, text, path in given[-1:]:
            here = one.ref.id == checkpoint.ref.id
            more = f"  (input {len(given)} of this run)" if len(given) > 1 else ""
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
        text = "no file of this run contains the input: the first one was written after the input was consumed"
        if way and way[0].ref.parent and way[0].kind == "start":
            text = "the first checkpoints of this run, and its input, are not in the store"
        yield Line("asked", f"{text}; first sent: {way[0].sent}" if way and way[0].sent else text)


def _way(way: Sequence[Passed], complete: bool, left_out: int) -> Iterator[Line]:
    text = path_text(way, left_out)
    if text or not complete:
        yield Line("path", text + ("" if complete else f"{'  ' if text else ''}reading the run …"), (), "graph")


# -- what was said ---------------------------------------------------------------------------------------------------


def _talk(said: Conversation, shown: Container[Path]) -> Iterator[Line]:
    spoken = [turn for turn in said.turns if turn.role and turn.path not in shown]
    for turn in spoken[-LINES["talk"] :]:
        yield Line("talk", _turn(turn), turn.path, "talk", "+" if turn.is_new else "")


def _turn(turn: Turn) -> str:
    text = in_quotes(turn.text, 300) if turn.text else masked_text(turn.extras[-1])
    return f"{clean(turn.speaker, 40)}: {text}"
