"""Interrupts of a graph as requests: the node, the question, and the form for its answer."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from ckpt_tui.core.langgraph_layout import INTERRUPT

from ..shown import show, type_name
from .databases import Written

_OPTIONS = ("options", "choices", "allowed_answers", "allowed_values")
"""Members of an interrupt's value that list the answers."""

_DEPTH = 4


class Question(NamedTuple):
    """One interrupt.

    Attributes:
        id: Its id; of a release without ids, a name made of its place.
        task: The task that asks.
        node: Its node, or "".
        value: The question.
        schema: JSON schema of the answer, or None.
    """

    id: str
    task: str
    node: str
    value: Any
    schema: Any = None


def questions_of(task: str, node: str, value: Any) -> list[Question]:
    """The interrupts in the write of a task."""
    found = []
    for number, each in enumerate(value if isinstance(value, (list, tuple)) else [value]):
        space = getattr(each, "ns", None)
        name = getattr(each, "id", None) or (each.get("id") if isinstance(each, dict) else None)
        if not isinstance(name, str) or not name:
            name = "|".join(map(str, space)) if isinstance(space, (list, tuple)) and space else f"{task}:{number}"
        content = each.get("value") if isinstance(each, dict) else getattr(each, "value", each)
        schema = each.get("response_schema") if isinstance(each, dict) else getattr(each, "response_schema", None)
        found.append(Question(name, task, node, content, schema if isinstance(schema, dict) else None))
    return found


def questions_in(written: Iterable[Written], serializer: Any, nodes: dict[str, str]) -> list[Question]:
    """All interrupts that the tasks of a checkpoint have written, answered or not."""
    return [
        question
        for each in written if each.channel == INTERRUPT
        for question in questions_of(
            each.task, nodes.get(each.task, ""), serializer.loads_typed((each.encoding, each.value))
        )
    ]  # fmt: skip


def named(name: str, questions: list[Question]) -> list[Question]:
    """The questions that a name means: an id, its beginning, the node that asks, or where a release without ids asked.

    Those releases name an interrupt `NODE:TASK`, and in a graph within the graph `NODE:TASK|NODE:TASK`.
    """
    task = name.partition("|")[0].rpartition(":")[2] if ":" in name else ""
    for found in (
        [each for each in questions if each.id == name],
        [each for each in questions if name and each.id.startswith(name)],
        [each for each in questions if each.node == name],
        [each for each in questions if task and each.task == task],
    ):
        if found:
            return found
    return []


def request_line(question: Question) -> dict[str, Any]:
    """A question as a member of a line; see docs/resume.md."""
    form = form_of(question)
    line = {
        "request_id": question.id, "executor": question.node or f"task {question.task[:8]}",
        "request_type": type_name(type(question.value)), "response_type": _title(question.schema),
        "data": show(question.value), "form": form, "hint": hint_of(form),
    }  # fmt: skip
    example = _example(form)
    return line if example is None else {**line, "example": example}


def _title(schema: Any) -> str:
    for name in ("title", "type"):
        if isinstance(schema, dict) and isinstance(schema.get(name), str):
            return str(schema[name])
    return "any value"


def form_of(question: Question) -> dict[str, Any]:
    """The form for an answer: by its schema, else by the question."""
    if question.schema is not None:
        return _of_schema(question.schema, question.schema, _DEPTH)
    return _review(question.value) or _choice(question.value) or {"kind": "any"}


def _of_schema(schema: Any, root: dict[str, Any], depth: int) -> dict[str, Any]:
    schema = _followed(schema, root)
    if not isinstance(schema, dict) or depth < 0:
        return {"kind": "json"}
    if isinstance(schema.get("enum"), list):
        return _options(schema["enum"])
    if "const" in schema:
        return _options([schema["const"]])
    several = schema.get("anyOf") or schema.get("oneOf")
    if isinstance(several, list):
        rest = [each for each in several if _followed(each, root) != {"type": "null"}]
        if len(rest) == 1 and len(rest) < len(several):
            return {**_of_schema(rest[0], root, depth), "optional": True}
        return {"kind": "json"}
    kind = schema.get("type")
    simple = {"string": "text", "integer": "integer", "number": "number", "boolean": "boolean"}.get(str(kind))
    if simple:
        return {"kind": simple}
    if kind == "array" and schema.get("items"):
        return {"kind": "list", "of": _of_schema(schema["items"], root, depth - 1)}
    properties = schema.get("properties")
    if isinstance(properties, dict) and properties:
        needed = schema.get("required") or ()
        return {"kind": "object", "fields": [
            {"name": str(name), "required": name in needed,
             **({"default": each["default"]} if isinstance(each, dict) and "default" in each else {}),
             "form": _of_schema(each, root, depth - 1)}
            for name, each in properties.items()
        ]}  # fmt: skip
    return {"kind": "json"}


