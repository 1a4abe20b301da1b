"""What a target may be, what may be changed before a run, and where its checkpoints go."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel

from ckpt_tui.actions.resume.document_edits import parse_edit, smallest
from ckpt_tui.actions.resume.plan import Edit
from ckpt_tui.runner.made import Maker
from ckpt_tui.stores.registry import open_store
from tests.cli.commands import ROOT, here
from tests.runner.stores import FLOWS, Watched, lines, of_kind, plan, resume, store
from tests.support.frameworks import RELEASES
from tests.support.resumes import SCENARIOS, checkpoints, essence, made

SCRIPT = """
import asyncio, sys
from dataclasses import dataclass
from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler

@dataclass
class Job:
    n: int

class Count(Executor):
    @handler
    async def run(self, job: Job, ctx: WorkflowContext[Job, str]) -> None:
        ctx.set_state("job", job)
        if job.n < 5:
            await ctx.send_message(Job(job.n + 1))
        else:
            await ctx.yield_output("done")

def build():
    a, b = Count(id="a"), Count(id="b")
    return WorkflowBuilder(name="script", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a)

def storage(directory):
    return FileCheckpointStorage(directory, allowed_checkpoint_types=[f"{__name__}:Job"])

if __name__ == "__main__":
    asyncio.run(build().build().run(Job(0), checkpoint_storage=storage(sys.argv[1])))
    print("ran as a script")
