"""What changed between two values, compared by value and never by bytes.

The command line and the screen ask the same functions, so their answers are the same. The walk through both values is
in `ckpt_tui.core.diff.walk`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ckpt_tui.core.budgets import DIFF_BYTES
from ckpt_tui.core.diff.changes import Change, Difference
from ckpt_tui.core.diff.ignore_rules import IgnoreRules
from ckpt_tui.core.diff.value_position import ValuePosition
from ckpt_tui.core.diff.walk import Check, FoundChange, Progress, Walk
from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.matching.digests import SCALARS, OutOfBudget
from ckpt_tui.core.matching.equality import is_empty
from ckpt_tui.core.model import Checkpoint, parts_of
from ckpt_tui.core.paths import Path, path_to
from ckpt_tui.core.redact import PLAIN
from ckpt_tui.core.value import Value

_TEXT_THAT_MOVES = 24
"""Characters of a text that is recognised elsewhere; shorter ones are in too many places."""


def diff_checkpoints(
    before: Checkpoint,
    after: Checkpoint,
    ignore: IgnoreRules | None = None,
    check: Check = None,
    progress: Progress = None,
) -> Difference:
    """What changed between two checkpoints; see `diff`."""
    return diff(parts_of(before), parts_of(after), ignore, scale_of(before, after), check, progress=progress)


def scale_of(before: Checkpoint, after: Checkpoint) -> int:
    """How many times the usual budget two checkpoints are worth: more only where the files are large themselves."""
    return 1 + (before.ref.size + after.ref.size) // DIFF_BYTES


def diff(
    before: Mapping[str, Value], after: Mapping[str, Value], ignore: IgnoreRules | None = None, scale: int = 1,
    check: Check = None, prefix: Path = (), secret: int = PLAIN, progress: Progress = None,
) -> Difference:  # fmt: skip
    """What changed between two documents: mappings of names to decoded values.

    Args:
        before: The first document.
        after: The second document.
        ignore: The rules that ignore changes; the built-in ones if None.
        scale: How many times the usual budget may be spent: 1 answers within a second whatever the values are.
        check: Called now and then; whatever it raises ends the work.
        prefix: Where both documents are in the JSON of `show`.
        secret: How far all of it is a secret.
        progress: Called now and then with how many values were looked at, containers counting for several.
    """
    walk = Walk(scale, check, progress)
    walk.run(dict(before), dict(after), ValuePosition(None, prefix, secret, 0))
    return Difference(tuple(_changes(walk, ignore or IgnoreRules())), walk.incomplete)


def _changes(walk: Walk, ignore: IgnoreRules) -> Iterator[Change]:
    """The changes of a walk, a removal and an addition of one value as one move, each with the rule that ignores it."""
    found = walk.found
    moves = _moves(walk)
    sources = {a for a, _ in moves}
    targets = {b: a for a, b in moves}
    for index, change in enumerate(found):
        if index in sources:
            continue
        origin = found[targets[index]] if index in targets else None
        yield _change(change, origin, ignore)


def _change(found: FoundChange, origin: FoundChange | None, ignore: IgnoreRules) -> Change:
    """A change of the result; `origin` is what was removed where this was added."""
    op, at_a, at_b, before, after, name, within = found
    if origin is not None:
        op, at_a, before = "moved", origin.at_a, origin.before
    here = at_b or at_a
    assert here is not None
    path = path_to(here)
    source = path_to(at_a) if at_a is not None and at_b is not None else None
    if source == path and op != "moved":
        source = None
    absent = "before" if op == "added" else "after" if op == "removed" else ""
    rule = "" if op == "moved" else ignore.explain(path, name, absent, before, after)
    secret = max(at_a.secrecy if at_a else PLAIN, here.secrecy)
    return Change(op, path, before, after, source, rule, secret, None if within is None else path_to(within))


def _moves(walk: Walk) -> list[tuple[int, int]]:
    """Pairs of a removal and an addition of one and the same value, which no other change has."""
    found = walk.found
    gone = [(index, change.before) for index, change in enumerate(found) if change.op == "removed"]
    come = [(index, change.after) for index, change in enumerate(found) if change.op == "added"]
    if not gone or not come:
        return []
    try:
        at_a, at_b = _places(walk, gone), _places(walk, come)
    except OutOfBudget:
        return []
    return [(at_a[digest], index) for digest, index in at_b.items() if index >= 0 and at_a.get(digest, -1) >= 0]


def _places(walk: Walk, values: list[tuple[int, Value]]) -> dict[int, int]:
    """Which change has a value that is worth recognising, by its digest; -1 where several have."""
    found: dict[int, int] = {}
    for index, value in values:
        value = resolve(value, walk.check)
        if type(value) is str:
            if len(value) < _TEXT_THAT_MOVES:
                continue
        elif type(value) in SCALARS or is_empty(value):
            continue
        digest = walk.digests.of(value)
        if walk.digests.is_exact(value):
            found[digest] = -1 if digest in found else index
    return found