def _followed(schema: Any, root: dict[str, Any]) -> Any:
    """A schema, or the one that it refers to within the same document."""
    for _ in range(8):
        reference = schema.get("$ref") if isinstance(schema, dict) else None
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return schema
        schema = root
        for part in reference[2:].split("/"):
            schema = schema.get(part) if isinstance(schema, dict) else None
    return schema


def _options(values: list[Any]) -> dict[str, Any]:
    return {"kind": "choice", "options": [{"label": _label(each), "value": each} for each in values]}


def _label(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _choice(value: Any) -> dict[str, Any] | None:
    """A choice, where the question lists the answers."""
    for name in _OPTIONS:
        options = value.get(name) if isinstance(value, dict) else None
        if isinstance(options, (list, tuple)) and 0 < len(options) <= 20:
            if all(isinstance(each, (str, int, float, bool)) for each in options):
                return _options(list(options))
            if all(isinstance(each, dict) and {"label", "value"} <= each.keys() for each in options):
                shown = [{"label": str(each["label"]), "value": show(each["value"])} for each in options]
                return {"kind": "choice", "options": shown}
    return None


_WORDS = {"approve": "approve", "accept": "approve", "reject": "reject", "ignore": "ignore"}


def _review(value: Any) -> dict[str, Any] | None:
    """A choice, where LangChain asks whether one call of a tool may be done."""
    if isinstance(value, dict) and isinstance(value.get("action_requests"), list):
        configs = value.get("review_configs") or [{}]
        allowed = configs[0].get("allowed_decisions") if isinstance(configs[0], dict) else None
        if len(value["action_requests"]) != 1:
            return {"kind": "json"}
        kinds = [each for each in ("approve", "reject") if allowed is None or each in allowed]
        options = [{"label": each, "value": {"decisions": [{"type": each}]}} for each in kinds]
        return {"kind": "choice", "options": options} if options else {"kind": "json"}
    first = value[0] if isinstance(value, list) and len(value) == 1 else value
    if isinstance(first, dict) and "action_request" in first and isinstance(first.get("config"), dict):
        kinds = [each for each in ("accept", "ignore") if first["config"].get(f"allow_{each}", True)]
        answers: list[dict[str, Any]] = [
            {"label": _WORDS[each], "value": [{"type": each, "args": None}]} for each in kinds
        ]
        return {"kind": "choice", "options": answers} if answers else {"kind": "json"}
    return None


def hint_of(form: dict[str, Any]) -> str:
    """The form of an answer, in words."""
    kind = form["kind"]
    if kind == "choice":
        return "it must be " + " or ".join(json.dumps(each["value"], ensure_ascii=False) for each in form["options"])
    words = {"text": "a text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
             "any": "any JSON: what interrupt() gives to the node"}  # fmt: skip
    if kind in words:
        return f"it must be {words[kind]}" if kind != "any" else f"it is {words[kind]}"
    return f"it must be JSON such as {json.dumps(_example(form), ensure_ascii=False)}"


def _example(form: dict[str, Any]) -> Any:
    kind = form["kind"]
    if kind == "choice":
        return form["options"][0]["value"]
    if kind == "object":
        return {each["name"]: _example(each["form"]) for each in form["fields"] if each["required"]}
    if kind == "list":
        return [_example(form["of"])]
    return {"text": "…", "any": "…", "integer": 1, "number": 0.5, "boolean": True}.get(kind)


def misfit(answer: Any, question: Question) -> str:
    """Why an answer does not fit the schema that the graph gave for it; "" where it does, or nothing is known."""
    if question.schema is None:
        return ""
    with contextlib.suppress(RecursionError):
        return _misfit(answer, question.schema, question.schema, "")
    return ""


_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "array": (list,),
    "object": (dict,), "null": (type(None),),
}  # fmt: skip


def _misfit(answer: Any, schema: Any, root: dict[str, Any], where: str) -> str:
    schema = _followed(schema, root)
    if not isinstance(schema, dict):
        return ""
    place = f"{where}: " if where else ""
    several = schema.get("anyOf") or schema.get("oneOf")
    if isinstance(several, list):
        found = [_misfit(answer, each, root, where) for each in several]
        return found[0] if found and all(found) else ""
    if isinstance(schema.get("enum"), list) and answer not in schema["enum"]:
        return f"{place}expected one of {json.dumps(schema['enum'], ensure_ascii=False)}"
    kind = schema.get("type")
    kinds = _KINDS.get(kind) if isinstance(kind, str) else None
    if kinds and (not isinstance(answer, kinds) or (isinstance(answer, bool) and kind in ("integer", "number"))):
        return f"{place}expected {kind}, got {json.dumps(answer, ensure_ascii=False, default=str)[:60]}"
    if isinstance(answer, dict) and isinstance(schema.get("properties"), dict):
        for name in schema.get("required") or ():
            if name not in answer:
                return f"{place}{name} is missing"
        for name, each in schema["properties"].items():
            if name in answer and (why := _misfit(answer[name], each, root, f"{where}.{name}".lstrip("."))):
                return why
    return ""
