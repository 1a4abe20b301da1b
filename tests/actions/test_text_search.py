"""What is found equals what is in the JSON made from the real objects."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.actions import text_search
from ckpt_tui.actions.text_search import REGEX_PATIENCE, FindResult, TextSearches
from ckpt_tui.core.cache import Cache
from ckpt_tui.core.find.question import Question
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.paths import Path as Steps
from ckpt_tui.core.redact import masked
from ckpt_tui.core.runs.lineage import Node, arrange
from ckpt_tui.errors import UsageError
from ckpt_tui.stores.base import Store, collect
from ckpt_tui.stores.directory import DirectoryStore
from ckpt_tui.stores.registry import open_store
from tests.actions.branches import NEW, STORES, documents
from tests.actions.test_branch_queries import chain

SIGNS = re.compile(r"\$(type|value|items|entries|args|kwargs|state|call|error|size|base64|partial|ref|masked)\Z")


def nodes_of(store: Store) -> list[Node]:
    runs = arrange(entry for entry in collect(store.fresh().scan()).values() if isinstance(entry, CheckpointRef))
    return [node for run in runs for node in run.nodes]


def found_in(store: Store, question: Question, **options: Any) -> list[FindResult]:
    return list(TextSearches(store).find(nodes_of(store), question, **options))


def from_real_objects(document: dict[str, Any], question: Question, holds: Callable[[str], bool]) -> set[Any]:
    """Every place of a document that must be found."""
    found: set[Any] = set()
    todo: list[tuple[Any, Steps]] = [(document, ())]
    while todo:
        item, steps = todo.pop()
        if isinstance(item, dict):
            if item.get("$type") in ("builtins:bytes", "builtins:bytearray"):
                continue
            for key, member in item.items():
                if not SIGNS.match(key) and steps and question.keys and holds(key):
                    found.add((*steps, key, "key"))
                if key != "$ref":
                    todo.append((member, (*steps, key)))
        elif isinstance(item, list):
            todo += [(member, (*steps, index)) for index, member in enumerate(item)]
        elif item is not None and question.values:
            text = item if isinstance(item, str) else json.dumps(item)
            if holds(text) and steps[-1] != "$size":
                found.add((*steps, "value"))
    return found


@pytest.mark.parametrize("store", STORES, ids=lambda path: path.name)
@pytest.mark.parametrize(
    "question",
    [
        Question("draft"), Question("Draft"), Question("i think"), Question("I think"), Question("5"),
        Question("true"), Question("message", values=False), Question("message", keys=False),
        Question("_types:Content"),
        Question("[a-c] or b", regex=True), Question(r"^\d+$", regex=True, keys=False), Question("^Review", regex=True),
        Question("nowhere at all"), Question(":review"), Question("user"),
    ],
    ids=str,
)  # fmt: skip
def test_every_place_and_no_other_is_found(store: Path, question: Question) -> None:
    strict = question.text != question.text.lower() and question.text != r"^\d+$"
    if question.regex:
        pattern = re.compile(question.text, 0 if strict else re.IGNORECASE)
        holds: Callable[[str], bool] = lambda text: pattern.search(text) is not None  # noqa: E731
    else:
        holds = lambda text: question.text in (text if strict else text.lower())  # noqa: E731
    for found in found_in(open_store(store), question):
        assert not found.truncated
        assert found.unread is None
        places = {(*match.hit.path, match.hit.where) for match in found.matches}
        assert len(places) == len(found.matches)
        for match in found.matches:
            document = documents(store)[match.ref.id]
            assert match.hit.path[0] in document
            begin, end = match.hit.spot
            assert holds(match.hit.text[begin:end]) or question.regex
        ids = {match.ref.id for match in found.matches}
        assert len(ids) <= 1
    by_id: dict[str, set[Any]] = {name: set() for name in documents(store)}
    for found in found_in(open_store(store), question):
        for match in found.matches:
            by_id[match.ref.id].add((*match.hit.path, match.hit.where))
    for name, document in documents(store).items():
        assert by_id[name] == from_real_objects(document, question, holds), name


def test_secrets_are_not_searched_unless_they_are_to_be_shown() -> None:
    store = open_store(NEW / "run_kwargs")
    hidden = found_in(store, Question("s3cr3t"))
    shown = found_in(store, Question("s3cr3t", reveal=True))
    assert not any(found.matches for found in hidden)
    assert any(found.matches for found in shown)
    for name, document in documents(NEW / "run_kwargs").items():
        expected = from_real_objects(masked(json.loads(json.dumps(document))), Question("o"), lambda text: "o" in text)
        searched = {
            (*match.hit.path, match.hit.where) for found in found_in(store, Question("o")) for match in found.matches
            if match.ref.id == name
        }  # fmt: skip
        assert searched == {place for place in expected if "$masked" not in place}


def test_the_value_after_the_name_of_a_secret_is_one(tmp_path: Path) -> None:
    headers = [["x-api-key", "needle"], ["accept", "needle"], ["authorization", {"deep": ["needle"]}]]
    store = open_store(chain(tmp_path, [{"headers": headers}]))
    for reveal, paths in ((False, [1]), (True, [0, 1, 2])):
        (found,) = found_in(store, Question("needle", reveal=reveal))
        assert [match.hit.path[2] for match in found.matches] == paths


def test_a_search_that_finds_too_much_says_so() -> None:
    store = open_store(NEW / "loop")
    found = found_in(store, Question("counter"), limit=7)
    assert sum(len(part.matches) for part in found) == 7
    assert found[-1].truncated
    assert found[-1].done < found[-1].total


def test_an_expression_that_would_never_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_search, "REGEX_SECONDS", 0.1)
    evil = "a" * 5_000 + "!"
    store = open_store(chain(tmp_path, [{str(number): evil + str(number) for number in range(30)}]))
    question = Question(r"^(\w+\s?)*(\w+\s?)*(\w+\s?)*\1\d$", regex=True)
    (found,) = found_in(store, question)
    assert found.truncated
    assert "more than 0.1 s" in found.note
    assert str(REGEX_PATIENCE) in found.note


def test_a_wrong_expression_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Not a regular expression"):
        found_in(open_store(chain(tmp_path, [{}])), Question("(", regex=True))


def test_a_question_asked_again_reads_nothing_until_the_content_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(chain(tmp_path, [{"x": "needle"}, {"x": "hay"}]))
    searches = TextSearches(store, Cache())
    nodes = nodes_of(store)
    read: list[str] = []
    original = DirectoryStore.read

    def counted(self: DirectoryStore, file: str) -> bytes:
        read.append(file)
        return original(self, file)

    monkeypatch.setattr(DirectoryStore, "read", counted)
    first = list(searches.find(nodes, Question("needle")))
    assert len(read) == 2
    assert list(searches.find(nodes, Question("needle"))) == first
    assert len(read) == 2
    chain(tmp_path, [{"x": "needle"}, {"x": "a needle in the hay"}])
    again = list(searches.find(nodes, Question("needle")))
    assert sum(len(found.matches) for found in again) == 2


def test_a_file_that_went_away_is_reported(tmp_path: Path) -> None:
    store = open_store(chain(tmp_path, [{"x": "needle"}, {"x": "needle"}]))
    nodes = nodes_of(store)
    (tmp_path / "c0000.json").unlink()
    found = list(TextSearches(store).find(nodes, Question("needle")))
    assert [part.unread.file for part in found if part.unread is not None] == ["c0000.json"]
    assert sum(len(part.matches) for part in found) == 1


def test_a_search_can_be_stopped(tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def stop() -> None:
        raise Stop

    store = open_store(chain(tmp_path, [{"x": 1}]))
    with pytest.raises(Stop):
        found_in(store, Question("x"), check=stop)


def test_long_texts_are_cut_around_the_match(tmp_path: Path) -> None:
    store = open_store(chain(tmp_path, [{"x": "a" * 500 + "needle" + "b" * 500}]))
    (found,) = found_in(store, Question("needle"))
    (match,) = found.matches
    begin, end = match.hit.spot
    assert match.hit.text[begin:end] == "needle"
    assert match.hit.text.startswith("…a")
    assert match.hit.text.endswith("b…")
    assert len(match.hit.text) < 200
