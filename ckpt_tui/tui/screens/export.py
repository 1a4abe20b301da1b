"""The choice of what to export, and of the file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static

from ckpt_tui.actions.export_files import export, format_of, refuse_inside, write_file
from ckpt_tui.actions.exports import branch_of, store_name
from ckpt_tui.configured_rules import configured_rules
from ckpt_tui.core.diff.ignore_rules import IgnoreRules
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.short_ids import id_text
from ckpt_tui.core.text import clean
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import Store
from ckpt_tui.tui.helpers.replacement import Replacement
from ckpt_tui.tui.widgets.dialog_box import DialogBox
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.prompt import Prompt, Prompted, focus_after_question
from ckpt_tui.tui.widgets.step_text import Parts
from ckpt_tui.tui.workers import PROGRESS_SECONDS, Interval, Workers, check_cancelled, job
from ckpt_tui.version import VERSION

_FILE = Prompted("write to", "ends in .md, .html, .json or .bundle", "writes it")


_KEYS = "⏎ names the file: .md, .html, .json or .bundle · esc closes"


class Scope(NamedTuple):
    """Something to export: its title, the name of its file, its checkpoints."""

    title: str
    file: str
    nodes: tuple[Node, ...]


def scopes(
    store: Store, runs: tuple[Run, ...], run: Run, node: Node, marked: Sequence[Node] = (), is_whole: bool = True
) -> tuple[Scope, ...]:
    """What can be exported at a checkpoint: the diff with its parent is a part of each.

    Args:
        store: The store.
        runs: Its runs, as far as they are known.
        run: The run of the checkpoint.
        node: The checkpoint.
        marked: The checkpoints that are marked.
        is_whole: These are all of its runs.
    """
    way = tuple(branch_of(run, node))
    name = id_text(node.ref)
    whole = tuple(each for one in runs for each in one.nodes) if is_whole else ()
    found = [Scope("this checkpoint, and what changed in it", f"checkpoint-{name}.md", (node,))]
    if len(marked) > 1:
        what = f"the {len(marked):,} marked checkpoints, and what changed in each"
        found.insert(0, Scope(what, "marked.md", tuple(marked)))
    elif marked and marked[0] is not node:  # one mark is for a comparison, rather
        found.append(Scope("the marked checkpoint, and what changed in it", "marked.md", tuple(marked)))
    if len(way) > 1:
        found.append(Scope(f"its branch up to here, {len(way):,} checkpoints", f"branch-{name}.md", way))
    if len(run.nodes) > len(way):
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
    """How far an export is, or what was `written`."""

    text: str
    written: bool = False


@dataclass(eq=False)
class Failed(Message):
    """Why an export to a file failed."""

    text: str
    scope: Scope
    path: str


def _failed(error: CkptError, scope: Scope, path: str) -> Failed:
    return Failed(f"{error.what} {error.hint}".strip(), scope, path)


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
        marked: The checkpoints that are marked.
        is_whole: `runs` are all runs of the store.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,q", "leave", "close"),
        ("enter,space,right", "take", "name the file"),
    ]

    DEFAULT_CSS = """
    ExportScreen { align: center middle; background: $background 40%; }
    ExportScreen > DialogBox { width: 90%; max-width: 90; height: auto; max-height: 60%; }
    ExportScreen ScopeLines { height: 6; }
    ExportScreen #reason { color: $error; display: none; }
    ExportScreen #reason.-shown { display: block; }
    """

    def __init__(
        self, store: Store, runs: tuple[Run, ...], run: Run, node: Node, marked: Sequence[Node] = (),
        is_whole: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        self._scopes = scopes(store, runs, run, node, marked, is_whole)
        self._jobs = ExportJobs(self, store, runs)
        self._replacement = Replacement()

    def compose(self) -> ComposeResult:
        with DialogBox("Export, secrets masked"):
            yield ScopeLines(self._scopes)
            yield Static(id="reason", markup=False)
            yield Prompt()

    def on_mount(self) -> None:
        """Show the scopes."""
        lines = self.query_one(ScopeLines)
        lines.changed()
        focus_after_question(lines)
        self.query_one(DialogBox).show_keys(_KEYS)

    def on_unmount(self) -> None:
        """Stop a running export."""
        self._jobs.workers.stop()

    def _say(self, text: str) -> None:
        self.query_one(DialogBox).say(clean(text, 400))

    def action_take(self) -> None:
        """Ask for the file."""
        scope = self._scopes[self.query_one(ScopeLines).cursor]
        self._ask(scope, scope.file)

    def _ask(self, scope: Scope, path: str) -> None:
        self.query_one(Prompt).ask(_FILE, path, lambda typed: self._write(scope, typed))

    def _write(self, scope: Scope, path: str) -> bool:
        path = os.path.expanduser(path.strip()) or scope.file
        wrong = f"{path}: the name {_FILE.hint}" if format_of(path) is None else self._replacement.why_not(path)
        if wrong:
            self.query_one(Prompt).say(wrong, "warn")
            return False
        self._explain("")
        self._say("reading …")
        self._jobs.write(scope, path)
        return True

    def on_said(self, event: Said) -> None:
        """Show the progress; the browser shows the result."""
        self._say(event.text)
        if event.written:
            self.dismiss(event.text)

    def on_failed(self, event: Failed) -> None:
        """Show why nothing was written, and ask for another name."""
        self._explain(event.text)
        self.query_one(DialogBox).show_keys(_KEYS)
        self._ask(event.scope, event.path)

    def _explain(self, text: str) -> None:
        """Show a reason in full above the line at the bottom; "" takes it back."""
        reason = self.query_one("#reason", Static)
        reason.update(clean(text))
        reason.set_class(bool(text), "-shown")

    def action_leave(self) -> None:
        """Close, and write nothing more."""
        self.dismiss(None)
