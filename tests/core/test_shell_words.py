"""A command that is proposed can be pasted, whatever the names in it are."""

import os
import subprocess

import pytest

from ckpt_tui.core.shell_words import shell_line, shell_word
from ckpt_tui.core.text import unsafe

NAMES = [
    "plain", "two words", "it's", 'a "b"', "$(touch x)", "`x`", "störe 東京", "-dash", "semi;colon",
    "back\\slash", "new\nline",
    "\x1b[31mred", "rtl\u202eoverride", "zero\u200bwidth", "caf\udce9", "",
]  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="a shell of POSIX")
def test_a_shell_reads_each_word_as_the_name_that_it_was_made_of() -> None:
    done = subprocess.run(["bash", "-c", shell_line(["printf", "%s\\0", *NAMES])], check=True, capture_output=True)
    assert done.stdout.split(b"\0")[:-1] == [name.encode("utf-8", "surrogateescape") for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_a_word_is_safe_for_a_terminal(name: str) -> None:
    assert not unsafe().search(shell_word(name))
