"""The JSON document of `ls`."""

import json
from typing import Any

import pytest

from ckpt_tui.core.json_text import dumps_lines
from ckpt_tui.core.model import CheckpointRef, Facts, Problem, StoreMetadata, parse_time
from ckpt_tui.core.runs.lineage import arrange
from ckpt_tui.core.runs.list_document import ls_document, ref_document

NASTY = "\x1b[2J \x7f \x9b31m \u202e \u200b \ufeff \u2028 \ud800 \U000e0001 \0 \n \r \t"


def ref(**how: Any) -> CheckpointRef:
    stamp = how.pop("timestamp", "2026-11-22T04:47:50.593221+00:00")
    base = CheckpointRef("one", "one.json", "flow", "cafe", None, stamp, parse_time(stamp), 3, 400)
    return base._replace(**how)


def test_the_document_has_the_members_of_the_contract() -> None:
    facts = Facts(1, 2, ("internal:start",), ("ask",), False)
    runs = arrange([ref(facts=facts, iteration=0)])
    document = ls_document("agent-framework", "here", runs, [Problem("b.json", "why", "kind"), Problem("a", "w", "k")])
    assert document == {
        "schema": "ckpt-tui/ls@1",
        "store": {"kind": "agent-framework", "path": "here"},
        "checkpoints": [
            {
                "id": "one", "file": "one.json", "workflow": "flow", "run": "one", "parent": None,
                "timestamp": "2026-11-22T04:47:50.593221Z", "iteration": 0, "size": 400, "role": "waiting",
                "status": "waiting", "messages": 1, "pending": 2, "graph": "cafe",
            }
        ],
        "problems": [
            {"file": "a", "reason": "w", "kind": "k"}, {"file": "b.json", "reason": "why", "kind": "kind"},
        ],
    }  # fmt: skip


def test_counts_are_null_where_nobody_looked() -> None:
    document = ref_document(ref())
    assert [document[name] for name in ("role", "status", "messages", "pending")] == [None] * 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22T04:47:50.593221+00:00", "2026-11-22T04:47:50.593221Z"),
        ("2026-11-22T04:47:50+00:00", "2026-11-22T04:47:50Z"),
        ("2026-11-22T04:47:50.593221+02:00", "2026-11-22T02:47:50.593221Z"),
        ("2026-11-22T04:47:50.593221", "2026-11-22T04:47:50.593221Z"),
        ("2026-11-22 04:47:50.593221+00:00", "2026-11-22T04:47:50.593221Z"),
        ("2026-13-22T04:47:50.593221+00:00", "2026-13-22T04:47:50.593221+00:00"),
        ("soon", "soon"),
        ("", ""),
    ],
)
def test_timestamps_are_utc_or_as_the_file_has_them(text: str, expected: str) -> None:
    assert ref_document(ref(timestamp=text))["timestamp"] == expected


def test_a_guessed_parent_and_what_is_odd_are_reported() -> None:
    facts = Facts(0, 0, (), (), False)
    runs = arrange([ref(iteration=2), ref(id="two", iteration=3, when=9e9, facts=facts, note="odd")])
    two = ls_document("k", "p", runs, [])["checkpoints"][1]
    assert (two["guessed_parent"], two["parent"], two["notes"]) == ("one", None, ["odd"])
    missing = arrange([ref(parent="gone", note="odd")])
    assert ls_document("k", "p", missing, [])["checkpoints"][0]["notes"] == ["odd", "parent missing"]


def test_each_checkpoint_is_a_line_whatever_is_said_of_it() -> None:
    facts = Facts(1, 2, ("internal:start",), ("ask",), False)
    given = StoreMetadata(title="a run", step=4, ran=("a",))
    refs = [
        ref(), ref(id="two", file="two.json", parent="one"), ref(id=NASTY, file=f"{NASTY}.json", workflow=NASTY),
        ref(id="ü 漢字 🎉", file='"\\.json', parent="gone", timestamp="soon"), ref(id="facts", facts=facts),
        ref(id="note", note="odd"), ref(id="given", store_metadata=given),
        ref(id="", file="", workflow="", graph="", size=0),
        ref(id="guessed", iteration=4, parent=None, when=9e9),
    ]  # fmt: skip
    runs = arrange(refs)
    assert any(node.guessed for run in runs for node in run.nodes)
    for some in ((runs, [Problem("a", NASTY, "k")]), (runs[:1], []), ((), [])):
        document = ls_document("k", "p", *some)
        text = dumps_lines(document)
        assert json.loads(text) == document
        rows = [line for line in text.splitlines() if line.startswith('    {"id": ')]
        assert [json.loads(row.rstrip(",")) for row in rows] == document["checkpoints"]
