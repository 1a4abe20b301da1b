"""One resume, by the framework itself and by `ckpt-tui resume`, each in a process of its own, and their comparison."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.cli.commands import here
from tests.support.resumes import essence

HOOKS = Path(__file__).with_name("hooks")
ROOT = Path(__file__).parents[2]
TIMEOUT = 90.0
"""Seconds for one process; the slowest sample needs six."""


@dataclass(frozen=True)
class Program:
    """A program as it is started.

    Attributes:
        words: What follows the interpreter: `app.py`, or `-m pkg.app`.
        directory: Where it is started.
        python: Its interpreter.
        path: Directories of `PYTHONPATH`.
        arguments: Its own arguments.
        inputs: Lines for its `input()`.
        environment: Variables that it needs.
    """

    words: tuple[str, ...]
    directory: Path
    python: str = sys.executable
    path: tuple[Path, ...] = ()
    arguments: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def target(self) -> str:
        """How `--workflow` names it."""
        return self.words[-1]


@dataclass
class Resumed:
    """What a resume did.

    Attributes:
        events: Type, executor, state, request and data of each, in order.
        outcome: done, waiting or failed; refused where nothing was run.
        error: Why it failed.
        checkpoints: The new checkpoints, decoded, without what differs from run to run.
    """

    events: list[dict[str, Any]] = field(default_factory=list)
    outcome: str = ""
    error: str = ""
    checkpoints: list[Any] = field(default_factory=list)


def environment(program: Program, home: Path, **more: str) -> dict[str, str]:
    """The environment of a process: that of the person, a home of its own, hashes that are always the same."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CKPT_TUI", "RESUME_"))}
    path = os.pathsep.join(str(each) for each in (HOOKS, *program.path))
    return {
        **kept, "HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "XDG_CONFIG_HOME": str(home / "config"),
        "PYTHONHASHSEED": "0", "PYTHONPATH": path, "TZ": "UTC", **program.environment, **more,
    }  # fmt: skip


