"""A functional workflow that runs to its end, its storage given when it is built, and streamed."""

import asyncio
from pathlib import Path

from agent_framework import FileCheckpointStorage, step, workflow


@step
async def double(number: int) -> int:
    print("executor double")
    return number * 2


@step
async def say(number: int) -> str:
    print("executor say")
    return f"it is {number}"


@workflow
async def pipeline(number: int) -> str:
    return await say(await double(await double(number)))


async def main() -> None:
    run = pipeline.build(checkpoint_storage=FileCheckpointStorage("checkpoints")).run(5, stream=True)
    async for event in run:
        if event.type == "output":
            print(event.data)
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
