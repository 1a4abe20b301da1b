"""A storage of its own class, which hands everything on to the framework's and says so."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


@dataclass
class Item:
    name: str


class Logged:
    def __init__(self, inner: FileCheckpointStorage) -> None:
        self.inner = inner

    async def save(self, checkpoint: Any) -> str:
        print("saving", checkpoint.iteration_count)
        return await self.inner.save(checkpoint)

    async def load(self, checkpoint_id: str) -> Any:
        return await self.inner.load(checkpoint_id)

    async def list_checkpoints(self, *, workflow_name: str) -> Any:
        return await self.inner.list_checkpoints(workflow_name=workflow_name)

    async def delete(self, checkpoint_id: str) -> bool:
        return await self.inner.delete(checkpoint_id)

    async def get_latest(self, *, workflow_name: str) -> Any:
        return await self.inner.get_latest(workflow_name=workflow_name)

    async def list_checkpoint_ids(self, *, workflow_name: str) -> Any:
        return await self.inner.list_checkpoint_ids(workflow_name=workflow_name)


class Wrap(Executor):
    @handler
    async def wrap(self, item: Item, ctx: WorkflowContext[Item, str]) -> None:
        print("executor", self.id)
        if len(item.name) < 5:
            await ctx.send_message(Item(f"<{item.name}>"))
        else:
            await ctx.yield_output(item.name)


async def main() -> None:
    storage = Logged(FileCheckpointStorage("checkpoints", allowed_checkpoint_types=[f"{__name__}:Item"]))
    a, b = Wrap(id="a"), Wrap(id="b")
    builder = WorkflowBuilder(name="wraps", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a)
    print((await builder.build().run(Item("x"), checkpoint_storage=storage)).get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
