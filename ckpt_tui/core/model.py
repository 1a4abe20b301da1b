"""What a store holds, as values: checkpoint headers, whole checkpoints, pending requests, problems.

All are immutable: named tuples, because a store may hold a hundred thousand, and dataclasses take longer to import.
"""

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ckpt_tui.core.times import is_possible, utc_text
from ckpt_tui.core.times import parse_time as parse_time  # a part of what stores of others import from here
from ckpt_tui.core.value import Value

if TYPE_CHECKING:
    from ckpt_tui.core.topology import Topology

Role = Literal["entry", "superstep", "waiting", "response", "final", "edited", "forked", "failed"]
Status = Literal["waiting", "open", "done", "failed"]

INTERNAL = "internal:"
"""Prefix of a message source that is not an executor: a run's input, or an answer to a request."""


class Facts(NamedTuple):
    """The values of a checkpoint's body that the list shows.

    Attributes:
        messages: Messages in flight.
        pending: Requests that wait for an answer.
        sources: Who sent the messages in flight, in file order, at most `MAX_NAMES`.
        askers: The executors that wait for an answer, at most `MAX_NAMES`; may be fewer than `pending`.
        edges: Whether a fan-in is partially filled, which is work left.
        gist: The content of its row in a few words, safe for a terminal: what is asked, what was answered, what is in
            flight, or the result of the run; "" where that is unknown.
    """

    messages: int
    pending: int
    sources: tuple[str, ...]
    askers: tuple[str, ...]
    edges: bool
    gist: str = ""


class StoreMetadata(NamedTuple):
    """Facts that a store itself has about a checkpoint, where Agent Framework's fields leave them to be inferred.

    Attributes:
        run: Id of the run it belongs to; "" where a run is a chain of parents.
        title: The run's name for people.
        label: What happened, in a few words; "" where messages and requests show it.
        role: What kind of point it is; None where the facts show it.
        status: Whether work is left; None where the facts show it, "unknown" where nothing does.
        step: The number shown instead of `iteration`, or None.
        before: Id of the checkpoint it is taken to follow, where the format names no parent; "" for none. Nothing else
            is guessed then.
        ran: The executors that ran for it, or None where they are inferred.
        above: Id of the run that its run is a part of, or "".
        store: Name of its store where several are shown as one list, or "".
        has_file_time: Its time is that of its file, because the format keeps none: a copy of the file changes it.
        did: A word for what happened that its role does not say, such as "answered", or "".
        framework: The framework whose terms are used, as in `core.terms`; "" for Agent Framework's.
    """

    run: str = ""
    title: str = ""
    label: str = ""
    role: Role | None = None
    status: Status | Literal["unknown"] | None = None
    step: int | None = None
    before: str = ""
    ran: tuple[str, ...] | None = None
    above: str = ""
    store: str = ""
    has_file_time: bool = False
    did: str = ""
    framework: str = ""


MAX_NAMES = 8
"""Names kept in `Facts`: more than a row of the list can show."""


