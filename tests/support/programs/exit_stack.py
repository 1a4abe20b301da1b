"""Clients and files that `main()` opens and that the executors use: they must be open while the run lasts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Self

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


class Client:
    def __init__(self) -> None:
        self.open = False

    async def __aenter__(self) -> Self:
        self.open = True
        return self

    async def __aexit__(self, *error: object) -> None:
        self.open = False
        Path("cleaned.txt").write_text("the client was closed")

    async def translate(self, text: str) -> str:
        if not self.open:
            raise RuntimeError("the client is closed")
        return f"<{text}>"


@asynccontextmanager
async def a_place() -> AsyncIterator[Path]:
    try:
        yield Path("checkpoints")
    finally:
        Path("cleaned.txt").write_text("the place was left")


class Translate(Executor):
    def __init__(self, client: Client, id: str) -> None:
        super().__init__(id=id)
        self.client = client

    @handler
    async def translate(self, text: str, ctx: WorkflowContext[str, str]) -> None:
        print("executor", self.id)
        done = await self.client.translate(text)
        if len(done) > 6:
            await ctx.yield_output(done)
        else:
            await ctx.send_message(done)


async def main() -> None:
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(Client())
        place = await stack.enter_async_context(a_place())
        first, second = Translate(client, "first"), Translate(client, "second")
        workflow = (
            WorkflowBuilder(name="translations", start_executor=first, output_from=[first, second])
            .add_edge(first, second)
            .add_edge(second, first)
            .build()
        )
        result = await workflow.run("a", checkpoint_storage=FileCheckpointStorage(place))
        print(result.get_outputs())


if __name__ == "__main__":
    asyncio.run(main())
