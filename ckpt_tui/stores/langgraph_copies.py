"""One thread of a container as a database in the layout of LangGraph's SqliteSaver, from which a run can be resumed.

Values that are stored beside a body are put into it. They are copied as they are encoded; none is loaded.
"""

from __future__ import annotations

import json
import sqlite3
from base64 import b64decode
from collections.abc import Mapping, Sequence
from contextlib import closing

from ckpt_tui.core.budgets import DEFAULT_MESSAGE
from ckpt_tui.core.documents.envelope import named_members
from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.langgraph_layout import TABLES
from ckpt_tui.core.msgpack.pack import Encoded, pack
from ckpt_tui.core.msgpack.serialized import decode
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.text import clean
from ckpt_tui.core.value import Value
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.langgraph_container import Container
from ckpt_tui.stores.langgraph_document import version_text
from ckpt_tui.stores.langgraph_records import Body, Key, StoredValue

AT_ONCE = 32
"""Checkpoints that are read at once."""

FAILED = 5
"""Exit code of a resume that could not be."""


def copy_thread(container: Container, known: Mapping[Key, str | None], key: Key, path: str) -> None:
    """Write the rows that a resume needs: ancestors of the checkpoint, graphs called from them, and its children.

    Args:
        container: Their container.
        known: The checkpoints of the thread with the ids of their parents.
        key: The checkpoint.
        path: The database, which is not there yet.

    Raises:
        CkptError: a value cannot be put into a body; exit code 5.
        DatabaseFault: the container cannot be read.
        OSError: it is not there.
    """
    lineage = _lineage(key, known)
    children = [each for each, parent in known.items() if not each.space and parent == key.id]
    wanted = [each for each in known if each.space or each in lineage]
    with closing(sqlite3.connect(path)) as new:
        new.executescript(TABLES)
        for at in range(0, len(wanted), AT_ONCE):
            keys = sorted(wanted[at : at + AT_ONCE], key=lambda each: each.id)
            bodies = container.bodies(keys, DEFAULT_MESSAGE.bytes)
            writes = container.writes(keys, DEFAULT_MESSAGE.bytes)
            for each in keys:
                if (body := bodies.get(each)) is None:
                    continue
                encoding, data = _whole(body)
                _save(new, each, body.header.parent, encoding, data, _metadata(body))
                new.executemany(
                    "INSERT OR REPLACE INTO writes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [
                        (*each, one.task, one.number, one.channel, one.encoding, one.data, one.path)
                        for one in sorted(writes.get(each, []), key=lambda one: one.row)
                    ],
                )
        for each in children:  # only its existence matters: the writes from the checkpoint are left out then
            _save(new, each, key.id, "json", b"{}", b"{}")
        new.commit()


def _lineage(key: Key, parents: Mapping[Key, str | None]) -> set[Key]:
    found: set[Key] = set()
    at: Key | None = key
    while at is not None and at not in found:
        found.add(at)
        parent = parents.get(at)
        at = at._replace(id=parent) if parent else None
    return found


def _save(new: sqlite3.Connection, key: Key, parent: str | None, encoding: str, data: bytes, metadata: bytes) -> None:
    new.execute(
        "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?, ?, ?)", (*key, parent, encoding, data, metadata)
    )


def _metadata(body: Body) -> bytes:
    """The metadata as JSON, as a SqliteSaver keeps it."""
    if body.metadata_encoding == "json":
        return body.metadata
    return dumps(to_json(decode(body.metadata_encoding, body.metadata).value), None).encode("utf-8", "surrogatepass")


def _whole(body: Body) -> tuple[str, bytes]:
    """Encoding and bytes of a body with the values of its channels in it."""
    if body.data is None:
        raise _refusal("it is too large to be copied")
    if body.values is None:
        return body.header.encoding, body.data
    decoded = decode(body.header.encoding, body.data)
    top = named_members(decoded.value)
    if top is None or decoded.fault:
        raise _refusal(decoded.fault or "it is not a checkpoint of LangGraph")
    versions = {name: version_text(of) for name, of in (named_members(top.get("channel_versions")) or {}).items()}
    values = {name: one for name, one in body.values(versions).items() if one.encoding != "empty"}
    top = dict(top)
    inline = named_members(top.pop("channel_values", None)) or {}
    sends = body.sends or _stored_sends(top)
    kinds = {one.encoding for one in values.values()} | {encoding for encoding, _ in sends}
    for name, one in values.items():
        if one.data is None:
            raise _refusal(f"the value of {clean(name, 60)} is too large to be copied")
        if one.encoding not in _PLAIN:
            raise _refusal(f"the value of {clean(name, 60)} is {_words(one.encoding)}, by itself, which no copy can be")
    if "json" in kinds:
        return "json", _json(top, inline, values, sends)
    if sends:
        top["pending_sends"] = [Encoded(data) for _, data in sends]
    whole: dict[str, Value] = {name: Encoded(_packed(one)) for name, one in values.items()}
    try:
        return "msgpack", pack({**top, "channel_values": {**inline, **whole}})
    except ValueError as error:
        raise _refusal(f"its body holds {error}") from None


def _stored_sends(top: dict[str, Value]) -> Sequence[tuple[str, bytes]]:
    """The calls of nodes that the first PostgresSaver keeps in the body as a whole, encoded once more."""
    stored = top.get("pending_sends")
    if type(stored) is not list or len(stored) != 2 or not all(type(part) is str for part in stored):
        return ()
    decoded = decode(stored[0], b64decode(stored[1]))
    if type(decoded.value) is list and not decoded.value:
        top["pending_sends"] = []
        return ()
    raise _refusal("it was saved by a release before 0.2 in the midst of calls with arguments of their own")


_PLAIN = ("msgpack", "json", "null", "bytes")


def _packed(value: StoredValue) -> bytes:
    data = value.data or b""
    return data if value.encoding == "msgpack" else pack(None if value.encoding == "null" else data)


def _json(
    top: Mapping[str, Value], inline: Mapping[str, Value], values: Mapping[str, StoredValue],
    sends: Sequence[tuple[str, bytes]],
) -> bytes:  # fmt: skip
    """A body whose values are JSON, as the first releases and the JavaScript version have it."""
    members_of = {name: dumps(to_json(value), None) for name, value in inline.items()}
    for name, one in values.items():
        if one.encoding not in ("json", "null"):
            raise _refusal(f"the value of {clean(name, 60)} is {_words(one.encoding)}, and others are JSON")
        members_of[name] = "null" if one.encoding == "null" else _text(one.data or b"")
    whole = {name: dumps(to_json(value), None) for name, value in top.items()}
    if sends:
        whole["pending_sends"] = f"[{', '.join(_text(data) for _, data in sends)}]"
    whole["channel_values"] = _object(members_of)
    return _object(whole).encode("utf-8", "surrogateescape")


def _object(members_of: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{json.dumps(name)}: {text}" for name, text in members_of.items()) + "}"


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _words(encoding: str) -> str:
    if "+" in encoding:
        return "encrypted"
    return "a pickle" if encoding == "pickle" else f"written as {clean(encoding, 40)}"


def _refusal(reason: str) -> CkptError:
    what = f"It cannot be resumed from here: {reason}."
    return CkptError(what, "Resume it in your program, with the saver that wrote it.", FAILED)
