"""Classes that a checkpoint names and that have moved: the check says where they are now."""

from __future__ import annotations

import subprocess
import sys
import types
from pathlib import Path

import pytest

from ckpt_tui.runner.moved import moved, moved_fix, roots_of
from tests.cli.commands import here
from tests.support.frameworks import NEWEST, RELEASES, interpreter
from tests.support.resumes import checkpoints

MODELS = """
from dataclasses import dataclass

@dataclass
class Sketch:
    title: str

@dataclass
class Poll:
    draft: Sketch

class Consent:
    class Level:
        pass
"""
PROGRAM = """
import asyncio, inspect, sys
from MODULE import Consent, Poll, Sketch
from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler

class Count(Executor):
    @handler
    async def run(self, n: int, ctx: WorkflowContext[int, str]) -> None:
        ctx.set_state("asked", Poll(Sketch("tea")))
        if n > 2:
            await ctx.yield_output("done")
        else:
            await ctx.send_message(n + 1)

def build():
    count = Count(id="count")
    return WorkflowBuilder(name="moves", start_executor=count).add_edge(count, count).build()

def storage(directory):
    if "allowed_checkpoint_types" not in inspect.signature(FileCheckpointStorage.__init__).parameters:
        return FileCheckpointStorage(directory)
    return FileCheckpointStorage(directory, allowed_checkpoint_types=["models:Poll", "models:Sketch"])

if __name__ == "__main__":
    import app
    asyncio.run(app.build().run(0, checkpoint_storage=storage(sys.argv[1])))
"""


def program(directory: Path, release: str) -> str:
    """Write the program and a store of it, then move its classes into a package; returns a checkpoint."""
    (directory / "models.py").write_text(MODELS)
    (directory / "app.py").write_text(PROGRAM.replace("MODULE", "models"))
    words = [interpreter(release), "-W", "ignore", "app.py", "store"]
    subprocess.run(words, cwd=directory, check=True)
    (directory / "shop").mkdir()
    (directory / "shop" / "__init__.py").write_text("")
    (directory / "models.py").rename(directory / "shop" / "models.py")
    (directory / "app.py").write_text(PROGRAM.replace("MODULE", "shop.models"))
    return str(checkpoints(directory / "store")[2]["checkpoint_id"])


@pytest.mark.parametrize("release", RELEASES)
def test_the_check_says_where_the_classes_are_and_what_to_keep(release: str, tmp_path: Path) -> None:
    identifier = program(tmp_path, release)
    words = (
        "resume", tmp_path / "store", identifier, "--workflow", f"{tmp_path / 'app.py'}:build", "--storage",
        f"{tmp_path / 'app.py'}:storage", "--python", interpreter(release), "--allow", "models:Poll", "--allow",
        "models:Sketch", "--check",
    )  # fmt: skip
    done = here(*words)
    assert done.code == 5
    keep = 'moved? keep a module models that imports them and sets their __module__ to "models"'
    assert done.err.count(keep) == 1 and "→ shop.models has " in done.err, done.err
    module = tmp_path / "models.py"
    module.write_text("from shop.models import Poll, Sketch\n")
    if release == NEWEST:
        done = here(*words)
        assert done.code == 5
        assert '→ models imports Poll from shop.models: let models also set Poll.__module__ = "models"' in done.err
    module.write_text("from shop.models import Poll, Sketch\n\nPoll.__module__ = Sketch.__module__ = __name__\n")
    done = here(*words[:-1], "--into", tmp_path / "new", "--yes")
    assert done.code == 0, done.err
    assert "NOT SAVED" not in done.out and checkpoints(tmp_path / "new")


def test_files_that_were_not_imported_are_read_and_not_run(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "things.py").write_text(f"{MODELS}\nraise SystemExit('it ran')\n")
    (tmp_path / "broken.py").write_text("class Sketch(:\n")
    names = ["models:Sketch", "models:Consent.Level", "models:Nowhere"]
    assert moved(names, [str(tmp_path)]) == {
        "models:Sketch": "deep.er.things:Sketch", "models:Consent.Level": "deep.er.things:Consent.Level"
    }  # fmt: skip


def test_the_module_with_the_same_last_name_comes_first_then_the_one_with_most_of_the_classes(tmp_path: Path) -> None:
    for name, classes in (("a", "Sketch"), ("b", "Sketch Poll"), ("c", "Poll")):
        text = "".join(f"class {each}: pass\n" for each in classes.split())
        (tmp_path / f"{name}.py").write_text(text)
    assert set(moved(["models:Sketch", "models:Poll"], [str(tmp_path)]).values()) == {"b:Sketch", "b:Poll"}
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "models.py").write_text("class Sketch: pass\n")
    assert moved(["models:Sketch"], [str(tmp_path)]) == {"models:Sketch": "old.models:Sketch"}


def test_a_loaded_module_comes_before_files_and_libraries_do_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "real.py").write_text("")
    module = types.ModuleType("made")
    module.__file__ = str(tmp_path / "real.py")
    module.Sketch = type("Sketch", (), {"__module__": "made"})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "made", module)
    assert moved(["models:Sketch", "models:OrderedDict"], [str(tmp_path)]) == {"models:Sketch": "made:Sketch"}


def test_what_is_to_be_done_is_said_in_a_sentence() -> None:
    found = {"shop:A": "pkg.shop:A", "shop:B": "pkg.shop:B", "shop:C": "pkg.shop:C", "old:D": "new:D"}
    assert moved_fix(found) == (
        'pkg.shop has A, B and C: moved? keep a module shop that imports them and sets their __module__ to "shop"; '
        'new has D: moved? keep a module old that imports it and sets its __module__ to "old"'
    )


def test_the_directories_of_a_program_are_those_above_its_package(tmp_path: Path) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "__init__.py").write_text("")
    assert roots_of(str(tmp_path / "pkg" / "app.py"))[0] == str(tmp_path)
