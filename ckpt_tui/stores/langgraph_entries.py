"""Checkpoints of LangGraph as the list shows them: run, role, status, nodes that ran, and messages in flight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal

from ckpt_tui.core.documents.envelope import named_members
from ckpt_tui.core.langgraph_layout import END, START
from ckpt_tui.core.model import INTERNAL, CheckpointRef, Facts, Problem, Role, Status, StoreMetadata, parse_time
from ckpt_tui.core.msgpack.serialized import decode, is_closed
from ckpt_tui.core.reading.gist import gist, gist_of_state
from ckpt_tui.core.safety.judgement import judge
from ckpt_tui.core.terms import LANGGRAPH
from ckpt_tui.core.text import clean
from ckpt_tui.core.value import Decoded, Opaque
from ckpt_tui.stores.base import Entry
from ckpt_tui.stores.langgraph_answers import answered_tasks
from ckpt_tui.stores.langgraph_document import OLDER, GraphDocument, senders
from ckpt_tui.stores.langgraph_names import above, encoded, run_of, saved_at, step_of, title_of
from ckpt_tui.stores.langgraph_outcome import Interrupt
from ckpt_tui.stores.langgraph_reader import Reading
from ckpt_tui.stores.langgraph_records import SMALL, Header, Key

_CALLED = frozenset(
    {"re:compile", "datetime:datetime.fromisoformat", "builtins:bytes.fromhex", "builtins:bytearray.fromhex"}
)
"""Functions that LangGraph's serializer writes, and that only make values."""

_ROLES: dict[str, Role] = {"input": "entry", "update": "edited", "fork": "forked"}
"""`source` of the metadata → the role of a checkpoint that no node ran for."""


def entry_of(header: Header, before: Entry | None = None) -> Entry:
    """The entry of a row, as far as its header shows.

    Args:
        header: The row.
        before: The entry of its parent, if that is known: equal texts are kept once.
    """
    key = header.key
    if key is None:
        return Problem(f"row {header.row}", "its thread, namespace or id is not a text", "foreign", header.size)
    file = encoded(key)
    when = saved_at(key.id)
    step = step_of(key.id)
    parent = parent_of(header)
    given = None
    if isinstance(before, CheckpointRef) and before.file == parent:
        parent, given = before.file, before.store_metadata if before.facts is None else None
    given = given or _metadata(key.thread, key.space)
    saved = datetime.fromtimestamp(when, UTC).isoformat() if when else ""
    return CheckpointRef(
        id=file, file=file, workflow=given.run if given.run == key.thread else key.thread, graph="", parent=parent,
        timestamp=saved, when=when, iteration=step, size=header.size, position=header.row, store_metadata=given,
    )  # fmt: skip


def parent_of(header: Header) -> str | None:
    """The file of the parent of a row; None where it has none."""
    key = header.key
    if key is None or header.parent is None or header.parent == key.id:
        return None
    return encoded(key._replace(id=header.parent))


@lru_cache(4096)
def _metadata(thread: str, space: str) -> StoreMetadata:
    """The metadata of a run, from a header; shared by its checkpoints."""
    key = Key(thread, space, "")
    caller = above(space)
    return StoreMetadata(
        run=run_of(key), title=title_of(key),
        above="" if caller is None else run_of(key._replace(space=caller)), framework=LANGGRAPH,
    )  # fmt: skip


def full_entry_of(header: Header, read: Reading, has_child: bool, has_returned: bool = False) -> Entry:
    """The entry of a row with the facts of its body.

    Args:
        header: The row.
        read: The checkpoint.
        has_child: Whether another one follows it.
        has_returned: Whether it is of a graph within the graph whose call has come to its end.
    """
    entry = entry_of(header)
    assert isinstance(entry, CheckpointRef)
    decoded, document = read.decoded, read.document
    closed = is_closed(header.encoding)
    if document is None and not closed and not decoded.is_cut:
        reason = decoded.fault or "it is not a checkpoint of LangGraph"
        return Problem(entry.file, reason, "damaged" if decoded.fault else "foreign", header.size)
    questions = () if has_child or read.asked_above else read.outcome.questions
    ran = read.ran or ()
    sources = [] if document is None else [
        INTERNAL + START if due.is_input else source
        for due in document.due
        for source in senders(due, ran, read.before_writes, read.before_nodes)
    ]  # fmt: skip
    step = read.metadata.get("step")
    when, timestamp = entry.when, entry.timestamp
    if not when and document is not None:
        when, timestamp = parse_time(document.time), document.time
    given = entry.store_metadata
    assert given is not None
    status = _status(read, has_child, bool(questions), has_returned and not has_child)
    role = _role(read, status)
    label = _label(read, role, bool(questions))
    return entry._replace(
        facts=_facts(document, questions, sources)._replace(gist=_gist(read, questions, role)),
        note=decoded.fault or dangers_of(decoded),
        when=when,
        timestamp=timestamp,
        iteration=step if type(step) is int else entry.iteration,
        store_metadata=given._replace(
            label=label,
            role=role,
            status=status,
            ran=read.ran,
            step=step if type(step) is int else entry.iteration,
            did="answered" if role == "response" else "",
        ),
    )


