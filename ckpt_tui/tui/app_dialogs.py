"""What a key opens over any screen. The first such key imports it: no first row waits for it."""

from __future__ import annotations

from ckpt_tui.tui.palette import Commands
from ckpt_tui.tui.screens.theme_picker import ThemePicker
from ckpt_tui.tui.screens.yes_no import YesNoScreen, quit_question


class AppDialogs:
    """The screens, and what fills the palette; `app` asks for them."""

    commands = Commands
    theme_picker = ThemePicker
    yes_no = YesNoScreen
    quit_question = staticmethod(quit_question)
