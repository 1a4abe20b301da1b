"""Arguments on its command line, some of them required; the number of rounds is one."""

import argparse
import asyncio
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


class Count(Executor):
    def __init__(self, id: str, rounds: int) -> None:
        super().__init__(id=id)
        self.rounds = rounds

    @handler
    async def count(self, number: int, ctx: WorkflowContext[int, str]) -> None:
        print("executor", self.id)
        if number < self.rounds:
            await ctx.send_message(number + 1)
        else:
            await ctx.yield_output(f"counted to {number}")


async def main(given: argparse.Namespace) -> None:
    a, b = Count("a", given.rounds), Count("b", given.rounds)
    workflow = (
        WorkflowBuilder(name="rounds", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a).build()
    )
    print((await workflow.run(0, checkpoint_storage=FileCheckpointStorage(given.store))).get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("store")
    parser.add_argument("--rounds", type=int, required=True)
    asyncio.run(main(parser.parse_args()))
