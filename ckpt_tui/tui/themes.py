"""Colours: our own dark and light themes, our variables for other themes, and readable text.

Every text has a contrast of at least `CONTRAST` with its background, in every theme, the selected row included.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.color import Color as TerminalColor
from rich.style import Style
from textual.color import Color, ColorParseError
from textual.theme import Theme

CONTRAST = 4.5
"""Least ratio of the luminances of a text and its background (WCAG 2, AA)."""

SIXTEEN = "ansi-dark"
"""The theme of a terminal with 16 colours: its own ones, none made of others that may look the same there."""

SIXTEEN_ON_LIGHT = "ansi-light"
"""The same for a light background."""

_TEXTS = (
    "foreground", "primary", "accent", "warning", "error", "success", "ck-text", "ck-number", "ck-word", "ck-type",
    "ck-label", "ck-dim", "ck-lane", "foreground-muted", "text-muted", "text-disabled", "footer-description-foreground",
    "footer-key-foreground", "border-title",
)  # fmt: skip
_BACKGROUNDS = ("background", "surface", "panel")

_STYLES = {"ck-cursor-style": "bold", "ck-blur-style": "none", "ck-match-style": "none"}
"""Text styles of the selected row, of that row in a pane without the focus, and of a match."""

DARK = Theme(
    name="ckpt-dark",
    primary="#7aa2d6",
    secondary="#8f9bb3",
    accent="#e0b872",
    warning="#e0a458",
    error="#e0707a",
    success="#8cc084",
    foreground="#c9d1dc",
    background="#12151a",
    surface="#12151a",
    panel="#1c2128",
    dark=True,
    variables={
        "ck-cursor": "#2c3f5c", "ck-cursor-blur": "#20262f", "ck-text": "#9ec48d", "ck-number": "#d9a77c",
        "ck-word": "#c792c4", "ck-type": "#6f8aa6", "ck-label": "#9db8dd", "ck-dim": "#6b7585", "ck-edge": "#343c48",
        "ck-edge-focus": "#6f94c4", "ck-match": "#5a4a1c", "ck-lane": "#56739a", **_STYLES,
    },
)  # fmt: skip

LIGHT = Theme(
    name="ckpt-light",
    primary="#2f5f9e",
    secondary="#5b6675",
    accent="#8a5a00",
    warning="#9a5b00",
    error="#b3303c",
    success="#2f7a35",
    foreground="#20262f",
    background="#fafaf7",
    surface="#fafaf7",
    panel="#eceae4",
    dark=False,
    variables={
        "ck-cursor": "#c9dbf2", "ck-cursor-blur": "#e6e9ee", "ck-text": "#2f6b2a", "ck-number": "#8a4b12",
        "ck-word": "#7a3a78", "ck-type": "#52708f", "ck-label": "#234f86", "ck-dim": "#7d8694", "ck-edge": "#c3c8d0",
        "ck-edge-focus": "#2f5f9e", "ck-match": "#ffe9a8", "ck-lane": "#7d99bd", **_STYLES,
    },
)  # fmt: skip

_SIXTEEN_DARK = {
    "primary": "ansi_default", "accent": "ansi_bright_yellow", "warning": "ansi_bright_yellow",
    "error": "ansi_bright_red", "success": "ansi_bright_green", "ck-cursor": "ansi_blue",
    "ck-cursor-blur": "ansi_default", **_STYLES, "ck-blur-style": "bold underline", "ck-text": "ansi_green",
    "ck-number": "ansi_bright_yellow", "ck-word": "ansi_bright_magenta", "ck-type": "ansi_cyan",
    "ck-label": "ansi_default", "ck-dim": "ansi_default", "ck-edge": "ansi_bright_black",
    "ck-edge-focus": "ansi_bright_blue", "ck-match": "ansi_red", "ck-lane": "ansi_cyan",
}  # fmt: skip
"""Colours that can be read on black in the palettes of xterm and of the Linux console."""

WITHOUT_COLOURS = {"ck-cursor-style": "bold reverse", "ck-blur-style": "bold underline", "ck-match-style": "reverse"}
"""The styles of the selected row and of a match without colours (NO_COLOR)."""

_SIXTEEN_LIGHT = _SIXTEEN_DARK | {
    "primary": "ansi_blue", "accent": "ansi_magenta", "warning": "ansi_magenta", "error": "ansi_red",
    "success": "ansi_blue", "ck-text": "ansi_blue", "ck-number": "ansi_magenta", "ck-word": "ansi_magenta",
    "ck-type": "ansi_default", "ck-edge-focus": "ansi_blue", "ck-lane": "ansi_blue",
}  # fmt: skip
"""The same on white."""

_FROM_OTHERS = {
    "ck-cursor": "primary-muted", "ck-cursor-blur": "panel", "ck-text": "text-success", "ck-number": "text-warning",
    "ck-word": "text-accent", "ck-type": "text-secondary", "ck-label": "text-primary", "ck-dim": "foreground-muted",
    "ck-edge": "border-blurred", "ck-edge-focus": "border", "ck-match": "warning-muted", "ck-lane": "secondary",
}  # fmt: skip


def variables_for(theme: Theme) -> dict[str, str]:
    """Our variables for another theme, made of its own colours."""
    if theme.ansi:
        return _SIXTEEN_DARK if theme.dark else _SIXTEEN_LIGHT
    colours = theme.to_color_system().generate()
    found = {name: colours.get(source, _SIXTEEN_DARK[name]) for name, source in _FROM_OTHERS.items()}
    return {**found, **_STYLES}


def theme_for_sixteen(environ: Mapping[str, str]) -> str:
    """The theme of a terminal with 16 colours: for a light background where the terminal reports one."""
    background = environ.get("COLORFGBG", "").rpartition(";")[2]
    return SIXTEEN_ON_LIGHT if background in ("7", "15") else SIXTEEN


def readable_variables(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables of a theme with each colour of a text far enough from every background it appears on."""
    out = dict(variables)
    grounds = [color for name in _BACKGROUNDS if (color := _color(out.get(name, ""))) is not None]
    for name in _TEXTS:
        color = _color(out.get(name, ""))
        if color is not None and grounds:
            opaque = grounds[0].blend(color.with_alpha(1), color.a, 1)
            out[name] = readable(opaque, *grounds).hex
    return out


