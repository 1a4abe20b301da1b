"""`ckpt-tui show`: one checkpoint, as JSON, as text, and through a query."""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.text import unsafe
from tests.cli.commands import DATA, HOSTILE, NEW, Output, called, command
from tests.support import workflows
from tests.support.small_stores import write, write_chain

STORE = NEW / "fork_hitl"
FIRST, PARENT, WAITING, LAST = "71e15994", "4dde56f7", "52f75515", "4616d935"


@pytest.fixture
def output(capfdbinary: Output) -> Output:
    return capfdbinary


def store_of(tmp_path: Path, **changes: Any) -> Path:
    """A store of one checkpoint, `one`."""
    document = json.loads(next((NEW / "loop").glob("*.json")).read_bytes())
    document |= {"checkpoint_id": "one", "previous_checkpoint_id": None, **changes}
    (tmp_path / "one.json").write_text(json.dumps(document, indent=2), encoding="utf-8")
    return tmp_path


class TestJson:
    def test_every_sample_is_shown_with_the_members_of_the_contract(self, output: Output) -> None:
        for scenario in sorted((DATA / "agent-framework").glob("*/*")):
            listed = {e["id"]: e for e in called(output, "ls", scenario, "--json").document["checkpoints"]}
            for name in list(listed)[:: max(1, len(listed) // 3)]:
                done = called(output, "show", scenario, name, "--json")
                assert done.code == 0, (scenario, name)
                document = done.document
                assert document["schema"] == "ckpt-tui/show@1"
                assert {"messages", "state", "pending", "metadata", "warnings"} <= set(document)
                assert document["warnings"] == []
                assert document["checkpoint"] == listed[name]

    def test_secrets_are_masked_unless_revealed(self, output: Output) -> None:
        masked = called(output, "show", NEW / "run_kwargs", "latest", "--json").out
        revealed = called(output, "show", NEW / "run_kwargs", "latest", "--json", "--reveal").out
        assert "s3cr3t" not in masked
        assert "s3cr3t" in revealed

    def test_pending_requests_are_reported_with_their_types(self, output: Output) -> None:
        requests = called(output, "show", STORE, WAITING, "--json").document["requests"]
        assert sorted((request["executor"], request["response_type"]) for request in requests) == [
            ("review", "builtins:str"), ("review", "gen_corpus:Decision"),
        ]  # fmt: skip

    async def test_what_a_run_of_the_framework_kept_is_shown(self, output: Output, tmp_path: Path) -> None:
        written = await workflows.human(tmp_path)
        document = called(output, "show", tmp_path, written[-1], "--json").document
        assert document["state"]["draft"] == {
            "$type": "tests.support.workflows:Draft", "text": "kettles and more", "round": 1, "notes": ["round 1"],
        }  # fmt: skip
        (request,) = document["pending"].values()
        assert request["data"]["prompt"] == "publish?"


class TestNames:
    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            (FIRST, FIRST), (FIRST[:3], FIRST), ("latest", LAST), ("latest~1", "0ed9824d"), (f"{WAITING}~1", PARENT),
            (f"{WAITING}~2", FIRST), (f"{WAITING}~0", WAITING),
        ],
    )  # fmt: skip
    def test_a_name_finds_its_checkpoint(self, output: Output, name: str, expected: str) -> None:
        found = called(output, "show", STORE, name, "--json").document["checkpoint"]["id"]
        assert found.startswith(expected)

    def test_a_full_id_and_a_file_name_find_it_too(self, output: Output) -> None:
        name = next(STORE.glob(f"{FIRST}*")).name
        for given in (name, name.removesuffix(".json")):
            assert called(output, "show", STORE, given, "--json").code == 0

    def test_another_branch_that_ends_at_the_same_time_is_named(self, tmp_path: Path) -> None:
        write_chain(tmp_path, "first", "second", "third")
        for name, parent in (("third", "second"), ("other", "first")):
            write(tmp_path, name, previous_checkpoint_id=parent, timestamp="2026-11-20T10:00:05+00:00")
        done = command("show", tmp_path, "latest", "--query", "checkpoint.id")
        assert json.loads(done.out) == "third"
        assert done.err == "ckpt-tui: latest is third; other has the same time: name the one that is meant\n"

    def test_without_a_name_the_latest_is_shown(self, output: Output) -> None:
        assert called(output, "show", STORE).out == called(output, "show", STORE, "latest").out

    @pytest.mark.parametrize("name", ["zzz", "", f"{FIRST}~1", "latest~50"])
    def test_a_name_of_none_ends_with_3(self, output: Output, name: str) -> None:
        done = called(output, "show", STORE, name)
        assert (done.code, done.out) == (3, "")
        assert f"`ckpt-tui ls {STORE}` lists the ids." in done.err

    def test_a_name_of_several_ends_with_2_and_says_them(self, output: Output, tmp_path: Path) -> None:
        shutil.copy(next(STORE.glob(f"{FIRST}*")), tmp_path / "same1.json")
        shutil.copy(next(STORE.glob(f"{WAITING}*")), tmp_path / "same2.json")
        done = called(output, "show", tmp_path, "same")
        assert done.code == 2
        assert "same1, same2" in done.err

    def test_a_name_that_is_no_utf8_finds_its_file(self, tmp_path: Path) -> None:
        shutil.copy(os.fsencode(next(STORE.glob(f"{FIRST}*"))), os.fsencode(tmp_path) + b"/caf\xe9.json")
        done = command("show", tmp_path, b"caf\xe9", "--json")
        assert done.code == 0
        assert done.document["checkpoint"]["id"] == "caf\udce9"

    def test_an_empty_store_has_none(self, output: Output, tmp_path: Path) -> None:
        done = called(output, "show", tmp_path)
        assert (done.code, done.err.splitlines()[0]) == (3, "ckpt-tui: The store has no checkpoints.")

    def test_a_missing_store_ends_with_3(self, output: Output, tmp_path: Path) -> None:
        assert called(output, "show", tmp_path / "gone", "x").code == 3

    def test_a_file_is_a_store_of_one(self, output: Output) -> None:
        path = next(STORE.glob(f"{FIRST}*"))
        assert called(output, "show", path, "--json").document["checkpoint"]["file"] == path.name


