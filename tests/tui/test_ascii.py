"""The screen of a terminal whose locale has ASCII alone."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from ckpt_tui.tui.ascii import ascii_text, draws_ascii
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
