"""What is looked at closely is bounded by counts, and what was not looked at is never shown as if it had been."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ckpt_tui.core import redact, secret_assignments, secret_patterns, secret_ranks
from ckpt_tui.core.doctor import findings
from ckpt_tui.core.doctor.findings import Pickles
from ckpt_tui.core.model import Checkpoint, CheckpointRef
from ckpt_tui.core.reading.message_sources import message_sources
from ckpt_tui.core.redact import MASK, masked
from ckpt_tui.core.safety import known_actions
from ckpt_tui.core.safety.inspection import NAMES, inspect
from ckpt_tui.core.secret_texts import masked_text
from ckpt_tui.core.steps import snapshots
from ckpt_tui.core.steps.snapshots import take_snapshot
from ckpt_tui.core.value import Envelope
from ckpt_tui.stores.agent_framework import entry_from_bytes
from tests.benchmarks.checkpoints import checkpoint
from tests.core.bombs import CLASS, memoized, text


def counted(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[Any]:
    """The arguments of each call of a function from now on."""
    calls: list[Any] = []
    run = getattr(module, name)

    def count(*args: Any) -> Any:
        calls.append(args)
        return run(*args)

    monkeypatch.setattr(module, name, count)
    return calls


def test_a_text_with_very_many_secrets_ends_where_they_were_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret_assignments, "MOST_SECRETS", 10)
    calls = counted(monkeypatch, secret_assignments, "_value_span")
    shown = masked_text("".join(f"password=hunter{number} " for number in range(1_000)))
    assert len(calls) == 11
    assert "hunter" not in shown and shown.count(f"password={MASK}") == 11
    assert "were not looked through for secrets" in shown


def test_only_signs_behind_a_part_of_a_secret_s_name_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = counted(monkeypatch, secret_assignments, "_value_span")
    text = "".join(f"k{number}={number}; at 12:0{number % 10} " for number in range(1_000))
    assert masked_text(text) is text
    assert not calls


@pytest.mark.parametrize("text", ["ghp_aaaaaaaaaaaaaaaa1111 ", "--password hunter2 ", "Bearer abcdefgh12 "])
def test_a_text_with_very_many_tokens_ends_where_they_were_not_looked_for(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret_patterns, "MOST_MATCHES", 10)
    shown = masked_text(text * 200)
    secret = text.split()[-1]
    assert secret not in shown and "were not looked through for secrets" in shown
    assert secret not in masked_text(text * 10) and "looked through" not in masked_text(text * 9)


def test_among_very_many_texts_with_secrets_those_with_a_sign_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redact, "MOST_SECRETS", 10)
    looked = counted(monkeypatch, redact, "masked_text")
    texts = [f"password=hunter{number}" for number in range(500)]
    shown = masked([*texts, "ordinary", "at 12:00"])
    assert "hunter" not in json.dumps(shown)
    assert shown[-2] == "ordinary" and MASK in shown[-1]
    assert len(looked) <= 510 and sum("hunter" in args[0] for args in looked) == 10


def test_among_very_many_names_of_secrets_every_name_that_may_be_one_is_taken_for_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(secret_ranks.Ranks, "_left", 10)
    looked = counted(monkeypatch, secret_ranks, "secrecy")
    document = {f"api_key_{number}": "hush" for number in range(500)} | {"keyboard": "de", "colour": "red"}
    shown = masked(document)
    assert "hush" not in json.dumps(shown)
    assert shown["colour"] == "red" and "$masked" in shown["keyboard"]
    assert len(looked) <= 12


def _checkpoint(**parts: Any) -> Checkpoint:
    ref = CheckpointRef("a", "a.json", "w", "", None, "", 0.0, 0, 0)
    empty: dict[str, Any] = {"messages": {}, "state": {}, "pending": {}, "metadata": {}}
    return Checkpoint(ref, **(empty | parts), warnings=(), faults=(), raw=b"")


def test_what_very_many_requests_ask_is_read_as_far_as_the_budget_goes() -> None:
    pending = {f"r{number}": {"request_id": f"r{number}", "data": {"q": "which?"}} for number in range(1_000)}
    found = message_sources(_checkpoint(pending=pending), 200)
    assert found.is_cut
    assert 10 < len(found.sources) < 60


def test_of_very_many_results_of_steps_the_latest_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "_CALLS_KEPT", 10)
    calls = counted(monkeypatch, snapshots, "name_of_call")
    found = take_snapshot(_checkpoint(state={"_step_cache": {f"step{number}::0": number for number in range(100)}}))
    assert len(calls) == 10
    assert list(found.calls) == [f"step{number}::0" for number in range(90, 100)]


def test_a_type_is_looked_for_in_the_first_pickle_that_names_it_only(monkeypatch: pytest.MonkeyPatch) -> None:
    located = counted(monkeypatch, findings, "places")
    pickles = Pickles("a.json", {})
    for number in range(50):
        pickles.examine(Envelope("gASMAW2MAUOTKYEu", "m:C"), ("state", f"v{number}"))
    assert len(located) == 1
    assert pickles.types == {"m:C": "state.v0"}


def test_of_very_many_names_reached_by_getattr_the_first_are_examined_and_the_rest_is_danger() -> None:
    names = b"".join(b"h\x00" + CLASS + text(f"N{number}") + b"\x86R" for number in range(NAMES + 10))
    found = inspect(b"\x80\x05" + memoized(b"cbuiltins\ngetattr\n") + b"0](" + names + b"e.")
    assert sum(use.how == "getattr" for use in found.uses) == NAMES
    assert found.is_danger and found.dangers == (
        "reaches more than 5,000 names by getattr, of which 5,000 are examined",
    )


def test_of_a_name_with_hundreds_of_parts_few_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    class Counting(dict[str, str]):
        def get(self, name: str, default: Any = None) -> Any:
            tried.append(name)
            return super().get(name, default)

    monkeypatch.setattr(known_actions, "NAMES", Counting(known_actions.NAMES))
    monkeypatch.setattr(known_actions, "MODULES", Counting(known_actions.MODULES))
    assert known_actions.reason_of("m." * 300 + "m", "A." * 300 + "B") == ""
    assert len(tried) < 20
    assert known_actions.reason_of("subprocess.x.y", "Popen.communicate.a.b.c.d")


def test_of_a_state_of_very_many_names_the_latest_and_the_framework_s_make_the_row() -> None:
    document = checkpoint(b"N.") | {"state": {"_edge_state": {"g": {"a": [1]}}} | {f"k{i}": i for i in range(6_000)}}
    entry = entry_from_bytes("bomb.json", json.dumps(document).encode())
    assert isinstance(entry, CheckpointRef) and entry.facts is not None
    assert entry.facts.edges and "k5999" in entry.facts.gist
