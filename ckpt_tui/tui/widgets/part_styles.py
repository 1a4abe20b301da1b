"""Styles of the parts of widgets that are drawn line by line, in colours of the theme.

Rules of CSS could say the same, but Textual works each of them out for every widget before anything is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rich.style import Style
from textual.color import Color


class Look(NamedTuple):
    """The style of a part: names of variables of the theme, "" for the same as around it.

    Attributes:
        color: The colour of its text.
        background: The colour behind it.
        text: A variable that holds a text style, or a text style such as `bold`.
    """

    color: str = ""
    background: str = ""
    text: str = ""


def style_of(look: Look, variables: Mapping[str, str]) -> Style:
    """The style of a part, to be added to that of its widget.

    Args:
        look: The look of the part.
        variables: The variables of the theme.
    """
    names = look.color, look.background
    # A theme that lacks a colour leaves the part as it is around it.
    color, background = (Color.parse(variables[name]).rich_color if name in variables else None for name in names)
    text = variables.get(look.text, look.text)
    return Style(color=color, bgcolor=background) + Style.parse(text or "none")
