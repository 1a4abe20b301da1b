"""Two workflows, the second of which cannot be asked for without what the first one gave."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


@dataclass
class Draft:
    text: str
    score: int


class Write(Executor):
    @handler
    async def write(self, topic: str, ctx: WorkflowContext[None, Draft]) -> None:
        await ctx.yield_output(Draft(f"a draft about {topic}", 3))


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
    write = Write(id="write")
    drafts = WorkflowBuilder(name="drafts", start_executor=write, output_from=[write]).build()
    draft = (await drafts.run("tea")).get_outputs()[0]
    best = None
    async for event in drafts.run("coffee", stream=True):
        if event.type == "output":
            best = event.data if draft.score < event.data.score + 1 else draft
    assert best is not None
    check, last = Check(id="check"), Print(id="print")
    workflow = WorkflowBuilder(name="checks", start_executor=check, output_from=[last]).add_edge(check, last).build()
    text = f"{draft.text.upper()} and {best.text}"
    result = await workflow.run(text, checkpoint_storage=FileCheckpointStorage("checkpoints"))
    print(result.get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
