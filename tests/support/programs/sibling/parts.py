"""The workflow of `start.py`."""

from dataclasses import dataclass
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


@dataclass
class Line:
    text: str


class Read(Executor):
    @handler
    async def read(self, text: str, ctx: WorkflowContext[Line]) -> None:
        print("executor", self.id)
        await ctx.send_message(Line(text))


class Write(Executor):
    @handler
    async def write(self, line: Line, ctx: WorkflowContext[None, str]) -> None:
        print("executor", self.id)
        await ctx.yield_output(line.text * 2)


async def main() -> None:
    read, write = Read(id="read"), Write(id="write")
    storage = FileCheckpointStorage("checkpoints", allowed_checkpoint_types=[f"{Line.__module__}:Line"])
    workflow = WorkflowBuilder(name="lines", start_executor=read, output_from=[write]).add_edge(read, write).build()
    print((await workflow.run("ab", checkpoint_storage=storage)).get_outputs())
    Path("after.txt").write_text("after the run")
