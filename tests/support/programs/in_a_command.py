"""A command of click with required options, which ends the process itself."""

import asyncio
from pathlib import Path

import click
from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


class Count(Executor):
    @handler
    async def count(self, number: int, ctx: WorkflowContext[int, str]) -> None:
        print("executor", self.id)
        if number < 2:
            await ctx.send_message(number + 1)
        else:
            await ctx.yield_output(f"counted to {number}")


@click.group()
def commands() -> None:
    """Count."""


@commands.command()
@click.option("--from", "first", type=int, required=True)
def count(first: int) -> None:
    """Count from a number."""
    a, b = Count(id="a"), Count(id="b")
    workflow = (
        WorkflowBuilder(name="command", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a).build()
    )
    result = asyncio.run(workflow.run(first, checkpoint_storage=FileCheckpointStorage("checkpoints")))
    click.echo(result.get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    commands()
