"""The bytes of a checkpoint file become a document of inert values, with notes on what was irregular about them.

Reads what the framework reads (NaN, integers of any size) and explains what it cannot; repeated keys, huge integers and
foreign encodings are kept and noted.
"""

import codecs
import json
from collections.abc import Callable, Iterable
from typing import NamedTuple

from ckpt_tui.core.budgets import JSON_MEMORY
from ckpt_tui.core.documents import encodings
from ckpt_tui.core.documents.envelope import PICKLED, TYPE
from ckpt_tui.core.documents.json_cost import MOST_MEMORY, cost_of, excess
from ckpt_tui.core.value import Envelope, Map, Opaque, Value


class DocumentFault(Exception):
    """The bytes are not a JSON document that can be shown.

    Attributes:
        kind: empty, encoding, truncated, trailing, not-json, too-deep or too-large.
        reason: What is wrong and where, as text for people.
    """

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


class Document(NamedTuple):
    """A parsed file.

    Attributes:
        value: Its value. An object that repeats a key has the last value under its name, and all under `REPEATED`.
        notes: What was irregular about it.
        work: The work it took, in the units of `ckpt_tui.core.document_budget`.
        is_bare: It is known to hold no pickle, nothing that looks like one, and no value too large to be shown.
    """

    value: Value
    notes: tuple[str, ...]
    work: int = 0
    is_bare: bool = False


class _Hooks:
    def __init__(self, met: dict[str | bytes, int] | None = None) -> None:
        self.met = {} if met is None else met
        self.repeated: set[str] = set()
        self.huge = 0
        self.has_envelopes = False

    def pairs(self, pairs: list[tuple[str, Value]]) -> Value:
        members = dict(pairs)
        if PICKLED in members:
            self.has_envelopes = True
        elif len(members) == len(pairs):
            return members
        if len(members) != len(pairs):
            seen: set[str] = set()
            for key, _ in pairs:
                (self.repeated if key in seen else seen).add(key)
            if PICKLED in members:
                return Map([part for pair in pairs for part in pair])  # not to be taken for the envelope it may be
            return _with_repetitions(members, pairs)
        text = members.get(PICKLED)
        if type(text) is str and TYPE in members:
            claimed = members[TYPE]
            return Envelope(text, claimed if type(claimed) is str else "", self.met)
        return members

    def integer(self, text: str) -> Value:
        try:
            return int(text)
        except ValueError:  # more digits than int() reads, 4300 unless the environment says otherwise
            self.huge += 1
        return Opaque(f"an integer of {len(text):,} digits", len(text), [text])


REPEATED = "$repeated"
"""The member that holds all values of the keys that an object repeats: name → values, in their order."""


