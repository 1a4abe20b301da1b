"""One budget of work for a whole document: each stage takes from it, none begins anew, and what is cut says so."""

import base64
import json
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.budgets import BYTE_WORK, DEFAULT_PICKLE, DOCUMENT_WORK, GIST_SPAN
from ckpt_tui.core.doctor.alarms import alarms
from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.documents.envelope import cut_envelope, decode_further, open_envelope
from ckpt_tui.core.model import Checkpoint, Problem
from ckpt_tui.core.show_document import show_document
from ckpt_tui.core.value import Envelope, Opaque
from ckpt_tui.stores.agent_framework_body import load
from tests.benchmarks.checkpoints import checkpoint
from tests.core.bombs import BOMBS, JSON_BOMBS


def envelope(data: bytes) -> Envelope:
    return Envelope(base64.b64encode(data).decode(), "a:B")


def loaded(folder: Path, document: dict[str, Any], budget: DocumentBudget, everything: bool = True) -> Checkpoint:
    path = folder / "bomb.json"
    path.write_text(json.dumps(document))
    found = load(str(path), path.name, everything=everything, budget=budget)
    assert isinstance(found, Checkpoint)
    return found


def texts(document: Any) -> Iterator[str]:
    todo = [document]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            todo += item.values()
        elif isinstance(item, list):
            todo += item


@pytest.mark.parametrize("name", BOMBS)
def test_all_stages_of_a_bomb_together_stay_within_the_budget(name: str, tmp_path: Path) -> None:
    budget = DocumentBudget(0.25)
    found = loaded(tmp_path, checkpoint(BOMBS[name]()), budget)
    left = [budget.left]
    alarms(found, budget=budget)
    left.append(budget.left)
    document = show_document(found, budget=budget)
    left.append(budget.left)
    assert left == sorted(left, reverse=True)
    # One look at the budgets every 16,384 steps, and the brackets around what was cut.
    assert left[-1] >= -40_000
    assert document["complete"] is not budget.is_cut


@pytest.mark.parametrize("name", JSON_BOMBS)
def test_a_bomb_of_json_is_refused_or_cut(name: str, tmp_path: Path) -> None:
    text = json.dumps(checkpoint(b"N.") | {"state": 0}).replace('"state": 0', f'"state": {JSON_BOMBS[name]()}')
    path = tmp_path / "bomb.json"
    path.write_text(text)
    budget = DocumentBudget()
    found = load(str(path), path.name, everything=True, budget=budget)
    if isinstance(found, Problem):
        assert found.kind == "too-large"
        return
    alarmed = alarms(found, budget=budget)
    document = show_document(found, budget=budget)
    assert len(found.faults) < 20 and len(alarmed) < 20
    assert document["complete"] is not budget.is_cut
    assert budget.left > -40_000


def test_each_pickle_is_decoded_once_whatever_asks_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ckpt_tui.core.documents import envelope as module
    from ckpt_tui.core.pickles.unpickle import decode as real

    decoded = []

    def counted(data: bytes, *args: Any) -> Any:
        decoded.append(data)
        return real(data, *args)

    monkeypatch.setattr(module, "decode", counted)
    budget = DocumentBudget()
    found = loaded(tmp_path, checkpoint(b"cos\nsystem\n(S'x'\ntR."), budget)
    assert alarms(found, budget=budget)
    show_document(found, budget=budget)
    assert len(decoded) == 1


def test_many_pickles_share_what_one_may_cost(tmp_path: Path) -> None:
    bomb = base64.b64encode(b"](" + b"]" * 60_000 + b"e.").decode()
    document = checkpoint(b"N.")
    document["state"] = {f"bomb {number}": {"__pickled__": bomb, "__type__": "a:B"} for number in range(40)}
    budget = DocumentBudget()
    found = loaded(tmp_path, document, budget)
    values = list(found.state.values())
    assert all(item.ready for item in values)
    assert [item.is_cut for item in values] == sorted(item.is_cut for item in values)
    assert "not decoded" in values[-1].value.reason
    shown = show_document(found, budget=budget)
    assert not shown["complete"]
    assert any("a higher limit decodes" in text for text in texts(shown))


def test_a_screen_leaves_closed_what_it_may_not_decode(tmp_path: Path) -> None:
    bomb = base64.b64encode(b"](" + b"]" * 60_000 + b"e.").decode()
    document = checkpoint(b"N.")
    document["state"] = {f"bomb {number}": {"__pickled__": bomb, "__type__": "a:B"} for number in range(40)}
    found = loaded(tmp_path, document, DocumentBudget(), everything=False)
    ready = [item.ready for item in found.state.values()]
    assert any(ready) and not all(ready)


