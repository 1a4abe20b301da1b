"""Small real Agent Framework workflows for the tests: no model, no key, only checkpoints the framework wrote itself.

`python -m tests.support.workflows live DIR --steps N --delay SECONDS` keeps a store growing while a test looks at it.
"""

import argparse
import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent_framework import (
    Executor,
    FileCheckpointStorage,
    Workflow,
    WorkflowBuilder,
    WorkflowContext,
    handler,
    response_handler,
)

NO_LIMIT = 1_000_000
"""Rounds a loop may take; the framework's own limit of 100 would end a long live run."""


@dataclass
class Draft:
    text: str
    round: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass
class Question:
    prompt: str
    draft: Draft
    options: list[str] = field(default_factory=lambda: ["approve", "reject"])


@dataclass
class Answer:
    approved: bool
    comment: str = ""


class Upper(Executor):
    @handler
    async def run(self, text: str, ctx: WorkflowContext[str]) -> None:
        ctx.set_state("original", text)
        await ctx.send_message(text.upper())


class Exclaim(Executor):
    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.count = 0

    @handler
    async def run(self, text: str, ctx: WorkflowContext[str]) -> None:
        self.count += 1
        await ctx.send_message(text + "!")

    async def on_checkpoint_save(self) -> dict[str, Any]:
        return {"count": self.count}

    async def on_checkpoint_restore(self, state: dict[str, Any]) -> None:
        self.count = state["count"]


class Finish(Executor):
    @handler
    async def run(self, text: str, ctx: WorkflowContext[Any, str]) -> None:
        ctx.set_state("result", text)
        await ctx.yield_output(text)


class Improve(Executor):
    @handler
    async def run(self, draft: Draft, ctx: WorkflowContext[Draft]) -> None:
        better = Draft(draft.text + " and more", draft.round + 1, [*draft.notes, f"round {draft.round + 1}"])
        ctx.set_state("draft", better)
        await ctx.send_message(better)


class Check(Executor):
    def __init__(self, id: str, rounds: int, delay: float) -> None:
        super().__init__(id=id)
        self.rounds = rounds
        self.delay = delay

    @handler
    async def run(self, draft: Draft, ctx: WorkflowContext[Draft, str]) -> None:
        await asyncio.sleep(self.delay)
        ctx.set_state("score", draft.round / self.rounds)
        if draft.round < self.rounds:
            await ctx.send_message(draft)
        else:
            await ctx.yield_output(draft.text)


class Ask(Executor):
    @handler
    async def run(self, draft: Draft, ctx: WorkflowContext[Draft]) -> None:
        ctx.set_state("draft", draft)
        await ctx.request_info(Question("publish?", draft), Answer)

    @response_handler
    async def answered(self, question: Question, answer: Answer, ctx: WorkflowContext[Draft, str]) -> None:
        ctx.set_state("comment", answer.comment)
        if answer.approved:
            await ctx.yield_output(question.draft.text)
        else:
            await ctx.send_message(question.draft)


class Spread(Executor):
    @handler
    async def run(self, text: str, ctx: WorkflowContext[str]) -> None:
        await ctx.send_message(text)


class Tag(Executor):
    @handler
    async def run(self, text: str, ctx: WorkflowContext[str]) -> None:
        await ctx.send_message(f"{self.id}: {text}")


class Join(Executor):
    @handler
    async def run(self, texts: list[str], ctx: WorkflowContext[Any, str]) -> None:
        ctx.set_state("joined", sorted(texts))
        await ctx.yield_output("; ".join(sorted(texts)))


def open_storage(directory: str | Path) -> FileCheckpointStorage:
    """The framework's own store in `directory`, with the types of this module allowed."""
    types = [f"{cls.__module__}:{cls.__qualname__}" for cls in (Draft, Question, Answer)]
    return FileCheckpointStorage(directory, allowed_checkpoint_types=types)


def build_linear(checkpoint_storage: FileCheckpointStorage | None = None) -> Workflow:
    """Three executors in a line, one of them with a state of its own."""
    upper, exclaim, finish = Upper(id="upper"), Exclaim("exclaim"), Finish(id="finish")
    builder = WorkflowBuilder(
        name="test_linear", start_executor=upper, output_from=[finish], checkpoint_storage=checkpoint_storage
    )
    return builder.add_edge(upper, exclaim).add_edge(exclaim, finish).build()


def build_loop(
    rounds: int = 5, delay: float = 0.0, checkpoint_storage: FileCheckpointStorage | None = None
) -> Workflow:
    """A writer and a critic who pass a growing draft to and fro."""
    improve, check = Improve(id="improve"), Check("check", rounds, delay)
    builder = WorkflowBuilder(
        name="test_loop",
        start_executor=improve,
        output_from=[check],
        max_iterations=NO_LIMIT,
        checkpoint_storage=checkpoint_storage,
    )
    return builder.add_edge(improve, check).add_edge(check, improve).build()


