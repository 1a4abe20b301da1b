"""The pickles anywhere in a document of JSON: the framework decodes all of them, whatever member holds them."""

import json
import re
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ckpt_tui.core.budgets import DEFAULT_PICKLE, PickleBudget
from ckpt_tui.core.paths import Path, expression
from ckpt_tui.core.safety.inspection import Inspection, inspect

PICKLED = "__pickled__"
TYPE = "__type__"


THOROUGH = DEFAULT_PICKLE._replace(bytes=256 * 1024 * 1024, most_opcodes=100_000_000, most_objects=20_000_000)
"""What decoding one pickle may cost where it decides whether anything is loaded: an honest one is read to its
end, a flood is not."""


class JsonMembers(list[tuple[str, Any]]):
    """The members of a JSON object in order, as often as they occur."""


class Examined(NamedTuple):
    """The judgement of one pickle of a document.

    Attributes:
        path: Where it is in the file, keys and indexes.
        inspection: What it would do; with a fault where it is not base64, or the document could not be read.
        claimed: The type that the file states for it, or "".
    """

    path: Path
    inspection: Inspection
    claimed: str = ""

    @property
    def where(self) -> str:
        """The path as JMESPath over the file."""
        return expression(self.path)


def examine_document(
    raw: bytes,
    encoding: str | None = None,
    budget: PickleBudget = THOROUGH,
    check: Callable[[], None] | None = None,
) -> list[Examined]:
    """What every pickle in a file of JSON would do, wherever it is; nothing is imported, called or looked up.

    A file that cannot be read gives one answer with its fault, since its content is unknown.

    Args:
        raw: The bytes of the file.
        encoding: An encoding besides UTF-8 that whoever loads the file may read it in: the locale's. Where it reads the
            bytes as another text, that text is examined, too.
        budget: What decoding one pickle may cost.
        check: Called now and then; whatever it raises ends the work.
    """
    found: list[Examined] = []
    for document in documents(raw, encoding):
        if isinstance(document, str):
            found.append(Examined((), Inspection((), (), document)))
        else:
            found += (examine_envelope(path, members, budget, check) for path, members in envelopes(document))
    return found


def documents(raw: bytes, encoding: str | None = None) -> Iterator[Any]:
    """The documents that readers of JSON may take a file for, objects as `Members`; a text where it is none says why.

    Args:
        raw: The bytes of the file.
        encoding: As for `examine_document`.
    """
    for text in _texts(raw, encoding):
        try:
            document = json.loads(text, object_pairs_hook=JsonMembers, parse_int=_integer)
        except RecursionError:
            yield "nested deeper than about 1000 levels"
        except ValueError as error:
            yield f"not JSON: {error}"
        else:
            if not isinstance(document, str):
                yield document


def has_hidden_keys(raw: bytes) -> bool:
    """Whether the bytes of a file may spell a key in another way than letter by letter."""
    return b"\0" in raw or (b"\\u00" in raw and re.search(_ESCAPED, raw) is not None)


_ESCAPED = rb"\\u00(5[Ff]|70|6[9CcBbEe354])"
"""A letter of `__pickled__` as an escape, which nothing that writes JSON needs."""


def _texts(raw: bytes, encoding: str | None) -> Iterator[str]:
    """The texts that readers may decode the bytes to, each once; most files have only one."""
    texts: dict[str, None] = {}
    for name in ("utf-8-sig", encoding, "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else None):
        if name is not None:
            try:
                texts[raw.decode(name)] = None
            except (UnicodeDecodeError, LookupError):
                continue
            if raw.isascii():
                break
    yield from texts or (raw.decode("latin-1"),)


def _integer(text: str) -> int:
    return 0 if len(text) > _DIGITS else int(text)


_DIGITS = 600
"""Digits of the longest integer that is parsed: its value does not matter here, and long ones take long."""


def envelopes(document: Any) -> Iterator[tuple[Path, dict[str, Any] | JsonMembers]]:
    """Every envelope in a parsed JSON document and its path: in any member, and within another envelope, too.

    An envelope is an object with the members `__pickled__` and `__type__`. It is given as it is in the document: a
    dict, or `Members` where the parser kept repeated keys, all of which are searched.

    Args:
        document: Dicts or `Members`, lists and scalars.
    """
    todo: list[tuple[_PathLink, Any]] = [(None, document)]
    while todo:
        way, item = todo.pop()
        if isinstance(item, JsonMembers):
            pairs: list[tuple[Any, Any]] = item
        elif isinstance(item, dict):
            pairs = list(item.items())
        elif isinstance(item, list):
            todo += (((way, index), below) for index, below in reversed(list(enumerate(item))) if _is_container(below))
            continue
        else:
            continue
        keys = {key for key, _ in pairs}
        if PICKLED in keys and TYPE in keys:
            yield _path(way), item
        todo += (((way, key), below) for key, below in reversed(pairs) if _is_container(below))


_PathLink = Any
"""A path as a chain of pairs, last step first."""


def _is_container(value: Any) -> bool:
    return isinstance(value, (dict, list))


def _path(way: _PathLink) -> Path:
    steps = []
    while way is not None:
        way, step = way
        steps.append(step)
    return tuple(reversed(steps))


def examine_envelope(
    path: Path,
    members: dict[str, Any] | JsonMembers,
    budget: PickleBudget = THOROUGH,
    check: Callable[[], None] | None = None,
) -> Examined:
    """What the pickle of one envelope would do, all of them where the key is repeated; arguments as above."""
    pairs = members if isinstance(members, JsonMembers) else list(members.items())
    claimed = [value for key, value in pairs if key == TYPE and isinstance(value, str)]
    inspections = [inspect_text(value, budget, check) for key, value in pairs if key == PICKLED]
    return Examined(path, _joined(inspections), claimed[-1] if claimed else "")


def _joined(inspections: list[Inspection]) -> Inspection:
    if len(inspections) == 1:
        return inspections[0]
    uses = dict.fromkeys(use for one in inspections for use in one.uses)
    dangers = dict.fromkeys(danger for one in inspections for danger in one.dangers)
    return Inspection(tuple(uses), tuple(dangers), next((one.fault for one in inspections if one.fault), ""))


def inspect_text(text: Any, budget: PickleBudget = THOROUGH, check: Callable[[], None] | None = None) -> Inspection:
    """What the pickle in the base64 of an envelope would do.

    Releases before 1.20 pass over characters that are not base64; so does this, and says so by a fault.

    Args:
        text: The value of `__pickled__`, anything that JSON holds.
        budget: What decoding the pickle may cost.
        check: Called now and then; whatever it raises ends the work.
    """
    if not isinstance(text, str):
        return Inspection((), (), f"{PICKLED} is not a string")
    if len(text) * 3 // 4 > budget.bytes:
        return Inspection((), (), f"a pickle of {len(text) * 3 // 4:,} bytes; at most {budget.bytes:,} are decoded")
    fault = ""
    try:
        data = a2b_base64(text, strict_mode=True)
    except (Base64Error, ValueError) as error:
        fault = f"not base64: {error}"
        try:
            data = a2b_base64(text.encode("ascii", "replace"))
        except ValueError:
            return Inspection((), (), fault)
    found = inspect(data, budget, check)
    return found._replace(fault=fault or found.fault)
