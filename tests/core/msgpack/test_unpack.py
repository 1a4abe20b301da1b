"""MessagePack as LangGraph writes it, decoded into inert values."""

from struct import pack
from typing import Any

import pytest

from ckpt_tui.core.budgets import MessageBudget
from ckpt_tui.core.msgpack.serialized import decode as decode_as
from ckpt_tui.core.msgpack.unpack import decode
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.value import Map, Obj, Opaque
from tests.fuzz_msgpack import BOMBS, BUDGET, digest, genuine, inputs

ISO = "fromisoformat"


def text(word: str) -> bytes:
    raw = word.encode("utf-8", "surrogatepass")
    return b"\xda" + pack(">H", len(raw)) + raw


def array(*items: bytes) -> bytes:
    return b"\xdc" + pack(">H", len(items)) + b"".join(items)


def extension(code: int, *items: bytes) -> bytes:
    body = array(*items)
    return b"\xc9" + pack(">I", len(body)) + bytes((code & 0xFF,)) + body


def array_of_numpy(dtype: str, shape: tuple[int, ...], order: str, data: bytes) -> bytes:
    sizes = array(*(bytes((size,)) for size in shape))
    return extension(6, text(dtype), sizes, text(order), b"\xc4" + bytes((len(data),)) + data)


def shown(data: bytes) -> Any:
    decoded = decode(data)
    assert not decoded.fault, decoded.fault
    return to_json(decoded.value)


class TestValues:
    @pytest.mark.parametrize(
        ("data", "value"),
        [
            (b"\x7f", 127), (b"\xff", -1), (b"\xe0", -32), (b"\xcc\xff", 255), (b"\xcd\x01\x00", 256),
            (b"\xce\x00\x01\x00\x00", 65_536), (b"\xcf" + b"\xff" * 8, 2**64 - 1), (b"\xd0\x80", -128),
            (b"\xd1\x80\x00", -32_768), (b"\xd2\x80\x00\x00\x00", -(2**31)), (b"\xd3\x80" + b"\0" * 7, -(2**63)),
            (b"\xca\x3f\xc0\x00\x00", 1.5), (b"\xcb\x3f\xf8" + b"\0" * 6, 1.5), (b"\xc0", None), (b"\xc2", False),
            (b"\xc3", True), (b"\xa0", ""), (b"\xa2\xc3\xa9", "é"), (b"\xd9\x01a", "a"), (b"\xda\x00\x01a", "a"),
            (b"\xdb\x00\x00\x00\x01a", "a"), (b"\xc4\x01\xff", b"\xff"), (b"\xc5\x00\x01\xff", b"\xff"),
            (b"\xc6\x00\x00\x00\x01\xff", b"\xff"), (b"\x90", []), (b"\x92\x01\x02", [1, 2]),
            (b"\xdd\x00\x00\x00\x01\x01", [1]), (b"\x80", {}), (b"\x81\xa1a\x01", {"a": 1}),
            (b"\xde\x00\x01\xa1a\x01", {"a": 1}), (b"\xdf\x00\x00\x00\x01\xa1a\x90", {"a": []}),
        ],
    )  # fmt: skip
    def test_every_lead_byte_is_read(self, data: bytes, value: Any) -> None:
        decoded = decode(data)
        assert (decoded.value, type(decoded.value), decoded.fault) == (value, type(value), "")
        assert decoded.end == len(data)

    def test_keys_of_any_kind_are_kept_even_when_they_repeat(self) -> None:
        found = decode(b"\x84\xa1a\x01\xa1a\x02\xc0\x03\x91\x01\x04").value
        assert type(found) is Map
        assert found.kv == ["a", 1, "a", 2, None, 3, [1], 4]

    def test_a_long_array_of_numbers_is_read_as_such(self) -> None:
        numbers = [n / 8 for n in range(1_000)]
        decoded = decode(array(*(b"\xcb" + pack(">d", number) for number in numbers), b"\x01"))
        assert decoded.value == [*numbers, 1]
        decoded = decode(array(*(b"\xcb" + pack(">d", number) for number in numbers)))
        assert decoded.value == numbers
        assert decoded.opcodes == 1_001

    def test_text_with_a_half_of_a_character_is_kept(self) -> None:
        assert decode(b"\xa3\xed\xa0\x80").value == "\ud800"

    def test_text_that_is_not_utf_8_is_explained_where_it_is(self) -> None:
        decoded = decode(b"\x92\xa1\xff\x01")
        first, second = decoded.value
        assert (first.reason, first.partial, second) == ("a text that is not UTF-8", [b"\xff"], 1)
        assert list(decoded.opaque) == [first.reason]

    def test_what_follows_the_value_is_counted(self) -> None:
        assert decode(b"\x01\x02\x03").trailing == 2


