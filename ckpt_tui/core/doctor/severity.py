"""One finding of the doctor, and how bad it is."""

from typing import Literal, NamedTuple

Severity = Literal["info", "warning", "danger"]

TITLES: dict[Severity, str] = {
    "danger": "danger: loading these could run code", "warning": "warnings", "info": "good to know",
}  # fmt: skip
"""Titles of the severities, the worst first."""

SIGNS: dict[Severity, str] = {"danger": "✗", "warning": "!", "info": "·"}


class Finding(NamedTuple):
    """One thing that is wrong, risky or worth knowing.

    Attributes:
        kind: A stable word for programs.
        severity: info, warning, or danger where loading the file could run code.
        file: The file name, or "" for the store as a whole.
        path: JMESPath over the document of `show`, or "".
        reason: What is wrong, as text for people.
        fix: What to do about it, or "".
        lines: Lines to put into the file, in order, where the fix says so.
    """

    kind: str
    severity: Severity
    file: str
    path: str
    reason: str
    fix: str = ""
    lines: tuple[str, ...] = ()
