"""Each fault is planted in a checkpoint and must be found; what is sound must stay without a warning."""

import base64
import json
import pickle
import pickletools
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jmespath
import pytest

from ckpt_tui.core import secret_names
from ckpt_tui.core.doctor.clear_text import json_may_hold_secrets, may_hold_secrets
from ckpt_tui.core.doctor.findings import Finding
from ckpt_tui.core.doctor.report import Doctor, Report
from ckpt_tui.core.model import Checkpoint, Problem
from ckpt_tui.core.show_document import show_document
from ckpt_tui.stores.agent_framework_body import load
from tests.core.test_secret_texts import LOOKS as ALL_LOOKS

GRAPH = "f" * 64


def document(**changes: Any) -> dict[str, Any]:
    """A sound checkpoint; a change to `...` leaves the member out."""
    members: dict[str, Any] = {
        "workflow_name": "flow", "graph_signature_hash": GRAPH, "checkpoint_id": "a", "previous_checkpoint_id": None,
        "timestamp": "2026-01-01T00:00:00.5+00:00", "messages": {}, "state": {}, "pending_request_info_events": {},
        "iteration_count": 0, "metadata": {}, "version": "1.0",
    } | changes  # fmt: skip
    return {key: value for key, value in members.items() if value is not ...}


def envelope(data: bytes, claimed: str = "gen_corpus:Thing") -> dict[str, str]:
    return {"__pickled__": base64.b64encode(data).decode(), "__type__": claimed}


def checkpoint(directory: Path, name: str = "a", raw: bytes | None = None, **changes: Any) -> Checkpoint:
    path = directory / f"{name}.json"
    own = {"checkpoint_id": name, "timestamp": f"2026-03-01T08:00:{ord(name[0]) % 60:02}+00:00"}
    path.write_bytes(json.dumps(document(**own) | changes).encode() if raw is None else raw)
    loaded = load(str(path), path.name, everything=True)
    assert isinstance(loaded, Checkpoint), loaded
    return loaded


def examined(*checkpoints: Checkpoint) -> Report:
    doctor = Doctor()
    for item in checkpoints:
        doctor.checkpoint(item)
    return doctor.report()


def in_state(directory: Path, value: Any, **changes: Any) -> Report:
    return examined(checkpoint(directory, state={"x": value}, **changes))


def kinds(report: Report) -> list[tuple[str, str]]:
    return [(finding.kind, finding.severity) for finding in report.findings]


def only(report: Report, kind: str) -> Finding:
    (found,) = [finding for finding in report.findings if finding.kind == kind]
    return found


def called(module: str, name: str, *arguments: Any, protocol: int = 4) -> bytes:
    """A pickle that calls a function, whatever it is."""
    body = b"c" + f"{module}\n{name}\n".encode() + pickle.dumps(arguments, 2)[2:-1] + b"R."
    return struct.pack("BB", 0x80, protocol) + body


@dataclass
class Thing:
    part: Any = None


Thing.__module__, Thing.__qualname__ = "gen_corpus", "Thing"


def test_a_sound_checkpoint_has_no_findings(tmp_path: Path) -> None:
    report = examined(checkpoint(tmp_path))
    assert report == Report((), (), 1)
    assert not report.is_dangerous


def test_an_empty_store_has_no_findings() -> None:
    assert Doctor().report() == Report((), (), 0)


# -- the directory ----------------------------------------------------------------------------------------------------


def test_leftovers_of_failed_saves_are_found_by_name() -> None:
    doctor = Doctor()
    doctor.names(["a.json", "b.json.tmp", ".maf-ckpt-0123.tmp", "notes.tmp", "x.tmp.json", "maf-ckpt-1.tmp"])
    assert [(finding.kind, finding.severity, finding.file) for finding in doctor.report().findings] == [
        ("leftover", "warning", ".maf-ckpt-0123.tmp"),
        ("leftover", "warning", "b.json.tmp"),
    ]


