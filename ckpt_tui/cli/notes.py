"""`ckpt-tui notes`: bookmarks and notes on a store's checkpoints."""

from __future__ import annotations

import click

from ckpt_tui.actions.notebook import in_order, notes_document, read_notes
from ckpt_tui.actions.notebook import markdown as as_markdown
from ckpt_tui.cli.output import json_option, paint, store_argument, write, write_json
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.text import clean, clean_lines


@click.command("notes")
@store_argument
@click.option("--markdown", is_flag=True, help="As a list to paste.")
@json_option
def command(store: str, markdown: bool, as_json: bool) -> int:
    """Bookmarks and notes on a store's checkpoints, and the pins and breakpoints of its replays.

    They are made in the browser (B, a) and kept in your state directory ($XDG_STATE_HOME/ckpt-tui), never beside the
    checkpoints. The store itself is not read: notes on deleted checkpoints are still listed.
    """
    book = read_notes(store)
    if as_json:
        write_json(notes_document(book))
    elif markdown:
        write("\n".join(clean_lines(as_markdown(book).rstrip("\n"))))
    else:
        lines = []
        for note in in_order(book.notes.values()):
            mark = "★" if note.bookmark else " "
            place = f"{shown_name(note.workflow)} · iteration {note.iteration} · {clean(note.timestamp)}"
            lines.append(f"{mark} {paint(shown_name(note.id), bold=True)}  {place}")
            lines += [f"    {line}" for line in clean_lines(note.text) if note.text]
        write("\n".join(lines) or f"no bookmarks or notes for {clean(store)}")
    return 0
