"""The command that opens an editor at a line."""

from __future__ import annotations

import pytest

from ckpt_tui.tui.helpers.editor_lines import editor_command


@pytest.mark.parametrize(
    ("editor", "words"),
    [
        ("vi", ["vi", "+12", "a.py"]), ("nano -w", ["nano", "-w", "+12", "a.py"]),
        ("code --wait", ["code", "--wait", "--goto", "a.py:12"]), ("/usr/bin/hx", ["/usr/bin/hx", "a.py:12"]),
    ],
)  # fmt: skip
def test_each_editor_gets_the_line_in_its_own_way(
    editor: str, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", editor)
    assert editor_command("a.py", 12) == words
