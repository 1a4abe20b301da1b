"""The same workflow runs twice, as one object, with one store."""

import asyncio
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


class Upper(Executor):
    @handler
    async def upper(self, text: str, ctx: WorkflowContext[str]) -> None:
        print("executor", self.id)
        await ctx.send_message(text.upper())


class Count(Executor):
    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.seen = 0

    @handler
    async def count(self, text: str, ctx: WorkflowContext[None, str]) -> None:
        print("executor", self.id)
        self.seen += 1
        await ctx.yield_output(f"{text} {self.seen}")

    async def on_checkpoint_save(self) -> dict[str, int]:
        return {"seen": self.seen}

    async def on_checkpoint_restore(self, state: dict[str, int]) -> None:
        self.seen = state["seen"]


async def main() -> None:
    upper, count = Upper(id="upper"), Count("count")
    storage = FileCheckpointStorage("checkpoints")
    workflow = WorkflowBuilder(name="twice", start_executor=upper, output_from=[count]).add_edge(upper, count).build()
    for text in ("one", "two"):
        result = await workflow.run(text, checkpoint_storage=storage)
        print(result.get_outputs())
        Path("after.txt").write_text(f"after {text}")


if __name__ == "__main__":
    asyncio.run(main())
