"""The screen of a terminal whose locale has ASCII alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

from ckpt_tui.tui.ascii import _SIGNS, ascii_text, draws_ascii
from tests.tui.support import SAMPLES, open_app


@pytest.mark.parametrize(
    ("environ", "ascii_only"),
    [
        ({"LANG": "C"}, True),
        ({"LC_ALL": "POSIX", "LANG": "de_DE.UTF-8"}, True),
        ({"LANG": "de_DE.ISO-8859-1"}, True),
        ({"LC_CTYPE": "C", "LANG": "C.UTF-8"}, True),
        ({"LANG": "C.UTF-8"}, False),
        ({"LANG": "de_DE.utf8@euro"}, False),
        ({"LC_ALL": "", "LANG": "en_GB"}, False),
        ({}, False),
    ],
)
def test_the_locale_says_what_the_terminal_shows(environ: dict[str, str], ascii_only: bool) -> None:
    assert draws_ascii(environ) == ascii_only


@pytest.mark.parametrize(
    "text", ["├─┬─╮ ● │ ↩", "▁▂▃▅█ 12×", "“é” … ± → ☠ ✗", "日本語 🎉 👩‍👩‍👧", "╭─ what ─╮", "\u0301x"]
)
def test_text_in_ascii_has_as_many_cells(text: str) -> None:
    found = ascii_text(text)
    assert found.isascii()
    assert cell_len(found) == sum(map(cell_len, text))


PACKAGE = Path(__file__).parents[2] / "ckpt_tui"
LETTERS = {
    "core/text.py", "core/documents/letters.py", "core/documents/encodings.py", "core/matching/chat_messages.py",
    "core/doctor/copies.py", "core/reading/json_limits.py", "core/secret_assignments.py",
    "core/secret_foreign_names.py", "tui/paint.py",
}  # fmt: skip
"""Files whose other characters are letters that are looked for in data: none of them is drawn."""


def drawn_signs() -> Iterator[tuple[str, str]]:
    """Each sign in a text of what the browser draws, and the file where it is."""
    for room in ("actions", "core", "tui"):
        for file in (PACKAGE / room).rglob("*.py"):
            name = file.relative_to(PACKAGE).as_posix()
            if name in LETTERS or name == "tui/ascii.py":
                continue
            tree = ast.parse(file.read_text(encoding="utf-8"))
            comments = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in comments:
                    yield from ((sign, name) for sign in node.value if not sign.isascii())


def test_every_sign_that_is_drawn_has_one_in_ascii() -> None:
    found = dict(drawn_signs())
    assert {"⏎", "△", "‖"} <= set(found)
    assert {sign: file for sign, file in found.items() if sign not in _SIGNS and not "\u2500" <= sign <= "\u257f"} == {}
    assert all(ascii_text(sign) != "?" and len(ascii_text(sign)) == 1 for sign in found)


async def test_footers_name_keys_in_words_and_those_can_be_clicked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    async with open_app(SAMPLES / "fork_hitl", (140, 30)) as app:
        foot = screen(app).splitlines()[-1]
        assert "enter open" in foot
        assert "tab panes" in foot
        assert "E open" not in foot
        assert "T panes" not in foot
        await app.pilot.click(offset=(foot.index("tab panes") + 5, 29))
        await app.until(lambda: app.screen.panes.pane is not app.screen.list, "the other pane")


async def test_everything_is_drawn_in_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    async with open_app(SAMPLES / "fork_hitl") as app:
        await app.until(lambda: "waits 2 review" in screen(app), "the rows")
        for keys in (["g"], ["tab"], ["t", "t", "t", "t"], ["question_mark"], ["escape"], ["colon"], ["escape"], ["d"]):
            await app.press(*keys)
            await app.pilot.pause()
            assert screen(app).isascii(), keys
        await app.press("escape")
        assert "+-+" in screen(app)


def screen(app: object) -> str:
    """What is written to the terminal."""
    shown = app.app.screen  # type: ignore[attr-defined]
    return "\n".join(strip.text for strip in shown._compositor.render_strips())