@pytest.mark.parametrize("kind", ["truncated", "empty", "not-json", "foreign", "not-a-file", "encoding", "new-kind"])
def test_a_file_that_is_no_checkpoint_is_reported_with_its_reason_and_a_way_out(kind: str) -> None:
    doctor = Doctor()
    doctor.problem(Problem("x.json", "what is wrong", kind, 12))
    (found,) = doctor.report().findings
    assert found[:5] == (kind, "warning", "x.json", "", "what is wrong")
    assert found.fix


# -- chains -----------------------------------------------------------------------------------------------------------


def chain(directory: Path, *links: tuple[str, str | None, int]) -> Report:
    return examined(*(
        checkpoint(
            directory, name, previous_checkpoint_id=parent, iteration_count=iteration,
            timestamp=f"2026-01-01T00:00:{index:02}+00:00",
        )
        for index, (name, parent, iteration) in enumerate(links)
    ))  # fmt: skip


def test_a_sound_chain_with_answers_forks_and_a_second_run_has_no_findings(tmp_path: Path) -> None:
    links = [("a", None, 0), ("b", "a", 1), ("c", "b", 1), ("d", "c", 2), ("e", "b", 2), ("f", "e", 0), ("g", "f", 1)]
    assert chain(tmp_path, *links).findings == ()


def test_iterations_without_a_checkpoint_are_a_hole(tmp_path: Path) -> None:
    found = only(chain(tmp_path, ("a", None, 0), ("b", "a", 3)), "hole")
    assert (found.severity, found.file) == ("warning", "b.json")
    assert found.reason == "2 iterations without a checkpoint between a and this one"


def test_a_parent_that_is_not_there_is_reported(tmp_path: Path) -> None:
    found = only(chain(tmp_path, ("a", "gone", 3), ("b", "a", 4)), "missing-parent")
    assert (found.severity, found.file) == ("warning", "a.json") and "gone" in found.reason


def test_a_checkpoint_that_is_its_own_parent_is_reported(tmp_path: Path) -> None:
    assert kinds(chain(tmp_path, ("a", "a", 0))) == [("self-parent", "warning")]


def test_parents_that_form_a_circle_are_reported_once(tmp_path: Path) -> None:
    assert kinds(chain(tmp_path, ("a", "b", 0), ("b", "a", 1))) == [("cycle", "warning")]


def test_a_guessed_parent_is_reported_as_a_guess(tmp_path: Path) -> None:
    found = only(chain(tmp_path, ("a", None, 0), ("b", None, 1)), "guessed-parent")
    assert (found.severity, found.file) == ("info", "b.json") and " a " in found.reason


def test_a_run_that_begins_in_the_middle_is_reported(tmp_path: Path) -> None:
    assert kinds(chain(tmp_path, ("a", None, 4))) == [("late-start", "info")]


def test_a_run_whose_first_executor_only_asks_begins_at_iteration_one(tmp_path: Path) -> None:
    asked = {"r": {"request_id": "r", "data": "?"}}
    first = checkpoint(tmp_path, "a", previous_checkpoint_id=None, iteration_count=1, pending_request_info_events=asked)
    report = examined(first)
    assert "late-start" not in [finding.kind for finding in report.findings]


def test_a_renamed_file_is_reported_with_both_ids(tmp_path: Path) -> None:
    found = only(examined(checkpoint(tmp_path, "b", checkpoint_id="other")), "renamed")
    assert found.severity == "warning" and "other" in found.reason and "other.json" in found.fix


def test_a_workflow_whose_graph_changed_is_reported_and_one_without_a_name_is_not(tmp_path: Path) -> None:
    builder = "WorkflowBuilder-12345678-1234-1234-1234-123456789abc"
    for name, expected in (("flow", ["graph-changed"]), (builder, [])):
        parts = [checkpoint(tmp_path, graph, workflow_name=name, graph_signature_hash=graph * 64) for graph in "ab"]
        assert [kind for kind, _ in kinds(examined(*parts))] == expected


# -- the document -----------------------------------------------------------------------------------------------------

