"""Checks a plan: reports everything that can be known before the graph runs."""

from __future__ import annotations

import contextlib
import json
import os
from shlex import quote
from typing import Any

from ckpt_tui.core.langgraph_layout import START

from ..faults import Fault, said
from ..lines import Lines
from ..problems import Problem, has_errors, is_in_danger, problem, type_states
from ..resumption import Faults
from ..shown import type_name
from .databases import Place
from .graph_events import NodeCalls
from .graph_loading import Loading
from .own_threads import read_thread
from .questions import Question, misfit, named, request_line
from .threads import Thread

_OWN_CONFIG = frozenset((
    "source", "step", "parents", "writes", "run_id", "thread_id", "checkpoint_id", "checkpoint_ns", "run_attempt",
    "counters_since_delta_snapshot", "ls_integration", "lc_agent_name",
))  # fmt: skip
"""Members of a checkpoint's metadata that are LangGraph's own; others are of the config that the run was given."""


class Checking(Loading):
    """Checks a plan, before the graph runs.

    Args:
        plan: What to do; see docs/resume.md.
        lines: Takes the lines of the report.
    """

    def __init__(self, plan: dict[str, Any], lines: Lines) -> None:
        super().__init__(plan, lines)
        self.calls: NodeCalls = NodeCalls()
        self.asked: list[Question] = []
        """The interrupts that wait at the checkpoint."""
        self.kept: list[Any] = []
        """The checkpoints of the thread that the program's own call goes on with."""

    def graph_line(self) -> dict[str, Any]:
        """The graph."""
        graph = self.graph
        executors = {
            str(name): {"type": type_name(type(getattr(node, "bound", node)))}
            for name, node in graph.nodes.items() if name != START
        }  # fmt: skip
        edges: list[dict[str, Any]] = []
        with contextlib.suppress(Exception):  # it is drawn of the person's functions and their annotations
            edges = [
                {"group": "", "source": str(each.source), "target": str(each.target),
                 "condition": str(each.data or "yes") if each.conditional else None}
                for each in graph.get_graph().edges
            ]  # fmt: skip
        return {
            "name": str(getattr(graph, "name", "")), "hash": self.plan.get("graph") or "", "start": START,
            "max_iterations": None, "executors": executors, "edges": edges, "framework": "langgraph",
        }  # fmt: skip

    async def check(self) -> dict[str, Any]:
        """Report everything that is known before it runs; loads the checkpoint, from a copy."""
        problems: list[Problem] = []
        self.asked = []
        found = self.checked(problems)
        if self.begins:
            await self._look_at_own_thread(found)
            found["ok"] = not has_errors(problems)
            return found
        thread = Thread.scratch(self.framework, self.gate, self.graph, self.thread_place)
        try:
            again = self._asked_again()
            thread.copy(self.plan["store"], again)
            found["types"] = self._check_types(thread, problems)
            self._check_nodes(problems)
            if not has_errors(problems) and (self.confirmed or not is_in_danger(problems)):
                self._look(thread, found)
        except Fault as fault:
            problems.append(problem("error", fault.where, fault.what, fault.fix))
        finally:
            thread.close()
        found["ok"] = not has_errors(problems)
        return found

    async def _look_at_own_thread(self, found: dict[str, Any]) -> None:
        """Read the thread that the program's call continues, and the input that the call gives to the graph."""
        call = self.call
        assert call is not None
        thread = (call.config.get("configurable") or {}).get("thread_id")
        name = str(thread) if thread is not None else os.path.basename(self.plan["into"]).removesuffix(".sqlite")
        self.thread_place = Place(name, "")
        self.kept = []
        if self.own_saver is not None and thread is not None:
            try:
                self.kept = await read_thread(self.own_saver, thread, call.is_async)
            except Exception as error:
                what = f"the program's own saver cannot be read, so its thread begins empty: {said(error)}"
                fix = "mend it first: by itself, the program would fail there"
                found["problems"].append(problem("warning", "storage", what, fix))
        given = "nothing" if call.value is None else type_name(type(call.value))
        found["again"] = [{"from": "the program's call", "to": [START], "type": given}]

    def _asked_again(self) -> frozenset[str]:
        """Tasks that were answered, while others of the checkpoint wait, and for which another answer is given."""
        names = list(self.plan.get("responses") or ())
        if not names:
            return frozenset()
        other = Thread.scratch(self.framework, self.gate, self.graph, self.thread_place)
        try:
            other.copy(self.plan["store"])
            if any(self._blocked(encoding, data) for encoding, data in other.stored()):
                return frozenset()
            other.open()
            snapshot = other.snapshot()
            waiting = {each.id for each in other.questions(snapshot)}
            every = other.questions(snapshot, open_only=False)
            meant = [each for name in names for each in named(name, every)]
            return frozenset(each.task for each in meant if each.id not in waiting)
        finally:
            other.close()

    def _blocked(self, encoding: str, data: bytes) -> bool:
        return any(self.gate.state_of(name)[0] not in ("ok", "acts") for name in self.gate.look(encoding, data))

    def _check_types(self, thread: Thread, problems: list[Problem]) -> list[dict[str, Any]]:
        """The classes that the checkpoint and its writes name."""
        names: dict[str, None] = {}
        for encoding, data in thread.stored():
            names.update(dict.fromkeys(self.gate.look(encoding, data)))
        return type_states(
            self.gate, names, problems, blocked=": the program has not imported its module",
            missing="; LangGraph would put None in its place",
        )  # fmt: skip

    def _check_nodes(self, problems: list[Problem]) -> None:
        """The nodes that are to run, and those that ran, against those of the graph."""
        have = set(self.graph.nodes)
        for name in self.plan.get("next") or ():
            if name not in have:
                what = f"{name} runs next, and the graph has no such node: it would never run"
                problems.append(problem("error", "graph", what, "name the graph that wrote the checkpoint"))
        gone = [name for name in self.plan.get("nodes") or () if name not in have]
        gone = [name for name in gone if name not in (self.plan.get("next") or ())]
        if gone:
            some = ", ".join(gone[:5])
            what = f"{some} ran before the checkpoint and {'is' if len(gone) == 1 else 'are'} not in the graph now"
            problems.append(problem("warning", "graph", what, "check that the graph is the one that was run"))

    def _look(self, thread: Thread, found: dict[str, Any]) -> None:
        """Load the checkpoint from the copy, and find its interrupts and the nodes that run next."""
        problems = found["problems"]
        thread.open()
        self._check_channels(thread, problems)
        done, faults = thread.edit(self.plan.get("edits") or [], self.maker())
        found["edits"] = done
        problems += [problem("error", "edit", f"{path}: {why}", "give a value that fits") for path, why in faults]
        snapshot = thread.snapshot()
        self.asked = thread.questions(snapshot)
        found["requests"] = [request_line(each) for each in self.asked]
        _, wrong = self.answers(self.plan.get("responses") or {}, self.asked)
        problems += [problem("error", "response", what, fix, name) for name, what, fix in wrong]
        given = {each.id for name in self.plan.get("responses") or () for each in named(name, self.asked)}
        for question, line in zip(self.asked, found["requests"], strict=True):
            if question.id not in given:
                what = f"{line['executor']} waits for an answer; {line['hint']}"
                text = json.dumps(line["example"], ensure_ascii=False) if "example" in line else "JSON"
                fix = f"--response {quote(f'{question.id}={text}')}"
                problems.append(problem("warning", "pending", what, fix, question.id))
        found["again"] = self._again(thread, snapshot, given)

    def _check_channels(self, thread: Thread, problems: list[Problem]) -> None:
        channels = self.graph.channels
        names = [name for name in thread.checkpoint["channel_values"] if name not in channels]
        lost = [name for name in names if not name.startswith(("__", "branch:", "join:", "start:"))]
        lost = [name for name in lost if name not in self.graph.nodes]
        if lost:
            what = f"the graph has no channel {', '.join(lost[:5])}: what the checkpoint holds there is not loaded"
            problems.append(problem("warning", "graph", what, "check that the graph is the one that was run"))

    def answers(self, given: dict[str, Any], waiting: list[Question]) -> tuple[dict[str, Any], Faults]:
        """The answers by the ids of interrupts; and for each that does not fit its name, the fault, and the fix."""
        answers: dict[str, Any] = {}
        faults: Faults = []
        for name, value in given.items():
            found = named(name, waiting)
            if len(found) != 1:
                known = ", ".join(each.id for each in waiting) or "none"
                several = f"{name} means {len(found)} interrupts" if found else f"no interrupt {name} waits"
                faults.append((name, several, f"waiting: {known}"))
                continue
            why = misfit(value, found[0])
            if why:
                faults.append((name, f"the answer to {name} does not fit: {why}", request_line(found[0])["hint"]))
            answers[found[0].id] = value
        if len(answers) > 1 and not self.framework.has_ids:
            what = f"LangGraph {self.framework.version} takes one answer at a time"
            faults.append((next(reversed(answers)), what, "answer the first one; the run asks for the next"))
        return answers, faults

    def _again(self, thread: Thread, snapshot: Any, answered: set[str]) -> list[dict[str, Any]]:
        """The nodes that run first; one that asks runs again from its beginning once it is answered."""
        done = thread.done()
        asks = {each.task: each.id for each in self.asked}
        out = []
        given = self.own_input(snapshot)
        if given is not None:
            return [{"from": "the program's call", "to": [START], "type": type_name(type(given))}]
        for task in snapshot.tasks:
            if task.id in done or (task.id in asks and asks[task.id] not in answered):
                continue
            origin = f"answer {asks[task.id]}" if task.id in asks else "the checkpoint"
            out.append({"from": origin, "to": [str(task.name)], "type": "its state"})
        return out

    def own_input(self, snapshot: Any) -> Any:
        """The input of the program's call to a thread that is at its end: the next turn of a chat; None for none."""
        value = self.call.value if self.call is not None and not self.plan.get("goes_on") else None
        return None if snapshot.next or isinstance(value, self.framework.command_class) else value

    def configurable(self, metadata: dict[str, Any]) -> dict[str, Any]:
        """Other members of the run's config that the checkpoint keeps: user ids and the like."""
        return {
            name: value for name, value in metadata.items()
            if name not in _OWN_CONFIG and not name.startswith(("__", "langgraph_", "ls_", "lc_"))
            and isinstance(value, (str, int, float, bool))
        }  # fmt: skip
