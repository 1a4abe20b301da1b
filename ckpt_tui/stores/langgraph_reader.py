"""Reads checkpoints of LangGraph with their parents and the writes of tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ckpt_tui.core.budgets import MessageBudget
from ckpt_tui.core.documents.envelope import named_members
from ckpt_tui.core.langgraph_layout import ERROR, INTERRUPT
from ckpt_tui.core.msgpack.serialized import decode
from ckpt_tui.core.value import Decoded, Value
from ckpt_tui.stores.langgraph_answers import answered_interrupts
from ckpt_tui.stores.langgraph_channels import with_values
from ckpt_tui.stores.langgraph_delta import MISSING, DeltaHistory
from ckpt_tui.stores.langgraph_document import (
    GraphDocument,
    node_of_tasks,
    nodes_that_ran,
    pulled,
    read_document,
    version_text,
)
from ckpt_tui.stores.langgraph_names import above
from ckpt_tui.stores.langgraph_outcome import StepOutcome, outcome
from ckpt_tui.stores.langgraph_records import Body, Key, Rows, Write

KEPT_DOCUMENTS = 512
"""Documents kept for their children, which are read next; they hold only the versions that nodes have seen."""

ANCESTORS = 1_000
"""Checkpoints that are walked up for the value of a `DeltaChannel`."""


class Reading(NamedTuple):
    """One checkpoint with its parent's and its own writes.

    Attributes:
        body: Its row.
        decoded: The result of decoding its body.
        document: Its body; None where that cannot be read.
        metadata: Its metadata.
        ran: The nodes that ran for it; None where they are not known.
        before_writes: The writes of the tasks that ran from its parent.
        before_nodes: Their nodes.
        writes: The writes of the tasks that ran from it.
        nodes: Their nodes.
        outcome: Their results: questions and errors.
        changed: Channels with another version than at its parent.
        asked_above: Its questions are shown at the checkpoint that called its subgraph.
    """

    body: Body
    decoded: Decoded
    document: GraphDocument | None
    metadata: dict[str, Value]
    ran: tuple[str, ...] | None
    before_writes: list[Write]
    before_nodes: dict[str, str]
    writes: list[Write]
    nodes: dict[str, str]
    outcome: StepOutcome
    changed: tuple[str, ...]
    asked_above: bool


class LangGraphReader:
    """Reads checkpoints from the rows of a store.

    Args:
        rows: The rows.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._documents: dict[Key, GraphDocument | None] = {}

    def forget(self) -> None:
        """Forget everything read, as the store was made again."""
        self._documents.clear()

    def read(self, keys: Sequence[Key], budget: MessageBudget, only: Sequence[str]) -> Iterator[Reading]:
        """Checkpoints with their parents and the writes of tasks.

        Raises:
            DatabaseFault: the database cannot be read.
            OSError: it is not there.
        """
        bodies = self._rows.bodies(keys, budget.bytes)
        parents = {
            key: key._replace(id=body.header.parent) for key, body in bodies.items() if body.header.parent is not None
        }
        absent = [key for key in dict.fromkeys(parents.values()) if key not in bodies and key not in self._documents]
        for key, body in self._rows.bodies(absent, budget.bytes).items():
            self._keep(key, document_of(body, budget)[1])
        writes = self._rows.writes(dict.fromkeys([*keys, *parents.values()]), budget.bytes, only)
        for key, body in sorted(bodies.items(), key=lambda one: one[1].header.row):
            decoded, document = document_of(body, budget)
            self._keep(key, document)
            metadata = named_members(decode(body.metadata_encoding, body.metadata, budget).value) or {}
            own = writes.get(key, [])
            parent = parents.get(key)
            before = None if parent is None else self._documents.get(parent)
            before_writes = [] if parent is None else writes.get(parent, [])
            ran = tuple(dict.fromkeys(node for one in before_writes if (node := pulled(one)))) or None
            if document is not None and (parent is None or before is not None):
                ran = nodes_that_ran(document, before)
            nodes = node_of_tasks(document, own)
            values = {
                write.row: decode(write.encoding, write.data, budget).value
                for write in own
                if write.channel in (INTERRUPT, ERROR)
            }
            found = outcome(own, nodes, values)
            yield Reading(
                body, decoded, document, metadata, ran, before_writes,
                node_of_tasks(before, before_writes), own, nodes, found,
                _changed(document, before),
                bool(found.questions) and self._asks_above(key, metadata),
            )  # fmt: skip

    def _keep(self, key: Key, document: GraphDocument | None) -> None:
        if len(self._documents) >= KEPT_DOCUMENTS:
            for old in list(self._documents)[: KEPT_DOCUMENTS // 2]:
                self._documents.pop(old, None)
        if document is not None:  # its state may be large, and is evaluated on the store again
            document = document._replace(state={}, about={})
        self._documents[key] = document

    def _asks_above(self, key: Key, metadata: dict[str, Value]) -> bool:
        """Whether the checkpoint that called this subgraph shows its questions, too."""
        caller, task = _caller(key, metadata)
        return caller is not None and any(
            write.channel == INTERRUPT and (not task or write.task == task) for write in self._written(caller)
        )

    def _written(self, key: Key) -> list[Write]:
        """The writes of the tasks of a checkpoint, without the values."""
        return self._rows.writes([key], 0).get(key, [])

    def caller_of(self, read: Reading) -> tuple[Key | None, bool]:
        """The checkpoint that called the graph of one in which work is due, and whether that call has come to its end.

        A subgraph that ends by a command to its parent graph leaves a last checkpoint with pending work.
        """
        key, document = read.body.header.key, read.document
        if key is None or document is None or not document.due or read.outcome.questions:
            return None, False
        caller, task = _caller(key, read.metadata)
        if caller is None or not task:
            return caller, False
        return caller, any(write.task == task and write.number >= 0 for write in self._written(caller))

    def answered(self, parent: Key, read: Reading, budget: MessageBudget) -> list[Value]:
        """The interrupts that were answered before a checkpoint was made, as from `answered_interrupts`."""
        return answered_interrupts(parent, read.before_writes, read.before_nodes, self._rows, budget)

    def history(self, key: Key, channel: str, budget: MessageBudget) -> DeltaHistory | None:
        """The parts of a channel's value that is not stored; None where it was never written to."""
        writes: list[list[Value]] = []
        seed: Value = MISSING
        is_whole = False
        at = key
        for _ in range(ANCESTORS):
            body = self._rows.bodies([at], budget.bytes).get(at)
            document = None if body is None else document_of(body, budget)[1]
            if body is None or document is None:
                break
            if channel in document.state:
                seed, is_whole = document.state[channel], True
                break
            if body.header.parent is None:
                is_whole = True
                break
            at = at._replace(id=body.header.parent)
            own = self._rows.writes([at], budget.bytes, (channel,)).get(at, [])
            writes.append([decode(one.encoding, one.data, budget).value for one in own if one.channel == channel])
        flat = [value for step in reversed(writes) for value in step]
        return DeltaHistory(seed, flat, is_whole) if flat or seed is not MISSING else None


def _caller(key: Key, metadata: dict[str, Value]) -> tuple[Key | None, str]:
    """The checkpoint that called the graph of a checkpoint, where it is known, and the task that did."""
    space = above(key.space)
    name = (named_members(metadata.get("parents")) or {}).get(space or "")
    if space is None or type(name) is not str:
        return None, ""
    return Key(key.thread, space, name), key.space.rpartition("|")[2].partition(":")[2]


def _changed(document: GraphDocument | None, before: GraphDocument | None) -> tuple[str, ...]:
    known = {} if before is None else before.versions
    versions = {} if document is None else document.versions
    return tuple(
        channel for channel, version in versions.items() if version_text(known.get(channel)) != version_text(version)
    )


def document_of(body: Body, budget: MessageBudget) -> tuple[Decoded, GraphDocument | None]:
    """A body decoded; the document is None if it is not one, or cannot be read to its end."""
    if body.data is None:
        size = body.header.size
        reason = f"{size:,} bytes; at most {budget.bytes:,} are read" if size > budget.bytes else "it has no body"
        return Decoded(None, 0, reason, 0, size > budget.bytes), None
    decoded = decode(body.header.encoding, body.data, budget)
    if body.values is not None:
        decoded = with_values(decoded, body, budget)
    return decoded, None if decoded.fault else read_document(decoded.value)
