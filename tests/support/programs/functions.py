"""Executors that are functions, and dataclasses of the script."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from agent_framework import FileCheckpointStorage, WorkflowBuilder, WorkflowContext, executor


@dataclass
class Email:
    text: str


@executor(id="parse")
async def parse(text: str, ctx: WorkflowContext[Email]) -> None:
    print("executor parse")
    await ctx.send_message(Email(text.strip()))


@executor(id="send")
async def send(mail: Email, ctx: WorkflowContext[None, str]) -> None:
    print("executor send")
    await ctx.yield_output(mail.text.upper())


async def main() -> None:
    workflow = WorkflowBuilder(name="mail", start_executor=parse, output_from=[send]).add_edge(parse, send).build()
    storage = FileCheckpointStorage("checkpoints", allowed_checkpoint_types=["__main__:Email"])
    print((await workflow.run(" hello ", checkpoint_storage=storage)).get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