def readable(text: Color, *grounds: Color) -> Color:
    """The colour of a text, made lighter or darker until it can be read on each of these backgrounds."""
    if all(contrast(text, ground) >= CONTRAST for ground in grounds):
        return text
    ends = (Color(255, 255, 255), Color(0, 0, 0))
    end = max(ends, key=lambda each: min(contrast(each, ground) for ground in grounds))
    for step in range(1, _STEPS):
        found = text.blend(end, step / _STEPS)
        if all(contrast(found, ground) >= CONTRAST for ground in grounds):
            return found
    return end


def contrast(one: Color, other: Color) -> float:
    """The ratio of the luminances of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    """As the guidelines for accessible content define it, 0 to 1."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


_STEPS = 40
"""Shades that are tried between a colour and white or black."""


def readable_style(style: Style, is_selected: bool = False) -> Style:
    """A style whose text can be read on its background.

    Args:
        style: The style.
        is_selected: It is that of a selected row: in 16 colours, where contrast cannot be computed, its text is white.
    """
    text, ground = style.color, style.bgcolor
    if text is None or ground is None or ground.is_default:
        return style
    if text.triplet is None or ground.triplet is None:
        return style + Style(color=TerminalColor.parse("bright_white")) if is_selected else style
    before = Color.from_rich_color(text)
    after = readable(before, Color.from_rich_color(ground))
    return style if after == before else style + Style(color=after.rich_color)


def _color(value: str) -> Color | None:
    """A colour of known red, green and blue; None for any other value."""
    if not value or value.startswith("auto"):  # Textual would search for a colour with a similar name
        return None
    try:
        color = Color.parse(value)
    except ColorParseError:
        return None
    return None if color.ansi is not None else color
