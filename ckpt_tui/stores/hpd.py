"""HPD-Agent's JsonWorkflowStore: a folder an execution, a file a checkpoint, definitions and logs beside them.

Retention is not on disk: a folder with one file may be LatestOnly or a short history.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from math import inf
from typing import Any, NamedTuple
from urllib.parse import unquote

from ckpt_tui.core.documents.document import DocumentFault, parse
from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.model import Checkpoint, CheckpointRef, Facts, Problem, StoreMetadata, parse_time
from ckpt_tui.core.reading.gist import gist_of_request
from ckpt_tui.core.runs.short_ids import short_guid
from ckpt_tui.core.text import clean
from ckpt_tui.stores.base import Capabilities, Entry, OpenedPath, problem_error
from ckpt_tui.stores.document_values import text
from ckpt_tui.stores.files import FileTrouble, Stamp, read_whole
from ckpt_tui.stores.hpd_document import (
    HpdDigest,
    differences,
    digest,
    is_document,
    metadata,
    outputs,
)
from ckpt_tui.stores.hpd_files import HpdFiles, locate
from ckpt_tui.stores.hpd_graph import Definition, find_definitions
from ckpt_tui.stores.hpd_trace import TraceStep, trace
from ckpt_tui.stores.json_files import problem_of, read_document
from ckpt_tui.stores.polled import PolledStore

KIND = "hpd"

RESUME = "HPD-Agent does not promise to resume these: each run of an agent workflow has a new id; no file is looked up"
RESUME_HOSTED = (
    "HPD-Agent does not promise to resume agent workflows; a graph host goes on from its latest suspension by"
    " POST /workflows/{graph}/resume/{token}"
)


class _Execution(NamedTuple):
    """One folder: its files in order, and the facts that they give together."""

    folder: str
    files: list[tuple[str, HpdDigest]]
    problems: list[Problem]
    sizes: dict[str, int]


_NAME = LatePattern(r"\d{20}-.*\.checkpoint\.json\Z", re.DOTALL)


class HpdStore(PolledStore):
    """A JsonWorkflowStore.

    Args:
        path: Its root.
        only: The name of the one checkpoint file to show, or None.
        folder: The name of the one execution folder to show, or None.
    """

    kind = KIND

    def __init__(self, path: str, only: str | None = None, folder: str | None = None) -> None:
        super().__init__(path)
        self._files = HpdFiles(path, only, folder)
        self._digests: dict[str, tuple[Stamp, HpdDigest | Problem]] = {}
        self._steps: dict[str, TraceStep] = {}
        self._runs: dict[str, list[CheckpointRef]] = {}

    @classmethod
    def sniff(cls, place: OpenedPath) -> HpdStore | None:
        """The root of such a store, its `checkpoints`, one execution folder of it, or one file."""
        if place.head is not None:
            directory, name = os.path.split(place.path)
            return (
                cls(os.path.dirname(os.path.dirname(directory or os.curdir)), only=name)
                if _NAME.compiled.match(name)
                else None
            )
        if not any(map(_NAME.compiled.match, place.names)) and (place.names or not place.has_folders):
            return None
        found = locate(place.path)
        return cls(found.root, folder=found.folder) if found is not None else None

    def fresh(self) -> HpdStore:
        """A new store of the same place that knows nothing yet."""
        return HpdStore(self.path, self._files.only, self._files.folder)

    def capabilities(self, file: str = "") -> Capabilities:
        """No resume, with the reason; the graph where there is a definition."""
        known = self._ref(file)
        resume = RESUME
        if known is not None and known.status == "waiting" and self._files.execution(known.graph, _run_of(known)):
            found = self._digests.get(file)
            said = found[1] if found else None
            token = said.token if isinstance(said, HpdDigest) else "TOKEN"
            resume = RESUME_HOSTED.format(graph=known.graph, token=token)
        prune = "the running program lists these files; delete a whole execution folder when it has ended"
        return Capabilities(resume, prune, bool(find_definitions(self.path)))

    def mark(self) -> object:
        """The stamps of checkpoints, executions and definitions."""
        return self._files.stamps()

    def count(self) -> int:
        """How many checkpoint files there are."""
        return sum(len(names) for _, names in self._files.folders())

    def names(self) -> list[str]:
        """Everything in the execution folders, with its path below the root."""
        return self._files.names()

    def read(self) -> Iterator[Entry]:
        """Executions by their first file, checkpoints by file name."""
        os.stat(self.path)  # a missing root is reported as such
        definitions = self._files.definitions()
        executions = _without_copies([self._execution(folder, names) for folder, names in self._files.folders()])
        executions.sort(key=lambda one: os.path.basename(one.files[0][0]) if one.files else "")
        known = {one.files[0][1].execution for one in executions if one.files}
        position = 0
        for execution in executions:
            yield from execution.problems
            for entry in self._refs(execution, known, definitions, position):
                position += 1
                if self._files.only is None or entry.file.endswith(f"/{self._files.only}"):
                    yield entry
        for definition in definitions.values():
            if definition.trouble and self._files.only is None:
                yield Problem(definition.file, definition.trouble, "definition")

    def load(self, file: str, check: Callable[[], None] | None = None, everything: bool = False) -> Checkpoint:
        """Read and decode one checkpoint.

        Raises:
            UndecodableError: it cannot be shown; the reason is for people.
        """
        data, document = read_document(self.place(file), file)
        if not is_document(document.value):
            raise problem_error(_foreign(file))
        if file not in self._steps:
            for _ in self.read():
                pass
        known = self._ref(file)
        if known is None:
            raise problem_error(Problem(file, "it is not a checkpoint of this store", "foreign"))
        said, step = digest(document.value), self._steps[file]
        about = metadata(document.value, said)
        definition = self._files.definitions().get(known.graph)
        if definition is not None:
            about["definition"] = {"file": definition.file, **definition.about}
        execution, log = self._beside(known)
        if execution:
            about["execution"] = execution
        if log:
            about["log"] = log
        warnings = [*document.notes, *([known.note] if known.note else []), *step.corrections]
        warnings += differences(document.value, said)
        silent = about.get("completedWithoutOutput")
        if silent:
            names = ", ".join(silent)
            warnings.append(f"{names}: complete without output (skipped, approved or failed; the file does not say)")
        return Checkpoint(
            known, {}, outputs(document.value), _pending(said, step, execution), about, tuple(warnings), (), data,
            definition.topology if definition else None,
        )  # fmt: skip

    # -- executions --------------------------------------------------------------------------------------------------

    def _execution(self, folder: str, names: list[str]) -> _Execution:
        execution = _Execution(folder, [], [], {})
        for name in names:
            file = f"checkpoints/{folder}/{name}"
            found, size = self._digest(file)
            execution.sizes[file] = size
            if isinstance(found, Problem):
                if found.kind != "vanished":  # LatestOnly deletes every file but the last
                    execution.problems.append(found)
            else:
                execution.files.append((file, found))
        # By name, then by date where names tie in their ticks, as the store itself lists them.
        execution.files.sort(key=lambda one: (os.path.basename(one[0])[:20], parse_time(one[1].created)))
        return execution

    def _digest(self, file: str) -> tuple[HpdDigest | Problem, int]:
        path = self.place(file)
        stamp = self._files.stamp(file) or Stamp(0, 0, 0)
        known = self._digests.get(file)
        if known is not None and known[0] == stamp:
            return known[1], stamp.size
        said: HpdDigest | Problem
        try:
            stamp, data = read_whole(path)
            value = parse(data).value
            said = digest(value) if is_document(value) else _foreign(file, len(data))
        except FileTrouble as trouble:
            return problem_of(path, file, trouble), 0
        except DocumentFault as fault:
            said = Problem(file, fault.reason, fault.kind, stamp.size)
        self._digests[file] = (stamp, said)
        return said, stamp.size

    def _refs(
        self, execution: _Execution, known: set[str], definitions: dict[str, Definition], position: int
    ) -> Iterator[CheckpointRef]:
        if not execution.files:
            return
        first = execution.files[0][1]
        folder = unquote(execution.folder)
        run = first.execution or folder
        definition = definitions.get(first.graph)
        layers = _layers(definition)
        about = self._files.execution(first.graph, run)
        status = text(about.get("status"))
        steps = trace([said for _, said in execution.files], layers, status)
        refs: list[CheckpointRef] = []
        above, part = part_of(run, known)
        title = part if above else f"execution {short_guid(run)}"
        if definition is not None and not above:
            title = f"{clean(definition.name, 40)} · {short_guid(run)}"
        parent: str | None = None
        for (file, said), step in zip(execution.files, steps, strict=True):
            self._steps[file] = step
            notes = [said.note] if said.note else []
            if said.execution != folder:
                notes.append(f"it says execution {said.execution}, but is in the folder of {folder}")
            given = StoreMetadata(
                run=run, title=title + (f" · {status}" if status else ""), label=step.label, role=step.role,
                status=step.status, step=step.number, ran=step.ran, above=above,
            )  # fmt: skip
            askers = (said.suspended,) if step.waits else ()
            facts = Facts(0, int(step.waits), step.ran[:8], askers, False, _gist(said, step, about))
            ref = CheckpointRef(
                said.id, file, definition.name if definition else "", said.graph, parent, said.created,
                parse_time(said.created), step.iteration, execution.sizes[file], facts, "; ".join(notes),
                position=position, store_metadata=given,
            )  # fmt: skip
            refs.append(ref)
            position += 1
            parent = said.id
        self._runs[run] = refs
        yield from refs

    def _ref(self, file: str) -> CheckpointRef | None:
        return next((ref for run in self._runs.values() for ref in run if ref.file == file), None)

    def _beside(self, ref: CheckpointRef) -> tuple[dict[str, Any], list[Any]]:
        """The execution, which belongs to its last checkpoint, and the lines of its log since the checkpoint before."""
        run = _run_of(ref)
        own = self._runs.get(run, [])
        at = next((index for index, one in enumerate(own) if one.file == ref.file), len(own) - 1)
        last = at == len(own) - 1
        since = own[at - 1].when if at > 0 else 0.0
        execution = self._files.execution(ref.graph, run) if last else {}
        return execution, self._files.log(ref.graph, run, since, inf if last else ref.when)


def _without_copies(executions: list[_Execution]) -> list[_Execution]:
    """The executions, with a problem for each file whose checkpoint is also in another one.

    The one in the folder of its execution counts, else the first.
    """
    at_home = {
        said.id: file
        for execution in reversed(executions)
        for file, said in reversed(execution.files)
        if said.execution == unquote(execution.folder)
    }
    first = {said.id: file for execution in reversed(executions) for file, said in reversed(execution.files)}
    owners = first | at_home
    out = []
    for execution in executions:
        own = [(file, said) for file, said in execution.files if owners[said.id] == file]
        copies = [
            Problem(file, f"the same checkpoint as {owners[said.id]}", "copy", execution.sizes[file])
            for file, said in execution.files
            if owners[said.id] != file
        ]
        out.append(execution._replace(files=own, problems=[*execution.problems, *copies]))
    return out


def _gist(said: HpdDigest, step: TraceStep, execution: dict[str, Any]) -> str:
    """The content of a checkpoint's row in a few words: the question, or the output of the last node that ran."""
    for request in _pending(said, step, execution).values():
        return gist_of_request(request)
    found = dict(said.gists)
    return next((found[node] for node in reversed(step.ran) if found.get(node)), "")


