"""A loop that runs, asks a person with `input()`, and runs again with the answers."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from agent_framework import (
    Executor,
    FileCheckpointStorage,
    WorkflowBuilder,
    WorkflowContext,
    handler,
    response_handler,
)


@dataclass
class Draft:
    text: str
    version: int


@dataclass
class Approval:
    draft: Draft
    question: str


class Writer(Executor):
    @handler
    async def write(self, wish: str, ctx: WorkflowContext[Draft]) -> None:
        print("executor", self.id)
        version = (ctx.get_state("version") or 0) + 1
        ctx.set_state("version", version)
        await ctx.send_message(Draft(f"text: {wish}", version))


class Gate(Executor):
    @handler
    async def ask(self, draft: Draft, ctx: WorkflowContext) -> None:
        print("executor", self.id)
        await ctx.request_info(Approval(draft, "publish it?"), str)

    @response_handler
    async def answered(self, asked: Approval, answer: str, ctx: WorkflowContext[str, str]) -> None:
        print("executor", self.id)
        if answer == "approve":
            await ctx.yield_output(asked.draft.text)
        else:
            await ctx.send_message(answer)


async def main() -> None:
    types = [f"{__name__}:Draft", f"{__name__}:Approval"]
    storage = FileCheckpointStorage("checkpoints", allowed_checkpoint_types=types)
    writer, gate = Writer(id="writer"), Gate(id="gate")
    workflow = (
        WorkflowBuilder(name="review", start_executor=writer, checkpoint_storage=storage, output_from=[gate])
        .add_edge(writer, gate)
        .add_edge(gate, writer)
        .build()
    )
    result = await workflow.run("tea")
    while requests := result.get_request_info_events():
        answers = {each.request_id: input(f"{each.data.question} {each.data.draft.text} ") for each in requests}
        result = await workflow.run(responses=answers)
    print(result.get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except EOFError:
        print("nobody answers")
