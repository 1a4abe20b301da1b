"""Executors that read what `main()` set for them in a context variable."""

import asyncio
from contextvars import ContextVar
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler

tenant: ContextVar[str] = ContextVar("tenant")


class Name(Executor):
    @handler
    async def name(self, text: str, ctx: WorkflowContext[str, str]) -> None:
        print("executor", self.id)
        named = f"{text} {tenant.get()}"
        await ctx.send_message(named)
        await ctx.yield_output(named)


class Last(Name):
    @handler
    async def name(self, text: str, ctx: WorkflowContext[None, str]) -> None:
        print("executor", self.id)
        await ctx.yield_output(f"{text} and {tenant.get()}")


async def main() -> None:
    tenant.set("acme")
    first, last = Name(id="first"), Last(id="last")
    builder = WorkflowBuilder(name="tenants", start_executor=first, output_from=[first, last]).add_edge(first, last)
    print((await builder.build().run("for", checkpoint_storage=FileCheckpointStorage("checkpoints"))).get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
