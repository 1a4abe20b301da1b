"""The programs that are proposed for a resume, in the order in which they are: used before, suggested, found."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from ckpt_tui.actions.resume.discovery import Candidate
from ckpt_tui.actions.resume.interpreters import default_python, python_for
from ckpt_tui.actions.resume.plan import Target, is_path, parts, working_directory
from ckpt_tui.actions.resume.project_files import project_root
from ckpt_tui.actions.resume.targets import Suggestion, is_same_code, remembered, suggested

Origin = Literal["used", "suggested", "found"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A program that a person may choose; nothing of it has run.

    Attributes:
        target: The program; its paths are absolute, its interpreter is named.
        origin: Why it is proposed.
        reason: The same as text.
        question: Why it is started only after a question of its own, as a sentence; "" when it needs none.
        remark: A remark on its interpreter; mostly "".
        file: The project file that suggests it, or "".
    """

    target: Target
    origin: Origin
    reason: str
    question: str = ""
    remark: str = ""
    file: str = ""

    @property
    def program(self) -> str:
        """The program as it is written in its directory."""
        return program_text(self.target)


def known_proposals(store: str, framework: str = "agent_framework", nodes: Iterable[str] = ()) -> list[Proposal]:
    """What was used for a store before and what a project suggests; quick, since nothing is searched.

    Args:
        store: The store.
        framework: The package that the program needs.
        nodes: The nodes of the graph, as far as a checkpoint shows them.
    """
    out = []
    used = remembered(store, nodes)
    if used is not None and not (is_path(used.place) and not os.path.exists(used.place)):
        out.append(Proposal(with_python(used, store, framework)[0], "used", "used for this store before"))
    found = suggested(store)
    if found is not None:
        out.append(_of_suggestion(found, store, framework))
    return ordered(out)


def found_proposals(candidates: Iterable[Candidate]) -> list[Proposal]:
    """The candidates that were found, as proposals."""
    return [
        Proposal(
            each.target, "found", each.reason, f"{each.file} {each.doubt}." if each.doubt else "", each.remark
        )
        for each in candidates
    ]  # fmt: skip


def ordered(proposals: Iterable[Proposal]) -> list[Proposal]:
    """Each program once, as it was proposed first; those that need a question of their own come last."""
    out: list[Proposal] = []
    for proposal in sorted(proposals, key=lambda each: bool(each.question)):
        if not any(is_same_code(proposal.target, each.target) for each in out):
            out.append(proposal)
    return out


def with_python(target: Target, store: str, framework: str = "agent_framework") -> tuple[Target, str]:
    """A target whose interpreter is named, and a message about it.

    Args:
        target: The target; an interpreter that it names stays.
        store: The directory of checkpoints.
        framework: The package that the program needs.
    """
    if target.python:
        return target, ""
    directory = target.directory or working_directory()
    place = parts(target.workflow)[0]
    if is_path(place):
        file = os.path.join(directory, os.path.expanduser(place))
    elif target.directory:
        file = os.path.join(directory, place)
    else:
        return replace(target, python=default_python(store)), ""
    above = os.path.dirname(os.path.abspath(file))
    python, remark = python_for(file, project_root(above) or above, store, framework)
    return replace(target, python=python), remark


def _of_suggestion(found: Suggestion, store: str, framework: str) -> Proposal:
    target, remark = with_python(found.target, store, framework)
    name = os.path.basename(found.file)
    question = f"{found.subject} {found.doubt}." if found.doubt else ""
    return Proposal(target, "suggested", f"suggested by {name}", question, remark, found.file)


def short_path(path: str, directory: str = "") -> str:
    """A path as it is written in a directory: relative where it lies in it, else as it is."""
    base = directory or working_directory()
    for root in dict.fromkeys((os.path.abspath(base), os.path.realpath(base))):
        if path.startswith(root.rstrip(os.sep) + os.sep):
            return os.path.relpath(path, root)
    return path


def program_text(target: Target) -> str:
    """The program of a target as it is written in its directory."""
    place, name = parts(target.workflow)
    if not is_path(place):
        return target.workflow
    text = short_path(place, target.directory)
    return f"{text}:{name}" if name else text


def parts_to_start(target: Target) -> list[tuple[str, str]]:
    """What would be started, for a person who has to agree: pairs of a label and a text."""
    pairs = [("interpreter", target.python), ("program", target.workflow)]
    pairs += [("directory", target.directory)] if target.directory else []
    pairs += [("storage", target.storage)] if target.storage else []
    pairs += [("arguments", " ".join(target.arguments))] if target.arguments else []
    pairs += [("allows", " ".join(target.allow))] if target.allow else []
    return pairs
