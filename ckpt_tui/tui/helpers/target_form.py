"""The form for the program to run: proposals, the fields that name one, and further folded fields."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from math import inf

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from ckpt_tui.actions.resume.discovery import Discovered, find
from ckpt_tui.actions.resume.plan import Source, Target, working_directory
from ckpt_tui.actions.resume.proposals import (
    Proposal,
    found_proposals,
    known_proposals,
    ordered,
    short_path,
)
from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.text import clean
from ckpt_tui.tui.helpers.target_fields import FIELDS, FOLDED, SHOWN, FieldKind, WrongField, read_target
from ckpt_tui.tui.typeahead import TypeAhead
from ckpt_tui.tui.widgets.fold_line import FoldLine
from ckpt_tui.tui.widgets.path_input import PathInput
from ckpt_tui.tui.widgets.program_list import ProgramLine, ProgramList
from ckpt_tui.tui.widgets.shown_keys import key_text

_FOLD = "more: arguments, input, types, storage, directories"


class NotChosen(Exception):
    """The search is no longer wanted."""


class TargetForm(VerticalScroll):
    """Proposes programs and takes the one that is chosen or typed. It starts nothing.

    Args:
        source: The checkpoint.
        into: The directory for new checkpoints that is proposed.
    """

    DEFAULT_CSS = """
    TargetForm Horizontal { height: 1; }
    TargetForm Horizontal > Static { width: 17; color: $ck-label; }
    TargetForm Input { width: 1fr; background: $panel; border: none; height: 1; padding: 0 1; }
    TargetForm Input:focus { background: $ck-cursor; }
    TargetForm Input:focus:ansi { color: ansi_bright_white; }
    TargetForm Input:focus:ansi > .input--placeholder { color: ansi_bright_white; text-style: italic; }
    TargetForm #further { height: auto; display: none; }
    TargetForm.-further #further { display: block; }
    """

    class Changed(Message):
        """Another program is chosen or typed."""

    class Entered(Message):
        """Enter was pressed in the list or in a field."""

    @dataclass
    class Listed(Message):
        """The search for programs has ended."""

        found: Discovered

    def __init__(self, source: Source, into: str) -> None:
        super().__init__(id="setup", can_focus=False)
        self.source = source
        self.proposals: list[Proposal] = []
        self.is_looking = True
        """Whether programs are still being searched."""
        self._into = into
        self._filled = Target("")
        """The texts that a proposal put into the fields."""
        self._is_touched = False
        """Whether the person has chosen a program."""
        self._seen_at = inf
        """When the programs that were found came on the screen, on the clock of events."""

    def compose(self) -> ComposeResult:
        yield ProgramList(id="programs")
        for each in SHOWN:
            yield _field(each)
        yield FoldLine(_FOLD, id="more")
        with Vertical(id="further"):
            for each in FOLDED:
                yield _field(each)

    def on_mount(self) -> None:
        """Propose known programs, and search for more."""
        self.set("into", short_path(self._into))
        self.proposals = known_proposals(self.source.store, self.source.framework, self.source.nodes)
        self._show_programs(0 if self.proposals else -1)
        if self.proposals:
            self._fill(self.proposals[0])
        self.query_one("#programs").focus()
        self.run_worker(self._look, thread=True, group="programs", exclusive=True, exit_on_error=False)

    def focus_first(self) -> None:
        """Give the focus to the programs, or, where there are none, to the field that names one."""
        self.query_one("#programs" if self.proposals else "#workflow").focus()

    # -- proposals ---------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        worker = get_current_worker()

        def check() -> None:
            if worker.is_cancelled:
                raise NotChosen

        try:
            self.post_message(self.Listed(find(self.source, check=check)))
        except NotChosen:
            return

    def on_target_form_listed(self, event: Listed) -> None:
        """Add the found programs to the known ones; the chosen or typed one stays."""
        event.stop()
        self.is_looking = False
        chosen = self.chosen
        self.proposals = ordered([*self.proposals, *found_proposals(event.found.candidates)])
        is_open = not self.get("workflow") and not self._is_touched  # nothing typed, nothing taken without a question
        if is_open and self.proposals:
            self._show_programs(0)
            self._fill(self.proposals[0])
        else:
            self._show_programs(self.proposals.index(chosen) if chosen is not None else -1)
        if not self.proposals and self.screen.focused in (None, self.query_one("#programs")):
            self.focus_first()
        self.post_message(self.Changed())
        self.call_after_refresh(self._mark_seen)

    def _mark_seen(self) -> None:
        self._seen_at = self.Changed().time

    @property
    def is_unseen(self) -> bool:
        """Whether the program that would start is a guess that was not on the screen when the last key was pressed."""
        chosen = self.chosen
        if chosen is None or chosen.origin != "found" or self._is_touched:
            return False
        return not isinstance(self.app, TypeAhead) or self.app.key_time < self._seen_at

    @property
    def chosen(self) -> Proposal | None:
        """The proposal that is chosen; None when a program is typed, or none is there."""
        index = self.query_one(ProgramList).chosen
        return self.proposals[index] if 0 <= index < len(self.proposals) else None

    def _show_programs(self, chosen: int) -> None:
        shown = [ProgramLine(each.program, each.reason, bool(each.question)) for each in self.proposals]
        said = "looking for the program …" if self.is_looking else "no program was found that fits: name it below"
        self.query_one(ProgramList).show(shown, chosen, said)
        self._show_origin()

    def _show_origin(self) -> None:
        chosen = self.chosen
        text = ""
        if chosen is not None:
            text = {"used": "as the last time", "found": "found; nothing of it has run"}.get(
                chosen.origin, f"{chosen.reason}; nothing of it has run"
            )
        text = "asks before it is started" if self.question else text
        count = len(self.proposals)
        place = f" · {self.proposals.index(chosen) + 1} of {count}" if chosen is not None and count > 1 else ""
        self.border_title = Content(f"Whose code runs{place}")
        self.border_subtitle = Content(clean(text, 70))

    def forget_origin(self) -> None:
        """Stop showing the origin of the program, as it was started."""
        self.border_subtitle = Content("")

    @property
    def question(self) -> str:
        """Why a question comes before the chosen program is started; "" when none does."""
        chosen = self.chosen
        return chosen.question if chosen is not None else ""

    def agree(self) -> None:
        """Take the chosen proposal after its question was answered with yes."""
        chosen = self.chosen
        if chosen is None:
            return
        index = self.proposals.index(chosen)
        self.proposals[index] = replace(chosen, question="")
        self._show_programs(index)
        self._fill(self.proposals[index])

    @on(ProgramList.Chosen)
    def _choose(self, event: ProgramList.Chosen) -> None:
        event.stop()
        chosen = self.chosen
        self._is_touched = True
        if chosen is not None:
            self._fill(chosen)
            self._show_origin()
            self.post_message(self.Changed())

    @on(ProgramList.Submitted)
    def _enter(self, event: ProgramList.Submitted) -> None:
        event.stop()
        self.post_message(self.Entered())

    def _fill(self, proposal: Proposal) -> None:
        """Put a proposal into the fields; one that needs a question only after the answer."""
        target = Target("") if proposal.question else proposal.target
        here = target.directory == working_directory()
        self.set("workflow", _shown(proposal))
        self.set("python", short_path(target.python))
        self.set("args", " ".join(f"{name}={shlex.quote(dumps(value, None))}" for name, value in target.args.items()))
        self.set("storage", target.storage)
        self.set("allow", " ".join(target.allow))
        self.set("arguments", shlex.join(target.arguments))
        self.set("inputs", shlex.join(target.inputs))
        self.set("directory", "" if here else target.directory)
        self._filled = target
        self._show_fold()

    # -- fields ------------------------------------------------------------------------------------------------------

    def get(self, name: str) -> str:
        """The text of a field."""
        return self.query_one(f"#{name}", Input).value.strip()

    def set(self, name: str, text: str) -> None:
        """Set the text of a field."""
        field = self.query_one(f"#{name}", Input)
        field.value = text
        field.cursor_position = len(text)

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of all fields."""
        return tuple(self.get(name) for name in FIELDS)

    @property
    def into(self) -> str:
        """The directory for new checkpoints."""
        return self.get("into") or self._into

    def target(self) -> Target:
        """The target that the fields name.

        Raises:
            WrongField: something in one of them cannot be used.
        """
        if not self.get("workflow"):
            looking = "The program is still being looked for" if self.is_looking else "Name the program"
            raise WrongField("workflow", f"{looking}: app.py, pkg.app, or a name in it, app.py:build.")
        return read_target(self.get, self.source.store)

    def show_field(self, name: str) -> None:
        """Give a field the focus, unfolded where it is folded away."""
        fold = self.query_one(FoldLine)
        if any(each.name == name for each in FOLDED) and not fold.is_open:
            fold.toggle()
        self.query_one(f"#{name}").focus()

    @on(FoldLine.Toggled)
    def _fold(self, event: FoldLine.Toggled) -> None:
        event.stop()
        self.set_class(event.fold.is_open, "-further")
        self._show_fold()

    def _show_fold(self) -> None:
        """Show which of the folded fields are filled."""
        fold = self.query_one(FoldLine)
        held = [f"{each.label} {self.get(each.name)}" for each in FOLDED[:-1] if self.get(each.name)]
        fold.show(_FOLD if fold.is_open or not held else f"more: {clean(' · '.join(held), 200)}")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.input.id == "directory":
            self.query_one("#workflow", PathInput).directory = self.get("directory")
        chosen = self.chosen
        if event.input.id == "workflow" and chosen is not None and self.get("workflow") != _shown(chosen):
            self.query_one(ProgramList).unchoose()  # a typed program is another one, started from here
            if self._filled.directory and self.get("directory") == self._filled.directory:
                self.set("directory", "")
            self._show_origin()
        self.post_message(self.Changed())

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Entered())


def _shown(proposal: Proposal) -> str:
    """The program as its field shows it: relative only where it is started from the current directory."""
    if proposal.question:
        return ""
    return proposal.program if proposal.target.directory == working_directory() else proposal.target.workflow


def _field(kind: FieldKind) -> Horizontal:
    if kind.ending is None:
        field = Input(placeholder=key_text(kind.hint), compact=True, id=kind.name)
    else:
        field = PathInput(key_text(kind.hint), kind.ending, kind.name)
    return Horizontal(Static(Content(kind.label), markup=False), field)
