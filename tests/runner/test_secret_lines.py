"""Secrets in what a run says, on the command line: masked in its events, its prints, and what it asks."""

from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.actions.resume.preview import preview_lines
from tests.cli.commands import Done
from tests.runner.stores import FLOWS, lines, of_kind, plan, resume

ALLOW = ("--allow", f"{FLOWS}:Login")


def run(into: Path, *words: str) -> Done:
    done = resume("linear", 1, "tells_secrets", into, *ALLOW, *words)
    assert done.code == 6, done.err
    return done


def test_the_lines_for_people_and_what_is_asked_at_the_end_are_masked(tmp_path: Path) -> None:
    done = run(tmp_path / "new")
    assert "sk-" not in done.out + done.err
    assert 'output {user: "bo", api_key: "••••••", retries: 3}' in done.out
    assert 'sent {"Authorization": "••••••", "user": "bo"}' in done.out
    assert 'exclaim asks for Login: who is it? · session_token: "••••••"' in done.err


def test_the_json_lines_are_masked_as_show_masks(tmp_path: Path) -> None:
    done = run(tmp_path / "new", "--json")
    assert "sk-" not in done.out + done.err
    found = lines(done)
    output = next(line for line in of_kind(found, "event") if line["type"] == "output")
    assert output["data"] == {"user": "bo", "api_key": {"$masked": "str", "$size": 7}, "retries": 3}
    (asked,) = of_kind(found, "end")[0]["pending"]
    assert asked["data"]["session_token"] == {"$masked": "str", "$size": 8}
    assert [line["seq"] for line in found] == list(range(1, len(found) + 1))


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_reveal_shows_them(words: tuple[str, ...], tmp_path: Path) -> None:
    done = run(tmp_path / "new", "--reveal", *words)
    assert all(secret in done.out + done.err for secret in ("sk-told", "sk-printed", "sk-asked"))


@pytest.mark.parametrize("reveal", [False, True])
def test_what_an_edit_replaces_is_masked_and_what_was_typed_is_not(reveal: bool, tmp_path: Path) -> None:
    edits: list[dict[str, Any]] = [
        {"path": "state.api_key", "before": "sk-old", "after": "sk-typed", "absent": False},
        {"path": "state.settings", "before": {"token": "sk-old", "user": "bo"}, "after": None, "absent": False},
        {"path": "state._workflow_run_kwargs.limit", "before": 1234567, "after": 7, "absent": False},
    ]
    check = {"check": {"ok": True, "edits": edits}}
    shown = [said.text for said in preview_lines(plan("linear", 1, "tells_secrets", tmp_path), check, reveal=reveal)]
    text = "\n".join(shown)
    assert "→ sk-typed" in text
    assert ("sk-old" in text, "1234567" in text) == (reveal, reveal)
    assert edits[1]["before"] == {"token": "sk-old", "user": "bo"}


def test_the_json_line_of_an_edit_is_masked_on_both_sides(tmp_path: Path) -> None:
    words = ("--check", "--set", 'state.api_key="sk-typed"')
    done = resume("linear", 1, "tells_secrets", tmp_path / "new", *words)
    assert "state.api_key: absent → sk-typed" in done.err
    done = resume("linear", 1, "tells_secrets", tmp_path / "new", *words, "--json")
    (edit,) = of_kind(lines(done), "check")[0]["edits"]
    assert edit["after"] == {"$masked": "str", "$size": 8}
