"""Copies of a checkpoint that synchronizers, file managers, merges and editors leave beside it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple
from unicodedata import normalize

from ckpt_tui.core.doctor.advice import is_plain_name
from ckpt_tui.core.doctor.severity import Finding
from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.model import CheckpointRef

_MADE_BY = (
    (r" \([^()]*(?:conflicted copy|case conflict|Konflikt|conflit|conflicto|conflitto|conflito)[^()]*\)",
     "a conflicted copy of a synchronizer such as Dropbox or Nextcloud"),
    (r" \(SFConflict [^()]*\)", "a conflicted copy of Seafile"),
    (r"[ _-]?\(?conflict[ -]?on[^()]*\)?", "a conflicted copy of a synchronizer"),
    (r"\.sync-conflict-\d{8}-\d{6}(?:-[A-Z0-9]+)?", "a conflicted copy of Syncthing"),
    (r"_conflict-\d{8}-\d{6}", "a conflicted copy of ownCloud"),
    (r"[._-](?:conf|conflict|conflicted)(?:\(\d+\))?| ?\[conflict(?:ed)?(?: \d+)?\]",
     "a conflicted copy of a synchronizer"),
    (r"-(?:DESKTOP|LAPTOP|PC|WIN)-[A-Z0-9]{4,}(?:-\d+)?", "a conflicted copy of OneDrive, named after a computer"),
    (r" - (?:Copy|Kopie|Copie|Copia|Cópia|Kopia|副本|コピー|복사본)(?: \(\d+\))?", "made in the Windows Explorer"),
    (r" (?:copy|Kopie|copie|copia|副本|のコピー)(?: \d+)?", "made in the Finder"),
    (r" ?\(\d+\)", "named as browsers, Google Drive and OneDrive name a second one"),
    (r" \d{1,2}", "named as macOS and iCloud name a second one"),
    (r"[._](?:BASE|LOCAL|REMOTE|BACKUP)(?:[._]\d+)?", "one side of a merge, left by `git mergetool`"),
    (r"[._-](?:bak|backup|orig|old|save)(?:[._-]?\d+)?", "a backup"),
    (r"~(?:\d+~?)?", "a backup of an editor"),
)  # fmt: skip
_ENDINGS = tuple((re.compile(f"(.+?)(?:{ending})\\Z", re.DOTALL | re.IGNORECASE), words) for ending, words in _MADE_BY)
_OF_DRIVE = "named as Google Drive names a copy"
_BEFORE = LatePattern(r"(?:Copy of|Kopie von|Copie de|Copia de|Copia di) (.+)\Z", re.DOTALL)


THE_SAME = "their contents are the same"
"""The text about a copy that does not differ from its original."""


class Copy(NamedTuple):
    """A file that is a copy of another one.

    Attributes:
        file: The copy.
        original: The file that it is a copy of.
        words: What made it, as text for people, or "".
    """

    file: str
    original: str
    words: str


def made_by(stem: str, original: str) -> str:
    """What program made a copy of this name from a file of that name (both without `.json`); "" if unknown."""
    for ending, words in _ENDINGS:
        found = ending.match(stem)
        if found is not None and found[1] == original:
            return words
    before = _BEFORE.compiled.match(stem)
    return _OF_DRIVE if before is not None and before[1] == original else ""


def originals(stem: str) -> Iterator[tuple[str, str]]:
    """Names of which this name may be a copy (all without `.json`), each with what makes such copies."""
    for ending, words in _ENDINGS:
        found = ending.match(stem)
        if found is not None:
            yield found[1], words
    before = _BEFORE.compiled.match(stem)
    if before is not None:
        yield before[1], _OF_DRIVE


def original_of(file: str, names: Collection[str]) -> tuple[str, str] | None:
    """The file of which the one beside it is a copy by its name, and what makes such copies; None for none."""
    stem = file.rpartition("/")[2].removesuffix(".json")
    pairs = ((_beside(file, f"{name}.json"), words) for name, words in originals(stem))
    return next((pair for pair in pairs if pair[0] in names), None)


def copies_in(refs: Iterable[CheckpointRef], names: Collection[str]) -> list[Copy]:
    """The files that hold the id of another file beside them; `names` are those of everything in the directory.

    A file whose own id is a third one is left out: its name says nothing about its content.
    """
    found = []
    refs = list(refs)
    renamed = {ref.file for ref in refs if ref.inner}
    for ref in refs:
        original = _beside(ref.file, f"{ref.inner}.json")
        if ref.inner and original != ref.file and original in names and original not in renamed:
            stem = ref.file.rpartition("/")[2].removesuffix(".json")
            found.append(Copy(ref.file, original, made_by(stem, ref.inner)))
    return found


def copy_finding(copy: Copy, difference: str, is_all_there_is: bool = False) -> Finding:
    """The finding for a copy.

    Args:
        copy: The copy.
        difference: What differs from the original, "" if they were not compared.
        is_all_there_is: The original cannot be read.
    """
    name = copy.original.rpartition("/")[2]
    if is_all_there_is:
        reason = f"a copy of {name}, which is beside it and cannot be read" + (f": {copy.words}" * bool(copy.words))
        fix = f"This one is whole. To resume from it, move {name} out of the store first, then give this one its name."
        return Finding("copy", "warning", copy.file, "", reason, fix)
    reason = f"a copy of {name}, which is beside it with the same id" + (f": {copy.words}" if copy.words else "")
    if difference:
        reason += f"; {difference}"
    fix = f"The framework lists both, and loads {name} by their id. Move this one out of the store."
    if difference != THE_SAME:
        fix = (
            f"Decide which of the two is right: the framework lists both, and loads {name} by their id. "
            "Move the other one out of the store; overwrite neither."
        )
    return Finding("copy", "warning", copy.file, "", reason, fix)


def renamed_findings(refs: Iterable[CheckpointRef], names: Collection[str], skipped: Collection[str]) -> list[Finding]:
    """Findings for files whose name is not the id inside; only a free, plain and unique name is proposed."""
    renamed = [ref for ref in refs if ref.inner and ref.file not in skipped]
    claims: dict[str, int] = {}
    for ref in renamed:
        wanted = _folded(_beside(ref.file, ref.inner))
        claims[wanted] = claims.get(wanted, 0) + 1
    taken = {_folded(name) for name in names}
    found = []
    for ref in renamed:
        wanted = _beside(ref.file, ref.inner)
        reason = f"the id inside is {ref.inner}, but the framework loads the file as {ref.id}"
        if made := made_by(ref.file.rpartition("/")[2].removesuffix(".json"), ref.inner):
            reason += f"; by its name a copy ({made}), whose original is gone"
        if not is_plain_name(f"{ref.inner}.json"):
            fix = f"Load it as {ref.id}. The id inside is not a plain file name: do not name a file after it."
        elif _folded(f"{wanted}.json") in taken:
            fix = f"{ref.inner}.json is there already, and is another file. Load this one as {ref.id}."
        elif (claimed := claims[_folded(wanted)]) > 1:
            fix = f"{claimed:,} files hold that id. Load this one as {ref.id}; only one can have the name."
        else:
            fix = f"Rename it to {ref.inner}.json, or load it as {ref.id}."
        found.append(Finding("renamed", "warning", ref.file, "", reason, fix))
    return found


def _folded(name: str) -> str:
    """A name as a file system compares it that ignores case and how accents are written, as those of macOS do."""
    return normalize("NFC", normalize("NFC", name).casefold())


def _beside(file: str, name: str) -> str:
    """A name in the directory of a file."""
    directory, slash, _ = file.rpartition("/")
    return f"{directory}{slash}{name}"
