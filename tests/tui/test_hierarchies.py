"""Screens are composed, not stacked."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

from textual.screen import Screen

from ckpt_tui.tui import screens

MOST = 3
"""Classes of ours that a screen may be made of, its own among them."""


def all_screens() -> Iterator[type]:
    for module in pkgutil.iter_modules(screens.__path__, f"{screens.__name__}."):
        for _, found in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(found, Screen) and found.__module__ == module.name:
                yield found


def test_no_screen_is_made_of_more_than_three_classes() -> None:
    ours = {
        screen.__qualname__: [base for base in screen.__mro__ if base.__module__.startswith("ckpt_tui.")]
        for screen in all_screens()
    }
    assert len(ours) > 10
    assert {name: len(bases) for name, bases in ours.items() if len(bases) > MOST} == {}
