"""Loads a target up to its workflow: takes over the person's program at its run, or builds a name in a module."""

from __future__ import annotations

import inspect
import os
import sys
import threading
import time
import typing
from collections.abc import Awaitable, Callable
from typing import Any

from .events import FAILED
from .faults import Fault, said, trace_of
from .framework import Framework
from .gate import Gate
from .graph import allowed_by, defined_types, hash_as, rename_module
from .lines import Lines, vanish
from .places import calling_place
from .program import Program, names_of
from .protection import Protection
from .resumption import Resumption, ended_well
from .shown import type_name
from .takeover import Call, Takeover
from .target import split_target
from .workflow_target import WorkflowTarget, workflows_of


class Loading(Resumption):
    """A plan, its target loaded up to the workflow.

    Args:
        plan: What to do; see docs/resume.md.
        lines: Takes the lines of the report.
    """

    framework: Framework
    gate: Gate
    call: Call | None
    takeover: Takeover | None

    def __init__(self, plan: dict[str, Any], lines: Lines) -> None:
        super().__init__(plan, lines, *split_target(plan["target"]))
        self.framework = Framework()
        self.protection = Protection(
            plan.get("protected") or [plan["store"]] if plan["store"] else [], plan["into"], lines
        )
        self.gate = Gate(frozenset(plan.get("allow", ())), self.framework)
        self.storage_types: frozenset[str] = frozenset()
        self.workflow: Any = None

    # loading, before a loop of ours runs: programs and factories may use loops of their own

    def load(self, carry_out: Callable[[], Awaitable[Any]]) -> None:
        if self.plan["checkpoint"]:
            self.gate.take(self.plan["store"], self.plan["checkpoint"])
        self.gate.install()
        self.protection.install()

        async def begin(call: Call) -> None:
            self._take(call)
            await carry_out()

        self.takeover = Takeover(self.plan, begin, self._loaded_module, self._refuse, self.protection.be_strict)
        self.takeover.install(self.framework.workflow_classes())
        keep_children_from_running()
        main = threading.main_thread().ident
        report_waiting(self.lines, self.plan["target"], "a workflow", lambda: self.workflow is not None, main)
        if self.is_program:
            self._run_program()
        else:
            self._load_name()
        assert self.workflow is not None

    def _take(self, call: Call) -> None:
        self.call, self.workflow = call, call.workflow
        self.module = self._loaded_module()
        self._settle(allowed_by(call.workflow, call.storage))

    def _refuse(self, fault: Fault) -> typing.NoReturn:
        """End all processes of the program, from one that it forked."""
        self.lines.say("error", **fault.line())
        self.lines.say("end", outcome="refused", code=FAILED, pending=[])
        vanish()

    def _loaded_module(self) -> Any:
        """The module of the target, which may still be executing."""
        if self.is_program:
            return sys.modules["__main__"]
        path = os.path.realpath(WorkflowTarget(self.place, self.attribute).source())
        for module in list(sys.modules.values()):
            file = getattr(module, "__file__", None)
            if isinstance(file, str) and os.path.realpath(file) == path:
                return module
        return sys.modules["__main__"]

    def _settle(self, allowed: frozenset[str]) -> None:
        """Take the types that the program allows, and the names under which its module was known."""
        self.storage_types = self.storage_types | allowed
        self.gate.by_program = self.storage_types
        workflow, module, graph = self.workflow, self.module, self.plan["graph"]
        if not graph:
            self.storage_types |= defined_types()
            self.gate.by_program = self.storage_types
        if not graph or workflow.graph_signature_hash == graph:
            return
        for name in (*names_of(getattr(module, "__file__", None) or ""), *self.plan.get("modules", ())):
            if name != module.__name__ and hash_as(workflow, module.__name__, name) == graph:
                rename_module(workflow, module, name, graph)
                return

    def _run_program(self) -> None:
        """Run the program until it is taken over; where it only defines a workflow, take that."""
        takeover = self.takeover
        assert takeover is not None
        program = Program(self.place, self.plan.get("arguments") or [])
        error = self.execute(program)
        found = workflows_of(program.module) if program.module is not None else {}
        fitting = [each for each in found.values() if takeover.fits(each)] if self.plan["graph"] else []
        if fitting and ended_well(error):
            self.workflow = fitting[0]
            self._settle(allowed_by(self.workflow))
            return
        if takeover.lookalike is not None:  # the check says how it differs
            self.call, self.workflow = takeover.lookalike, takeover.lookalike.workflow
            return
        raise self._no_workflow(program, error, found)

    def _no_workflow(self, program: Program, error: BaseException | None, found: dict[str, Any]) -> Fault:
        """Why the program gave no workflow of the checkpoint."""
        assert self.takeover is not None
        others = self.passed_over()
        if error is not None and not ended_well(error):
            return self.raised(error, others)
        names = WorkflowTarget(self.place, "").suggestions(program.module)
        fix = f"name what builds it: {names}" if names else "name the program that runs the workflow"
        if others:
            what = f"{self.place} runs no workflow that fits the checkpoint: {others}"
            return Fault("graph", what, "name the program that wrote the checkpoint")
        if found and self.plan["graph"]:
            what = f"{self.place} has no workflow that fits the checkpoint: {', '.join(found)} have other graphs"
            return Fault("graph", what, "name the program that wrote the checkpoint")
        return Fault("load", f"{self.place} ended without running a workflow", fix)

    def _load_name(self) -> None:
        """Load the module of a name, once, under the name that the checkpoint knows it by, and build the workflow."""
        plan = self.plan
        known = {name.partition(":")[0] for name in (*plan.get("types", ()), *plan.get("later", ()))}
        known |= set(plan.get("modules", ()))
        target = WorkflowTarget(self.place, self.attribute, "__main__" in known, known)
        module = self.import_target(target)
        self._take_storage()
        given = plan.get("args", {})
        loop = self.loop
        self.workflow = target.build(module, given, self._source_storage, loop.run_until_complete)
        self.protection.be_strict(False)
        self._settle(allowed_by(self.workflow))

    def _source_storage(self) -> Any:
        return self.framework.storage(self.plan["store"], self._types())

    def _types(self) -> frozenset[str]:
        return self.gate.by_name | self.storage_types | self.gate.approved

    def _take_storage(self) -> None:
        """Take the allow-list of the application's own storage."""
        text = self.plan.get("storage")
        if not text:
            return
        place, attribute = split_target(text)
        target = WorkflowTarget(place, attribute)
        # The same file is not loaded twice: its classes would be others.
        own = os.path.realpath(getattr(self.module, "__file__", None) or "")
        module = self.module if own and os.path.realpath(target.source()) == own else target.module()
        found = target.attribute_of(module)
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
            raise Fault("storage", f"{text} gives {type_name(type(found))}, which is not a checkpoint storage")
        self.storage_types = frozenset(str(each) for each in types_ or ())
        self.gate.by_program = self.storage_types


