"""The words of a search, where the Compare screen looks for them."""

from __future__ import annotations

from ckpt_tui.tui.helpers.match_words import SEARCH_HINT, match_word

__all__ = ["SEARCH_HINT", "match_word"]