TEXT = json.dumps(document(state={"x": "é"}), ensure_ascii=False)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"\xef\xbb\xbf" + TEXT.encode(), "byte-order-mark"),
        (TEXT.encode("utf-16"), "encoding"),
        (TEXT.encode("cp1252"), "encoding"),
        (TEXT.replace("{", '{"version": "0", ', 1).encode(), "repeated-keys"),
        (json.dumps(document(surprise=1)).encode(), "unknown-member"),
        (json.dumps(document(state=[])).encode(), "wrong-shape"),
        (json.dumps(document(timestamp="yesterday")).encode(), "wrong-shape"),
        (json.dumps(document(checkpoint_id=5)).encode(), "wrong-shape"),
        (json.dumps(document(state={"x": {"__pickled__": 1, "__type__": ""}})).encode(), "undecodable"),
    ],
)  # fmt: skip
def test_an_odd_document_is_reported(tmp_path: Path, raw: bytes, kind: str) -> None:
    assert kinds(examined(checkpoint(tmp_path, raw=raw))) == [(kind, "warning")]


def test_an_integer_that_the_framework_cannot_read_is_reported_with_its_place(tmp_path: Path) -> None:
    raw = json.dumps(document(state={"x": [0, "HERE"]})).replace('"HERE"', "1" * 5_000).encode()
    found = only(examined(checkpoint(tmp_path, raw=raw)), "huge-integer")
    assert (found.severity, found.path) == ("warning", "state.x[1]")


# -- types to allow ---------------------------------------------------------------------------------------------------


def test_types_are_listed_once_sorted_and_with_the_first_place(tmp_path: Path) -> None:
    inner = called("my_app", "Outer.Inner", 1)
    first = checkpoint(tmp_path, "a", state={"x": envelope(inner, "my_app:Outer.Inner")})
    second = checkpoint(tmp_path, "b", messages={"s": [envelope(inner, "my_app:Outer.Inner")]}, state={"e": envelope(
        called("my_app", "Color", "red"), "my_app:Color")})  # fmt: skip
    report = examined(first, second)
    assert report.allowed_types == ("my_app:Color", "my_app:Outer.Inner")
    by_path = {finding.path: finding for finding in report.findings}
    assert by_path.keys() == {"state.e", "state.x"}
    assert by_path["state.x"].file == "a.json" and "2 files" in by_path["state.x"].reason
    assert by_path["state.x"].fix == 'allowed_checkpoint_types=["my_app:Outer.Inner"]'
    assert {finding.severity for finding in report.findings} == {"info"}


def test_what_the_framework_loads_by_default_is_not_listed(tmp_path: Path) -> None:
    import datetime
    import decimal
    import uuid

    for value in (
        datetime.datetime.now(datetime.UTC),
        decimal.Decimal(1),
        uuid.uuid4(),
        {1, 2},
        (1,),
        b"x",
        1j,
        range(3),
    ):
        name = f"{type(value).__module__}:{type(value).__qualname__}"
        report = in_state(tmp_path, envelope(pickle.dumps(value, 5), name))
        assert report == Report((), (), 1), name


def test_a_class_within_a_class_is_listed_in_old_protocols_too(tmp_path: Path) -> None:
    # protocol 2: getattr(Outer, "Inner")()
    data = b"\x80\x02cbuiltins\ngetattr\ncmy_app\nOuter\nX\x05\x00\x00\x00Inner\x86R)\x81."
    report = in_state(tmp_path, envelope(data, "my_app:Outer.Inner"))
    assert report.allowed_types == ("my_app:Outer", "my_app:Outer.Inner")
    assert not report.is_dangerous


def test_a_function_of_ones_own_called_getattr_is_a_function(tmp_path: Path) -> None:
    assert kinds(in_state(tmp_path, envelope(called("my_app", "getattr", 1)))) == [("function", "warning")]


