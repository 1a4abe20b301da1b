"""A shop whose invoice is too low: the program of docs/debug.md."""

import asyncio
from dataclasses import dataclass

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


@dataclass
class Order:
    items: list[str]
    total: float


class Cart(Executor):
    @handler
    async def fill(self, items: list[str], ctx: WorkflowContext[Order]) -> None:
        await ctx.send_message(Order(items, 100.0))


class Discount(Executor):
    @handler
    async def take_off(self, order: Order, ctx: WorkflowContext[Order]) -> None:
        order.total = round(order.total * 0.9, 2)
        ctx.set_state("total", order.total)
        await ctx.send_message(order)


class Stock(Executor):
    @handler
    async def check(self, order: Order, ctx: WorkflowContext[Order]) -> None:
        if "desk" in order.items:
            print("no desk left: a table instead")
            order.items = ["table" if item == "desk" else item for item in order.items]
            await ctx.send_message(order, target_id="discount")
        else:
            await ctx.send_message(order, target_id="invoice")


class Invoice(Executor):
    @handler
    async def write(self, order: Order, ctx: WorkflowContext[None, str]) -> None:
        await ctx.yield_output(f"please pay {order.total}")


async def main() -> None:
    cart, discount, stock, invoice = Cart("cart"), Discount("discount"), Stock("stock"), Invoice("invoice")
    builder = WorkflowBuilder(start_executor=cart, name="shop").add_edge(cart, discount).add_edge(discount, stock)
    workflow = builder.add_edge(stock, discount).add_edge(stock, invoice).build()
    storage = FileCheckpointStorage("orders", allowed_checkpoint_types=["__main__:Order"])
    result = await workflow.run(["lamp", "desk"], checkpoint_storage=storage)
    print(result.get_outputs())


asyncio.run(main())
