"""The command palette: what it finds, and what it offers where one is."""

from __future__ import annotations

import pytest
from textual.command import CommandList

from ckpt_tui.tui.commands import COMMANDS, Command
from ckpt_tui.tui.palette import closeness
from tests.tui.support import RECORDED, SAMPLES, open_app


def first(text: str) -> str:
    scores = {command.id: closeness(command, text.split()) for command in COMMANDS}
    return max(scores, key=lambda name: scores[name])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("doctor", "store.doctor"), ("doc", "store.doctor"), ("replay", "replay.open"), ("blame", "value.history"),
        ("history", "value.history"), ("bisect", "branch.bisect"), ("resume", "run.resume"), ("answer", "run.resume"),
        ("sizes", "run.sizes"), ("bookmark", "keep.bookmark"), ("filter", "list.filter"), ("find", "store.find"),
        ("zoom", "view.zoom"), ("follow", "live.follow"), ("opcodes", "view.opcodes"), ("help", "app.help"),
        ("secrets", "view.reveal"), ("run sizes", "run.sizes"), ("quit", "app.quit"), ("note", "keep.note"),
        ("editor", "value.editor"), ("mark", "list.mark"), ("compare", "diff.compare"), ("prune", "store.prune"),
        ("delete", "store.prune"), ("remove", "store.prune"), ("clean up", "store.prune"), ("trash", "store.prune"),
        ("undo", "store.prune"), ("restore", "store.prune"), ("config", "app.configure"), ("settings", "app.configure"),
        ("theme", "app.theme"), ("export", "store.export"), ("share", "store.export"),
    ],
)  # fmt: skip
def test_a_command_is_found_by_its_name_its_id_and_its_words(text: str, found: str) -> None:
    best = first(text)
    assert best == found or closeness(*by_id(best, text)) == closeness(*by_id(found, text))


def by_id(name: str, text: str) -> tuple[Command, list[str]]:
    return next(command for command in COMMANDS if command.id == name), text.split()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_each_command_is_found_first_by_its_id(command: object) -> None:
    name = command.id  # type: ignore[attr-defined]
    assert first(name) == name


def test_what_is_found_nowhere_is_not_offered() -> None:
    assert not any(closeness(command, ["xyzzy"]) for command in COMMANDS)
    assert not any(closeness(command, []) for command in COMMANDS)


async def test_the_doctor_is_found_first_and_runs() -> None:
    async with open_app(SAMPLES / "hitl_pending") as app:
        await app.shows("waits 2 review")
        await app.press("colon", *"doctor")
        await app.until(lambda: lines(app)[:1] and "store.doctor" in lines(app)[0], "the doctor first")
        await app.press("enter")
        await app.shows("Doctor")


async def test_what_cannot_be_done_here_comes_last_with_the_reason() -> None:
    async with open_app(SAMPLES / "hitl_pending") as app:
        await app.shows("waits 2 review")
        await app.press("colon")
        await app.until(lambda: len(lines(app)) > 40, "all commands")
        found = lines(app)
        dim = [
            index for index, line in enumerate(found) if "works in a replay" in line or "works on the screen" in line
        ]
        assert dim
        assert min(dim) > max(index for index, line in enumerate(found) if "list.filter" in line or "app.quit" in line)
        await app.press(*"slower")
        await app.until(lambda: lines(app)[:1] and "slower: 0.5×" in lines(app)[0], "the command first")
        await app.press("enter")
        await app.until(lambda: "works in a replay" in notices(app), "why not")


async def test_a_command_of_the_list_works_from_another_pane() -> None:
    async with open_app(SAMPLES / "hitl_pending") as app:
        await app.shows("waits 2 review")
        await app.press("tab", "colon", *"filter")
        await app.until(lambda: lines(app)[:1] and "list.filter" in lines(app)[0], "the filter first")
        await app.press("enter")
        await app.until(lambda: app.screen.query_one("#ask").display, "the prompt")


def lines(app: object) -> list[str]:
    options = app.app.screen.query(CommandList)  # type: ignore[attr-defined]
    return [str(option.prompt) for one in options for option in one.options]


def notices(app: object) -> str:
    return " ".join(each.message for each in app.app._notifications)  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_every_command_takes_one_line(width: int) -> None:
    async with open_app(RECORDED, (width, 30)) as app:
        await app.press("colon", *"doctor")
        await app.shows("what is wrong or risky")
        palette = app.app.screen.query_one(CommandList)
        prompts = [palette.get_option_at_index(index).prompt for index in range(palette.option_count)]
        assert prompts and all(len(str(prompt)) <= palette.scrollable_content_region.width for prompt in prompts)
        assert palette.virtual_size.height == len(prompts)


async def test_what_can_do_nothing_now_is_dim_with_what_its_key_says() -> None:
    reasons = {
        "R": "Nothing was run yet: r resumes", "d": "has no parent here", "p": "This checkpoint has no parent",
        "J": "There is one run.",
    }  # fmt: skip
    async with open_app(SAMPLES / "linear", (160, 30)) as app:
        await app.press("g")
        for key, reason in reasons.items():
            await app.press(key)
            await app.shows(reason)
        await app.press("colon")
        await app.until(lambda: len(lines(app)) > 40, "all commands")
        found = lines(app)
        for key, reason in reasons.items():
            assert any(line.split()[0] == key and reason in line for line in found), key
        await app.press(*"run.show")
        await app.until(lambda: lines(app)[:1] and reasons["R"] in lines(app)[0], "the command first")
        await app.press("enter")
        await app.until(lambda: "Nothing was run yet" in notices(app), "why not")


async def test_a_command_does_on_a_screen_what_its_key_does_there() -> None:
    async with open_app(RECORDED, steps=("state", "draft", "score"), tab="state") as app:
        app.screen.queries.open_history()
        await app.shows("values in")
        await app.press("colon", *"export")
        await app.until(lambda: lines(app)[:1] and "write it as a table" in lines(app)[0], "what it does here")
        await app.press("enter")
        await app.shows("history-draft-score.md")


async def test_a_key_that_a_screen_gave_another_action_does_that_one_from_the_palette_too() -> None:
    async with open_app(SAMPLES / "linear") as app:
        await app.press("P")
        await app.shows("would go")
        await app.press("colon", *"view.other_pane")
        await app.until(lambda: lines(app)[:1] and "next pane" in lines(app)[0], "the next pane")
        await app.press("enter")
        await app.until(lambda: app.app.screen.query_one("#plan").has_focus, "the other list")
