"""The cost of parsing JSON, estimated before it is parsed, and its limit.

A limit for one command (`show --limit 8`) holds for all that the command reads, headers of the list included:
a file that the list refuses could not be asked for.
"""

from math import ceil
from typing import NamedTuple

from ckpt_tui.core.budgets import JSON_BYTE_MEMORY, JSON_MEMORY, MOST_JSON_MEMORY
from ckpt_tui.core.text import size_text

_allowed = 1.0


def allow(factor: float) -> None:
    """Let files be so many times as large, and JSON take so many times as much memory, as usual."""
    global _allowed
    _allowed = max(factor, 1.0)


def allowed() -> float:
    """What `allow` was called with, at least 1."""
    return _allowed


class Cost(NamedTuple):
    """The cost of the values of a document.

    Attributes:
        values: How many there are, about.
        memory: Bytes they take, about.
        work: The work of parsing them, in the units of `ckpt_tui.core.document_budget`.
    """

    values: int
    memory: int
    work: int


MOST_MEMORY = 80
"""Bytes of memory that one byte of JSON takes at most, by these estimates."""


def cost_of(data: bytes, text: str) -> Cost:
    """The cost of a document in JSON, given as bytes and as text; what texts hold may be taken for values."""
    signs = data.translate(None, _NO_SIGNS)
    # Among long texts, one that holds a colon may be taken for a name: a text is not passed through twice for that.
    names = signs.count(b'":') if len(signs) * _LONG_TEXTS < len(data) else text.count('":')
    commas, containers = signs.count(b","), signs.count(b"[") + signs.count(b"{")
    memory = 48 * commas + MOST_MEMORY * containers + 64 * names
    return Cost(commas + containers, memory, commas * 3 // 8 + 2 * containers + names)


_NO_SIGNS = bytes(set(range(256)) - set(b',[{:"'))

_LONG_TEXTS = 16
"""Bytes of a file for each sign of JSON from which on nearly all of it is within texts."""


def excess(cost: Cost, size: int, factor: float = 1.0) -> str:
    """Why a file of this size is not parsed, and what to do; "" where it may be parsed.

    Args:
        cost: What its values cost.
        size: Its bytes.
        factor: How many times the usual memory it may take, where that is more than `allowed`.
    """
    usual = min(max(JSON_MEMORY, size * JSON_BYTE_MEMORY), MOST_JSON_MEMORY)
    most = int(usual * max(factor, _allowed))
    if cost.memory <= most:
        return ""
    return (
        f"about {cost.values:,} values would take about {size_text(cost.memory)}B of memory, and at most "
        f"{size_text(most)}B are used for this file; `show --limit {ceil(cost.memory / usual)}` reads it"
    )
