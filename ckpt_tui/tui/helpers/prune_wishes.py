"""The lines of the prune dialog to choose from, each with the wish that it stands for."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.listing import NodeRow, happening, run_title
from ckpt_tui.core.runs.prune_plan import Wish, age_of, age_text
from ckpt_tui.core.runs.short_ids import id_text
from ckpt_tui.tui.widgets.prune_lists import WishRow

_AGES = tuple(age_of(text) or 0 for text in ("1h", "6h", "1d", "3d", "7d", "14d", "30d", "90d", "180d", "365d"))
"""The ages to step through, in seconds."""


class PruneWishes:
    """The lines, and the numbers in them.

    Args:
        here: Gives the selected checkpoint as it is now; None where none is selected.
        marked: The files that are marked.

    Attributes:
        keep: How many of the newest of each run stay.
        age: Age in seconds from which checkpoints go.
        is_forced: Whether ancestors of kept checkpoints go, too.
    """

    def __init__(self, here: Callable[[], tuple[Run, Node] | None], marked: Collection[str]) -> None:
        self._here, self._marked = here, frozenset(marked)
        self.keep, self.age, self.is_forced = 5, 30 * 86_400, False

    def rows(self) -> list[WishRow]:
        """The lines to choose from."""
        rows, here = [], self._here()
        if self._marked:
            count = len(self._marked)
            rows.append(
                WishRow("marked", f"the {count:,} marked checkpoints" if count > 1 else "the marked checkpoint")
            )
        if here is not None:
            run, node = here
            what = happening(NodeRow(node, 0.0, False)).text
            rows.append(
                WishRow("this", "this checkpoint", "", f" · {id_text(node.ref)} · step {node.ref.iteration} · {what}")
            )
            name, rest = run_title(run, short=True)
            rows.append(WishRow("run", "its whole run", "", f" · {name} · {rest}"))
        rows.append(WishRow("keep", "all but the", f"{self.keep:,}", "newest of each run"))
        rows.append(WishRow("older", "what is older than", age_text(self.age)))
        return rows

    def wish(self, kind: str) -> Wish:
        """The wish of the line of a kind, with its present number."""
        here = self._here()
        if kind == "keep":
            return Wish(keep=self.keep, force=self.is_forced)
        if kind == "older":
            return Wish(before=time.time() - self.age, force=self.is_forced)
        if kind == "run" and here is not None:
            return Wish(runs=(here[0].key,), force=self.is_forced)
        files = self._marked if kind == "marked" else {here[1].ref.file} if here is not None else frozenset()
        return Wish(files=files, force=self.is_forced)

    def change(self, kind: str, direction: int) -> bool:
        """Take the next or previous number of a line; False where it has none."""
        if kind == "keep":
            self.keep = max(self.keep + direction, 0)
        elif kind == "older":
            further = [age for age in _AGES if (age - self.age) * direction > 0]
            self.age = (further[0] if direction > 0 else further[-1]) if further else self.age
        return kind in ("keep", "older")

    def text(self, kind: str) -> str:
        """The number of a line as it is typed."""
        if kind == "keep":
            return str(self.keep)
        return f"{self.age // 86_400}d" if self.age % 86_400 == 0 else f"{self.age // 60}m"

    def take(self, kind: str, text: str) -> str:
        """Take a number that was typed; returns its fault, or ""."""
        text = text.strip()
        if kind == "older":
            age = age_of(text)
            self.age = self.age if age is None else age
            return f"{text} is not an age such as 90m, 12h, 30d or 8w." if age is None else ""
        if not (text.isascii() and text.isdigit() and len(text) < 8):
            return f"{text} is not a number such as 5."
        self.keep = int(text)
        return ""
