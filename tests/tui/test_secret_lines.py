"""Secrets in what a run says, on the screen: masked until they are revealed, and never found while they are masked."""

import json
from pathlib import Path

import pytest
from textual.widgets import Input

from ckpt_tui.stores.registry import open_store
from ckpt_tui.tui.app import CkptApp
from ckpt_tui.tui.screens.event_file import EventsScreen
from tests.cli.commands import here
from tests.runner.stores import FLOWS
from tests.tui.resumes import copied, in_the_repository, opened
from tests.tui.support import NARROW, NORMAL, Driver, open_app

__all__ = ["in_the_repository"]

SECRETS = ("sk-told", "sk-printed", "sk-asked")


@pytest.mark.parametrize("size", [NARROW, NORMAL])
async def test_the_log_and_the_request_of_a_run_mask_secrets_until_they_are_revealed(
    size: tuple[int, int], tmp_path: Path
) -> None:
    directory, ids = copied("linear", tmp_path)
    async with open_app(directory, size, at=ids[1]) as app:
        screen = await opened(app, "tells_secrets", allow=f"{FLOWS}:Login")
        await app.shows("RUN IT")
        await app.press("enter")
        await app.shows("waits for an answer", 'session_token: "••••••"')
        log = screen.log_lines
        log.focus()
        await app.until(lambda: not any(secret in app.text for secret in SECRETS), "no secret")
        assert 'api_key: "••••••"' in app.text
        assert log.find("sk-", 1) is None and log.find("api_key", 1) is not None
        log.set_filter("sk-")
        await app.until(lambda: log.line_count == 0, "no line")
        await app.press("exclamation_mark")
        await app.shows("Secrets are shown", "sk-told", "sk-printed", 'session_token: "sk-asked"')
        await app.press("exclamation_mark")
        await app.shows("Secrets are masked", 'session_token: "••••••"')
        await app.until(lambda: log.line_count == 0, "no line")
        log.set_filter("")
        log.move_to(log.find("output", 1) or 0)
        await app.press("enter")
        await app.shows("exclaim · call 1", '"api_key"', '"$masked"')
        await app.press("escape")


async def test_a_password_is_masked_while_it_is_typed_and_sent_as_it_is(tmp_path: Path) -> None:
    directory, ids = copied("linear", tmp_path)
    async with open_app(directory, at=ids[1]) as app:
        screen = await opened(app, "tells_secrets", allow=f"{FLOWS}:Login")
        await app.shows("RUN IT")
        await app.press("enter")
        await app.shows("waits for an answer")
        form = screen.forms[0]
        fields = [line.query_one(Input) for line in form.query("FieldLine").results()]
        assert [field.password for field in fields] == [False, True]
        fields[0].value, fields[1].value = "bo", "sk-typed"
        await app.pilot.pause()
        assert "sk-typed" not in app.text and form.answer() == ({"user": "bo", "password": "sk-typed"}, True)
        assert "sk-asked" not in form.whole_text
        screen.log_lines.focus()
        await app.press("exclamation_mark")
        await app.shows("sk-typed")
        assert "sk-asked" in form.whole_text
        await app.press("exclamation_mark", "ctrl+r")
        await app.shows("done after")


@pytest.mark.parametrize("reveal", [False, True])
async def test_the_log_is_saved_as_it_is_shown(reveal: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ckpt_tui.tui.controllers.run_log.SAVE_SECONDS", 0.0)  # so that each line takes a turn
    directory, ids = copied("linear", tmp_path)
    async with open_app(directory, at=ids[1]) as app:
        if reveal:
            await app.press("exclamation_mark")
        screen = await opened(app, "tells_secrets", allow=f"{FLOWS}:Login")
        await app.shows("RUN IT")
        await app.press("enter")
        await app.shows("waits for an answer")
        assert screen.reveal == reveal
        screen.log_lines.focus()
        path = tmp_path / "log.jsonl"
        await app.press("S")
        screen.query_one("#ask", Input).value = str(path)
        await app.press("enter")
        await app.shows("saved to")
        text = path.read_text()
        assert [secret in text for secret in SECRETS] == [reveal] * 3
        assert len([json.loads(line) for line in text.splitlines()]) == len(list(screen.run.log.lines()))  # type: ignore[union-attr]


def a_stream(directory: Path) -> Path:
    """A saved stream of events of another tool, and a line of a graph's log without a message."""
    events = [
        {"version": "1.0", "type": "WORKFLOW_AGENT_COMPLETED", "agentId": "login", "success": True,
         "outputs": {"user": "bo", "accessToken": "sk-told"}},
        {"version": "1.0", "type": "TOOL_CALL_ARGS", "argsJson": json.dumps({"password": "sk-asked"})},
        {"body": json.dumps({"apiKey": "sk-printed"}), "source": "graph"},
        {"version": "1.0", "type": "WORKFLOW_COMPLETED", "success": True},
    ]  # fmt: skip
    path = directory / "events.ndjson"
    path.write_text("".join(json.dumps(each) + "\n" for each in events))
    return path


async def test_a_saved_stream_masks_secrets_until_they_are_revealed(tmp_path: Path) -> None:
    path = a_stream(tmp_path)
    app = CkptApp(open_store(path.parent, must_exist=False), events=str(path))
    async with app.run_test(size=NARROW) as pilot:
        driver, screen = Driver(app, pilot), app.screen
        assert isinstance(screen, EventsScreen)
        await driver.shows("4 events", 'accessToken: "••••••"', "argsJson", "body")
        assert not any(secret in driver.text for secret in SECRETS)
        await driver.press("slash")
        await driver.type("sk-")
        await driver.press("enter")
        await driver.shows("No match for 'sk-'.")
        assert screen.log_lines.cursor == 0
        await driver.press("enter")
        await driver.shows('"accessToken"', '"$masked"')
        await driver.press("escape", "exclamation_mark")
        await driver.shows("Secrets are shown", *SECRETS)
        await driver.press("n")
        await driver.until(lambda: screen.log_lines.cursor == 1, "the next match")
        await driver.press("enter")
        await driver.shows("sk-asked")
        await driver.press("escape", "exclamation_mark")
        await driver.shows("Secrets are masked")
        assert not any(secret in driver.text for secret in SECRETS)


def test_without_a_terminal_a_saved_stream_is_printed_masked(tmp_path: Path) -> None:
    done = here(a_stream(tmp_path))
    assert done.code == 0 and len(done.out.splitlines()) == 4
    assert "sk-" not in done.out and done.out.count("••••••") == 3
