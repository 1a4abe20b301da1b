"""Changes that a person made to checkpoints, to be used by a later run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ckpt_tui.actions.resume.plan import Edit


class PendingEdits:
    """The changes, by file."""

    def __init__(self) -> None:
        self._edits: dict[str, dict[str, Edit]] = {}

    def add(self, file: str, edits: Sequence[Edit]) -> int:
        """Add changes of a file, each replacing one at the same path; return how many it has now."""
        kept = self._edits.setdefault(file, {})
        kept.update({edit.text: edit for edit in edits})
        return len(kept)

    def of(self, file: str) -> tuple[Edit, ...]:
        """The changes of a file."""
        return tuple(self._edits.get(file, {}).values())

    def forget(self, file: str) -> bool:
        """Forget the changes of a file; return False when there are none."""
        return bool(self._edits.pop(file, None))

    def clear(self) -> None:
        """Forget all changes."""
        self._edits.clear()

    def __len__(self) -> int:
        return len(self._edits)
