"""The programs that are found for a checkpoint: which, in what order, why, with which interpreter, from where."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from ckpt_tui.actions.resume import project_files
from ckpt_tui.actions.resume.discovery import Candidate, find
from ckpt_tui.actions.resume.interpreters import default_python, has_framework, python_for
from ckpt_tui.actions.resume.plan import Source
from tests.support.work import calls

MAIN = "__main__:"

PROGRAM = """
import asyncio
from dataclasses import dataclass
from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder

@dataclass
class Draft:
    text: str

async def main():
    writer = Executor(id="writer")
    workflow = WorkflowBuilder(start_executor=writer, name="letters").add_edge(writer, Executor(id='reviewer')).build()
    await workflow.run("tea", checkpoint_storage=FileCheckpointStorage("./ck"))

if __name__ == "__main__":
    asyncio.run(main())
"""


def source(store: Path, *types: str, executors: tuple[str, ...] = ("writer", "reviewer"), name: str = "") -> Source:
    store.mkdir(parents=True, exist_ok=True)
    return Source(str(store), "an-id", "hash", types, executors, name)


def found(store: Path, *types: str, here: Path | None = None, **more: object) -> tuple[Candidate, ...]:
    return find(source(store, *types, **more), str(here or store.parent)).candidates  # type: ignore[arg-type]


def names(candidates: tuple[Candidate, ...]) -> list[str]:
    return [os.path.basename(each.file) for each in candidates]


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


class TestWhatIsFound:
    def test_the_script_beside_the_store_is_found_with_the_reason_in_words(self, tmp_path: Path) -> None:
        script = write(tmp_path / "app.py", PROGRAM)
        (first,) = found(tmp_path / "ck", MAIN + "Draft", name="letters")
        assert first.target.workflow == str(script)
        assert first.reason == ("defines Draft; names “letters”, writer, reviewer; names the store; runs a workflow")
        assert first.doubt == ""

    def test_the_one_that_defines_the_classes_of_main_comes_first(self, tmp_path: Path) -> None:
        write(tmp_path / "a_twin.py", PROGRAM.replace("Draft", "Letter"))
        write(tmp_path / "z_app.py", PROGRAM)
        assert names(found(tmp_path / "ck", MAIN + "Draft"))[0] == "z_app.py"

    def test_what_runs_comes_before_what_only_defines_it(self, tmp_path: Path) -> None:
        write(
            tmp_path / "flows.py",
            PROGRAM.partition("if __name__")[0].replace("await workflow.run", "return workflow, "),
        )
        write(tmp_path / "go.py", 'import asyncio\nfrom flows import main\nw = asyncio.run(main())\nw.run("x")\n')
        (first, *_) = found(tmp_path / "ck", "flows:Draft")
        assert os.path.basename(first.file) == "go.py"
        assert "imports flows.py with Draft, writer, reviewer" in first.reason

    def test_a_class_of_a_module_leads_to_the_program_that_imports_the_module(self, tmp_path: Path) -> None:
        write(tmp_path / "pkg" / "__init__.py", "")
        models = write(tmp_path / "pkg" / "models.py", "class Q:\n    pass\n")
        write(
            tmp_path / "pkg" / "app.py",
            PROGRAM.replace("@dataclass\nclass Draft", "from .models import Q\nclass Draft"),
        )
        write(tmp_path / "other.py", PROGRAM)
        (first, *rest) = found(tmp_path / "ck", "pkg.models:Q")
        assert first.target.workflow == "pkg.app"
        assert first.target.directory == str(tmp_path)
        assert str(models) not in [each.file for each in (first, *rest)]

    def test_a_package_is_named_by_its_path_when_the_program_is_started_from_elsewhere(self, tmp_path: Path) -> None:
        write(tmp_path / "pyproject.toml", "")
        write(tmp_path / "src" / "pkg" / "__init__.py", "")
        write(tmp_path / "src" / "pkg" / "models.py", "class Q:\n    pass\n")
        app = write(tmp_path / "src" / "pkg" / "app.py", f"from .models import Q\n{PROGRAM}")
        (first,) = found(tmp_path / "ck", "pkg.models:Q")
        assert first.target.workflow == str(app)
        assert first.target.directory == str(tmp_path)

    def test_imports_are_followed_over_several_files(self, tmp_path: Path) -> None:
        write(tmp_path / "models.py", "class Q: pass\n")
        write(tmp_path / "flow.py", "from agent_framework import WorkflowBuilder\nfrom models import Q\n")
        write(tmp_path / "service" / "__init__.py", "import flow\n")
        write(tmp_path / "cli.py", "import service\nif __name__ == '__main__':\n    service.flow.build().run('x')\n")
        (first,) = found(tmp_path / "ck", "models:Q")
        assert os.path.basename(first.file) == "cli.py"
        assert "imports models.py with Q" in first.reason

    def test_what_makes_a_workflow_without_running_it_is_named_in_its_file(self, tmp_path: Path) -> None:
        text = 'from agent_framework import Workflow, WorkflowBuilder\ndef letters(tone="x") -> Workflow:\n'
        file = write(tmp_path / "flows.py", f'{text}    return WorkflowBuilder(name="w", ids=["writer", "reviewer"])\n')
        (first,) = found(tmp_path / "ck")
        assert first.target.workflow == f"{file}:letters"
        assert "letters may make its workflow" in first.reason

    def test_workflows_of_builders_are_known_by_the_builder_and_the_persons_own_agents(self, tmp_path: Path) -> None:
        text = PROGRAM.replace('name="letters"', "").replace("WorkflowBuilder", "SequentialBuilder")
        write(tmp_path / "b.py", text)
        write(tmp_path / "a.py", PROGRAM.replace("letters", "input-conversation"))
        (first, *_) = found(tmp_path / "ck", executors=("input-conversation", "writer", "reviewer"), name="Sequential")
        assert os.path.basename(first.file) == "b.py"
        assert "uses SequentialBuilder" in first.reason

    def test_executors_that_are_functions_and_functional_workflows_count_by_their_names(self, tmp_path: Path) -> None:
        text = "import asyncio\nfrom agent_framework import workflow\n@workflow\nasync def review(topic: str): ...\n"
        write(tmp_path / "fn.py", f"{text}asyncio.run(review.run('x'))\n")
        (first,) = found(tmp_path / "ck", executors=(), name="review")
        assert "names “review”" in first.reason

    def test_a_test_comes_after_the_program(self, tmp_path: Path) -> None:
        write(tmp_path / "pyproject.toml", "")
        write(tmp_path / "tests" / "test_app.py", PROGRAM)
        write(tmp_path / "src" / "zz" / "app.py", PROGRAM)
        assert names(found(tmp_path / "ck", MAIN + "Draft")) == ["app.py", "test_app.py"]

    def test_nothing_is_proposed_where_only_a_name_is_the_same(self, tmp_path: Path) -> None:
        write(
            tmp_path / "app.py",
            'import flask\napp = flask.Flask("writer")\nif __name__ == "__main__":\n    app.run("x")\n',
        )
        assert found(tmp_path / "ck", "datetime:datetime") == ()

    def test_it_is_read_and_never_imported(self, tmp_path: Path) -> None:
        mark = tmp_path / "ran"
        write(tmp_path / "app.py", f"open({str(mark)!r}, 'w')\n{PROGRAM}")
        assert found(tmp_path / "ck", MAIN + "Draft")
        assert not mark.exists() and "app" not in sys.modules


class TestWhereItLooks:
    def test_at_and_above_the_store_and_below_the_root_of_the_project(self, tmp_path: Path) -> None:
        write(tmp_path / "pyproject.toml", "")
        write(tmp_path / "apps" / "deep" / "er" / "app.py", PROGRAM)
        store = tmp_path / "data" / "runs" / "ck"
        assert names(found(store, MAIN + "Draft", here=tmp_path / "data")) == ["app.py"]

    def test_around_the_current_directory_when_the_store_lies_elsewhere(self, tmp_path: Path) -> None:
        write(tmp_path / "project" / "requirements-dev.txt", "")
        write(tmp_path / "project" / "src" / "app.py", PROGRAM)
        (first,) = found(tmp_path / "elsewhere" / "ck", MAIN + "Draft", here=tmp_path / "project")
        assert first.target.directory == str(tmp_path / "project")

    def test_around_the_link_to_a_store_that_lies_elsewhere(self, tmp_path: Path) -> None:
        (tmp_path / "disk" / "ck").mkdir(parents=True)
        write(tmp_path / "project" / "app.py", PROGRAM)
        (tmp_path / "project" / "ck").symlink_to(tmp_path / "disk" / "ck")
        assert names(found(tmp_path / "project" / "ck", MAIN + "Draft", here=tmp_path / "disk")) == ["app.py"]

    @pytest.mark.parametrize(
        "place",
        [".venv/lib", "node_modules/x", "__pycache__", ".hidden", "site-packages", "ck/in", "ck.forks/a-1", "mine"],
    )
    def test_not_in_environments_hidden_directories_or_stores(self, place: str, tmp_path: Path) -> None:
        write(tmp_path / "pyproject.toml", "")
        write(tmp_path / "mine" / "pyvenv.cfg", "")
        write(tmp_path / place / "app.py", PROGRAM)
        assert found(tmp_path / "ck", MAIN + "Draft") == ()

    def test_what_lies_in_the_store_itself_is_found_and_needs_a_question(self, tmp_path: Path) -> None:
        write(tmp_path / "ck" / "app.py", PROGRAM)
        (first,) = found(tmp_path / "ck", MAIN + "Draft", here=tmp_path / "ck")
        assert first.doubt == "lies inside the store"
        assert first.target.directory == str(tmp_path)

    def test_the_home_directory_is_not_searched_as_a_project(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        (tmp_path / ".git").mkdir()
        write(tmp_path / "project" / "app.py", PROGRAM)
        assert found(tmp_path / "ck", MAIN + "Draft") == ()

    def test_loops_pipes_and_files_that_cannot_be_read_do_no_harm(self, tmp_path: Path) -> None:
        write(tmp_path / "setup.cfg", "")
        (tmp_path / "loop").symlink_to(tmp_path)
        (tmp_path / "self.py").symlink_to(tmp_path / "self.py")
        os.mkfifo(tmp_path / "pipe.py")
        (tmp_path / "directory.py").mkdir()
        (tmp_path / "latin.py").write_bytes(f"# caf\xe9 \0 \n{PROGRAM}".encode("latin-1", "replace"))
        (tmp_path / "binary.py").write_bytes(bytes(range(256)) * 100 + b"agent_framework")
        write(tmp_path / "locked.py", PROGRAM).chmod(0)
        assert names(found(tmp_path / "ck", MAIN + "Draft"))[0] == "latin.py"

    def test_names_with_odd_characters_are_only_text(self, tmp_path: Path) -> None:
        write(tmp_path / "app.py", PROGRAM)
        ids = ("writer", "(?:a+)+$", "", "a\nb", "\ud800", "x" * 10_000)
        assert names(found(tmp_path / "ck", MAIN + "Draft", "..:.", "a..b:", "\ud800:C", executors=ids)) == ["app.py"]

    def test_it_stops_at_its_bounds_and_says_so(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(tmp_path / "pyproject.toml", "")
        for number in range(30):
            write(tmp_path / f"d{number}" / "m.py", "x = 1\n")
        monkeypatch.setattr(project_files, "FILES", 10)
        ended = find(source(tmp_path / "ck"), str(tmp_path))
        assert ended.is_cut and ended.files == 10
        monkeypatch.setattr(project_files, "FILES", 1_000)
        monkeypatch.setattr(project_files, "DIRECTORIES", 5)
        ended = find(source(tmp_path / "ck"), str(tmp_path))
        assert ended.is_cut and ended.directories == 5

    def test_it_ends_when_nobody_waits_for_it(self, tmp_path: Path) -> None:
        class Enough(Exception):
            pass

        def check() -> None:
            raise Enough

        with pytest.raises(Enough):
            find(source(tmp_path / "ck"), str(tmp_path), check)

    def test_a_project_of_two_thousand_files_takes_no_work_for_most_of_them(self, tmp_path: Path) -> None:
        write(tmp_path / "pyproject.toml", "")
        body = f"import os\n{'x = os.path.join(1, 2)  # writer reviewer' * 200}\nfrom agent_framework import Agent\n"
        for number in range(2_000):
            write(
                tmp_path / f"p{number // 100}" / f"m{number}.py",
                body if number % 10 == 0 else body.replace("agent_f", ""),
            )
        write(tmp_path / "app.py", PROGRAM)
        where = source(tmp_path / "ck", MAIN + "Draft")
        ended = find(where, str(tmp_path))
        assert ended.files == 2_001
        assert names(ended.candidates) == ["app.py"]
        assert calls(lambda: find(where, str(tmp_path))) < 100 * ended.files


class TestTheInterpreter:
    def environment(self, directory: Path, *packages: str) -> str:
        write(directory / "bin" / "python", "")
        write(directory / "pyvenv.cfg", "home = /usr/bin\n")
        for name in packages:
            (directory / "lib" / "python3.12" / "site-packages" / name).mkdir(parents=True)
        return str(directory / "bin" / "python")

    @pytest.mark.parametrize("name", [".venv", "venv", "env", ".conda", ".pixi/envs/default"])
    def test_the_environment_beside_the_program_or_above_it_is_proposed(self, name: str, tmp_path: Path) -> None:
        write(tmp_path / "pyproject.toml", "")
        python = self.environment(tmp_path / name, "agent_framework")
        write(tmp_path / "apps" / "app.py", PROGRAM)
        (first,) = found(tmp_path / "ck", MAIN + "Draft")
        assert (first.target.python, first.remark) == (python, "")

    def test_one_without_the_framework_gives_way_to_one_that_has_it(self, tmp_path: Path) -> None:
        write(tmp_path / "pyproject.toml", "")
        above = self.environment(tmp_path / ".venv", "agent_framework_core-1.0.0.dist-info")
        self.environment(tmp_path / "apps" / ".venv", "requests")
        write(tmp_path / "apps" / "app.py", PROGRAM)
        (first,) = found(tmp_path / "ck", MAIN + "Draft")
        assert first.target.python == above

    def test_where_none_has_the_framework_this_is_said(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        bare = self.environment(tmp_path / "bare", "requests")
        monkeypatch.setattr(sys, "executable", bare)
        monkeypatch.delenv("VIRTUAL_ENV", raising=False)
        monkeypatch.chdir(tmp_path)
        python = self.environment(tmp_path / ".venv", "requests")
        found_python, remark = python_for(str(tmp_path / "app.py"), str(tmp_path), str(tmp_path / "ck"))
        assert found_python == python
        assert remark == f"there is no agent_framework in {tmp_path / '.venv'}"

    def test_an_environment_inside_the_store_is_never_proposed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = tmp_path / "ck"
        inside = self.environment(store / ".venv", "agent_framework")
        monkeypatch.delenv("VIRTUAL_ENV", raising=False)
        monkeypatch.chdir(store)
        write(store / "app.py", PROGRAM)
        (first,) = found(store, MAIN + "Draft", here=store)
        assert first.target.python == sys.executable != inside
        assert default_python(str(store)) == sys.executable

    def test_an_environment_that_others_can_write_to_is_not_proposed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.environment(tmp_path / ".venv", "agent_framework")
        (tmp_path / ".venv" / "bin").chmod(0o777)
        monkeypatch.delenv("VIRTUAL_ENV", raising=False)
        monkeypatch.chdir(tmp_path)
        assert python_for(str(tmp_path / "app.py"), str(tmp_path), str(tmp_path / "ck"))[0] == sys.executable

    def test_packages_of_the_system_may_be_anywhere(self, tmp_path: Path) -> None:
        python = self.environment(tmp_path / ".venv")
        assert not has_framework(python)
        write(tmp_path / ".venv" / "pyvenv.cfg", "include-system-site-packages = true\n")
        assert has_framework(python)
        assert has_framework("/usr/bin/python3")