def test_a_type_under_its_name_of_python_2_is_listed_as_the_framework_meets_it(tmp_path: Path) -> None:
    report = in_state(tmp_path, envelope(b"\x80\x02c__builtin__\nset\n]\x85R.", "builtins:set"))
    assert report.allowed_types == ("__builtin__:set",)
    data = b"\x80\x02ccopy_reg\n_reconstructor\n(cmy_app\nThing\nc__builtin__\nobject\nNtR."
    report = in_state(tmp_path, envelope(data, "my_app:Thing"))
    assert report.allowed_types == ("__builtin__:object", "my_app:Thing")
    assert "copy_reg:_reconstructor" in only(report, "function").reason


def test_the_member_of_an_enum_by_name_needs_its_class_only(tmp_path: Path) -> None:
    data = b"\x80\x04cbuiltins\ngetattr\ncmy_app\nColor\nX\x03\x00\x00\x00RED\x86R."
    report = in_state(tmp_path, envelope(data, "my_app:Color"))
    assert report.allowed_types == ("my_app:Color",)
    assert not report.is_dangerous


@pytest.mark.parametrize("name", ["RED", "InStock", "red"])
def test_a_member_of_an_enum_by_name_is_no_function(tmp_path: Path, name: str) -> None:
    data = b"\x80\x04cbuiltins\ngetattr\ncmy_app\nColor\n" + pickle.SHORT_BINUNICODE + bytes([len(name)])
    report = in_state(tmp_path, envelope(data + name.encode() + b"\x86R.", "my_app:Color"))
    assert report.allowed_types == ("my_app:Color",)
    assert not [finding for finding in report.findings if finding.severity == "warning"]


def test_types_of_a_dangerous_file_are_not_suggested(tmp_path: Path) -> None:
    state = {"x": envelope(called("my_app", "Order", 1), "my_app:Order"), "y": envelope(called("os", "system", "id"))}
    assert examined(checkpoint(tmp_path, state=state)).allowed_types == ()


# -- what could run code ----------------------------------------------------------------------------------------------


def resolves(loaded: Checkpoint, finding: Finding) -> bool:
    """Whether the path of a finding leads somewhere in the document of `show`."""
    return jmespath.search(finding.path, show_document(loaded, reveal=True)) is not None


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (called("os", "system", "id"), "state.x"),
        (called("builtins", "eval", "1", protocol=0), "state.x"),
        (called("__builtin__", "eval", "1", protocol=2), "state.x"),
        (b"\x80\x04cmy_app\nThing\n)\x81}X\x04\x00\x00\x00partcos\nsystem\nsb.", "state.x.part"),
        (b"\x80\x04cmy_app\nThing\n)\x81}X\x04\x00\x00\x00partcos\nsystem\n)Rsb.", "state.x.part"),
        (b"(S'id'\nios\nsystem\n.", "state.x"),
        (b"(cos\nsystem\nS'id'\no.", "state.x"),
        (b"\x80\x04cagent_framework._types\nos.system\nX\x02\x00\x00\x00id\x85R.", "state.x"),
        (b"\x80\x04cfunctools\npartial\n)\x81.", "state.x"),
    ],
)  # fmt: skip
def test_a_name_that_could_run_code_is_danger_with_its_place(tmp_path: Path, data: bytes, path: str) -> None:
    loaded = checkpoint(tmp_path, state={"x": envelope(data)})
    found = [finding for finding in examined(loaded).findings if finding.severity == "danger"]
    assert [(finding.kind, finding.file, finding.path) for finding in found] == [("dangerous", "a.json", path)]
    assert resolves(loaded, found[0]) and found[0].fix


