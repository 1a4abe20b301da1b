"""The pickles of a whole document: found wherever the framework decodes them, and wherever it might."""

import base64
import json
from typing import Any

import pytest

from ckpt_tui.core.safety.examination import JsonMembers, envelopes, examine_document, has_hidden_keys
from tests.core.doctor.test_report import document

EVIL = b"cos\nsystem\nX\x02\x00\x00\x00id\x85R."
FINE = b"cfractions\nFraction\nK\x01K\x02\x86R."


def envelope(data: bytes = EVIL, **more: Any) -> dict[str, Any]:
    return {"__pickled__": base64.b64encode(data).decode(), "__type__": "my_app:Thing", **more}


def examined(value: Any, encoding: str | None = None) -> list[tuple[str, bool]]:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return [(found.where, found.inspection.is_danger) for found in examine_document(raw, encoding)]


@pytest.mark.parametrize("member", [*document(), "a member that no release writes"])
def test_a_pickle_is_found_in_every_member_of_a_checkpoint(member: str) -> None:
    where = '"a member that no release writes"' if " " in member else member
    assert examined(document() | {member: envelope()}) == [(where, True)]
    assert examined(document() | {member: {"a": [1, {"b": envelope()}]}}) == [(f"{where}.a[1].b", True)]


def test_pickles_are_found_in_the_order_of_the_document_with_what_they_would_do() -> None:
    found = examine_document(json.dumps({"a": [envelope(FINE)], "b": {"c": envelope()}}).encode())
    assert [(each.where, each.path, each.claimed) for each in found] == [
        ("a[0]", ("a", 0), "my_app:Thing"), ("b.c", ("b", "c"), "my_app:Thing"),
    ]  # fmt: skip
    assert [use.name for each in found for use in each.inspection.uses] == ["fractions:Fraction", "os:system"]


@pytest.mark.parametrize("value", [envelope(), [[envelope()]], [envelope(), envelope(FINE)]])
def test_a_document_that_is_no_checkpoint_is_examined_all_the_same(value: Any) -> None:
    assert True in {danger for _, danger in examined(value)}


def test_an_envelope_within_an_envelope_is_found() -> None:
    inner = envelope()
    assert examined({"a": envelope(FINE, more=inner)}) == [("a", False), ("a.more", True)]
    assert ("a.__type__", True) in examined({"a": {"__pickled__": "", "__type__": inner}})
    assert ("a.__pickled__", True) in examined({"a": {"__pickled__": inner, "__type__": ""}})


@pytest.mark.parametrize("first", [True, False])
def test_every_value_of_a_repeated_key_is_examined(first: bool) -> None:
    evil, fine = (base64.b64encode(data).decode() for data in (EVIL, FINE))
    texts = (evil, fine) if first else (fine, evil)
    raw = '{"a": {"__pickled__": "%s", "__pickled__": "%s", "__type__": ""}}' % texts  # noqa: UP031
    assert examined(raw.encode()) == [("a", True)]
    one, other = (json.dumps(envelope(data)) for data in ((EVIL, FINE) if first else (FINE, EVIL)))
    raw = f'{{"a": {one}, "a": {other}}}'
    assert sorted(examined(raw.encode())) == [("a", False), ("a", True)]


def test_keys_that_are_written_with_escapes_are_keys() -> None:
    raw = json.dumps({"a": envelope()}).replace("__pickled__", "\\u005f_p\\u0069ckled__").encode()
    assert b"__pickled__" not in raw
    assert has_hidden_keys(raw)
    assert examined(raw) == [("a", True)]


def test_a_byte_order_mark_and_other_encodings_hide_nothing() -> None:
    text = json.dumps({"é": envelope()}, ensure_ascii=False)
    for raw in (b"\xef\xbb\xbf" + text.encode(), text.encode("cp1252"), text.encode("utf-16")):
        assert True in {danger for _, danger in examined(raw)}
        assert b"__pickled__" in raw or has_hidden_keys(raw)


def test_a_file_that_is_another_document_in_the_encoding_of_the_locale_is_examined_in_both() -> None:
    # In GBK the second byte of a character may be a backslash: the quote after it ends the text.
    inside = json.dumps(envelope())[1:-1].replace('"', '\\"')
    raw = b'{"a": "\xe4\xb8\x81\\", "b": {' + inside.replace('\\"', '"').encode() + b'}, "c": ""}'
    assert raw.decode("utf-8") != raw.decode("gbk")
    assert ("b", True) in examined(raw, "gbk")


@pytest.mark.parametrize("encoding", ["no-such-encoding", "ascii", "utf-8", None])
def test_an_encoding_that_reads_nothing_else_changes_nothing(encoding: str | None) -> None:
    assert examined(json.dumps({"é": envelope()}, ensure_ascii=False).encode(), encoding) == [('"é"', True)]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("no base64!", "not base64"),
        ("é", "not base64"),
        (5, "not a string"),
        (None, "not a string"),
        ("", "ends too early"),
    ],
)
def test_what_is_no_pickle_has_a_fault(text: Any, fault: str) -> None:
    (found,) = examine_document(json.dumps({"a": {"__pickled__": text, "__type__": ""}}).encode())
    assert fault in found.inspection.fault


def test_characters_that_older_releases_pass_over_hide_no_pickle() -> None:
    spaced = "\n".join(base64.b64encode(EVIL).decode())
    (found,) = examine_document(json.dumps({"a": {"__pickled__": spaced, "__type__": ""}}).encode())
    assert found.inspection.is_danger and "not base64" in found.inspection.fault


@pytest.mark.parametrize("raw", [b"", b"{", b'{"a": 1}}', b"\xff\xfe\x00", b"[" * 100_000 + b"]" * 100_000])
def test_a_file_that_cannot_be_read_has_a_fault(raw: bytes) -> None:
    (found,) = examine_document(raw)
    assert found.inspection.fault and found.path == ()


def test_numbers_of_any_length_are_read() -> None:
    raw = json.dumps({"a": [1, envelope()]}).replace("1,", "1" * 100_000 + ", NaN,", 1).encode()
    assert examined(raw) == [("a[2]", True)]


def test_envelopes_of_a_document_that_a_plain_parser_read() -> None:
    value = {"a": [envelope()], "__type__": "alone", "b": {"__pickled__": "alone"}}
    assert [path for path, _ in envelopes(value)] == [("a", 0)]
    assert [path for path, _ in envelopes(JsonMembers(value.items()))] == [("a", 0)]


def test_a_document_without_pickles_gives_nothing() -> None:
    raw = json.dumps(document()).encode()
    assert examined(raw) == []
    assert not has_hidden_keys(raw)


def test_a_flood_of_operations_is_not_read_to_its_end() -> None:
    (found,) = examine_document(json.dumps(envelope(b"\x80\x04" + b"N0" * 1_000_000 + b"N.")).encode())
    assert "more than" in found.inspection.fault


def test_an_honest_pickle_of_many_records_is_read_to_its_end() -> None:
    import pickle

    records = [
        {"name": f"record number {number} with a longer text", "value": float(number)} for number in range(300_000)
    ]
    (found,) = examine_document(json.dumps(envelope(pickle.dumps(records, 5))).encode())
    assert found.inspection.fault == "" and found.inspection.uses == ()
