"""From the browser to the doctor, and from a finding back to its place in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ckpt_tui.core.text import clean
from ckpt_tui.stores.base import Store
from ckpt_tui.tui.screens.reading import Reading

if TYPE_CHECKING:
    from ckpt_tui.core.doctor.findings import Finding
    from ckpt_tui.core.paths import Path
    from ckpt_tui.tui.widgets.detail import Detail


class Examinable(Reading):
    """A browser whose store the doctor can examine."""

    store: Store
    following: bool

    def __init__(self) -> None:
        super().__init__()
        self._wanted: tuple[str, Path] = ("", ())

    def action_doctor(self) -> None:
        """Examine the store."""
        from ckpt_tui.tui.screens.doctor import DoctorScreen  # late: the first screen does without

        self.app.push_screen(DoctorScreen(self.store), self._go_to)

    def _go_to(self, finding: Finding | None) -> None:
        from ckpt_tui.core.paths import parse

        if finding is not None:
            self.go_to(finding.file, parse(finding.path) or ())

    def go_to(self, file: str, path: Path = ()) -> None:
        """Go to a checkpoint, and to a place in it."""
        if not self.list.select(file):
            hidden = " while the filter hides it; esc shows all" if self.list.view.filter else ""
            self.say(f"{clean(file, 60)} is not in the list{hidden}.", "warn")
            return
        self.following = False
        self.show_place(file, path)

    def show_place(self, file: str, path: Path) -> None:
        """Go to a place of a file, once it is shown."""
        pane = self.details[0]
        self._wanted = (file, path)
        if pane.checkpoint is not None and pane.checkpoint.ref.file == file:
            self.open_wanted(file)
        self.focus_pane(pane)

    def open_wanted(self, file: str) -> None:
        """A file is shown: go to the place in it that is waited for, if there is one."""
        (wanted, path), self._wanted = self._wanted, ("", ())
        if wanted == file and path:
            show_place(self.details[0], path)


def show_place(pane: Detail, path: Path) -> None:
    """Go to a place of the checkpoint in a pane, as far as there is one: the document's part, then steps below it."""
    from ckpt_tui.core.reading.members import locate

    if path[0] not in ("state", "messages", "pending", "metadata"):
        return
    tab = "meta" if path[0] == "metadata" else str(path[0])
    pane.pick(tab)
    if pane.is_tree:
        tree = pane.rows
        positions = locate(tree.outline.value, path if tab == "meta" else path[1:])
        if positions:
            tree.go_to(positions)
