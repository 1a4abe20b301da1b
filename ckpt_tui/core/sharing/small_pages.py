"""A history or a diff of two checkpoints as a page: one HTML file without scripts, data escaped."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from ckpt_tui.core.diff.changes import Difference
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.path_history import History, executors_text, value_text
from ckpt_tui.core.sharing.page import changes_list, page_head
from ckpt_tui.core.sharing.run_page import facts_text, name_of
from ckpt_tui.core.text import clean

_VALUE = 2_000


def difference_page(before: CheckpointRef, after: CheckpointRef, difference: Difference) -> Iterator[str]:
    """The changes between two checkpoints, in pieces; secrets are masked."""
    yield page_head("What changed")
    yield '<ul class="list">'
    for ref in (before, after):
        yield f'<li>{escape(name_of(ref))} <span class="soft">{escape(facts_text(ref))}</span></li>'
    yield "</ul>\n"
    yield from changes_list(difference, is_open=True)
    yield "</body></html>"


def history_page(history: History) -> Iterator[str]:
    """Each value of a path, with the step and the executors that ran, in pieces; masked as the history is."""
    yield page_head(clean(history.path, 200))
    for taken in history.values:
        ran = escape(executors_text(taken))
        yield f'<h3>{escape(name_of(taken.ref))} <span class="soft">step {taken.ref.step} · {ran}</span></h3>\n'
        text = "nothing there" if taken.absent else value_text(taken.value, _VALUE)
        yield f"<pre>{escape(text)}</pre>\n"
    yield "</body></html>"
