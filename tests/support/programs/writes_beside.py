"""Its executors write a report into the directory of its checkpoints, and read it."""

import asyncio
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler

STORE = Path("checkpoints")
STORE.mkdir(exist_ok=True)


class Report(Executor):
    @handler
    async def report(self, number: int, ctx: WorkflowContext[int, str]) -> None:
        print("executor", self.id)
        with (STORE / "report.txt").open("a") as file:
            file.write(f"{self.id}: {number}\n")
        if number < 2:
            await ctx.send_message(number + 1)
        else:
            await ctx.yield_output(f"reported {number}")


async def main() -> None:
    a, b = Report(id="a"), Report(id="b")
    builder = WorkflowBuilder(name="reports", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a)
    print((await builder.build().run(0, checkpoint_storage=FileCheckpointStorage(STORE))).get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
