"""The rules that hide changes: the meaning of each, how many changes it hides, and whether it is on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from ckpt_tui.core.diff.ignore_rules import Rule
from ckpt_tui.core.text import clean
from ckpt_tui.tui.widgets.dialog_box import DialogBox
from ckpt_tui.tui.widgets.line_list import LineList


class RuleLines(LineList):
    """The rules, one a line."""

    def __init__(self, rules: tuple[Rule, ...], on: set[str], counts: Mapping[str, int]) -> None:
        super().__init__()
        self.rules = rules
        self.on = on
        self._counts = counts

    @property
    def line_count(self) -> int:
        return len(self.rules)

    def draw(self, index: int, width: int) -> list[tuple[str, str]]:
        rule = self.rules[index]
        is_on = rule.name in self.on
        number = self._counts.get(rule.name, 0)
        sign = ("✓ ", "good") if is_on else ("✗ ", "dim")
        count = f"{number:>5,}" if number else "     "
        return [sign, (f"{clean(rule.name, 20):<20}", "label"), (count, "warn"), (f"  {clean(rule.title)}", "dim")]

    def toggle(self) -> None:
        """Switch the rule under the cursor."""
        self.on ^= {self.rules[self.cursor].name}
        self.changed()

    def clicked(self, index: int, x: int, times: int) -> None:
        self.toggle()


class RulesScreen(ModalScreen[set[str]]):
    """Switches rules; closes with the names of those that are on.

    Args:
        rules: All rules.
        on: The names of those that are on.
        counts: How many changes each one hides.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("space,enter,x", "switch", "switch"),
        ("a", "all", "all or none"),
        ("escape,q,i", "close", "close"),
    ]

    DEFAULT_CSS = """
    RulesScreen { align: center middle; background: $background 60%; }
    RulesScreen > DialogBox { width: 90%; height: auto; max-height: 80%; }
    RulesScreen RuleLines { height: auto; min-height: 3; }
    """

    def __init__(self, rules: tuple[Rule, ...], on: set[str], counts: Mapping[str, int]) -> None:
        super().__init__()
        self._lines = RuleLines(rules, set(on), counts)
        self._lines.styles.height = len(rules)

    def compose(self) -> ComposeResult:
        with DialogBox("What a diff hides", "space switches · a all or none · esc closes"):
            yield self._lines

    def on_mount(self) -> None:
        """The keys are for the rules."""
        self._lines.focus()

    def action_switch(self) -> None:
        """Switch the rule under the cursor."""
        self._lines.toggle()

    def action_all(self) -> None:
        """Switch all rules off, or on where all are off."""
        self._lines.on = set() if self._lines.on else {rule.name for rule in self._lines.rules}
        self._lines.changed()

    def action_close(self) -> None:
        """Close, with the rules as they are."""
        self.dismiss(self._lines.on)
