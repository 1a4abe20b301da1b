"""Why a key does nothing where it was pressed: where its command works."""

from __future__ import annotations

from collections.abc import Mapping

from ckpt_tui.tui.commands import COMMANDS, Scope, key_set
from ckpt_tui.tui.widgets.shown_keys import keys_of

_PLACES: dict[Scope, tuple[str, str, str]] = {
    "list": ("in the list of checkpoints", "", ""),
    "value": ("in the values of a checkpoint", "", ""),
    "diff": ("where changes are listed", "diff.compare", "compares"),
    "compare": ("in a comparison", "diff.compare", "opens one"),
    "run": ("on the screen of a run", "run.resume", "opens it"),
    "paused": ("in the browser beside a paused run", "", ""),
    "replay": ("in a replay", "replay.open", "opens one"),
    "delete": ("where checkpoints are deleted", "store.prune", "opens it"),
    "any list": ("in a list", "", ""),
    "everywhere": ("in the browser", "", ""),
}
"""Where the commands of a scope work, and the command that leads there."""


def elsewhere(scope: Scope) -> str:
    """Why a command cannot be done here, by where it works."""
    place, way, what = _PLACES[scope]
    return f"works {place}: {keys_of(way)} {what}" if way else f"works {place}"


def why_not(key: str, character: str, changed: Mapping[str, str]) -> str:
    """Why a key does nothing where it was pressed: where it works, or that it works nowhere.

    Args:
        key: The key, as Textual names it.
        character: The character that it types, or "".
        changed: Command id → keys, where the person changed them.
    """
    found = [each for each in COMMANDS if key in key_set(changed.get(each.id, each.keys))]
    name = character if character.isprintable() and character.strip() else key.replace("_", " ")
    if not found:
        return f"{name} does nothing here: {keys_of('app.help')} shows the keys."
    if len(found) == 1:
        return f"{name} {elsewhere(found[0].scope)} · {found[0].title}"
    return f"{name} works {' and '.join(list(dict.fromkeys(_PLACES[each.scope][0] for each in found))[:2])}"
