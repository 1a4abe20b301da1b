"""Keys act one after the other, however fast they come.

Textual passes a key to the widget that has the focus when it arrives; its effect may come several queues later. Of a
burst such as `/draft`, the letters would go where the focus was before the slash moved it, as commands.
"""

from __future__ import annotations

import time
from collections import deque
from functools import partial
from typing import Any

from textual import events
from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget

PATIENCE = 0.25
"""Seconds after which a key counts as handled if its widget is gone."""

ENDURED = 40
"""Times that this is tested for a slow widget that is still there; then the next key goes on."""

ROUNDS = 4
"""Times that the messages of a key are awaited."""

HELD_SECONDS = 0.01
"""Seconds between two tests of a screen that is being opened."""


class KeyPassed(Message):
    """Follows a key up the widgets; where it arrives, the key has been handled."""


class TypeAhead(App[None]):
    """An app that holds a key back until the effect of the one before it has come."""

    def __init__(self) -> None:
        super().__init__()
        self._held: deque[events.Key] = deque()
        self._key_target: Widget | None = None
        """The widget that got a key which may not be handled yet; None when there is none."""
        self.key_character = ""
        """The character of the key that was passed on last, or ""."""
        self.key_time = 0.0
        """When it was pressed, on the clock of events."""
        self._path: list[MessagePump] = []
        """The nodes that messages of its key pass, from the widget that took it to its screen."""
        self._round = 0
        self._rounds_left = 0
        self._until = 0.0

    async def on_event(self, event: events.Event) -> None:
        """Hold a key back while another one is not handled yet."""
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
            return
        self._held.append(event)
        if len(self._held) == 1:
            await self._next()

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        # The last handler of a key that no widget took.
        handled = await super()._check_bindings(key, priority)
        if not priority and not self._held and not self._leads_on():
            self._key_target = None  # else the message after the key shows when it was handled
        return handled

    def _leads_on(self) -> bool:
        """Whether messages caused by the key are queued, such as the answer that Enter gives a prompt."""
        return any(each.message_queue_size for each in self._path)

    async def on_key_passed(self, event: KeyPassed) -> None:
        """The key before the held ones was handled, with its messages up to this one."""
        event.stop()
        self._round += 1
        if not self._leads_on() or not self._rounds_left:
            self._key_target = None
        await self._next()

    async def _next(self) -> None:
        """Pass on the first key that is held, once the one before it is handled."""
        while self._held:
            if not self._can_take() and time.monotonic() < self._until:
                self.set_timer(HELD_SECONDS, self._next)
                return
            target = self._key_target
            if target is not None and target.is_attached and target.post_message(KeyPassed()):
                self._rounds_left -= 1
                self.set_timer(PATIENCE, partial(self._give_up, self._round, self.screen, ENDURED))
                return
            self._key_target = target = self.focused or self.screen
            self._path = [each for each in target.ancestors_with_self if each is not self]
            self._rounds_left = ROUNDS
            self._until = time.monotonic() + PATIENCE
            event = self._held.popleft()
            self.key_character, self.key_time = event.character or "", event.time
            await super().on_event(event)

    def _can_take(self) -> bool:
        """Whether a screen that a key has opened can take the next one."""
        screen = self.screen
        return bool(screen.children) and (screen.focused is not None or not screen.focus_chain)

    async def _give_up(self, number: int, screen: Screen[Any], times: int) -> None:
        """Let the next key go on, unless the widget of the one before it is still there and slow."""
        if number != self._round:
            return
        target = self._key_target
        waits_for_keys = self.screen is not screen
        if target is not None and target.is_attached and target.is_running and times and not waits_for_keys:
            self.set_timer(PATIENCE, partial(self._give_up, number, screen, times - 1))
            return
        self._round += 1
        self._key_target = None
        await self._next()
