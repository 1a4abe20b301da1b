"""Changing a value of a checkpoint, for a run from a changed copy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from ckpt_tui.actions.resume.document_edits import Edit, is_message, smallest
from ckpt_tui.core.documents.envelope import is_unopened
from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.reading.value_kinds import type_text_of
from ckpt_tui.core.redact import masked
from ckpt_tui.core.running.short_values import brief
from ckpt_tui.core.runs.short_ids import short_id
from ckpt_tui.core.shown_names import shown_path
from ckpt_tui.core.text import clean, counted
from ckpt_tui.tui.helpers.port import Opener, Port
from ckpt_tui.tui.widgets.shown_keys import keys_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ckpt_tui.core.model import CheckpointRef
    from ckpt_tui.core.value import Value
    from ckpt_tui.tui.helpers.pending_edits import PendingEdits


class EditOpener(Opener, Protocol):
    """Asks for another value."""

    def edit(self, title: str, text: str, hint: str, then: Callable[[str | None], None]) -> None:
        """Ask for another text of a value; `then` takes it, or None."""

    def edit_outside(self, document: Any, then: Callable[[Any], None]) -> None:
        """Open a document in $EDITOR, and pass the result to `then`; where nothing was changed, show why."""


class ValueEditsPort(Port, Protocol):
    """The part of its screen that it uses."""

    @property
    def edits(self) -> PendingEdits:
        """The changes so far."""

    def change_run(self, identifier: str, edits: Sequence[Edit]) -> bool:
        """Have the run that is paused at a checkpoint make these changes when it goes on; False where none is."""
        ...

    @property
    def open(self) -> EditOpener:
        """Opens screens over this one."""


class ValueEdits:
    """Changes the value under the cursor.

    Args:
        port: The screen.
    """

    def __init__(self, port: ValueEditsPort) -> None:
        self._port = port

    def edit(self) -> None:
        """Change the value under the cursor."""
        tree, checkpoint = self._port.panes.value_tree, self._port.panes.detail.checkpoint
        row = tree.row if tree is not None else None
        if row is None or checkpoint is None or tree is None:
            return
        value, path, say = row.member.value, tree.path, self._port.say
        if path[0] not in ("state", "messages"):
            say(
                f"Only state and messages can be changed; answer requests when you resume: {keys_of('run.resume')}.",
                "warn",
            )
        elif tree.is_hidden(row):
            say(f"Masked: {keys_of('view.reveal')} shows secrets, then they can be changed.", "warn")
        elif is_unopened(value):
            say("Too large to read from here: unfold it first.", "warn")
        elif self._holds_secrets(value):
            say(f"It contains masked values: {keys_of('view.reveal')} shows secrets, then it can be changed.", "warn")
        else:
            self._edit(checkpoint.ref, path, value)

    def drop(self) -> None:
        """Drop the message in flight under the cursor, or the one that the value under the cursor is a part of."""
        tree, checkpoint = self._port.panes.value_tree, self._port.panes.detail.checkpoint
        if tree is None or tree.row is None or checkpoint is None:
            return
        path = tree.path[:3]
        if not is_message(path):
            self._port.say(f"Only a message in flight can be dropped: {keys_of('tab.messages')} shows them.", "warn")
            return
        drop = Edit(path, None, True)
        self._add(checkpoint.ref, f"{drop.text} is dropped", (drop,))

    def forget(self) -> bool:
        """Forget the changes of the selected checkpoint; return False when there are none."""
        if not self._port.edits.forget(self._port.selection.file):
            return False
        self._port.say("The changes are discarded.", "dim")
        return True

    def _holds_secrets(self, value: Value) -> bool:
        """Whether a value has members that are masked on the screen."""
        hidden: list[Any] = []
        if not self._port.panes.detail.reveal:
            masked(to_json(value), hidden=hidden)
        return bool(hidden)

    def _edit(self, ref: CheckpointRef, path: Path, value: Value) -> None:
        document = to_json(value)
        if isinstance(document, dict | list) and not (isinstance(document, dict) and "$value" in document):
            self._port.open.edit_outside(document, lambda after: self._take(ref, path, document, after))
            return
        typed = isinstance(document, dict)
        shown = document["$value"] if isinstance(document, dict) else document
        is_text = isinstance(shown, str)
        kind = type_text_of(value) or ("text" if is_text else "JSON")
        hint = f"{kind}; a text as it is" if is_text else f"{kind}; JSON: a number, true, null, or a text in quotes"

        def take(text: str | None) -> None:
            if text is None:
                return
            try:
                after = text if is_text else json.loads(text)
            except (ValueError, RecursionError):
                self._port.say(f"{clean(text, 40)} is not valid JSON; nothing was changed.", "warn")
                return
            self._take(ref, path, document, {**document, "$value": after} if typed else after)

        text = shown if is_text else dumps(shown, None)
        self._port.open.edit(f"Change {shown_path(path, 70)}", str(text), hint, take)

    def _take(self, ref: CheckpointRef, path: Path, before: Any, after: Any) -> None:
        found = smallest(path, before, after)
        if found:
            what = f"{brief(before, 24)} → {brief(after, 24)}" if len(found) == 1 else f"{len(found)} changes"
            self._add(ref, what, found)
        else:
            self._port.say("Nothing was changed.", "dim")

    def _add(self, ref: CheckpointRef, what: str, edits: tuple[Edit, ...]) -> None:
        """Give changes to the run that is paused at the checkpoint, or keep them for one that begins from it."""
        if self._port.change_run(ref.id, edits):
            self._port.say(clean(f"{what} · the paused run goes on with it"), "good")
            return
        number = self._port.edits.add(ref.file, edits)
        resume, discard = keys_of("run.resume"), keys_of("app.back")
        count = counted(number, "change")
        self._port.say(
            clean(f"{what} · {resume} resumes from {short_id(ref.file)} with {count}, {discard} discards them"),
            "good",
        )