class CheckpointRef(NamedTuple):
    """One checkpoint as the list shows it.

    Attributes:
        id: The id the framework loads it by: the file name without `.json`.
        file: The file name, with surrogate escapes where it is not UTF-8.
        workflow: The workflow's name as the file gives it.
        graph: The graph signature hash, hex.
        parent: `previous_checkpoint_id` as the file gives it.
        timestamp: The text of the file.
        when: Seconds since 1970 of `timestamp`; 0.0 when it is not a date.
        iteration: `iteration_count`: neither unique nor monotone, shown but never ordered by.
        size: Bytes of the file.
        facts: The facts of its body, or None where it has not been read yet.
        note: What is irregular about the file, or "".
        inner: `checkpoint_id` inside the file when it differs from `id` (a renamed copy), or "".
        chain: Where the format names no parent: a key that checkpoints of one sequence in time share; else "".
        position: Place in the store's own order, where it has one; orders checkpoints of the same time.
        store_metadata: The store's own facts about it, or None.
        carries_answers: Its first message is from outside the workflow; known only where the parent has to be guessed.
    """

    id: str
    file: str
    workflow: str
    graph: str
    parent: str | None
    timestamp: str
    when: float
    iteration: int
    size: int
    facts: Facts | None = None
    note: str = ""
    inner: str = ""
    chain: str = ""
    position: int = 0
    store_metadata: StoreMetadata | None = None
    carries_answers: bool = False

    @property
    def role(self) -> Role | None:
        """What kind of point in the run this is, as the file shows it; None while the body is unread."""
        if self.store_metadata is not None and self.store_metadata.role is not None:
            return self.store_metadata.role
        facts = self.facts
        if facts is None:
            return None
        if facts.pending:
            return "waiting"
        if facts.messages and all(source.startswith(INTERNAL) for source in facts.sources):
            return "entry" if self.iteration == 0 else "response"
        return "superstep" if facts.messages or facts.edges or self.iteration == 0 else "final"

    @property
    def status(self) -> Status | None:
        """Waiting for an answer, open (work left), done or failed; None where the body is unread or lacks it."""
        if self.store_metadata is not None and self.store_metadata.status is not None:
            return None if self.store_metadata.status == "unknown" else self.store_metadata.status
        facts = self.facts
        if facts is None:
            return None
        if facts.pending:
            return "waiting"
        return "open" if facts.messages or facts.edges else "done"

    @property
    def step(self) -> int:
        """The number shown in the list: the store's own, else `iteration`."""
        given = self.store_metadata
        return self.iteration if given is None or given.step is None else given.step

    @property
    def told(self) -> StoreMetadata | None:
        """The former name of `store_metadata`."""
        return self.store_metadata

    @property
    def rank(self) -> tuple[float, int, str]:
        """The sort key of checkpoints that no parent orders: time, the store's own order, id."""
        return self.when, self.position, self.id

    @property
    def utc(self) -> str:
        """The timestamp as UTC in ISO 8601 with `Z`, or the text of the file where that time is impossible."""
        if not is_possible(self.when):
            return self.timestamp
        return utc_text(self.when)


# Former names, which readers of others may use: the class `Told`, and the argument `told`.
Told = StoreMetadata
_new = CheckpointRef.__new__


def _with_former_name(
    cls: type[CheckpointRef], *fields: Any, told: StoreMetadata | None = None, **named: Any
) -> CheckpointRef:
    if told is not None:
        named["store_metadata"] = told
    return _new(cls, *fields, **named)


CheckpointRef.__new__ = _with_former_name  # type: ignore[method-assign, assignment]


def has_file_time(ref: CheckpointRef) -> bool:
    """Whether the time of a checkpoint is that of its file, which a copy changes, and not that of the run."""
    return ref.store_metadata is not None and ref.store_metadata.has_file_time


class Problem(NamedTuple):
    """An entry of the directory that should be a checkpoint and cannot be shown as one.

    Attributes:
        file: The file name.
        reason: What is wrong, as text for people.
        kind: A stable word for programs: truncated, not-json, foreign, unreadable, not-a-file, ...
        size: Bytes, or 0 when unknown.
    """

    file: str
    reason: str
    kind: str
    size: int = 0


class PendingRequest(NamedTuple):
    """A request that waits for an answer.

    Attributes:
        id: The request id to answer.
        executor: The executor that asked.
        request_type: Type of the request's data.
        response_type: Type of the answer expected.
        data: The data of the request.
    """

    id: str
    executor: str
    request_type: str
    response_type: str
    data: Value


PARTS = ("messages", "state", "pending", "metadata")
"""The parts of a checkpoint that hold values: attributes of `Checkpoint`, and the first names of paths."""


class Checkpoint(NamedTuple):
    """One checkpoint, decoded.

    Attributes:
        ref: Its header.
        messages: Messages in flight: source id → list of messages.
        state: The workflow's state.
        pending: Pending requests: request id → request event.
        metadata: `metadata`, and every other member of the file.
        warnings: What is irregular about it, for people.
        faults: Values that could not be decoded: where, and why.
        raw: The bytes of the file.
        topology: The workflow's graph where the store knows it exactly, else None.
        is_bare: It is known to hold no pickle, and nothing that a search for pickles would find.
    """

    ref: CheckpointRef
    messages: Value
    state: Value
    pending: Value
    metadata: Value
    warnings: tuple[str, ...]
    faults: tuple[str, ...]
    raw: bytes
    topology: "Topology | None" = None
    is_bare: bool = False


def parts_of(checkpoint: Checkpoint) -> dict[str, Value]:
    """The parts of a checkpoint that hold values, by name."""
    return {name: getattr(checkpoint, name) for name in PARTS}
