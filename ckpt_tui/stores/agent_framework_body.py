"""Whole checkpoints from the files of Agent Framework, with as many of their pickles decoded as are wanted.

`ckpt_tui.stores.agent_framework` makes the entry of a list from the same files.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ckpt_tui.core.budgets import LAZY_BYTES
from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.documents import lazy
from ckpt_tui.core.documents.document import REPEATED, Document, DocumentFault, parse
from ckpt_tui.core.documents.envelope import open_envelope
from ckpt_tui.core.model import Checkpoint, Problem
from ckpt_tui.core.paths import expression
from ckpt_tui.core.reading.path_links import PathLink, next_on, path_of
from ckpt_tui.core.shown_names import masked_name
from ckpt_tui.core.text import counted
from ckpt_tui.core.value import Envelope, Map, Value
from ckpt_tui.stores.agent_framework import (
    END_BYTES,
    LAST_PARSED,
    MEMBERS,
    SHAPE_NOTES,
    problem_of_bytes,
    ref_of_document,
    top_members,
)
from ckpt_tui.stores.agent_framework_legacy import legacy_checkpoint
from ckpt_tui.stores.file_troubles import MAX_FILE_BYTES
from ckpt_tui.stores.files import FileTrouble, read_whole
from ckpt_tui.stores.headers import header_from_ends
from ckpt_tui.stores.json_files import problem_of

WHOLE_JSON = 2
WHOLE_WORK = 16
"""How many times the usual memory and work everything in a file may take where nobody gives a budget: enough for an
honest file of 100 MB, and an end for any other. One pickle has its usual limits all the same."""

DECODE_AHEAD = 16 * 1024 * 1024
"""Characters of base64 decoded when a checkpoint is opened; the rest is decoded on demand."""


def load(
    path: str,
    name: str,
    check: Callable[[], None] | None = None,
    everything: bool = False,
    budget: DocumentBudget | None = None,
) -> Checkpoint | Problem:
    """Read and decode one checkpoint file.

    Args:
        path: The file.
        name: Its name in the store.
        check: Called now and then; whatever it raises ends the loading.
        everything: Decode all of it now, not only `DECODE_AHEAD`.
        budget: The work that may be done for it; None for the usual, 16 times as much for `everything`. The rest is
            decoded on demand, or shown as not decoded with `everything`.
    """
    try:
        factor = max(budget.pickle_factor, 1) if budget is not None else 1
        _, data = read_whole(path, int(MAX_FILE_BYTES * factor))
    except FileTrouble as trouble:
        return problem_of(path, name, trouble)
    return checkpoint_from_bytes(name, data, check, everything, budget)


def checkpoint_from_bytes(
    name: str,
    data: bytes,
    check: Callable[[], None] | None = None,
    everything: bool = False,
    budget: DocumentBudget | None = None,
) -> Checkpoint | Problem:
    """The checkpoint that the bytes of a file make; arguments as those of `load`."""
    try:
        factor = max(budget.factor, 1) if budget is not None else WHOLE_JSON
        document = _parse(name, data, check, everything, factor if everything else 1)
        ref = ref_of_document(name, document, len(data))
    except DocumentFault as fault:
        return problem_of_bytes(name, data, fault)
    top = top_members(document.value)
    rest = {key: value for key, value in top.items() if key not in MEMBERS}
    metadata = top.get("metadata", {})
    if everything and budget is not None:
        budget.read(len(data))
    if ref.chain:
        return legacy_checkpoint(ref, top, document.notes, data)
    ahead = len(data) if everything else DECODE_AHEAD
    if budget is None:
        budget = DocumentBudget(WHOLE_WORK if everything else 1, 1)
    budget.spend(document.work)
    faults, rests = ([], []) if document.is_bare else _decode_ahead(top, check, ahead, budget, everything)
    shapes = SHAPE_NOTES.compiled.finditer(ref.note) if ref.note else ()
    warnings = [*document.notes, *rests, *(found[0] for found in shapes)]
    if ref.inner and not _is_exported(rest):
        warnings.append(
            f"the id inside is {masked_name(ref.inner)}; the framework loads this file as {masked_name(ref.id)}"
        )
    database = _is_exported(rest)
    unknown = [key for key in rest if key != REPEATED]
    if database:
        warnings.append(f"a document exported from {database}: {', '.join(unknown[:6])} are members of its own")
    elif unknown:
        warnings.append(f"members no known version writes: {', '.join(unknown[:5])}; the framework cannot load it")
    if rest:
        metadata = {"metadata": metadata, **rest}
    return Checkpoint(
        ref,
        top.get("messages", {}),
        top.get("state", {}),
        top.get("pending_request_info_events", {}),
        metadata,
        tuple(warnings),
        tuple(faults),
        data,
        is_bare=document.is_bare,
    )


def _is_exported(rest: dict[str, Any]) -> str:
    """The database that members beyond the framework's own come from; "" for none that is known."""
    return next((words for keys, words in _EXPORTED if keys <= rest.keys()), "")


