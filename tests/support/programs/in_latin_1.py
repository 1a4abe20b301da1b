# -*- coding: latin-1 -*-
"""A file of another encoding."""

import asyncio
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


class Say(Executor):
    @handler
    async def say(self, text: str, ctx: WorkflowContext[str, str]) -> None:
        print("executor", self.id)
        if len(text) < 12:
            await ctx.send_message(f"{text} café")
        else:
            await ctx.yield_output(text)


async def main() -> None:
    a, b = Say(id="a"), Say(id="b")
    builder = WorkflowBuilder(name="latin", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a)
    print(
        ascii((await builder.build().run("un", checkpoint_storage=FileCheckpointStorage("checkpoints"))).get_outputs())
    )
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
