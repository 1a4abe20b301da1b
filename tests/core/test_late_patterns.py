"""Expressions that are compiled late."""

from __future__ import annotations

import re

import pytest

from ckpt_tui.core.late_patterns import LatePattern


def test_an_expression_is_compiled_once_when_it_is_first_used() -> None:
    pattern = LatePattern("a+", re.IGNORECASE)
    assert pattern.compiled is pattern.compiled
    assert pattern.compiled.fullmatch("aA")


def test_a_wrong_expression_is_found_when_it_is_first_used() -> None:
    pattern = LatePattern("(")
    with pytest.raises(re.error):
        _ = pattern.compiled
