"""A plan made ready: the workflow built, and everything told that can be told before it runs."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
from shlex import quote
from typing import Any

from .answers import answer_of
from .edits import Editor
from .events import request_line
from .faults import Fault, said, trace_of
from .forms import accepted_sample, answer_hint
from .framework import Framework
from .graph import differences, handled_types, hash_as
from .lines import Lines
from .made import Maker
from .moved import moved, moved_fix, other_name_fix, roots_of
from .shown import type_name
from .storage import Overlay, save_fix
from .target import Target


class Preflight:
    """One plan, from its check to its end.

    Args:
        plan: What to do; see docs/resume.md.
        lines: Where it is told.
        inbox: Commands of the parent.
    """

    def __init__(self, plan: dict[str, Any], lines: Lines, loop: asyncio.AbstractEventLoop) -> None:
        self.plan, self.lines, self.loop = plan, lines, loop
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.framework = Framework()
        self.allowed: frozenset[str] = frozenset()
        self.storage_types: frozenset[str] = frozenset()
        self.workflow: Any = None
        self.checkpoint: Any = None
        self.overlay: Overlay | None = None
        self.seen: dict[str, Any] = {}
        self.task: asyncio.Task[Any] | None = None
        self.stopping = False

    # loading, before the loop runs: factories may use a loop of their own

    def load(self) -> None:
        """Import the target and build the workflow."""
        plan = self.plan
        self.allowed = frozenset(plan.get("allow", ()))
        target = Target(plan["target"], bool(plan.get("main")))
        module = target.module()
        self._take_storage()
        given = plan.get("args", {})
        workflow = target.build(module, given, self._source_storage, self.loop.run_until_complete)
        differs = workflow.graph_signature_hash != plan["graph"] and not target.as_main
        if differs and hash_as(workflow, module.__name__, "__main__") == plan["graph"]:
            # Written by a script that was started itself: its classes are those of __main__.
            target = Target(plan["target"], as_main=True)
            module = target.module()
            self._take_storage(module)
            workflow = target.build(module, given, self._source_storage, self.loop.run_until_complete)
        self.module, self.target, self.workflow = module, target, workflow

    def _source_storage(self) -> Any:
        return self.framework.storage(self.plan["store"], self._types())

    def _types(self) -> frozenset[str]:
        return self.allowed | self.storage_types

    def _take_storage(self, script: Any = None) -> None:
        """Take the allow-list of the application's own storage.

        Args:
            script: The module that was loaded as the script it was; a storage of the same file is the script's.
        """
        text = self.plan.get("storage")
        if not text:
            return
        target = Target(text)
        module = target.module()
        if script is not None and getattr(module, "__file__", None) == script.__file__:
            module = script
        found = target._attribute(module)
        try:
            if callable(found) and not hasattr(found, "save"):
                required = [
                    each for each in inspect.signature(found).parameters.values()
                    if each.default is each.empty and each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
                ]  # fmt: skip
                found = found(*([self.plan["store"]] if len(required) == 1 else []))
            if inspect.isawaitable(found):
                found = self.loop.run_until_complete(found)
        except BaseException as error:
            what = f"{text} raised {said(error)}"
            raise Fault("storage", what, "it must give a checkpoint storage", trace_of(error)) from None
        types_ = getattr(found, "_allowed_types", None)
        if types_ is None and not hasattr(found, "save"):
            raise Fault("storage", f"{text} gives {type_name(type(found))}, which is no checkpoint storage")
        self.storage_types = frozenset(str(each) for each in types_ or ())

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
        """Everything that can be told before it runs; the checkpoint is loaded by it."""
        problems: list[dict[str, Any]] = []
        found: dict[str, Any] = {
            "target": self.plan["target"], "file": getattr(self.module, "__file__", None) or "",
            "main": self.target.as_main, "problems": problems, "types": self._check_types(problems),
            "requests": [], "again": [], "edits": [], "into": self.plan.get("into"),
        }  # fmt: skip
        self.checkpoint = None
        if not any(each["level"] == "error" for each in problems):
            await self._load_checkpoint(problems)
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

    def _check_types(self, problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
        out = []
        allowed = self._types()
        for name in self.plan.get("types", ()):
            state, why = self.framework.state_of(name, allowed)
            out.append({"type": name, "state": state})
            if state == "blocked":
                problems.append(
                    _problem("error", "type", f"{name} is not allowed to be loaded", f"--allow {name}", name)
                )
            elif state == "missing":
                fix = "run it where the class is importable under this name, or name its script as path/file.py:name"
                problems.append(_problem("error", "type", f"{name} cannot be imported: {why}", fix, name))
        return out

    def _check_later(self, problems: list[dict[str, Any]]) -> None:
        """Types that the workflow's handlers name and that are not allowed: checkpoints to come may hold them."""
        allowed = self._types()
        known = {str(each["name"]) for each in problems}
        for name in handled_types(self.workflow):
            if name not in known and self.framework.state_of(name, allowed)[0] == "blocked":
                what = f"{name} is not allowed: a checkpoint that holds one {self.framework.refusal}"
                problems.append(_problem("warning", "save", what, f"--allow {name}", name))

    async def _load_checkpoint(self, problems: list[dict[str, Any]]) -> None:
        plan = self.plan
        try:
            self.checkpoint = await self.framework.load(plan["store"], plan["checkpoint"], self._types())
        except Exception as error:
            name = save_fix(error).get("type", "")
            fix = f"--allow {name}" if name else "`ckpt-tui doctor` tells what is wrong with the file"
            problems.append(_problem("error", "type" if name else "checkpoint", said(error), fix, name))

    def _check_graph(self, problems: list[dict[str, Any]]) -> None:
        workflow, wanted = self.workflow, self.plan["graph"]
        if workflow.graph_signature_hash == wanted:
            return
        parts = differences(workflow, self.plan)
        fix = "build the workflow as it was when the checkpoint was written"
        place = self.module.__name__
        for module in self.plan.get("modules", ()):
            if hash_as(workflow, place, module) == wanted:
                fix = f"name it by the module it was imported as: --workflow {module}:{self.target.attribute}"
        what = "the graph of the workflow is another than the checkpoint's" + (f"; {'; '.join(parts)}" if parts else "")
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
        return dict(self.checkpoint.pending_request_info_events)

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
        allowed = self._types()
        return Maker(lambda name: self.framework.state_of(name, allowed)[0] == "ok")

    def _check_edits(self, problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
        editor = Editor(self.checkpoint, self._maker())
        done = []
        for edit in self.plan.get("edits", ()):
            try:
                done.append({"path": edit["path"], **editor.apply(edit["steps"], edit["value"])})
            except ValueError as error:
                problems.append(_problem("error", "edit", f"{edit['path']}: {error}", "give a value that fits"))
            except Exception as error:
                problems.append(_problem("error", "edit", f"{edit['path']}: {said(error)}", "edit another value"))
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
