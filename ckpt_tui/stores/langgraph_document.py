"""The body of a checkpoint of LangGraph: channels of the state, channels of pending work, and the nodes that ran.

Channel names and their meaning in each version of the format are langgraph/pregel/_algo.py and langgraph/constants.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ckpt_tui.core.documents.envelope import named_members, resolve
from ckpt_tui.core.langgraph_layout import INTERRUPT, NULL_TASK, SENDS, START
from ckpt_tui.core.msgpack.objects import unwrapped
from ckpt_tui.core.msgpack.serialized import decode
from ckpt_tui.core.reading.pending import attribute
from ckpt_tui.core.value import Value
from ckpt_tui.stores.langgraph_records import Write

_RETURN = "__return__"
"""Where a function of a functional workflow leaves its result; its task is not a node."""

BRANCH_TO = "branch:to:"
OLDER = (1, 2)
"""Versions of the body in which a node that has run leaves its name in a channel of that name."""


class Due(NamedTuple):
    """Work that waits at a checkpoint.

    Attributes:
        node: The node that runs next; "" where the format does not name it.
        source: The node that asked for it; "" where that is not known.
        argument: Its argument; None where it gets the state.
        is_input: It is the input of the graph.
    """

    node: str
    source: str = ""
    argument: Value = None
    is_input: bool = False


class GraphDocument(NamedTuple):
    """The body of a checkpoint.

    Attributes:
        version: `v` of the body; 0 where there is none.
        state: Channels that hold the state.
        due: Work that waits in it.
        joining: Joins for which only some of the nodes have come.
        seen: Node → the channels it has seen, with their versions as text; nodes in the order of the body.
        versions: Channel → its version.
        snapshots: Channels whose value is a snapshot of a `DeltaChannel`.
        time: When it was made, as in the body.
        about: All other members.
    """

    version: int
    state: dict[str, Value]
    due: tuple[Due, ...]
    joining: tuple[str, ...]
    seen: Mapping[str, Mapping[str, str]]
    versions: dict[str, Value]
    snapshots: frozenset[str]
    time: str
    about: dict[str, Value]


def read_document(value: Value) -> GraphDocument | None:
    """The body of a checkpoint, or None where the value is not one."""
    top = named_members(value)
    if top is None or named_members(top.get("channel_values")) is None:
        return None
    top = dict(top)
    version, time = top.pop("v", 0), top.pop("ts", "")
    channels = named_members(top.pop("channel_values")) or {}
    seen = {
        node: {channel: version_text(number) for channel, number in (named_members(channels_seen) or {}).items()}
        for node, channels_seen in (named_members(top.pop("versions_seen", None)) or {}).items()
    }
    versions = named_members(top.pop("channel_versions", None)) or {}
    sends = resolve(top.pop("pending_sends", None))
    top.pop("id", None)
    if not top.get("current_tasks", True):
        del top["current_tasks"]
    state: dict[str, Value] = {}
    due: list[Due] = []
    joining: list[str] = []
    snapshots = set()
    listeners = {channel for node, heard in seen.items() if node != INTERRUPT for channel in heard}
    for name, stored in channels.items():
        found = _work(name, stored, listeners, seen if version in OLDER else {})
        if found is not None:
            due += found
        elif name.startswith("join:"):
            sources, _, target = name.removeprefix("join:").partition(":")
            if _arrived(stored) < set(sources.split("+")):
                joining.append(name)
            else:
                due += [Due(target, source) for source in sources.split("+")]
        else:
            state[name], is_snapshot = unwrapped(stored)
            if is_snapshot:
                snapshots.add(name)
    due += sent(sends)
    return GraphDocument(
        version if type(version) is int else 0, state, tuple(due), tuple(joining), seen, versions,
        frozenset(snapshots), time if type(time) is str else "", top,
    )  # fmt: skip


def _work(name: str, value: Value, listeners: set[str], nodes: Mapping[str, Value]) -> list[Due] | None:
    """The work that a channel stands for; None where it holds state."""
    if name == START:
        return [Due(START, argument=value, is_input=True)]
    if name == SENDS:
        return sent(value)
    if name.startswith(BRANCH_TO):
        return [Due(name.removeprefix(BRANCH_TO))]
    if name.startswith("start:"):
        return [Due(name.removeprefix("start:"), START)]
    if name.startswith("branch:") and name.count(":") >= 3:
        _, source, rest = name.split(":", 2)
        return [Due(rest.rpartition(":")[2], source)]
    if name in nodes and type(value) is str and value == name:  # it has run; what follows is in the graph
        return [Due("", name)] if name in listeners else []
    return None


def sent(value: Value) -> list[Due]:
    """The calls of nodes with an argument of their own (`Send`) in a list of them."""
    value = resolve(value)
    found = []
    for item in value if type(value) in (list, tuple) else [value]:
        item = item[-1] if type(item) in (list, tuple) and item else item
        node = attribute(item, "node")
        if type(node) is str:
            found.append(Due(node, argument=attribute(item, "arg")))
    return found


def _arrived(value: Value) -> set[str]:
    items = getattr(resolve(value), "items", value)
    return {item for item in items if type(item) is str} if type(items) is list else set()


def version_text(value: Value) -> str:
    """The version of a channel, which is a text or a number, as text."""
    return value if type(value) is str else repr(value) if type(value) in (int, float) else ""


# -- nodes that ran ----------------------------------------------------------------------------------------------------


def nodes_that_ran(document: GraphDocument, before: GraphDocument | None) -> tuple[str, ...]:
    """The nodes that ran for a checkpoint: they have seen other versions than at its parent.

    Args:
        document: The checkpoint.
        before: Its parent; None where it has none.
    """
    known = {} if before is None else before.seen
    found = dict.fromkeys(
        node for node, heard in document.seen.items() if not _is_internal(node) and known.get(node) != heard
    )
    if before is not None:
        # Nodes that were sent to see no channel. Those of one step are all that were sent.
        found.update(
            dict.fromkeys(due.node for due in before.due if due.node and due.argument is not None and not due.is_input)
        )
    return tuple(found)


def _is_internal(node: str) -> bool:
    return node in ("__input__", INTERRUPT)


def pulled(write: Write) -> str:
    """The node of a task, by its path."""
    kind, _, node = write.path.partition(", ")
    return node if kind == "~__pregel_pull" else ""


def _joining(write: Write) -> str:
    """The node of a task that has written to a join: each of its sources writes its own name."""
    if not write.channel.startswith("join:"):
        return ""
    name = resolve(decode(write.encoding, write.data).value)
    sources = write.channel.removeprefix("join:").rpartition(":")[0].split("+")
    return name if type(name) is str and name in sources else ""


def node_of_tasks(document: GraphDocument | None, writes: Sequence[Write]) -> dict[str, str]:
    """Task → its node, as far as paths, channels and pending work show it; "" for an unknown task."""
    due = () if document is None else document.due
    sends = [one.node for one in due if one.argument is not None and not one.is_input]
    waiting = list(dict.fromkeys(one.node for one in due if one.node and (one.argument is None or one.is_input)))
    found: dict[str, str] = {}
    for write in writes:
        if write.task == NULL_TASK or found.get(write.task) or write.channel == _RETURN:
            continue
        node = pulled(write) or _joining(write)
        kind, _, rest = write.path.partition(", ")
        if kind == "~__pregel_push":
            number = rest.partition(",")[0]
            node = sends[int(number)] if number.isdigit() and int(number) < len(sends) else ""
        found[write.task] = node
    unknown = [task for task, node in found.items() if not node]
    if any(one.is_input for one in due) and document is not None:
        # A functional workflow runs from its input; which it is shows once it has run before.
        waiting += [node for node, heard in document.seen.items() if START in heard and node not in (START, INTERRUPT)]
        waiting = [node for node in waiting if node != START] if len(waiting) > 1 else waiting
    candidates = set(sends) if sends and not waiting else set(waiting) - set(found.values())
    if len(candidates) == 1 and (len(unknown) == 1 or not waiting):
        only = next(iter(candidates))
        found.update(dict.fromkeys(unknown, only))
    return found


# -- what is in flight -------------------------------------------------------------------------------------------------


def senders(due: Due, ran: Sequence[str], writes: Sequence[Write], nodes: Mapping[str, str]) -> tuple[str, ...]:
    """The nodes that caused some work.

    Args:
        due: The work.
        ran: The nodes that ran for the checkpoint at which it waits.
        writes: The writes of the tasks that ran from its parent.
        nodes: Task → its node, of those tasks.
    """
    if due.source:
        return (due.source,)
    channel = SENDS if due.argument is not None else BRANCH_TO + due.node
    tasks = list(dict.fromkeys(write.task for write in writes if write.channel == channel))
    found = list(dict.fromkeys(nodes[task] for task in tasks if nodes.get(task) in ran))
    if found:
        return tuple(found)
    if len(ran) == 1 or (tasks and len(tasks) == len(ran)):
        return tuple(ran)
    return (f"task {tasks[0][:8]}",) if tasks else ("?",)
