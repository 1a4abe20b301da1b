"""The choice of what to export, and of the file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.screen import ModalScreen

from ckpt_tui.actions.export_files import export, format_of, refuse_inside, write_file
from ckpt_tui.actions.exports import branch_of, store_name
from ckpt_tui.configured_rules import configured_rules
from ckpt_tui.core.diff.ignore_rules import IgnoreRules
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.short_ids import id_text
from ckpt_tui.core.text import clean
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import Store
from ckpt_tui.tui.widgets.dialog_box import DialogBox
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.prompt import Prompt, Prompted
from ckpt_tui.tui.widgets.step_text import Parts
from ckpt_tui.tui.workers import PROGRESS_SECONDS, Interval, Workers, check_cancelled, job
from ckpt_tui.version import VERSION

_FILE = Prompted("write to", "the name ends in .md, .html, .json or .bundle", "writes it, secrets masked")


_KEYS = "⏎ names the file: .md for an issue, .html a page, .bundle to open again · esc closes"


class Scope(NamedTuple):
    """Something to export: its title, the name of its file, its checkpoints."""

    title: str
    file: str
    nodes: tuple[Node, ...]


def scopes(store: Store, runs: tuple[Run, ...], run: Run, node: Node) -> tuple[Scope, ...]:
    """The scopes of an export at a checkpoint; the diff with its parent is a part of each."""
    branch = tuple(branch_of(run, node))
    name = id_text(node.ref)
    whole = tuple(each for one in runs for each in one.nodes)
    found = [Scope("this checkpoint, and what changed in it", f"checkpoint-{name}.md", (node,))]
    if len(branch) > 1:
        found.append(Scope(f"its branch up to here, {len(branch):,} checkpoints", f"branch-{name}.md", branch))
    if len(run.nodes) > len(branch):
        found.append(Scope(f"its run, {len(run.nodes):,} checkpoints", f"run-{name}.html", run.nodes))
    if len(whole) > len(run.nodes):
        found.append(Scope(f"the store, {len(whole):,} checkpoints", f"{store_name(store)}.bundle", whole))
    return tuple(found)


class ScopeLines(LineList):
    """One line a scope."""

    def __init__(self, rows: tuple[Scope, ...]) -> None:
        super().__init__()
        self.rows = rows

    @property
    def line_count(self) -> int:
        return len(self.rows)

    def draw(self, index: int, width: int) -> Parts:
        return [self.mark(index, 2), (self.rows[index].title, "text")]

    def clicked(self, index: int, x: int, times: int) -> None:
        screen = self.screen
        assert isinstance(screen, ExportScreen)
        screen.action_take()


@dataclass(eq=False)
class Said(Message):
    """The progress of an export, its failure, or, with `written`, its result."""

    text: str
    written: bool = False


def _failed(error: CkptError, scope: Scope, path: str) -> Said:
    return Said(f"{error.what} {error.hint}".strip())


class ExportJobs:
    """Writes exports in a thread.

    Args:
        screen: Receives the messages.
        store: The store.
        runs: Its runs.
    """

    def __init__(self, screen: ExportScreen, store: Store, runs: tuple[Run, ...]) -> None:
        self.workers = Workers(screen)
        self._store = store
        self._runs = runs

    @job("export", failed=_failed)
    def write(self, scope: Scope, path: str) -> None:
        """Write a scope to a file."""
        interval = Interval(PROGRESS_SECONDS)

        def progress(done: int, total: int) -> None:
            if interval.is_due():
                self.workers.post(Said(f"{done:,} of {total:,} checkpoints"))

        refuse_inside(path, self._store)
        made = export(
            self._store, self._runs, scope.nodes, format_of(path) or "md", IgnoreRules(configured_rules()),
            version=VERSION, progress=progress, check=check_cancelled,
        )  # fmt: skip
        write_file(path, made.text)
        self.workers.post(Said(f"{path}: {made.summary}", written=True))


class ExportScreen(ModalScreen[str | None]):
    """Asks what to export and where to; closes with the result as text, or None.

    Args:
        store: The store.
        runs: Its runs.
        run: The run of the checkpoint.
        node: The checkpoint.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,q", "leave", "close"),
        ("enter,space,right", "take", "name the file"),
    ]

    DEFAULT_CSS = """
    ExportScreen { align: center middle; background: $background 40%; }
    ExportScreen > DialogBox { width: 90%; max-width: 90; height: auto; max-height: 60%; }
    ExportScreen ScopeLines { height: 6; }
    """

    def __init__(self, store: Store, runs: tuple[Run, ...], run: Run, node: Node) -> None:
        super().__init__()
        self._scopes = scopes(store, runs, run, node)
        self._jobs = ExportJobs(self, store, runs)

    def compose(self) -> ComposeResult:
        with DialogBox("Export, secrets masked"):
            yield ScopeLines(self._scopes)
            yield Prompt()

    def on_mount(self) -> None:
        """Show the scopes."""
        lines = self.query_one(ScopeLines)
        lines.changed()
        lines.focus()
        self.query_one(DialogBox).show_keys(_KEYS)

    def on_unmount(self) -> None:
        """Stop a running export."""
        self._jobs.workers.stop()

    def _say(self, text: str) -> None:
        self.query_one(DialogBox).say(clean(text, 400))

    def action_take(self) -> None:
        """Ask for the file."""
        scope = self._scopes[self.query_one(ScopeLines).cursor]
        self.query_one(Prompt).ask(_FILE, scope.file, lambda path: self._write(scope, path))

    def _write(self, scope: Scope, path: str) -> None:
        path = os.path.expanduser(path.strip()) or scope.file
        if format_of(path) is None:
            self._say(f"{path}: the name ends in .md, .html, .json or .bundle")
            return
        self._say("reading …")
        self._jobs.write(scope, path)

    def on_said(self, event: Said) -> None:
        """Show the progress; the browser shows the result."""
        self._say(event.text)
        if event.written:
            self.dismiss(event.text)

    def action_leave(self) -> None:
        """Close, and write nothing more."""
        self.dismiss(None)
