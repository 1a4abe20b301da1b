"""Everything wrong or risky in a store: files, chains, values, types to allow, names that could run code."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ckpt_tui.core.doctor.advice import (
    FIXES,
    FOREIGN_TO_DATABASE,
    NOT_CHECKPOINTS,
    NOTES,
    OTHERWISE,
    REPEATED_BY_DOTNET,
    SHAPES,
)
from ckpt_tui.core.doctor.alarms import examine_values
from ckpt_tui.core.doctor.chains import broken_chains, changed_graphs
from ckpt_tui.core.doctor.clear_text import ClearText, json_may_hold_secrets, may_hold_secrets
from ckpt_tui.core.doctor.copies import Copy, copies_in, copy_finding, original_of, renamed_findings
from ckpt_tui.core.doctor.findings import UNDECODABLE, Finding, Pickles, Severity, pickle_bytes
from ckpt_tui.core.doctor.newest import HOPELESS, Candidate, candidate_of, newest_findings
from ckpt_tui.core.doctor.repetitions import Repetitions
from ckpt_tui.core.doctor.side_names import LEFTOVER, side_file_words
from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.model import Checkpoint, CheckpointRef, Problem, parts_of
from ckpt_tui.core.pickles.kept import facts_of
from ckpt_tui.core.safety.judgement import Judgement
from ckpt_tui.core.terms import GRAPH_TERMS, terms_of
from ckpt_tui.core.text import counted, quoted

_ORDER: dict[Severity, int] = {"danger": 0, "warning": 1, "info": 2}


class Report(NamedTuple):
    """What was found.

    Attributes:
        findings: Danger first, then warnings; by file and path.
        allowed_types: What `allowed_checkpoint_types` needs for the store to load, `module:qualname`. Types that only
            dangerous files name are left out.
        files: Files examined.
        undecodable: Files that cannot be shown, and values that cannot be decoded.
        is_database: They are rows of a database, and not files.
    """

    findings: tuple[Finding, ...]
    allowed_types: tuple[str, ...]
    files: int
    undecodable: int = 0
    is_database: bool = False

    @property
    def looked_at(self) -> str:
        """How many were examined: `3 files`, or `3 checkpoints` of a database."""
        return counted(self.files, "checkpoint" if self.is_database else "file")

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
        self._names: dict[str, int] = {}  # in the order of the directory
        self._differences: dict[str, str] = {}
        self._reported: set[tuple[str, str]] = set()
        self._candidates: list[Candidate] = []
        self._files = 0
        self._undecodable = 0

    def names(self, names: Iterable[str]) -> None:
        """Take the names of everything in the directory."""
        self._names.update((name, number) for number, name in enumerate(names))
        for name in sorted(self._names):
            own = name.rpartition("/")[2]
            if LEFTOVER.compiled.match(own):
                self._add(
                    "leftover", "warning", name, "", "left by a save that failed or was interrupted",
                    "Move it out of the store when no workflow is running: it may hold a part of a checkpoint that was "
                    "never written.",
                )  # fmt: skip
            elif not own.endswith(".json") and (words := side_file_words(own, self._names)):
                self._add("side-file", "info", name, "", words, FIXES["side-file"])

    def found(self, findings: Iterable[Finding]) -> None:
        """Take findings of the store itself, or of its place."""
        self._findings += findings
        self._reported.update((finding.file, finding.kind) for finding in findings)

    def differs(self, copy: str, difference: str) -> None:
        """Take what differs between a copy and its original."""
        self._differences[copy] = difference

    def copies(self) -> list[Copy]:
        """The copies of checkpoints among the files so far."""
        return copies_in(self._refs, self._names)

    def problem(self, problem: Problem, raw: bytes = b"", check: Callable[[], None] | None = None) -> None:
        """Take a file that is not a checkpoint that can be shown.

        Args:
            problem: Why it cannot be shown.
            raw: Its bytes where they can be read: the framework decodes whatever pickles they contain.
            check: Called now and then; whatever it raises ends the examination.
        """
        pickles = Pickles(problem.file, self._judged)
        pickles.elsewhere(raw, (), check)
        pickles.close()
        self._findings += pickles.findings
        self._files += 1
        if problem.kind not in NOT_CHECKPOINTS:
            self._undecodable += 1
            if candidate := candidate_of(problem, raw):
                self._candidates.append(candidate)
        if (problem.file, problem.kind) not in self._reported:
            severity: Severity = "info" if problem.kind in ("side-file", "being-written") else "warning"
            reason, fix = problem.reason, FIXES.get(problem.kind, OTHERWISE)
            if problem.kind == "foreign" and not problem.file.lower().endswith("json"):
                fix = FOREIGN_TO_DATABASE
            copied = original_of(problem.file, self._names)
            if copied is not None and severity == "warning":
                reason += f"; by its name a copy of {copied[0].rpartition('/')[2]}, which is beside it: {copied[1]}"
                fix = FIXES["copy"]
            self._add(problem.kind, severity, problem.file, "", reason, fix)

    def checkpoint(
        self, checkpoint: Checkpoint, check: Callable[[], None] | None = None, budget: DocumentBudget | None = None
    ) -> None:
        """Take a checkpoint; its values are examined now and not kept.

        Args:
            checkpoint: The checkpoint, decoded.
            check: Called now and then; whatever it raises ends the examination.
            budget: The work that may be done for it, decoding included.
        """
        self._files += 1
        ref = checkpoint.ref
        self._refs.append(ref)
        self._notes(checkpoint)
        parts = parts_of(checkpoint)
        pickles = Pickles(ref.file, self._judged, budget)
        hint = json_may_hold_secrets(checkpoint.raw)
        for envelope in examine_values(checkpoint, pickles, check):
            if not hint and not (envelope.is_cut and envelope.factor == 0):
                facts = facts_of(envelope)
                if "hint" not in facts:
                    facts["hint"] = may_hold_secrets(pickle_bytes(envelope))
                hint = facts["hint"]
        self._findings += pickles.findings
        self._undecodable += sum(finding.kind in UNDECODABLE for finding in pickles.findings)
        self._candidate(ref, tuple(pickles.types))
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
        findings += newest_findings(self._candidates, self._names)
        copies = self.copies()
        read = {ref.file for ref in self._refs}
        findings += [
            copy_finding(copy, self._differences.get(copy.file, ""), copy.original not in read) for copy in copies
        ]
        exported = {finding.file for finding in findings if finding.kind == "exported"}
        skipped = exported | {copy.file for copy in copies}
        findings += renamed_findings(self._refs, self._names, skipped)
        findings = [one for one in findings if one.kind != "unknown-member" or one.file not in exported]
        for name, (file, where, count) in self._types.items():
            more = f" ({count:,} files)" if count > 1 else ""
            reason = f"needs {name}{more}, which the framework loads only if it is allowed"
            findings.append(Finding("type", "info", file, where, reason, f"allowed_checkpoint_types=[{quoted(name)}]"))
        findings += [*self._secrets.findings(), *self._repetitions.findings()]
        findings.sort(key=lambda finding: (_ORDER[finding.severity], finding.file, finding.path, finding.kind))
        is_database = bool(self._refs) and all(terms_of(ref) is GRAPH_TERMS for ref in self._refs)
        return Report(tuple(findings), tuple(sorted(self._types)), self._files, self._undecodable, is_database)

    def _add(self, kind: str, severity: Severity, file: str, path: str, reason: str, fix: str = "") -> None:
        self._findings.append(Finding(kind, severity, file, path, reason, fix))

    def _notes(self, checkpoint: Checkpoint) -> None:
        ref = checkpoint.ref
        for warning in checkpoint.warnings:
            for start, kind, fix in NOTES:
                if warning.startswith(start):
                    # The key of an executor's state, which holds two bars at least, three where its id has one.
                    is_dotnet = kind == "repeated-keys" and checkpoint.topology is not None and "|" in warning
                    self._add(kind, "warning", ref.file, "", warning, REPEATED_BY_DOTNET if is_dotnet else fix)
        for found in SHAPES.compiled.finditer(ref.note):
            self._add("wrong-shape", "warning", ref.file, "", found[0], "Restore the file from a copy.")

    def _candidate(self, ref: CheckpointRef, types: tuple[str, ...]) -> None:
        """Keep the members by which Agent Framework chooses the latest checkpoint."""
        if ref.chain or (ref.store_metadata is not None and ref.store_metadata.run) or "#" in ref.file:
            return
        own = [finding for finding in self._findings if finding.file == ref.file]
        if any(finding.kind == "exported" for finding in own):
            return  # of a database, where nothing is skipped
        hopeless = next((finding.reason for finding in own if finding.kind in HOPELESS), "")
        is_dangerous = any(finding.severity == "danger" for finding in own)
        self._candidates.append(Candidate(ref.file, ref.workflow, ref.timestamp, hopeless, types, is_dangerous, ref))


def allow_lines(types: Iterable[str]) -> list[str]:
    """The argument of FileCheckpointStorage that allows these types, line by line, to paste."""
    return ["allowed_checkpoint_types=[", *(f"    {quoted(name)}," for name in types), "]"]
