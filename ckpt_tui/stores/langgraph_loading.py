"""Loads a whole checkpoint of LangGraph: state, messages in flight, pending requests, and writes of tasks."""

from __future__ import annotations

from ckpt_tui.core.budgets import MessageBudget
from ckpt_tui.core.documents.envelope import named_members
from ckpt_tui.core.langgraph_layout import ANSWERED, START
from ckpt_tui.core.model import INTERNAL, Checkpoint, CheckpointRef
from ckpt_tui.core.msgpack.serialized import decode, is_closed
from ckpt_tui.core.paths import expression
from ckpt_tui.core.text import clean
from ckpt_tui.core.value import Decoded, Value
from ckpt_tui.stores.langgraph_delta import rebuilt
from ckpt_tui.stores.langgraph_document import BRANCH_TO, GraphDocument, senders
from ckpt_tui.stores.langgraph_entries import dangers_of
from ckpt_tui.stores.langgraph_names import above, run_of
from ckpt_tui.stores.langgraph_outcome import requests
from ckpt_tui.stores.langgraph_reader import LangGraphReader, Reading
from ckpt_tui.stores.langgraph_records import Key, Write


class _Remarks:
    """Remarks beside the values.

    Attributes:
        warnings: Irregularities.
        faults: Values that could not be decoded, with their places.
    """

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.faults: list[str] = []

    def take(self, decoded: Decoded, place: str) -> Value:
        """The value; its faults and warnings are noted."""
        danger = dangers_of(decoded)
        if danger:
            self.warnings.append(danger)
        self.faults += [f"{place}: {reason}" for reason in (decoded.fault, *decoded.opaque) if reason]
        return decoded.value


def checkpoint_of(
    key: Key, ref: CheckpointRef, read: Reading, reader: LangGraphReader, budget: MessageBudget
) -> Checkpoint:
    """A checkpoint that was read.

    Raises:
        DatabaseFault: an ancestor cannot be read.
        OSError: the database is not there any more.
    """
    remarks = _Remarks()
    state = remarks.take(read.decoded, "state" if is_closed(read.body.header.encoding) else "checkpoint")
    about: dict[str, Value] = dict(read.metadata)
    if read.document is not None:
        state = _state(key, read.document, read, reader, budget, remarks)
        document = read.document
        about |= {"channel_versions": document.versions, "versions_seen": dict(document.seen), **document.about}
    written = _written(read, budget, remarks)
    key_before = None if read.body.header.parent is None else key._replace(id=read.body.header.parent)
    if written:
        about["task_writes"] = written
    if key_before is not None and read.metadata.get("source") == "loop":
        answered = reader.answered(key_before, read, budget)
        if answered:
            about[ANSWERED] = answered
    if read.decoded.trailing:
        remarks.warnings.append(f"{read.decoded.trailing:,} bytes after the end of the checkpoint")
    if read.asked_above:
        asker = run_of(Key(key.thread, above(key.space) or "", ""))
        remarks.warnings.append(f"it waits for an answer that {clean(asker, 80)} asks for")
    waits = ref.facts is not None and ref.facts.pending
    return Checkpoint(
        ref, _messages(read), state, requests(read.outcome.questions) if waits else {}, about,
        tuple(dict.fromkeys(remarks.warnings)), tuple(dict.fromkeys(remarks.faults)), read.body.data or b"",
    )  # fmt: skip


def _state(
    key: Key, document: GraphDocument, read: Reading, reader: LangGraphReader, budget: MessageBudget, remarks: _Remarks
) -> dict[str, Value]:
    """The channels that hold state; those that store only additions are rebuilt as far as possible."""
    state = dict(document.state)
    counted = named_members(read.metadata.get("counters_since_delta_snapshot")) or {}
    for channel in sorted(set(counted) - set(state)):
        history = None if channel.startswith("__") else reader.history(key, channel, budget)
        if history is not None:
            state[channel], said = rebuilt(history)
            remarks.warnings.append(f"{clean(channel, 60)}: {said}")
    return state


def _written(read: Reading, budget: MessageBudget, remarks: _Remarks) -> dict[str, Value]:
    """The writes of each task that ran from the checkpoint: channel → value, a list where it wrote several."""
    tasks: dict[str, dict[str, list[Value]]] = {}
    for write in read.writes:
        name = _task(write, read)
        place = expression(("metadata", "task_writes", name, write.channel))
        value = remarks.take(decode(write.encoding, write.data, budget), clean(place, 200))
        if value is not None or not write.channel.startswith(BRANCH_TO):  # `messages` has it
            tasks.setdefault(name, {}).setdefault(write.channel, []).append(value)
    return {
        task: {channel: values[0] if len(values) == 1 else values for channel, values in channels.items()}
        for task, channels in tasks.items()
    }


def _task(write: Write, read: Reading) -> str:
    node = clean(read.nodes.get(write.task, ""), 60)
    start = clean(write.task[:8], 8)
    return f"{node} {start}".strip()


def _messages(read: Reading) -> dict[str, Value]:
    """The messages in flight: source → messages."""
    found: dict[str, list[Value]] = {}
    if read.document is None:
        return {}
    for due in read.document.due:
        if due.is_input:
            found.setdefault(INTERNAL + START, []).append({"source_id": INTERNAL + START, "data": due.argument})
            continue
        for source in senders(due, read.ran or (), read.before_writes, read.before_nodes):
            message: dict[str, Value] = {"source_id": source}
            if due.node:
                message["target_id"] = due.node
            found.setdefault(source, []).append({**message, "data": due.argument})
    return dict(found)
