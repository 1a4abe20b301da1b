"""Whether this process keeps indexes of stores for the next start; `--no-cache` switches that off."""

from __future__ import annotations

_switch = {"off": False}


def switch_off(off: bool) -> None:
    """Keep nothing from now on; where `off` is false, follow the configuration."""
    _switch["off"] = off


def is_switched_off() -> bool:
    """Whether keeping is switched off, which overrides the configuration."""
    return _switch["off"]
