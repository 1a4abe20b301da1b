"""The command palette: every command by name, from the one table."""

from __future__ import annotations

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from ckpt_tui.tui.commands import COMMANDS, Command


class Commands(Provider):
    """Offers every command that the screen can run now."""

    def _run(self, command: Command) -> None:
        self.app.call_later(self._perform, command)

    async def _perform(self, command: Command) -> None:
        target = self.screen.focused or self.screen
        namespace = target if hasattr(target, f"action_{command.action.partition('(')[0]}") else self.screen
        await self.app.run_action(command.action, namespace)

    async def discover(self) -> Hits:
        for command in COMMANDS:
            if command.scope != "any list":
                yield DiscoveryHit(command.title, partial(self._run, command), help=command.shown)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in COMMANDS:
            score = matcher.match(command.title)
            if score > 0:
                yield Hit(score, matcher.highlight(command.title), partial(self._run, command), help=command.shown)
