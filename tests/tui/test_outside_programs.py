"""Programs that have the terminal while the app waits."""

from __future__ import annotations

import pytest
from textual.app import App

from ckpt_tui.errors import CkptError
from ckpt_tui.tui.outside_programs import at_line, editor, run_outside


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("vi", ["+12", "a.py"]), ("nano -w", ["+12", "a.py"]),
        ("code --wait", ["--goto", "a.py:12"]), ("/usr/bin/hx", ["a.py:12"]),
        ("vi '", ["+12", "a.py"]),
    ],
)  # fmt: skip
def test_each_editor_gets_the_line_in_its_own_way(
    command: str, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", command)
    assert at_line(editor(), "a.py", 12) == words


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("vi", "This terminal cannot be handed to another program."),  # the app of a test draws on no terminal
        ("vi '", "vi ' did not start: No closing quotation"),
    ],
)
async def test_a_program_that_cannot_be_run_is_explained(command: str, reason: str) -> None:
    app: App[None] = App()
    async with app.run_test():
        with pytest.raises(CkptError) as error:
            run_outside(app, command, "a.py")
    assert error.value.what == reason
