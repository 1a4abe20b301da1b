"""From the browser to a run: the checkpoint under the cursor, values that are changed first, forks, outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from ckpt_tui.core.runs.listing import NodeRow, id_text
from ckpt_tui.core.text import clean
from ckpt_tui.stores.base import Store
from ckpt_tui.tui.messages import SourceReady
from ckpt_tui.tui.screens.examining import Examinable

if TYPE_CHECKING:
    from ckpt_tui.actions.resume.plan import Edit
    from ckpt_tui.tui.screens.resume import ResumeScreen


class Resumable(Examinable):
    """A browser from which workflows run on."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self._edits: dict[str, dict[str, Edit]] = {}
        self._runs: list[ResumeScreen] = []
        self._resumed = ""

    # -- running on --------------------------------------------------------------------------------------------------

    def action_resume(self) -> None:
        """Run on from the selected checkpoint; a preview comes first."""
        row = self.list.row
        if not isinstance(row, NodeRow):
            self.say("There is no checkpoint to resume from.", "warn")
            return
        self._run_on(row.node.ref.file)

    def _run_on(self, file: str) -> None:
        while self.app.screen is not self:
            self.app.pop_screen()
        self._resumed = file
        self.say("reading …", "dim")
        runs = (run.nodes for run in self.list.view.runs)
        self.jobs.source(file, next((nodes for nodes in runs if any(each.ref.file == file for each in nodes)), ()))

    def on_source_ready(self, event: SourceReady) -> None:
        """A checkpoint is read whole: open its preview."""
        if event.file != self._resumed:
            return
        self._resumed = ""
        if event.source is None:
            self.say(clean(f"{event.error} {event.hint}"), "warn")
            return
        from ckpt_tui.tui.screens.resume import ResumeScreen  # late: only a run needs it

        self.say("")
        edits = tuple(self._edits.get(event.file, {}).values())
        screen = ResumeScreen(
            event.source, edits, self._run_begun, self.compare_forks, self.take_graph,
            partial(self._run_on, event.file), self.detail.reveal,
        )  # fmt: skip
        self._runs.append(screen)
        self.app.install_screen(screen, f"run-{len(self._runs)}-{id(screen)}")
        self.app.push_screen(screen)

    def action_show_run(self) -> None:
        """Go back to the run that was started last."""
        begun = [screen for screen in self._runs if screen.run is not None and screen.run.begun]
        if begun:
            self.app.push_screen(begun[-1])
        else:
            self.say("Nothing was run yet: r runs on from the checkpoint.", "dim")

    def _run_begun(self, directory: str) -> None:
        """A run wrote its first checkpoint: its directory becomes a part of what is shown."""
        from ckpt_tui.actions.resume.forks import with_directory

        opened = with_directory(self.store, directory)
        if opened is not None:
            self.open_instead(opened)
        self.following = True
        self._edits.clear()

    def take_graph(self, line: Mapping[str, Any]) -> None:
        """Keep the graph of a workflow that was loaded for a run."""

    def open_instead(self, store: Store) -> None:
        """Show a store that holds what this one holds, and more."""

    def end_runs(self) -> None:
        """End every process that was started here."""
        for screen in self._runs:
            if screen.run is not None:
                screen.run.session.kill()

    # -- outcomes ----------------------------------------------------------------------------------------------------

    def action_compare_outcomes(self) -> None:
        """Compare the outcomes of the two latest forks of the selected checkpoint, or of the one they part from."""
        row = self.list.row
        if not isinstance(row, NodeRow):
            return
        said = self.compare_forks(row.node.ref.id)
        if said:
            self.say(said, "warn")

    def compare_forks(self, identifier: str) -> str:
        """Open the outcomes of the two latest forks of a checkpoint in Compare; returns why not, or ""."""
        from ckpt_tui.core.runs.outcomes import outcomes

        found = outcomes(self.list.view.runs, identifier)
        if found is None:
            return f"{clean(identifier, 8)} has one continuation so far: r runs on from it once more."
        opener: Any = getattr(self, "compare_files", None)
        if opener is None:
            return "Compare is not there."
        while self.app.screen is not self:
            self.app.pop_screen()
        opener(found[0].file, found[1].file)
        return ""

    # -- changing a value --------------------------------------------------------------------------------------------

    def action_edit(self) -> None:
        """Change the value under the cursor, for a run from a changed copy."""
        from ckpt_tui.core.reading.preview import is_unopened

        tree = self.value_tree
        row = tree.row if tree is not None else None
        checkpoint = self.detail.checkpoint
        if row is None or checkpoint is None or tree is None:
            return
        path = tree.path
        if path[0] not in ("state", "messages"):
            self.say("State and messages can be changed; requests are answered when the run goes on: r.", "warn")
        elif tree.is_hidden(row):
            self.say("Masked: ! shows secrets, then they can be changed.", "warn")
        elif is_unopened(row.member.value):
            self.say("Too large to be read on the way: unfold it first.", "warn")
        elif self._holds_secrets(row.member.value):
            self.say("It holds what is masked: ! shows secrets, then it can be changed.", "warn")
        else:
            self._edit(checkpoint.ref.file, path, row.member.value)

    def _holds_secrets(self, value: Any) -> bool:
        """Whether a value has members that are masked on the screen."""
        from ckpt_tui.core.reading.plain import plain
        from ckpt_tui.core.redact import masked

        hidden: list[Any] = []
        if not self.detail.reveal:
            masked(plain(value), hidden=hidden)
        return bool(hidden)

    def _edit(self, file: str, path: tuple[int | str, ...], value: Any) -> None:
        import json

        from ckpt_tui.core.json_text import dumps
        from ckpt_tui.core.paths import expression
        from ckpt_tui.core.reading.plain import plain
        from ckpt_tui.core.reading.preview import type_text_of
        from ckpt_tui.tui.screens.editing import EditScreen, NotEdited, edited_json

        document = plain(value)
        if isinstance(document, dict | list) and not (isinstance(document, dict) and "$value" in document):
            try:
                self._take_edit(file, path, document, edited_json(self.app, document))
            except NotEdited as reason:
                self.say(str(reason), "warn")
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
                self.say(f"{clean(text, 40)} is no JSON; nothing was changed.", "warn")
                return
            self._take_edit(file, path, document, {**document, "$value": after} if typed else after)

        text = shown if is_text else dumps(shown, None)
        self.app.push_screen(EditScreen(f"Change {clean(expression(path), 70)}", str(text), hint), take)

    def _take_edit(self, file: str, path: tuple[int | str, ...], before: Any, after: Any) -> None:
        from ckpt_tui.actions.resume.edits import smallest
        from ckpt_tui.core.running.events import brief

        found = smallest(path, before, after)
        if not found:
            self.say("Nothing was changed.", "dim")
            return
        kept = self._edits.setdefault(file, {})
        kept.update({edit.text: edit for edit in found})
        what = f"{brief(before, 24)} → {brief(after, 24)}" if len(found) == 1 else f"{len(found)} changes"
        count = f"{len(kept)} change{'' if len(kept) == 1 else 's'}"
        self.say(clean(f"{what} · r runs on from {id_text_of(file)} with {count}, esc forgets them"), "good")

    def forget_edits(self) -> bool:
        """Forget what was changed in the selected checkpoint; False when nothing was."""
        if not self._edits.pop(self.list.selected, None):
            return False
        self.say("The changes are forgotten.", "dim")
        return True


def id_text_of(file: str) -> str:
    """The beginning of the id that a file name tells."""
    return file.rpartition("/")[2][:8]


__all__ = ["Resumable", "id_text"]
