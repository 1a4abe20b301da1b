"""Objects of numpy and pandas are known by name before what reads them is imported."""

from __future__ import annotations

from ckpt_tui.core.reading import foreign_names
from ckpt_tui.core.reading.foreign_objects import READERS
from ckpt_tui.core.reading.stdlib_types import READERS as STANDARD


def test_what_is_named_as_a_text_has_a_reader_and_nothing_else_has_one() -> None:
    assert READERS.keys() == foreign_names.TEXTS
    assert not foreign_names.TEXTS & STANDARD.keys()
