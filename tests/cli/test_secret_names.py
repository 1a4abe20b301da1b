"""Tokens as keys, ids, names of workflows and of executors: nothing that a verb writes shows one."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from ckpt_tui.cli.tail import _document, _line, follow
from ckpt_tui.stores.registry import open_store
from tests.cli.commands import here
from tests.support.small_stores import write

KEY, FIRST, SECOND = "sk-proj-AbCdEf0123456789KEYkey", "sk-ant-api03-IDENT0123456789abcd", "ghp_IDTWO0123456789abcdef"
FLOW, EXECUTOR = "AKIAWORKFLOWNAME1234", "xoxb-EXECUTOR-0123456789ab"
PARTS = ("AbCdEf", "IDENT0123456789", "IDTWO0123456789", "WORKFLOWNAME", "EXECUTOR-0123456789")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    for number, (name, parent) in enumerate(((FIRST, None), (SECOND, FIRST))):
        state = {"n": number, "by_key": {KEY: {"budget": number}}, "_executor_state": {EXECUTOR: {"n": number}}}
        message = {"data": {"n": 1}, "source_id": EXECUTOR, "target_id": "writer"}
        write(
            tmp_path, name, workflow_name=FLOW, previous_checkpoint_id=parent, iteration_count=number, state=state,
            messages={EXECUTOR: [message]}, timestamp=f"2026-11-20T10:00:0{number}+00:00",
        )  # fmt: skip
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        "ls", "ls --json", "ls --sizes --json", "ls --jsonl", "show {} latest", "show {} latest --json",
        "show {} latest --sizes", "show {} latest --query state", "history {} state", "history {} state.by_key --json",
        "find {} budget", "find {} KEYkey --json", "diff {} latest", "diff {} latest --json", "doctor", "doctor --json",
        "export {} latest --format md",
    ],
)  # fmt: skip
def test_no_verb_shows_one(store: Path, words: str) -> None:
    verb, *rest = words.split()
    done = here(verb, *(str(store) if word == "{}" else word for word in (rest if "{}" in rest else ["{}", *rest])))
    assert done.out
    assert not [part for part in PARTS if part in done.out + done.err]


@pytest.mark.parametrize(
    "words",
    [
        "ls", "ls --json", "ls --jsonl", "ls --fast", "show {} latest", "history {} state", "find {} budget --json",
        "bisect {} state", "doctor", "export {} --format md --run latest", "export {} --format html",
        "export {} --format bundle", "prune {} --keep 0 --force --dry-run", "prune {} --keep 0 --force --yes --json",
    ],
)  # fmt: skip
def test_no_verb_shows_one_in_the_name_of_a_file_that_cannot_be_read(store: Path, words: str) -> None:
    (store / f"{FIRST}-broken.json").write_text("{")
    verb, *rest = words.split()
    done = here(verb, *(str(store) if word == "{}" else word for word in (rest if "{}" in rest else ["{}", *rest])))
    assert not [part for part in PARTS if part in done.out + done.err]


def test_following_a_store_shows_none_either(store: Path) -> None:
    (store / f"{FIRST}-broken.json").write_text("{")
    stop = threading.Event()
    shown = []
    for event in follow(open_store(str(store)), stop, from_start=True):
        shown.append(_line(event) + json.dumps(_document(event)))
        if len(shown) == 3:
            stop.set()
    assert len(shown) == 3
    assert not [part for part in PARTS if part in "".join(shown)]


def test_a_checkpoint_is_found_by_its_id_all_the_same(store: Path) -> None:
    done = here("show", store, FIRST, "--json")
    assert json.loads(done.out)["state"]["n"] == 0
    query = f'state.by_key."{KEY}".budget'
    assert json.loads(here("show", store, FIRST, "--query", query, "--reveal").out) == 0
    assert here("history", store, query).out.splitlines()[0].endswith("2 values")


def test_secrets_that_are_asked_for_are_shown(store: Path) -> None:
    assert KEY in here("show", store, "latest", "--reveal").out