@pytest.mark.parametrize(
    "data",
    [
        b"cos\nsystem\n(S'id'\ntR0N.",  # called, and the result popped
        b"N(cos\nsystem\n(S'id'\ntR1.",  # popped with its mark
        b"cos\nsystem\n(S'id'\ntRN.",  # left below the result
        b"\x80\x04cos\nsystem\n\x940N.",  # only stored
        b"\x80\x04cmy_app\nThing\n(cos\nsystem\n(S'id'\ntRtRN.",
        # within what no view shows: a part of a pydantic state, the arguments of a known type, a key of a set
        b"\x80\x04cmy_app\nThing\n)\x81}(U\x08__dict__}U\x17__pydantic_fields_set__\x8f(cos\nsystem\n(S'id'\ntR\x90ub.",
        b"\x80\x04ccopyreg\n_reconstructor\n(cmy_app\nThing\ncos\nsystem\nNtR.",
    ],
)  # fmt: skip
def test_a_call_whose_result_is_thrown_away_or_hidden_is_danger_all_the_same(tmp_path: Path, data: bytes) -> None:
    loaded = checkpoint(tmp_path, state={"x": envelope(data)})
    found = only(examined(loaded), "dangerous")
    assert found.severity == "danger" and "os:system" in found.reason and found.path.startswith("state.x")


@pytest.mark.parametrize(
    "data",
    [
        b"\x80\x04cbuiltins\ngetattr\ncmy_app\nthing\nX\x03\x00\x00\x00run\x86R.",
        b"\x80\x04cbuiltins\ngetattr\ncmy_app\nThing\nX\x0b\x00\x00\x00__globals__\x86R.",
        b"\x80\x04cbuiltins\ngetattr\ncmy_app\nThing\n)\x81X\x03\x00\x00\x00run\x86R.",
        b"\x80\x04cbuiltins\ngetattr\ncos\nEnviron\nX\x03\x00\x00\x00Run\x86R.",
        b"\x80\x04cbuiltins\ngetattr\n.",
        b"\x80\x04cbuiltins\ngetattr\n\x94(cmy_app\nOuter\nX\x05\x00\x00\x00InnertRh\x00\x86.",
        b"\x80\x04cbuiltins\ngetattr\n0N.",
    ],
)  # fmt: skip
def test_getattr_that_reaches_further_than_a_class_in_a_class_is_danger(tmp_path: Path, data: bytes) -> None:
    assert in_state(tmp_path, envelope(data)).is_dangerous


@pytest.mark.parametrize(
    "data",
    [
        b"\x82\x07.", b"\x82\x07)R.", b"\x83\x01\x02.", b"\x82\x070N.", b"\x84\x01\x02\x03\x00)R0N.", b"N\x82\x07)R1.",
        b"Pabc\n.", b"\x80\x04\x8c\x01aQ.", b"(Pa\nl.",
    ],
)  # fmt: skip
def test_extension_codes_and_persistent_ids_are_danger(tmp_path: Path, data: bytes) -> None:
    assert in_state(tmp_path, envelope(data)).is_dangerous


EVIL = b"cos\nsystem\nX\x02\x00\x00\x00id\x85R."


@pytest.mark.parametrize("member", [*document(), "surprise"])
def test_a_pickle_in_any_member_of_a_file_is_judged(tmp_path: Path, member: str) -> None:
    changes: dict[str, Any] = {member: envelope(EVIL)}
    report = examined(checkpoint(tmp_path, **changes))
    found = only(report, "dangerous")
    place = {"pending_request_info_events": "pending", "surprise": "metadata.surprise"}.get(member, member)
    assert (found.severity, found.file, found.path) == ("danger", "a.json", place)
    assert report.is_grave and report.allowed_types == ()


def test_pickles_under_a_repeated_key_and_within_an_envelope_are_judged(tmp_path: Path) -> None:
    evil, fine = json.dumps(envelope(EVIL)), json.dumps(envelope(pickle.dumps({1}), "builtins:set"))
    text = json.dumps(document(state="HERE"))
    for state in (
        f'{{"x": {evil}}}, "state": {{"x": {fine}}}',
        f'{{"x": {evil}, "x": {fine}}}',
        f'{{"x": {fine[:-1]}, "more": {evil}}}}}',
        f'{{"x": {fine[:-1]}, {evil[1:]}}}',
    ):
        report = examined(checkpoint(tmp_path, raw=text.replace('"HERE"', state).encode()))
        assert report.is_dangerous, state
        found = next(finding for finding in report.findings if finding.severity == "danger")
        assert found.path.startswith(("state.", 'metadata."$repeated".state[0].')) and "os:system" in found.reason