def test_work_grows_with_the_file_but_not_with_a_flood(tmp_path: Path) -> None:
    rows = [{"name": f"row {number}", "text": f"{number} was said. " * 8} for number in range(40_000)]
    honest, flood = DocumentBudget(), DocumentBudget()
    document = checkpoint(pickle.dumps(rows))
    size = len(json.dumps(document))
    shown = show_document(loaded(tmp_path, document, honest), budget=honest)
    assert shown["complete"] and shown["state"]["bomb"] == rows
    assert honest.total == int(size * BYTE_WORK) > DOCUMENT_WORK
    cut = show_document(loaded(tmp_path, checkpoint(b"](" + b"]" * size + b"e."), flood), budget=flood)
    assert not cut["complete"]
    assert flood.total == DOCUMENT_WORK


def test_a_dense_pickle_after_an_honest_one_is_cut_as_it_would_be_alone(tmp_path: Path) -> None:
    document = checkpoint(pickle.dumps(["x" * 10_000_000]))
    flood = base64.b64encode(b"](" + b"]" * 2_000_000 + b"e.").decode()
    document["state"]["flood"] = {"__pickled__": flood, "__type__": "a:B"}
    budget = DocumentBudget()
    found = loaded(tmp_path, document, budget)
    assert not found.state["bomb"].is_cut and found.state["flood"].is_cut
    assert f"more than {DEFAULT_PICKLE.objects:,} objects" in found.state["flood"].warning


def test_a_long_pickle_of_short_records_is_decoded_to_its_end() -> None:
    rows = [
        {"number": number, "tags": ["a", "b"], "note": f"some words of record {number}"} for number in range(90_000)
    ]
    item = envelope(pickle.dumps(rows))
    budget = DocumentBudget()
    budget.read(20_000_000)
    value = open_envelope(item, budget=budget)
    assert item.decoded is not None and item.decoded.objects > DEFAULT_PICKLE.objects
    assert not item.is_cut and len(value) == len(rows)


def test_alarms_of_what_is_decoded_decode_nothing(tmp_path: Path) -> None:
    budget = DocumentBudget()
    budget.spend(budget.left)  # so that loading leaves the pickle closed
    long = b"x" * 2 * GIST_SPAN  # a short pickle is read for the row of its checkpoint
    found = loaded(tmp_path, checkpoint(b"cos\nsystem\n(S'" + long + b"'\ntR."), budget, everything=False)
    assert alarms(found, decoded_only=True) == ()
    assert not found.state["bomb"].ready
    assert len(alarms(found)) == 1 and found.state["bomb"].ready
    assert alarms(found, decoded_only=True) == alarms(found)


def test_a_higher_limit_shows_all(tmp_path: Path) -> None:
    data = pickle.dumps([[number] for number in range(150_000)])
    few, many = DocumentBudget(), DocumentBudget(8)
    cut = show_document(loaded(tmp_path, checkpoint(data), few), budget=few)
    whole = show_document(loaded(tmp_path, checkpoint(data), many), budget=many)
    assert (cut["complete"], whole["complete"]) == (False, True)
    assert whole["state"]["bomb"] == [[number] for number in range(150_000)]
    signs = [text for text in texts(cut) if "more; one document holds about" in text or "at byte" in text]
    assert signs


def test_an_ordinary_checkpoint_needs_a_small_part(tmp_path: Path) -> None:
    talk = [{"role": "user", "text": f"{number} was said. " * 10} for number in range(100)]
    budget = DocumentBudget()
    document = show_document(loaded(tmp_path, checkpoint(pickle.dumps(talk)), budget), budget=budget)
    assert document["complete"] and document["state"]["bomb"] == talk
    assert budget.left > DOCUMENT_WORK * 0.99


def test_a_cut_pickle_decodes_further_until_it_is_whole() -> None:
    data = pickle.dumps([[number] for number in range(400_000)])
    item = envelope(data)
    first = open_envelope(item)
    assert type(first) is Opaque and item.is_cut and cut_envelope(item) is item
    assert "at byte" in first.reason and f"of {len(data):,}" in first.reason
    value = decode_further(item)
    assert (type(value), len(value), item.is_cut, item.warning) == (list, 400_000, False, "")
    assert cut_envelope(item) is None and open_envelope(item) is value


def test_what_was_not_decoded_at_all_decodes_within_the_usual_limits_first() -> None:
    budget = DocumentBudget()
    budget.spend(budget.left)
    item = envelope(pickle.dumps([1]))
    assert type(open_envelope(item, budget=budget)) is Opaque
    assert item.is_cut and budget.is_cut
    assert decode_further(item) == [1] and item.factor == 1


def test_what_is_damaged_is_not_cut() -> None:
    for data in (b"\x80\x05]", b"", b"\xff."):
        item = envelope(data)
        open_envelope(item)
        assert item.warning and not item.is_cut
