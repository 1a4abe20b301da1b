"""Forms for values: the fields of a form, and the JSON that their texts make.

A form describes a type: `{"kind": "object", "fields": [{"name", "required", "default", "form"}]}` and
its like (docs/resume.md).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ckpt_tui.core.redact import is_secret_key

MOST_FIELDS = 60
"""Fields of one form; a type with more is asked for as JSON."""

Path = tuple[str, ...]


class Field(NamedTuple):
    """One line of a form.

    Attributes:
        path: Names that lead to it; empty for the value itself.
        kind: text, integer, number, boolean, choice, list, calls, json, any (JSON, else a text as it is).
        options: For a choice: each label and its JSON. For calls: each label and the call.
        required: Whether it must be filled.
        default: Its value when it is left empty, as text; "" for none.
        item: The kind of the members of a list.
    """

    path: Path
    kind: str
    options: tuple[tuple[str, Any], ...] = ()
    required: bool = True
    default: str = ""
    item: str = "json"

    @property
    def label(self) -> str:
        """Its name."""
        return ".".join(self.path) or "answer"

    @property
    def hint(self) -> str:
        """The kind of value it takes, in a word or two."""
        hint = {
            "text": "text", "integer": "a whole number", "number": "a number", "json": "JSON", "any": "text, or JSON",
            "list": f"a list: [{_EXAMPLES.get(self.item, '…')}, …], or members with commas",
        }.get(self.kind, "")  # fmt: skip
        if self.required:
            return hint
        return f"{hint}; empty: {'its default' if self.default and self.is_secret else self.default or 'none'}"

    @property
    def is_secret(self) -> bool:
        """Whether its name says that its value is a secret."""
        return any(map(is_secret_key, self.path))


_EXAMPLES = {"text": '"…"', "integer": "1", "number": "0.5", "boolean": "true"}


def fields_of(form: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields of a form, objects within objects flattened."""
    out: list[Field] = []
    _flatten(form, (), True, None, False, out)
    if len(out) > MOST_FIELDS or any(len(field.path) > 6 for field in out):
        return (Field((), "json"),)
    return tuple(out)


def _flatten(
    form: Mapping[str, Any], path: Path, required: bool, default: Any, has_default: bool, out: list[Field]
) -> None:
    kind = str(form.get("kind", "json"))
    if form.get("optional") and not has_default:
        required = False
    if kind == "object" and required and isinstance(form.get("fields"), list):
        for each in form["fields"]:
            needed = bool(each.get("required"))
            below = each.get("form") or {}
            _flatten(below, (*path, str(each.get("name"))), needed, each.get("default"), "default" in each, out)
        return
    shown = text_of(default, kind) if has_default else ""
    options: tuple[tuple[str, Any], ...] = ()
    item = "json"
    if kind == "object":
        kind = "json"
    elif kind == "boolean":
        kind, options = "choice", (("yes", True), ("no", False))
    elif kind == "choice":
        options = tuple((str(each.get("label")), each.get("value")) for each in form.get("options") or ())
    elif kind == "calls":
        options = tuple((str(each.get("label")), each) for each in form.get("options") or ())
    elif kind == "list":
        item = str((form.get("of") or {}).get("kind", "json"))
    if kind == "choice" and has_default:
        shown = next((label for label, value in options if _same(value, _plain(default))), shown)
    out.append(Field(path, kind, options, required, shown, item))


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _plain(document: Any) -> Any:
    """A value of an enum as the value alone."""
    if isinstance(document, dict) and "$value" in document:
        return document["$value"]
    return document


def text_of(document: Any, kind: str) -> str:
    """A value as the text of its field."""
    document = _plain(document)
    if document is None:
        return ""
    if isinstance(document, str) and kind != "json":
        return document
    return json.dumps(document, ensure_ascii=False)


