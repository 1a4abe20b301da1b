"""The configuration edited while the app goes on, and the app's own commands on every screen."""

from __future__ import annotations

import shlex
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from ckpt_tui.tui.screens.compare import CompareScreen
from ckpt_tui.user_directories import config_file
from tests.tui.support import SAMPLES, Driver, open_app


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr("textual.app.App.suspend", lambda app: nullcontext())
    monkeypatch.delenv("VISUAL", raising=False)


def edits(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """An $EDITOR that leaves this text; the terminal is not handed over in tests."""
    code = f"import sys; open(sys.argv[1], 'w').write({text!r})"
    monkeypatch.setenv("EDITOR", shlex.join([sys.executable, "-c", code]))


def said(app: Driver) -> str:
    return "\n".join(note.message for note in app.app._notifications)


async def test_theme_keys_and_rules_count_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    edits(monkeypatch, 'theme = "ckpt-light"\n[keys]\n"list.mark" = "v"\n[ignore]\ntimestamps = false\n')
    async with open_app(SAMPLES / "linear") as app:
        assert app.app.theme != "ckpt-light"
        rules = {rule.name for rule in app.screen.parent_diff.ignore.rules}
        await app.press("alt+c")
        await app.until(lambda: "Applied" in said(app), "the settings applied")
        assert app.app.theme == "ckpt-light"
        assert {rule.name for rule in app.screen.parent_diff.ignore.rules} == rules - {"timestamps"}
        await app.press("v")
        await app.shows("◆ 1 marked")


async def test_a_file_is_made_from_a_template_and_one_that_stays_as_it_was_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    async with open_app(SAMPLES / "linear") as app:
        await app.press("alt+c")
        assert "[keys]" in Path(config_file()).read_text() and not said(app)


@pytest.mark.parametrize(
    ("text", "reason"), [("theme = ", "What is set stays"), ('theme = "nordd"\n', "did you mean nord?")]
)
async def test_what_is_wrong_is_said(text: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    edits(monkeypatch, text)
    async with open_app(SAMPLES / "linear") as app:
        before = app.app.theme
        await app.press("alt+c")
        await app.until(lambda: reason in said(app), "what is wrong")
        assert app.app.theme == before


@pytest.mark.parametrize("command", ["false", "no-such-editor"])
async def test_an_editor_that_fails_changes_nothing(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", command)
    async with open_app(SAMPLES / "linear") as app:
        await app.press("alt+c")
        await app.until(lambda: f"{command} " in said(app), "what failed")


async def test_the_palette_and_the_themes_open_over_a_comparison_too() -> None:
    async with open_app(SAMPLES / "linear") as app:
        await app.press("d")
        await app.until(lambda: isinstance(app.app.screen, CompareScreen), "the comparison")
        await app.press("colon", *"export")
        await app.shows("write the changes to a file, secrets masked")
        assert "works in a comparison" not in app.text
        await app.press("escape", "alt+t")
        await app.shows("ckpt-light", "esc as before")
