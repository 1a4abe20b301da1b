"""Rules that leave differences out: each by its name, for what it says and for nothing else."""

import pickle
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from ckpt_tui.core.diff.ignore_rules import BUILT_IN, IgnoreRules, PatternFault, Rule, configured, matches, pattern
from ckpt_tui.core.diff.value_diff import diff
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.value import Envelope

INNER = "sub_workflow_checkpoint"
UUID_A, UUID_B = "0f8fad5b-d9cb-469f-a165-70867728950e", "7c9e6679-7425-40de-944b-e07fc1f90ae7"


def at(second: int) -> datetime:
    return datetime(2026, 1, 1, 10, 0, second, tzinfo=UTC)


def decoded(value: Any) -> Any:
    """The value as it is in a pickle."""
    return decode(pickle.dumps(value)).value


def pickled(value: Any) -> Envelope:
    """The value as it is in a file."""
    return Envelope(b64encode(pickle.dumps(value)).decode(), "")


def explained(before: Any, after: Any, ignore: IgnoreRules | None = None) -> dict[str, int]:
    difference = diff({"state": before}, {"state": after}, ignore)
    assert len(difference.changes) == difference.ignored + len(difference.shown)
    return difference.by_rule


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("timestamps", {"created_at": "2026-01-01T10:00:00Z"}, {"created_at": "2026-01-01T10:00:07Z"}),
        ("timestamps", {"updated_at": 1767261600.5}, {"updated_at": 1767261601.5}),
        ("random-ids", {"message_id": UUID_A}, {"message_id": UUID_B}),
        ("random-ids", {"session_id": "sess_8f14e45fceea167a5a36"}, {"session_id": "sess_c9f0f895fb98ab9159f5"}),
        ("trace-ids", {"trace_contexts": [{"traceparent": "00-a"}]}, {"trace_contexts": [{"traceparent": "00-b"}]}),
        ("trace-ids", {"source_span_ids": None}, {"source_span_ids": ["b7ad6b7169203331"]}),
        ("checkpoint-ids", {"checkpoint_id": "one"}, {"checkpoint_id": "two"}),
        ("checkpoint-ids", {"previous_checkpoint_id": None}, {"previous_checkpoint_id": "one"}),
        ("checkpoint-ids", {INNER: {"timestamp": "x"}}, {INNER: {"timestamp": "y"}}),
        ("absent-none", {"a": 1}, {"a": 1, "b": None}),
        ("absent-none", {"a": 1, "b": None}, {"a": 1}),
        ("timestamps", {"now": decoded(at(7))}, {"now": decoded(at(8))}),
        ("timestamps", {"now": pickled(at(7))}, {"now": pickled(at(8))}),
        ("timestamps", {"elapsed": 3}, {"elapsed": 4}),
        ("random-ids", {"run_id": decoded(UUID(UUID_A))}, {"run_id": decoded(UUID(UUID_B))}),
    ],
)
def test_a_rule_names_what_it_leaves_out(rule: str, before: Any, after: Any) -> None:
    assert explained(before, after) == {rule: 1}
    others = IgnoreRules(other for other in BUILT_IN if other.name != rule)
    assert explained(before, after, others) == {}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"created_at": "soon"}, {"created_at": "later"}),
        ({"due": "2026-01-01T10:00:00Z"}, {"due": "2026-01-02T10:00:00Z"}),
        ({"id": "writer"}, {"id": "reviewer"}),
        ({"selected": UUID_A}, {"selected": UUID_B}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"message_id": UUID_A}, {}),
        ({"timestamp": "x"}, {"timestamp": "y"}),
        ({"created_at": "1"}, {"created_at": "2"}),
        ({"created_at": True}, {"created_at": False}),
        ({"created_at": "2026-01-01T10:00:00Z"}, {"created_at": None}),
        ({"now": decoded(at(7))}, {"now": pickled("later")}),
    ],
)
def test_what_may_mean_something_is_reported(before: Any, after: Any) -> None:
    assert explained(before, after) == {}


def test_a_person_adds_and_switches_off_rules() -> None:
    rules = configured({"timestamps": False, "cache": ["state.cache", "state.**.elapsed"]})
    ignore = IgnoreRules(rules)
    assert explained(
        {"cache": {"x": 1}, "s": [{"elapsed": 1}]}, {"cache": {"x": 2}, "s": [{"elapsed": 2}]}, ignore
    ) == {"cache": 2}
    assert explained({"created_at": 1.0}, {"created_at": 2.0}, ignore) == {}


def test_a_rule_that_is_switched_on_is_as_it_was_and_the_entries_behind_it_count() -> None:
    assert configured({"timestamps": True, "mine": ["state.x"]}) == (
        *BUILT_IN,
        Rule("mine", "state.x", (("state", "x"),)),
    )


@pytest.mark.parametrize(
    "table", [{"nonsense": False}, {"timestamps": ["state.x"]}, {"mine": 3}, {"mine": ["a..b"]}, {"mine": [""]}]
)
def test_an_entry_that_is_no_rule_is_refused(table: dict[str, Any]) -> None:
    with pytest.raises(PatternFault):
        configured(table)


@pytest.mark.parametrize(
    ("text", "path", "found"),
    [
        ("state.a", ("state", "a"), True),
        ("state.a", ("state", "a", 3, "b"), True),
        ("state.a", ("state", "b"), False),
        ("state.*.b", ("state", "x", "b"), True),
        ("state.items[*].t", ("state", "items", 7, "t"), True),
        ("state.items[2]", ("state", "items", 3), False),
        ("**.t", ("state", "x", 1, "t"), True),
        ("**", ("state",), True),
        ("state.**.t", ("state", "t"), True),
        ('state."a b"', ("state", "a b"), True),
    ],
)
def test_a_pattern_means_a_path_and_all_below_it(text: str, path: Any, found: bool) -> None:
    assert matches(pattern(text), path) is found


def test_rules_have_names_of_their_own() -> None:
    assert len({rule.name for rule in BUILT_IN}) == len(BUILT_IN)
    assert all(isinstance(rule, Rule) and rule.title for rule in BUILT_IN)