class TestExtensions:
    @pytest.mark.parametrize(
        ("data", "type_name", "value"),
        [
            (extension(0, text("uuid"), text("UUID"), text("12345678123456781234567812345678")), "uuid:UUID",
             "12345678-1234-5678-1234-567812345678"),
            (extension(0, text("decimal"), text("Decimal"), text("1.10")), "decimal:Decimal", "1.10"),
            (extension(0, text("app"), text("Colour"), text("red")), "app:Colour", "red"),
            (extension(0, text("ipaddress"), text("IPv4Address"), text("10.0.0.1")), "ipaddress:IPv4Address",
             "10.0.0.1"),
            (extension(0, text("zoneinfo"), text("ZoneInfo"), text("Europe/Berlin")), "zoneinfo:ZoneInfo",
             "Europe/Berlin"),
            (extension(1, text("datetime"), text("date"), array(b"\xcd\x07\xea", b"\x01", b"\x02")), "datetime:date",
             "2026-01-02"),
            (extension(1, text("datetime"), text("timedelta"), array(b"\x01", b"\x02", b"\x00")), "datetime:timedelta",
             "1 day, 0:00:02"),
            (extension(1, text("pathlib"), text("PosixPath"), array(text("/"), text("a"))), "pathlib:PosixPath", "/a"),
            (extension(3, text("datetime"), text("datetime"), text("2026-01-02T03:04:05-01:30"), text(ISO)),
             "datetime:datetime", "2026-01-02T03:04:05-01:30"),
            (extension(3, text("datetime"), text("datetime"), text("2026-01-02T03:04:05.000006"), text(ISO)),
             "datetime:datetime", "2026-01-02T03:04:05.000006"),
        ],
    )  # fmt: skip
    def test_objects_of_the_standard_library_read_as_from_pickles(
        self, data: bytes, type_name: str, value: str
    ) -> None:
        assert shown(data) == {"$type": type_name, "$value": value}

    def test_arguments_that_a_class_would_not_write_are_shown_as_they_are(self) -> None:
        for words in (("uuid", "UUID", "xyz"), ("ipaddress", "IPv4Address", "1.2.3.400")):
            assert shown(extension(0, *map(text, words)))["$args"] == [words[2]]
        late = text("2026-13-02T03:04:05")
        assert shown(extension(3, text("datetime"), text("datetime"), late, text("fromisoformat"))) == {
            "$type": "datetime:datetime.fromisoformat",
            "$args": ["2026-13-02T03:04:05"],
        }

    @pytest.mark.parametrize("code", [2, 4, 5])
    def test_named_arguments_are_attributes(self, code: int) -> None:
        fields = b"\x81" + text("name") + text("Ada")
        assert shown(extension(code, text("app"), text("Customer"), fields)) == {"$type": "app:Customer", "name": "Ada"}

    def test_sets_and_deques_have_items(self) -> None:
        for name, items in (("builtins:set", [1, 2]), ("builtins:frozenset", [1]), ("collections:deque", [2, 1])):
            module, _, qualname = name.partition(":")
            data = extension(0, text(module), text(qualname), array(*(bytes((item,)) for item in items)))
            assert shown(data) == {"$type": name, "$items": items}

    def test_a_send_has_its_node_and_argument_by_name(self) -> None:
        data = extension(1, text("langgraph.types"), text("Send"), array(text("work"), b"\x01"))
        assert shown(data) == {"$type": "langgraph.types:Send", "node": "work", "arg": 1}

    @pytest.mark.parametrize(
        ("dtype", "shape", "order", "data", "name", "items"),
        [
            ("<f4", (2,), "C", pack("<2f", 0.5, 1), "float32", [0.5, 1.0]),
            ("<i2", (2, 2), "F", pack("<4h", 1, 3, 2, 4), "int16", [[1, 2], [3, 4]]),
            (">i4", (2,), "C", pack(">2i", 1, 2), "int32", [1, 2]),
            ("|b1", (2,), "C", b"\1\0", "bool", [True, False]),
            ("<U2", (1,), "C", "ab".encode("utf-32-le"), "U2", ["ab"]),
            ("<M8[s]", (2,), "C", pack("<2q", 86_400, -(1 << 63)), "datetime64[s]", ["1970-01-02T00:00:00", None]),
            ("<m8[25m]", (1,), "C", pack("<q", 2), "timedelta64[25m]", ["0:50:00"]),
            ("<u8", (), "C", pack("<Q", 5), "uint64", [5]),
            ("<f8", (0, 3), "C", b"", "float64", []),
        ],
    )
    def test_an_array_of_numpy_reads_as_from_a_pickle(
        self, dtype: str, shape: tuple[int, ...], order: str, data: bytes, name: str, items: list[Any]
    ) -> None:
        stored = array_of_numpy(dtype, shape, order, data)
        assert shown(stored) == {"$type": "numpy:ndarray", "shape": list(shape), "dtype": name, "$items": items}
        assert decode(stored).names == ("numpy:ndarray",)

    @pytest.mark.parametrize(
        ("dtype", "order", "data"),
        [("<f4", "C", b"\0"), ("<f4", "K", bytes(4)), ("<q9", "C", bytes(9)), ("", "C", b"")],
    )
    def test_an_array_of_numpy_of_another_layout_has_its_parts_by_name(
        self, dtype: str, order: str, data: bytes
    ) -> None:
        found = shown(array_of_numpy(dtype, (1,), order, data))
        assert found["$type"] == "numpy:ndarray"
        assert (found["dtype"], found["shape"], found["order"]) == (dtype, [1], order)

    def test_an_array_of_more_dimensions_than_numpy_has_keeps_its_parts(self) -> None:
        found = shown(array_of_numpy("|u1", (1,) * 65, "C", b"\0"))
        assert (found["dtype"], len(found["shape"])) == ("|u1", 65)

    @pytest.mark.parametrize("dtype", ["|O", "|O8", "|T16"])
    def test_an_array_of_objects_says_that_addresses_are_all_that_was_stored(self, dtype: str) -> None:
        found = decode(array_of_numpy(dtype, (1,), "C", bytes(8))).value
        assert type(found) is Opaque
        assert "addresses in memory" in found.reason

    def test_what_is_named_is_kept_and_not_imported(self) -> None:
        decoded = decode(extension(0, text("os"), text("system"), text("echo canary")))
        assert decoded.names == ("os:system",)
        assert type(decoded.value) is Obj
        assert decoded.value.args == ("echo canary",)

    def test_a_damaged_extension_is_explained_and_hides_nothing_behind_it(self) -> None:
        bad = b"\xc7\x03\x02\x93\xa9a"  # a text of nine characters in an extension of three bytes
        decoded = decode(b"\x93\x01" + bad + b"\x02")
        assert not decoded.fault
        first, second, third = decoded.value
        assert (first, third) == (1, 2)
        assert type(second) is Opaque
        assert second.reason.startswith("a damaged extension")

    def test_an_extension_of_somebody_else_is_said_to_be_one(self) -> None:
        decoded = decode(b"\x92\xd4\x2a\x07\x01")
        assert decoded.value[0].partial == [b"\x07"]
        assert "extension 42" in decoded.value[0].reason
        assert decoded.value[1] == 1

    def test_extensions_within_extensions_are_not_copied_and_end_at_the_limit_of_depth(self) -> None:
        data = b"\xc0"
        for _ in range(3_000):
            data = b"\xc9" + pack(">I", len(data)) + b"\x07" + data
        decoded = decode(data)
        assert decoded.is_cut
        assert "deeper than" in decoded.fault


