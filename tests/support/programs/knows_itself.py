"""What a script knows of itself must be as Python makes it, and its names must be found where they are looked for."""

import asyncio
import inspect
import os
import pickle
import sys
import typing
from dataclasses import dataclass
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


@dataclass
class Note:
    text: str


class Write(Executor):
    @handler
    async def write(self, note: Note, ctx: WorkflowContext[Note, str]) -> None:
        print("executor", self.id)
        assert pickle.loads(pickle.dumps(note)) == note
        assert "class Note" in inspect.getsource(Note)
        assert typing.get_type_hints(Note) == {"text": str}
        if len(note.text) < 4:
            await ctx.send_message(Note(note.text + "."))
        else:
            await ctx.yield_output(note.text)


here = os.path.dirname(os.path.abspath(__file__))
assert __name__ == "__main__"
assert __spec__ is None and __package__ is None
assert sys.modules["__main__"].__dict__ is globals()
assert os.path.samefile(sys.argv[0], __file__) and sys.argv[1:] == ["--flag", "value"]
assert os.path.isabs(__file__) and os.path.samefile(sys.path[0], here)
assert __doc__ is not None and __doc__.startswith("What a script knows")
assert not [name for name in globals() if "ckpt" in name.lower()]


async def main() -> None:
    a, b = Write(id="a"), Write(id="b")
    storage = FileCheckpointStorage("checkpoints", allowed_checkpoint_types=["__main__:Note"])
    builder = WorkflowBuilder(name="notes", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a)
    print((await builder.build().run(Note("n"), checkpoint_storage=storage)).get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
