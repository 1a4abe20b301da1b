"""Relative imports, classes of `__main__` and of the package, and the name of the package in use."""

import asyncio
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

from .parts.models import Basket, Question


@dataclass
class Receipt:
    text: str


class Fill(Executor):
    @handler
    async def fill(self, name: str, ctx: WorkflowContext[Basket]) -> None:
        print("executor", self.id)
        await ctx.send_message(Basket([name, "bag"]))


class Till(Executor):
    @handler
    async def ask(self, basket: Basket, ctx: WorkflowContext) -> None:
        print("executor", self.id)
        await ctx.request_info(Question(basket), bool)

    @response_handler
    async def paid(self, asked: Question, pays: bool, ctx: WorkflowContext[Receipt]) -> None:
        print("executor", self.id)
        await ctx.send_message(Receipt(f"{asked.basket.items} {'paid' if pays else 'left'}"))


class Printer(Executor):
    @handler
    async def printed(self, receipt: Receipt, ctx: WorkflowContext[None, str]) -> None:
        print("executor", self.id)
        await ctx.yield_output(f"{__package__}: {receipt.text}")


async def main() -> None:
    fill, till, printer = Fill(id="fill"), Till(id="till"), Printer(id="printer")
    types = ["__main__:Receipt", "shop.parts.models:Basket", "shop.parts.models:Question"]
    workflow = (
        WorkflowBuilder(name="shop", start_executor=fill, output_from=[printer])
        .add_edge(fill, till)
        .add_edge(till, printer)
        .build()
    )
    storage = FileCheckpointStorage("checkpoints", allowed_checkpoint_types=types)
    print((await workflow.run("tea", checkpoint_storage=storage)).get_request_info_events())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
