"""What runs."""

import asyncio
from pathlib import Path

from agent_framework import FileCheckpointStorage, WorkflowBuilder

from .work import Count


async def main() -> None:
    a, b = Count(id="a"), Count(id="b")
    workflow = WorkflowBuilder(name="desk", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a).build()
    print((await workflow.run(0, checkpoint_storage=FileCheckpointStorage("checkpoints"))).get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
