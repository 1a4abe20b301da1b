"""Dialogs that a key opens over any screen, imported by the first such key: the first row does not wait for them."""

from __future__ import annotations

from ckpt_tui.tui.palette import Commands
from ckpt_tui.tui.screens.theme_picker import ThemePicker
from ckpt_tui.tui.screens.yes_no import YesNoScreen, quit_question


class AppDialogs:
    """The screens and the provider of the palette, for `app`."""

    commands = Commands
    theme_picker = ThemePicker
    yes_no = YesNoScreen
    quit_question = staticmethod(quit_question)
