"""The tree of values, the conversation, search, copying, secrets."""

from __future__ import annotations

import base64
import json
import pickle
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import pytest

from tests.tui import support
from tests.tui.support import RECORDED, SAMPLES, Driver

open_app = partial(support.open_app, tab="state")


async def go_to(app: Driver, *labels: str) -> None:
    """Put the cursor on a value of the state."""
    app.screen.panes.focus_pane(app.screen.details[0])
    assert app.screen.details[0].rows.open_labels(labels), labels
    await app.pilot.pause()


def copied() -> str:
    """What the last copy saved."""
    from ckpt_tui.user_directories import state_directory

    return (Path(state_directory()) / "copied.txt").read_text()


class TestTree:
    async def test_arrows_unfold_fold_and_walk(self) -> None:
        async with open_app(RECORDED) as app:
            await go_to(app, "draft")
            tree = app.screen.details[0].rows
            if tree.row.is_open:  # type: ignore[union-attr]
                await app.press("left")
            rows = tree.line_count
            await app.press("right")
            assert tree.line_count > rows
            await app.press("right")
            assert list(tree.labels) == ["draft", "title"]
            await app.press("J")
            assert list(tree.labels) == ["draft", "body"]
            await app.press("left")
            assert list(tree.labels) == ["draft"]
            await app.press("left")
            assert tree.line_count == rows

    async def test_of_a_value_hundreds_of_levels_deep_every_row_can_be_read(self, tmp_path: Path) -> None:
        value: object = "the bottom of it"
        for level in range(450, 0, -1):
            value = {"level": level, "below": value}
        source = next(path for path in RECORDED.glob("*.json"))
        document = json.loads(source.read_text()) | {"state": {"deep": value}}
        (tmp_path / source.name).write_text(json.dumps(document))
        async with open_app(tmp_path, size=(80, 24)) as app:
            await app.press("tab", "E", "4", "6", "1", "G")
            assert "level  " in app.text
            labels = app.screen.details[0].rows.labels
            await app.press(">")
            assert ".below.below.below · " in app.text
            assert f"{len(labels):,} levels down" in app.text
            await app.press("9", "E", "C")
            assert f"{len(labels):,} levels down" in app.text  # what is unfolded and folded is below it, too
            await app.press("E")
            await app.press("4", "0", "0", "j")
            assert len(app.screen.details[0].rows.labels) > len(labels)
            await app.press("G")
            assert "the bottom of it" in app.text
            await app.press("H", "H", "g", "h", "<")
            assert app.screen.details[0].rows.value_tree.top_labels == ()
            await app.press("<")
            assert "All of the value is shown" in app.text

    async def test_unfold_all_fold_all_and_levels(self) -> None:
        async with open_app(SAMPLES / "types_zoo") as app:
            await app.press("tab")
            tree = app.screen.details[0].rows
            await app.press("C")
            folded = tree.line_count
            await app.press("2", "E")
            two = tree.line_count
            await app.press("E")
            assert folded < two < tree.line_count
            await app.press("C")
            assert tree.line_count == folded

    async def test_none_attributes_are_folded_and_shown_by_a_key(self) -> None:
        async with open_app(SAMPLES / "orch_groupchat") as app:
            await go_to(app, "_executor_state", "group_chat_orchestrator", "conversation", "0", "contents", "0")
            tree = app.screen.details[0].rows
            await app.press("right")
            await app.shows("folded")
            before = tree.line_count
            await app.press("full_stop")
            assert tree.line_count > before + 20
            assert tree.labels[-1] == "0"
            await app.press("full_stop")
            assert tree.line_count == before

    async def test_sizes_are_beside_the_path_and_in_a_column(self) -> None:
        async with open_app(RECORDED) as app:
            await go_to(app, "draft", "title")
            await app.shows("20 B state.draft.title")
            await app.press("s")
            await app.shows("Sizes: bytes")
            assert any(line.rstrip("│ ").endswith("20") and "title" in line for line in app.lines)

    async def test_a_long_text_opens_in_full(self) -> None:
        async with open_app(RECORDED) as app:
            await go_to(app, "draft", "body")
            await app.press("enter")
            await app.shows("state.draft.body · str", "characters", "esc closes")
            await app.press("escape")
            await app.until(lambda: "esc closes" not in app.text)

    async def test_the_path_of_the_cursor_is_shown_as_jmespath(self) -> None:
        async with open_app(SAMPLES / "types_zoo") as app:
            await go_to(app, "tuple", "1")
            await app.shows('state.tuple."$items"[1]')

    async def test_folds_stay_when_another_checkpoint_is_shown(self) -> None:
        async with open_app(RECORDED) as app:
            await go_to(app, "_executor_state", "writer")
            await app.press("right" if not app.screen.details[0].rows.row.is_open else "J")  # type: ignore[union-attr]
            tree = app.screen.details[0].rows
            assert "writer" in tree.value_tree.folds()["_executor_state"]
            await app.press("left_square_bracket")
            await app.settled()
            assert "writer" in tree.value_tree.folds()["_executor_state"]

    async def test_a_click_on_the_sign_unfolds(self) -> None:
        async with open_app(RECORDED) as app:
            tree = app.screen.details[0].rows
            await app.press("tab", "C")
            rows = tree.line_count
            await app.pilot.click("#detail #tree", offset=(0, 0))
            await app.pilot.pause()
            assert tree.line_count > rows

    async def test_pending_requests_say_who_asks_and_what_is_expected(self) -> None:
        async with open_app(SAMPLES / "hitl_pending") as app:
            await app.press("tab", "f9")
            await app.shows("[State]", "(pending)", "review expect", '"approve?"', "options")

    async def test_a_part_that_is_gone_to_is_at_the_top(self) -> None:
        async with open_app(SAMPLES / "hitl_pending", (120, 12)) as app:
            await app.press("tab", "f9")
            await app.until(lambda: "(pending)" in app.lines[3], "its part at the top")

    async def test_values_of_every_kind_show_their_text(self) -> None:
        async with open_app(SAMPLES / "types_zoo", (120, 100)) as app:
            await app.press("tab", "C", "z")
            await app.shows(
                "2024-02-29T12:30:01.000005", "datetime:datetime", "1234.5600", "12345678-1234-5678-1234-567812345678",
                "NaN", "-Infinity", "18446744073709551617", "/tmp/x/y.txt", "1/3", "green", "bytes(9) 00 01 ff",
            )  # fmt: skip


