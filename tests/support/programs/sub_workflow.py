"""A workflow inside another one, built where it is used."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from agent_framework import (
    Executor,
    FileCheckpointStorage,
    WorkflowBuilder,
    WorkflowContext,
    WorkflowExecutor,
    handler,
)


@dataclass
class Word:
    text: str


class Split(Executor):
    @handler
    async def split(self, text: str, ctx: WorkflowContext[Word]) -> None:
        print("executor", self.id)
        for each in text.split():
            await ctx.send_message(Word(each))


class Measure(Executor):
    @handler
    async def measure(self, word: Word, ctx: WorkflowContext[None, int]) -> None:
        print("executor", self.id)
        await ctx.yield_output(len(word.text))


class Sum(Executor):
    @handler
    async def add(self, length: int, ctx: WorkflowContext[None, str]) -> None:
        print("executor", self.id)
        total = (ctx.get_state("total") or 0) + length
        ctx.set_state("total", total)
        await ctx.yield_output(f"{total} letters")


async def main() -> None:
    measure = Measure(id="measure")
    inner = WorkflowExecutor(
        WorkflowBuilder(name="inner", start_executor=measure, output_from=[measure]).build(), id="inner"
    )
    split, total = Split(id="split"), Sum(id="total")
    workflow = (
        WorkflowBuilder(name="outer", start_executor=split, output_from=[total])
        .add_edge(split, inner)
        .add_edge(inner, total)
        .build()
    )
    storage = FileCheckpointStorage("checkpoints", allowed_checkpoint_types=[f"{__name__}:Word"])
    print((await workflow.run("a bc def", checkpoint_storage=storage)).get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
