"""The configuration in the app: reports its faults, and edits it while the app runs."""

from __future__ import annotations

from typing import Any

from textual.app import App

from ckpt_tui.configuration import Config, load, made_file
from ckpt_tui.core.text import clean
from ckpt_tui.errors import CkptError
from ckpt_tui.tui.configuration_check import complaints
from ckpt_tui.tui.outside_programs import editor, run_outside

TITLE = "Configuration"


class ConfigurationUse:
    """Handles the configuration of the app; a class, so that one import brings it all."""

    @staticmethod
    def complain(app: App[Any], config: Config) -> int:
        """Report the faults of a configuration; returns their number."""
        found = complaints(config)
        for complaint in found:
            app.notify(clean(complaint.text), title=TITLE, severity="warning", timeout=10, markup=False)
        return len(found)

    @staticmethod
    def edit(app: App[Any]) -> Config | None:
        """Open the file in $VISUAL or $EDITOR, and read it again; None where it is unchanged, or cannot be used.

        Faults are reported.
        """
        try:
            return _edited(app)
        except CkptError as error:
            text = f"{error.what} {error.hint}".strip()
            app.notify(clean(f"{text} What is set stays."), title=TITLE, severity="warning", timeout=10, markup=False)
        return None


def _edited(app: App[Any]) -> Config | None:
    command = editor()
    try:
        path = made_file()
        before = _text(path)
        code = run_outside(app, command, path)
        if code:
            raise CkptError(f"{command} ended with {code}.")
        return None if _text(path) == before else load()
    except OSError as error:
        raise CkptError(f"The configuration cannot be edited: {error}.") from None


def _text(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
