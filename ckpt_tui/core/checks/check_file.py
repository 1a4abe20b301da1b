"""A file of assertions, as its TOML has them, made into checks; docs/check.md shows each kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from ckpt_tui.core.checks.expectation import written

Kind = Literal[
    "expect", "value", "always", "eventually", "never", "before", "order", "count", "runs", "asked", "safe", "graph",
    "same_as",
]  # fmt: skip

_SCOPES = ("at", "ran")
_VALUE_WORDS = ("equals", "one_of", "contains", "matches", "at_least", "at_most", "exists", "type")
_NUMBER_WORDS = ("equals", "at_least", "at_most")
_WHOLE: tuple[Kind, ...] = (
    "always", "eventually", "never", "before", "order", "count", "runs", "asked", "safe", "graph", "same_as",
)  # fmt: skip
_ALLOWED: Mapping[str, tuple[str, ...]] = {
    "expect": _SCOPES, "value": (*_SCOPES, *_VALUE_WORDS), "count": _NUMBER_WORDS, "runs": _NUMBER_WORDS,
    "asked": _NUMBER_WORDS, "same_as": ("ignore", "strict"),
}  # fmt: skip
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "name": str, "at": str, "ran": str, "expect": str, "path": str, "always": str, "eventually": str, "never": str,
    "before": list, "order": list, "count": str, "runs": str, "asked": str, "safe": bool, "graph": str, "same_as": str,
    "ignore": list, "strict": bool, "exists": bool, "type": str, "matches": str, "one_of": list,
    "at_least": (int, float), "at_most": (int, float),
}  # fmt: skip
_NAMES = {list: "a list", str: "a text", bool: "true or false", (int, float): "a number"}


class CheckFault(ValueError):
    """A file of assertions is wrong; the text says where and how."""


class Check(NamedTuple):
    """One assertion.

    Attributes:
        name: What it is called in reports.
        kind: What it asserts.
        subject: The expression, path, executor or file that it is about; several for `before` and `order`.
        at: The checkpoint it looks at, as an id; "" where it looks at others.
        ran: The executor at whose steps it looks, or "".
        words: What the value or the number must be: `equals`, `at_least`, ...
        ignore: Paths that a comparison leaves out.
        is_strict: A comparison leaves out nothing but `ignore`.
    """

    name: str
    kind: Kind
    subject: tuple[str, ...]
    at: str = ""
    ran: str = ""
    words: Mapping[str, Any] = {}
    ignore: tuple[str, ...] = ()
    is_strict: bool = False

    @property
    def expected(self) -> str:
        """What is expected, in a few words."""
        subject = " → ".join(self.subject)
        words = ", ".join(f"{name.replace('_', ' ')} {written(value)}" for name, value in self.words.items())
        return {
            "expect": subject, "value": words, "always": f"always {subject}", "eventually": f"eventually {subject}",
            "never": f"never {subject}", "before": f"{subject}, in this order", "order": f"ran in order: {subject}",
            "count": f"checkpoints where {subject}: {words}", "runs": f"{subject} ran: {words}",
            "asked": f"requests of {subject}: {words}", "safe": "nothing undecodable or dangerous",
            "graph": "one graph" if subject == "unchanged" else f"graph {subject}", "same_as": f"the same as {subject}",
        }[self.kind]  # fmt: skip


def parse_checks(table: Mapping[str, Any]) -> tuple[Check, ...]:
    """The checks of a file.

    Raises:
        CheckFault: it holds what is not a check.
    """
    unknown = [name for name in table if name != "check"]
    if unknown:
        raise CheckFault(f"unknown table or key {unknown[0]}: assertions are written as [[check]]")
    found = table.get("check")
    if not isinstance(found, list) or not found or not all(isinstance(one, dict) for one in found):
        raise CheckFault("there is no [[check]]")
    return tuple(_check(number, one) for number, one in enumerate(found, 1))


def _check(number: int, table: Mapping[str, Any]) -> Check:
    where = f"check {number}" + (f" ({table['name']})" if isinstance(table.get("name"), str) else "")
    _check_types(where, table)
    named = [name for name in ("expect", "path", *_WHOLE) if name in table]
    if len(named) != 1:
        one_of = "expect, path, always, eventually, never, before, order, count, runs, asked, safe, graph or same_as"
        raise CheckFault(f"{where}: it needs one of {one_of}, and has {' and '.join(named) or 'none'}")
    kind: Kind = "value" if named[0] == "path" else named[0]  # type: ignore[assignment]
    allowed = (*_ALLOWED.get(kind, ()), "name", named[0])
    wrong = [key for key in table if key not in allowed]
    if wrong:
        raise CheckFault(f"{where}: {wrong[0]} does not go with {named[0]}")
    if "at" in table and "ran" in table:
        raise CheckFault(f"{where}: at and ran are two places; leave one out")
    words = {word: table[word] for word in _VALUE_WORDS if word in table}
    if kind == "value" and not words:
        raise CheckFault(f"{where}: path needs one of {', '.join(_VALUE_WORDS)}")
    if "matches" in words:
        try:
            re.compile(words["matches"])
        except re.error as error:
            raise CheckFault(f"{where}: matches is not a regular expression: {error}") from None
    if kind in ("count", "runs", "asked") and not words:
        words = {"at_least": 1}
    if kind == "safe" and table["safe"] is not True:
        raise CheckFault(f"{where}: safe can only be true")
    subject = table[named[0]]
    several = tuple(subject) if isinstance(subject, list) else ("",) if kind == "safe" else (str(subject),)
    if not all(isinstance(one, str) for one in several) or (isinstance(subject, list) and len(several) < 2):
        raise CheckFault(f"{where}: {named[0]} needs at least two texts")
    ignore = table.get("ignore", [])
    if not all(isinstance(one, str) for one in ignore):
        raise CheckFault(f"{where}: ignore must be a list of paths")
    at, ran = table.get("at", ""), table.get("ran", "")
    if kind in ("expect", "value") and not at and not ran:
        at = "latest"
    name = table.get("name") or ""
    made = Check(name, kind, several, at, ran, words, tuple(ignore), bool(table.get("strict")))
    return made if name else made._replace(name=_name(made))


def _check_types(where: str, table: Mapping[str, Any]) -> None:
    for key, value in table.items():
        kind_of = _TYPES.get(key)
        if kind_of is None and key != "equals" and key != "contains":
            raise CheckFault(f"{where}: unknown key {key}")
        if kind_of is not None and (
            not isinstance(value, kind_of) or (kind_of is not bool and isinstance(value, bool))
        ):
            raise CheckFault(f"{where}: {key} must be {_NAMES[kind_of]}")


def _name(check: Check) -> str:
    where = f" at {check.at}" if check.at else f" when {check.ran} ran" if check.ran else ""
    path = f"{check.subject[0]} " if check.kind == "value" else ""
    return f"{path}{check.expected}{where}"