class TestLimits:
    @pytest.mark.parametrize("data", BOMBS)
    def test_bombs_raise_nothing_and_are_the_same_when_read_again(self, data: bytes) -> None:
        assert digest(data) is digest(data)

    @pytest.mark.parametrize(
        ("budget", "data", "reason"),
        [
            (MessageBudget(bytes=3), b"\x93\x01\x02\x03", "4 bytes; at most 3"),
            (MessageBudget(values=3), b"\x95\x01\x02\x03\x04\x05", "more than 3 values"),
            (MessageBudget(objects=2), b"\x91\x91\x91\x90", "more than 2 containers"),
            (MessageBudget(depth=2), b"\x91\x91\x91\x90", "deeper than 2 levels"),
        ],
    )
    def test_each_limit_is_said_and_can_be_raised(self, budget: MessageBudget, data: bytes, reason: str) -> None:
        decoded = decode(data, budget)
        assert decoded.is_cut
        assert reason in decoded.fault
        assert not decode(data).fault

    def test_what_was_read_before_the_end_is_kept(self) -> None:
        decoded = decode(b"\x93\x01\xa1a\xa9b")
        assert type(decoded.value) is Opaque
        assert decoded.value.partial == [1, "a"]
        assert not decoded.is_cut

    def test_a_long_class_name_is_not_repeated_in_every_object(self) -> None:
        decoded = decode(extension(0, text("m" * 600), text("n" * 600), b"\x01"))
        assert type(decoded.value) is Opaque

    def test_check_ends_the_decoding(self) -> None:
        def check() -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            decode(b"\x90", check=check)

    def test_mutated_values_are_decoded_or_explained(self) -> None:
        seeds = genuine()
        assert len(seeds) > 100
        for data in inputs(3, 1_500, seeds):
            digest(data)
            decode(data, BUDGET)