def test_pickles_of_a_file_that_is_no_checkpoint_are_judged() -> None:
    raw = json.dumps({"notes": [1, envelope(EVIL)]}).encode()
    doctor = Doctor()
    doctor.problem(Problem("notes.json", "JSON of another program", "foreign", len(raw)), raw)
    found = only(doctor.report(), "dangerous")
    assert (found.severity, found.file, found.path) == ("danger", "notes.json", "notes[1]")


def test_what_acts_is_never_among_the_types_to_allow(tmp_path: Path) -> None:
    for module, name, does in (
        ("zipfile", "ZipFile", "opens or truncates a file"),
        ("logging", "FileHandler", "opens or truncates a file"),
        ("uuid", "_get_command_stdout", "starts programs"),
        ("statistics", "Unknown", "is not known to be inert data"),
        ("agent_framework._tools", "TypeAdapter", "only imports"),
        ("agent_framework._workflows._checkpoint", "FileCheckpointStorage", "makes a directory"),
    ):
        report = in_state(tmp_path, envelope(called(module, name, "x"), f"{module}:{name}"))
        assert report.allowed_types == ()
        assert does in only(report, "dangerous").reason


def test_a_state_for_a_class_is_danger_and_not_called_unloadable(tmp_path: Path) -> None:
    cls = b"cagent_framework._workflows._checkpoint\nWorkflowCheckpoint\n"
    report = in_state(
        tmp_path, envelope(b"\x80\x04" + cls + b"N}X\x01\x00\x00\x00acmy_app\nB\ns\x86b.", "builtins:type")
    )
    assert "sets attributes of the class" in only(report, "dangerous").reason
    assert not report.undecodable


def test_a_class_that_the_framework_does_not_define_where_it_is_named_is_a_warning(tmp_path: Path) -> None:
    data = called("agent_framework._workflows._new", "Later", 1)
    report = in_state(tmp_path, envelope(data, "agent_framework._workflows._new:Later"))
    found = only(report, "unlisted")
    assert (found.severity, found.path) == ("warning", "state.x")
    assert not report.is_dangerous


