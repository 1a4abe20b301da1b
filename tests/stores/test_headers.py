"""Headers from the two ends of a file: the same as the whole file gives, or none; and what the list shows of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.runs.lineage import arrange
from ckpt_tui.stores.agent_framework import entry_from_bytes, read_entry
from ckpt_tui.stores.base import Entry, collect
from ckpt_tui.stores.directory import DirectoryStore
from ckpt_tui.stores.headers import read_header
from tests.stores.framework_files import HOSTILE, ONE, SAMPLES, document, ends, whole, written
from tests.stores.saving import save


def listed(path: Path) -> Entry:
    """What a list shows first: the header, or the whole entry where both ends do not hold it."""
    found = read_header(str(path), path.name) or read_entry(str(path), path.name)
    return found[1]


def test_both_ends_say_of_every_sample_what_the_whole_file_says() -> None:
    for path in SAMPLES:
        data = path.read_bytes()
        assert ends(data, path.name) == whole(data, path.name)._replace(facts=None), path


def test_both_ends_say_of_a_hostile_file_what_the_whole_reports_or_nothing() -> None:
    for path in HOSTILE.glob("*.json"):
        data = path.read_bytes()
        found = ends(data, path.name)
        entry = entry_from_bytes(path.name, data)
        if found is not None and isinstance(entry, CheckpointRef):
            # What only the body shows is noted later.
            assert found == entry._replace(facts=None, note=""), path


@pytest.mark.parametrize(
    "name",
    ['quo"ted', "back\\slash", "line\nbreak", "ünï 漢字 🎉", "\x1b[31m", "", "x" * 300, "WorkflowBuilder-", '","'],
)
def test_names_of_any_kind_are_read(name: str) -> None:
    data = written(document(workflow_name=name))
    found = ends(data, "x.json")
    assert found is None if len(name) > 200 else found is not None
    assert (found or whole(data)).workflow == name
    assert found is None or found == whole(data)._replace(facts=None)


def test_a_header_longer_than_the_first_bytes_is_read_from_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(written(document(workflow_name="long " * 200)))
    entry = listed(path)
    assert isinstance(entry, CheckpointRef)
    assert entry.workflow == "long " * 200
    assert entry.facts is not None


@pytest.mark.parametrize("metadata", [{}, {"a": 1}, {"a": {"b": [1, 2, {"c": None}]}}, {"iteration_count": 7}])
def test_metadata_do_not_hide_the_iteration(metadata: dict[str, Any]) -> None:
    data = written(document(metadata=metadata, iteration_count=12345))
    found = ends(data, "x.json")
    assert found is not None
    assert found.iteration == 12345


def test_what_looks_like_an_iteration_inside_a_text_or_a_body_is_not_taken() -> None:
    trap = '\n  "iteration_count": 99,\n  "metadata": {},\n  "version": "1.0"\n}'
    data = written(document(iteration_count=3, metadata={"note": trap}))
    found = ends(data, "x.json")
    assert found is None or found.iteration == 3
    data = written(document(iteration_count=3) | {"zzz": {"iteration_count": 5, "metadata": {}, "version": "1.0"}})
    found = ends(data, "x.json")
    assert found is None or found.iteration == 3


@pytest.mark.parametrize("how", [{"indent": None}, {"indent": 4}, {"indent": 2, "sort_keys": True}])
def test_another_layout_is_read_from_the_whole_file(tmp_path: Path, how: dict[str, Any]) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(document(), **how), encoding="utf-8")
    entry = listed(path)
    assert isinstance(entry, CheckpointRef)
    assert entry.facts is not None
    assert entry._replace(size=0) == whole(written(document()))._replace(size=0)


def test_a_file_cut_off_anywhere_never_passes_for_a_header() -> None:
    data = ONE.read_bytes()
    for length in range(len(data)):
        assert ends(data[:length], "x.json") is None


@pytest.mark.parametrize("first", [b"8", b"[", b'"', b"null", b"-", b" "])
def test_what_begins_as_another_value_is_no_header(first: bytes) -> None:
    data = ONE.read_bytes()
    assert ends(data, ONE.name) is not None
    assert ends(first + data[1:], ONE.name) is None


def test_a_renamed_file_keeps_the_id_inside() -> None:
    data = ONE.read_bytes()
    found = ends(data, "copy.json")
    assert found is not None
    assert (found.id, found.inner) == ("copy", ONE.stem)
    assert ends(data, ONE.name) == found._replace(id=ONE.stem, file=ONE.name, inner="")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"workflow_name": "', b'"workflow_name": "\\"'),  # an escape
        (b'"workflow_name": "', b'"workflow_name": "\xff'),  # no UTF-8
        (b'"workflow_name": "', b'"workflow_name": "\0'),  # a NUL
        (b'"workflow_name": "', b'"workflow_name": 5, "more": "'),
        (b'"timestamp": "', b'"timestamp": "yesterday '),
        (b"+00:00", b"+02:00"),
        (b'"version": "1.0"', b'"version": "2.0"'),
        (b'"metadata": {}', b'"metadata": {"a": 1}'),
    ],
)
def test_a_header_that_is_odd_is_what_the_whole_file_gives_and_touches_no_other(
    tmp_path: Path, old: bytes, new: bytes
) -> None:
    for name in ("a", "b", "c"):
        save(tmp_path, name)
    path = tmp_path / "b.json"
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))
    entries = collect(DirectoryStore(str(tmp_path)).scan())
    assert sorted(entries) == ["a.json", "b.json", "c.json"]
    odd, expected = entries["b.json"], read_entry(str(path), "b.json")[1]
    if isinstance(odd, CheckpointRef) and isinstance(expected, CheckpointRef):
        assert odd._replace(facts=None, note="") == expected._replace(facts=None, note="")
    else:
        assert odd == expected
    assert [entry.id for entry in entries.values() if isinstance(entry, CheckpointRef) and entry != odd] == ["a", "c"]


def test_a_file_with_the_header_of_another_behind_a_nul_takes_the_place_of_none(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        save(tmp_path, name)
    header = (tmp_path / "a.json").read_bytes()[:300]
    (tmp_path / "b.json").write_bytes(b"{}\0" + header + b"\0" + header)
    (tmp_path / "c.json").write_bytes(b"{}")
    entries = collect(DirectoryStore(str(tmp_path)).scan())
    kinds = {name: entry.kind if isinstance(entry, Problem) else entry.id for name, entry in entries.items()}
    assert kinds == {"a.json": "a", "b.json": "trailing", "c.json": "foreign"}


@pytest.mark.parametrize("scenario", sorted({path.parent for path in SAMPLES}), ids=lambda path: path.name)
def test_headers_alone_give_the_same_parents_as_whole_files(scenario: Path) -> None:
    headers, bodies = [], []
    for path in scenario.glob("*.json"):
        header, body = listed(path), read_entry(str(path), path.name)[1]
        assert isinstance(header, CheckpointRef) and isinstance(body, CheckpointRef)
        assert header.facts is None
        headers.append(header)
        bodies.append(body)
    parents = [
        [(node.ref.id, node.parent, node.guessed) for run in arrange(refs) for node in run.nodes]
        for refs in (headers, bodies)
    ]
    assert parents[0] == parents[1]


def test_a_root_in_the_middle_whose_messages_are_beyond_the_first_bytes_is_read_whole(tmp_path: Path) -> None:
    answers = {"internal:x": [{"data": 1}]}
    for length, is_short in ((20, True), (280, False)):
        path = save(
            tmp_path, "root", workflow_name="w" * length, previous_checkpoint_id=None, iteration_count=2,
            messages=answers,
        )  # fmt: skip
        header = listed(path)
        assert isinstance(header, CheckpointRef)
        assert header.carries_answers
        assert (header.facts is None) == is_short


@pytest.mark.parametrize("parent", [{}, [], 0, False, ""])
def test_a_parent_that_is_not_a_string_is_read_from_the_whole_file(tmp_path: Path, parent: Any) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(written(document(previous_checkpoint_id=parent)))
    entry = listed(path)
    assert isinstance(entry, CheckpointRef)
    assert entry.parent in (None, "")
