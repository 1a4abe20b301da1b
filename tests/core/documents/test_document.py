"""Files as they come: what JSON alone cannot say is read and noted, and what cannot be read is explained."""

import gzip
import json
import math
import sys
from typing import Any

import pytest

from ckpt_tui.core.documents.document import DocumentFault, parse, parse_value
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.value import Envelope, Opaque

ENVELOPE = b'{"__pickled__": "gASVAwAAAAAAAABLAS4=", "__type__": "builtins:int"}'


TOO_DEEP = 1_500 if sys.version_info < (3, 13) else 50_000
"""Levels that this Python's reader of JSON refuses: the limit is its own stack since 3.13."""


class TestReads:
    @pytest.mark.parametrize(
        ("data", "value"),
        [
            (b"{}", {}), (b"[]", []), (b"null", None), (b"7", 7), (b'"x"', "x"), (b" \n{} \t\r\n", {}),
            (b'{"a":\r\n\t[1, 2.5, true, null]}', {"a": [1, 2.5, True, None]}),
            (b'{"a": "\\ud800"}', {"a": "\ud800"}),
            (b'{"a": "\\u0000\\u001b"}', {"a": "\0\x1b"}),
            ('{"é": "\u202e\u2028"}'.encode(), {"é": "\u202e\u2028"}),
            (b"18446744073709551616", 2**64), (b"-9223372036854775809", -(2**63) - 1),
            (b"9" * 4000, int("9" * 4000)),
            (b"1e999", math.inf), (b"-1e999", -math.inf), (b"Infinity", math.inf), (b"-Infinity", -math.inf),
        ],
    )  # fmt: skip
    def test_what_the_framework_reads(self, data: bytes, value: Any) -> None:
        document = parse(data)
        assert document.value == value
        assert type(document.value) is type(value)
        assert document.notes == ()

    def test_numbers_that_are_none(self) -> None:
        assert to_json(parse(b"[NaN, Infinity, 1e999, -Infinity]").value) == [
            {"$type": "builtins:float", "$value": text} for text in ("NaN", "Infinity", "Infinity", "-Infinity")
        ]

    @pytest.mark.parametrize("digits", [4301, 5000, 100_000])
    def test_an_integer_past_every_limit_is_kept_as_its_digits(self, digits: int) -> None:
        document = parse(b'{"a": ' + b"9" * digits + b', "b": 1}')
        assert type(document.value["a"]) is Opaque
        assert document.value["a"].partial == ["9" * digits]
        assert document.value["b"] == 1
        assert document.notes == ("an integer too long for the framework to read",)

    def test_an_integer_is_read_beside_one_past_the_limit(self) -> None:
        document = parse(b'{"a": -' + b"9" * 4300 + b', "b": ' + b"9" * 4301 + b"}")
        assert document.value["a"] == -int("9" * 4300)
        assert type(document.value["b"]) is Opaque

    def test_a_fault_after_an_endless_integer_is_explained(self) -> None:
        with pytest.raises(DocumentFault, match="not JSON"):
            parse(b'{"a": ' + b"9" * 5_000 + b', "b": 1 "c": 2}')

    def test_repeated_keys_are_all_kept_and_named(self) -> None:
        document = parse(b'{"a": 1, "b": 2, "a": 3}')
        assert document.value == {"a": 3, "b": 2, "$repeated": {"a": [1, 3]}}
        assert document.notes == ("repeated keys (a): the framework keeps the last value, all are shown",)

    def test_a_member_named_as_the_repetitions_are_is_kept(self) -> None:
        document = parse(b'{"$repeated": 0, "a": 1, "a": {"b": 2, "b": 3}}')
        assert document.value == {
            "$repeated": 0,
            "a": {"b": 3, "$repeated": {"b": [2, 3]}},
            "$repeated$": {"a": [1, {"b": 3, "$repeated": {"b": [2, 3]}}]},
        }

    @pytest.mark.parametrize("depth", [100, 900])
    def test_deep_nesting_within_reach(self, depth: int) -> None:
        value = parse(b"[" * depth + b"]" * depth).value
        for _ in range(depth - 1):
            value = value[0]
        assert value == []


class TestEnvelopes:
    def test_an_envelope_is_kept_closed(self) -> None:
        value = parse(b'{"x": ' + ENVELOPE + b"}").value["x"]
        assert type(value) is Envelope
        assert value.claimed == "builtins:int"
        assert not value.ready
        assert to_json(value) == 1
        assert value.ready

    @pytest.mark.parametrize(
        "data",
        [
            b'{"__pickled__": "eA=="}',
            b'{"__pickled__": 7, "__type__": "x"}',
            b'{"__pickled__": null, "__type__": "x"}',
            b'{"__type__": "x"}',
        ],
    )
    def test_what_only_looks_like_one_is_a_dict(self, data: bytes) -> None:
        assert parse(data).value == json.loads(data)

    def test_a_type_that_is_no_text_claims_nothing(self) -> None:
        value = parse(b'{"__pickled__": "Ti4=", "__type__": [1]}').value
        assert type(value) is Envelope
        assert value.claimed == ""

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "an empty pickle"), ("!!!!", "not base64: Only base64 data is allowed"), ("TQ",
             "not base64: Incorrect padding"),
            ("Tg==", "the pickle ends too early, after 1 bytes"), ("/w==",
             "0xff is not a pickle operation, at byte 0 of 1"),
            ("T i4=", "not base64: Only base64 data is allowed"), ("\u00e9",
             "not base64: string argument should contain only ASCII"),
        ],
    )  # fmt: skip
    def test_one_that_cannot_be_opened_says_why(self, text: str, reason: str) -> None:
        value = parse(json.dumps({"__pickled__": text, "__type__": "x"}).encode()).value
        assert to_json(value)["$error"].startswith(reason)
        assert value.warning.startswith(reason)

    def test_bytes_after_the_pickle_are_noted(self) -> None:
        value = parse(b'{"__pickled__": "Ti54eA==", "__type__": "x"}').value
        assert to_json(value) is None
        assert value.warning == "2 bytes after the end of the pickle"


