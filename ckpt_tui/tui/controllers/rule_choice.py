"""The choice of rules that hide changes of a comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from ckpt_tui.core.diff.ignore_rules import BUILT_IN, IgnoreRules, Rule
from ckpt_tui.core.text import clean
from ckpt_tui.tui.widgets.status import Part


class RulePort(Protocol):
    """The part of its screen that it uses."""

    def show_rules(
        self, rules: tuple[Rule, ...], on: set[str], counts: Mapping[str, int], take: Callable[[set[str] | None], None]
    ) -> None:
        """List the rules; `take` gets the names of those that are on, or None."""

    def compare_again(self) -> None:
        """Compare again under other rules."""


class RuleChoice:
    """The rules that are on, and all that there are.

    Args:
        port: The screen.
        ignore: The rules that are on.
    """

    def __init__(self, port: RulePort, ignore: IgnoreRules) -> None:
        self._port = port
        self.ignore = ignore
        self._all = tuple(dict.fromkeys((*BUILT_IN, *ignore.rules)))

    @property
    def _on(self) -> set[str]:
        return {rule.name for rule in self.ignore.rules}

    def ask(self, counts: Mapping[str, int]) -> None:
        """List the rules; `counts` has how many changes each of them hides."""
        self._port.show_rules(self._all, self._on, counts, self._take)

    def _take(self, names: set[str] | None) -> None:
        if names is None or names == self._on:
            return
        self.ignore = IgnoreRules(rule for rule in self._all if rule.name in names)
        self._port.compare_again()

    def line(self, counts: Mapping[str, int]) -> list[Part]:
        """The rules on one line, each with the number of changes that it hides."""
        left_out = sum(counts.values())
        out: list[Part] = [(f" left out {left_out:,}: ", "warn" if left_out else "dim")]
        on = self._on
        for rule in self._all:
            number = counts.get(rule.name, 0)
            sign = "✓" if rule.name in on else "✗"
            text = f"{sign} {clean(rule.name, 24)}{f' {number:,}' if number else ''}  "
            out.append((text, "plain" if number else "dim"))
        return out
