"""Checks keys that a person changed."""

from __future__ import annotations

from collections.abc import Mapping

from ckpt_tui.tui.commands import Command, Scope, by_id, key_set


def accept_keys(wanted: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The keys of a configuration that can be used, and the faults of the others.

    A change is refused when its command is unknown, or when one of its keys already runs another command in a place
    where both would work.

    Args:
        wanted: Command id → keys, comma separated.
    """
    commands = by_id()
    complaints = [f"[keys] {name}: unknown command; docs/keys.md lists them" for name in wanted if name not in commands]
    accepted = {name: keys for name, keys in wanted.items() if name in commands}
    refused = True
    while refused:
        refused = False
        for name in list(accepted):
            rival = _rival(commands[name], accepted, commands)
            if rival is not None:
                complaints.append(f"[keys] {name} = {accepted.pop(name)} clashes with {rival.id} ({rival.title})")
                refused = True
    return accepted, complaints


def _rival(command: Command, changed: Mapping[str, str], commands: Mapping[str, Command]) -> Command | None:
    """Another command that one of its keys would run in the same place; None where there is none."""
    own = key_set(changed[command.id])
    for other in commands.values():
        meets = other.id != command.id and _overlap(command.scope, other.scope)
        if meets and own & key_set(changed.get(other.id, other.keys)):
            return other
    return None


def _overlap(one: Scope, other: Scope) -> bool:
    if one == other or "everywhere" in (one, other) or "any list" in (one, other):
        return True
    return {one, other} in ({"diff", "compare"}, {"list", "paused"})