"""


class TestTargets:
    @pytest.mark.parametrize("target", [f"{FLOWS}:build_loop", "tests/runner/flows.py:build_loop"])
    def test_a_module_and_a_file_are_found_from_the_current_directory(self, target: str, tmp_path: Path) -> None:
        # The classes of the loop are in another module, so that the graph is the same whatever loads the target.
        done = Watched(plan("loop", 3, target, tmp_path / "new"))
        assert done.end()["outcome"] == "done"

    def test_a_factory_gets_arguments_and_the_storage_that_it_demands(self, tmp_path: Path) -> None:
        done = Watched(plan("loop", 3, "demands", tmp_path / "new", args={"rounds": 2}))
        assert done.end()["outcome"] == "done"
        assert checkpoints(tmp_path / "new")[-1]["state"]["score"] >= 1

    @pytest.mark.parametrize("release", RELEASES)
    def test_an_agent_made_of_a_workflow_is_run_as_that_workflow(self, release: str, tmp_path: Path) -> None:
        sample = made(release)["orch_sequential"]
        done = here(
            "resume", sample.store, sample.checkpoint, "--workflow", f"{SCENARIOS}:sequential_agent", "--storage",
            f"{SCENARIOS}:storage", "--python", sample.python, "--into", tmp_path / "new", "--yes",
        )  # fmt: skip
        assert done.code == 0, done.err
        assert essence(tmp_path / "new", sample.checkpoint) == essence(sample.by_hand, sample.checkpoint)

    @pytest.mark.parametrize("words", [("--allow", "__main__:Job"), ("--storage", "script.py:storage")])
    def test_what_ran_as_a_script_is_resumed_without_running_it_again(
        self, words: tuple[str, str], tmp_path: Path
    ) -> None:
        script = tmp_path / "script.py"
        script.write_text(SCRIPT)
        subprocess.run([sys.executable, script, tmp_path / "store"], check=True, stdout=subprocess.DEVNULL)
        identifier = checkpoints(tmp_path / "store")[2]["checkpoint_id"]
        done = here(
            "resume", tmp_path / "store", identifier, "--workflow", f"{script}:build", words[0],
            words[1].replace("script.py", str(script)), "--into", tmp_path / "new", "--yes", "--json",
        )  # fmt: skip
        found = lines(done)
        assert done.code == 0, done.err
        assert of_kind(found, "check")[0]["main"] is True
        assert not of_kind(found, "log")
        assert {each["state"]["job"]["__type__"] for each in checkpoints(tmp_path / "new")} == {"__main__:Job"}

    def test_modules_of_the_workflow_may_be_called_as_those_of_the_runner_are(self, tmp_path: Path) -> None:
        rooms = [path.stem for path in (ROOT / "ckpt_tui" / "runner").glob("*.py") if path.stem != "__init__"]
        assert {"lines", "forms", "entry"} < set(rooms)
        for name in rooms:
            (tmp_path / f"{name}.py").write_text("MINE = True\n")
        script = tmp_path / "own.py"
        uses = "".join(f"import {name}\nassert {name}.MINE\n" for name in rooms)
        script.write_text(f"{uses}from {FLOWS} import build_loop, storage\n")
        done = Watched(plan("loop", 3, f"{script}:build_loop", tmp_path / "new"))
        assert done.end()["outcome"] == "done"

    def test_without_a_name_the_candidates_are_reported(self) -> None:
        done = resume("loop", 3, "tests/runner/flows.py:", Path("/nowhere"), "--check")
        assert done.code == 5
        assert "flows.py:build_loop" in done.err or "flows.py:noisy" in done.err

    def test_the_last_target_of_a_store_is_remembered(self, tmp_path: Path) -> None:
        directory, ids = store("loop")
        state = {"XDG_STATE_HOME": str(tmp_path / "state")}
        words = ("resume", directory, ids[3], "--check")
        assert here(*words, **state).code == 2
        first = here(*words, "--workflow", f"{FLOWS}:demands", "--arg", "rounds=3", **state)
        assert first.code == 0, first.err
        assert here(*words, **state).code == 0
        # Named again, it brings what it was given the last time; another one does not.
        assert here(*words, "--workflow", f"{FLOWS}:demands", **state).code == 0
        assert here(*words, "--workflow", f"{FLOWS}:build_loop", "--arg", "delay=0", **state).code == 0
        assert here(*words, "--workflow", f"{FLOWS}:demands", **state).code == 5

    def test_a_project_file_suggests_a_target_and_runs_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "store").mkdir()
        directory, ids = store("loop")
        (tmp_path / "store" / f"{ids[3]}.json").write_bytes((directory / f"{ids[3]}.json").read_bytes())
        (tmp_path / "ckpt-tui.toml").write_text('[resume]\nworkflow = "app:build"\n')
        done = here("resume", tmp_path / "store", ids[3], "--check")
        assert done.code == 2
        assert f"{tmp_path / 'ckpt-tui.toml'} suggests --workflow app:build" in done.err


class TestWhereCheckpointsGo:
    def test_a_new_directory_beside_the_store_is_made_for_each_resume(self, tmp_path: Path) -> None:
        directory, ids = store("loop")
        copy = tmp_path / "store"
        copy.mkdir()
        for path in directory.glob("*.json"):
            (copy / path.name).write_bytes(path.read_bytes())
        before = {path.name for path in copy.iterdir()}
        for number in (1, 2):
            done = here(
                "resume", copy, ids[3], "--workflow", f"{FLOWS}:build_loop", "--storage", f"{FLOWS}:storage", "--yes"
            )
            assert done.code == 0, done.err
            fork = tmp_path / "store.forks" / f"{ids[3][:8]}-{number}"
            found = checkpoints(fork)
            assert found[0]["previous_checkpoint_id"] == ids[3]
            record = json.loads((fork / "ckpt-tui-fork.jsonl").read_text())
            assert (record["store"], record["checkpoint"], record["edits"]) == (str(copy), ids[3], [])
        assert {path.name for path in copy.iterdir()} == before

    def test_the_original_is_a_choice(self, tmp_path: Path) -> None:
        directory, ids = store("loop")
        copy = tmp_path / "store"
        copy.mkdir()
        (copy / f"{ids[3]}.json").write_bytes((directory / f"{ids[3]}.json").read_bytes())
        done = here(
            "resume", copy, ids[3], "--workflow", f"{FLOWS}:build_loop", "--storage", f"{FLOWS}:storage",
            "--into", copy, "--yes",
        )  # fmt: skip
        assert done.code == 0, done.err
        assert len(checkpoints(copy)) == 1 + len(store("loop")[1][4:])
        assert not (copy / "ckpt-tui-fork.jsonl").exists()


class TestEdits:
    def test_values_of_objects_and_of_messages_in_flight_are_changed_and_stay_objects(self, tmp_path: Path) -> None:
        edits = (
            Edit(("state", "draft", "text"), "edited"),
            Edit(("messages", "improve", 0, "data", "text"), "sent"),
            Edit(("state", "more"), {"a": [1, 2]}),
        )
        watched = Watched(plan("loop", 3, "build_loop", tmp_path / "new", edits=edits))
        check = watched.until("check")
        paths = ["state.draft.text", "messages.improve[0].data.text", "state.more"]
        assert [each["path"] for each in check["edits"]] == paths
        assert check["edits"][0]["after"] == "edited" and check["edits"][2]["absent"] is True
        watched.end()
        first = checkpoints(tmp_path / "new")[0]
        loaded = open_store(tmp_path / "new").load(f"{first['checkpoint_id']}.json", everything=True)
        assert b'"a": [' in loaded.raw
        query = "[state.draft.text, messages.check[0].data.text]"
        shown = here("show", tmp_path / "new", first["checkpoint_id"], "--query", query)
        assert shown.document == ["edited", "sent"]
        record = json.loads((tmp_path / "new" / "ckpt-tui-fork.jsonl").read_text())
        was = check["edits"][0]["before"]
        expected = {"path": "state.draft.text", "before": was, "after": "edited", "absent": False}
        assert record["edits"][0] == expected
        assert b"edited" not in b"".join(path.read_bytes() for path in store("loop")[0].glob("*.json"))

    def test_a_message_is_dropped_on_the_command_line_and_the_record_and_the_original_hold_it(
        self, tmp_path: Path
    ) -> None:
        edits = (Edit(("messages", "improve", 0), None, True),)
        asked = plan("loop", 3, "build_loop", tmp_path / "new", edits=edits)
        asked = plan("loop", 3, "build_loop", tmp_path / "new", edits=edits)
        assert "--drop 'messages.improve[0]'" in asked.command_text()
        done = resume("loop", 3, "build_loop", tmp_path / "new", "--drop", "messages.improve[0]")
        assert done.code == 0, done.err
        assert "messages.improve[0] is dropped: " in done.err
        (edit,) = json.loads((tmp_path / "new" / "ckpt-tui-fork.jsonl").read_text())["edits"]
        assert (edit["path"], edit["dropped"], edit["before"]["source_id"]) == ("messages.improve[0]", True, "improve")
        wrong = resume("loop", 3, "build_loop", tmp_path / "no", "--drop", "state.draft")
        assert (wrong.code, "is not the path of a message in flight" in wrong.err) == (2, True)

    def test_an_edit_on_the_command_line_is_checked_against_the_type(self, tmp_path: Path) -> None:
        good = resume("loop", 3, "build_loop", tmp_path / "new", "--set", "state.draft.round=4")
        assert good.code == 0, good.err
        assert "state.draft.round: 2 → 4" in good.err
        wrong = resume("loop", 3, "build_loop", tmp_path / "no", "--set", "state.draft.notes=4")
        assert wrong.code == 5
        assert "state.draft.notes: expected a list" in wrong.err

    def test_a_changed_document_becomes_the_fewest_edits(self) -> None:
        before = {"$type": "m:Draft", "title": "a", "tags": ["x", "y"], "score": 1, "none": None, "$$odd": 1}
        after = {"$type": "m:Draft", "title": "b", "tags": ["x", "z"], "score": 1.5, "none": None, "$$odd": True}
        assert [(edit.text, edit.value) for edit in smallest(("state", "draft"), before, after)] == [
            ('state.draft."$odd"', True), ("state.draft.score", 1.5), ("state.draft.tags[1]", "z"),
            ("state.draft.title", "b"),
        ]  # fmt: skip
        whole = smallest(("state", "x"), {"$type": "m:C", "$value": 1}, {"$type": "m:C", "$value": 2})
        assert [edit.text for edit in whole] == ["state.x"]
        assert smallest(("state", "x"), [1], [1, 2]) == (Edit(("state", "x"), [1, 2]),)
        assert smallest(("state", "x"), before, before) == ()

    def test_a_path_on_the_command_line_may_hold_an_equals_sign_in_quotes(self) -> None:
        assert parse_edit('state."a=b"=1') == Edit(("state", "a=b"), 1)
        assert parse_edit('state.a={"b": "c=d"}') == Edit(("state", "a"), {"b": "c=d"})


class Order(BaseModel):
    sku: str
    quantity: int = 1


class TestAnswers:
    def test_a_model_says_field_by_field_why_it_refuses_an_answer(self) -> None:
        with pytest.raises(ValueError, match=r":Order: sku: Field required; quantity: Input should be a valid int"):
            Maker(lambda name: True).make({"quantity": "many"}, Order)

    def test_a_run_that_asks_again_goes_on_from_each_answer_in_the_same_process(self, tmp_path: Path) -> None:
        watched = Watched(plan("human", -1, "build_human", tmp_path / "new"), "ask")
        asked = watched.until("check")["requests"][0]
        assert asked["form"]["kind"] == "object"
        assert [field["name"] for field in asked["form"]["fields"]] == ["approved", "comment"]
        watched.session.send({"do": "run", "responses": {asked["request_id"]: {"approved": False, "comment": "no"}}})
        again = watched.until("waiting")["requests"][0]
        watched.session.send({"do": "answer", "responses": {again["request_id"]: {"approved": 3}}})
        assert "expected true or false, got 3" in watched.until("error")["what"]
        watched.session.send({"do": "answer", "responses": {again["request_id"]: {"approved": True}}})
        assert watched.end()["outcome"] == "done"
        found = checkpoints(tmp_path / "new")
        assert found[-1]["pending_request_info_events"] == {} and found[-1]["state"]["comment"] == ""
        parents = [each["previous_checkpoint_id"] for each in found]
        assert parents[1:] == [each["checkpoint_id"] for each in found[:-1]]

    def test_a_run_on_the_command_line_stops_at_the_next_question_and_says_how_to_answer(self, tmp_path: Path) -> None:
        watched = Watched(plan("human", -1, "build_human", tmp_path / "x"), "check")
        request = watched.until("check")["requests"][0]["request_id"]
        watched.end()
        done = resume(
            "human", -1, "build_human", tmp_path / "new", "--response", f'{request[:9]}={{"approved": false}}', "--json"
        )
        assert done.code == 6
        end = lines(done)[-1]
        assert end["outcome"] == "waiting" and end["pending"][0]["executor"] == "ask"
        assert f"answer it: ckpt-tui resume {tmp_path / 'new'} {end['last']}" in done.err

    def test_a_check_of_unanswered_requests_ends_with_six(self, tmp_path: Path) -> None:
        done = resume("human", -1, "build_human", tmp_path / "new", "--check")
        assert done.code == 6
        assert 'approved": true or false' in done.err
        assert ROOT.exists() and not (tmp_path / "new").exists()
