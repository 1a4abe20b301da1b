"""A functional workflow of steps that asks a person."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from agent_framework import FileCheckpointStorage, RunContext, step, workflow


@dataclass
class Draft:
    text: str


@step
async def write(topic: str) -> Draft:
    print("executor write")
    return Draft(f"about {topic}")


@step
async def improve(draft: Draft) -> Draft:
    print("executor improve")
    return Draft(draft.text + ", improved")


@workflow
async def review(topic: str, ctx: RunContext) -> str:
    draft = await improve(await write(topic))
    good = await ctx.request_info(draft, response_type=bool, request_id="good")
    return f"{draft.text}: {good}"


async def main() -> None:
    storage = FileCheckpointStorage("checkpoints", allowed_checkpoint_types=[f"{__name__}:Draft"])
    result = await review.build().run("tea", checkpoint_storage=storage)
    print(result.get_request_info_events())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