_EXPORTED = (
    (frozenset(("_rid", "_etag")), "Azure Cosmos DB"),
    (frozenset(("_id",)), "MongoDB"),
    (frozenset(("id", "_self")), "Azure Cosmos DB"),
    (frozenset(("PartitionKey", "RowKey")), "Azure Table Storage"),
)
"""Members that a database adds to its documents, and the database."""


def _parse(name: str, data: bytes, check: Callable[[], None] | None, everything: bool, factor: float) -> Document:
    if not everything and len(data) > LAZY_BYTES:
        return _parse_lazily(name, data, check)
    known = LAST_PARSED.take(data)
    if known is not None:
        return known
    try:
        return parse(data, factor)
    except DocumentFault as fault:
        if everything or fault.kind != "too-large":
            raise
        return _parse_lazily(name, data, check)  # small, but of very many values


def _parse_lazily(name: str, data: bytes, check: Callable[[], None] | None) -> Document:
    """A large file: where both its ends are the framework's own, its values are parsed on demand."""
    whole = header_from_ends(name, data[:END_BYTES], data[-END_BYTES:], len(data)) is not None
    return lazy.parse(data, check) if whole else parse(data)


_OPENED = frozenset((dict, list, Map, Envelope))


def _decode_ahead(
    top: dict[str, Any], check: Callable[[], None] | None, left: int, budget: DocumentBudget, everything: bool
) -> tuple[list[str], list[str]]:
    """Open the envelopes of a document, `left` characters of base64.

    Returns the places and reasons of faulty ones, and warnings about bytes after the end of others.

    Small ones come first, so that one that uses up the budget leaves them whole.
    """
    found: list[tuple[PathLink, Envelope]] = []
    names = {"pending_request_info_events": "pending"}
    todo: list[tuple[PathLink, Value]] = [
        ((None, (names.get(key, key),)), value) for key, value in reversed(top.items()) if key in MEMBERS
    ]
    while todo:
        way, value = todo.pop()
        kind = type(value)
        if kind is Envelope:
            found.append((way, value))
            continue
        todo += reversed(next_on(way, value, _OPENED))  # in the order of the file
    for _, envelope in sorted(found, key=lambda item: len(item[1].text)):
        left -= len(envelope.text)
        if left < 0 or (not everything and budget.is_used_up):
            break
        open_envelope(envelope, check, budget)
    opened = [(way, envelope) for way, envelope in found if envelope.ready]
    noted = [
        (f"{expression(path_of(way))}: {envelope.warning}", envelope.has_rest)
        for way, envelope in opened
        if envelope.warning and not (envelope.is_cut and envelope.factor == 0)
    ]
    faults = [text for text, is_rest in noted if not is_rest]
    left_out = sum(1 for _, envelope in opened if envelope.is_cut and envelope.factor == 0)
    if left_out:
        faults.append(f"{counted(left_out, 'pickle')} not decoded: a higher limit decodes them")
    return faults, [text for text, is_rest in noted if is_rest]