class Filled(NamedTuple):
    """The value that the fields of a form make.

    Attributes:
        value: The JSON, if there are no errors.
        errors: Field number → what is wrong with it.
    """

    value: Any
    errors: dict[int, str]


def filled(fields: Sequence[Field], texts: Sequence[str]) -> Filled:
    """The value that the texts of the fields make.

    Args:
        fields: The fields.
        texts: The text of each, or the label of the option that is chosen; "" for nothing.
    """
    errors: dict[int, str] = {}
    out: Any = {}
    for number, (field, text) in enumerate(zip(fields, texts, strict=True)):
        if not text:
            if field.required:
                errors[number] = "choose one" if field.options else "needed"
            elif field.kind == "choice" and not field.default and not field.path:
                out = None
            continue
        try:
            value = _value(field, text)
        except ValueError as error:
            errors[number] = str(error)
            continue
        if not field.path:
            out = value
            continue
        holder = out
        for name in field.path[:-1]:
            holder = holder.setdefault(_escaped(name), {})
        holder[_escaped(field.path[-1])] = value
    return Filled(None if errors else out, errors)


def _escaped(name: str) -> str:
    return "$" + name if name.startswith("$") else name


def _value(field: Field, text: str) -> Any:
    if field.kind == "text":
        return text
    if field.kind == "any":
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    if field.kind == "choice":
        for label, value in field.options:
            if label == text:
                return value
        raise ValueError(f"one of {', '.join(label for label, _ in field.options)}")
    if field.kind == "calls":
        return _call(field, text)
    if field.kind == "list" and not text.lstrip().startswith("["):
        parts = [part.strip() for part in text.split(",")]
        return [_value(Field((), field.item), part) for part in parts]
    return _json(field.kind, text)


def _json(kind: str, text: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None if kind == "json" else _NOTHING
        if kind == "json":
            raise ValueError("not valid JSON: write text in quotes") from None
    wanted: dict[str, tuple[type, ...]] = {
        "integer": (int,), "number": (int, float), "list": (list,), "boolean": (bool,)
    }  # fmt: skip
    kinds = wanted.get(kind)
    if kinds is not None and (not isinstance(value, kinds) or (isinstance(value, bool) and kind != "boolean")):
        names = {"integer": "a whole number", "number": "a number", "list": "a list", "boolean": "true or false"}
        raise ValueError(f"not {names[kind]}")
    return value


_NOTHING = object()


def _call(field: Field, text: str) -> Any:
    """The call of a helper of a framework request: its label, and after a NUL the text that some need."""
    label, _, said = text.partition("\0")
    call = next((call for name, call in field.options if name == label), None)
    if call is None:
        raise ValueError(f"one of {', '.join(name for name, _ in field.options)}")
    arguments = list(call.get("args") or ())
    if call.get("asks"):
        if not said.strip():
            raise ValueError(f"say {call['asks']}")
        arguments.append([said] if call.get("list") else said)
    return {"$call": call.get("call"), "$args": arguments}


def example(fields: Sequence[Field]) -> Any:
    """A document to begin with, where an answer is written as JSON; the default of a secret is left to its class."""
    fields = [field for field in fields if field.required or not field.default or not field.is_secret]
    texts = [field.default or _START.get(field.kind, "") for field in fields]
    out: Any = {}
    for field, text in zip(fields, texts, strict=True):
        if field.kind == "calls":
            each = field.options[0][1]
            value: Any = {
                "$call": each.get("call"),
                "$args": [*each.get("args", ()), *(["…"] if each.get("asks") else [])],
            }
        elif field.kind == "choice":
            value = next((value for label, value in field.options if label == text), field.options[0][1])
        else:
            value = text if field.kind in ("text", "any") else json.loads(text or "null")
        if not field.path:
            return value
        holder = out
        for name in field.path[:-1]:
            holder = holder.setdefault(name, {})
        holder[field.path[-1]] = value
    return out


_START = {"integer": "0", "number": "0", "list": "[]", "json": "null"}
