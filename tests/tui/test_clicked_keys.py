"""The keys of a footer can be clicked."""

from __future__ import annotations

import itertools

import pytest
from rich.cells import cell_len

from ckpt_tui.configuration import Config
from ckpt_tui.tui.commands import COMMANDS, by_id
from ckpt_tui.tui.helpers.run_hints import keys_before, keys_while_running
from ckpt_tui.tui.widgets.shown_keys import KeyPlace, key_event, key_places, keys_of, named_places
from ckpt_tui.tui.widgets.status import BarLine
from tests.tui.support import NARROW, NORMAL, RECORDED, Driver, open_app


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (" d", ["d"]), (" [ ]", ["left_square_bracket", "right_square_bracket"]), (" ⏎", ["enter"]),
        (" ↑↓ 1-9", ["up", "down"]), (" ^f", ["ctrl+f"]), (" ctrl+o", ["ctrl+o"]), (" J K", ["J", "K"]),
        (" space", ["space"]), (" ⇥", ["tab"]), (" esc", ["escape"]), (" :", ["colon"]), (" word", []),
    ],
)  # fmt: skip
def test_a_written_key_is_the_one_that_is_pressed(text: str, keys: list[str]) -> None:
    assert [place.key for place in key_places(text)] == keys


def test_the_words_beside_a_key_belong_to_it_and_those_of_data_to_none() -> None:
    assert named_places("/ search · n N next · esc closes") == [
        KeyPlace(0, 8, "slash"), KeyPlace(11, 12, "n"), KeyPlace(13, 14, "N"), KeyPlace(22, 32, "escape"),
    ]  # fmt: skip
    message = "match 1 of 2 for 'a · q b' · n next · N previous · esc ends"
    assert [place.key for place in named_places(message, is_message=True)] == ["n", "N", "escape"]


def test_a_pressed_key_types_what_it_is() -> None:
    assert key_event("left_square_bracket").character == "["
    assert key_event("space").character == " "


SCREENS: dict[str, list[str]] = {
    "list": [], "values": ["tab.state", "view.other_pane"], "compare": ["diff.compare"], "replay": ["replay.open"],
    "find": ["store.find", *"brief", "enter"], "doctor": ["store.doctor"], "sizes": ["run.sizes"],
    "history": ["tab.state", "view.other_pane", "value.history"], "prompt": ["list.filter"],
    "run": ["run.resume"], "deleting": ["store.prune"],
}  # fmt: skip
"""How one gets to each: ids of commands, and keys."""

MOST_STEPS_BACK = 20

OTHER_KEYS = {command.id: f"ctrl+alt+{number}" for number, command in enumerate(COMMANDS) if command.id != "app.redraw"}
"""Another key for every command."""


def bars(app: Driver) -> list[BarLine]:
    return [bar for bar in app.app.screen.query(BarLine) if bar.is_on_screen and bar.id not in ("head", "where")]


async def go(app: Driver, name: str) -> None:
    """Go to one of `SCREENS`, by the keys that commands have now."""
    known = by_id()
    keys: dict[str, str] = app.app.changed_keys
    for step in SCREENS[name]:
        await app.press(keys.get(step, known[step].keys).split(",")[0] if step in known else step)
    last = {keys_of("app.back"), "quit"}
    await app.until(lambda: any(word in bar.shown for bar in bars(app) for word in last), "the keys")


def check_keys(app: Driver) -> None:
    """Each key that a footer names is one that does something there, and is pressed by a click on it."""
    bound = set(app.app.screen.active_bindings)
    named = 0
    for bar in bars(app):
        at = 0
        for text, style in bar._fitted():
            if style == "key":
                pressed = bar.key_at(at + 1)  # a space comes first
                assert pressed in bound or pressed in ("up", "down"), (text, pressed)
                named += 1
            at += cell_len(text)
    assert named


