"""Puts its output elsewhere, replaces it, and closes it."""

import asyncio
import contextlib
import io
import logging
import sys
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler

logging.basicConfig(stream=sys.stdout, level=logging.INFO)
print("executor none: this is printed when it is loaded" if "--patient" in sys.argv else "")


class Count(Executor):
    @handler
    async def count(self, number: int, ctx: WorkflowContext[int, str]) -> None:
        print("executor", self.id)
        if number < 2:
            await ctx.send_message(number + 1)
        else:
            await ctx.yield_output(f"counted to {number}")


async def main() -> None:
    a, b = Count(id="a"), Count(id="b")
    workflow = WorkflowBuilder(name="say", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a).build()
    with contextlib.redirect_stdout(io.StringIO()):
        print("kept")
        sys.stderr = io.StringIO()
        if sys.__stdout__ is not None:
            sys.__stdout__.close()
        logging.info("about to run")
        await workflow.run(0, checkpoint_storage=FileCheckpointStorage("checkpoints"))
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
