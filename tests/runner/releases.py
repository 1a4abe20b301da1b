"""A program whose checkpoints hold a class of an installed package, and a store that it wrote."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.lasting_directories import lasting_directory

PROGRAM = """
import asyncio
import sys
import zipfile
from dataclasses import dataclass

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler
from packaging.version import Version


@dataclass
class Release:
    version: Version


class Bump(Executor):
    @handler
    async def go(self, minor: int, ctx: WorkflowContext[Release]) -> None:
        await ctx.send_message(Release(Version(f"1.{minor}")))


class Publish(Executor):
    @handler
    async def go(self, release: Release, ctx: WorkflowContext[Version, str]) -> None:
        ctx.set_state("published", release.version)
        await ctx.yield_output(str(release.version))


async def main() -> None:
    bump, publish = Bump(id="bump"), Publish(id="publish")
    builder = WorkflowBuilder(start_executor=bump, name="releases", output_from=[publish])
    allowed = [name for name in sys.argv[2:] if ":" in name]
    storage = FileCheckpointStorage(sys.argv[1], allowed_checkpoint_types=allowed)
    print(await builder.add_edge(bump, publish).build().run(4, checkpoint_storage=storage))


if __name__ == "__main__":
    asyncio.run(main())
"""
VERSION = "packaging.version:Version"
ALL = ("__main__:Release", VERSION)


@cache
def released() -> tuple[Path, Path, list[dict[str, Any]]]:
    """The program, the store that it wrote and its checkpoints, oldest first."""
    home = lasting_directory("gate")
    program = home / "releases.py"
    program.write_text(PROGRAM)
    subprocess.run([sys.executable, program, home / "store", *ALL], check=True, capture_output=True)
    found = [json.loads(path.read_text()) for path in (home / "store").glob("*.json")]
    return program, home / "store", sorted(found, key=lambda each: str(each["timestamp"]))