def _facts(document: GraphDocument | None, pending: Sequence[Interrupt], sources: Iterable[str]) -> Facts:
    """Its facts for the list."""
    due = () if document is None else document.due
    names = tuple(dict.fromkeys(sources))
    askers = tuple(dict.fromkeys(question.node or "?" for question in pending))
    return Facts(len(due), len(pending), names[:8], askers[:8], bool(document and document.joining))


def _gist(read: Reading, questions: Sequence[Interrupt], role: Role) -> str:
    """The content of a checkpoint's row in few words: the question, the input, or the output of the nodes that ran."""
    if questions:
        return gist(questions[0].value)
    document = read.document
    if document is None or role in ("failed", "forked"):  # the error is shown instead; a fork changes nothing
        return ""
    given = next((due.argument for due in document.due if due.is_input), None)
    if given is not None:
        return gist(given)
    if read.metadata.get("source") == "loop":
        written = [
            (one.channel, decode(one.encoding, one.data).value)
            for one in read.before_writes
            if one.number >= 0 and 0 < len(one.data) <= SMALL and one.channel in document.state
            and read.before_nodes.get(one.task, "") in ("", *(read.ran or ()))
        ]  # fmt: skip
        said = gist_of_state([pair for pair in written if type(pair[1]) is not Opaque])
        if said:
            return said
    changed = [(channel, document.state[channel]) for channel in read.changed if channel in document.state]
    return gist_of_state(changed or [*document.state.items()])


def _status(read: Reading, has_child: bool, waits: bool, is_left: bool) -> Status | Literal["unknown"]:
    """Whether work is left."""
    document = read.document
    if waits:
        return "waiting"
    if read.outcome.errors and not has_child:
        return "failed"
    if document is None:
        return "unknown"
    if document.due and not is_left:
        return "open"
    # In older formats only the graph says what follows a node.
    return "done" if document.version not in OLDER or END in document.state else "unknown"


def _role(read: Reading, status: str) -> Role:
    """The role of the checkpoint."""
    source = read.metadata.get("source")
    if status == "waiting":
        return "waiting"
    if status == "failed":
        return "failed"
    role = _ROLES.get(source) if type(source) is str else None
    if role is not None:
        return role
    if status == "done":
        return "final"
    return "response" if answered_tasks(read.before_writes) else "superstep"


def _label(read: Reading, role: Role, waits: bool) -> str:
    """The step, in a few words."""
    names = [clean(node, 40) for node in read.ran or () if node != START]
    text = ", ".join(names[:3]) + (f" +{len(names) - 3}" if len(names) > 3 else "")
    if not text and read.ran and role in ("superstep", "response", "final", "waiting", "failed"):
        text = "start"
    source = read.metadata.get("source")
    if source == "update":
        writers = named_members(read.metadata.get("writes")) or {}
        text = "edited" + (f" as {', '.join(clean(name, 40) for name in list(writers)[:3])}" if writers else "")
    elif type(source) is str and source in _ROLES:
        text = {"input": "input", "fork": "forked"}.get(source, "")
    if role == "response":
        text += ", answered"
    if waits:
        askers = dict.fromkeys(clean(question.node, 40) for question in read.outcome.questions if question.node)
        text += f" · {', '.join(list(askers)[:3]) or _nodes(len(read.outcome.questions))} waiting"
    elif read.asked_above:
        text += " · asked above"
    elif role == "failed":
        node, error = read.outcome.errors[0]
        text = f"failed {clean(node, 40) + ': ' if node else ''}{clean(error, 80) or '?'}"
    return text.removeprefix(" · ").removeprefix(", ") or "step"


def _nodes(count: int) -> str:
    return "a node" if count == 1 else f"{count} nodes"


def dangers_of(decoded: Decoded) -> str:
    """The callables that LangGraph itself would call when it loads a value, if they act; "" otherwise."""
    found = []
    for (module, qualname), ref in decoded.refs.items():
        judgement = judge(module, qualname)
        if judgement.kind == "acts" and ref.name not in _CALLED:
            found.append(f"{clean(ref.name, 80)} ({judgement.reason})")
    if not found:
        return ""
    return f"LangGraph calls {', '.join(found[:3])} when it loads this, unless it is strict (LANGGRAPH_STRICT_MSGPACK)"
