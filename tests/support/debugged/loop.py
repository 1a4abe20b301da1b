"""A writer and a reviewer that send a draft to and fro until it is good, or until it is too good."""

import asyncio
import os
from dataclasses import dataclass

from agent_framework import Executor, WorkflowBuilder, WorkflowContext, handler


@dataclass
class Draft:
    text: str
    score: float = 0.0


class Writer(Executor):
    @handler
    async def write(self, topic: str, ctx: WorkflowContext[Draft]) -> None:
        await ctx.send_message(Draft(topic, 0.1))

    @handler
    async def again(self, draft: Draft, ctx: WorkflowContext[Draft]) -> None:
        await ctx.send_message(Draft(draft.text + "!", round(draft.score + 0.3, 1)))


class Reviewer(Executor):
    @handler
    async def review(self, draft: Draft, ctx: WorkflowContext[Draft, str]) -> None:
        ctx.set_state("score", draft.score)
        print("reviewed", draft.text)
        if draft.score > float(os.environ.get("TOO_GOOD", "9")):
            raise ValueError("too good")
        if draft.score > 0.8:
            await ctx.yield_output(draft.text)
        else:
            await ctx.send_message(draft)


async def main() -> None:
    writer, reviewer = Writer(id="writer"), Reviewer(id="reviewer")
    builder = WorkflowBuilder(start_executor=writer).add_edge(writer, reviewer).add_edge(reviewer, writer)
    result = await builder.build().run("tea")
    print("ended with", result.get_outputs())


asyncio.run(main())
