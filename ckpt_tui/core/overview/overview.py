"""The overview of a checkpoint: the answers to what one asks first, a line each, with the place each line is about.

Pure: made from the checkpoint, its parent and the path of its run; the same for every kind of store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Literal, NamedTuple

from ckpt_tui.core.diff.changes import Change
from ckpt_tui.core.diff.value_diff import diff
from ckpt_tui.core.model import Checkpoint, CheckpointRef, PendingRequest, has_file_time
from ckpt_tui.core.overview.trail import YOU, Passed, Scalar, course, in_quotes, numbers_of, path_text, words
from ckpt_tui.core.paths import Path, expression
from ckpt_tui.core.reading.bookkeeping import EXECUTORS, holds_nothing, own_state, own_states
from ckpt_tui.core.reading.chat import call_line, fields
from ckpt_tui.core.reading.conversation import Conversation
from ckpt_tui.core.reading.lookup import lookup
from ckpt_tui.core.reading.summary import summary
from ckpt_tui.core.reading.turns import Turn
from ckpt_tui.core.reading.typenames import short_type
from ckpt_tui.core.redact import PLAIN, secrecy
from ckpt_tui.core.replay.sparkline import sparkline
from ckpt_tui.core.secret_texts import masked_text
from ckpt_tui.core.steps.snapshots import Snapshot
from ckpt_tui.core.steps.steps import Flight, Step
from ckpt_tui.core.text import clean, size_text
from ckpt_tui.core.value import Value

Label = Literal["danger", "error", "asked", "path", "now", "step", "state", "talk", "outcome"]
"""What a line is about, in the order of the lines; `outcome` stands in the place of `now` where nothing is left."""

LINES = {"now": 6, "step": 5, "state": 6, "talk": 2, "error": 3, "danger": 3, "asked": 2, "outcome": 3}
"""Lines of each sort at most."""

VALUE_CELLS = 160
"""Characters of a value in a line."""

BEFORE_CELLS = 60

SPARK_CELLS = 12
"""Bars of a course."""

COURSE = 4
"""Values of a course that are written out."""


class Line(NamedTuple):
    """One line of an overview.

    Attributes:
        label: What it is about.
        text: What it says, safe for a terminal.
        path: The place in the checkpoint that it is about; empty for none.
        tab: The tab that shows it, where it is not a place in a value: talk, diff, graph, meta; else "".
        sign: A sign before the text: `+`, `−`, `‖`, ...; "" for none.
    """

    label: Label
    text: str
    path: Path = ()
    tab: str = ""
    sign: str = ""


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
        ended = _some("outcome", _outcome(after, before, step, said))
        lines += ended
    else:
        lines += _some("now", _now(after, step, goes_on))
    lines += _some("step", _step(step, before))
    told = {line.path for line in ended}
    lines += _some("state", _state(after, before, way, told))
    lines += _some("talk", _talk(said, told))
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


# -- how it stands ---------------------------------------------------------------------------------------------------


def _now(after: Snapshot, step: Step, goes_on: bool) -> Iterator[Line]:
    for request in after.requests.values():
        yield from _request(request)
    for flight in step.flights:
        yield _flight(flight, "now", "▸")
    for name in step.due:
        yield Line("now", f"{clean(name, 60)} will run again", (), "graph", "▸")
    for wait in step.waits:
        if wait.reason.startswith("a message"):
            yield Line("now", f"{clean(wait.executor, 60)} waits for {clean(wait.reason, 200)}", (), "graph", "◌")
    if not after.requests and after.checkpoint.ref.status == "open" and not goes_on:
        text = "nothing was written after this: the run failed, was stopped, or is still going"
        yield Line("now", text, (), "graph", "!")


def _request(request: PendingRequest) -> Iterator[Line]:
    path: Path = ("pending", request.id)
    who = clean(request.executor, 60) or "an executor"
    data = fields(request.data)
    call = data.get("function_call") or data.get("functionCall") or data.get("toolCall")
    if call is not None:
        yield Line("now", f"{who} asks {YOU} whether it may call {masked_text(call_line(fields(call)))}", path, "", "‖")
        return
    expected = clean(short_type(request.response_type), 60) or "an answer"
    yield Line("now", f"{who} asks {YOU} for {expected}", path, "", "‖")
    text = words(request.data)
    if text not in ("null", "{}", '""'):
        yield Line("now", f"  {text}", (*path, "data"))


def _flight(flight: Flight, label: Label, sign: str) -> Line:
    source = {"input": "the input", "answer": "the answer"}.get(flight.sort) or clean(flight.source, 60)
    targets = ", ".join(clean(name, 60) for name in flight.targets)
    number = f" ×{len(flight.data)}" if len(flight.data) > 1 else ""
    data = _said(flight.data[0]) if flight.data else ""
    return Line(label, f"{source} → {targets or '?'}{number}{data}", ("messages",), "", sign)


def _said(data: Value) -> str:
    """What a message says, behind its way; "" where it says nothing."""
    return "" if data is None else f": {words(data, VALUE_CELLS)}"


def _outcome(after: Snapshot, before: Snapshot | None, step: Step, said: Conversation) -> Iterator[Line]:
    """What came out: what the last step kept and said; outputs themselves are in no checkpoint."""
    found = False
    for change in _own_changes(after, before):
        if change.op in ("added", "changed"):
            found = True
            yield Line("outcome", f"{_name(change.path)}  {_shown(change.after, change, VALUE_CELLS)}", change.path)
    for key, name in list(after.calls.items())[-1:]:
        found = True
        path = ("state", "_step_cache", key)
        yield Line("outcome", f"{name}  {words(lookup(after.checkpoint.state, path[1:]).value, VALUE_CELLS)}", path)
    last = [turn for turn in said.turns if turn.text and turn.role != "user"][-_side_by_side(before) :]
    for turn in last:
        yield Line("outcome", f"{clean(turn.speaker, 40)}: {in_quotes(turn.text, 400)}", turn.path, "talk")
    if not last and not found:
        ran = ", ".join(clean(name, 60) for name in step.names)
        taken = next((sent for sent in before.sent if sent.sort == "message"), None) if before is not None else None
        got = f" with {words(taken.data, VALUE_CELLS)}" if taken is not None else ""
        if ran:
            yield Line("outcome", f"{ran} ran last{got}; its output is in no checkpoint", (), "graph")


def _side_by_side(before: Snapshot | None) -> int:
    """How many executors sent what the last step gathered."""
    return max(len(before.senders) if before is not None else 1, 1)


# -- the step --------------------------------------------------------------------------------------------------------


_NOTHING = {
    "input": "the input came in; nothing ran yet",
    "answer": "an answer came in; nothing ran yet",
    "start": "what came before is not in the store",
    "superstep": "nothing shows that anything ran",
}


def _step(step: Step, before: Snapshot | None) -> Iterator[Line]:
    names = " ∥ ".join(f"{'~' if ran.inferred else ''}{clean(ran.executor, 60)}" for ran in step.ran if ran.certain)
    maybe = [clean(ran.executor, 60) for ran in step.ran if not ran.certain]
    ran = f"{names or 'one of ' + ', '.join(maybe)} ran" if step.ran else _NOTHING[step.kind]
    yield Line("step", ran, (), "graph", "●" if step.ran else "")
    for answered in step.answered:
        said = words(answered.answer, VALUE_CELLS) if answered.given else "no file contains the answer"
        who = clean(answered.request.executor, 60)
        yield Line("step", f"{YOU} answered {who}: {said}", ("messages",) if answered.given else (), "", "−")
    asked = Counter(request.executor for request in step.raised)
    for request in step.raised:
        if number := asked.pop(request.executor, 0):
            word = "request" if number == 1 else f"{number} requests"
            path: Path = ("pending", request.id) if number == 1 else ("pending",)
            yield Line("step", f"{word} of {clean(request.executor, 60)} to {YOU}", path, "", "+")
    if before is None or step.kind != "superstep":
        return
    for sent in before.sent:
        if sent.sort == "message":
            target = f" → {clean(sent.target, 60)}" if sent.target else ""
            yield Line("step", f"{clean(sent.source, 60)}{target}{_said(sent.data)}", (), "diff", "−")


# -- the state -------------------------------------------------------------------------------------------------------


def _state(after: Snapshot, before: Snapshot | None, way: Sequence[Passed], told: Container[Path]) -> Iterator[Line]:
    shown: set[Path] = set()
    changes = sorted(_own_changes(after, before), key=lambda change: change.path[1:2] == (EXECUTORS,))
    for change in changes:
        shown.add(change.path[:2])
        if change.path in told and len(course(change.path, way)) < 3:
            continue
        text = _change(change, way)
        yield Line(
            "state", f"{_name(change.path)}  {text}", change.path if change.op != "removed" else (), *_OPS[change.op]
        )
    changed = {change.path for change in changes}
    for path, values in _moving(way):
        if path not in changed:
            yield Line("state", f"{_name(path)}  {_course(values)}", path)
    for name, value in own_state(after.checkpoint.state).items():
        path = ("state", name)
        if path in shown or _is_hollow(value):
            continue
        hide = secrecy(name) > PLAIN
        text = summary(value, VALUE_CELLS, hide=hide)
        yield Line("state", f"{clean(name, 60)}  {text}{_spark(course(path, way))}", path)
    for key, call in after.calls.items():
        place: Path = ("state", "_step_cache", key)
        yield Line(
            "state", f"{clean(call, 60)}  {words(lookup(after.checkpoint.state, place[1:]).value, VALUE_CELLS)}", place
        )
    if before is not None and changes:
        return
    for name, value in own_states(after.checkpoint.state).items():
        yield Line("state", f"{clean(name, 60)}  {summary(value, VALUE_CELLS)}", ("state", EXECUTORS, name))


def _is_hollow(value: Value) -> bool:
    """Whether a value holds nothing, or only what holds nothing."""
    return holds_nothing(value) or (type(value) is dict and all(map(holds_nothing, value.values())))


_OPS: Mapping[str, tuple[str, str]] = {
    "added": ("", "+"), "removed": ("diff", "−"), "changed": ("", "~"), "moved": ("", "↕"),
}  # fmt: skip


def _own_changes(after: Snapshot, before: Snapshot | None) -> list[Change]:
    """What changed since the parent of what the workflow and its executors keep themselves."""
    if before is None:
        return []
    return list(diff(_own(before), _own(after)).shown)


def _own(one: Snapshot) -> dict[str, Value]:
    """What the workflow and its executors keep themselves, where it stands in a checkpoint."""
    state = one.checkpoint.state
    return {"state": {**own_state(state), EXECUTORS: own_states(state)}}


def _change(change: Change, way: Sequence[Passed]) -> str:
    if change.op == "removed":
        return _shown(change.before, change, BEFORE_CELLS)
    if change.op == "moved":
        return "moved here"
    values = course(change.path, way)
    if len(values) > 2:
        return _course(values)
    if change.op == "changed":
        return f"{_shown(change.before, change, BEFORE_CELLS)} → {_shown(change.after, change, VALUE_CELLS)}"
    return _shown(change.after, change, VALUE_CELLS)


MOVING = 3
"""Values that are shown for their course although they did not change in this step."""


def _moving(way: Sequence[Passed]) -> list[tuple[Path, list[Scalar]]]:
    """The values that changed most often along the way, with their course."""
    found = [(path, course(path, way)) for path in (way[-1].scalars if way else ())]
    found = [(path, values) for path, values in found if len(values) > 1]
    return sorted(found, key=lambda pair: -len(pair[1]))[:MOVING]


def _course(values: Sequence[Scalar]) -> str:
    """The last values of a course, and its numbers as bars."""
    listed = [words(value, BEFORE_CELLS) for value in values[-COURSE:]]
    return f"{'… ' if len(values) > COURSE else ''}{' → '.join(listed)}{_spark(values)}"


def _shown(value: Value, change: Change, limit: int) -> str:
    return summary(value, limit, hide=True) if change.secrecy > PLAIN else words(value, limit)


def _spark(values: Sequence[Any]) -> str:
    numbers = numbers_of(values)
    return f"  {sparkline(numbers, SPARK_CELLS)}" if len(numbers) > 2 else ""


def _name(path: Path) -> str:
    """A path of the state for people, without what stands above all of it."""
    inner = path[2:] if path[1:2] == (EXECUTORS,) else path[1:]
    return clean(expression(inner), 80)


# -- what was said ---------------------------------------------------------------------------------------------------


def _talk(said: Conversation, told: Container[Path]) -> Iterator[Line]:
    spoken = [turn for turn in said.turns if turn.role and turn.path not in told]
    for turn in spoken[-LINES["talk"] :]:
        yield Line("talk", _turn(turn), turn.path, "talk", "+" if turn.is_new else "")


def _turn(turn: Turn) -> str:
    text = in_quotes(turn.text, 300) if turn.text else masked_text(turn.extras[-1])
    return f"{clean(turn.speaker, 40)}: {text}"
