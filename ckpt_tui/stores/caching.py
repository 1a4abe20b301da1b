"""Whether this process keeps anything of stores for the next start: `--no-cache` says no."""

from __future__ import annotations

_switch = {"off": False}


def switch_off(off: bool) -> None:
    """Keep nothing from now on; or, where `off` is false, as the configuration says."""
    _switch["off"] = off


def is_switched_off() -> bool:
    """Whether nothing is kept, whatever the configuration says."""
    return _switch["off"]
