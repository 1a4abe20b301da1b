"""Looks up a plain path without writing the JSON that the path refers to.

`lookup` gives the result of JMESPath on the document of `show`: the signs of that format (`$type`, `$value`, `$items`)
are steps, a cycle ends at its `$ref`. Only a `$ref` differs: it names a place in the value that was found, not in the
document. The labels on the path show whether the value is a secret.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.members import all_members
from ckpt_tui.core.reading.pickled_objects import own_attributes, type_name
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.redact import PLAIN, masked, masked_text, secrecy
from ckpt_tui.core.secret_items import is_secret_type, secrets_beside
from ckpt_tui.core.value import Map, Obj, Value

Check = Callable[[], None] | None


class LookupResult(NamedTuple):
    """A value and the labels that lead to it; `absent` where there is none."""

    value: Value
    labels: tuple[str, ...] = ()
    absent: bool = False


NOTHING = LookupResult(None, (), True)


def lookup(value: Value, path: Path, check: Check = None) -> LookupResult:
    """The value at a path below another value."""
    labels: list[str] = []
    above: dict[int, Value] = {}
    at = 0
    while at < len(path):
        value = resolve(value, check)
        if id(value) in above:
            return NOTHING  # JSON has a reference here, which has no such member
        above[id(value)] = value
        step = path[at]
        if type(value) is Obj and is_secret_type(type_name(value)):
            labels.append("password")
        if type(value) is dict:
            if type(step) is not str or step not in value:
                return NOTHING
            labels += (step, *label_beside(value, step))
            value = value[step]
            at += 1
        elif type(value) is list:
            if type(step) is not int or not -len(value) <= step < len(value):
                return NOTHING
            labels += label_beside(value, step)
            value = value[step]
            at += 1
        elif type(value) is Obj and type(step) is str and step[:1] != "$" and (kv := own_attributes(value)) is not None:
            names = kv[::2]
            if step not in names:
                return NOTHING
            labels += (step, *label_beside(Map(kv), step))
            value = kv[2 * names.index(step) + 1]
            at += 1
        else:
            found = _member(value, path, at)
            if found is None:
                return _in_document(to_json(value), path[at:], labels)
            taken, label, below = found
            at += taken
            if label:
                labels += (label, *(label_beside(value, label) if type(value) is Map else ()))
            value = below
    return LookupResult(resolve(value, check), tuple(labels))


def _member(value: Value, path: Path, at: int) -> tuple[int, str, Value] | None:
    below = all_members(value)
    index = below.find(path[at:])
    if index < 0:
        return None
    member = below[index]
    return len(member.steps), "" if member.is_index else member.label, member.value


def _in_document(document: Any, path: Path, labels: list[str]) -> LookupResult:
    """The rest of a path in JSON."""
    for step in path:
        if type(document) is dict and type(step) is str and step in document:
            labels += (step, *label_beside(document, step))
        elif type(document) is list and type(step) is int and -len(document) <= step < len(document):
            labels += label_beside(document, step)
        else:
            return NOTHING
        document = document[step]
    return LookupResult(document, tuple(labels))


def label_beside(container: dict[str, Value] | Map | list[Value], step: int | str) -> list[str]:
    """The label beside a member that makes it a secret: a header, an option, a `name`; "" where there is none."""
    if type(step) is int and step < 0 and type(container) is list:
        step += len(container)
    label = secrets_beside(container).get(step)
    return [] if label is None else [label]


def shown(found: LookupResult, reveal: bool = False) -> Any:
    """The JSON of a value that was found, secrets masked unless `reveal`; None where there is nothing."""
    if found.absent:
        return None
    document = to_json(found.value)
    if reveal:
        return document
    # A value is a secret by the names above it, too.
    above = max(map(secrecy, found.labels), default=PLAIN)
    if above == PLAIN and type(document) is not dict and type(document) is not list:
        return masked_text(document) if type(document) is str else document
    return masked(document, above)