class TestTalk:
    async def test_a_group_chat_reads_like_a_conversation(self) -> None:
        async with open_app(SAMPLES / "orch_groupchat") as app:
            await app.press("tab", "f4")
            await app.shows("[Talk", "alice", "I think A.", "OK, A then.", "maximum number of rounds")

    async def test_messages_in_flight_are_in_it(self) -> None:
        async with open_app(RECORDED) as app:
            app.screen.list.select(next(
                ref.file for run in app.screen.list.view.runs for ref in (node.ref for node in run.nodes)
                if ref.facts and ref.facts.sources == ("writer",)
            ))  # fmt: skip
            await app.settled()
            await app.press("tab", "f4")
            await app.shows("[Talk", "+ writer", "A first version: Lumen")

    async def test_a_tool_call_is_reported(self) -> None:
        async with open_app(SAMPLES / "agent_tool_approval") as app:
            await app.press("tab", "f4")
            await app.shows('▹ delete_file({"path": "/tmp/x"})', "approved → deleted", "has been deleted.")


class TestSearch:
    async def test_search_unfolds_and_goes_round(self) -> None:
        async with open_app(RECORDED) as app:
            await app.press("tab", "C", "slash")
            await app.type("score")
            await app.press("enter")
            await app.shows("match 1 of")
            tree = app.screen.details[0].rows
            first = tree.labels
            assert "score" in f"{first[-1]} {tree.row.member.value}".lower()  # type: ignore[union-attr]
            await app.press("n")
            assert tree.labels != first
            await app.press("N")
            assert tree.labels == first

    async def test_an_upper_case_letter_makes_it_strict(self) -> None:
        async with open_app(RECORDED) as app:
            await app.press("tab", "slash")
            await app.type("LUMEN")
            await app.press("enter")
            await app.shows("No match for 'LUMEN'")

    async def test_searching_the_list_finds_rows(self) -> None:
        async with open_app(RECORDED) as app:
            await app.press("g", "slash")
            await app.type("market")
            await app.press("enter")
            assert "market" in app.lines[app.screen.list.cursor - app.screen.list.scroll_offset.y + 2]

    async def test_searching_a_conversation_finds_lines(self) -> None:
        async with open_app(RECORDED) as app:
            await app.press("tab", "f4", "slash")
            await app.type("sun")
            await app.press("enter")
            lines = app.screen.details[0].bodies.text
            assert "sun" in "".join(text for text, _ in lines.draw(lines.cursor, 80))

    async def test_escape_closes_the_question_without_searching(self) -> None:
        async with open_app(RECORDED) as app:
            await app.press("tab", "slash")
            await app.type("x")
            await app.press("escape")
            assert not app.screen.value_search.match
            assert app.screen.details[0].rows.has_focus


