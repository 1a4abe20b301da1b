"""The target loaded up to its graph: the person's program taken over where it runs it, or a name in a module built."""

from __future__ import annotations

import asyncio
import functools
import os
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from ..faults import Fault, trace_of
from ..lines import Lines
from ..loading import report_waiting
from ..program import Program
from ..protection import Protection
from ..reasons import reason_of
from .databases import SIDES, Place, reading
from .graph_gate import Gate
from .graph_takeover import Call, Takeover
from .graph_targets import GraphTarget, graphs_of, resolved
from .redirection import Redirection
from .release import Release


class Loading:
    """A plan, its target loaded up to the graph.

    Args:
        plan: What to do; see docs/resume.md.
        lines: Where it is reported.
    """

    def __init__(self, plan: dict[str, Any], lines: Lines) -> None:
        self.plan, self.lines = plan, lines
        self.location, self.attribute = resolved(plan["target"])
        self.framework = Release()
        store = plan["store"]
        roots = [*(plan.get("protected") or [store]), *(store + side for side in SIDES)]
        self.protection = Protection(roots, plan["into"], lines)
        self.redirection = Redirection(self.protection)
        self.gate = Gate(frozenset(plan.get("allow", ())))
        self.thread_place = Place(plan["thread"], plan["checkpoint"])
        self.graph: Any = None
        self.module: Any = None
        self.call: Call | None = None
        self.takeover: Takeover | None = None

    @property
    def is_program(self) -> bool:
        """Whether the target is a program as it is."""
        return not self.attribute

    @functools.cached_property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop of our own, where the program has none."""
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        return loop

    def load(self, carry_out: Callable[[], Awaitable[Any]]) -> None:
        """Load the target up to its graph.

        Args:
            carry_out: Carries the resume out where the program is taken over; it never returns.

        Raises:
            Fault: there is no graph.
        """
        self.protection.install()
        self.redirection.install()

        async def begin(call: Call) -> None:
            self.call, self.graph, self.module = call, call.graph, self._loaded_module()
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
        program = Program(self.location, self.plan.get("arguments") or [])
        error: BaseException | None = None
        try:
            program.execute()
            program.wait_for_threads()
        except BaseException as raised:  # sys.exit and KeyboardInterrupt are raised by scripts, too
            error = raised
        if takeover.taken is not None:  # it runs in a thread of the program; the process ends with it
            threading.Event().wait()
        self.protection.be_strict(False)
        if isinstance(error, Fault):
            raise error
        self.module = program.module
        found = graphs_of(program.module, self.framework) if program.module is not None else {}
        fitting = [each for each in found.values() if takeover.fits(each)]
        ended_well = error is None or (isinstance(error, SystemExit) and error.code in (None, 0))
        if fitting and ended_well:
            self.graph = fitting[0]
            return
        others = "; ".join(
            f"{_named(call.graph)} at {os.path.basename(call.file)}:{call.line} is another graph and was not run"
            for call in takeover.passed[:4]
        )
        if not ended_well:
            assert error is not None
            what, fix = reason_of(error, self.location)
            raise Fault("load", "; ".join(filter(None, (what, others))), fix, trace_of(error))
        if others:
            what = f"{self.location} runs no graph that fits the checkpoint: {others}"
            raise Fault("graph", what, "name the program that wrote the checkpoint")
        target = GraphTarget(self.location, "", self.framework, {}, False, set())
        names = target.suggestions(program.module)
        fix = f"name what makes it: {names}" if names else "name the program that runs the graph"
        raise Fault("load", f"{self.location} ended without running a graph", fix)

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
        target = GraphTarget(self.location, self.attribute, self.framework, config, "__main__" in known, known)
        sys.argv = [self.location, *(self.plan.get("arguments") or [])]
        try:
            module = self.module = target.module()
        except Fault:
            raise
        except BaseException as error:  # sys.exit and KeyboardInterrupt are raised by scripts, too
            missing = error.name if isinstance(error, ModuleNotFoundError) else None
            if missing and (self.location == missing or self.location.startswith(missing + ".")):
                fix = "name it as your program imports it, from the directory it is started in, or as path/file.py:name"
                raise Fault("load", f"there is no module {missing}", fix) from None
            what, fix = reason_of(error, self.location)
            raise Fault("load", what, fix, trace_of(error)) from None
        self.graph = target.build(module, self.plan.get("args", {}), self._memory, self.loop.run_until_complete)

    def _memory(self) -> Any:
        """A saver for functions that demand one; another takes its place when the graph runs."""
        return self.framework.memory_class()


def _named(graph: Any) -> str:
    return str(getattr(graph, "name", None) or type(graph).__name__)
