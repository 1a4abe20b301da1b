"""JSON documents and JSON text."""

import json
from typing import Any

import pytest

from ckpt_tui.core.export import dumps, dumps_lines, show_document
from ckpt_tui.core.model import Checkpoint, CheckpointRef, Facts, Problem, StoreMetadata, parse_time
from ckpt_tui.core.runs.lineage import arrange
from ckpt_tui.core.runs.list_document import ls_document, ref_document
from ckpt_tui.core.text import unsafe

NASTY = "\x1b[2J \x7f \x9b31m \u202e \u200b \ufeff \u2028 \ud800 \U000e0001 \0 \n \r \t"
WRITERS = [dumps, lambda document: dumps(document, indent=None), dumps_lines]


def ref(**how: Any) -> CheckpointRef:
    stamp = how.pop("timestamp", "2026-11-22T04:47:50.593221+00:00")
    base = CheckpointRef("one", "one.json", "flow", "cafe", None, stamp, parse_time(stamp), 3, 400)
    return base._replace(**how)


class TestText:
    @pytest.mark.parametrize("write", WRITERS)
    def test_characters_that_a_terminal_obeys_are_escaped_in_keys_and_values(self, write: Any) -> None:
        document = {"items": [{"id": NASTY}, {"id": "ü 漢字 🎉"}], NASTY: NASTY}
        text = write(document)
        assert unsafe().sub("", text.replace("\n", "")) == text.replace("\n", "")
        assert json.loads(text) == document

    def test_readable_characters_stay(self) -> None:
        assert dumps({"name": "Grüße 漢字 🎉"}, indent=None) == '{"name": "Grüße 漢字 🎉"}'

    def test_del_is_escaped_where_all_else_is_plain(self) -> None:
        assert dumps("a\x7fb") == '"a\\u007fb"'

    @pytest.mark.parametrize("kind", [list, dict])
    def test_a_document_deeper_than_the_encoder_goes_is_written(self, kind: type) -> None:
        document: Any = "end"
        for _ in range(50_000):
            document = [document] if kind is list else {"a": document}
        text = dumps(document)
        begin, end = ("[", "]") if kind is list else ('{"a": ', "}")
        assert text == begin * 50_000 + '"end"' + end * 50_000

    def test_a_deep_document_is_escaped_too(self) -> None:
        document: Any = {"\x1b": "\u202e"}
        for _ in range(5_000):
            document = [document, 1, None]
        assert '{"\\u001b": "\\u202e"}' in dumps(document)

    @pytest.mark.parametrize(
        ("value", "name"), [(float("nan"), "NaN"), (float("inf"), "Infinity"), (float("-inf"), "-Infinity")]
    )
    def test_no_number_is_written_that_json_does_not_know(self, value: float, name: str) -> None:
        text = dumps({"a": [1.5, value], "b": True})
        assert json.loads(text, parse_constant=pytest.fail) == {
            "a": [1.5, {"$type": "builtins:float", "$value": name}],
            "b": True,
        }

    def test_integers_of_any_size_are_numbers(self) -> None:
        assert dumps(10**300) == "1" + "0" * 300


class TestLines:
    def test_each_entry_of_a_list_stands_on_a_line_of_its_own(self) -> None:
        document = {"schema": "s", "entries": [{"id": "a", "n": [1, 2]}, {"id": '"}, {"id": ', "n": []}], "none": []}
        text = dumps_lines(document)
        assert json.loads(text) == document
        assert text.splitlines() == [
            "{",
            '  "schema": "s",',
            '  "entries": [',
            '    {"id": "a", "n": [1, 2]},',
            '    {"id": "\\"}, {\\"id\\": ", "n": []}',
            "  ],",
            '  "none": []',
            "}",
        ]


class TestLs:
    def test_the_document_has_the_members_of_the_contract(self) -> None:
        facts = Facts(1, 2, ("internal:start",), ("ask",), False)
        runs = arrange([ref(facts=facts, iteration=0)])
        document = ls_document(
            "agent-framework", "here", runs, [Problem("b.json", "why", "kind"), Problem("a", "w", "k")]
        )
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

    def test_counts_are_null_where_nobody_looked(self) -> None:
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
    def test_timestamps_are_utc_or_as_the_file_has_them(self, text: str, expected: str) -> None:
        assert ref_document(ref(timestamp=text))["timestamp"] == expected

    def test_a_guessed_parent_and_what_is_odd_are_reported(self) -> None:
        facts = Facts(0, 0, (), (), False)
        runs = arrange([ref(iteration=2), ref(id="two", iteration=3, when=9e9, facts=facts, note="odd")])
        two = ls_document("k", "p", runs, [])["checkpoints"][1]
        assert (two["guessed_parent"], two["parent"], two["notes"]) == ("one", None, ["odd"])
        missing = arrange([ref(parent="gone", note="odd")])
        assert ls_document("k", "p", missing, [])["checkpoints"][0]["notes"] == ["odd", "parent missing"]

    def test_each_checkpoint_is_a_line_whatever_is_said_of_it(self) -> None:
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


class TestShow:
    def test_secrets_are_masked_unless_revealed(self) -> None:
        state = {"api_key": "s3cret", "topic": "kettles"}
        checkpoint = Checkpoint(ref(), {}, state, {}, {}, ("w",), ("f",), b"")
        document = show_document(checkpoint, "run")
        assert document["state"] == {"api_key": {"$masked": "str", "$size": 6}, "topic": "kettles"}
        assert document["warnings"] == ["w", "f"]
        assert document["checkpoint"]["run"] == "run"
        assert show_document(checkpoint, reveal=True)["state"] == state

    def test_parts_of_the_wrong_shape_are_shown_as_they_are(self) -> None:
        checkpoint = Checkpoint(ref(), [1, 2], "text", 3, None, (), (), b"")
        document = show_document(checkpoint)
        assert [document[part] for part in ("messages", "state", "pending", "metadata")] == [[1, 2], "text", 3, None]
        assert document["requests"] == []
