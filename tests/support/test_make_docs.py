"""The generated pages are those of this version, and right."""

import pytest

from ckpt_tui.tui.commands import COMMANDS, Command
from tests.support.make_docs import DOCS, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_up_to_date(name: str) -> None:
    written = (DOCS / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), "run python -m tests.support.make_docs"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_the_keys_that_are_shown_for_a_command_are_not_those_of_another(command: Command) -> None:
    assert len(command.shown.split()) <= len(command.keys.split(","))
