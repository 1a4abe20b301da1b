"""The lines of an overview about the step: what ran, what is there now, and what came out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ckpt_tui.core.langgraph_layout import START
from ckpt_tui.core.model import PendingRequest
from ckpt_tui.core.overview.line import UNWRITTEN, VALUE_CELLS, Label, Line
from ckpt_tui.core.overview.state_lines import own_changes, place_text, value_text
from ckpt_tui.core.overview.trail import YOU, in_quotes, words
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.chat import call_line, fields
from ckpt_tui.core.reading.conversation import Conversation
from ckpt_tui.core.reading.lookup import lookup
from ckpt_tui.core.reading.typenames import short_type
from ckpt_tui.core.secret_texts import masked_text
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.steps.snapshots import Snapshot
from ckpt_tui.core.steps.steps import Flight, Step
from ckpt_tui.core.terms import ran_in_words, source_in_words, terms_of
from ckpt_tui.core.value import Value


def now_lines(after: Snapshot, step: Step, goes_on: bool) -> Iterator[Line]:
    """The lines of the present: pending requests, messages in flight, executors that wait."""
    for request in after.requests.values():
        yield from _request(request, terms_of(after.checkpoint.ref).executor)
    for flight in step.flights:
        yield _flight(flight, "now", "▸")
    for name in step.due:
        yield Line("now", f"{shown_name(name, 60)} will run again", (), "graph", "▸")
    for wait in step.waits:
        if wait.reason.startswith("a message"):
            yield Line(
                "now", f"{shown_name(wait.executor, 60)} waits for {shown_name(wait.reason, 200)}", (), "graph", "◌"
            )
    if not after.requests and after.checkpoint.ref.status == "open" and not goes_on:
        yield Line("now", UNWRITTEN, (), "graph", "!")


def _request(request: PendingRequest, executor: str) -> Iterator[Line]:
    path: Path = ("pending", request.id)
    who = shown_name(request.executor, 60) or f"some {executor}"
    data = fields(request.data)
    call = data.get("function_call") or data.get("functionCall") or data.get("toolCall")
    if call is not None:
        yield Line("now", f"{who} asks {YOU} whether it may call {masked_text(call_line(fields(call)))}", path, "", "‖")
        return
    expected = shown_name(short_type(request.response_type), 60) or "an answer"
    yield Line("now", f"{who} asks {YOU} for {expected}", path, "", "‖")
    text = words(request.data)
    if text not in ("null", "{}", '""'):
        yield Line("now", f"  {text}", (*path, "data"))


def _flight(flight: Flight, label: Label, sign: str) -> Line:
    source = {"input": "the input", "answer": "the answer"}.get(flight.sort)
    source = source or shown_name(source_in_words(flight.source), 60)
    targets = ", ".join(shown_name(name, 60) for name in flight.targets)
    number = f" ×{len(flight.data)}" if len(flight.data) > 1 else ""
    data = _said(flight.data[0]) if flight.data else ""
    return Line(label, f"{source} → {targets or '?'}{number}{data}", ("messages",), "", sign)


def _said(data: Value) -> str:
    """The content of a message, to follow its route; "" where it has none."""
    return "" if data is None else f": {words(data, VALUE_CELLS)}"


def outcome_lines(after: Snapshot, before: Snapshot | None, step: Step, said: Conversation) -> Iterator[Line]:
    """The lines of the outcome: what the last step kept and said; outputs themselves are in no checkpoint."""
    found = False
    for change in own_changes(after, before):
        if change.op in ("added", "changed"):
            found = True
            yield Line(
                "outcome", f"{place_text(change.path)}  {value_text(change.after, change, VALUE_CELLS)}", change.path
            )
    for key, name in list(after.calls.items())[-1:]:
        found = True
        path = ("state", "_step_cache", key)
        yield Line("outcome", f"{name}  {words(lookup(after.checkpoint.state, path[1:]).value, VALUE_CELLS)}", path)
    last = [turn for turn in said.turns if turn.text and turn.role != "user"][-_side_by_side(before) :]
    for turn in last:
        yield Line("outcome", f"{shown_name(turn.speaker, 40)}: {in_quotes(turn.text, 400)}", turn.path, "talk")
    if not last and not found:
        ran = ", ".join(shown_name(name, 60) for name in step.names if name != START)
        taken = next((sent for sent in before.sent if sent.sort == "message"), None) if before is not None else None
        got = f" with {words(taken.data, VALUE_CELLS)}" if taken is not None else ""
        if ran:
            yield Line("outcome", f"{ran} ran last{got}; its output is in no checkpoint", (), "graph")


def _side_by_side(before: Snapshot | None) -> int:
    """How many executors sent what the last step gathered."""
    return max(len(before.senders) if before is not None else 1, 1)


_NOTHING = {
    "input": "the input came in; nothing ran yet",
    "answer": "an answer came in; nothing ran yet",
    "start": "what came before is not in the store",
    "superstep": "nothing shows that anything ran",
}


def step_lines(step: Step, before: Snapshot | None) -> Iterator[Line]:
    """The lines of the step: which executors ran, which answers came in, which requests were raised."""
    names = [f"{'~' if ran.inferred else ''}{shown_name(ran.executor, 60)}" for ran in step.ran if ran.certain]
    maybe = [shown_name(ran.executor, 60) for ran in step.ran if not ran.certain]
    ran = ran_in_words(names or [f"one of {', '.join(maybe)}"], " ∥ ") if step.ran else _NOTHING[step.kind]
    yield Line("step", ran, (), "graph", "●" if step.ran else "")
    for answered in step.answered:
        said = words(answered.answer, VALUE_CELLS) if answered.given else "no file contains the answer"
        who = shown_name(answered.request.executor, 60)
        whom = f" {who}" if who else ""
        yield Line("step", f"{YOU} answered{whom}: {said}", (answered.part,) if answered.given else (), "", "−")
    asked = Counter(request.executor for request in step.raised)
    for request in step.raised:
        if number := asked.pop(request.executor, 0):
            word = "request" if number == 1 else f"{number} requests"
            path: Path = ("pending", request.id) if number == 1 else ("pending",)
            yield Line("step", f"{word} of {shown_name(request.executor, 60)} to {YOU}", path, "", "+")
    if before is None or step.kind != "superstep":
        return
    for sent in before.sent:
        if sent.sort == "message":
            source = shown_name(source_in_words(sent.source), 60)
            target = f" → {shown_name(sent.target, 60)}" if sent.target else ""
            yield Line("step", f"{source}{target}{_said(sent.data)}", (), "diff", "−")