class TestQueries:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("checkpoint.iteration", 2),
            ("length(pending)", 2),
            ("state.nothing", None),
            ("state.topic", "kettles"),
            ("requests[].executor", ["review", "review"]),
            ("to_number('NaN')", {"$type": "builtins:float", "$value": "NaN"}),
        ],
    )
    def test_a_query_prints_what_it_finds_as_json(self, output: Output, query: str, expected: Any) -> None:
        done = called(output, "show", STORE, WAITING, "--query", query)
        assert (done.code, done.document) == (0, expected)

    @pytest.mark.parametrize(
        "query", ["", "a b", '"', "nosuch(@)", "sort(@)", "requests[::0]", "&a", "[&a]", "(" * 3000 + "a" + ")" * 3000]
    )
    def test_what_is_no_query_ends_with_2_and_says_so(self, output: Output, query: str) -> None:
        done = called(output, "show", STORE, WAITING, "--query", query)
        assert (done.code, done.out) == (2, "")
        assert "https://jmespath.org" in done.err
        assert "Traceback" not in done.err

    def test_a_query_sees_what_is_masked_as_masked(self, output: Output) -> None:
        out = called(output, "show", NEW / "run_kwargs", "--query", "state").out
        assert "s3cr3t" not in out

    def test_a_query_of_a_very_deep_value_is_answered(self, output: Output) -> None:
        done = called(output, "show", HOSTILE, "deep_tuple", "--query", "checkpoint.id")
        assert done.document == "deep_tuple"
        written = called(output, "show", HOSTILE, "deep_tuple", "--query", "to_string(@)", "--limit", "8")
        assert written.code == (2 if sys.version_info < (3, 13) else 0)  # how deep the json module of Python writes

    def test_a_document_is_no_deeper_than_readers_of_json_go(self, output: Output) -> None:
        done = called(output, "show", HOSTILE, "deep_tuple", "--json")
        assert json.loads(done.out)["complete"] is False
        assert "nested deeper than 905 levels: raise the limit" in done.out
        assert called(output, "show", HOSTILE, "deep_json", "--json").document["complete"] is True


