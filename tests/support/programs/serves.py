"""A server: it runs a workflow only when somebody asks for it (with `--once`, by itself)."""

import asyncio
import sys
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


class Count(Executor):
    @handler
    async def count(self, number: int, ctx: WorkflowContext[int, str]) -> None:
        print("executor", self.id)
        if number < 2:
            await ctx.send_message(number + 1)
        else:
            await ctx.yield_output(f"counted to {number}")


a, b = Count(id="a"), Count(id="b")
workflow = WorkflowBuilder(name="server", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a).build()
storage = FileCheckpointStorage("checkpoints")


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    result = await workflow.run(0, checkpoint_storage=storage)
    writer.write(f"{result.get_outputs()}\n".encode())
    writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    if "--once" in sys.argv:
        reader, _ = await asyncio.open_connection(*server.sockets[0].getsockname())
        print(await reader.read())
        Path("after.txt").write_text("after the run")
    else:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
