"""The result of a diff: the changes between two documents, each with the rule that ignores it, if one does."""

from typing import Literal, NamedTuple

from ckpt_tui.core.paths import Path
from ckpt_tui.core.redact import PLAIN
from ckpt_tui.core.value import Value

Op = Literal["added", "removed", "changed", "moved"]


class Change(NamedTuple):
    """One change.

    Attributes:
        op: What happened.
        path: Where, in the second document; where something was removed, in the first.
        before: The former value; None where there was none.
        after: The value; None where there is none.
        source: Where it was in the first document, if that is not `path`; None otherwise.
        ignored_by: The name of the rule that ignores it, or "".
        secrecy: How far its values are a secret (see `ckpt_tui.core.redact`).
        within: Where the container that something was removed from is in the second document; None for others.
    """

    op: Op
    path: Path
    before: Value
    after: Value
    source: Path | None = None
    ignored_by: str = ""
    secrecy: int = PLAIN
    within: Path | None = None


class Difference(NamedTuple):
    """All changes between two documents, the ignored ones included.

    Attributes:
        changes: In the order of the documents.
        incomplete: Why there may be more, for people; "" where this is all.
    """

    changes: tuple[Change, ...]
    incomplete: str = ""

    @property
    def shown(self) -> tuple[Change, ...]:
        """The changes that no rule ignores."""
        return tuple(change for change in self.changes if not change.ignored_by)

    @property
    def ignored(self) -> int:
        """How many changes a rule ignores."""
        return sum(1 for change in self.changes if change.ignored_by)

    @property
    def by_rule(self) -> dict[str, int]:
        """How many changes each rule ignores."""
        found: dict[str, int] = {}
        for change in self.changes:
            if change.ignored_by:
                found[change.ignored_by] = found.get(change.ignored_by, 0) + 1
        return found
