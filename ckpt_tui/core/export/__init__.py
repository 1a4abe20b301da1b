"""The former place of `show_document` and of the writers of JSON; other programs may still import them from here."""

from __future__ import annotations

import warnings

from ckpt_tui.core.json_text import dumps, dumps_lines, pieces
from ckpt_tui.core.show_document import show_document

__all__ = ["dumps", "dumps_lines", "pieces", "show_document"]

warnings.warn(
    "ckpt_tui.core.export is now ckpt_tui.core.show_document, and dumps is in ckpt_tui.core.json_text",
    DeprecationWarning,
    stacklevel=2,
)
