"""A comparison of two checkpoints as a file: Markdown, a page, JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ckpt_tui.core.diff.diff_document import diff_document
from ckpt_tui.core.diff.ignore_rules import IgnoreRules
from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.runs.list_document import ref_document
from ckpt_tui.core.runs.short_ids import id_text
from ckpt_tui.core.sharing.markdown_parts import difference_markdown
from ckpt_tui.core.sharing.small_pages import difference_page
from ckpt_tui.tui.comparer import Compared


def difference_file(compared: Compared, rules: IgnoreRules) -> tuple[str, dict[str, Callable[[], Iterable[str]]]]:
    """The proposed name of a file of a comparison, and the functions that make its pieces, by format.

    Args:
        compared: The two checkpoints and their changes.
        rules: The rules that left changes out.
    """
    before, after, difference = compared.before.ref, compared.after.ref, compared.difference
    formats: dict[str, Callable[[], Iterable[str]]] = {
        "md": lambda: [difference_markdown(before, after, difference)],
        "html": lambda: difference_page(before, after, difference),
        "json": lambda: [dumps(diff_document(ref_document(before), ref_document(after), difference, rules))],
    }
    return f"diff-{id_text(before)}-{id_text(after)}.md", formats