def test_a_time_with_its_zone_is_not_danger_but_what_the_framework_cannot_load(tmp_path: Path) -> None:
    import datetime
    import zoneinfo

    when = datetime.datetime(2026, 10, 25, 2, 30, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
    report = in_state(tmp_path, envelope(pickle.dumps(when, 5), "datetime:datetime"))
    (found,) = report.findings
    assert (found.kind, found.severity) == ("function", "warning")
    assert "zoneinfo:ZoneInfo._unpickle" in found.reason
    assert "datetime.timezone" in found.fix
    assert report.allowed_types == ()


def test_a_name_after_the_place_where_decoding_failed_is_danger(tmp_path: Path) -> None:
    # CPython goes on after BUILD on a list with a state of its own; the decoder does not.
    data = b"\x80\x04]}bcos\nsystem\nX\x02\x00\x00\x00id\x85R."
    report = in_state(tmp_path, envelope(data))
    assert ("undecodable", "warning") in kinds(report)
    assert "os:system" in only(report, "dangerous").reason


def test_a_pickle_past_the_limits_is_danger_because_nobody_looked_at_its_end(tmp_path: Path) -> None:
    data = b"\x80\x04(" + b"N0" * 1_100_000 + b"t."
    assert ("unread", "danger") in kinds(in_state(tmp_path, envelope(data)))


def test_a_name_that_is_very_deep_is_reported_with_the_place_of_what_it_lies_in(tmp_path: Path) -> None:
    data = b"\x80\x04" + b"]" * 100_000 + b"cos\nsystem\n" + b"a" * 100_000 + b"."
    found = only(in_state(tmp_path, envelope(data, "builtins:list")), "dangerous")
    assert found.path == "state.x" + "[0]" * 100


def test_a_pickle_with_any_number_of_dangerous_names_gives_a_bounded_report(tmp_path: Path) -> None:
    names = b"".join(b"cos\nname%d\n0" % number for number in range(5_000))
    report = in_state(tmp_path, envelope(b"\x80\x04" + names + b"N."))
    assert 10 < len(report.findings) < 200 and report.is_dangerous


def test_bytes_after_the_end_of_a_pickle_are_reported_and_nothing_is_undecodable(tmp_path: Path) -> None:
    report = in_state(tmp_path, envelope(pickle.dumps({"n": 30}) + b"\0" * 5, "builtins:dict"))
    finding = only(report, "trailing-bytes")
    assert "5 bytes after the end" in finding.reason and "does not read" in finding.reason
    assert not report.is_grave
    assert [one.kind for one in report.findings if one.severity == "warning"] == ["trailing-bytes"]


# -- what the framework does not load ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "claimed", "kind"),
    [
        (called("my_app", "make", 1), "my_app:Order", "function"),
        (b"\x80\x04cmy_app\nmake\n.", "builtins:function", "function"),
        (called("numpy._core.multiarray", "scalar", 1), "numpy:int64", "numpy"),
        (pickle.dumps((1, 2)), "my_app:Order", "type-mismatch"),
        (called("my_app", "Color", "red"), "builtins:int", "type-mismatch"),
        (b"\x80\x04", "builtins:int", "undecodable"),
        (pickletools.optimize(pickle.dumps([1]))[:-1] + b"\xff.", "builtins:list", "undecodable"),
        (b"\x80\x05\x97.", "builtins:bytes", "undecodable"),
    ],
)  # fmt: skip
def test_a_pickle_that_the_framework_cannot_load_is_reported(
    tmp_path: Path, data: bytes, claimed: str, kind: str
) -> None:
    report = in_state(tmp_path, envelope(data, claimed))
    found = only(report, kind)
    assert (found.severity, found.file, found.path) == ("warning", "a.json", "state.x")
    assert not report.is_dangerous


@pytest.mark.parametrize("text", ["no base64!", "", "é"])
def test_an_envelope_without_a_pickle_is_reported(tmp_path: Path, text: str) -> None:
    found = only(in_state(tmp_path, {"__pickled__": text, "__type__": "builtins:int"}), "undecodable")
    assert found.path == "state.x"


# -- secrets ----------------------------------------------------------------------------------------------------------


def test_secrets_in_clear_text_are_reported_once_with_their_path(tmp_path: Path) -> None:
    state = {"api_key": "sk-1", "_workflow_run_kwargs": {"f": {"who": "me"}}, "tokens": "many", "empty": {"token": ""}}
    report = examined(checkpoint(tmp_path, "a", state=state), checkpoint(tmp_path, "b", state=state))
    assert [(finding.kind, finding.severity, finding.path) for finding in report.findings] == [
        ("secret", "info", "state.api_key"),
    ]
    assert all("2 files" in finding.reason for finding in report.findings)
    assert not any("sk-1" in text for finding in report.findings for text in finding)


def test_a_secret_within_a_pickle_is_reported(tmp_path: Path) -> None:
    data = b"\x80\x04cmy_app\nThing\n)\x81}X\x08\x00\x00\x00passwordX\x01\x00\x00\x00xsb."
    assert only(in_state(tmp_path, envelope(data, "my_app:Thing")), "secret").path == "state.x.password"


def test_a_pickle_is_a_secret_where_it_is_under_the_name_of_one_and_elsewhere_not(tmp_path: Path) -> None:
    said = envelope(pickle.dumps({"said": "a text of three words"}), "builtins:dict")
    state = {"token": said, "beside": ["api_key", said], "plain": ["said", said], "more": {"password": [said]}}
    for _ in range(2):  # the second time all is known of the pickle
        report = examined(checkpoint(tmp_path, state=state))
        assert [finding.path for finding in report.findings if finding.kind == "secret"] == [
            "state.beside[1].said", "state.more.password[0].said", "state.token.said",
        ]  # fmt: skip


