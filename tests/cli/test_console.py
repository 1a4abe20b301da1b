"""The words of a person at a paused run, as commands."""

from __future__ import annotations

import pytest

from ckpt_tui.cli.console import how_to_answer, word_command
from ckpt_tui.errors import UsageError


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ("drop messages.writer[0]", {"do": "drop", "path": "messages.writer[0]"}),
        ("set state.x=[1]", {"do": "edit", "path": "state.x", "value": [1]}),
        ("r 12", {"do": "run_to", "step": 12}),
        ("r writer", {"do": "run_to", "executor": "writer"}),
        ("back 3f2a", {"do": "goto", "id": "3f2a"}),
        ("answer 3f2a=true", {"do": "answer", "request_id": "3f2a", "value": True}),
        ('answer "a=b"', {"do": "answer", "value": "a=b"}),
        ("", None),
    ],
)
def test_words_mean_a_command(words: str, command: dict[str, object] | None) -> None:
    assert word_command(words) == command


@pytest.mark.parametrize("words", ["drop", "drop state.x", "drop messages.writer", "fly"])
def test_words_that_mean_nothing_are_refused_with_what_to_type(words: str) -> None:
    with pytest.raises(UsageError) as refused:
        word_command(words)
    assert refused.value.hint


def test_what_to_type_for_a_request_names_it_where_others_wait_too() -> None:
    request = {"request_id": "3f2a", "example": True, "hint": "it must be true or false"}
    assert how_to_answer(request, True) == "answer true · it must be true or false · q stop"
    assert how_to_answer({"request_id": "3f2a"}, False) == "answer 3f2a=JSON · q stop"