class TestText:
    def test_a_checkpoint_is_printed_as_a_tree(self, output: Output, tmp_path: Path) -> None:
        state = {"n": 1, "list": [True, None], "empty": {}, "text": 'a "b"\n', "deep": {"x": 1.5}}
        store = store_of(tmp_path, messages={}, state=state)
        lines = called(output, "show", store, "one").out.splitlines()
        assert lines[lines.index("") :] == [
            "", "state", "  n: 1", "  list:  (2)", "    0: true", "    1: null", "  empty: {}",
            '  text: "a \\"b\\"\\n"', "  deep:", "    x: 1.5",
        ]  # fmt: skip

    def test_keys_that_look_like_ours_are_data(self, output: Output, tmp_path: Path) -> None:
        state = {
            "a": {"$value": 1},
            "b": {"$type": 5, "$value": 2},
            "c": {"$masked": 1},
            "d": {"$type": "x", "$value": []},
        }
        done = called(output, "show", store_of(tmp_path, state=state), "one")
        assert done.code == 0
        assert "$value: 1" in done.out

    def test_parts_of_the_wrong_shape_are_shown_as_they_are(self, output: Output) -> None:
        done = called(output, "show", HOSTILE, "wrong_shapes")
        assert done.code == 0
        assert '  "str"' in done.out

    def test_masked_values_say_how_to_see_them(self, output: Output) -> None:
        out = called(output, "show", NEW / "run_kwargs").out
        assert "masked, --reveal shows it" in out
        assert "s3cr3t" not in out

    def test_nothing_a_terminal_obeys_is_printed(self, output: Output) -> None:
        for name in (path.stem for path in HOSTILE.glob("*.json")):
            for options in ([], ["--json", "--reveal"]):
                done = called(output, "show", HOSTILE, name, *options)
                assert unsafe().search(done.out.replace("\n", "")) is None, name
                assert unsafe().search(done.err.replace("\n", "")) is None, name


class TestFaults:
    def test_every_hostile_file_is_shown_or_explained(self, output: Output) -> None:
        for path in HOSTILE.glob("*.json"):
            for options in ([], ["--json"]):
                done = called(output, "show", HOSTILE, path.stem, *options)
                assert done.code in (0, 4), path
                assert done.out or done.err.startswith("ckpt-tui: "), path
                assert "Traceback" not in done.err

    @pytest.mark.parametrize("name", ["bad_base64", "garbage_pickle", "truncated_pickle", "empty_pickle"])
    def test_what_cannot_be_decoded_ends_with_4_and_the_rest_is_shown(self, output: Output, name: str) -> None:
        done = called(output, "show", HOSTILE, name, "--json")
        assert done.code == 4
        assert done.document["warnings"]
        assert done.document["state"]["topic"] == "kettles"
        assert "$error" in done.out
        assert called(output, "show", HOSTILE, name).code == 4

    @pytest.mark.parametrize(
        ("name", "where", "what"),
        [
            ("rce_os_system_p5", "danger at state.x: ", "posix:system"),
            ("rce_in_pending", "danger at pending.", ""),
            ("ext_opcode", "danger at state.x", "extension code"),
            ("pickled_not_str", "state.x: ", "not a string"),
        ],
    )
    def test_what_could_run_code_or_be_no_pickle_ends_with_4_and_a_warning_says_where(
        self, output: Output, name: str, where: str, what: str
    ) -> None:
        done = called(output, "show", HOSTILE, name, "--json")
        assert done.code == 4
        (warning,) = done.document["warnings"]
        assert warning.startswith(where) and what in warning
        printed = called(output, "show", HOSTILE, name)
        assert printed.code == 4
        assert printed.out.splitlines()[1] == f"! {warning}"
        assert called(output, "show", HOSTILE, name, "--query", "checkpoint.id").code == 4

    def test_a_fault_is_reported_once(self, output: Output) -> None:
        for path in HOSTILE.glob("*.json"):
            lines = called(output, "show", path).out.splitlines()
            warnings = [line for line in lines if line.startswith("! ")]
            assert len(set(warnings)) == len(warnings), path.name

    @pytest.mark.parametrize("name", ["raw_empty.json", "raw_truncated.json", "raw_json_list.json", "raw_binary.json"])
    def test_so_does_one_that_is_named_by_itself(self, output: Output, name: str) -> None:
        done = called(output, "show", HOSTILE / name)
        assert (done.code, done.out) == (4, "")
        assert done.err.startswith(f"ckpt-tui: {name} cannot be shown: ")

    @pytest.mark.parametrize("name", ["raw_empty", "raw_truncated", "raw_json_list", "raw_empty.json"])
    def test_a_file_that_is_no_checkpoint_ends_with_4_and_its_reason(self, output: Output, name: str) -> None:
        done = called(output, "show", HOSTILE, name)
        assert (done.code, done.out) == (4, "")
        assert "cannot be shown" in done.err

    def test_a_body_broken_behind_a_good_header_ends_with_4(self, output: Output, tmp_path: Path) -> None:
        path = store_of(tmp_path, state={"x": "y" * 2000}) / "one.json"
        path.write_bytes(path.read_bytes().replace(b"yyy", b'y"y', 1))
        assert called(output, "show", tmp_path, "one").code == 4
        document = called(output, "ls", tmp_path, "--json").document
        assert [problem["file"] for problem in document["problems"]] == ["one.json"]

    def test_a_faulty_value_far_behind_is_noticed(self, output: Output, tmp_path: Path) -> None:
        good = {"__pickled__": "gAROLg==" * 1, "__type__": "builtins:NoneType"}
        long = {"__pickled__": "A" * (17 * 1024 * 1024), "__type__": "a:B"}
        bad = {"__pickled__": "!!", "__type__": "a:B"}
        done = called(
            output, "show", store_of(tmp_path, state={"bad": bad, "long": long, "good": good}), "one", "--json"
        )
        assert done.code == 4
        assert {warning.partition(":")[0] for warning in done.document["warnings"]} == {"state.bad", "state.long"}

    def test_a_value_too_long_for_one_document_is_cut_with_a_sign(self, output: Output, tmp_path: Path) -> None:
        numbers = [number % 10 for number in range(1_500_000)]
        document = json.loads(next((NEW / "loop").glob("*.json")).read_bytes())
        document |= {"checkpoint_id": "one", "previous_checkpoint_id": None, "state": {"numbers": numbers}}
        (tmp_path / "one.json").write_text(json.dumps(document))
        done = called(output, "show", tmp_path, "one", "--query", "state.numbers[-1]")
        assert done.code in (0, 4)
        assert "not written: " in done.document["$error"]


