"""Keys act one after the other, however fast they come.

Textual hands a key to the widget that has the focus when it arrives; what it does may be found out several queues
later. Of a burst such as `/draft`, the letters would go where the focus was before the slash moved it, as commands.
"""

from __future__ import annotations

import time
from collections import deque
from functools import partial

from textual import events
from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump

PATIENCE = 0.25
"""Seconds after which a key is taken as dealt with: the widget it went to may be gone."""

HELD_SECONDS = 0.01
"""Seconds between two looks at a screen that is being opened."""


class KeyPassed(Message):
    """Follows a key on its way up; where it arrives, the key has been dealt with."""


class TypeAhead(App[None]):
    """An app that holds a key back until the one before it has had its effect."""

    def __init__(self) -> None:
        super().__init__()
        self._held: deque[events.Key] = deque()
        self._key_target: MessagePump | None = None
        """Where the key went that may still be on its way; None when none is."""
        self.key_character = ""
        """What the key types that was handed on last, or ""."""
        self._round = 0
        self._until = 0.0

    async def on_event(self, event: events.Event) -> None:
        """Hold a key back while another is on its way."""
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
            return
        self._held.append(event)
        if len(self._held) == 1:
            await self._next()

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        # The last that is done about a key which no widget took.
        handled = await super()._check_bindings(key, priority)
        if not priority and not self._held:  # else what follows the key says when it was dealt with
            self._key_target = None
        return handled

    async def on_key_passed(self, event: KeyPassed) -> None:
        """The key before the held ones was dealt with."""
        event.stop()
        await self._release()

    async def _release(self) -> None:
        self._key_target = None
        self._round += 1
        await self._next()

    async def _next(self) -> None:
        """Hand on the first key that is held, once the one before it is done."""
        while self._held:
            if not self._can_take() and time.monotonic() < self._until:
                self.set_timer(HELD_SECONDS, self._next)
                return
            target = self._key_target
            if target is not None and target.post_message(KeyPassed()):
                self.set_timer(PATIENCE, partial(self._give_up, self._round))
                return
            self._key_target = self.focused or self.screen
            self._until = time.monotonic() + PATIENCE
            event = self._held.popleft()
            self.key_character = event.character or ""
            await super().on_event(event)

    def _can_take(self) -> bool:
        """Whether a screen that a key has opened has come so far that it can take the next one."""
        screen = self.screen
        return bool(screen.children) and (screen.focused is not None or not screen.focus_chain)

    async def _give_up(self, number: int) -> None:
        if number == self._round:
            await self._release()