def report_waiting(
    lines: Lines, target: str, what_runs: str, is_loaded: Callable[[], bool], thread: int | None
) -> None:
    """Report at intervals where a program is, as long as it has not started its workflow or graph; returns at once.

    Args:
        lines: Takes the lines.
        target: The program.
        what_runs: The workflow or graph, with its article.
        is_loaded: Whether it has been started.
        thread: The thread that the program runs in.
    """

    def look() -> None:
        waited = 0
        for seconds in (5, 10, 15, 30):
            time.sleep(seconds)
            waited += seconds
            if is_loaded():
                return
            found = calling_place(sys._current_frames().get(thread or 0))
            where = f": it is at {found}" if found is not None else ""
            what = f"{target} has not started {what_runs} after {waited} seconds{where}"
            lines.say("log", level="WARNING", logger="ckpt-tui", text=what, traceback="")

    threading.Thread(target=look, daemon=True).start()


_CHILDREN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "children")


def keep_children_from_running() -> None:
    """Have every Python that is started from now on refuse the framework; see `children/sitecustomize.py`."""
    known = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = _CHILDREN + (os.pathsep + known if known else "")


def let_children_run() -> None:
    """Let the processes that are started from now on behave as usual: the run begins."""
    found = [each for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each != _CHILDREN]
    if any(found):
        os.environ["PYTHONPATH"] = os.pathsep.join(found)
    else:
        os.environ.pop("PYTHONPATH", None)
