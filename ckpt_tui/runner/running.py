"""Carries out a plan, from its check to its end."""

from __future__ import annotations

import asyncio
import functools
import gc
import os
import shutil
import tempfile
from typing import Any

from .agent_usage import watch_agents
from .attaching import wait_for_editor
from .calls import note_response
from .events import Logs, end_fields, event_text, request_line
from .faults import Fault
from .loading import let_children_run
from .pauses import Pauses, upcoming
from .preflight import Preflight
from .protection import saving
from .storage import Overlay
from .streaming import run_iterated, streams_in
from .takeover import inside


class Runner(Preflight):
    """One plan, from its check to its end; see `Preflight`."""

    step: int | None = None
    """The superstep that runs."""

    async def work(self) -> str:
        inside.set(True)
        return await super().work()

    async def run(self, found: dict[str, Any], interactive: bool) -> str:
        # A directory in use is protected, also from the threads in which the framework writes.
        is_taken = self.protection.forbids(os.path.realpath(self.plan["into"]))
        staging = tempfile.mkdtemp(prefix="ckpt-tui-") if is_taken else ""
        try:
            return await self._run_through(found, interactive, staging)
        finally:
            if staging:  # each checkpoint in it was added to its place
                shutil.rmtree(staging, ignore_errors=True)

    async def _run_through(self, found: dict[str, Any], interactive: bool, staging: str) -> str:
        plan = self.plan
        into = plan["into"]
        pending = self._pending()
        answers, _ = self.answers(plan.get("responses", {}), pending)
        try:
            with saving():  # the directory of forks may be new, too
                os.makedirs(into, exist_ok=True)
            target = self.framework.storage(staging or into, self._types())
            self._record(found, answers)
        except OSError as error:
            what = f"{into} cannot be written: {error.strerror}"
            raise Fault("into", what, "choose another directory for new checkpoints with --into") from None
        source = self.framework.storage(plan["store"], self._types()) if plan["store"] else self._own_storage(target)
        held = {plan["checkpoint"]: self.checkpoint} if self.checkpoint is not None else {}
        overlay = self.overlay = Overlay(source, target, held, self.lines, into, staging)
        if plan.get("debug") is not None:
            self._pause_in(overlay, plan["debug"])
        self.calls.write = lambda event, more: self.lines.put("event", event_text(event, self.step, more))
        self.calls.install(self.workflow, self.framework.executor_class(), self.framework.context_class(), self.pauses)
        watch_agents(self.framework.agent_class(), note_response)
        Logs(self.lines, self.overlay).install()
        let_children_run()
        if plan.get("debugpy"):
            await wait_for_editor(int(plan["debugpy"]), self.lines)
        # Modules, classes and the workflow stay to the end: the collector need not look through them in every round.
        gc.freeze()
        how = self._arguments()
        if answers:
            how["responses"] = answers
        while True:
            waiting = await self._segment(overlay, how)
            if not waiting or not interactive:
                return "waiting" if waiting else "done"
            self.lines.say("waiting", requests=[request_line(key, each) for key, each in waiting.items()])
            given = await self.next_answers(waiting)
            if self.stopping:
                return "stopped"
            if given is None:
                return "waiting"
            answers = given
            how = {**how, "responses": answers}
            how.pop("checkpoint_id", None)
            how.pop("message", None)

    def _arguments(self) -> dict[str, Any]:
        """The arguments of the first run: the checkpoint and the program's own, or all of the program's."""
        call, checkpoint = self.call, self.plan["checkpoint"]
        if checkpoint or call is None:
            return {"checkpoint_id": checkpoint, **(call.arguments if call is not None else {})}
        ours = ("stream", "checkpoint_storage", "include_status_events")
        given = {name: value for name, value in call.given.items() if name not in ours and value is not None}
        return given if call.message is None else {"message": call.message, **given}

    def _own_storage(self, target: Any) -> Any:
        """The storage that the program's own call would load from, else that of new checkpoints."""
        return self.call.storage if self.call is not None and self.call.storage is not None else target

    def _pause_in(self, overlay: Overlay, given: dict[str, Any]) -> None:
        """Let the run pause where it is asked to."""
        edges = self.graph_line()["edges"]
        overlay.pauses = self.pauses = Pauses(given, self.lines, self.calls, lambda: self.step)
        self.pauses.names = frozenset(str(each) for each in getattr(self.workflow, "executors", {}))
        overlay.upcoming = lambda checkpoint: upcoming(self.workflow, edges, checkpoint)

    @functools.cached_property
    def _is_streamed(self) -> bool:
        """Whether models are called streamed: as in the program's call; with a name, as in its module."""
        if self.call is not None:
            return bool(self.call.given.get("stream"))
        return streams_in(getattr(self.module, "__file__", None) or "")

    async def _segment(self, overlay: Overlay, how: dict[str, Any]) -> dict[str, Any]:
        """Run until it ends or waits; returns the requests that wait."""
        saved = overlay.saved
        seen: dict[str, Any] = {}
        stream = run_iterated(self.workflow, self._is_streamed, checkpoint_storage=overlay, **how)
        take = self.calls.take_streamed
        self.step = None
        commands = asyncio.create_task(self.obey()) if self.pauses is not None else None
        try:
            async for event in stream:
                if event.type == "request_info":
                    seen[event.request_id] = event
                elif event.type == "superstep_started":
                    self.step = event.iteration
                    self.calls.begin_superstep()
                take(event)
                if event.type == "superstep_completed":
                    self.step = None
        finally:
            if commands is not None:
                commands.cancel()
        if overlay.saved > saved and not overlay.failure:
            # Later than any event, and right where the state of older releases is not.
            return dict(overlay.last.pending_request_info_events)
        return seen

    def _record(self, found: dict[str, Any], answers: dict[str, Any]) -> None:
        """Write a note beside the new checkpoints: their origin and the edits; never in the framework's own."""
        plan = self.plan
        if not plan["checkpoint"]:
            return
        if os.path.realpath(plan["into"]) == os.path.realpath(plan["store"]) and not found["edits"]:
            return
        self.note_fork(plan["into"], found, answers)

    # what the process asks at the end

    def pending_lines(self) -> list[dict[str, Any]]:
        """The requests that wait at the last checkpoint."""
        last = self.overlay.last if self.overlay is not None else None
        return [] if last is None else [request_line(*each) for each in last.pending_request_info_events.items()]

    def end_fields(self, outcome: str) -> dict[str, Any]:
        return end_fields(outcome, self.overlay)

    def fix_of(self, error: BaseException) -> str:
        if type(error).__name__ == "WorkflowConvergenceException":
            return "build the workflow with a larger max_iterations, then resume from the last checkpoint"
        return "fix the cause and resume from the last checkpoint written; the original checkpoint is unchanged"
