"""Everything wrong or risky in a store: files, chains, values, types to allow, names that could run code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from ckpt_tui.core.allowance import Allowance
from ckpt_tui.core.doctor.chains import broken_chains, changed_graphs
from ckpt_tui.core.doctor.clear_text import ClearText, json_may_hold_secrets, may_hold_secrets
from ckpt_tui.core.doctor.findings import CANNOT_BE_DECODED, UNDECODABLE, Finding, Pickles, Severity, pickle_bytes
from ckpt_tui.core.doctor.repetitions import Repetitions
from ckpt_tui.core.documents.envelope import PICKLED, TYPE
from ckpt_tui.core.model import Checkpoint, CheckpointRef, Problem
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.ways import Way, next_on, path_of
from ckpt_tui.core.safety.judgement import Judgement
from ckpt_tui.core.text import quoted
from ckpt_tui.core.value import Envelope, Map, Opaque

_LEFTOVER = re.compile(r".*\.json\.tmp\Z|\.maf-ckpt-.*\.tmp\Z|.*\.checkpoint\.json\.[0-9a-f]{32}\.tmp\Z", re.DOTALL)
"""What an interrupted save leaves: of Agent Framework until 1.18, and since 1.19; of HPD-Agent."""

_ORDER: dict[Severity, int] = {"danger": 0, "warning": 1, "info": 2}


class Report(NamedTuple):
    """What was found.

    Attributes:
        findings: Danger first, then warnings; by file and path.
        allowed_types: What `allowed_checkpoint_types` needs for the store to load, `module:qualname`. Types that only
            dangerous files name are left out.
        files: Files looked at.
        undecodable: Files that cannot be shown, and values that cannot be decoded.
    """

    findings: tuple[Finding, ...]
    allowed_types: tuple[str, ...]
    files: int
    undecodable: int = 0

    @property
    def is_dangerous(self) -> bool:
        """Whether loading one of the files could run code."""
        return any(finding.severity == "danger" for finding in self.findings)

    @property
    def is_grave(self) -> bool:
        """Whether something is undecodable or dangerous."""
        return self.undecodable > 0 or self.is_dangerous


class Doctor:
    """Takes what a store holds, piece by piece, and reports at the end. Keeps headers, never values."""

    def __init__(self) -> None:
        self._findings: list[Finding] = []
        self._refs: list[CheckpointRef] = []
        self._judged: dict[tuple[str, str], Judgement] = {}
        self._types: dict[str, tuple[str, str, int]] = {}
        self._secrets = ClearText()
        self._repetitions = Repetitions()
        self._files = 0
        self._undecodable = 0

    def names(self, names: Iterable[str]) -> None:
        """Take the names of everything in the directory."""
        for name in names:
            if _LEFTOVER.match(name):
                self._add(
                    "leftover", "warning", name, "", "left by a save that failed or was interrupted",
                    "Delete it when no workflow is running; the checkpoint it was to become was not written.",
                )  # fmt: skip

    def problem(self, problem: Problem, raw: bytes = b"", check: Callable[[], None] | None = None) -> None:
        """Take a file that is no checkpoint that can be shown.

        Args:
            problem: Why it cannot be shown.
            raw: Its bytes where they can be had: the framework decodes whatever pickles stand in them.
            check: Called now and then; whatever it raises ends the examination.
        """
        pickles = Pickles(problem.file, self._judged)
        pickles.elsewhere(raw, (), check)
        pickles.close()
        self._findings += pickles.findings
        self._files += 1
        self._undecodable += 1
        fix = _FIXES.get(problem.kind, "Restore it from a copy or delete it; the framework cannot load it.")
        self._add(problem.kind, "warning", problem.file, "", problem.reason, fix)

    def checkpoint(
        self, checkpoint: Checkpoint, check: Callable[[], None] | None = None, allowance: Allowance | None = None
    ) -> None:
        """Take a checkpoint; its values are looked at now and not kept.

        Args:
            checkpoint: The checkpoint, decoded.
            check: Called now and then; whatever it raises ends the examination.
            allowance: What may be spent on it, decoding included.
        """
        self._files += 1
        ref = checkpoint.ref
        self._refs.append(ref)
        self._notes(checkpoint)
        parts = parts_of(checkpoint)
        pickles = Pickles(ref.file, self._judged, allowance)
        hint = json_may_hold_secrets(checkpoint.raw)
        for envelope in _examine(checkpoint, pickles, check):
            if not hint and not (envelope.is_cut and envelope.factor == 0):
                data = pickle_bytes(envelope)
                hint = may_hold_secrets(data)
        self._findings += pickles.findings
        self._undecodable += sum(finding.kind in UNDECODABLE for finding in pickles.findings)
        if not any(finding.severity == "danger" for finding in pickles.findings):
            for name, where in pickles.types.items():
                file, first, count = self._types.get(name, (ref.file, where, 0))
                self._types[name] = (file, first, count + 1)
        if hint:
            self._secrets.take(parts, ref.file)
        self._repetitions.take(checkpoint)

    def report(self) -> Report:
        """What was found in everything taken so far."""
        findings = [*self._findings, *broken_chains(self._refs), *changed_graphs(self._refs)]
        for name, (file, where, count) in self._types.items():
            more = f" ({count:,} files)" if count > 1 else ""
            reason = f"needs {name}{more}, which the framework loads only when told to"
            findings.append(Finding("type", "info", file, where, reason, f"allowed_checkpoint_types=[{quoted(name)}]"))
        findings += [*self._secrets.findings(), *self._repetitions.findings()]
        findings.sort(key=lambda finding: (_ORDER[finding.severity], finding.file, finding.path, finding.kind))
        return Report(tuple(findings), tuple(sorted(self._types)), self._files, self._undecodable)

    def _add(self, kind: str, severity: Severity, file: str, path: str, reason: str, fix: str = "") -> None:
        self._findings.append(Finding(kind, severity, file, path, reason, fix))

    def _notes(self, checkpoint: Checkpoint) -> None:
        ref = checkpoint.ref
        for warning in checkpoint.warnings:
            for start, kind, fix in _NOTES:
                if start and warning.startswith(start):
                    self._add(kind, "warning", ref.file, "", warning, fix)
        for found in _SHAPES.finditer(ref.note):
            self._add("wrong-shape", "warning", ref.file, "", found[0], "Restore the file from a copy.")
        if ref.inner:
            reason = f"the id inside is {ref.inner}, but the framework loads the file as {ref.id}"
            self._add("renamed", "warning", ref.file, "", reason, f"Rename it to {ref.inner}.json, or delete the copy.")


def allow_lines(types: Iterable[str]) -> list[str]:
    """The argument of FileCheckpointStorage that allows these types, line by line, to paste."""
    return ["allowed_checkpoint_types=[", *(f"    {quoted(name)}," for name in types), "]"]


def alarms(
    checkpoint: Checkpoint,
    check: Callable[[], None] | None = None,
    allowance: Allowance | None = None,
    decoded_only: bool = False,
) -> tuple[str, ...]:
    """What is undecodable or dangerous in the values of one checkpoint, where and why, beyond its own `faults`.

    Args:
        checkpoint: The checkpoint, decoded.
        check: Called now and then; whatever it raises ends the examination.
        allowance: What may be spent on the checkpoint, decoding included.
        decoded_only: Leave out what nobody has decoded yet.
    """
    pickles = Pickles(checkpoint.ref.file, {}, allowance)
    for _ in _examine(checkpoint, pickles, check, decoded_only):
        pass
    told = []
    for found in pickles.findings:
        if found.severity == "danger":
            told.append(f"danger at {found.path}: {found.reason}")
        elif found.kind in UNDECODABLE:
            told.append(f"{found.path}: {found.reason.removeprefix(CANNOT_BE_DECODED)}")
    return tuple(line for line in told if line not in checkpoint.faults)


_UNREADABLE = "The framework cannot load this checkpoint; resume from another one."

_FIXES = {
    "torn-index": "When the program has ended, delete the torn line; the checkpoint of it is shown here all the same.",
    "definition": "Correct the definition; the checkpoints do not need it.",
    "copy": "Move the copy out of the store, or delete it.",
    "foreign": "Keep other programs' files elsewhere: the framework tries to load every .json file here.",
    "not-a-file": "Move it away: the framework tries to open everything named .json, and waits for ever at a pipe.",
    "broken-link": "Restore what the link points to, or delete the link.",
    "unreadable": "The framework cannot load it either until that is mended.",
    "too-large": "It was not looked at; move it away if it is no checkpoint. `show --limit 8` reads larger ones.",
    "encoding": "Save it as UTF-8.",
    "changing": "Look again when the program that writes it is done.",
}

_NOTES = (
    ("begins with a byte order mark", "byte-order-mark", "Save it as UTF-8 without a byte order mark."),
    ("written as UTF", "encoding", "Save it as UTF-8."),
    ("not UTF-8", "encoding", "Save it as UTF-8."),
    ("repeated keys", "repeated-keys", "Restore the file from a copy: no version writes a key twice."),
    ("members no known version writes", "unknown-member", "Remove those members to load it."),
    ("Agent Framework 1.0.0b", "legacy", "Resume it with the version that wrote it; here it can be read."),
)
"""How a note of `ckpt_tui.core.documents.document` or a store begins, its kind, and what to do."""

_SHAPES = re.compile(r"\b\w+ is no (text|integer|object|date)\b")


def parts_of(checkpoint: Checkpoint) -> dict[str, Any]:
    """The parts of a checkpoint that hold values, by their names in a path."""
    return {
        "messages": checkpoint.messages, "state": checkpoint.state, "pending": checkpoint.pending,
        "metadata": checkpoint.metadata,
    }  # fmt: skip


def _examine(
    checkpoint: Checkpoint, pickles: Pickles, check: Callable[[], None] | None, decoded_only: bool = False
) -> Iterator[Envelope]:
    """Put what is wrong with the values of a checkpoint into `pickles`; yields each envelope that was looked at."""
    if checkpoint.is_bare:
        return
    shown: list[Envelope] = []
    for path, item in json_values(parts_of(checkpoint)):
        if type(item) is Envelope:
            shown.append(item)
        if type(item) is Envelope and decoded_only and not item.ready:
            continue
        if type(item) is Envelope:
            pickles.examine(item, path, check)
            yield item
        elif type(item) is Opaque:
            reason = f"{item.reason}, more than the framework reads"
            pickles.add("huge-integer", "warning", path, reason, _UNREADABLE)
        else:
            pickles.add("undecodable", "warning", path, f"an envelope whose {PICKLED} is no text", _UNREADABLE)
    pickles.elsewhere(checkpoint.raw, shown, check, is_hurried=decoded_only)
    pickles.close()


_JSON_KINDS = frozenset((dict, list, Map, Envelope, Opaque))


def json_values(parts: dict[str, Any]) -> Iterable[tuple[Path, Any]]:
    """Envelopes, values too large to be shown and false envelopes in the JSON of a checkpoint, with their paths."""
    todo: list[tuple[Way, Any]] = [((None, (name,)), value) for name, value in reversed(parts.items())]
    while todo:
        way, item = todo.pop()
        kind = type(item)
        if kind is Envelope or kind is Opaque:
            yield path_of(way), item
            continue
        if kind is dict and PICKLED in item and TYPE in item:
            yield path_of(way), item
        todo += reversed(next_on(way, item, _JSON_KINDS))
