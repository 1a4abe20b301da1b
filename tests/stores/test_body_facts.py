"""What the list shows of a large file, counted by its layout: the same as what parsing it finds."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ckpt_tui.core.model import MAX_NAMES, CheckpointRef
from ckpt_tui.stores.agent_framework import entry_from_bytes
from ckpt_tui.stores.body_facts import count_facts
from tests.stores.framework_files import SAMPLES, document, whole, written


def test_counts_by_layout_equal_the_parsed_ones_on_every_sample() -> None:
    for path in SAMPLES:
        data = path.read_bytes()
        facts = whole(data).facts
        assert facts is not None
        assert count_facts([data]) == facts._replace(askers=(), gist=""), path


def test_counts_by_layout_equal_the_parsed_ones_on_odd_bodies() -> None:
    message = {"__pickled__": "gAROLg==", "__type__": "builtins:NoneType"}
    bodies: list[dict[str, Any]] = [
        {"messages": {"a": [], "b": [message, message], 'q"uote': ["text", 1]}},
        {"messages": {f"s{number}": [message] for number in range(20)}},
        {"state": {"messages": {"x": [message]}, "_edge_state": {}}},
        {"state": {"_edge_state": {"FanIn": {"buffer": {}}}}},
        {"state": {"deep": {"_edge_state": {"FanIn": 1}}}},
        {"pending_request_info_events": {f"r{number}": {"a": 1} for number in range(20)}},
        {"state": {"text": '\n  "pending_request_info_events": {\n    "x": 1'}},
    ]
    for changes in bodies:
        data = written(document(**changes))
        facts = whole(data).facts
        assert facts is not None
        assert count_facts([data]) == facts._replace(askers=(), gist=""), changes
        assert len(facts.sources) <= MAX_NAMES


def test_another_layout_has_no_such_counts() -> None:
    assert count_facts([json.dumps(document()).encode()]) is None


@pytest.mark.parametrize("name", [b"\\x", b"\xff"])
def test_a_name_that_is_no_text_is_left_to_the_parser(name: bytes) -> None:
    data = written(document(messages={"SOURCE": [1]}))
    assert count_facts([data.replace(b"SOURCE", name)]) is None


@pytest.mark.parametrize("size", [4_097, 5_000, 1_000_000])
def test_finds_what_parsing_finds_wherever_the_blocks_end(size: int) -> None:
    for path in SAMPLES:
        data = path.read_bytes()
        entry = entry_from_bytes("x.json", data)
        assert isinstance(entry, CheckpointRef)
        assert entry.facts is not None

        def blocks(data: bytes = data) -> Iterator[bytes]:
            return (data[start : start + size] for start in range(0, len(data), size))

        assert count_facts(blocks()) == entry.facts._replace(askers=(), gist="")