class TestCopying:
    @pytest.mark.parametrize(
        ("key", "expected"), [("v", "0.9"), ("p", "state.draft.score"), ("k", "score"), ("j", "0.9")]
    )
    async def test_y_copies_value_path_key_or_json(self, key: str, expected: str) -> None:
        async with open_app(RECORDED) as app:
            await go_to(app, "draft", "score")
            await app.press("y")
            await app.shows("copy: v value")
            await app.press(key)
            await app.shows("copied to")
            assert copied() == expected

    async def test_json_of_an_object_is_that_of_show(self) -> None:
        async with open_app(RECORDED) as app:
            await go_to(app, "draft")
            await app.press("y", "j")
            await app.shows("copied to")
            assert json.loads(copied())["$type"] == "ckpt_tui.demo.story:Draft"

    async def test_any_other_key_copies_nothing_and_runs_nothing(self) -> None:
        async with open_app(RECORDED) as app:
            await go_to(app, "draft")
            await app.press("y", "q")
            await app.shows("Nothing copied")
            assert app.screen.details[0].rows.has_focus


class TestSecrets:
    async def test_run_kwargs_are_masked_until_revealed(self) -> None:
        async with open_app(RECORDED) as app:
            await go_to(app, "_workflow_run_kwargs", "function_invocation_kwargs", "__global__", "api_key")
            await app.shows("api_key", "••••••")
            assert "not-a-real-key" not in app.text
            await app.press("y", "v")
            await app.shows("Masked")
            await app.press("exclamation_mark")
            await app.shows("not-a-real-key")
            await app.press("exclamation_mark")
            await app.until(lambda: "not-a-real-key" not in app.text)

    async def test_a_masked_value_does_not_open(self) -> None:
        async with open_app(RECORDED) as app:
            await go_to(app, "_workflow_run_kwargs", "function_invocation_kwargs", "__global__", "api_key")
            await app.press("enter")
            await app.shows("Masked")

    async def test_secrets_within_a_value_or_a_file_are_masked_for_other_programs_until_revealed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        document = json.loads(next((SAMPLES / "linear").glob("*.json")).read_text())
        document["state"] = {"client": {"api_key": "k-123", "region": "north"}}
        file = tmp_path / f"{document['checkpoint_id']}.json"
        file.write_text(json.dumps(document, indent=2))
        seen = tmp_path / "seen"
        pager = tmp_path / "pager"
        pager.write_text(f'#!/bin/sh\ncat "$1" > {seen}\n')
        pager.chmod(0o755)
        monkeypatch.setenv("PAGER", str(pager))
        monkeypatch.setattr("textual.app.App.suspend", lambda app: nullcontext())
        async with open_app(tmp_path) as app:
            await go_to(app, "client")
            await app.press("o")
            await app.until(lambda: seen.exists() and seen.read_text().endswith("}"), "the pager")
            assert json.loads(seen.read_text())["api_key"] == {"$masked": "str", "$size": 5}
            await app.press("ctrl+e")
            await app.shows("It contains masked values")
            app.screen.details[0].pick("raw")
            await app.shows('"region"')
            await app.press("o")
            await app.until(lambda: "checkpoint_id" in seen.read_text(), "the file")
            assert "k-123" not in seen.read_text() and '"region": "north"' in seen.read_text()
            await app.press("exclamation_mark")
            await app.press("o")
            await app.until(lambda: seen.read_bytes() == file.read_bytes(), "the file as it is")


