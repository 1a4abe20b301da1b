"""Checks a plan: builds the workflow, and reports everything that can be known before it runs."""

from __future__ import annotations

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
from .moved import moved, moved_fix, other_name_fix, roots_of
from .problems import Problem, has_errors, is_in_danger, problem, type_states
from .resumption import Faults
from .shown import type_name
from .storage import Overlay, save_fix


class Preflight(Loading):
    """Checks a plan, before it runs.

    Args:
        plan: What to do; see docs/resume.md.
        lines: Takes the lines of the report.
    """

    def __init__(self, plan: dict[str, Any], lines: Lines) -> None:
        super().__init__(plan, lines)
        self.checkpoint: Any = None
        self.overlay: Overlay | None = None
        self.calls = Calls(lines)
        self.seen: dict[str, Any] = {}

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
        """Report everything that is known before it runs; loads the checkpoint."""
        problems: list[Problem] = []
        types = type_states(self.gate, self.gate.names, problems)
        found = {**self.checked(problems), "types": types}
        self.checkpoint = None
        if self.plan["checkpoint"]:
            if not has_errors(problems):
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
        found["ok"] = not has_errors(problems)
        return found

    def _check_later(self, problems: list[Problem]) -> None:
        """Types that checkpoints to come may hold, and that are not allowed.

        Those of other checkpoints of the branch, and those that the workflow's handlers and agents name.
        """
        known = {str(each["name"]) for each in problems}
        for name in dict.fromkeys((*self.plan.get("later", ()), *handled_types(self.workflow))):
            if name not in known and self.gate.state_of(name)[0] == "blocked":
                what = f"{name} is not allowed: a checkpoint that holds one {self.framework.refusal}"
                problems.append(problem("warning", "save", what, f"--allow {name}", name))

    def _load_checkpoint(self, problems: list[Problem]) -> None:
        """Load the checkpoint, unless that would have an effect that was not confirmed."""
        if is_in_danger(problems) and not self.confirmed:
            return
        try:
            self.checkpoint = self.gate.load(self._types())
        except Exception as error:
            name = save_fix(error).get("type", "")
            fix = f"--allow {name}" if name else "`ckpt-tui doctor` shows what is wrong with the file"
            problems.append(problem("error", "type" if name else "checkpoint", said(error), fix, name))

    def _check_graph(self, problems: list[Problem]) -> None:
        workflow, wanted = self.workflow, self.plan["graph"]
        if workflow.graph_signature_hash == wanted:
            return
        parts = differences(workflow, self.plan)
        fix = "build the workflow as it was when the checkpoint was written"
        what = "the workflow's graph differs from the checkpoint's" + (f"; {'; '.join(parts)}" if parts else "")
        problems.append(problem("error", "graph", what, fix))

    def _check_moved(self, problems: list[Problem], types: list[dict[str, Any]]) -> None:
        """Report where classes that cannot be imported are now."""
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

    def _check_limit(self, problems: list[Problem]) -> None:
        limit = getattr(self.workflow, "max_iterations", None)
        done = self.checkpoint.iteration_count
        if not isinstance(limit, int):
            return
        if done >= limit:
            what = f"the checkpoint is at iteration {done}, the workflow ends at {limit}"
            problems.append(problem("error", "limit", what, "build it with a larger max_iterations"))
        elif limit - done <= 5:
            what = f"{limit - done} iterations are left: the workflow ends at {limit}"
            problems.append(problem("warning", "limit", what, "build it with a larger max_iterations"))

    def _pending(self) -> dict[str, Any]:
        return dict(self.checkpoint.pending_request_info_events) if self.checkpoint is not None else {}

    def _check_responses(self, problems: list[Problem]) -> None:
        pending = self._pending()
        given = self.plan.get("responses", {})
        _, faults = self.answers(given, pending)
        problems.extend(problem("error", "response", what, fix, name) for name, what, fix in faults)
        for name, event in pending.items():
            if name not in given:
                hint = answer_hint(event.response_type, event.data)
                what = f"{event.source_executor_id} waits for an answer; {hint}"
                known, answer = accepted_sample(event.response_type, event.data)
                text = json.dumps(answer, ensure_ascii=False) if known else "JSON"
                problems.append(problem("warning", "pending", what, f"--response {quote(f'{name}={text}')}", name))

    def answers(self, given: dict[str, Any], waiting: dict[str, Any]) -> tuple[dict[str, Any], Faults]:
        maker = self.maker()
        answers, faults = {}, []
        for name, document in given.items():
            event = waiting.get(name)
            if event is None:
                known = ", ".join(waiting) or "none"
                faults.append((name, f"no request {name} waits for an answer", f"waiting: {known}"))
                continue
            expected = event.response_type
            try:
                answers[name] = answer_of(document, expected, event.data, maker)
            except ValueError as error:
                hint = answer_hint(expected, event.data)
                faults.append((name, f"the answer to {name} does not fit: {error}", hint))
        return answers, faults

    def _check_edits(self, problems: list[Problem]) -> list[dict[str, Any]]:
        done = []
        for path, change in Editor(self.checkpoint, self.maker()).change(self.plan.get("edits") or []):
            if isinstance(change, ValueError):
                problems.append(problem("error", "edit", f"{path}: {change}", "give a value that fits"))
            elif isinstance(change, Exception):
                problems.append(problem("error", "edit", f"{path}: {said(change)}", "edit another value"))
            else:
                done.append({"path": path, **change})
        return done

    def _again(self) -> list[dict[str, Any]]:
        """The executors that run first: each message in flight and its receiver, each answer and its receiver."""
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
