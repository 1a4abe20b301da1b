"""What it does when it is loaded cannot be done twice in one process: a bound address, a registered name, a line."""

import asyncio
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from agent_framework import (
    Executor,
    FileCheckpointStorage,
    WorkflowBuilder,
    WorkflowContext,
    handler,
    response_handler,
)

server = socket.socket(socket.AF_UNIX)
server.bind(f"\0ckpt-tui-loaded-once-{os.getpid()}")
with open("loaded.txt", "a") as file:
    file.write("loaded\n")


@dataclass
class Question:
    text: str = ""


class Prepare(Executor):
    @handler
    async def prepare(self, text: str, ctx: WorkflowContext[Question]) -> None:
        print("executor", self.id)
        await ctx.send_message(Question(text))


class Ask(Executor):
    @handler
    async def ask(self, question: Question, ctx: WorkflowContext) -> None:
        print("executor", self.id)
        await ctx.request_info(question, bool)

    @response_handler
    async def answered(self, asked: Question, good: bool, ctx: WorkflowContext[None, str]) -> None:
        print("executor", self.id)
        await ctx.yield_output(f"{asked.text}: {good}")


async def main() -> None:
    prepare, ask = Prepare(id="prepare"), Ask(id="ask")
    workflow = WorkflowBuilder(name="once", start_executor=prepare, output_from=[ask]).add_edge(prepare, ask).build()
    storage = FileCheckpointStorage("checkpoints", allowed_checkpoint_types=["__main__:Question"])
    print((await workflow.run("hi", checkpoint_storage=storage)).get_request_info_events())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
