"""Names of files that are not checkpoints, by what left them: systems, synchronizers, editors, downloads."""

from __future__ import annotations

import re
from collections.abc import Collection

from ckpt_tui.core.late_patterns import LatePattern

LEFTOVER = LatePattern(r".*\.json\.tmp\Z|\.maf-ckpt-.*\.tmp\Z|.*\.checkpoint\.json\.[0-9a-f]{32}\.tmp\Z", re.DOTALL)
"""Names that an interrupted save leaves: of Agent Framework until 1.18, and since 1.19; of HPD-Agent."""

_KNOWN = (
    (r"\.DS_Store|\.localized|Icon\r|\.fseventsd|\.Spotlight-V100|\.Trashes|__MACOSX", "left by macOS"),
    (r"\._.*", "a side file of macOS (AppleDouble)"),
    (r"desktop\.ini|Thumbs\.db|ehthumbs\.db|\$RECYCLE\.BIN|System Volume Information", "left by Windows"),
    (r"\.directory|\.Trash-\d+|\.hidden", "left by a Linux desktop"),
    (r"\.st(?:folder|ignore|versions)|~?\.?syncthing[~.].*", "of Syncthing"),
    (r"\.dropbox(?:\.attr|\.cache)?|\.owncloudsync\.log.*|\.nextcloudsync\.log|\.sync_[0-9a-f]+\.db.*|\.csync_.*",
     "of a synchronizer"),
    (r"\.nfs[0-9a-f]{8,}|\.fuse_hidden[0-9a-f]+", "a file that was deleted while a program had it open"),
    (r"\..*\.icloud", "the placeholder of a file that iCloud holds; open it once in the Finder to fetch it"),
    (r"~\$.*|\.~lock\..*#", "the lock of an office program"),
    (r"\.#.*|\..*\.sw[a-p]|#.*#", "a lock or unsaved changes of an editor"),
    (r".*\.(?:crdownload|part|partial|download|!ut|opdownload)", "a download that is not complete"),
    (r".*\.(?:zip|tar|tgz|gz|bz2|xz|zst|7z|rar)", "an archive; unpack it elsewhere to look into it"),
    (r".*\.(?:orig|rej)", "left by a patch or a merge"),
)  # fmt: skip
_PATTERNS = tuple((re.compile(f"(?:{pattern})\\Z", re.DOTALL), words) for pattern, words in _KNOWN)
_BACKUP = LatePattern(r"\.?(.+\.json)(?:~|\.~\d+~|\.(?:bak|backup|old|save|orig)\d*|-\d{4}-\d\d-\d\d)\Z", re.DOTALL)


def side_file_words(name: str, names: Collection[str]) -> str:
    """What a file that is not a checkpoint is, as text for people; "" where its name does not show it.

    Args:
        name: Its name.
        names: The names of everything beside it.
    """
    backup = _BACKUP.compiled.match(name)
    if backup is not None:
        there = "" if backup[1] in names else ", which no longer exists: this may be all that is left of it"
        return f"an editor's or a program's backup of {backup[1]}{there}"
    return next((words for pattern, words in _PATTERNS if pattern.match(name)), "")