class TestLimits:
    def bomb(self, tmp_path: Path, count: int) -> Path:
        import base64
        import pickle

        data = base64.b64encode(pickle.dumps([[number] for number in range(count)])).decode()
        return store_of(tmp_path, state={"large": {"__pickled__": data, "__type__": "builtins:list"}})

    def test_what_is_cut_says_so_and_how_to_get_it(self, tmp_path: Path, output: Output) -> None:
        store = self.bomb(tmp_path, 150_000)
        done = called(output, "show", store, "one", "--json")
        assert done.document["complete"] is False
        assert "--limit 8 allows eight times as much" in done.err
        assert "more; one document holds about" in str(done.document["state"]["large"][-1])

    def test_a_higher_limit_shows_all_of_it(self, tmp_path: Path, output: Output) -> None:
        done = called(output, "show", self.bomb(tmp_path, 150_000), "one", "--json", "--limit", "8")
        assert (done.code, done.err, done.document["complete"]) == (0, "", True)
        assert done.document["state"]["large"] == [[number] for number in range(150_000)]

    def test_a_pickle_past_the_limits_ends_with_4_and_says_where_it_stopped(
        self, tmp_path: Path, output: Output
    ) -> None:
        done = called(output, "show", self.bomb(tmp_path, 600_000), "one", "--json")
        assert done.code == 4
        assert "more than" in done.document["warnings"][0] and "at byte" in done.document["warnings"][0]

    @pytest.mark.parametrize("limit", ["0", "-1", "x", "inf"])
    def test_a_limit_that_is_none_is_refused(self, tmp_path: Path, output: Output, limit: str) -> None:
        assert called(output, "show", store_of(tmp_path), "one", "--limit", limit).code == 2


class TestThreads:
    STORE = DATA / "langgraph" / "1.2.24" / "interrupts.sqlite"

    @pytest.mark.parametrize(
        "name", ["waiting/latest", "waiting/1f1ec1a0-09ed", "1f1ec1a0-09ed-6435", "09ed6435", "09ed"]
    )
    def test_a_checkpoint_of_a_thread_is_named_with_or_without_its_thread(self, name: str, output: Output) -> None:
        document = called(output, "show", self.STORE, name, "--json").document
        assert document["checkpoint"]["id"] == "waiting/1f1ec1a0-09ed-6435-8001-83298ff21244"
        assert document["checkpoint"]["status"] == "waiting"
        [asked] = document["pending"].values()
        assert asked["data"]["question"] == "Approve the order?"

    def test_an_id_of_a_thread_that_is_not_there_is_not_found(self, output: Output) -> None:
        assert called(output, "show", self.STORE, "nobody/latest").code == 3
