"""Bookmarks and notes on checkpoints, pins and breakpoints: kept in the person's state directory, a file a store.

Nothing is ever written beside the checkpoints.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ckpt_tui.actions.state_files import write_privately
from ckpt_tui.core.byte_digests import digest_of
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.postgres_address import absolute
from ckpt_tui.user_directories import state_directory

SCHEMA = "ckpt-tui/notes@1"

NOTE_LIMIT = 100_000
"""Characters of a note that are kept."""

FILE_LIMIT = 16_000_000
"""Bytes of a file of notes that is read; ours are a few thousand."""


class Note(NamedTuple):
    """The bookmark and note on one checkpoint.

    Attributes:
        id: The checkpoint's id.
        bookmark: Whether it is bookmarked.
        text: The note, or "".
        workflow: The workflow's name when the note was made, so that it can be shown after the file is gone.
        iteration: `iteration_count` of the checkpoint.
        timestamp: The time of the checkpoint, UTC.
        made: The time of the last change of the note, UTC.
    """

    id: str
    bookmark: bool = False
    text: str = ""
    workflow: str = ""
    iteration: int = 0
    timestamp: str = ""
    made: str = ""


@dataclass
class Notebook:
    """The bookmarks, notes, pins and breakpoints of one store.

    Attributes:
        store: The store's absolute path.
        notes: Id → note.
        pins: Paths kept on screen while a run is replayed.
        breakpoints: Expressions at which it stops.
    """

    store: str
    notes: dict[str, Note] = field(default_factory=dict)
    pins: list[str] = field(default_factory=list)
    breakpoints: list[str] = field(default_factory=list)

    def put(self, note: Note) -> None:
        """Keep a note; one without a bookmark and without text is removed."""
        if note.bookmark or note.text:
            self.notes[note.id] = note
        else:
            self.notes.pop(note.id, None)


def notes_file(store: str) -> str:
    """Where the notes on a store are kept."""
    name = digest_of(absolute(store).encode("utf-8", "surrogateescape")).hex()[:24]
    return os.path.join(_directory(), f"{name}.json")


def _directory() -> str:
    return os.path.join(state_directory(), "notes")


def now() -> str:
    """The time, UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def read_notes(store: str) -> Notebook:
    """The notebook of a store; an empty one if nothing is kept.

    Raises:
        CkptError: the file cannot be read, or is not a file of notes.
    """
    book = Notebook(absolute(store))
    try:
        os.stat(_directory())
    except FileNotFoundError:
        return book  # nobody has kept any yet
    except OSError:
        pass  # reported when the file is read
    path = notes_file(store)
    try:
        with open(path, "rb") as file:
            data = file.read(FILE_LIMIT + 1)
    except FileNotFoundError:
        return book
    except OSError as error:
        raise CkptError(f"The notes in {path} cannot be read: {error.strerror}.") from None
    try:
        table = json.loads(data[:FILE_LIMIT].decode("utf-8"))
    except (ValueError, RecursionError):
        table = None
    if not isinstance(table, dict) or table.get("schema") != SCHEMA:
        raise CkptError(f"{path} does not contain notes.", "Move it away to start with an empty file.")
    for entry in _dicts(table.get("notes")):
        note = Note(
            str(entry.get("id", "")), entry.get("bookmark") is True, str(entry.get("note", "")),
            str(entry.get("workflow", "")), _number(entry.get("iteration")), str(entry.get("timestamp", "")),
            str(entry.get("made", "")),
        )  # fmt: skip
        if note.id:
            book.put(note)
    book.pins = _texts(table.get("pins"))
    book.breakpoints = _texts(table.get("breakpoints"))
    return book


def write_notes(book: Notebook) -> None:
    """Keep a notebook: written beside its place and moved there whole, readable by its owner alone.

    Raises:
        CkptError: it cannot be written.
    """
    path = notes_file(book.store)
    text = json.dumps(notes_document(book), indent=2, ensure_ascii=True) + "\n"
    try:
        write_privately(path, text.encode())
    except OSError as error:
        raise CkptError(
            f"The notes cannot be saved in {path}: {error.strerror}.", "Set XDG_STATE_HOME to use another directory."
        ) from None


def notes_document(book: Notebook) -> dict[str, Any]:
    """The document of `notes --json`, which is also the file."""
    return {
        "schema": SCHEMA,
        "store": book.store,
        "notes": [
            {
                "id": note.id, "bookmark": note.bookmark, "note": note.text[:NOTE_LIMIT], "workflow": note.workflow,
                "iteration": note.iteration, "timestamp": note.timestamp, "made": note.made,
            }
            for note in in_order(book.notes.values())
        ],
        "pins": book.pins,
        "breakpoints": book.breakpoints,
    }  # fmt: skip


def in_order(notes: Iterable[Note]) -> list[Note]:
    """Notes in the order of their checkpoints' times."""
    return sorted(notes, key=lambda note: (note.timestamp, note.id))


def markdown(book: Notebook) -> str:
    """The notes as a list to read, to paste or to send."""
    lines = [f"# Notes on {book.store}", ""]
    for note in in_order(book.notes.values()):
        mark = "★ " if note.bookmark else ""
        lines.append(f"- {mark}`{note.id}` · {note.workflow} · iteration {note.iteration} · {note.timestamp}")
        lines += [f"  {line}".rstrip() for line in note.text.splitlines()]
    if not book.notes:
        lines.append("No bookmarks and no notes.")
    return "\n".join(lines) + "\n"


def export_notes(book: Notebook, path: str) -> str:
    """Write the notes to a file that is not there yet: JSON where its name ends so, else Markdown.

    Returns:
        Its absolute path.

    Raises:
        CkptError: the file exists already, or it cannot be written.
    """
    path = os.path.abspath(os.path.expanduser(path))
    text = json.dumps(notes_document(book), indent=2) + "\n" if path.endswith(".json") else markdown(book)
    try:
        with open(path, "x", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except FileExistsError:
        raise CkptError(f"There is a file already, which was not changed: {path}.", "Give another name.") from None
    except OSError as error:
        raise CkptError(f"{path} cannot be written: {error.strerror}.") from None
    return path


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
