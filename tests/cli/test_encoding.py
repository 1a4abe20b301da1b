"""`--encoding` of every verb, and rows, lines and advice that the same places need."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ckpt_tui.core.documents.encodings import prefer
from tests.cli.commands import DATA, Output, called
from tests.support.small_stores import document, write, write_chain

TEXT = "订单已确认，等待审批"


@pytest.fixture
def output(capfdbinary: Output) -> Iterator[Output]:
    yield capfdbinary
    prefer("")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    for number, name in enumerate("ab"):
        found = document(
            name, state={"text": TEXT, "n": number}, iteration_count=number,
            previous_checkpoint_id="a" if number else None, timestamp=f"2026-11-20T10:00:0{number}.000001+00:00",
        )  # fmt: skip
        (tmp_path / f"{name}.json").write_bytes(json.dumps(found, indent=2, ensure_ascii=False).encode("gbk"))
    return tmp_path


class TestEncoding:
    def test_the_likeliest_is_read_and_named(self, store: Path, output: Output) -> None:
        shown = called(output, "show", store, "a", "--json").document
        assert shown["state"]["text"] == TEXT
        assert "most likely gbk" in shown["warnings"][0]

    @pytest.mark.parametrize(
        "arguments",
        [
            ("show", "a"), ("history", "state.text"), ("find", "зТ"), ("bisect", "state.n > `0`"), ("diff", "a", "b"),
            ("doctor",), ("ls",),
        ],
    )  # fmt: skip
    def test_every_verb_takes_one(self, store: Path, output: Output, arguments: tuple[str, ...]) -> None:
        verb, *rest = arguments
        done = called(output, verb, store, *rest, "--encoding", "cp1251", "--json")
        assert done.code in (0, 1)
        if verb == "show":
            assert done.document["state"]["text"] == TEXT.encode("gbk").decode("cp1251")

    def test_without_it_the_next_call_guesses_again(self, store: Path, output: Output) -> None:
        called(output, "show", store, "a", "--encoding", "cp1251")
        assert called(output, "show", store, "a", "--json").document["state"]["text"] == TEXT

    def test_one_that_does_not_exist_is_refused(self, store: Path, output: Output) -> None:
        done = called(output, "show", store, "a", "--encoding", "nix")
        assert done.code == 2
        assert "unknown encoding 'nix'" in done.err

    def test_the_doctor_never_says_to_save_a_guess(self, store: Path, output: Output) -> None:
        done = called(output, "doctor", store)
        assert "not UTF-8" in done.out
        assert "Save" not in done.out
        assert "--encoding NAME" in done.out


class TestLines:
    def test_those_of_a_lost_index_are_printed_to_paste(self, tmp_path: Path, output: Output) -> None:
        store = tmp_path / "store"
        shutil.copytree(DATA / "dotnet" / "af_dotnet", store)
        lines = (store / "index.jsonl").read_text(encoding="utf-8").splitlines()
        (store / "index.jsonl").write_bytes(b"")
        done = called(output, "doctor", store)
        printed = {line.strip() for line in done.out.splitlines()}
        assert done.code == 0
        assert set(lines) <= printed
        [finding] = [one for one in called(output, "doctor", store, "--json").document["findings"] if "lines" in one]
        assert sorted(finding["lines"]) == sorted(lines)


class TestIds:
    def test_copies_of_one_checkpoint_are_distinguished(self, tmp_path: Path, output: Output) -> None:
        write_chain(tmp_path, "11111111-aaaa", "22222222-bbbb")
        for name in ("22222222-bbbb (1)", "22222222-bbbb (Anna's conflicted copy)", "22222222-bbbb.sync-conflict-2"):
            write(
                tmp_path, name, checkpoint_id="22222222-bbbb", previous_checkpoint_id="11111111-aaaa", iteration_count=1
            )
        text = called(output, "ls", tmp_path).out
        for ending in ("22222222 ", "22222222… (1)", "22222222… (Anna's", "22222222….sync-co"):
            assert ending in text
