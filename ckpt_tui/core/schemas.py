"""JSON Schemas (draft 2020-12) of every document of the command line, on which programs may rely.

Members may be added to a document, so that a schema allows others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _of(*types: str) -> Schema:
    return {"type": list(types) if len(types) > 1 else types[0]}


TEXT, INTEGER, BOOLEAN = _of("string"), _of("integer"), _of("boolean")
ANY: Schema = {}
TEXT_OR_NULL, INTEGER_OR_NULL = _of("string", "null"), _of("integer", "null")


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _object(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    return {"type": "object", "required": list(required), "properties": {**required, **(optional or {})}}


def _one_of(*words: str | None) -> Schema:
    return {"enum": list(words)}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_ROLES = ("entry", "superstep", "waiting", "response", "final", "edited", "forked", "failed", None)
_STATUS = ("waiting", "open", "done", "failed", None)
_SIZES = _object(
    {"file": INTEGER, "messages": INTEGER_OR_NULL, "state": INTEGER_OR_NULL, "pending": INTEGER_OR_NULL}
)  # fmt: skip

REF = _object(
    {
        "id": TEXT, "file": TEXT, "workflow": TEXT, "run": TEXT_OR_NULL, "parent": TEXT_OR_NULL, "timestamp": TEXT,
        "iteration": INTEGER, "size": INTEGER, "role": _one_of(*_ROLES), "status": _one_of(*_STATUS),
        "messages": INTEGER_OR_NULL, "pending": INTEGER_OR_NULL,
    },
    {
        "graph": TEXT, "guessed_parent": TEXT_OR_NULL, "notes": _list(TEXT), "title": TEXT, "label": TEXT,
        "step": INTEGER, "executors": _list(TEXT), "part_of": TEXT, "store": TEXT, "sizes": _SIZES, "grew": ANY,
    },
)  # fmt: skip
"""A checkpoint as an entry of `ls`."""

CHANGE = _object(
    {"op": _one_of("added", "removed", "changed", "moved"), "path": TEXT}, {"before": ANY, "after": ANY, "from": TEXT}
)
_UNREAD = _list(_object({"file": TEXT, "reason": TEXT}))
_HIDDEN = _object(
    {
        "secrets": _list(_object({"path": TEXT, "count": INTEGER})), "secret_count": INTEGER, "machine_paths": INTEGER,
        "machine_names": INTEGER, "revealed": _list(TEXT),
    }
)  # fmt: skip
_REQUEST = _object({"request_id": TEXT, "executor": TEXT, "request_type": TEXT, "response_type": TEXT})
_PARTS = {"messages": ANY, "state": ANY, "pending": ANY, "metadata": ANY}
_SHOW = _object(
    {"checkpoint": REF, **_PARTS, "complete": BOOLEAN, "requests": _list(_REQUEST), "warnings": _list(TEXT)},
    {"overview": _list(_object({"label": TEXT, "text": TEXT, "path": TEXT}))},
)
_REDUCED: Schema = {**_SHOW, "required": ["checkpoint", "complete"]}
_FORK = _object({"ancestor": _or_null(REF), "steps": _list(INTEGER), "step": INTEGER_OR_NULL})
_GONE = _object({"id": TEXT, "file": TEXT, "size": INTEGER})
_NOTE = _object({"id": TEXT, "bookmark": BOOLEAN, "note": TEXT, "workflow": TEXT, "iteration": INTEGER})
_ENTRY = _object({"ref": _object({"id": TEXT, "file": TEXT}), **_PARTS, "warnings": _list(TEXT), "faults": _list(TEXT)})
_EVENTS = _one_of("there", "came", "changed", "gone", "problem")
_PROBLEM = _object({"file": TEXT, "reason": TEXT, "kind": TEXT})
_PLACE = _object(
    {"kind": TEXT, "path": TEXT},
    {
        "stores": _list(_object({"name": TEXT, "kind": TEXT, "path": TEXT})),
        "forks": _list(_object({"name": TEXT, "path": TEXT})),
    },
)

SCHEMAS: Mapping[str, Schema] = {
    "ckpt-tui/ls@1": _object(
        {"store": _PLACE, "checkpoints": _list(REF), "problems": _list(_PROBLEM)},
        {"beside": _list(_object({"name": TEXT, "what": TEXT})), "growth": ANY, "repeated": ANY},
    ),
    "ckpt-tui/jsonl@1": {"anyOf": [REF, _object({"problem": _PROBLEM})]},
    "ckpt-tui/show@1": _SHOW,
    "ckpt-tui/sizes@1": _object(
        {
            "checkpoint": REF, "total": INTEGER, "complete": BOOLEAN,
            "paths": _list(_object({"path": TEXT, "type": TEXT, "size": INTEGER})),
            "types": _list(_object({"type": TEXT, "count": INTEGER, "size": INTEGER})),
        }
    ),
    "ckpt-tui/diff@1": _object(
        {
            "a": REF, "b": REF, "changes": _list(CHANGE), "ignored": INTEGER,
            "rules": _list(_object({"name": TEXT, "ignored": INTEGER})),
        },
        {"incomplete": TEXT, "fork": _FORK},
    ),
    "ckpt-tui/history@1": _object(
        {
            "path": TEXT, "checkpoints": INTEGER,
            "values": _list(
                _object(
                    {
                        "id": TEXT, "iteration": INTEGER, "timestamp": TEXT, "value": ANY, "absent": BOOLEAN,
                        "executors": _list(TEXT), "inferred": BOOLEAN, "step": TEXT,
                    }
                )
            ),
        },
        {"unread": _UNREAD, "complete": BOOLEAN},
    ),
    "ckpt-tui/find@1": _object(
        {
            "truncated": BOOLEAN, "checkpoints": INTEGER,
            "matches": _list(_object({"id": TEXT, "path": TEXT, "in": _one_of("key", "value"), "text": TEXT})),
        },
        {"unread": _UNREAD},
    ),
    "ckpt-tui/bisect@1": _object(
        {
            "expression": TEXT, "first": _or_null(REF), "previous": _or_null(REF), "flips": INTEGER_OR_NULL,
            "checkpoints": INTEGER, "hint": TEXT,
        },
        {"changes": _list(CHANGE), "unread": _UNREAD, "complete": BOOLEAN},
    ),
    "ckpt-tui/doctor@1": _object(
        {
            "files": INTEGER, "allowed_checkpoint_types": _list(TEXT),
            "findings": _list(
                _object(
                    {
                        "kind": TEXT, "severity": _one_of("info", "warning", "danger"), "file": TEXT, "path": TEXT,
                        "reason": TEXT, "fix": TEXT,
                    }
                )
            ),
        }
    ),
    "ckpt-tui/check@1": _object(
        {
            "passed": INTEGER,
            "failed": _list(
                _object({"name": TEXT, "id": TEXT, "path": TEXT, "expected": TEXT, "value": ANY},
                        {"reason": TEXT, "changes": _list(CHANGE)})
            ),
        }
    ),
    "ckpt-tui/prune@1": _object(
        {"moved": _or_null(_list(TEXT)), "left": _list(_object({"file": TEXT, "reason": TEXT})), "trash": TEXT_OR_NULL},
        {
            "freed": INTEGER, "gone": _list(_GONE), "orphans": _list(TEXT),
            "needed": _list(TEXT), "waiting": _list(TEXT),
            "barred": _list(_object({"id": TEXT, "reason": TEXT})),
        },
    ),
    "ckpt-tui/export@1": _object({"hidden": _HIDDEN, "checkpoints": _list(_SHOW)}),
    "ckpt-tui/exported@1": _object(
        {
            "file": TEXT, "format": _one_of("md", "html", "json", "bundle"), "checkpoints": INTEGER,
            "unread": _list(TEXT), "hidden": _HIDDEN,
        }
    ),
    "ckpt-tui/bundle@1": _object(
        {
            "made_by": TEXT, "store": _object({"kind": TEXT, "name": TEXT}), "hidden": _HIDDEN,
            "checkpoints": _list(_ENTRY),
            "problems": _list(_PROBLEM),
        }
    ),
    "ckpt-tui/tail@1": _object(
        {"event": _EVENTS, "t": TEXT}, {"checkpoint": REF, "problem": _PROBLEM}
    ),
    "ckpt-tui/notes@1": _object(
        {
            "store": TEXT,
            "notes": _list(_NOTE),
        }
    ),
    "ckpt-tui/demo@1": _object({"path": TEXT}),
    "ckpt-tui/config@1": _object(
        {
            "file": TEXT, "exists": BOOLEAN, "theme": TEXT, "mouse": BOOLEAN, "cache": BOOLEAN, "keys": _of("object"),
            "ignore": _of("object"), "noise": _of("object"),
            "problems": _list(_object({"where": TEXT, "reason": TEXT, "hint": TEXT})),
        }
    ),
    "ckpt-tui/error@1": _object({"kind": _one_of("error"), "error": TEXT, "hint": TEXT, "exit_code": INTEGER}),
    "ckpt-tui/line@1": _object(
        {"kind": TEXT},
        {"seq": INTEGER, "t": TEXT, "type": TEXT, "executor_id": TEXT_OR_NULL, "iteration": INTEGER_OR_NULL},
    ),
}  # fmt: skip
"""The name of a document, as its `schema` says → its schema."""

VERBS: Mapping[str, tuple[str, ...]] = {
    "ls": ("ckpt-tui/ls@1",), "jsonl": ("ckpt-tui/jsonl@1",), "show": ("ckpt-tui/show@1", "ckpt-tui/sizes@1"),
    "diff": ("ckpt-tui/diff@1",), "history": ("ckpt-tui/history@1",), "find": ("ckpt-tui/find@1",),
    "bisect": ("ckpt-tui/bisect@1",), "doctor": ("ckpt-tui/doctor@1",), "check": ("ckpt-tui/check@1",),
    "prune": ("ckpt-tui/prune@1",), "export": ("ckpt-tui/export@1", "ckpt-tui/exported@1", "ckpt-tui/bundle@1"),
    "tail": ("ckpt-tui/tail@1",), "notes": ("ckpt-tui/notes@1",), "demo": ("ckpt-tui/demo@1",),
    "config": ("ckpt-tui/config@1",), "resume": ("ckpt-tui/line@1",), "run": ("ckpt-tui/line@1",),
    "error": ("ckpt-tui/error@1",),
}  # fmt: skip
"""Verb → the documents that it writes; `jsonl` is a line of `ls --jsonl`."""

_LINES = ("ckpt-tui/line@1", "ckpt-tui/jsonl@1")
"""Documents of one line, which have no member `schema`."""


def schema_of(name: str, content: Schema | None = None) -> Schema:
    """The schema of a document by its name, whole.

    Args:
        name: One of `SCHEMAS`.
        content: Its content, if it differs from `SCHEMAS`.
    """
    found = content or SCHEMAS[name]
    made: Schema = {"$schema": DIALECT, "$id": f"urn:{name.replace('/', ':')}", "title": name, **found}
    if name not in _LINES:
        made["required"] = ["schema", *found["required"]]
        made["properties"] = {"schema": {"const": name}, **found["properties"]}
    return made


def verb_schema(verb: str) -> Schema:
    """The schema of the output of a verb: one document, or any of several."""
    names = VERBS[verb]
    if len(names) == 1:
        return schema_of(names[0])
    documents = [schema_of(name) for name in names]
    if verb == "show":
        title = "ckpt-tui/show@1 with --fields or --compact"
        documents.append(
            {**schema_of("ckpt-tui/show@1", _REDUCED), "$id": "urn:ckpt-tui:show@1:reduced", "title": title}
        )
    return {"$schema": DIALECT, "title": f"ckpt-tui {verb}", "anyOf": documents}