def test_a_text_that_is_not_the_base64_of_a_pickle_is_looked_through_for_secrets(tmp_path: Path) -> None:
    raw = b'{"a": {"__pickled__": "Z2hw", "b": "x"}, "c": {"__pickled__": "ghp_ABCDEFGHIJKLMNOPQRST12"}}'
    assert json_may_hold_secrets(raw)
    assert not json_may_hold_secrets(raw.replace(b"ghp_", b"ghpp"))


def test_run_kwargs_are_reported_only_where_they_are_secrets_by_name_or_look(tmp_path: Path) -> None:
    kwargs = {"region": "eu-north", "user": "ann", "token": "abc", "db": "postgres://svc:hunter2@db/prod"}
    report = examined(checkpoint(tmp_path, state={"_workflow_run_kwargs": {"f": kwargs}}))
    assert [finding.path for finding in report.findings if finding.kind == "secret"] == [
        "state._workflow_run_kwargs.f.db", "state._workflow_run_kwargs.f.token",
    ]  # fmt: skip


LOOKS = [
    "postgres://svc:hunter2@db/prod", "Server=tcp:x;User ID=sa;Password=Pa55w0rd!;", "AccountName=a;AccountKey=AAAA==;",
    "https://a.blob.core.windows.net/c/f?sv=2024-01-01&sig=AbCdEfGh%3D", "use ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----", "OPENAI_API_KEY=sk-proj-abcdefghijkl",
    "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "AKIAIOSFODNN7EXAMPLE", "xoxb-123456789012-abcdef",
    "AIzaSyA1234567890abcdefghijklmnopqrstuv", "hf_abcdefghijklmnopqrstuvwxyz", "redis://:hunter2@cache:6379/0",
]  # fmt: skip


@pytest.mark.parametrize("text", LOOKS)
def test_no_look_of_a_secret_is_overlooked(tmp_path: Path, text: str) -> None:
    assert only(in_state(tmp_path, text), "secret").path == "state.x"
    data = b"\x80\x04X" + len(text).to_bytes(4, "little") + text.encode() + b"."
    assert only(in_state(tmp_path, envelope(data, "builtins:str")), "secret").path == "state.x"


def words() -> Iterable[str]:
    yield from secret_names._WORDS
    yield from secret_names._PAIRS
    yield from (pair.title().replace(" ", "") for pair in secret_names._PAIRS)
    yield from (pair.replace(" ", "--") for pair in secret_names._PAIRS)


@pytest.mark.parametrize("text", ALL_LOOKS)
def test_the_quick_test_of_a_store_overlooks_no_secret_that_is_masked(text: str) -> None:
    data = text.encode()
    assert may_hold_secrets(b"\x80\x04X" + len(data).to_bytes(4, "little") + data)


@pytest.mark.parametrize("word", sorted(set(words())))
def test_no_word_of_a_secret_key_is_overlooked(word: str) -> None:
    assert secret_names.is_secret_key(word)
    assert may_hold_secrets(b"\x00\x94" + word.encode() + b"\x00")


def test_a_part_that_is_not_shown_and_a_type_to_allow_are_reported(tmp_path: Path) -> None:
    data = b"\x80\x04](I" + b"9" * 3_000 + b"\n\x8c\x06my_app\x8c\x05Order\x93)\x81e."
    report = in_state(tmp_path, envelope(data, "builtins:list"))
    assert only(report, "not-shown").reason == "not shown: an integer of 3,000 digits"
    assert "my_app:Order" in only(report, "type").reason
    assert report.allowed_types == ("my_app:Order",)


def test_what_is_too_deep_to_be_found_or_is_thrown_away_is_reported_all_the_same(tmp_path: Path) -> None:
    for data in (b"\x80\x04Pos.system\n0N.", b"\x80\x04" + b"]" * 1_000_000 + b"Pid\n" + b"a" * 1_000_000 + b"."):
        assert in_state(tmp_path, envelope(data, "builtins:list")).is_dangerous