class TestEncodings:
    TEXT = '{"a": "é€"}'

    @pytest.mark.parametrize(
        ("encoding", "note"),
        [
            ("utf-8", ""),
            ("utf-8-sig", "begins with a byte order mark"),
            ("utf-16", "written as UTF-16"),
            ("utf-32", "written as UTF-32"),
            ("cp1252", "not UTF-8; read as most likely cp1252"),
        ],
    )
    def test_a_text_is_read_and_its_encoding_noted(self, encoding: str, note: str) -> None:
        document = parse(self.TEXT.encode(encoding))
        assert document.value == {"a": "é€"}
        assert [bool(document.notes), *document.notes][-1] is False if not note else document.notes[0].startswith(note)

    @pytest.mark.parametrize("order", ["le", "be"])
    @pytest.mark.parametrize("width", [16, 32])
    def test_wide_texts_of_both_byte_orders(self, order: str, width: int) -> None:
        data = ("\ufeff" + self.TEXT).encode(f"utf-{width}-{order}")
        assert parse(data).value == {"a": "é€"}


class TestExplains:
    @pytest.mark.parametrize(
        ("data", "kind", "reason"),
        [
            (b"", "empty", "the file is empty"),
            (b" \n\t ", "empty", "the file holds only white space"),
            (b"\xef\xbb\xbf", "empty", "only white space"),
            (b"\0" * 1000, "empty", "the file holds only zero bytes"),
            (b"{}" + b"\0" * 1000, "trailing", "zero bytes after the end of the document, line 1, column 3"),
            (b"{", "truncated", "cut off after 1 characters"),
            (b'{"a": [1, 2', "truncated", "cut off after 11 characters"),
            (b'{"a": "x', "truncated", "cut off after 8 characters"),
            (b'{"a": 1,', "truncated", "cut off"),
            (b"[1, 2", "truncated", "cut off"),
            (b"{}{}", "trailing", "more data after the end of the document, line 1, column 3"),
            (b"{}\n[]", "trailing", "line 2, column 1"),
            (b"hello", "not-json", "not JSON"),
            (b"{a: 1}", "not-json", "not JSON"),
            (b"{'a': 1}", "not-json", "not JSON"),
            (b'{"a": 1,}', "not-json", "not JSON"),
            (gzip.compress(b"{}"), "not-json", "binary data"),
            (b"\x89PNG\r\n\x1a\n\0\0\0\xff", "not-json", "binary data"),
            (b"\xff\xfe{\xd8\xd8\xd8", "encoding", "neither UTF-8 nor UTF-16"),
            (b'{"a": "\x81"}', "encoding", "no encoding of Windows fits it"),
            (b"[" * TOO_DEEP + b"]" * TOO_DEEP, "too-deep", "nested deeper"),
            (b"[" * 100_000, "too-deep", "nested deeper"),
            (b'{"a":' * 100_000, "too-deep", "nested deeper"),
            (b"[" + b"{}," * 3_000_000 + b"{}]", "too-large", "about 6,000,002 values would take"),
        ],
        ids=range(24),
    )  # fmt: skip
    def test_what_cannot_be_read(self, data: bytes, kind: str, reason: str) -> None:
        with pytest.raises(DocumentFault) as caught:
            parse(data)
        assert caught.value.kind == kind
        assert reason in caught.value.reason


@pytest.mark.parametrize("length", [1, 10_000])
def test_values_are_counted_the_same_between_short_and_long_texts(length: int) -> None:
    text = "a, b: [c] {d}" + "x" * length
    data = json.dumps({"said": text, "more": [1, 2]}).encode()
    assert parse(data).work == 3 * 3 // 8 + 2 * 4 + 2


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": [1, {"b": null}], "c": "d"}',
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a": 1, "a": 2}',
        b"[" + b"1," * 1_000_000 + b"1]",
    ],
)
def test_a_value_alone_is_what_the_whole_document_holds(data: bytes) -> None:
    assert parse_value(data) == parse(data).value


@pytest.mark.parametrize("data", [b"", b"  ", b"{", b"nothing", b"[" * 100_000, b"[" * 2_000_000])
def test_a_value_alone_is_not_read_where_the_document_is_not(data: bytes) -> None:
    for read in (parse, parse_value):
        with pytest.raises(DocumentFault):
            read(data)
