"""Two workflows, one after the other; only the second keeps checkpoints, and its input is what the first one gave."""

import asyncio
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


class Draft(Executor):
    @handler
    async def draft(self, topic: str, ctx: WorkflowContext[None, str]) -> None:
        await ctx.yield_output(f"a draft about {topic}")


class Check(Executor):
    @handler
    async def check(self, text: str, ctx: WorkflowContext[str]) -> None:
        print("executor", self.id)
        await ctx.send_message(f"{text}, checked")


class Print(Executor):
    @handler
    async def printed(self, text: str, ctx: WorkflowContext[None, str]) -> None:
        print("executor", self.id)
        await ctx.yield_output(f"{text}, printed")


async def main() -> None:
    draft = Draft(id="draft")
    first = await WorkflowBuilder(name="drafts", start_executor=draft, output_from=[draft]).build().run("tea")
    text = first.get_outputs()[0] if first.get_outputs() else "nothing"
    check, last = Check(id="check"), Print(id="print")
    workflow = WorkflowBuilder(name="checks", start_executor=check, output_from=[last]).add_edge(check, last).build()
    result = await workflow.run(text, checkpoint_storage=FileCheckpointStorage("checkpoints"))
    print(result.get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
