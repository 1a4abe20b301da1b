"""Changes before a run: as few edits as possible for a changed document, so that other values stay the same objects."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from ckpt_tui.core.paths import Path, expression, parse
from ckpt_tui.errors import UsageError

_WHOLE = ("$value", "$base64", "$entries", "$args", "$ref", "$error")
"""Members of a document that stand for the whole object, which is then given whole."""


class Edit(NamedTuple):
    """One value to change before the run.

    Attributes:
        path: Where it is, `state` or `messages` first.
        value: What it is to be, as `show` writes values.
        drops: Whether it is a message in flight that is dropped instead; it has no value.
    """

    path: Path
    value: Any
    drops: bool = False

    @property
    def text(self) -> str:
        """The path as people write it."""
        return expression(self.path)

    def document(self) -> dict[str, Any]:
        """The change as the runner reads it."""
        change = {"drop": True} if self.drops else {"value": self.value}
        return {"path": self.text, "steps": list(self.path), **change}


def smallest(path: Path, before: Any, after: Any) -> tuple[Edit, ...]:
    """The edits that turn `before` into `after`; both as `show` writes values.

    Args:
        path: Where the value is.
        before: What it is.
        after: What it is to be.
    """
    edits: list[Edit] = []
    todo: list[tuple[Path, Any, Any]] = [(path, before, after)]
    while todo:
        here, old, new = todo.pop()
        if json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True):  # 1 is not true
            continue
        if isinstance(old, dict) and isinstance(new, dict) and _alike(old, new):
            for key, value in new.items():
                if key == "$type":
                    continue
                if key == "$items":
                    todo.append((here, old.get(key), value))
                elif key in old:
                    todo.append(((*here, _name(key)), old[key], value))
                else:
                    edits.append(Edit((*here, _name(key)), value))
        elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new) and old:
            todo += [((*here, index), one, other) for index, (one, other) in enumerate(zip(old, new, strict=True))]
        else:
            edits.append(Edit(here, new))
    return tuple(sorted(edits, key=lambda edit: [str(step) for step in edit.path]))


def _alike(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether two documents are of the same type, none of whose members is gone."""
    if old.get("$type") != new.get("$type") or not old.keys() <= new.keys():
        return False
    if "$items" in old:
        kinds = str(old.get("$type"))
        same = isinstance(old["$items"], list) and isinstance(new["$items"], list)
        # Members of a set have no place of their own.
        return same and len(old["$items"]) == len(new["$items"]) and kinds not in _SETS
    return not any(name in old or name in new for name in _WHOLE)


_SETS = ("builtins:set", "builtins:frozenset")


def _name(key: str) -> str:
    return key[1:] if key.startswith("$$") else key


def parse_edit(text: str) -> Edit:
    """The edit that `PATH=JSON` means.

    Raises:
        UsageError: it is not valid.
    """
    # A key in quotes may hold a `=` of its own: the first that ends a path is the one.
    at = text.find("=")
    while at >= 0:
        path = parse(text[:at].strip())
        if path:
            break
        at = text.find("=", at + 1)
    if at < 0:
        raise UsageError(f"--set {text} is not PATH=JSON.", "For example: --set state.draft.score=0.9")
    return edit_of(text[:at].strip(), parse_json(text[at + 1 :], f"--set {text[:at]}"))


def edit_of(text: str, value: Any) -> Edit:
    """The edit that gives a path another value, which is as `show` writes values.

    Raises:
        UsageError: the path is not one below state or messages.
    """
    path = parse(text)
    if not path or path[0] not in ("state", "messages") or len(path) < 2:
        raise UsageError(f"{text} is not a path below state or messages.", "`ckpt-tui show` writes paths.")
    return Edit(path, value)


def drop_of(text: str) -> Edit:
    """The edit that drops a message in flight.

    Raises:
        UsageError: the path is not one of a message in flight.
    """
    path = parse(text)
    if not path or not is_message(path):
        raise UsageError(f"{text} is not the path of a message in flight.", "For example: messages.writer[0]")
    return Edit(path, None, True)


def is_message(path: Path) -> bool:
    """Whether a path is that of one message in flight: its source, and its place among those of the source."""
    return len(path) == 3 and path[0] == "messages" and isinstance(path[2], int) and path[2] >= 0


def parse_json(text: str, what: str) -> Any:
    """A value that a person typed as JSON.

    Raises:
        UsageError: it is not valid.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        hint = f"Write text in quotes, and protect the quotes from the shell: '{json.dumps(text)}'."
        raise UsageError(f"{what} is not valid JSON: {text}.", hint) from None
