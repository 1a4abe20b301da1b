"""The command palette: every command by name, id and words; one that cannot be used here is dim, with the reason."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple, Protocol, runtime_checkable

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode
from textual.widget import Widget

from ckpt_tui.tui.commands import COMMANDS, Command, by_id
from ckpt_tui.tui.idle_reasons import elsewhere
from ckpt_tui.tui.widgets.fitting import fit
from ckpt_tui.tui.widgets.shown_keys import key_text, names_of

_KEYS = 8
"""Cells of the column of keys."""


class Offer(NamedTuple):
    """A command in its present state.

    Attributes:
        command: The command.
        node: The node it works on; None where it cannot be used here.
        action: Its action there, which may differ from other places.
        title: The title of that action.
        reason: Why it cannot be used here, or now; "" where it can.
    """

    command: Command
    node: DOMNode | None
    action: str
    title: str
    reason: str = ""


@runtime_checkable
class Judges(Protocol):
    """A node that can explain why one of its commands does nothing now."""

    def why_idle(self, command: str) -> str:
        """Return why the command with an id does nothing now, as its key shows it; "" where it works."""
        ...


class Commands(Provider):
    """Offers every command, those first that can be used on the screen below."""

    @property
    def _width(self) -> int:
        """Columns of a line: those of the screen without the list's own edges."""
        return self.app.size.width - 6

    async def discover(self) -> Hits:
        offers = [offer for offer in self._offers() if offer.command.scope != "any list"]
        offers.sort(key=lambda offer: bool(offer.reason))
        for index, offer in enumerate(offers):
            # Sorted by this text, which is not shown.
            yield DiscoveryHit(_line(offer, self._width), partial(self._run, offer), f"{index:03} {offer.command.id}")

    async def search(self, query: str) -> Hits:
        words = query.lower().split()
        for offer in self._offers():
            score = closeness(offer.command, words)
            if score > 0:
                score += _HERE if not offer.reason else 0
                yield Hit(score, _line(offer, self._width), partial(self._run, offer), offer.command.title)

    def _offers(self) -> list[Offer]:
        """All commands, each with its node: the focused widget and those around it first, then any other."""
        nodes: list[DOMNode] = []
        if self.focused is not None:
            nodes += self.focused.ancestors_with_self
        nodes += [self.screen, self.app]
        nodes += [node for node in self.screen.walk_children(Widget) if node.display and node.is_on_screen]
        found: dict[str, Offer] = {}
        commands = by_id()
        for node in nodes:
            for binding in (each for group in node._bindings.key_to_bindings.values() for each in group):
                name = binding.id or ""
                if name in commands and name not in found and _can(node, binding.action):
                    reason = node.why_idle(name) if isinstance(node, Judges) else ""
                    found[name] = Offer(commands[name], node, binding.action, binding.description, reason)
        return [
            found.get(each.id) or Offer(each, None, each.action, each.title, elsewhere(each.scope)) for each in COMMANDS
        ]

    def _run(self, offer: Offer) -> None:
        self.app.call_later(self._perform, offer)

    async def _perform(self, offer: Offer) -> None:
        if offer.node is None or offer.reason:
            text = f"{offer.command.title}: {offer.reason.removesuffix('.')}."
            self.app.notify(text, severity="warning", markup=False)
            return
        if isinstance(offer.node, Widget) and offer.node.focusable:
            offer.node.focus()
        await self.app.run_action(offer.action, offer.node)


_HERE = 0.15
"""Added to the score of a command that can be used here, which then comes before a slightly closer one."""


def closeness(command: Command, words: list[str]) -> float:
    """How well a command matches the typed text, 0 to 1; 0 where one of its words is not found."""
    if not words:
        return 0
    if command.id == " ".join(words):
        return 1
    return sum(scores) / len(words) if all(scores := [_of_word(command, word) for word in words]) else 0


def _of_word(command: Command, word: str) -> float:
    names = [*command.id.replace("_", ".").split("."), *command.hint.lower().split(), *command.words.split()]
    title = command.title.lower().replace(",", " ").replace(":", " ").replace(";", " ").split()
    for score, found in (
        (0.95, word == names[-1] or word in names[1:]), (0.9, any(name.startswith(word) for name in names[1:])),
        (0.8, word in names or any(name.startswith(word) for name in names)),
        (0.7, word in title), (0.6, any(each.startswith(word) for each in title)),
        (0.4, word in command.id), (0.3, word in command.title.lower()),
    ):  # fmt: skip
        if found:
            return score
    return 0


def _can(node: DOMNode, action: str) -> bool:
    """Whether a node has an action now."""
    name = action.partition("(")[0].rpartition(".")[2]
    return "." in action or (hasattr(node, f"action_{name}") and node.check_action(name, ()) is True)


def _line(offer: Offer, width: int) -> Content:
    """One line: the key, the title, the id if there is room; dim and with its place for one that works elsewhere."""
    command = offer.command
    names = key_text(" ".join(names_of(command.id)))
    key = f"{names:>{_KEYS}}  "
    room = width - len(key)
    if offer.reason:
        return Content.styled(key + fit(f"{offer.title} · {offer.reason}", room).rstrip(), "$ck-dim")
    title, name = fit(offer.title, min(len(offer.title), room)), f"  {command.id}"
    shown = name if len(title) + len(name) <= room else ""
    return Content.assemble((key, "$ck-label"), title, (shown, "$ck-dim"))
