"""Results of checks: the document of `check --json`, lines for people, and JUnit's XML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.shown_names import masked_name
from ckpt_tui.core.text import clean

_VALUE = 200


class Failure(NamedTuple):
    """Why a check failed.

    Attributes:
        id: The checkpoint, or "" where it is about none.
        path: The path or expression, or "".
        expected: What was expected, as text.
        value: The value that was found, masked; None with `has_value` false where there is none.
        has_value: Whether a value was found.
        reason: What is wrong, in a few words.
        changes: What changed there, as entries of `diff --json`.
    """

    id: str = ""
    path: str = ""
    expected: str = ""
    value: Any = None
    has_value: bool = False
    reason: str = ""
    changes: Sequence[dict[str, Any]] = ()


class Outcome(NamedTuple):
    """The result of one check.

    Attributes:
        name: Its name.
        failure: Why it failed; None where it passed.
        looked: Checkpoints that it looked at.
        number: What it counted, where it counts.
    """

    name: str
    failure: Failure | None = None
    looked: int = 0
    number: int = 0


def check_document(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The document of `check --json`."""
    return {
        "schema": "ckpt-tui/check@1",
        "passed": sum(outcome.failure is None for outcome in outcomes),
        "failed": [
            {
                "name": outcome.name, "id": masked_name(failure.id), "path": failure.path, "expected": failure.expected,
                "value": failure.value, "reason": failure.reason, "changes": list(failure.changes),
            }
            for outcome in outcomes
            if (failure := outcome.failure) is not None
        ],
    }  # fmt: skip


def failure_lines(failure: Failure) -> Iterator[str]:
    """A failure for people."""
    where = " · ".join(text for text in (masked_name(failure.id), failure.path) if text)
    if where:
        yield f"at {clean(where)}"
    yield f"expected {clean(failure.expected, 400)}"
    if failure.has_value:
        yield f"found    {clean(dumps(failure.value, indent=None), _VALUE)}"
    if failure.reason:
        yield clean(failure.reason, 400)
    for change in failure.changes:
        sides = [name for name in _SIDES if name in change]
        values = [clean(dumps(change[name], indent=None), _VALUE // len(sides)) for name in sides]
        sign = {"added": "+", "removed": "-", "changed": "~", "moved": "→"}[change["op"]]
        yield f"{sign} {clean(change['path'])}  {' → '.join(values)}"


_SIDES = ("before", "after")


def junit(outcomes: Sequence[Outcome], suite: str) -> str:
    """The results as JUnit's XML, which CI systems read."""
    failed = sum(outcome.failure is not None for outcome in outcomes)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuite name={_attribute(suite)} tests="{len(outcomes)}" failures="{failed}" errors="0" skipped="0">',
    ]
    for outcome in outcomes:
        head = f'  <testcase classname="ckpt-tui check" name={_attribute(outcome.name)}'
        if outcome.failure is None:
            lines.append(f"{head}/>")
            continue
        text = list(failure_lines(outcome.failure))
        lines += [
            f"{head}>",
            f"    <failure message={_attribute(text[:2][-1])}>{escape(chr(10).join(text))}</failure>",
            "  </testcase>",
        ]
    return "\n".join([*lines, "</testsuite>"])


def _attribute(text: str) -> str:
    return quoteattr(clean(text, 400))
