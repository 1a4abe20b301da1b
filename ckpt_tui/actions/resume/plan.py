"""The plan of a run: whose code, from which checkpoint, with which answers and changes, and where it writes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ckpt_tui.actions.resume.document_edits import Edit as Edit
from ckpt_tui.actions.resume.fork_overlays import fork_directory, protected
from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.runs.short_ids import short_id
from ckpt_tui.core.runs.workflow_names import label_of
from ckpt_tui.core.shell_words import shell_line, shell_word
from ckpt_tui.stores.headers import KIND
from ckpt_tui.stores.postgres_address import is_postgres

RUNNER = os.path.join(
    os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "runner", "entry.py"
)
"""The program that is started; it is never imported."""

FAILED = 5
"""Exit code of a resume that could not be, or that failed."""


@dataclass(frozen=True, slots=True)
class GraphThread:
    """The place of a checkpoint of LangGraph in its store, and the nodes of its graph that it names.

    Attributes:
        name: The thread.
        checkpoint: The id within it.
        prefix: What ids of its checkpoints begin with in the list, without the slash.
        nodes: Nodes that ran.
        next: Nodes that run next, as far as the checkpoint names them.
    """

    name: str
    checkpoint: str
    prefix: str
    nodes: tuple[str, ...] = ()
    next: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """The checkpoint to run from, and what its file shows without being loaded.

    Attributes:
        store: The directory that holds it; "" where the program is run from its beginning.
        id: Its id; "" as well.
        graph: Its graph signature hash.
        types: Classes that its pickles name, `module:qualname`.
        executors: The executors whose state it keeps.
        inner: Executor → the workflow within it, where the checkpoint holds that one's own checkpoint: `executors`,
            `graph` (its hash) and `inner`, which is one of these again.
        thread: Where it is in a store of LangGraph, empty where a graph is run from its beginning; None for Agent
            Framework.
        copy: A private database with its thread, where the store itself is not one that the runner can read.
        workflow: The workflow's name.
        iteration: Its iteration count.
        later: Classes that other checkpoints of its branch name besides, which the run may save again.
    """

    store: str
    id: str
    graph: str
    types: tuple[str, ...] = ()
    executors: tuple[str, ...] = ()
    workflow: str = ""
    iteration: int = 0
    later: tuple[str, ...] = ()
    inner: Mapping[str, Any] = field(default_factory=dict)
    thread: GraphThread | None = None
    copy: str = ""

    @property
    def label(self) -> str:
        """The workflow's name for people."""
        return label_of(self.workflow, self.graph)

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes that the checkpoint shows of a graph of LangGraph."""
        return () if self.thread is None else (*self.thread.nodes, *self.thread.next)

    @property
    def framework(self) -> str:
        """The package that the interpreter needs."""
        return "agent_framework" if self.thread is None else "langgraph"

    @property
    def suffix(self) -> str:
        """How the names of new places for checkpoints end: those of a database are databases."""
        return "" if self.thread is None else ".sqlite"


@dataclass(frozen=True, slots=True)
class Target:
    """Whose code is run, and how it is built.

    Attributes:
        workflow: A program as it is (`path/app.py`, or `pkg.app` as in `python -m pkg.app`), or a name in one
            (`path/app.py:attribute`, `module:attribute`).
        python: The interpreter.
        args: Arguments of a factory, by name.
        storage: What makes the application's own storage, for its allow-list; "" for none.
        allow: Types to load besides those, `module:qualname`.
        arguments: Command-line arguments of a program as it is.
        inputs: Lines that the program's `input()` gets, in order; after the last one it finds the end of its input.
        directory: Where the program is started, and what relative paths and modules are found from; "" for the
            current directory.
    """

    workflow: str
    python: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)
    storage: str = ""
    allow: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    directory: str = ""

    @property
    def place(self) -> str:
        """The program or the module, without the name in it."""
        return parts(self.workflow)[0]

    @property
    def is_path(self) -> bool:
        """Whether the program is named by its path."""
        return is_path(self.place)

    @property
    def is_program(self) -> bool:
        """Whether a program is named as it is, not a name in one."""
        return not parts(self.workflow)[1]


@dataclass(frozen=True, slots=True)
class Plan:
    """One resume.

    Attributes:
        source: The checkpoint.
        target: The code.
        into: The directory for new checkpoints.
        responses: Answers by request id, as JSON.
        edits: What is changed first.
        pauses: Where the run waits, as the runner takes it: `hold`, `executors`; None where it never does.
        debugpy: The port at which an editor is to attach before the workflow begins; 0 for none.
        goes_on: Whether it goes on with a run that was given the program's input already.
    """

    source: Source
    target: Target
    into: str
    responses: Mapping[str, Any] = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()
    pauses: Mapping[str, Any] | None = None
    debugpy: int = 0
    goes_on: bool = False

    def document(self, mode: str) -> dict[str, Any]:
        """The plan as the runner reads it: its first line of input.

        Args:
            mode: "check" (show and end), "run" (check, then run), "ask" (check, then wait for commands).
        """
        modules = dict.fromkeys(name.partition(":")[0] for name in self.source.types)
        return {
            "mode": mode, "parent": os.getpid(), "store": self.source.copy or self.source.store or None,
            "checkpoint": self.source.id or None,
            "graph": self.source.graph, "workflow": self.source.workflow, "executors": list(self.source.executors),
            "inner": dict(self.source.inner), "types": list(self.source.types), "modules": list(modules),
            "later": list(self.source.later), "target": self.target.workflow, "args": dict(self.target.args),
            "arguments": list(self.target.arguments), "inputs": list(self.target.inputs),
            "storage": self.target.storage or None, "debug": dict(self.pauses) if self.pauses is not None else None,
            "debugpy": self.debugpy or None,
            "protected": protected(self.source.store) if self.source.store else [], **self.changes(), **self._thread(),
        }  # fmt: skip

    def _thread(self) -> dict[str, Any]:
        thread = self.source.thread
        if thread is None:
            return {}
        return {
            "framework": "langgraph", "thread": thread.name, "checkpoint": thread.checkpoint, "prefix": thread.prefix,
            "nodes": list(thread.nodes), "next": list(thread.next), "postgres": is_postgres(self.source.store),
            "goes_on": self.goes_on,
        }  # fmt: skip

    def changes(self) -> dict[str, Any]:
        """What may change between a check and the run: answers, edits, the allow-list, the directory."""
        return {
            "into": self.into, "responses": dict(self.responses), "allow": list(self.target.allow),
            "edits": [edit.document() for edit in self.edits],
        }  # fmt: skip

    def command(self, with_into: bool = True) -> list[str]:
        """The words of the command line that does the same, to paste into a shell.

        Args:
            with_into: Name the directory for new checkpoints; without, a new one is made.
        """
        options = ["--workflow", self.target.workflow] if self.source.id else []
        python = self.target.python
        options += ["--python", os.path.abspath(python) if os.sep in python else python] if python else []
        for name, value in self.target.args.items():
            options += ["--arg", f"{name}={dumps(value, None)}"]
        options += ["--storage", self.target.storage] if self.target.storage else []
        for name in self.target.allow:
            options += ["--allow", name]
        for name, value in self.responses.items():
            options += ["--response", f"{name}={dumps(value, None)}"]
        for edit in self.edits:
            options += ["--drop", edit.text] if edit.drops else ["--set", f"{edit.text}={dumps(edit.value, None)}"]
        for line in self.target.inputs:
            options += ["--input", line]
        options += ["--into", self.into] if with_into else []
        if not self.source.id:
            arguments = ["--", *self.target.arguments] if self.target.arguments else []
            return ["ckpt-tui", "run", self.target.workflow, *options, *arguments]
        where = [self.source.store, self.source.id]
        if self.source.id.startswith("-"):  # else it would be taken for an option
            return ["ckpt-tui", "resume", *options, "--", *where, *self.target.arguments]
        return [
            "ckpt-tui",
            "resume",
            *where,
            *options,
            *(["--", *self.target.arguments] if self.target.arguments else []),
        ]

    def command_text(self, with_into: bool = True) -> str:
        """The command line, quoted for a shell in the current directory; see `command`."""
        directory, words = self.target.directory, shell_line(self.command(with_into))
        here = not directory or os.path.realpath(directory) == os.path.realpath(working_directory())
        return words if here else f"cd {shell_word(directory)} && {words}"


def parts(workflow: str) -> tuple[str, str]:
    """The program or module that a target names, and the name in it, which is "" for a whole program."""
    place, _, name = workflow.rpartition(":")
    if not place or not all(part.isidentifier() for part in name.split(".")):
        return workflow.rstrip(":"), ""
    return place, name


def is_path(place: str) -> bool:
    """Whether the place of a target is a file, rather than a module."""
    return place.endswith((".py", ".json")) or os.sep in place


def working_directory() -> str:
    """The current directory; where it is gone, the root."""
    try:
        return os.getcwd()
    except OSError:
        return os.path.abspath(os.sep)


def make_plan(
    source: Source, target: Target, into: str = "", responses: Mapping[str, Any] | None = None,
    edits: Sequence[Edit] = (),
) -> Plan:  # fmt: skip
    """A plan; without `into`, new checkpoints go to a directory of their own."""
    where = os.path.abspath(os.path.expanduser(into)) if into else ""
    if where and source.thread is not None and os.path.isdir(where):
        where = os.path.join(where, os.path.basename(source.store))
    where = where or fork_directory(source.store, short_name_of(source), source.suffix)
    return Plan(source, target, where, dict(responses or {}), tuple(edits))


def short_name_of(source: Source) -> str:
    """A short name of a checkpoint: the beginning of its id, or what distinguishes ids that begin with a time."""
    return source.id[:8] if source.thread is None else short_id(source.thread.checkpoint)


__all__ = [
    "FAILED", "KIND", "RUNNER", "Edit", "GraphThread", "Plan", "Source", "Target", "is_path", "make_plan", "parts",
    "working_directory",
]  # fmt: skip
