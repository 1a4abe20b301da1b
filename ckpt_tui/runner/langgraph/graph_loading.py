"""Loads a target up to its graph: takes over the person's program where it runs it, or builds a name in a module."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from ..faults import Fault
from ..lines import Lines
from ..loading import report_waiting
from ..program import Program
from ..protection import Protection
from ..resumption import Resumption, ended_well
from .databases import SIDES, Place, reading
from .graph_gate import Gate
from .graph_takeover import Call, Takeover
from .graph_targets import GraphTarget, graphs_of, resolved
from .postgres_savers import keep_in_memory
from .redirection import Redirection, holds_threads
from .release import Release


class Loading(Resumption):
    """A plan, its target loaded up to the graph.

    Args:
        plan: What to do; see docs/resume.md.
        lines: Takes the lines of the report.
    """

    noun = "graph"
    framework: Release
    gate: Gate
    call: Call | None
    takeover: Takeover | None

    def __init__(self, plan: dict[str, Any], lines: Lines) -> None:
        super().__init__(plan, lines, *resolved(plan["target"]))
        self.framework = Release()
        store = plan["store"]
        roots = [*(plan.get("protected") or [store]), *(store + side for side in SIDES)] if store else []
        self.protection = Protection(roots, plan["into"], lines)
        self.redirection = Redirection(self.protection.forbids if store else self._is_own_database)
        self.gate = Gate(frozenset(plan.get("allow", ())))
        self.thread_place = Place(plan["thread"], plan["checkpoint"] or "")
        self.graph: Any = None
        self.own_saver: Any = None
        """The saver of the program's graph, which the one of the run replaces."""

    @property
    def begins(self) -> bool:
        """Whether the program is run with its own input, not resumed from a checkpoint."""
        return not self.plan["checkpoint"]

    def _is_own_database(self, place: str) -> bool:
        """Whether a database is one in which the program has saved threads before."""
        return place != os.path.realpath(self.plan["into"]) and holds_threads(place)

    def load(self, carry_out: Callable[[], Awaitable[Any]]) -> None:
        self.protection.install()
        self.redirection.install()
        if self.plan.get("postgres") or self.begins:
            keep_in_memory(self.framework)

        async def begin(call: Call) -> None:
            self.call, self.graph, self.module = call, call.graph, self._loaded_module()
            own = getattr(call.graph, "checkpointer", None)
            self.own_saver = own if not isinstance(own, bool) else None
            await carry_out()

        nodes = frozenset(self.plan.get("nodes") or ())
        self.takeover = Takeover(nodes, begin, self.protection.be_strict)
        main = threading.main_thread().ident
        report_waiting(self.lines, self.plan["target"], "a graph", lambda: self.graph is not None, main)
        if self.is_program:
            self.takeover.install(self.framework)
            self._run_program()
        else:
            self._load_name()

    def _loaded_module(self) -> Any:
        if self.module is not None:
            return self.module
        return sys.modules["__main__"]

    def _run_program(self) -> None:
        """Run the program until it is taken over; where it only defines a graph, take that."""
        takeover = self.takeover
        assert takeover is not None
        program = Program(self.place, self.plan.get("arguments") or [])
        error = self.execute(program)
        found = graphs_of(program.module, self.framework) if program.module is not None else {}
        fitting = [each for each in found.values() if takeover.fits(each)] if not self.begins else []
        if fitting and ended_well(error):
            self.graph = fitting[0]
            return
        others = self.passed_over()
        if error is not None and not ended_well(error):
            raise self.raised(error, others)
        if others:
            what = f"{self.place} runs no graph that fits the checkpoint: {others}"
            raise Fault("graph", what, "name the program that wrote the checkpoint")
        target = GraphTarget(self.place, "", self.framework, {}, False, set())
        names = target.suggestions(program.module) if not self.begins else ""
        fix = f"name what makes it: {names}" if names else "name the program that runs the graph"
        raise Fault("load", f"{self.place} ended without running a graph", fix)

    def _stored_names(self) -> list[str]:
        """Classes that the checkpoint and the newest ones of its thread name; nothing is loaded."""
        with reading(self.plan["store"]) as connection:
            rows = connection.execute(
                "SELECT type, checkpoint FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = ''"
                " AND checkpoint_id = ?", self.thread_place,
            ).fetchall()  # fmt: skip
            rows += connection.execute(
                "SELECT type, checkpoint FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = ''"
                " ORDER BY checkpoint_id DESC LIMIT 2", self.thread_place[:1],
            ).fetchall()  # fmt: skip
        return [name for encoding, data in rows if isinstance(data, bytes) for name in self.gate.look(encoding, data)]

    def _load_name(self) -> None:
        """Load the module of a name, once, under the name that the checkpoint knows it by, and build the graph."""
        known = {name.partition(":")[0] for name in self._stored_names()}
        config = {"configurable": {"thread_id": self.thread_place.thread, **(self.plan.get("configurable") or {})}}
        target = GraphTarget(self.place, self.attribute, self.framework, config, "__main__" in known, known)
        module = self.import_target(target)
        self.graph = target.build(module, self.plan.get("args", {}), self._memory, self.loop.run_until_complete)

    def _memory(self) -> Any:
        """A saver for functions that demand one; another takes its place when the graph runs."""
        return self.framework.memory_class()
