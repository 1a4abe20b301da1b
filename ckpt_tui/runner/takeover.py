"""Takes over the program's call that would run a workflow.

`Workflow.run` of the framework is replaced before any code of the program runs. The call that fits the checkpoint is
answered with something that can be awaited and iterated as the program expects; when it is, the resume is carried out
in the program's own event loop, and the process ends without the program ever getting a result: `main()` stays
suspended, with every client and context manager that it opened.
"""

from __future__ import annotations

import ast
import asyncio
import contextvars
import functools
import os
import re
import typing
from collections.abc import Awaitable, Callable, Generator
from typing import Any, NamedTuple

from .faults import Fault
from .graph import hash_as
from .places import calling_place
from .program import names_of
from .standin import OutputEvent, passed_result

inside: contextvars.ContextVar[bool] = contextvars.ContextVar("ckpt_tui_inside", default=False)
"""Set in the task of the resumed run: workflows that are run within it, such as sub-workflows, run as usual."""

_OURS = frozenset(("message", "stream", "responses", "checkpoint_id", "checkpoint_storage", "include_status_events"))
"""Arguments of `run` that the resume gives itself; all others are the program's."""

_UNNAMED = re.compile(r"WorkflowBuilder-[0-9a-f-]{36}\Z")


class Call(NamedTuple):
    """One call of the program that would run a workflow.

    Attributes:
        workflow: The workflow.
        message: The input of the run, or None.
        given: All other arguments of the call.
        storage: The storage of the call, or None.
        arguments: Keyword arguments of the run that are the program's own: those of tools and clients.
        file: The file of the calling code, or "".
        line: The line there.
    """

    workflow: Any
    message: Any
    given: dict[str, Any]
    storage: Any
    arguments: dict[str, Any]
    file: str
    line: int

    @property
    def name(self) -> str:
        """The name of the workflow."""
        return str(self.workflow.name)


class Takeover:
    """Waits for the call that runs the checkpoint's workflow.

    Args:
        plan: The plan, with the checkpoint's `graph`, `workflow` name, `executors` and `modules`.
        begin: Carries out the resume of the call that was taken; it never returns.
        module: Gives the module of the target.
        refuse: Ends the process, and all that belongs to it, with a reason.
        between: Called with True once a workflow is passed over, with False when one is taken.

    Attributes:
        taken: The call that was taken over.
        passed: Calls of other workflows, which were not run.
        lookalike: The first of them whose workflow only looks like the checkpoint's.
    """

    def __init__(
        self, plan: dict[str, Any], begin: Callable[[Call], Awaitable[None]], module: Callable[[], Any],
        refuse: Callable[[Fault], typing.NoReturn], between: Callable[[bool], None],
    ) -> None:  # fmt: skip
        self._plan = plan
        self._begin = begin
        self._module = module
        self._process = os.getpid()
        self._refuse = refuse
        self.between = between
        self.taken: Call | None = None
        self.passed: list[Call] = []
        self.lookalike: Call | None = None

    def install(self, classes: list[Any]) -> None:
        """Replace `run` of the framework's classes of workflows."""
        for cls in classes:
            self._replace(cls)

    def _replace(self, cls: Any) -> None:
        original = cls.run

        @functools.wraps(original)
        def run(workflow: Any, message: Any = None, **given: Any) -> Any:
            if inside.get():
                return original(workflow, message, **given)
            return self._called(workflow, message, given)

        cls.run = run

    def _called(self, workflow: Any, message: Any, given: dict[str, Any]) -> Any:
        found = calling_place()
        file, line = found if found is not None else ("", 0)
        if os.getpid() != self._process:
            self._refuse(_forked(file, line))
        arguments = {name: value for name, value in given.items() if name not in _OURS and value is not None}
        call = Call(workflow, message, given, given.get("checkpoint_storage"), arguments, file, line)
        streamed = bool(given.get("stream"))
        if self.taken is not None:
            return Parked(_forever) if streamed else _forever()
        if not self.fits(workflow) and not (self.resembles(workflow) and self._runs_one()):
            self.passed.append(call)
            self.between(True)
            if self.lookalike is None and self.resembles(workflow):
                self.lookalike = call
            return Passed() if streamed else _nothing()
        self.taken = call
        self.between(False)
        begin = functools.partial(self._start, call)
        return Parked(begin) if streamed else begin()

    async def _start(self, call: Call) -> Any:
        await self._begin(call)
        await _forever()

    def fits(self, workflow: Any) -> bool:
        """Whether a workflow has the graph of the checkpoint, be it under another name of its module.

        Where there is no checkpoint, the first one that is run is meant.
        """
        plan = self._plan
        if not plan["graph"] or workflow.graph_signature_hash == plan["graph"]:
            return True
        module = self._module()
        names = (*names_of(getattr(module, "__file__", None) or ""), *plan.get("modules", ()))
        return any(hash_as(workflow, module.__name__, name) == plan["graph"] for name in names)

    def resembles(self, workflow: Any) -> bool:
        """Whether a workflow of another graph is likely the checkpoint's, changed: by its name or its executors."""
        name = str(self._plan.get("workflow") or "")
        if name and getattr(workflow, "name", None) == name and not _UNNAMED.match(name):
            return True
        kept = set(self._plan.get("executors", ()))
        return bool(kept) and len(kept & set(getattr(workflow, "executors", ()))) * 2 > len(kept)

    def _runs_one(self) -> bool:
        """Whether the program runs a workflow in one place only: nothing that comes after it can be the one."""
        return len(runs_in(getattr(self._module(), "__file__", None) or "")) <= 1


def runs_in(path: str) -> list[int]:
    """Lines of a source file that call a method `run` of something that is not a module known to have one."""
    try:
        with open(path, "rb") as file:
            tree = ast.parse(file.read())
    except (OSError, SyntaxError, ValueError):
        return []
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("run", "run_stream")
        and not (isinstance(node.func.value, ast.Name) and node.func.value.id in _MODULES)
    ]


_MODULES = frozenset(("asyncio", "anyio", "trio", "uvloop", "subprocess", "uvicorn", "typer"))


def _forked(file: str, line: int) -> Fault:
    where = f"{file}:{line} runs" if file else "the program runs"
    what = f"{where} a workflow in a process that the program forked, where it cannot be taken over"
    return Fault("load", what, "name what builds the workflow, app.py:name, or a program that runs it itself")


async def _forever() -> Any:
    while True:
        await asyncio.sleep(86_400)


async def _nothing() -> Any:
    return passed_result()


class Parked:
    """The result of a streamed run for the program: nothing that it awaits of it ever comes.

    Args:
        begin: Awaited first.
    """

    def __init__(self, begin: Callable[[], Awaitable[Any]]) -> None:
        self._begin = begin

    def __await__(self) -> Generator[Any, None, Any]:
        return self._begin().__await__()

    def __aiter__(self) -> Parked:
        return self

    async def __anext__(self) -> Any:
        return await self._begin()

    async def get_final_response(self) -> Any:
        return await self._begin()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self  # hooks, which a stream takes before it is read


class Passed(Parked):
    """The result of the streamed run of another workflow, which is not run: one stand-in output."""

    def __init__(self) -> None:
        super().__init__(_nothing)
        self._left = 1

    def __await__(self) -> Generator[Any, None, Any]:
        return self._itself().__await__()

    async def _itself(self) -> Passed:
        return self

    async def __anext__(self) -> Any:
        if not self._left:
            raise StopAsyncIteration
        self._left -= 1
        return OutputEvent()
