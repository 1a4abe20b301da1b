"""Everything inside `main()`: workflow, storage, the awaited run, and what comes after it."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


@dataclass
class Order:
    number: int
    notes: list[str]


class Price(Executor):
    @handler
    async def price(self, number: int, ctx: WorkflowContext[Order]) -> None:
        print("executor", self.id)
        await ctx.send_message(Order(number, ["priced"]))


class Pack(Executor):
    @handler
    async def pack(self, order: Order, ctx: WorkflowContext[Order]) -> None:
        print("executor", self.id)
        ctx.set_state("order", order)
        await ctx.send_message(Order(order.number, [*order.notes, "packed"]))


class Ship(Executor):
    @handler
    async def ship(self, order: Order, ctx: WorkflowContext[None, str]) -> None:
        print("executor", self.id)
        await ctx.yield_output(f"{order.number}: {order.notes}")


async def main() -> None:
    price, pack, ship = Price(id="price"), Pack(id="pack"), Ship(id="ship")
    storage = FileCheckpointStorage("checkpoints", allowed_checkpoint_types=[f"{__name__}:Order"])
    workflow = (
        WorkflowBuilder(name="orders", start_executor=price, output_from=[ship])
        .add_edge(price, pack)
        .add_edge(pack, ship)
        .build()
    )
    result = await workflow.run(7, checkpoint_storage=storage)
    print(result.get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
