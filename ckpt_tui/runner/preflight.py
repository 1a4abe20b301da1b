"""A plan made ready: the workflow built, and everything reported that can be known before it runs."""

from __future__ import annotations

import asyncio
import contextlib
import json
from shlex import quote
from typing import Any

from .answers import answer_of
from .calls import Calls
from .edits import Editor
from .events import request_line
from .faults import said
from .forms import accepted_sample, answer_hint
from .graph import differences, handled_types
from .lines import Lines
from .loading import Loading
from .made import Maker
from .moved import moved, moved_fix, other_name_fix, roots_of
from .pauses import Pauses
from .shown import type_name
from .storage import Overlay, save_fix


class Preflight(Loading):
    """A plan checked: everything that can be said before it runs.

    Args:
        plan: What to do; see docs/resume.md.
        lines: Where it is reported.
    """

    def __init__(self, plan: dict[str, Any], lines: Lines) -> None:
        super().__init__(plan, lines)
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.checkpoint: Any = None
        self.overlay: Overlay | None = None
        self.pauses: Pauses | None = None
        self.calls = Calls(lines)
        self.seen: dict[str, Any] = {}
        self.task: asyncio.Task[Any] | None = None
        self.stopping = False
        self.confirmed = plan.get("mode", "run") == "run"
        """Whether the person has said that the run may begin."""

    # the check

    def graph_line(self) -> dict[str, Any]:
        """The graph of the workflow."""
        workflow = self.workflow
        graph: dict[str, Any] = {}
        with contextlib.suppress(Exception):
            graph = workflow.to_dict()
        executors = {
            str(name): {"type": type_name(type(each))} for name, each in getattr(workflow, "executors", {}).items()
        }
        edges = [
            {"group": str(group.get("type")), "source": edge.get("source_id"), "target": edge.get("target_id"),
             "condition": edge.get("condition_name")}
            for group in graph.get("edge_groups", ()) if group.get("type") != "InternalEdgeGroup"
            for edge in group.get("edges", ())
        ]  # fmt: skip
        return {
            "name": str(getattr(workflow, "name", "")), "hash": workflow.graph_signature_hash,
            "start": graph.get("start_executor_id"), "max_iterations": getattr(workflow, "max_iterations", None),
            "executors": executors, "edges": edges,
        }  # fmt: skip

    async def check(self) -> dict[str, Any]:
        """Everything that can be reported before it runs; the checkpoint is loaded by it."""
        problems: list[dict[str, Any]] = []
        found: dict[str, Any] = {
            "target": self.plan["target"], "file": getattr(self.module, "__file__", None) or "",
            "main": self.module.__name__ == "__main__", "problems": problems, "types": self._check_types(problems),
            "requests": [], "again": [], "edits": [], "into": self.plan.get("into"), **self._taken(),
        }  # fmt: skip
        self.checkpoint = None
        if self.plan["checkpoint"]:
            if not any(each["level"] == "error" for each in problems):
                self._load_checkpoint(problems)
            self._check_graph(problems)
        self._check_moved(problems, found["types"])
        self._check_later(problems)
        if self.checkpoint is not None:
            self._check_limit(problems)
            found["requests"] = [request_line(key, each) for key, each in self._pending().items()]
            self._check_responses(problems)
            found["edits"] = self._check_edits(problems)
            found["again"] = self._again()
        found["ok"] = not any(each["level"] == "error" for each in problems)
        return found

    def _taken(self) -> dict[str, Any]:
        """Where the program was taken over, and which workflows it ran before that are not the checkpoint's."""
        passed = [
            {"workflow": str(call.workflow.name), "file": call.file, "line": call.line}
            for call in (self.takeover.passed if self.takeover is not None else ())
        ]
        call = self.call
        taken = {"file": call.file, "line": call.line} if call is not None else None
        return {"taken": taken, "passed": passed, "protected": self.protection.attempts}

    def _check_types(self, problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The types of the checkpoint that its pickles name: ok, blocked, missing, or acting when they are loaded."""
        out = []
        for name in self.gate.names:
            state, why = self.gate.state_of(name)
            out.append({"type": name, "state": state})
            if state == "acts":
                what = f"{name} {why}: that happens when the checkpoint is loaded, because --allow names it"
                problems.append(_problem("warning", "danger", what, "leave out that --allow unless you mean it", name))
            elif state == "blocked":
                what = f"{name} is not allowed to be loaded"
                problems.append(_problem("error", "type", what, f"--allow {name}", name))
            elif state == "refused":
                fix = "resume from a checkpoint you trust; `ckpt-tui doctor` shows where it stands"
                problems.append(_problem("error", "danger", f"{name} {why}, so it is not loaded", fix, name))
            elif state == "missing":
                fix = "run it where the class is importable under this name, or name its script as path/file.py:name"
                problems.append(_problem("error", "type", f"{name} cannot be imported: {why}", fix, name))
        return out

    def _check_later(self, problems: list[dict[str, Any]]) -> None:
        """Types that checkpoints to come may hold, and that are not allowed.

        Those of other checkpoints of the branch, and those that the workflow's handlers and agents name.
        """
        known = {str(each["name"]) for each in problems}
        for name in dict.fromkeys((*self.plan.get("later", ()), *handled_types(self.workflow))):
            if name not in known and self.gate.state_of(name)[0] == "blocked":
                what = f"{name} is not allowed: a checkpoint that holds one {self.framework.refusal}"
                problems.append(_problem("warning", "save", what, f"--allow {name}", name))

    def _load_checkpoint(self, problems: list[dict[str, Any]]) -> None:
        """Load the checkpoint, unless that would do something that nobody has said yes to."""
        if any(each["about"] == "danger" for each in problems) and not self.confirmed:
            return
        try:
            self.checkpoint = self.gate.load(self._types())
        except Exception as error:
            name = save_fix(error).get("type", "")
            fix = f"--allow {name}" if name else "`ckpt-tui doctor` shows what is wrong with the file"
            problems.append(_problem("error", "type" if name else "checkpoint", said(error), fix, name))

    def _check_graph(self, problems: list[dict[str, Any]]) -> None:
        workflow, wanted = self.workflow, self.plan["graph"]
        if workflow.graph_signature_hash == wanted:
            return
        parts = differences(workflow, self.plan)
        fix = "build the workflow as it was when the checkpoint was written"
        what = "the workflow's graph differs from the checkpoint's" + (f"; {'; '.join(parts)}" if parts else "")
        problems.append(_problem("error", "graph", what, fix))

    def _check_moved(self, problems: list[dict[str, Any]], types: list[dict[str, Any]]) -> None:
        """Say of classes that cannot be imported where they are now."""
        for each in problems:
            each["fix"] = (other_name_fix(each["what"]) if each["about"] == "checkpoint" else "") or each["fix"]
        states = {each["type"]: each["state"] for each in types}
        missing = [each for each in problems if each["about"] == "type" and states.get(each["name"]) == "missing"]
        if not missing:
            return
        found = moved([each["name"] for each in missing], roots_of(getattr(self.module, "__file__", None) or ""))
        fix = moved_fix(found)
        for each in missing:
            if each["name"] in found:
                each["fix"] = fix

    def _check_limit(self, problems: list[dict[str, Any]]) -> None:
        limit = getattr(self.workflow, "max_iterations", None)
        done = self.checkpoint.iteration_count
        if not isinstance(limit, int):
            return
        if done >= limit:
            what = f"the checkpoint is at iteration {done}, the workflow ends at {limit}"
            problems.append(_problem("error", "limit", what, "build it with a larger max_iterations"))
        elif limit - done <= 5:
            what = f"{limit - done} iterations are left: the workflow ends at {limit}"
            problems.append(_problem("warning", "limit", what, "build it with a larger max_iterations"))

    def _pending(self) -> dict[str, Any]:
        return dict(self.checkpoint.pending_request_info_events) if self.checkpoint is not None else {}

    def _check_responses(self, problems: list[dict[str, Any]]) -> None:
        pending = self._pending()
        given = self.plan.get("responses", {})
        _, faults = self._answers(given, pending)
        problems.extend(_problem("error", "response", what, fix, name) for name, what, fix in faults)
        for name, event in pending.items():
            if name not in given:
                hint = answer_hint(event.response_type, event.data)
                what = f"{event.source_executor_id} waits for an answer; {hint}"
                known, answer = accepted_sample(event.response_type, event.data)
                text = json.dumps(answer, ensure_ascii=False) if known else "JSON"
                problems.append(_problem("warning", "pending", what, f"--response {quote(f'{name}={text}')}", name))

    def _answers(
        self, given: dict[str, Any], pending: dict[str, Any]
    ) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
        maker = self._maker()
        answers, faults = {}, []
        for name, document in given.items():
            event = pending.get(name)
            if event is None:
                known = ", ".join(pending) or "none"
                faults.append((name, f"no request {name} waits for an answer", f"waiting: {known}"))
                continue
            expected = event.response_type
            try:
                answers[name] = answer_of(document, expected, event.data, maker)
            except ValueError as error:
                hint = answer_hint(expected, event.data)
                faults.append((name, f"the answer to {name} does not fit: {error}", hint))
        return answers, faults

    def _maker(self) -> Maker:
        return Maker(lambda name: self.gate.state_of(name)[0] == "ok")

    def _check_edits(self, problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
        done = []
        for path, change in Editor(self.checkpoint, self._maker()).change(self.plan.get("edits") or []):
            if isinstance(change, ValueError):
                problems.append(_problem("error", "edit", f"{path}: {change}", "give a value that fits"))
            elif isinstance(change, Exception):
                problems.append(_problem("error", "edit", f"{path}: {said(change)}", "edit another value"))
            else:
                done.append({"path": path, **change})
        return done

    def _again(self) -> list[dict[str, Any]]:
        """What runs first: each message in flight and where it goes, each answer and who takes it."""
        targets: dict[str, list[str]] = {}
        for edge in self.graph_line()["edges"]:
            targets.setdefault(str(edge["source"]), []).append(str(edge["target"]))
        out = []
        for source, messages in self.checkpoint.messages.items():
            for message in messages:
                if source.startswith("internal:"):
                    to = [source.removeprefix("internal:")]
                else:
                    to = [message.target_id] if message.target_id else targets.get(source, [])
                out.append({"from": source, "to": to, "type": type_name(type(message.data))})
        pending = self._pending()
        for name in self.plan.get("responses", {}):
            if name in pending:
                executor = pending[name].source_executor_id
                out.append({"from": f"answer {name}", "to": [executor], "type": type_name(pending[name].response_type)})
        joins = self.checkpoint.state.get("_edge_state", None) or ()
        out.extend({"from": "waiting in a fan-in", "to": [], "type": str(key)[:200]} for key in joins)
        return out


def _problem(level: str, about: str, what: str, fix: str, name: str = "") -> dict[str, Any]:
    return {"level": level, "about": about, "what": what, "fix": fix, "name": name}