async def go_back(app: Driver, key: str) -> None:
    """Press a key until the list has the keyboard again."""
    for _ in range(MOST_STEPS_BACK):
        if app.app.screen is app.screen and app.screen.panes.pane is app.screen.list and not app.has_prompt:
            return
        await app.press(key)
    raise AssertionError(f"{key} does not lead back to the list\n{app.text}")


@pytest.mark.parametrize(("size", "names"), [(NORMAL, [*SCREENS]), (NARROW, ["list", "compare", "replay"])])
async def test_every_key_of_every_footer_can_be_clicked(size: tuple[int, int], names: list[str]) -> None:
    async with open_app(RECORDED, size) as app:
        for name in names:
            await go(app, name)
            check_keys(app)
            await go_back(app, "escape")


OF_A_SCREEN = {"⏎", "ctrl+o", "ctrl+k", "ctrl+r", "↑↓", "1-9"}
"""Keys that belong to no command of the table."""


async def test_every_footer_names_the_keys_that_the_person_chose() -> None:
    async with open_app(RECORDED, (400, 20), Config(keys=OTHER_KEYS)) as app:
        assert app.app.changed_keys == OTHER_KEYS
        for name in SCREENS:
            await go(app, name)
            check_keys(app)
            shown = " ".join(text for bar in bars(app) for text, style in bar._fitted() if style == "key").split()
            assert {key for key in shown if not key.startswith("ctrl+alt+")} <= OF_A_SCREEN
            await go_back(app, OTHER_KEYS["app.back"])


def test_footers_of_a_run_name_commands_whatever_the_run_does() -> None:
    states = list(itertools.product([True, False], repeat=4))
    check: dict[str, object] = {"ok": True, "types": [{"type": "a:B", "blocked": True}]}
    pauses = (None, {"reason": "step"}, {"reason": "request"})
    found = [keys_while_running(live, waits, log, paused) for live, waits, log, _ in states for paused in pauses]
    found += [keys_before(check, *each) for each in states]
    names = {name for keys in found for each, _ in keys for name in each.split()}
    assert names - {"⏎", "↑↓", "1-9"} <= set(by_id())


async def click(app: Driver, text: str) -> None:
    """Click where a text is on the screen, from below."""
    row = max(index for index, line in enumerate(app.lines) if text in line)
    await app.pilot.click(offset=(app.lines[row].rindex(text) + len(text) // 2, row))
    await app.pilot.pause()


async def test_a_click_does_what_the_key_does() -> None:
    async with open_app(RECORDED) as app:
        await click(app, "d diff")
        await app.shows("compare", "J K")
        await click(app, "esc back")
        await app.until(lambda: app.app.screen is app.screen, "the browser")
        await click(app, "space play")
        await app.shows("replay", "speed")
        await click(app, "? help")
        await app.shows("Keys and signs")
        await click(app, "esc closes")
        await app.until(lambda: "Keys and signs" not in app.text, "the replay")
        await click(app, "esc back")
        await app.until(lambda: app.app.screen is app.screen, "the browser")
        following = app.screen.selection.following
        await click(app, "following" if following else "F follows")
        await app.press("g")
        await app.shows("F follows")
        await click(app, "F follows")
        await app.shows(" following")
        await click(app, "f filter")
        await app.until(lambda: app.screen.query_one("#ask").display, "the prompt")
        await click(app, "esc leaves")
        await app.until(lambda: not app.screen.query_one("#prompt").display, "no prompt")


async def test_a_key_that_a_message_names_can_be_clicked() -> None:
    async with open_app(RECORDED) as app:
        await app.press("f3", "tab", "slash", *"brief", "enter")
        await app.shows("of 3 for 'brief' · n next")
        said = app.lines[-1]
        await click(app, "n next")
        await app.until(lambda: "n next" in app.lines[-1] and app.lines[-1] != said, "the next match")
        await click(app, "esc ends")
        await app.until(lambda: "match " not in app.lines[-1], "the keys")