def _with_repetitions(members: dict[str, Value], pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    """The members of an object with repeated keys: the last value of each, as the framework reads it, and all."""
    values: dict[str, list[Value]] = {}
    for key, value in pairs:
        values.setdefault(key, []).append(value)
    name = REPEATED
    while name in members:
        name += "$"
    return {**members, name: {key: found for key, found in values.items() if len(found) > 1}}


def repeated_keys(members: dict[str, Value]) -> set[str]:
    """The keys that an object repeats, reported from the member that holds all their values."""
    name, found = next(reversed(members.items()), ("", None))
    if not name.startswith(REPEATED) or type(found) is not dict:
        return set()
    return {key for key, values in found.items() if type(values) is list and values and values[-1] is members.get(key)}


def parse(data: bytes, factor: float = 1.0, met: dict[str | bytes, int] | None = None) -> Document:
    """Parse a checkpoint file, unless its values would take too much memory.

    Args:
        data: The file, or a part of one.
        factor: How many times the usual memory it may take.
        met: The state that envelopes of the whole file share, where this is a part of it.

    Raises:
        DocumentFault: the bytes are not a JSON document that can be shown.
    """
    notes: list[str] = []
    text = _text(data, notes)
    if not text.strip():
        raise DocumentFault("empty", "the file is empty" if not data else "the file holds only white space")
    cost = cost_of(data, text)
    too_much = excess(cost, len(data), factor)
    if too_much:
        raise DocumentFault("too-large", too_much)
    hooks = _Hooks(met)
    value = _load(text, hooks, hooks.pairs)
    if hooks.huge:
        notes.append("an integer too long for the framework to read")
    if hooks.repeated:
        notes.append(repeated_note(hooks.repeated))
    return Document(value, tuple(notes), cost.work, not hooks.has_envelopes and not hooks.huge)


def parse_value(data: bytes) -> Value:
    """The value of a file, without notes and without what it costs.

    Raises:
        DocumentFault: as for `parse`.
    """
    if len(data) * MOST_MEMORY > JSON_MEMORY:
        return parse(data).value
    hooks = _Hooks()
    return _load(_text(data, []), hooks, hooks.pairs)


def parse_pairs(data: bytes, met: dict[str | bytes, int] | None = None) -> list[tuple[str, Value]]:
    """The members of a JSON object in UTF-8, in order, as often as they occur.

    Raises:
        DocumentFault: the bytes are not such an object.
    """
    hooks = _Hooks(met)
    last: list[tuple[str, Value]] = []

    def pairs(found: list[tuple[str, Value]]) -> Value:
        nonlocal last
        last = found  # the outermost object is complete after all others
        return hooks.pairs(found)

    _load(_text(data, []), hooks, pairs)
    return last


def joined(pairs: list[tuple[str, Value]], met: dict[str | bytes, int] | None) -> Value:
    """The value that an object with these members is: a dict, an envelope, or a `Map` where keys are repeated."""
    return _Hooks(met).pairs(pairs)


def repeated_note(keys: Iterable[str]) -> str:
    """What to say about a document in which these keys occur more than once."""
    return f"repeated keys ({', '.join(sorted(keys)[:3])}): the framework keeps the last value, all are shown"


def _load(
    text: str,
    hooks: _Hooks,
    pairs: Callable[[list[tuple[str, Value]]], Value],
    integer: Callable[[str], Value] | None = None,
) -> Value:
    try:
        return json.loads(text, object_pairs_hook=pairs, parse_int=integer)
    except RecursionError:
        raise DocumentFault("too-deep", "nested deeper than about 1000 levels; the framework cannot read it") from None
    except json.JSONDecodeError as error:
        raise _explain(error, text) from None
    except ValueError:
        # An integer past the limit of int(); a hook for integers costs time, so only now.
        return _load(text, hooks, pairs, hooks.integer)


def _text(data: bytes, notes: list[str]) -> str:
    if data.startswith(codecs.BOM_UTF8):
        notes.append("begins with a byte order mark; the framework cannot load it")
        data = data[3:]
    wide = encodings.wide_encoding(data)
    try:
        if not wide:
            return data.decode("utf-8")
        where = 0
    except UnicodeDecodeError as error:
        where = error.start
        if error.reason == "unexpected end of data" and not encodings.preferred():
            return data[:where].decode("utf-8")  # cut off within a character, which the missing rest shows
    found = encodings.decode(data)
    if found is not None:
        notes.append(_encoding_note(found, where))
        return found.text
    if encodings.preferred():
        raise DocumentFault("encoding", f"not UTF-8 (byte {where:,}), and not {encodings.preferred()} either")
    if wide:
        raise DocumentFault("encoding", f"neither UTF-8 nor {wide.upper()}")
    if b"\0" in data:
        raise DocumentFault("not-json", f"binary data, not JSON (byte {where:,} is not UTF-8)")
    raise DocumentFault("encoding", f"not UTF-8 (byte {where:,}), and no encoding of Windows fits it")


def _encoding_note(found: encodings.DecodedText, where: int) -> str:
    if found.encoding == encodings.preferred():
        return f"not UTF-8; read as {found.encoding}, as --encoding says"
    if found.encoding == "utf-8":
        count = len(encodings.UNREADABLE.compiled.findall(found.text))
        bad = "1 place is" if count == 1 else f"{count:,} places are"
        return f"damaged UTF-8: {bad} unreadable, the first at byte {where:,}; the framework cannot load it"
    if found.encoding.startswith("utf"):
        return f"written as {found.encoding.upper()}; the framework reads only UTF-8"
    what = "most likely " if found.is_guess else ""
    return f"not UTF-8; read as {what}{found.encoding}: the framework before 1.19 wrote in the encoding of its Windows"


_EMPTY = "\0 \t\r\n"


def _explain(error: json.JSONDecodeError, text: str) -> DocumentFault:
    where = f"line {error.lineno:,}, column {error.colno:,}"
    if not text.strip(_EMPTY):
        return DocumentFault("empty", "the file holds only zero bytes, as after a power failure")
    if error.msg == "Extra data" and not text[error.pos :].strip(_EMPTY):
        return DocumentFault("trailing", f"zero bytes after the end of the document, {where}")
    if error.msg == "Extra data":
        return DocumentFault("trailing", f"more data after the end of the document, {where}")
    if not text.lstrip().startswith(("{", "[")):
        return DocumentFault("not-json", f"not JSON: {error.msg}, {where}")
    cut = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
    if cut or text.rstrip()[-1:] not in "}]":
        return DocumentFault("truncated", f"cut off after {len(text):,} characters ({where})")
    return DocumentFault("not-json", f"not JSON: {error.msg}, {where}")
