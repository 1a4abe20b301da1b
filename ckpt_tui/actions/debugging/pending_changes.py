"""The changes made while a run is paused: the checkpoint to continue from, edits and answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ckpt_tui.actions.resume.document_edits import drop_of, edit_of
from ckpt_tui.actions.resume.plan import Edit
from ckpt_tui.errors import UsageError


class PendingChanges:
    """Changes that are made when the run goes on.

    Args:
        at: The checkpoint where the run is.

    Attributes:
        at: Id of the checkpoint where the person is.
        moved: Whether that is another one than the process has reached.
        edits: Values to change.
        answers: Answers by request id.
    """

    def __init__(self, at: str) -> None:
        self.at = at
        self.moved = False
        self.edits: list[Edit] = []
        self.answers: dict[str, Any] = {}

    @property
    def need_a_new_process(self) -> bool:
        """Whether the run cannot simply go on."""
        return bool(self.edits) or self.moved

    def add_edit(self, command: dict[str, Any]) -> Edit:
        """Take the command `edit`; another value for the same path replaces the one before.

        Raises:
            UsageError: it has no path, or no value.
        """
        if "value" not in command:
            raise UsageError("edit needs a path and a value.", '"path": "state.draft.score", "value": 0.9')
        return self._add(edit_of(str(command.get("path")), command["value"]))

    def add_drop(self, command: dict[str, Any]) -> Edit:
        """Take the command `drop`; the paths of other messages stay valid.

        Raises:
            UsageError: it has no path of a message.
        """
        return self._add(drop_of(str(command.get("path"))))

    def _add(self, edit: Edit) -> Edit:
        self.edits = [each for each in self.edits if each.path != edit.path] + [edit]
        return edit

    def add_answers(self, command: dict[str, Any]) -> None:
        """Take the command `answer`.

        Raises:
            UsageError: it has neither `responses` nor a request with its value.
        """
        given = command.get("responses")
        if not isinstance(given, dict):
            if "request_id" not in command or "value" not in command:
                raise UsageError("answer needs request_id and value.", '"request_id": "…", "value": true')
            given = {str(command["request_id"]): command["value"]}
        self.answers.update(given)

    def take_answers(self) -> dict[str, Any]:
        """Return the answers and forget them."""
        given, self.answers = self.answers, {}
        return given

    def forget_refused(self, problems: Iterable[Mapping[str, Any]]) -> None:
        """Forget the edits that were refused, which problems name first; all, where none is named."""
        said = [str(each.get("what")) for each in problems]
        fit = [each for each in self.edits if not any(text.startswith(each.text) for text in said)]
        self.edits = fit if len(fit) < len(self.edits) else []

    def move(self, checkpoint: str) -> None:
        """Go to another checkpoint; edits of the former one are dropped."""
        self.at, self.moved, self.edits = checkpoint, True, []

    def are_made(self) -> None:
        """Forget the changes: the process that took over has made them."""
        self.edits, self.moved = [], False