def build_human(checkpoint_storage: FileCheckpointStorage | None = None) -> Workflow:
    """A draft that a person must approve; a rejected one is improved and asked about again."""
    improve, ask = Improve(id="improve"), Ask(id="ask")
    builder = WorkflowBuilder(
        name="test_human", start_executor=improve, output_from=[ask], checkpoint_storage=checkpoint_storage
    )
    return builder.add_edge(improve, ask).add_edge(ask, improve).build()


def build_fan_out(checkpoint_storage: FileCheckpointStorage | None = None) -> Workflow:
    """One message to two executors whose answers are joined, one of them a step later than the other."""
    spread, fast, slow, slower, join = (
        Spread(id="spread"),
        Tag(id="fast"),
        Tag(id="slow"),
        Tag(id="slower"),
        Join(id="join"),
    )
    builder = WorkflowBuilder(
        name="test_fan_out", start_executor=spread, output_from=[join], checkpoint_storage=checkpoint_storage
    )
    builder.add_fan_out_edges(spread, [fast, slow]).add_edge(slow, slower).add_fan_in_edges([fast, slower], join)
    return builder.build()


BUILDERS: dict[str, Callable[[], Workflow]] = {
    "test_linear": build_linear,
    "test_loop": build_loop,
    "test_human": build_human,
    "test_fan_out": build_fan_out,
}


def checkpoint_ids(directory: str | Path) -> list[str]:
    """The ids in a store by time of writing."""
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in Path(directory).glob("*.json")]
    return [document["checkpoint_id"] for document in sorted(documents, key=lambda document: document["timestamp"])]


async def _run(workflow: Workflow, directory: str | Path, **how: Any) -> list[str]:
    before = set(checkpoint_ids(directory))
    await workflow.run(checkpoint_storage=open_storage(directory), **how)
    return [identifier for identifier in checkpoint_ids(directory) if identifier not in before]


async def linear(directory: str | Path, text: str = "hello") -> list[str]:
    """Run to the end; the ids of the checkpoints written, oldest first (as every helper here gives)."""
    return await _run(build_linear(), directory, message=text)


async def loop(directory: str | Path, rounds: int = 5, delay: float = 0.0) -> list[str]:
    """Run `rounds` rounds, two checkpoints each."""
    return await _run(build_loop(rounds, delay), directory, message=Draft("kettles"))


async def human(directory: str | Path) -> list[str]:
    """Run until the question is asked; the last checkpoint has it pending."""
    return await _run(build_human(), directory, message=Draft("kettles"))


async def fan_out(directory: str | Path) -> list[str]:
    """Run to the end, over a checkpoint with a half-filled join."""
    return await _run(build_fan_out(), directory, message="kettles")


async def answer(directory: str | Path, checkpoint_id: str, response: Answer) -> list[str]:
    """Resume a waiting `human` checkpoint, giving `response` to each of its questions."""
    pending = _document(directory, checkpoint_id)["pending_request_info_events"]
    responses = dict.fromkeys(pending, response)
    return await _run(build_human(), directory, checkpoint_id=checkpoint_id, responses=responses)


async def fork(directory: str | Path, checkpoint_id: str) -> list[str]:
    """Resume any checkpoint written by this module once more, unchanged."""
    build = BUILDERS[_document(directory, checkpoint_id)["workflow_name"]]
    return await _run(build(), directory, checkpoint_id=checkpoint_id)


def _document(directory: str | Path, checkpoint_id: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((Path(directory) / f"{checkpoint_id}.json").read_text(encoding="utf-8"))
    return document


def main() -> None:
    """Write checkpoints from a loop, one each DELAY seconds."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.workflows")
    live = parser.add_subparsers(dest="verb", required=True).add_parser("live")
    live.add_argument("directory", type=Path)
    live.add_argument("--steps", type=int, default=20)
    live.add_argument("--delay", type=float, default=0.5)
    options = parser.parse_args()
    options.directory.mkdir(parents=True, exist_ok=True)
    asyncio.run(_live(options.directory, options.steps, options.delay))


async def _live(directory: Path, steps: int, delay: float) -> None:
    # Stopped by count, not by the workflow: the last round would otherwise depend on whether `steps` is odd.
    workflow = build_loop(rounds=steps, delay=0.0)
    written = len(checkpoint_ids(directory)) + steps
    async for event in workflow.run(Draft("kettles"), checkpoint_storage=open_storage(directory), stream=True):
        if event.type == "superstep_completed":
            if len(checkpoint_ids(directory)) >= written:
                return
            await asyncio.sleep(delay)


if __name__ == "__main__":
    # Run as a script this file is `__main__`; what it pickles must name the module, so its own copy does the work.
    from tests.support import workflows

    workflows.main()