def run(
    words: Sequence[str | Path], directory: Path, variables: Mapping[str, str], text: str = ""
) -> tuple[int, str, str]:
    """Run a process to its end; returns its exit code (-9 when it took too long), output and errors."""
    process = subprocess.Popen(
        [str(word) for word in words], cwd=directory, env=dict(variables), stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        out, err = process.communicate(text.encode(), timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
    return process.returncode, out.decode(errors="replace"), err.decode(errors="replace")


def by_framework(program: Program, store: Path, name: str, answers: Mapping[str, Any], into: Path) -> Resumed:
    """Resume in the framework itself: the program's own call of `run`, with the id of the checkpoint."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    shutil.copytree(store, into / "store")
    result = into / "result.json"
    variables = environment(
        program, into, RESUME_HOOK="resume", RESUME_STORE=str(into / "store"), RESUME_ID=name,
        RESUME_RESULT=str(result), RESUME_ANSWERS=json.dumps(dict(answers)),
        RESUME_ENCODER=str(ROOT / "ckpt_tui" / "runner"),
    )  # fmt: skip
    words = (program.python, *program.words, *program.arguments)
    _, _, err = run(words, program.directory, variables, "".join(f"{line}\n" for line in program.inputs))
    if not result.exists():
        return Resumed(outcome="refused", error=last_line(err) or "it ran no workflow of this graph")
    found = json.loads(result.read_text())
    for path in (into / "store").glob("*.json"):
        if path.name not in found["new"]:
            path.unlink()
    documents = essence(into / "store", name)
    return Resumed(found["events"], found["outcome"], found["error"], _normal(documents, name))


def by_ckpt_tui(
    program: Program, store: Path, name: str, answers: Mapping[str, Any], home: Path, *options: str | Path,
    package: Path = ROOT,
) -> Resumed:  # fmt: skip
    """Resume with `ckpt-tui resume` and the program as the target; the new checkpoints stay where it wrote them.

    Args:
        program: The program.
        store: The store to resume from.
        name: The checkpoint.
        answers: Answers by request, as JSON.
        home: The home directory of the process.
        options: More of the command line.
        package: The directory that holds the package to test.
    """
    given = [word for key, value in answers.items() for word in ("--response", f"{key}={json.dumps(value)}")]
    code, lines, err = ckpt_tui(program, store, name, home, *given, *options, "--yes", package=package)
    (home / "lines.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (home / "errors.txt").write_text(err)
    return read_lines(lines, name, err if code not in (0, 6) else "")


def ckpt_tui(
    program: Program, store: Path, name: str, home: Path, *options: str | Path, package: Path = ROOT
) -> tuple[int, list[dict[str, Any]], str]:
    """Run `ckpt-tui resume --json` with a program as the target; returns its exit code, lines and errors."""
    words: list[str | Path] = ["resume", store, name, "--workflow", program.target]
    words += [word for line in program.inputs for word in ("--input", line)]
    words += [*options, "--json"]
    virtual = Path(program.python).parents[1]
    variables = environment(program, home, VIRTUAL_ENV=str(virtual))
    variables["PYTHONPATH"] += os.pathsep + str(package)
    if not (virtual / "pyvenv.cfg").exists():
        words += ["--python", program.python]
    words += ["--", *program.arguments] if program.arguments else []
    if package == ROOT:  # only the framework's process is a new one
        code, out, err = here(*words, directory=program.directory, **variables)
    else:
        code, out, err = run([sys.executable, "-m", "ckpt_tui", *words], program.directory, variables)
    return code, [json.loads(line) for line in out.splitlines()], err


def read_lines(lines: list[dict[str, Any]], name: str, err: str) -> Resumed:
    """What the lines of `ckpt-tui resume --json` say of a resume."""
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        by_kind.setdefault(line["kind"], []).append(line)
    end = by_kind.get("end", [{"outcome": "refused"}])[-1]
    problems = [
        f"{each['what']} ({each['fix']})" for line in by_kind.get("check", [])[-1:] for each in line["problems"]
        if each["level"] == "error"
    ]  # fmt: skip
    errors = [str(line["what"]) for line in by_kind.get("error", [])]
    out = Resumed(by_kind.get("event", []), end["outcome"], "; ".join([*problems, *errors]))
    saved = by_kind.get("checkpoint", [])
    if saved:
        out.checkpoints = _normal(essence(Path(saved[0]["directory"]), name), name)
    if not out.error and out.outcome not in ("done", "waiting"):
        out.error = last_line(err)
    return out


def last_line(text: str) -> str:
    """The last line that says something: of a traceback, the error."""
    found = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith(" ")]
    return found[-1][:300] if found else ""


_VARYING = (
    (re.compile(r"0x[0-9a-f]{6,}"), "ADDRESS"),
    (re.compile(r"20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)?"), "TIME"),
)
_IDS = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|call_[0-9a-f]{8,}")


def _normal(value: Any, name: str) -> Any:
    """A value without what differs from run to run: ids by their order, no times, no addresses."""
    text = json.dumps(value)
    for pattern, instead in _VARYING:
        text = pattern.sub(instead, text)
    known = {name: "the one resumed"}
    return json.loads(_IDS.sub(lambda match: known.setdefault(match[0], f"id {len(known)}"), text))


def shape(events: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Type, executor and state of each event."""
    return [(each["type"], each["executor_id"], each["state"]) for each in events]


def values(events: list[dict[str, Any]], name: str) -> list[Any]:
    """The data of each event, in order."""
    return list(_normal([[each["type"], each["request_id"], each["data"]] for each in events], name))


def differences(expected: Resumed, found: Resumed, name: str) -> list[str]:
    """What is not the same in two resumes of one checkpoint, most important first; none when they are equal."""
    out = []
    if found.outcome == "refused" and expected.outcome in ("failed", "refused"):
        return []  # it would have failed; here it is said before anything runs
    if expected.outcome != found.outcome:
        out.append(f"ends {found.outcome}, not {expected.outcome}: {found.error or expected.error}")
    first, second = shape(expected.events), shape(found.events)
    if first != second:
        at = next(
            (i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
        )
        out.append(
            f"event {at}: {second[at : at + 1]}, not {first[at : at + 1]} ({len(second)} events, not {len(first)})"
        )
    else:
        before, after = values(expected.events, name), values(found.events, name)
        out += [
            f"value of event {i}, {a[0]}: {_apart(a, b)}"
            for i, (a, b) in enumerate(zip(before, after, strict=True))
            if not _same(a, b)
        ][:3]
    if len(expected.checkpoints) != len(found.checkpoints):
        out.append(f"{len(found.checkpoints)} new checkpoints, not {len(expected.checkpoints)}")
    elif expected.checkpoints != found.checkpoints:
        out.append(f"new checkpoints differ: {_apart(expected.checkpoints, found.checkpoints)}")
    return out


def _same(expected: Any, found: Any) -> bool:
    """Whether two values are equal; what is masked in the second is equal to any text."""
    if isinstance(found, dict) and "$masked" in found:
        return True
    if isinstance(found, str) and "••••••" in found:
        return isinstance(expected, str)
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(_same(expected[key], found[key]) for key in expected)
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(_same, expected, found))
    return bool(expected == found)


def _apart(expected: Any, found: Any, path: str = "@") -> str:
    """Where two values are first apart, and how."""
    if isinstance(expected, dict) and isinstance(found, dict) and expected.keys() == found.keys():
        pairs = [(f"{path}.{key}", expected[key], found[key]) for key in expected]
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = [(f"{path}[{index}]", *both) for index, both in enumerate(zip(expected, found, strict=True))]
    else:
        return f"{path}: {json.dumps(found)[:120]}, not {json.dumps(expected)[:120]}"
    for place, first, second in pairs:
        if not _same(first, second):
            return _apart(first, second, place)
    return "nothing"


def digest(directory: Path) -> dict[str, str]:
    """Each file below a directory: its path → a digest of its content."""
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*")) if path.is_file()
    }  # fmt: skip
