"""What to do about each kind of finding: never a step that loses a genuine file or overwrites another one."""

from __future__ import annotations

from ckpt_tui.core.late_patterns import LatePattern

FIXES = {
    "index": "Restore the index; `ckpt-tui doctor` prints its lines.",
    "torn-index": "When the program has ended, delete the torn line; its checkpoint is shown here anyway.",
    "being-written": "Look again in a moment.",
    "definition": "Correct the definition; the checkpoints do not need it.",
    "copy": "Move the copy out of the store.",
    "side-file": "It does no harm where it is: it is not a part of any checkpoint here.",
    "pointer": "Fetch the file that it stands for; the framework cannot load the pointer.",
    "merge": "Resolve the merge by taking one side as a whole: a mix of both is not a valid checkpoint.",
    "archive": "Unpack it and open the contents.",
    "encrypted": "Decrypt it to a file outside of the store, and open that.",
    "documents": "Open it by its own name: `ckpt-tui FILE`.",
    "events": "Open it by its own name, `ckpt-tui FILE`; move it out of the store, where the framework would load it.",
    "lines": "Keep it out of the store, as .jsonl: the framework tries to load every .json file here.",
    "foreign": "Keep other programs' files elsewhere: the framework tries to load every .json file here.",
    "not-a-file": "Move it away: the framework tries to open everything named .json, and waits forever on a pipe.",
    "broken-link": "Restore what the link points to, or move the link out of the store.",
    "unreadable": "The framework cannot load it either until this is repaired.",
    "directory": "Give yourself permission to read it, or name the stores in it that you may read.",
    "damaged": "Restore it from a copy. Until then keep it and its journal: what is whole can be read.",
    "locked": "Look again when the program that has locked it is done. Leave its files where they are.",
    "interrupted": "Open it with the program that writes it, its journal beside it: that undoes what was cut short.",
    "denied": "Ask whoever runs the server for the right to read the tables.",
    "slow": "Look again when the server has less to do.",
    "unreachable": "Look again when the server answers. Nothing shows that a checkpoint is lost.",
    "large": "It was not read, and need not be wrong: leave it where it is.",
    "limit": "Name a part of the store to see the rest.",
    "yaml": "Correct the definition; the checkpoints do not need it.",
    "name": "Give it a name that this system accepts and that no other file has.",
    "vanished": "Restore it from a copy, if there is one. Nothing is to be moved or deleted for the other checkpoints.",
    "large-link": "Unless you made the link, move it away; what is behind it opens by its own path.",
    "too-large": "It was not read. Move it away if it is not a checkpoint.",
    "encoding": "Name the encoding it was written in, `--encoding NAME`; convert nothing before the text is readable.",
    "changing": "Look again when the program that writes it is done.",
}
"""What to do about a file that cannot be shown as a checkpoint, by its kind."""

FOREIGN_TO_DATABASE = "It is not a checkpoint: leave it as it is."
"""What to do about a database, or a row of one, that another program wrote."""

OTHERWISE = "Restore it from a copy. Without one, move it out of the store: the framework cannot load it."

NOT_CHECKPOINTS = frozenset((
    "index", "torn-index", "being-written", "side-file", "documents", "definition", "copy", "events", "large-link",
    "lines",
))  # fmt: skip
"""Kinds of files that cannot be shown, but of which no checkpoint is lost."""

_CHECK_FIRST = (
    "Check that its text reads right (`show --encoding NAME` tries another encoding), and keep the original: "
    "Agent Framework before 1.19, on a system with that encoding, resumes it as it is."
)

NOTES = (
    ("begins with a byte order mark", "byte-order-mark", "Save it as UTF-8 without a byte order mark."),
    ("written as UTF", "encoding", "Save it as UTF-8."),
    ("not UTF-8", "encoding", _CHECK_FIRST),
    ("damaged UTF-8", "encoding", "Restore it from a copy: the damaged bytes cannot be recovered from the file."),
    ("repeated keys", "repeated-keys", "Restore the file from a copy: no version writes a key twice."),
    (
        "a document exported from", "exported",
        "It can be read here. To resume it, open its database (`--storage`): FileCheckpointStorage loads no exports.",
    ),
    ("members no known version writes", "unknown-member", "Remove those members, in a copy, to load it."),
    ("Agent Framework 1.0.0b", "legacy", "Resume it with the version that wrote it; here it can be read."),
)  # fmt: skip
"""How a note of a document or a store begins, its kind, and what to do."""

REPEATED_BY_DOTNET = (
    "Agent Framework for .NET writes it after a restore where the id of an executor holds a |, as it takes the longest "
    "id that fits; rename that executor. .NET reads the last of the values."
)
"""What to do where a .NET checkpoint holds a property twice."""

SHAPES = LatePattern(r"\b\w+ is not an? (string|integer|object|date)\b")
"""The note of a store on a member of another type than the framework writes."""

_RESERVED = LatePattern(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\Z)")
_IMPOSSIBLE = LatePattern(
    r"[\x00-\x1f\x7f-\x9f/\\<>:\"|?*$`;&!'%^{}#\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Characters that no system allows in a name or that a shell interprets: a proposed name will be pasted."""
_NAME_BYTES = 255


def is_plain_name(name: str) -> bool:
    """Whether a text can be a file name on every system, and nothing but a name, also for a shell."""
    return bool(name) and not (
        _IMPOSSIBLE.compiled.search(name)
        or _RESERVED.compiled.match(name)
        or name[0] in " .~-"
        or name[-1] in " ."
        or len(name.encode("utf-8")) > _NAME_BYTES
    )
