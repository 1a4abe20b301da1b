"""The selection: the selected checkpoint, whether the newest is followed, and going to other places."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ckpt_tui.core.runs.ids import IdFault, find
from ckpt_tui.core.runs.short_ids import own_id, short_id
from ckpt_tui.core.text import clean
from ckpt_tui.tui.widgets.shown_keys import keys_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ckpt_tui.core.model import CheckpointRef
    from ckpt_tui.core.paths import Path
    from ckpt_tui.core.runs.lineage import Node, Run
    from ckpt_tui.tui.helpers.panes import Panes


class SelectedPlace(NamedTuple):
    """Where to go in the browser: a file, and a path in it."""

    file: str
    path: Path = ()


class Selection:
    """The selected checkpoint.

    Args:
        panes: The panes.
        say: Shows a message, given with a style, in the line at the bottom.
        following: Whether the newest checkpoint is followed to begin with.
        reveal: Unfolds the run that has a file, and selects it then; returns False where no run of the list has it.
        look_up: Searches for an id, and goes there; returns False where the list shows all checkpoints.

    Attributes:
        following: Whether the newest checkpoint is selected as soon as it is written.
    """

    def __init__(
        self, panes: Panes, say: Callable[[str, str], None], following: bool, reveal: Callable[[str], bool],
        look_up: Callable[[str], bool],
    ) -> None:  # fmt: skip
        self._reveal = reveal
        self._look_up = look_up
        self._panes = panes
        self._say = say
        self.following = following
        self._wanted = SelectedPlace("")

    @property
    def file(self) -> str:
        """File name of the selected row, or "" while there is none."""
        return self._panes.list.selected

    @property
    def node(self) -> tuple[Run, Node] | None:
        """The run and the place in it of the selected checkpoint; None when no checkpoint is selected."""
        return self.node_of(self.file)

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs of the list."""
        return self._panes.list.view.runs

    def node_of(self, file: str) -> tuple[Run, Node] | None:
        """The run and the place in it of a file; None when it is not a checkpoint of the list."""
        return self._panes.list.view.node_of(file)

    def go_to(self, file: str, path: Path = ()) -> bool:
        """Go to a checkpoint, and to a place in it; where it is not in the list, say so and return False."""
        following, self.following = self.following, False
        if not self.select(file):
            self.following = following
            return False
        self.show_place(file, path)
        return True

    def go_to_id(self, checkpoint: str) -> None:
        """Select a checkpoint by its id; where it is not in the list, show that."""
        try:
            node = find(checkpoint, self.runs)
        except IdFault:
            if self._look_up(checkpoint):
                return
            self._say("That checkpoint is no longer in the store.", "warn")
            return
        self.following = False
        self.select(node.ref.file)

    def select(self, file: str) -> bool:
        """Select a checkpoint; where it is not in the list, show that and return False."""
        if self._panes.list.select(file) or self._reveal(file):
            return True
        hidden = f" while the filter hides it; {keys_of('app.back')} shows all" if self._panes.list.view.filter else ""
        self._say(f"{_shown(file)} is not in the list{hidden}.", "warn")
        return False

    def show_place(self, file: str, path: Path) -> None:
        """Go to a place of the selected file, now or once the file is shown."""
        pane = self._panes.details[0]
        self._wanted = SelectedPlace(file, path)
        if pane.checkpoint is not None and pane.checkpoint.ref.file == file:
            self.open_wanted(file)
        self._panes.focus_pane(pane)

    def open_wanted(self, file: str) -> None:
        """Go to the awaited place in a file that is now shown, if there is one."""
        (wanted, path), self._wanted = self._wanted, SelectedPlace("")
        if wanted == file and path:
            self._panes.details[0].go_path(path)

    @property
    def ref(self) -> CheckpointRef | None:
        """The selected checkpoint; None when no checkpoint is selected."""
        found = self.node
        return found[1].ref if found is not None else None


def _shown(file: str) -> str:
    """The short id of a file that is named by a long one; any other name as it is."""
    name = own_id(file).removesuffix(".json")
    return short_id(name) if len(name) >= _LONG else clean(name, 60)


_LONG = 32
"""Characters of an id from which it is shown short."""
