"""What a diff leaves out, as the configuration has it."""

from __future__ import annotations

from ckpt_tui.configuration import Config, load
from ckpt_tui.core.diff.ignore_rules import PatternFault, Rule, configured
from ckpt_tui.errors import UsageError
from ckpt_tui.user_directories import config_file


def configured_rules(config: Config | None = None) -> tuple[Rule, ...]:
    """The rules for what a diff leaves out, as the configuration has them.

    Raises:
        UsageError: an entry of its `[ignore]` table is not a rule.
    """
    try:
        return configured((config or load()).ignore)
    except PatternFault as fault:
        raise UsageError(f"{config_file()}: ignore: {fault}.", "docs/configuration.md shows an example.") from None
