"""Targets that are remembered and suggested: their paths, their order, and which of them are in doubt."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ckpt_tui.actions.resume.plan import Source, Target, make_plan, parts
from ckpt_tui.actions.resume.proposals import Proposal, known_proposals, ordered, parts_to_start, program_text
from ckpt_tui.actions.resume.targets import anchored, is_same_code, remember, remembered, suggested
from ckpt_tui.actions.resume.trust import doubt, is_inside
from ckpt_tui.user_directories import state_directory


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store in a project that is the current directory."""
    directory = tmp_path / "project" / "ck"
    directory.mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    return directory


def project_file(where: Path, /, **entries: str) -> Path:
    where.mkdir(parents=True, exist_ok=True)
    path = where / "ckpt-tui.toml"
    path.write_text("[resume]\n" + "".join(f'{name} = "{text}"\n' for name, text in entries.items()))
    return path


class TestRemembered:
    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("app.py", "{here}/app.py"), ("sub/../app.py:build", "{here}/app.py:build"), ("pkg.app", "pkg.app"),
            ("pkg.app:build", "pkg.app:build"), ("/x/app.py", "/x/app.py"),
        ],
    )  # fmt: skip
    def test_paths_are_kept_absolute_and_modules_with_their_directory(
        self, text: str, kept: str, store: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        here = store.parent
        remember(str(store), Target(text, "python3", arguments=("--x",), inputs=("yes",)))
        monkeypatch.chdir("/")
        found = remembered(str(store))
        assert found is not None
        assert (found.workflow, found.directory) == (kept.format(here=here), str(here))
        assert (found.python, found.arguments, found.inputs) == ("python3", ("--x",), ("yes",))

    def test_a_storage_and_an_interpreter_are_kept_absolute_too(self, store: Path) -> None:
        target = anchored(Target("app.py", f".venv{os.sep}bin{os.sep}python", storage="own.py:make"))
        here = str(store.parent)
        assert (target.python, target.storage) == (f"{here}/.venv/bin/python", f"{here}/own.py:make")

    def test_an_entry_of_an_earlier_release_still_counts(self, store: Path, tmp_path: Path) -> None:
        path = Path(state_directory()) / "targets.json"
        path.parent.mkdir(parents=True)
        path.write_text(f'{{"{store}": {{"workflow": "app:build", "python": "", "args": {{"n": 1}}}}}}')
        assert remembered(str(store)) == Target("app:build", "", {"n": 1})

    def test_a_program_is_the_same_by_whichever_path_it_is_named(self, store: Path) -> None:
        assert is_same_code(Target("app.py"), Target(str(store.parent / "app.py"), directory="/"))
        assert not is_same_code(Target("app.py"), Target("app.py:build"))
        assert not is_same_code(Target("app.py"), Target("app.py", directory="/"))

    def test_each_graph_of_a_store_of_several_has_its_own_program(self, store: Path) -> None:
        remember(str(store), Target("chat.py"), ["reply"])
        remember(str(store), Target("orders.py"), ["take", "approve", "ship"])
        found = [remembered(str(store), nodes) for nodes in (["reply"], ["take"], [], ["plan"])]
        assert [each and Path(each.workflow).name for each in found] == ["chat.py", "orders.py", "orders.py", None]

    def test_a_program_that_is_gone_is_not_proposed(self, store: Path) -> None:
        remember(str(store), Target("app.py"))
        assert known_proposals(str(store)) == []
        Path("app.py").touch()
        assert [each.origin for each in known_proposals(str(store))] == ["used"]


class TestSuggested:
    def test_relative_paths_are_those_of_the_file(self, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        here = store.parent
        (here / ".venv" / "bin").mkdir(parents=True)
        project_file(here, workflow="src/app.py:build", python=".venv", storage="own.py:make")
        monkeypatch.chdir("/")
        found = suggested(str(store))
        assert found is not None and not found.doubt
        assert found.target == Target(
            f"{here}/src/app.py:build", f"{here}/.venv", storage=f"{here}/own.py:make", directory=str(here)
        )

    def test_a_module_is_found_from_the_directory_of_the_file(self, store: Path) -> None:
        (store.parent / "pyproject.toml").write_text(
            '[tool.ckpt-tui.resume]\nworkflow = "pkg.app"\ndirectory = "src"\n'
        )
        found = suggested(str(store))
        assert found is not None
        assert (found.target.workflow, found.target.directory) == ("pkg.app", str(store.parent / "src"))

    @pytest.mark.parametrize("place", ["ck", "ck/below", "ck.forks", "ck.forks/an-id-1"])
    def test_a_file_inside_the_store_or_its_forks_is_in_doubt(
        self, place: str, store: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = project_file(store.parent / place, workflow="app:build", python="./evil.sh")
        monkeypatch.chdir(path.parent)
        opened = path.parent if "forks/" in place else store
        found = suggested(str(opened))
        assert found is not None
        assert (found.doubt, found.subject) == ("lies inside the store", str(path))
        (proposal,) = known_proposals(str(opened))
        assert proposal.question == f"{path} lies inside the store."
        assert ("interpreter", f"{path.parent}/evil.sh") in parts_to_start(proposal.target)

    def test_a_link_from_inside_the_store_is_in_doubt(self, store: Path) -> None:
        real = project_file(store.parent.parent / "away", workflow="app:build")
        (store / "ckpt-tui.toml").symlink_to(real)
        found = suggested(str(store))
        assert found is not None and found.doubt == "lies inside the store"

    def test_a_store_behind_a_link_is_the_same_store(self, store: Path) -> None:
        project_file(store, workflow="app:build")
        link = store.parent / "link"
        link.symlink_to(store)
        found = suggested(str(link))
        assert found is not None and found.doubt == "lies inside the store"

    @pytest.mark.parametrize(
        "entries",
        [
            {"workflow": "ck/app.py"},
            {"workflow": "app", "python": "ck/evil.sh"},
            {"workflow": "app", "directory": "ck"},
        ],
    )
    def test_what_lies_inside_the_store_is_in_doubt_whoever_names_it(
        self, entries: dict[str, str], store: Path
    ) -> None:
        project_file(store.parent, **entries)
        found = suggested(str(store))
        assert found is not None and found.doubt == "lies inside the store"

    def test_a_file_that_every_user_can_write_is_in_doubt(self, store: Path) -> None:
        path = project_file(store.parent, workflow="app:build")
        path.chmod(0o666)
        assert suggested(str(store)).doubt == "can be changed by every user"  # type: ignore[union-attr]
        path.chmod(0o644)
        store.parent.chmod(0o777)
        assert "directory that every user can write to" in suggested(str(store)).doubt  # type: ignore[union-attr]

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
    def test_a_file_of_another_user_is_in_doubt(self, store: Path) -> None:
        path = project_file(store.parent, workflow="app:build")
        os.chown(path, 12345, -1)
        assert suggested(str(store)).doubt == "belongs to another user"  # type: ignore[union-attr]
        os.chown(path, 0, -1)
        os.chown(store.parent, 12345, -1)
        assert suggested(str(store)).doubt == "lies in a directory of another user"  # type: ignore[union-attr]

    def test_the_persons_own_file_comes_before_one_in_the_store(self, store: Path) -> None:
        project_file(store, workflow="evil:x")
        project_file(store.parent.parent, workflow="app:build")
        found = suggested(str(store))
        assert found is not None
        assert (found.target.workflow, found.doubt) == ("app:build", "")

    def test_a_file_may_hold_anything(self, store: Path) -> None:
        for text in (
            "[resume]\nworkflow = 3\n",
            "resume = 1\n",
            "\x00",
            "[[[",
            "[resume]\n" + "a.b." * 5_000 + "c = 1\n",
        ):
            (store.parent / "ckpt-tui.toml").write_text(text)
            assert suggested(str(store)) is None


class TestProposals:
    def test_what_was_used_comes_first_then_a_suggestion_then_what_is_found_then_what_is_in_doubt(self) -> None:
        used = Proposal(Target("/a.py"), "used", "")
        suggestion = Proposal(Target("/b.py"), "suggested", "")
        doubtful = Proposal(Target("/c.py"), "suggested", "", "why")
        candidate = Proposal(Target("/d.py"), "found", "")
        again = Proposal(Target("/a.py"), "found", "")
        assert ordered([used, doubtful, suggestion, candidate, again]) == [used, suggestion, candidate, doubtful]

    def test_a_program_is_written_as_in_its_directory(self) -> None:
        assert program_text(Target("/p/src/app.py:build", directory="/p")) == "src/app.py:build"
        assert program_text(Target("/q/app.py", directory="/p")) == "/q/app.py"
        assert program_text(Target("pkg.app", directory="/p")) == "pkg.app"

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("app.py", ("app.py", "")), ("app.py:build", ("app.py", "build")), ("pkg.app", ("pkg.app", "")),
            ("pkg.app:App.build", ("pkg.app", "App.build")), ("/a:b/app.py", ("/a:b/app.py", "")),
            ("app:", ("app", "")),
        ],
    )  # fmt: skip
    def test_a_target_has_a_place_and_a_name_in_it(self, text: str, expected: tuple[str, str]) -> None:
        assert parts(text) == expected

    def test_the_command_to_paste_goes_to_the_directory_of_the_program(self, store: Path) -> None:
        source = Source(str(store), "an-id", "hash")
        plan = make_plan(source, Target("pkg.app", "python3", directory="/a b", arguments=("--x", "y z")))
        assert plan.command_text().startswith(f"cd '/a b' && ckpt-tui resume {store} an-id --workflow pkg.app")
        assert plan.command_text().endswith("-- --x 'y z'")
        here = make_plan(source, Target("pkg.app", "python3", directory=str(store.parent)))
        assert here.command_text().startswith("ckpt-tui resume ")


class TestTrust:
    def test_a_file_of_ones_own_is_not_in_doubt(self, store: Path) -> None:
        path = project_file(store.parent, workflow="x")
        assert doubt(str(path), str(store)) == ""
        assert doubt(str(store.parent / "missing"), str(store)) == ""

    def test_a_neighbour_whose_name_begins_alike_is_not_inside(self, store: Path) -> None:
        assert not is_inside(f"{store}-old/app.py", str(store))
        assert is_inside(f"{store}/../ck/x", str(store))
        assert not is_inside("x", "")