def _pending(said: HpdDigest, step: TraceStep, execution: dict[str, Any]) -> dict[str, Any]:
    """The request of a suspension that waits, by its token."""
    if not step.waits:
        return {}
    asked = execution.get("suspensionMessage") if execution.get("suspendToken") == said.token else None
    return {
        said.token: {
            "source_executor_id": said.suspended,
            "request_type": text(execution.get("suspendReason")) or "Suspension",
            "response_type": "any JSON",
            "data": asked,
        }
    }


def _run_of(ref: CheckpointRef) -> str:
    return ref.store_metadata.run if ref.store_metadata else ""


def _layers(definition: Definition | None) -> list[list[str]]:
    return definition.topology.layers() if definition is not None and definition.topology is not None else []


def part_of(run: str, known: set[str]) -> tuple[str, str]:
    """The execution that `RUN:NODE[INDEX]` is a part of, and its name there; "" and the run for any other name."""
    if not run.endswith("]") or ":" not in run:
        return "", run
    # Node ids may hold colons; an execution that is there decides.
    cuts = [at for at, char in enumerate(run) if char == ":"]
    for at in reversed(cuts):
        if run[:at] in known:
            return run[:at], run[at + 1 :]
    at = cuts[-1]
    if run[at + 1 :].startswith("__partition_map[") and len(cuts) > 1:
        at = cuts[-2]
    return run[:at], run[at + 1 :]


def _foreign(file: str, size: int = 0) -> Problem:
    reason = "not a checkpoint of HPD-Agent: it lacks checkpointId, executionId or completedNodes"
    return Problem(file, reason, "foreign", size)
