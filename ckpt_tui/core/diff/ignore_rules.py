"""Rules that ignore uninteresting changes, so that a view can hide them, count them and say why.

A rule that is on marks a change as ignored; it never removes it. What a person wants ignored besides is given as
patterns of paths.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ckpt_tui.core.documents.envelope import parsed
from ckpt_tui.core.matching.identity import is_random
from ckpt_tui.core.model import parse_time
from ckpt_tui.core.paths import Path, PathStep
from ckpt_tui.core.reading.pickled_objects import object_parts, type_name
from ckpt_tui.core.value import Deferred, Envelope, Obj, Value


class Rule(NamedTuple):
    """A named reason to ignore a change.

    Attributes:
        name: A stable word, as the config and the JSON have it.
        title: What it ignores, for people.
        patterns: Paths that a user-defined rule matches; empty for the built-in ones.
    """

    name: str
    title: str
    patterns: tuple[tuple[PathStep, ...], ...] = ()


BUILT_IN = (
    Rule("timestamps", "times of writing: created_at, updated_at, timestamp, … where both are a time"),
    Rule("random-ids", "random ids: id, message_id, session_id, … where both look random"),
    Rule("trace-ids", "ids of traces and spans: trace_contexts, source_span_ids, traceparent, …"),
    Rule("checkpoint-ids", "checkpoint_id and previous_checkpoint_id, and what names a checkpoint in a sub-workflow"),
    Rule("channel-versions", "versions of channels, which LangGraph counts: channel_versions, versions_seen, …"),
    Rule("absent-none", "an attribute that is None on one side and missing on the other"),
)
"""The rules that come with the program, in the order in which they are asked."""

_TIMES = frozenset((
    "timestamp", "timestamps", "created", "created_at", "createdat", "creation_time", "updated", "updated_at",
    "updatedat", "modified", "modified_at", "last_modified", "last_updated", "last_seen", "last_accessed",
    "started_at", "startedat", "start_time", "ended_at", "end_time", "finished_at", "completed_at", "saved_at",
    "generated_at", "logged_at", "now", "ts", "time", "elapsed", "elapsed_ms", "elapsed_seconds", "duration",
    "duration_ms", "duration_seconds", "latency_ms",
))  # fmt: skip
_RANDOM_IDS = frozenset((
    "id", "_id", "uuid", "message_id", "messageid", "response_id", "session_id", "service_session_id", "run_id",
    "request_id", "_request_id", "call_id", "tool_call_id", "event_id", "conversation_id", "client_id", "item_id",
    "execution_id", "workflow_id", "approval_request_id",
))  # fmt: skip
_TRACES = frozenset((
    "trace_contexts", "_trace_contexts", "trace_context", "source_span_ids", "source_span_id", "traceparent",
    "tracestate", "trace_id", "span_id", "parent_span_id", "traceid", "spanid", "root_span_id",
))  # fmt: skip
_CHECKPOINT_IDS = frozenset(("checkpoint_id", "previous_checkpoint_id"))
_CHANNEL_VERSIONS = frozenset(("channel_versions", "versions_seen", "updated_channels"))
_INNER = "sub_workflow_checkpoint"
"""Where the framework keeps the checkpoint of a workflow within a workflow."""
_INNER_NAMES = frozenset(("timestamp", *_CHECKPOINT_IDS))
_TIME_TYPES = frozenset(("datetime:datetime", "datetime:time", "datetime:timedelta"))


class IgnoreRules:
    """The rules that are on.

    Args:
        rules: Rules that are on; `BUILT_IN` unless some are off or others were added.
    """

    def __init__(self, rules: Iterable[Rule] = BUILT_IN) -> None:
        self.rules = tuple(rules)
        self._on = {rule.name for rule in self.rules}
        self._patterns = [(rule.name, pattern) for rule in self.rules for pattern in rule.patterns]

    @property
    def key(self) -> tuple[Rule, ...]:
        """A key that identifies these rules."""
        return self.rules

    def explain(self, path: Path, name: str, absent: str, before: Value, after: Value) -> str:
        """The name of the rule that ignores a change, or "".

        Args:
            path: Where it is.
            name: The name of the member that changed; "" for an item of a list.
            absent: "before" or "after" when the member is not there on that side, else "".
            before: Its former value.
            after: Its value.
        """
        on = self._on
        if name:
            short = name.lower()
            if not absent:
                if short in _TIMES and "timestamps" in on and _is_time(before) and _is_time(after):
                    return "timestamps"
                if short in _RANDOM_IDS and "random-ids" in on and _is_drawn(before) and _is_drawn(after):
                    return "random-ids"
                if "checkpoint-ids" in on and (short in _CHECKPOINT_IDS or (short in _INNER_NAMES and _INNER in path)):
                    return "checkpoint-ids"
            elif "absent-none" in on and (after if absent == "before" else before) is None:
                return "absent-none"
        if "trace-ids" in on and any(type(step) is str and step.lower() in _TRACES for step in path[-6:]):
            return "trace-ids"
        if "channel-versions" in on and path[:1] == ("metadata",) and not _CHANNEL_VERSIONS.isdisjoint(path[1:2]):
            return "channel-versions"
        for rule, pattern in self._patterns:
            if matches(pattern, path):
                return rule
        return ""


def _is_time(value: Value) -> bool:
    value = _atom(value)
    if type(value) is str:
        return bool(parse_time(value)) if 8 <= len(value) <= 40 else False
    return type(value) is int or type(value) is float or value is _TIME


def _is_drawn(value: Value) -> bool:
    value = _atom(value)
    return type(value) is str and is_random(value)


_TIME = object()


def _atom(value: Value) -> object:
    """The text or number of a value, for a UUID its text, for a time object a sign; None for anything large."""
    if type(value) is Envelope:
        if not value.ready:
            return None
        value = value.value
    elif type(value) is Deferred:
        value = parsed(value)
    if type(value) is not Obj:
        return value
    if type_name(value) in _TIME_TYPES:
        return _TIME
    parts = object_parts(value)
    return parts.text if parts.is_text else None


# -- patterns ----------------------------------------------------------------------------------------------------------

_PATTERN = (
    r'(?P<dot>\.)?(?:(?P<deep>\*\*)|(?P<any>\*)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<quoted>"(?:[^"\\]|\\.)*"))'
    r"|\[(?:(?P<index>\d{1,9})|(?P<each>\*))\]"
)

ANY = "*"
DEEP = "**"


class PatternFault(ValueError):
    """Text that is not a valid path pattern."""


def pattern(text: str) -> tuple[PathStep, ...]:
    """A pattern of paths: a path as the screen shows it, where `*` and `[*]` stand for any one step, `**` for any.

    >>> pattern("state.items[*].**.elapsed")
    ('state', 'items', '*', '**', 'elapsed')

    Raises:
        PatternFault: the text is not a pattern.
    """
    steps: list[PathStep] = []
    at = 0
    while at < len(text):
        found = re.compile(_PATTERN).match(text, at)
        if found is None or (not text.startswith("[", at) and bool(found["dot"]) != bool(steps)):
            raise PatternFault(f"not a path: {text!r}")
        if found["deep"]:
            steps.append(DEEP)
        elif found["any"] or found["each"]:
            steps.append(ANY)
        elif found["index"]:
            steps.append(int(found["index"]))
        else:
            steps.append(found["name"] or json.loads(found["quoted"]))
        at = found.end()
    if not steps:
        raise PatternFault("an empty path")
    return tuple(steps)


def matches(wanted: Sequence[PathStep], path: Path) -> bool:
    """Whether a path is one that a pattern means, or below one."""
    return _matches(tuple(wanted), path)


@lru_cache(maxsize=4096)
def _matches(wanted: tuple[PathStep, ...], path: Path) -> bool:
    places = {0}  # how many steps of the pattern are done
    size = len(wanted)
    for step in (*path, None):
        reached = set()
        for at in places:
            while at < size and wanted[at] == DEEP:
                reached.add(at)
                at += 1
            if at == size:
                return True
            if step is not None and (wanted[at] == ANY or wanted[at] == step):
                reached.add(at + 1)
        places = reached
    return False


def configured(table: Mapping[str, object]) -> tuple[Rule, ...]:
    """The rules that a config's `[ignore]` table asks for: `false` switches a rule off, a list of patterns adds one.

    Raises:
        PatternFault: an entry is neither, or holds something that is not a pattern.
    """
    rules = {rule.name: rule for rule in BUILT_IN}
    for name, entry in table.items():
        if entry is False:
            if name not in rules:
                raise PatternFault(f"{name} is not a rule; there are {', '.join(rules)}")
            del rules[name]
        elif entry is True and name in rules:
            continue
        elif isinstance(entry, list) and all(isinstance(item, str) for item in entry):
            if name in rules:
                raise PatternFault(f"{name} is a built-in rule, which is true or false")
            rules[name] = Rule(name, ", ".join(entry), tuple(pattern(item) for item in entry))
        else:
            raise PatternFault(f"{name} must be false, or a list of paths such as ['state.cache', '**.elapsed']")
    return tuple(rules.values())
