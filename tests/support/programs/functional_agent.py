"""A functional workflow that is used as an agent."""

import asyncio
from pathlib import Path

from agent_framework import FileCheckpointStorage, step, workflow


@step
async def shout(text: str) -> str:
    print("executor shout")
    return text.upper()


@workflow
async def speech(text: str) -> str:
    return await shout(await shout(f"{text}!"))


async def main() -> None:
    agent = speech.build(checkpoint_storage=FileCheckpointStorage("checkpoints")).as_agent("Speaker")
    print(await agent.run("hello"))
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