class TestEncodings:
    def test_the_words_beside_a_value_decide(self) -> None:
        assert decode_as("null", b"").value is None
        assert decode_as("bytes", b"ab").value == b"ab"
        assert decode_as("bytearray", b"ab").value == bytearray(b"ab")
        assert decode_as("msgpack", b"\x01").value == 1
        assert decode_as("json", b"[1]").value == [1]
        assert decode_as("pickle", b"\x80\x05K\x01.").value == 1

    @pytest.mark.parametrize(
        ("encoding", "reason"),
        [
            ("msgpack+aes", "encrypted (aes)"),
            ("json+kms", "encrypted (kms)"),
            ("orjson", "written by a serializer that is not LangGraph's (orjson)"),
            ("", "written by a serializer that is not LangGraph's (without a name)"),
        ],
    )
    def test_what_is_closed_says_so_and_is_not_guessed(self, encoding: str, reason: str) -> None:
        decoded = decode_as(encoding, b"\x01")
        assert (decoded.fault, decoded.value.reason, decoded.value.size) == (reason, reason, 1)

    def test_objects_in_langchains_json_read_as_those_of_messagepack(self) -> None:
        document = (
            b'{"m": {"lc": 1, "type": "constructor", "id": ["langchain", "schema", "HumanMessage"],'
            b' "kwargs": {"content": "hi", "at": {"lc": 2, "type": "constructor", "id": ["datetime", "datetime"],'
            b' "method": "fromisoformat", "args": ["2026-01-02T03:04:05"], "kwargs": {}}}},'
            b' "s": {"lc": 2, "type": "constructor", "id": ["builtins", "set"], "method": null, "args": [[1]]},'
            b' "b": {"lc": 2, "type": "constructor", "id": ["builtins", "bytes"], "method": "fromhex",'
            b' "args": ["00ff"]},'
            b' "u": {"lc": 2, "type": "undefined"}, "d": {"lc": 2, "type": "delta_snapshot", "value": [1]}}'
        )
        decoded = decode_as("json", document)
        found = to_json(decoded.value)
        assert found["m"] == {
            "$type": "langchain.schema:HumanMessage",
            "content": "hi",
            "at": {"$type": "datetime:datetime", "$value": "2026-01-02T03:04:05"},
        }
        assert found["s"] == {"$type": "builtins:set", "$items": [1]}
        assert decoded.value["b"] == b"\x00\xff"
        assert decoded.value["u"] is None
        assert found["d"]["value"] == [1]
        assert "langchain.schema:HumanMessage" in decoded.names

    def test_what_langchain_did_not_store_is_explained(self) -> None:
        decoded = decode_as(
            "json",
            b'[{"lc": 1, "type": "not_implemented", "id": ["app", "Tool"], "repr": "<Tool>"},'
            b' {"lc": 1, "type": "secret", "id": ["API_KEY"]}, {"lc": 3, "type": "constructor", "id": []}]',
        )
        first, second, third = decoded.value
        assert "app:Tool" in first.reason
        assert first.partial == ["<Tool>"]
        assert second.reason == "a secret that is not stored: API_KEY"
        assert third == {"lc": 3, "type": "constructor", "id": []}

    def test_json_that_is_cut_off_is_explained(self) -> None:
        assert "cut off" in decode_as("json", b'{"a": 1').fault
