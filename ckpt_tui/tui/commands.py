"""Everything a key can do, in one table: keys, palette, help screen and docs/keys.md are made from it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from textual.binding import Binding, BindingType

Scope = Literal["everywhere", "list", "value", "diff", "compare", "any list", "run", "paused", "replay", "delete"]


class Command(NamedTuple):
    """One thing the person can do.

    Attributes:
        id: Its name in the configuration file.
        keys: Default keys, comma separated, as Textual names them.
        action: The action it runs.
        title: What it does, in a few words.
        scope: Where it works.
        hint: A word for the line of hints; empty to leave it out.
        shown: How the key is written for people; empty for Textual's own notation.
        pair: Id of its opposite, where the word in the line of hints stands for both.
        words: Other words that the palette finds it by, beside its id, its hint and its title.
    """

    id: str
    keys: str
    action: str
    title: str
    scope: Scope
    hint: str = ""
    shown: str = ""
    pair: str = ""
    words: str = ""


COMMANDS: tuple[Command, ...] = (
    # moving, in every list
    Command("move.down", "down,j", "cursor(1)", "next row; a number first moves by as many", "any list", "", "↓ j"),
    Command("move.up", "up,k", "cursor(-1)", "previous row", "any list", "", "↑ k"),
    Command("move.page_down", "pagedown", "page(1)", "page down", "any list", "", "PgDn"),
    Command("move.page_up", "pageup", "page(-1)", "page up", "any list", "", "PgUp"),
    Command("move.half_down", "ctrl+d", "half_page(1)", "half a page down", "any list", "", "ctrl+d"),
    Command("move.half_up", "ctrl+u", "half_page(-1)", "half a page up", "any list", "", "ctrl+u"),
    Command("move.first", "home,g", "first", "first row; a number first goes to that row", "any list", "", "g Home"),
    Command("move.last", "end,G", "last", "last row", "any list", "", "G End"),
    # checkpoints
    Command("list.open", "enter,right,l", "open", "look at the checkpoint", "list", "open", "⏎"),
    Command("list.fold", "left,h", "fold", "fold the run, in a large store", "list", "", "← h"),
    Command("list.next_run", "J", "section(1)", "next run", "list", "", "J"),
    Command("list.previous_run", "K", "section(-1)", "previous run", "list", "", "K"),
    Command("list.parent", "p", "parent", "go to the checkpoint it came from", "list", "", "p"),
    Command("list.filter", "f", "filter", "show only rows that contain some text", "list", "filter", "f"),
    Command(
        "list.mark", "m", "mark", "mark the checkpoint, to compare another one with it, to export or delete it", "list",
        "mark", "m", words="select",
    ),
    Command(
        "list.mark_run", "M", "mark_run", "mark all checkpoints of the run, or take their marks back", "list", "", "M",
        words="select all",
    ),
    Command("list.unmark", "U", "unmark", "take all marks back", "list", "", "U", words="unselect clear"),
    # values
    Command("value.unfold", "right,l", "unfold", "unfold, or go to the first member", "value", "", "→ l"),
    Command("value.fold", "left,h", "fold", "fold, or go to the parent", "value", "", "← h"),
    Command("value.toggle", "enter", "toggle_row", "unfold or fold; a text opens in full", "value", "open", "⏎"),
    Command("value.sibling_down", "J", "sibling(1)", "next sibling", "value", "", "J"),
    Command("value.sibling_up", "K", "sibling(-1)", "previous sibling", "value", "", "K"),
    Command("value.unfold_below", "e", "unfold_below", "unfold everything below the row", "value", "", "e"),
    Command(
        "value.unfold_all", "E", "unfold_all", "unfold everything; a number first unfolds so many levels", "value",
        "", "E",
    ),
    Command("value.fold_siblings", "c", "fold_siblings", "fold the row and its siblings", "value", "", "c"),
    Command("value.fold_all", "C", "fold_all", "fold everything", "value", "", "C"),
    Command("value.below", "greater_than_sign", "show_below", "show only what is below the row", "value", "", ">"),
    Command("value.around", "less_than_sign", "show_around", "show what is around it again", "value", "", "<"),
    Command("value.sideways_right", "shift+right,L", "sideways(1)", "scroll a deep value", "value", "", "⇧→ L"),
    Command("value.sideways_left", "shift+left,H", "sideways(-1)", "scroll it back", "value", "", "⇧← H"),
    Command("value.none", "full_stop", "toggle_none", "show or hide empty values and bookkeeping", "value", "", "."),
    Command("value.sizes", "s", "toggle_sizes", "show sizes instead of types, or types again", "value", "", "s"),
    Command(
        "value.further", "plus", "decode_further", "decode more of a value that was cut for its size",
        "value", "", "+",
    ),
    Command(
        "value.history", "b", "history", "history of this path (blame): every value it had, and who ran then", "value",
        "blame", "b",
    ),
    Command("value.copy", "y", "copy", "copy: then v value, p path, k key, j JSON", "value", "copy", "y"),
    Command("value.pager", "o", "screen.pager", "open the value in $PAGER", "value", "", "o"),
    Command("value.editor", "O", "screen.editor", "open a copy of the value in $EDITOR", "value", "", "O"),
    Command(
        "value.edit", "ctrl+e", "screen.edit", "change the value, to resume from a changed copy", "value", "", "ctrl+e",
    ),
    Command("value.drop", "delete", "screen.drop", "drop the message, to resume without it", "value", "", "Del"),
    # a run
    Command("run.start", "ctrl+r", "start", "check, then run; Enter does the same, step by step", "run", "", "ctrl+r"),
    Command("run.allow", "ctrl+a", "allow", "allow the types that were named, and check again", "run", "", "ctrl+a"),
    Command(
        "run.write", "ctrl+e", "write", "write the answer as JSON in $EDITOR; at a pause change a value", "run", "",
        "ctrl+e",
    ),
    Command("run.read", "ctrl+o", "read_request", "show everything that a request asks", "run", "", "ctrl+o"),
    Command("run.stop", "x", "stop", "stop the run; once more kills it", "run", "stop", "x"),
    Command("run.step", "s", "step", "pause after this superstep; a paused run does one superstep", "run", "step", "s"),
    Command("run.continue", "c", "go_on", "let a paused run go on to the next breakpoint", "run", "", "c"),
    Command("run.to", "t", "run_to", "let a paused run go on to an executor or node, a step, …", "run", "", "t"),
    Command("run.breakpoints", "b", "breakpoints", "where the run pauses; kept with the store", "run", "", "b"),
    Command("run.change", "e", "change", "change a value before a paused run goes on", "run", "", "e"),
    Command("run.drop", "d", "drop", "drop a message in flight before a paused run goes on", "run", "", "d"),
    Command("run.back", "left_square_bracket", "go_back", "go back to an earlier checkpoint", "run", "", "["),
    Command("run.again", "at", "run_again", "run the same input N times, and compare", "run", "", "@"),
    Command("run.editor", "O", "open_editor", "open your code where a call failed, in $EDITOR", "run", "", "O"),
    Command("run.pause", "space", "pause", "hold new lines back, or show them", "run", "pause", "space"),
    Command("run.save", "S", "save", "save the log to a file", "run", "save", "S"),
    # beside a paused run
    Command(
        "paused.step", "s,ctrl+n", "run_step", "have the paused run do one superstep; pause one that goes on",
        "paused", "step", "s ctrl+n", words="debug next",
    ),
    Command(
        "paused.continue", "c,ctrl+g", "run_on", "have the paused run go on to the next breakpoint", "paused",
        "continue", "c ctrl+g", words="debug resume",
    ),
    Command(
        "paused.to", "ctrl+t", "run_to", "have the paused run go on to an executor, a step, a request", "paused",
        "run to", "ctrl+t", words="debug",
    ),
    Command(
        "paused.change", "ctrl+e", "change_run", "change a value before the paused run goes on", "paused", "change",
        "ctrl+e", words="edit debug",
    ),
    # changes
    Command("diff.open", "enter", "open", "show the change in full", "diff", "open", "⏎"),
    Command("diff.next", "J", "change(1)", "next change", "diff", "", "J"),
    Command("diff.previous", "K", "change(-1)", "previous change", "diff", "changes", "K"),
    Command("diff.everything", "a", "everything", "show unchanged values, too, or only changes", "diff", "all", "a"),
    Command("diff.beside", "v", "beside", "both sides beside each other, or below each other", "diff", "sides", "v"),
    Command("compare.next", "n", "change(1)", "next change; next match of what / searches", "compare", "", "n"),
    Command("compare.previous", "N", "change(-1)", "previous change, or match", "compare", "", "N"),
    Command("compare.rules", "i", "rules", "the rules that hide changes, on and off", "compare", "rules", "i"),
    Command("compare.fork", "f", "fork", "the common ancestor, and where the branches diverge", "compare", "fork", "f"),
    Command("compare.swap", "x", "swap", "swap the two sides", "compare", "swap", "x"),
    Command("compare.export", "X", "export", "write the changes to a file, secrets masked", "compare", "export", "X"),
    # everywhere
    Command(
        "diff.compare", "d", "compare", "what changed since the parent, or since the one marked checkpoint",
        "everywhere", "diff", "d",
    ),
    Command("view.next_tab", "t", "next_tab(1)", "next tab that holds something", "everywhere", "tabs", "t"),
    Command("view.previous_tab", "T", "next_tab(-1)", "previous tab", "everywhere", "", "T"),
    *(
        Command(f"tab.{name}", f"f{number}", f"pick_tab('{name}')", title, "everywhere", "", f"F{number}")
        for number, (name, title) in enumerate((
            ("overview", "the tab Overview: what was asked, what ran, what waits, how it ended"),
            ("state", "the tab State: what is kept, in flight and pending"),
            ("talk", "the tab Talk: what was said"),
            ("diff", "the tab Diff: what changed since the parent"),
            ("graph", "the tab Graph: who ran, and who runs next"),
            ("file", "the tab File; once more: its meta data, its sizes, its raw text"),
            ("messages", "messages in flight, in the tab State"),
            ("pending", "requests that wait for an answer, in the tab State"),
            ("size", "where its characters are, in the tab File"),
            ("raw", "its raw text, in the tab File"),
        ), 2)
    ),
    Command("view.other_pane", "tab", "other_pane(1)", "next pane", "everywhere", "panes", "⇥"),
    Command("view.previous_pane", "shift+tab", "other_pane(-1)", "previous pane", "everywhere", "", "⇧⇥"),
    Command("view.zoom", "z", "zoom", "give the pane the whole screen, or restore the layout", "everywhere", "", "z"),
    Command(
        "view.border_left", "ctrl+left", "move_border(-1)", "move the border of the panes to the left; or drag it",
        "everywhere", "", "ctrl+←", words="resize narrower split",
    ),
    Command(
        "view.border_right", "ctrl+right", "move_border(1)", "move the border of the panes to the right", "everywhere",
        "", "ctrl+→", words="resize wider split",
    ),
    Command(
        "view.reveal", "exclamation_mark", "reveal", "show secrets, or mask them again", "everywhere", "", "!",
        words="unmask",
    ),
    Command(
        "view.opcodes", "number_sign", "opcodes", "the operations of the pickle at the cursor", "everywhere", "", "#",
    ),
    Command("step.next", "right_square_bracket", "step(1)", "next checkpoint, from any pane", "everywhere", "", "]"),
    Command(
        "step.previous", "left_square_bracket", "step(-1)", "previous checkpoint", "everywhere", "step", "[",
        pair="step.next",
    ),
    Command(
        "replay.open", "space", "replay", "replay the run from this checkpoint on; play or pause", "everywhere", "play",
        "space", words="timeline",
    ),
    Command("keep.bookmark", "B", "bookmark", "bookmark the checkpoint, or remove the bookmark", "everywhere", "", "B"),
    Command("keep.note", "a", "note", "write a note on the checkpoint", "everywhere", "", "a", words="annotate"),
    Command("keep.list", "apostrophe", "notes", "bookmarks and notes: go to one, export", "everywhere", "", "'"),
    Command("live.follow", "F", "follow", "follow the newest checkpoint, or stay", "everywhere", "follow", "F"),
    Command("search.open", "slash", "search", "search in the pane", "everywhere", "search", "/"),
    Command("search.next", "n", "search_next(1)", "next match", "everywhere", "", "n"),
    Command("search.previous", "N", "search_next(-1)", "previous match", "everywhere", "", "N"),
    Command(
        "store.find", "ctrl+f", "find", "find a text over checkpoints; n and N then travel through them", "everywhere",
        "find", "^f",
    ),
    Command(
        "branch.bisect", "equals_sign", "bisect",
        "go to the first checkpoint of the branch where an expression is true",
        "everywhere", "", "=",
    ),
    Command(
        "run.sizes", "S", "measure", "sizes of the run: each step, what grew, what is written again and again",
        "everywhere", "", "S",
    ),
    Command(
        "store.doctor", "D", "doctor", "what is wrong or risky in the store, and the types to allow", "everywhere", "",
        "D", words="check danger",
    ),
    Command(
        "store.export", "x", "export", "export the checkpoint, the marked ones, its branch, run or store, masked",
        "everywhere", "", "x", words="share bundle markdown html issue",
    ),
    Command(
        "store.streams", "V", "streams", "the streams of events beside the store", "everywhere", "", "V",
        words="events log",
    ),
    Command(
        "store.prune", "P", "prune", "delete checkpoints: the marked ones, a run, old ones; and bring them back",
        "everywhere", "", "P", words="remove clean up trash undo restore",
    ),
    Command(
        "run.resume", "r", "resume", "resume from here; a preview comes first", "everywhere", "resume", "r",
        words="answer approve continue",
    ),
    Command("run.show", "R", "show_run", "back to the run that was started last", "everywhere", "", "R"),
    Command("run.compare", "A", "compare_outcomes", "compare the outcomes of two forks", "everywhere", "", "A"),
    # replay
    Command("replay.back", "backspace", "play(-1)", "play backwards, or pause", "replay", "", "⌫"),
    Command("replay.next", "right", "step(1)", "next step", "replay", "", "→"),
    Command("replay.previous", "left", "step(-1)", "previous step", "replay", "", "←"),
    Command("replay.first", "home,g", "end(-1)", "first step", "replay", "", "Home g"),
    Command("replay.last", "end,G", "end(1)", "last step", "replay", "", "End G"),
    Command(
        "replay.next_change", "right_curly_bracket", "change(1)", "next change of a pinned path", "replay", "", "}",
    ),
    Command(
        "replay.previous_change", "left_curly_bracket", "change(-1)", "previous change of a pinned path", "replay", "",
        "{",
    ),
    Command(
        "replay.next_breakpoint", "right_parenthesis", "run_to_breakpoint(1)", "next step that makes a breakpoint true",
        "replay", "", ")",
    ),
    Command(
        "replay.previous_breakpoint", "left_parenthesis", "run_to_breakpoint(-1)",
        "previous step that makes a breakpoint true", "replay", "", "(",
    ),
    Command("replay.slower", "less_than_sign", "speed(-1)", "slower: 0.5×", "replay", "", "<"),
    Command(
        "replay.faster", "greater_than_sign", "speed(1)", "faster: 2×, 4×, 16×, as fast as it draws, then as recorded",
        "replay", "", ">",
    ),
    Command("replay.pin", "p", "pin", "pin the changed path under the cursor, or unpin it", "replay", "", "p"),
    Command("replay.pin_any", "P", "pin_any", "pin any other path", "replay", "", "P"),
    Command(
        "replay.breakpoint", "b", "breakpoint", "stop where an expression becomes true", "replay", "", "b",
    ),
    Command("replay.fork", "f", "fork", "choose the branch at this fork, or at the next", "replay", "", "f"),
    # deleting
    Command("prune.start", "enter", "start", "move what would go to the trash; it asks first", "delete", "", "⏎"),
    Command("prune.fewer", "left,h", "change(-1)", "a smaller number, or a shorter time", "delete", "", "← h"),
    Command("prune.more", "right,l", "change(1)", "a larger number, or a longer time", "delete", "", "→ l"),
    Command("prune.number", "e", "number", "type the number or the time", "delete", "", "e"),
    Command("prune.force", "f", "force", "delete what kept ones descend from, too, or keep it", "delete", "", "f"),
    Command("prune.undo", "u", "undo", "bring back what was deleted last", "delete", "", "u"),
    Command(
        "app.palette", "colon,ctrl+p", "app.command_palette", "run a command by its name", "everywhere",
        "commands", ":",
    ),
    Command(
        "app.theme", "alt+t", "app.pick_theme", "choose a theme; each is shown at once", "everywhere", "", "alt+t",
        words="colours dark light",
    ),
    Command(
        "app.configure", "alt+c", "app.configure", "edit the configuration in $EDITOR: theme, keys, rules of a diff",
        "everywhere", "", "alt+c", words="config settings preferences options",
    ),
    Command(
        "app.redraw", "ctrl+l", "app.redraw", "draw the whole screen again, where another program wrote over it",
        "everywhere", "", "ctrl+l", words="refresh repaint clear",
    ),
    Command("app.help", "question_mark,f1", "help", "keys and signs", "everywhere", "help", "?"),
    Command("app.back", "escape", "back", "go back: close what was opened last", "everywhere", "", "esc"),
    Command("app.close", "q", "close", "close the pane's view, or quit", "everywhere", "quit", "q"),
    Command("app.quit", "ctrl+q,ctrl+c", "app.quit", "quit", "everywhere", "", "ctrl+q", words="exit"),
    Command(
        "app.suspend", "ctrl+z", "app.suspend_process", "suspend to the shell; fg returns", "everywhere", "",
        "ctrl+z",
    ),
)  # fmt: skip

COPY_KEYS = {"v": "value", "p": "path", "k": "key", "j": "JSON"}
"""The second key of a copy."""


def bindings(scope: Scope, *ids: str) -> list[BindingType]:
    """The key bindings of one scope, or some of them by their ids, for a class's BINDINGS."""
    return [
        Binding(c.keys, c.action, c.title, show=bool(c.hint), key_display=c.shown or None, id=c.id, tooltip=c.title)
        for c in COMMANDS
        if c.scope == scope and (not ids or c.id in ids)
    ]


def by_id() -> dict[str, Command]:
    """All commands, by their id."""
    return {command.id: command for command in COMMANDS}


def key_set(keys: str) -> set[str]:
    """The single keys of a comma-separated list."""
    return {key.strip() for key in keys.split(",")}
