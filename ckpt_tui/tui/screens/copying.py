"""Copying a text out of the app."""

from __future__ import annotations

from textual.app import App

from ckpt_tui.tui.widgets.status import Part


def copied(app: App[None], text: str, what: str) -> Part:
    """Copy a text; returns what there is to say of it: where it went, or why it did not."""
    from ckpt_tui.tui.clipboard import copy  # late: what the first screen does not need

    def write(sequence: str) -> None:
        driver = app._driver
        if driver is not None:
            driver.write(sequence)

    try:
        where = copy(text, write)
    except OSError as error:
        return f"Not copied: {error.strerror}", "error"
    shown = ascii(text)[1:-1] if len(text) <= 40 else f"{len(text):,} characters"
    return f"{what} copied to {where}: {shown}", "plain"
