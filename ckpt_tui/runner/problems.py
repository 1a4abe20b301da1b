"""Problems that a check finds before the run, as members of the line `check`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

Problem = dict[str, Any]
"""`level` (error or warning), `about`, `what`, `fix` and `name`."""


class Judging(Protocol):
    """A gate, as far as types are checked by it."""

    @property
    def names(self) -> Iterable[str]:
        """Names in the checkpoint, but for inert data of the standard library."""
        ...

    def state_of(self, name: str) -> tuple[str, str]:
        """Whether a name may be loaded (ok, blocked, missing, refused, acts), and why not."""
        ...


def problem(level: str, about: str, what: str, fix: str, name: str = "") -> Problem:
    """One problem; `name` is that of the type, request or path that it is about, or ""."""
    return {"level": level, "about": about, "what": what, "fix": fix, "name": name}


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether one of them keeps the run from beginning."""
    return any(each["level"] == "error" for each in problems)


def is_in_danger(problems: Iterable[Problem]) -> bool:
    """Whether loading the checkpoint would have an effect that was not confirmed."""
    return any(each["about"] == "danger" for each in problems)


def type_states(
    gate: Judging, names: Iterable[str], problems: list[Problem], blocked: str = "", missing: str = ""
) -> list[dict[str, Any]]:
    """Each type that the gate lists, with its state: ok, blocked, missing, refused, or acts.

    Args:
        gate: Judges the names.
        names: The names to judge.
        problems: Gets the problems.
        blocked: How the sentence on a type that is not allowed ends.
        missing: How the one on a type that cannot be imported ends.
    """
    listed, out = frozenset(gate.names), []
    for name in names:
        state, why = gate.state_of(name)
        if name in listed:
            out.append({"type": name, "state": state})
        if state == "acts":
            what = f"{name} {why}: that happens when the checkpoint is loaded, because --allow names it"
            problems.append(problem("warning", "danger", what, "leave out that --allow unless you mean it", name))
        elif state == "blocked":
            what = f"{name} is not allowed to be loaded{blocked}"
            problems.append(problem("error", "type", what, f"--allow {name}", name))
        elif state == "refused":
            fix = "resume from a checkpoint you trust; `ckpt-tui doctor` shows where it is"
            problems.append(problem("error", "danger", f"{name} {why}, so it is not loaded", fix, name))
        elif state == "missing":
            fix = "run it where the class is importable under this name, or name its script as path/file.py:name"
            problems.append(problem("error", "type", f"{name} cannot be imported: {why}{missing}", fix, name))
    return out