async def test_what_could_not_be_read_says_so_above_what_was_read_of_it(tmp_path: Path) -> None:
    data = pickle.dumps({"a": [1, 2, 3], "b": "text"})[:-3]
    document = json.loads(next((SAMPLES / "linear").glob("*.json")).read_text())
    document["state"] = {"torn": {"__pickled__": base64.b64encode(data).decode(), "__type__": "builtins:dict"}}
    (tmp_path / f"{document['checkpoint_id']}.json").write_text(json.dumps(document, indent=2))
    async with open_app(tmp_path) as app:
        await app.shows("torn", '"text"')  # unfolded by itself
        assert any("torn" in line and "the pickle ends too early" in line for line in app.lines), app.text


async def test_a_checkpoint_that_could_run_code_says_so_in_its_title_and_why_in_meta(tmp_path: Path) -> None:
    data = b"cos\nsystem\n(S'touch ckpt_tui_canary'\ntR."
    document = json.loads(next((SAMPLES / "linear").glob("*.json")).read_text())
    document["state"] = {"note": {"__pickled__": base64.b64encode(data).decode(), "__type__": "builtins:int"}}
    (tmp_path / f"{document['checkpoint_id']}.json").write_text(json.dumps(document, indent=2))
    async with open_app(tmp_path) as app:
        await app.shows("✗ danger, see File")
        app.screen.details[0].pick("meta")
        await app.shows("danger at state.note: calls os:system")


async def test_a_pickle_that_was_cut_says_so_and_decodes_further(tmp_path: Path) -> None:
    data = pickle.dumps([[number] for number in range(350_000)])
    document = json.loads(next((SAMPLES / "linear").glob("*.json")).read_text())
    document["state"] = {"large": {"__pickled__": base64.b64encode(data).decode(), "__type__": "builtins:list"}}
    (tmp_path / f"{document['checkpoint_id']}.json").write_text(json.dumps(document, indent=2))
    async with open_app(tmp_path) as app:
        await app.shows("+ decodes further", "more than")
        await app.press("tab", "plus")
        await app.shows("(350,000)")
        assert "decodes further" not in app.text
        await app.press("plus")
        await app.shows("Nothing was cut here.")


async def test_the_operations_of_a_pickle_are_shown_from_a_value_and_from_the_raw_file() -> None:
    async with open_app(SAMPLES / "linear") as app:
        await app.press("g", "tab", "f8", "j", "j", "number_sign")
        await app.shows("operations of messages", "PROTO  5", "STACK_GLOBAL", "nothing is executed")
        await app.press("escape", "f11")
        await app.shows("workflow_name")
        await app.press("slash", *"__pickled__", "enter", "number_sign")
        await app.shows("operations of line", "PROTO  5")
        await app.press("escape", "g", "number_sign")
        await app.shows("There is no pickle here")
