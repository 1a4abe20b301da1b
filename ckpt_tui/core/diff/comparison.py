"""The changes of a diff as rows under the paths they share, and as marks beside the values of the second document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from ckpt_tui.core.diff.changes import Change, Difference
from ckpt_tui.core.diff.words import pieces
from ckpt_tui.core.documents.envelope import unread
from ckpt_tui.core.paths import Path, PathStep
from ckpt_tui.core.reading.members import members
from ckpt_tui.core.reading.summary import summary
from ckpt_tui.core.redact import PLAIN, masked_text, secrecy
from ckpt_tui.core.secret_names import leads_to_key_of_service
from ckpt_tui.core.shown_names import shown_path
from ckpt_tui.core.text import quoted
from ckpt_tui.core.value import Value

SIGNS = {"added": "+", "removed": "-", "changed": "~", "moved": "→"}
"""One sign an operation."""

SAME_ROWS = 2_000
"""Members of one value that are listed because another one of it changed."""

ROWS = 60_000
"""Rows of one comparison."""

CHANGES = 20_000
"""Changes that are laid out: 0.1 s; more are counted."""

_READ = 256 * 1024
"""Characters up to which a member that is not decoded yet is listed."""


class DiffRow(NamedTuple):
    """One row.

    Attributes:
        kind: group (a path that changes share), change, same (a member that did not change), more (what is cut).
        depth: How many groups it is in.
        label: Its path below the group, safe for a terminal.
        change: The change; None for other kinds.
        value: The value that is the same; None for other kinds.
        number: Changes below a group, or members that are cut.
        hide: The value that is the same is a secret.
    """

    kind: Literal["group", "change", "same", "more"]
    depth: int
    label: str
    change: Change | None = None
    value: Value = None
    number: int = 0
    hide: bool = False


class _Node:
    """A path that changes share: its own changes, what was removed from it, and the paths below."""

    __slots__ = ("changes", "count", "gone", "kids")

    def __init__(self) -> None:
        self.kids: dict[PathStep, _Node] = {}
        self.changes: list[Change] = []
        self.gone: list[Change] = []
        self.count = 0


_Task = tuple[_Node, Path, Value, int, bool]
"""A node, its path below its group, its value, how many groups that is, and whether it is a secret."""


def rows(
    changes: tuple[Change, ...], document: Mapping[str, Value] | None = None, everything: bool = False
) -> list[DiffRow]:
    """The rows of a comparison.

    Args:
        changes: What changed.
        document: The second document, for what did not change.
        everything: List the members that did not change beside those that did.
    """
    root = _Node()
    for change in changes[:CHANGES]:
        here = root
        here.count += 1
        for step in change.path if change.within is None else change.within:
            here = here.kids.setdefault(step, _Node())
            here.count += 1
        (here.changes if change.within is None else here.gone).append(change)
    out: list[DiffRow] = []
    value: Value = dict(document) if document is not None else None
    stack: list[Iterator[_Task]] = [_below(root, value, 0, False, everything, out)]
    while stack and len(out) < ROWS:
        found = next(stack[-1], None)
        if found is None:
            stack.pop()
            continue
        stack.append(_emit(*found, everything, out))
    cut = max(len(changes) - CHANGES, 0)
    if stack:
        cut = len(changes) - sum(1 for row in out if row.change is not None)
    if cut:
        out.append(DiffRow("more", 0, "changes", number=cut))
    return out


def _emit(
    node: _Node, path: Path, value: Value, depth: int, hide: bool, everything: bool, out: list[DiffRow]
) -> Iterator[_Task]:
    while not node.changes and not node.gone and len(node.kids) == 1:
        ((step, kid),) = node.kids.items()
        # A sign such as $args and the step behind it are one member: both are taken, or none.
        if everything and value is not None and len(members(value)) > 1:
            break
        value = _at(value, step)
        node, path, hide = kid, (*path, step), hide or _is_secret((step,))
    label = shown_path(path, 200)
    count = node.count - len(node.changes)
    out += [DiffRow("change", depth, label, change, number=count) for change in node.changes]
    if not node.kids and not node.gone:
        return
    if not node.changes:
        out.append(DiffRow("group", depth, label, number=node.count))
    yield from _below(node, value, depth + 1, hide, everything, out)


def _below(node: _Node, value: Value, depth: int, hide: bool, everything: bool, out: list[DiffRow]) -> Iterator[_Task]:
    for change in node.gone:
        assert change.within is not None
        label = shown_path(change.path[len(change.within) :], 200)
        out.append(DiffRow("change", depth, label, change))
    if not everything or value is None:
        for step, kid in node.kids.items():
            secret = hide or _is_secret((step,))
            if _is_sign(step) and kid.kids and not kid.changes and not kid.gone:
                # A sign is part of the steps behind it, as it is where members are removed.
                for behind, member_kid in kid.kids.items():
                    yield member_kid, (step, behind), _at(value, behind), depth, secret or _is_secret((behind,))
            else:
                yield kid, (step,), _at(value, step), depth, secret
        return
    below = members(value)
    listed = 0
    shown: _Node | None = None
    for index in range(len(below)):
        member = below[index]
        # The key of an entry is not a step of its path.
        secret = hide or _is_secret((*member.steps, member.label))
        found, size = node, 0
        while size < len(member.steps) and member.steps[size] in found.kids:
            found, size = found.kids[member.steps[size]], size + 1
        # An entry that was added is shown as a pair, at the steps before that of its value; items that came with all of
        # their list are shown as that list, once.
        if found is shown:
            continue
        if size == len(member.steps) or (size and found.changes):
            shown = found
            yield found, member.steps[:size], member.value, depth, secret
        elif listed < SAME_ROWS:
            listed += 1
            out.append(DiffRow("same", depth, shown_path(member.steps, 200), value=member.value, hide=secret))
    if len(below) - len(node.kids) > listed >= SAME_ROWS:
        out.append(DiffRow("more", depth, "that did not change", number=len(below) - listed))


def _is_secret(steps: Path) -> bool:
    return any(type(step) is str and secrecy(step) > PLAIN for step in steps) or leads_to_key_of_service(steps)


def _is_sign(step: PathStep) -> bool:
    return type(step) is str and step.startswith("$")


def _at(value: Value, step: PathStep) -> Value:
    """The member at a step; the value itself where the step is a part of a longer one, None where it is not there."""
    if value is None or _is_sign(step):
        return value
    below = members(value)
    if type(step) is int and step < len(below) and below[step].steps[-1] == step:
        return below.value(step)
    for index in range(min(len(below), SAME_ROWS)):
        if below[index].steps[-1] == step:
            return below.value(index)
    return None


def value_text(value: Value, change: Change, limit: int, reveal: bool = False) -> str:
    """A value of a change on one line, safe for a terminal, masked where it is a secret."""
    if unread(value) > _READ:
        return summary(value, limit, reveal)
    return summary(value, limit, reveal, hide=change.secrecy > PLAIN and not reveal)


def texts_of(change: Change, reveal: bool = False) -> tuple[str, str] | None:
    """The texts before and after a change, secrets masked unless `reveal`; None for any other."""
    before, after = change.before, change.after
    if type(before) is not str or type(after) is not str or (change.secrecy > PLAIN and not reveal):
        return None
    if reveal:
        return before, after
    shown = masked_text(before), masked_text(after)
    return None if shown[0] == shown[1] else shown  # only a secret in them changed


class Marks:
    """What changed, by path in the second document: what is beside the rows of a tree.

    Args:
        difference: What changed since the parent.
    """

    def __init__(self, difference: Difference) -> None:
        self.at: dict[Path, Change] = {}
        self.gone: dict[Path, int] = {}
        self.below: dict[Path, int] = {}
        for change in difference.shown:
            if change.within is not None:
                self.gone[change.within] = self.gone.get(change.within, 0) + 1
            else:
                self.at[change.path] = change
            path = change.path if change.within is None else change.within
            for size in range(min(len(path) + (change.within is not None), _MARKED_LEVELS)):
                self.below[path[:size]] = self.below.get(path[:size], 0) + 1

    def text(self, path: Path, is_open: bool, reveal: bool = False, limit: int = 32) -> str:
        """The text beside a value: its former value, how it came, or how much changed in it; "" for no change."""
        change = self.at.get(path)
        if change is not None and change.op == "changed":
            return _was(change, limit, reveal)
        if change is not None and change.op == "added":
            return "+ added"
        parts = []
        if change is not None and change.source is not None:
            parts.append(f"→ from {shown_path(change.source, limit)}")
        below = self.below.get(path, 0)
        if is_open:
            gone = self.gone.get(path, 0)
            if gone:
                parts.append(f"- {gone:,} removed")
        elif below:
            parts.append(f"~ {below:,} changed")
        return " · ".join(parts)


def _was(change: Change, limit: int, reveal: bool) -> str:
    """The former value; for a long text the words that were removed or added, since its beginning is the same."""
    texts = texts_of(change, reveal)
    if texts is not None and limit < len(texts[0]) < _WORDS and len(texts[1]) < _WORDS:
        parts = pieces(*texts)
        if parts and parts[0].kind == "same":
            gone = next((part.text for part in parts if part.kind == "gone"), "")
            new = next((part.text for part in parts if part.kind == "new"), "")
            return f"was {quoted(gone, limit)}" if gone else f"+ {quoted(new.strip() or new, limit)}"
    return f"was {value_text(change.before, change, limit, reveal)}"


_WORDS = 4_000
"""Characters of a text whose words are looked at for its mark."""

_MARKED_LEVELS = 60
"""Levels above a change that are marked while they are folded."""
