"""Copying a text out of the app."""

from __future__ import annotations

from textual.app import App

from ckpt_tui.core.text import clean
from ckpt_tui.tui import clipboard
from ckpt_tui.tui.widgets.status import Part

SHOWN = 40
"""Characters of a text that is shown when it was copied; of a longer one the length is shown."""


def copied(app: App[None], text: str, what: str) -> Part:
    """Copy a text; returns the message to show: where it went, or why it did not."""

    def write(sequence: str) -> None:
        driver = app._driver
        if driver is not None:
            driver.write(sequence)

    try:
        done = clipboard.copy(text, write)
    except OSError as error:
        return f"Not copied: {error.strerror}", "error"
    shown = clean(text) if len(text) <= SHOWN else f"{len(text):,} characters"
    verb = "copied" if done.is_known else "sent"
    return f"{what} {verb} to {done.where}: {shown}", "plain"
