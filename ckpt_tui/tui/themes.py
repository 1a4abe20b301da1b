"""Colours: one dark and one light theme of our own, and our variables for the themes of others."""

from __future__ import annotations

from textual.theme import Theme

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
        "ck-edge-focus": "#6f94c4", "ck-match": "#5a4a1c", "ck-lane": "#56739a",
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
        "ck-edge-focus": "#2f5f9e", "ck-match": "#ffe9a8", "ck-lane": "#7d99bd",
    },
)  # fmt: skip

_ANSI = {
    "ck-cursor": "ansi_blue", "ck-cursor-blur": "ansi_bright_black", "ck-text": "ansi_green",
    "ck-number": "ansi_yellow", "ck-word": "ansi_magenta", "ck-type": "ansi_cyan", "ck-label": "ansi_default",
    "ck-dim": "ansi_white", "ck-edge": "ansi_bright_black", "ck-edge-focus": "ansi_bright_blue",
    "ck-match": "ansi_red", "ck-lane": "ansi_cyan",
}  # fmt: skip

_FROM_OTHERS = {
    "ck-cursor": "primary-muted", "ck-cursor-blur": "panel", "ck-text": "text-success", "ck-number": "text-warning",
    "ck-word": "text-accent", "ck-type": "text-secondary", "ck-label": "text-primary", "ck-dim": "foreground-muted",
    "ck-edge": "border-blurred", "ck-edge-focus": "border", "ck-match": "warning-muted", "ck-lane": "secondary",
}  # fmt: skip


def variables_for(theme: Theme) -> dict[str, str]:
    """Our variables for a theme of others, which knows nothing of them: made of its own colours."""
    if theme.name.startswith("ansi"):
        return _ANSI
    colours = theme.to_color_system().generate()
    return {name: colours.get(source, _ANSI[name]) for name, source in _FROM_OTHERS.items()}
