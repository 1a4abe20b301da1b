"""A field for a path; tab completes what is typed, as a shell does."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

ENTRIES = 20_000
"""Names of a directory that are compared."""


class PathInput(Input):
    """A field for a path. Tab completes it, and goes to the next field where there is nothing to complete.

    Args:
        placeholder: The placeholder.
        ending: The suffix of proposed files; "" for any.
        id: Its id.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", "complete the path", show=False)]

    @dataclass
    class Completed(Message):
        """A path was completed as far as it can be.

        Attributes:
            names: The possible names, when there is more than one.
        """

        names: list[str]

    def __init__(self, placeholder: str, ending: str = "", id: str | None = None) -> None:
        super().__init__(placeholder=placeholder, compact=True, id=id)
        self.directory = ""
        """The directory of relative paths; "" for the current one."""
        self._ending = ending

    def action_complete(self) -> None:
        """Complete the path, or go to the next field."""
        text, names = completed(self.value, self.directory, self._ending)
        is_whole = os.path.basename(self.value) in names or len(names) < 2
        if self.cursor_position < len(self.value) or (text == self.value and is_whole):
            self.screen.focus_next()
        elif text == self.value:
            self.post_message(self.Completed(names))
        else:
            self.value = text
            self.cursor_position = len(text)


def completed(text: str, directory: str, ending: str) -> tuple[str, list[str]]:
    """A path as far as it can be completed, and the names that could end it.

    Args:
        text: The typed text; "" is not completed.
        directory: The directory of relative paths; "" for the current one.
        ending: The suffix of files.
    """
    head, name = os.path.split(text)
    place = os.path.join(directory, os.path.expanduser(head)) if directory else os.path.expanduser(head)
    if not text:
        return text, []
    found = []
    try:
        with os.scandir(place or ".") as entries:
            for _, entry in zip(range(ENTRIES), entries, strict=False):
                if entry.name.startswith(name) and (name or not entry.name.startswith(".")):
                    if entry.is_dir():
                        found.append(entry.name + os.sep)
                    elif entry.name.endswith(ending):
                        found.append(entry.name)
    except OSError:
        return text, []
    found.sort()
    common = os.path.commonprefix(found)  # noqa: RUF071 names, letter by letter
    return (os.path.join(head, common) if len(common) > len(name) else text), found
