"""Where a text occurs in the rows of a comparison: in the paths they show, and in both values of a change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ckpt_tui.core.diff.comparison import DiffRow
from ckpt_tui.core.find.finder import Finder
from ckpt_tui.core.find.question import Question, text_matcher
from ckpt_tui.core.redact import PLAIN
from ckpt_tui.core.shown_names import masked_path
from ckpt_tui.core.value import Value

Check = Callable[[], None] | None


def search_rows(rows: Sequence[DiffRow], text: str, reveal: bool = False, check: Check = None) -> Iterator[int]:
    """The positions of the rows that contain a text, in order.

    Values are searched as `find` searches them: all of each, keys and class names included. Case matters only when the
    text has an upper case letter; what is masked on the screen is not searched.

    Args:
        rows: The rows.
        text: What to find.
        reveal: Secrets are shown, so they are searched, too.
        check: Called now and then; whatever it raises ends the search.
    """
    matcher = text_matcher(text)
    finder = Finder(Question(text, reveal=reveal), matcher)
    for index, row in enumerate(rows):
        if check is not None:
            check()
        paths = [row.label]  # the rest of a path is the label of a group above
        values: list[Value] = []
        change = row.change
        if change is not None:
            if change.source is not None:
                paths.append(masked_path(change.source, reveal))
            values = [] if change.secrecy > PLAIN and not reveal else [change.before, change.after]
        elif row.kind == "same" and (reveal or not row.hide):
            values = [row.value]
        if any(matcher(path) is not None for path in paths) or any(
            next(finder.hits({"": value}, check), None) is not None for value in values
        ):
            yield index
