"""The index of a FileSystemJsonCheckpointStore: one line a checkpoint in the order of commit, in four generations.

Source: microsoft/agent-framework, dotnet/src/Microsoft.Agents.AI.Workflows, FileSystemJsonCheckpointStore.cs.
"""

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.text import clean

INDEX = "index.jsonl"


class IndexLine(NamedTuple):
    """One line.

    Attributes:
        session: Id of the session (of the run, in generation 0).
        checkpoint: Id of the checkpoint.
        parent: Id of its parent, None where there is none, "" where the line has none.
        generation: 0 to 3.
        number: Line number, from 1.
        file: The file name it gives, or "".
        is_made: No index has it; it was made from its file.
    """

    session: str
    checkpoint: str
    parent: str | None
    generation: int
    number: int
    file: str = ""
    is_made: bool = False

    @property
    def file_names(self) -> tuple[str, ...]:
        """The names its file may have, the likeliest first."""
        bare = f"{self.session}_{self.checkpoint}.json"
        # Uri.EscapeDataString, and every dot; .NET derives the name again and never reads `fileName`.
        escaped = quote(bare, safe="~-_", errors="backslashreplace").replace(".", "%2E")
        return (bare, escaped) if self.generation < 2 else (escaped, bare, self.file)

    @property
    def text(self) -> str:
        """The line as .NET writes it."""
        ids = {"sessionId" if self.generation else "runId": self.session, "checkpointId": self.checkpoint}
        if self.generation < 2:
            return _compact(ids)
        line: dict[str, Any] = {"checkpointInfo": ids, "fileName": self.file_names[0]}
        if self.generation > 2:
            if self.parent:
                line["parentCheckpointId"] = self.parent
            line["hasParentMetadata"] = True
        return _compact(line)


def _compact(members: dict[str, Any]) -> str:
    text = json.dumps(members, separators=(",", ":"), ensure_ascii=False)
    # Characters that are shown escaped are written escaped, so that the line can be pasted; .NET reads escapes, too.
    return text if clean(text) == text else json.dumps(members, separators=(",", ":"))


class Index(NamedTuple):
    """An index.

    Attributes:
        lines: Its lines, duplicates left out.
        faults: The faults of other lines, as text for people.
        torn: Its last line is cut off.
        wrong: The numbers of the lines that are not index lines, but for one that is cut off.
        encoding: Its encoding where .NET cannot read that, or "".
    """

    lines: tuple[IndexLine, ...]
    faults: tuple[str, ...] = ()
    torn: bool = False
    wrong: tuple[int, ...] = ()
    encoding: str = ""


def parse_index(data: bytes) -> Index:
    """The lines of an index; never fails."""
    lines: dict[tuple[str, str], IndexLine] = {}
    faults = []
    wrong: list[int] = []
    merged = False
    torn = False
    data, encoding = _in_utf8(data)
    if encoding:
        faults.append(
            f"it is written in {encoding}, as PowerShell does; .NET reads UTF-8 and refuses to open this store"
        )
    raw = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    for number, text in enumerate(raw, 1):
        text = text.strip()
        if not text:
            continue
        line = _line(text, number)
        if line is not None:
            lines.setdefault((line.session, line.checkpoint), line)
        elif number == len(raw) and not _MARKER.compiled.match(text):
            torn = True
            faults.append(f"line {number:,} is cut off; .NET refuses to open this store (“Index corrupted”)")
        else:
            wrong.append(number)
            merged = merged or _MARKER.compiled.match(text) is not None
    if wrong:
        what = "it holds both sides of a merge that was not resolved: " if merged else ""
        faults.insert(
            0, f"{what}{numbered(wrong)} not {_AN_INDEX_LINE[len(wrong) == 1]}; .NET refuses to open this store"
        )
    return Index(tuple(lines.values()), tuple(faults), torn, tuple(wrong), encoding)


def _in_utf8(data: bytes) -> tuple[bytes, str]:
    """An index in UTF-8, and its encoding where that is UTF-16, or ""."""
    head = data[:200]
    is_little = head.startswith(b"\xff\xfe") or head[1::2].count(0) > len(head) // 3
    is_big = head.startswith(b"\xfe\xff") or head[::2].count(0) > len(head) // 3
    if is_little == is_big:  # neither, or nothing but zeros
        return data, ""
    text = data.decode("utf-16-le" if is_little else "utf-16-be", "replace")
    return text.removeprefix("\ufeff").encode(), "UTF-16"


_MARKER = LatePattern(rb"(?:<{7}|={7}|>{7}|\|{7})(?: |\Z)")


def numbered(numbers: Sequence[int]) -> str:
    """Lines by number, with the verb for them: "line 3 is", "lines 3, 4 and 9 are"."""
    if len(numbers) == 1:
        return f"line {numbers[0]:,} is"
    shown = [f"{number:,}" for number in numbers[:_NAMED]]
    last = f"{len(numbers) - _NAMED:,} more" if len(numbers) > _NAMED else shown.pop()
    return f"lines {', '.join(shown)} and {last} are"


_AN_INDEX_LINE = ("index lines", "an index line")

_NAMED = 5
"""Lines that are named by number."""


def _line(text: bytes, number: int) -> IndexLine | None:
    try:
        found = _lower(json.loads(text))
    except (ValueError, RecursionError):
        return None
    info = _lower(found.get("checkpointinfo"))
    ids = info or found
    session, checkpoint = ids.get("sessionid", ids.get("runid")), ids.get("checkpointid")
    if not isinstance(session, str) or not isinstance(checkpoint, str):
        return None
    if not info:
        return IndexLine(session, checkpoint, "", 0 if "runid" in ids else 1, number)
    name = found.get("filename")
    file = name if isinstance(name, str) else ""
    if found.get("hasparentmetadata") is not True:
        return IndexLine(session, checkpoint, "", 2, number, file)
    parent = found.get("parentcheckpointid")
    return IndexLine(session, checkpoint, parent if isinstance(parent, str) else None, 3, number, file)


def _lower(value: Any) -> dict[str, Any]:
    """The members of an object by names in lower case: .NET reads them whatever their case."""
    return {key.lower(): item for key, item in value.items()} if isinstance(value, dict) else {}


_CHECKPOINT = LatePattern(r"(.+)_([^_]+)(?:\.json|%2Ejson)\Z", re.DOTALL | re.IGNORECASE)


def ids_of(name: str) -> tuple[str, str] | None:
    """Session and checkpoint of a file name; None when it is not one of this store."""
    found = _CHECKPOINT.compiled.match(name)
    if found is None:
        return None
    escaped = name.lower().endswith("%2ejson")
    return (unquote(found[1]) if escaped else found[1]), (unquote(found[2]) if escaped else found[2])
