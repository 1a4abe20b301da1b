"""ckpt_tui.core.reading.turns: the turns of one value."""

from __future__ import annotations

import pytest

from ckpt_tui.core.reading.turns import turns


@pytest.mark.parametrize("value", [None, 1, "text", [], [1], {}, {"role": "user"}, ({},)])
def test_what_is_no_message_has_no_turns(value: object) -> None:
    assert turns(value) == ()


def test_plain_json_messages_are_read_too() -> None:
    found = turns(
        [{"role": "user", "contents": [{"type": "text", "text": "hi"}]}, {"role": "x", "contents": ["plain"]}]
    )
    assert [(turn.speaker, turn.text) for turn in found] == [("user", "hi"), ("x", "plain")]
