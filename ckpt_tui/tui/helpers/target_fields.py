"""The fields that name the program, and the target that is read from them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from ckpt_tui.actions.resume.interpreters import interpreter
from ckpt_tui.actions.resume.plan import Target
from ckpt_tui.actions.resume.proposals import with_python
from ckpt_tui.errors import CkptError


class FieldKind(NamedTuple):
    """A field: its id, its label, its placeholder; the suffix of files that tab completes, None for no path."""

    name: str
    label: str
    hint: str
    ending: str | None = None


SHOWN = (
    FieldKind("workflow", "program", "app.py or pkg.app; or a name in it, app.py:build; ⇥ completes", ".py"),
    FieldKind("python", "python", "the interpreter, or the virtual environment", ""),
)
"""Fields that are always seen."""

FOLDED = (
    FieldKind("arguments", "arguments", "of the program, as in a shell: --topic tea"),
    FieldKind("inputs", "input lines", "what its input() gets, in order: yes 'two words'"),
    FieldKind("args", "function takes", 'arguments of a function: rounds=3 topic="tea"'),
    FieldKind("storage", "storage", "module:function that makes your own storage, for the types it allows"),
    FieldKind("allow", "types to allow", "module:Class module:Class"),
    FieldKind("directory", "started in", "the current directory", ""),
    FieldKind("into", "new checkpoints", "the directory they go to", ""),
)
"""Fields that are folded away."""

FIELDS = tuple(each.name for each in (*SHOWN, *FOLDED))
"""The ids of all fields."""


class WrongField(Exception):
    """A field that cannot be used as it is.

    Attributes:
        field: Its id.
        what: The fault, as text for people.
    """

    def __init__(self, field: str, what: str) -> None:
        super().__init__(what)
        self.field = field
        self.what = what


def read_target(get: Callable[[str], str], store: str) -> Target:
    """The target that the fields name.

    Args:
        get: Returns the text of a field, by its id.
        store: The path of the store whose checkpoint is resumed.

    Raises:
        WrongField: something in one of them cannot be used.
    """
    try:
        args = arguments(get("args"))
    except ValueError as error:
        raise WrongField("args", f"arguments: {error}") from None
    target = Target(
        get("workflow"), get("python"), args, get("storage"), tuple(get("allow").split()),
        _words("arguments", get), _words("inputs", get), get("directory"),
    )  # fmt: skip
    try:
        if target.python:
            return replace(target, python=interpreter(target.python, store))
    except CkptError as error:
        raise WrongField("python", error.what) from None
    return with_python(target, store)[0]


def _words(name: str, get: Callable[[str], str]) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(get(name)))
    except ValueError as error:
        raise WrongField(name, f"{name}: {error}") from None


def arguments(text: str) -> dict[str, Any]:
    """The arguments that a person typed: a JSON object, or `name=JSON name=text`.

    Raises:
        ValueError: it is neither.
    """
    if text.startswith("{"):
        found = json.loads(text)
        return dict(found)
    out: dict[str, Any] = {}
    for word in shlex.split(text):
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise ValueError(f"{word} is not name=value")
        try:
            out[name] = json.loads(value)
        except ValueError:
            out[name] = value
    return out
