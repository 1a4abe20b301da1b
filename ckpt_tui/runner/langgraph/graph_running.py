"""Carries out a plan, from its check to its end."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import os
import time
from typing import Any

from ..attaching import wait_for_editor
from ..events import FAILED, Logs
from ..faults import Fault
from ..limits import EXIT_CODES
from ..pauses import Pauses
from ..protection import saving
from .checking import Checking
from .graph_events import Events, modes_of
from .graph_takeover import Call
from .own_threads import write_thread
from .questions import Question, request_line
from .saved_checkpoints import SavedCheckpoint, SavedCheckpoints
from .threads import Thread

_PASSED_ON = ("context", "interrupt_before", "interrupt_after")
"""Arguments of the program's call that the run takes over."""

_TURNS = 4
"""Turns of the loop in which a command is put into the inbox, taken out of it, and carried out."""


class Runner(Checking):
    """One plan, from its check to its end; see `Checking`."""

    thread: Thread | None = None
    saves: SavedCheckpoints
    waiting: tuple[Question, ...] = ()
    step: int | None = None
    _begun_from = ""
    _shown: dict[str, Any] | None = None
    """The graph's last checkpoint, as it was streamed."""

    async def run(self, found: dict[str, Any], interactive: bool) -> str:
        answers, _ = self.answers(self.plan.get("responses") or {}, self.asked)
        thread = self.thread = self._made_thread()
        if not self.begins:
            thread.edit(self.plan.get("edits") or [], self.maker())
            self._record(found, answers)
        Logs(self.lines, None).install()
        if self.plan.get("debug") is not None:
            self.pauses = Pauses(self.plan["debug"], self.lines, self.calls, lambda: self.step)
            self.pauses.names = frozenset(map(str, self.graph.nodes))
        if self.plan.get("debugpy"):
            await wait_for_editor(int(self.plan["debugpy"]), self.lines)
        config = self._config(thread)
        waiting = list(self.asked)
        if self.begins and self.call is not None:
            waiting = await self._segment(thread, self._own_config(thread, self.call), self.call.value)
        elif waiting and not answers:
            self.waiting = tuple(waiting)
        else:
            given = self._given(answers, waiting) if waiting else self.own_input(thread.snapshot())
            waiting = await self._segment(thread, config, given)
        while waiting and interactive:
            self.lines.say("waiting", requests=[request_line(each) for each in waiting])
            given = await self.next_answers(waiting)
            if self.stopping:
                return "stopped"
            if given is None:
                break
            waiting = await self._segment(thread, config, self._given(given, waiting))
        return "waiting" if waiting else "done"

    def _made_thread(self) -> Thread:
        """The thread in its new database."""
        into, place = self.plan["into"], self.thread_place
        thread = Thread(self.framework, self.gate, self.graph, into, place)
        if os.path.lexists(into):
            raise Fault("into", f"{into} is there already", "name a new file with --into, or leave it out")
        again = self._asked_again() if not self.begins else frozenset()
        try:
            with saving():  # the directory of forks may be new, too
                os.makedirs(os.path.dirname(into), exist_ok=True)
            if self.begins:
                thread.begin()
            else:
                thread.copy(self.plan["store"], again)
        except OSError as error:
            what = f"{into} cannot be written: {error.strerror}"
            raise Fault("into", what, "choose another file for new checkpoints with --into") from None
        thread.open()
        prefix = self.plan["prefix"] if not self.begins else _prefix(place.thread)
        self.saves = SavedCheckpoints(self.lines, prefix, into, self.begins and self.own_saver is None)
        if self.kept:
            write_thread(thread.saver, self.kept, place.thread)
            self.kept = []
        thread.saver.saves = self.saves
        return thread

    def _config(self, thread: Thread) -> dict[str, Any]:
        """The config of the run: the program's own, else what the checkpoint keeps of it."""
        call = self.call.config if self.call is not None else {}
        kept = self.configurable(thread.metadata)
        given = {
            name: value for name, value in (call.get("configurable") or {}).items()
            if name not in ("thread_id", "checkpoint_id", "checkpoint_ns") and not name.startswith("__pregel")
        }  # fmt: skip
        return {**call, "configurable": {**kept, **given, **thread.config["configurable"]}}

    def _own_config(self, thread: Thread, call: Call) -> dict[str, Any]:
        """The config of the program's own call; the thread gets a name where it has none."""
        config = call.config
        return {**config, "configurable": {**(config.get("configurable") or {}), "thread_id": thread.place.thread}}

    def _given(self, answers: dict[str, Any], asked: list[Question]) -> Any:
        """The input of the graph: answers, or None."""
        if not answers:
            return None
        if len(asked) == 1 or not self.framework.has_ids:
            return self.framework.command_class(resume=next(iter(answers.values())))
        return self.framework.command_class(resume=answers)

    async def _segment(self, thread: Thread, config: dict[str, Any], given: Any) -> list[Question]:
        """Run until it ends or waits; returns the interrupts that wait."""
        events = Events(self.lines, self.calls, thread.done())
        self._begun_from = thread.newest()
        how = {name: self.call.given[name] for name in _PASSED_ON if name in self.call.given} if self.call else {}
        asked = self.call.given.get("stream_mode") if self.call is not None else None
        how.update(stream_mode=modes_of(asked or getattr(self.graph, "stream_mode", None)), subgraphs=True)
        if "durability" in inspect.signature(self.graph.stream).parameters:
            how["durability"] = "sync"  # each checkpoint is on disk before the next step begins
        commands = asyncio.create_task(self.obey()) if self.pauses is not None else None
        try:
            if self._is_async():
                async for piece in self.graph.astream(given, config, **how):
                    await self._take_piece(events, piece)
            else:
                for piece in self.graph.stream(given, config, **how):
                    await self._take_piece(events, piece)
                    await _let_others_run()
            snapshot = thread.snapshot()
            waiting = self._waiting_in(thread, snapshot)
            if waiting and self.pauses is not None:
                step = (snapshot.metadata or {}).get("step")
                saved = SavedCheckpoint(self.saves.full_id(thread.newest()), step if isinstance(step, int) else 0)
                await self.pauses.at_request(saved, [str(request_line(each)["executor"]) for each in waiting])
        finally:
            if commands is not None:
                commands.cancel()
        if not waiting:
            values, following = snapshot.values, snapshot.next
            if self._shown is not None and self.saves.reason_of(_id_of(self._shown)):  # the last one is not saved
                values, following = self._shown.get("values"), self._shown.get("next") or ()
            if following:
                what = f"the graph stops before {', '.join(map(str, following))}, as it was compiled to"
                self.lines.say("log", level="INFO", logger="ckpt-tui", text=what, traceback="")
            events.output(values)
        return waiting

    def _waiting_in(self, thread: Thread, snapshot: Any) -> list[Question]:
        """The interrupts that wait, each reported by a line."""
        waiting = thread.questions(snapshot)
        self.waiting = tuple(waiting)
        for question in waiting:
            line = request_line(question)
            self.lines.say(
                "event", type="request_info", executor_id=line["executor"], iteration=None, state=None,
                request_id=question.id, data=line["data"], request_type=line["request_type"],
                response_type=line["response_type"],
            )  # fmt: skip
        return waiting

    async def _take_piece(self, events: Events, piece: Any) -> None:
        space, mode, payload = piece
        found = events.take(tuple(space), mode, payload)
        self.step = events.step
        if found is None:
            return
        content = found.get("payload") or {}
        if found.get("type") == "checkpoint":
            self._shown = content
        if self.pauses is None:
            return
        if found.get("type") == "checkpoint":
            identifier = _id_of(content)
            is_input = (content.get("metadata") or {}).get("source") == "input"
            if is_input or identifier == self._begun_from:  # LangGraph shows both before the first superstep
                return
            saved, reason = self.saves.full_id(identifier), self.saves.reason_of(identifier)
            step = int(found.get("step") or 0)
            await self._pause(SavedCheckpoint(saved, step), reason, [str(each) for each in content.get("next") or ()])
        elif found.get("type") == "task":
            began = time.perf_counter()
            await self.pauses.before_call(str(content.get("name")), content.get("input"))
            self.calls.wait(time.perf_counter() - began)

    async def _pause(self, checkpoint: SavedCheckpoint, reason: str, following: list[str]) -> None:
        """Wait between two supersteps, where that is wanted; `reason` says why the checkpoint was not saved."""
        assert self.pauses is not None
        if reason:
            await self.pauses.after_failed_save(checkpoint, reason, lambda _: following)
        else:
            await self.pauses.after_save(checkpoint, lambda _: following)

    def _is_async(self) -> bool:
        """Whether the graph runs in the loop: as the program runs it; one that is named, where a node cannot else."""
        if self.call is not None:
            return self.call.is_async
        return any(_needs_loop(getattr(node, "bound", None)) for node in self.graph.nodes.values())

    def _record(self, found: dict[str, Any], answers: dict[str, Any]) -> None:
        """Write a note beside the new database: its origin and the edits."""
        plan = self.plan
        with contextlib.suppress(OSError):
            self.note_fork(
                os.path.dirname(plan["into"]), found, answers, checkpoint=f"{plan['prefix']}/{plan['checkpoint']}",
                into=os.path.basename(plan["into"]), framework=f"langgraph {self.framework.version}",
            )  # fmt: skip

    # -- the end -----------------------------------------------------------------------------------------------------

    def pending_lines(self) -> list[dict[str, Any]]:
        """The interrupts that wait."""
        return [request_line(each) for each in self.waiting]

    def end_fields(self, outcome: str) -> dict[str, Any]:
        self.redirection.remove()
        code = EXIT_CODES.get(outcome, FAILED)
        if self.thread is None:
            return {"code": code}
        with contextlib.suppress(Exception):
            self.thread.close()
        saves = getattr(self, "saves", None)
        at = f"{self.plan['prefix']}/{self.plan['checkpoint']}" if not self.begins else None
        if saves is None:
            return {"code": code, "checkpoints": 0, "unsaved": 0, "last": at}
        if saves.unsaved and not saves.count and outcome in ("done", "waiting"):
            code = FAILED
        return {"code": code, "checkpoints": saves.count, "unsaved": saves.unsaved, "last": saves.last or at}

    def fix_of(self, error: BaseException) -> str:
        if type(error).__name__ == "GraphRecursionError":
            return "resume from the last checkpoint written: each run may take as many steps again"
        return "fix the cause and resume from the last checkpoint written; the original is unchanged"


def _id_of(content: dict[str, Any]) -> str:
    """The id of a checkpoint that the graph has shown."""
    return str(content["config"]["configurable"].get("checkpoint_id") or "")


def _prefix(thread: str) -> str:
    """The prefix of the ids of a thread's checkpoints in the list."""
    return thread.replace("%", "%25").replace("/", "%2F")


async def _let_others_run() -> None:
    """Let a command that came while a node kept the loop be read, and carried out, before the next pause."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)


def _needs_loop(runnable: Any, depth: int = 4) -> bool:
    """Whether something runnable has no function that runs without a loop."""
    if depth and getattr(runnable, "steps", None):
        return any(_needs_loop(each, depth - 1) for each in runnable.steps)
    return getattr(runnable, "func", True) is None and getattr(runnable, "afunc", None) is not None
