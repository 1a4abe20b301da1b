"""Saved event streams: the corpus in both forms, streams of others, and files that are none."""

import json
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.running.event_lines import line_of, parse_line
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.event_streams import event_document, frames, is_events, is_events_file, read_events
from ckpt_tui.stores.registry import open_store

EVENTS = Path(__file__).parent.parent / "data" / "dotnet" / "hpd_events"
COUNT = json.loads((EVENTS.parent / "MANIFEST.json").read_text())["hpd_events"]["events"]


def documents(path: Path) -> list[dict[str, Any]]:
    return [parse_line(raw) for raw in read_events(str(path))]


def test_both_forms_of_the_corpus_are_the_same_events() -> None:
    ndjson, sse = documents(EVENTS / "workflow.events.ndjson"), documents(EVENTS / "workflow.events.sse")
    assert ndjson == sse
    assert len(ndjson) == COUNT
    assert all(document["envelope"]["type"] for document in ndjson)


def test_all_nine_families_and_unknown_ones_say_what_they_are_about() -> None:
    lines = [line_of(document) for document in documents(EVENTS / "workflow.events.ndjson")]
    assert [(line.kind, line.who) for line in lines] == [
        ("started", ""), ("superstep_started", ""), ("executor_invoked", "plan"), ("TEXT_DELTA", ""),
        ("executor_completed", "plan"), ("superstep_completed", ""), ("edge", ""), ("log", "Orchestrator"),
        ("executor_bypassed", "facts"), ("status", ""),
    ]  # fmt: skip
    assert lines[6].text == "edge review → write when verdict == revise"
    assert "Iteration checkpoint saved after iteration 0" in lines[7].text
    assert lines
    assert all(line.clock for line in lines)


@pytest.mark.parametrize(
    ("event", "kind", "words"),
    [
        ({"type": "WORKFLOW_AGENT_COMPLETED", "agentId": "a", "success": False}, "executor_bypassed", "skipped"),
        (
            {"type": "WORKFLOW_AGENT_COMPLETED", "agentId": "a", "success": False, "errorMessage": "boom"},
            "executor_failed", "boom",
        ),
        ({"type": "WORKFLOW_COMPLETED", "success": False}, "status", "failed"),
        ({"type": "SOMETHING_NEW", "deep": {"er": [1]}}, "SOMETHING_NEW", "deep"),
        ({"type": "WORKFLOW_DIAGNOSTIC", "level": 4, "message": "m", "nodeId": "n"}, "log", "error: m"),
        ({"timestamp": "2026-07-19T12:00:00+00:00", "level": "Warning", "source": "s", "message": "m"}, "log", "m"),
        ({"kind": "event", "type": "output", "data": 3}, "output", "3"),
        ({"type": "WORKFLOW_LAYER_STARTED", "layerIndex": "x"}, "superstep_started", ""),
        ({"type": 3}, "log", ""),
    ],
)  # fmt: skip
def test_an_event_becomes_a_line(event: dict[str, Any], kind: str, words: str) -> None:
    line = line_of(event_document(json.dumps(event).encode()))
    assert line.kind == kind
    assert words in line.text


@pytest.mark.parametrize("data", [b"", b"[1]", b"{", b"\xff\xfe", b"null", b"[" * 100_000])
def test_what_is_no_event_is_a_line_of_text(data: bytes) -> None:
    assert event_document(data)["kind"] == "log"


def test_frames_of_server_sent_events_may_have_many_lines_comments_and_returns() -> None:
    raw = b': hello\r\nid: 1\r\ndata: {"type":\r\ndata: "A"}\r\n\r\nevent: x\r\ndata: {"type": "B"}'
    found = [json.loads(data) for data in frames(iter(raw.split(b"\n")))]
    assert found == [{"type": "A"}, {"type": "B"}]


def test_a_stream_is_reported_by_its_content_and_is_no_store(tmp_path: Path) -> None:
    for name in ("workflow.events.ndjson", "workflow.events.sse"):
        assert is_events_file(str(EVENTS / name))
        with pytest.raises(CkptError, match="stream of events"):
            open_store(EVENTS / name)
    (tmp_path / "notes.txt").write_text("buy milk\n")
    assert not is_events_file(str(tmp_path / "notes.txt"))
    assert not is_events_file(str(tmp_path / "nothing"))


@pytest.mark.parametrize(
    ("data", "is_stream"),
    [
        ('{"type": "a"}\n{"type": "b"}\n', True), ('{"type": "a"}\n', False), ('{"type": "a"}', False),
        ('{\n"type": "a"\n}\n', False), ('{"a": 1}\n{"a": 2}\n', False), ('{"type": "a"}\n{"type"', False),
    ],
)  # fmt: skip
def test_a_file_named_like_a_checkpoint_is_a_stream_where_two_lines_show_it(
    tmp_path: Path, data: str, is_stream: bool
) -> None:
    (tmp_path / "run.json").write_text(data, encoding="utf-8")
    assert is_events_file(str(tmp_path / "run.json")) is is_stream
    assert not is_events(b'{"workflow_name": "x"}')


def test_the_log_beside_an_execution_is_a_stream(tmp_path: Path) -> None:
    [log] = (EVENTS.parent / "hpd_hosted" / "logs").rglob("*.ndjson")
    lines = [line_of(document) for document in documents(log)]
    assert [line.who for line in lines] == ["GraphManager", "ExecutionManager"]
