"""Every operation of protocols 0 to 5, well formed and broken."""

import base64
import math
import pickle
import pickletools
from pathlib import Path
from struct import pack
from typing import Any

import pytest

from ckpt_tui.core.budgets import PickleBudget
from ckpt_tui.core.pickles.literals import LITERALS
from ckpt_tui.core.pickles.opcodes import RARE
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.value import Decoded, Map, Obj, Opaque, Ref, SetOf
from tests.core import zoo
from tests.core.agreement import shown


def value(data: bytes) -> Any:
    decoded = decode(data)
    assert decoded.fault == ""
    return decoded.value


BYTES_AB = {"$type": "builtins:bytes", "$base64": "YWI=", "$size": 2}
CLASS_A = {"$type": "type", "$value": "a:B"}
TUPLE = "builtins:tuple"

WELL_FORMED: list[tuple[str, bytes, Any]] = [
    ("NONE", b"N.", None),
    ("NEWTRUE", b"\x88.", True),
    ("NEWFALSE", b"\x89.", False),
    ("INT", b"I-12\n.", -12),
    ("INT of false", b"I00\n.", False),
    ("INT of true", b"I01\n.", True),
    ("LONG", b"L12345678901234567890L\n.", 12345678901234567890),
    ("LONG without L", b"L-5\n.", -5),
    ("BININT", b"J\xff\xff\xff\xff.", -1),
    ("BININT1", b"K\xff.", 255),
    ("BININT2", b"M\xff\xff.", 65535),
    ("LONG1 empty", b"\x8a\x00.", 0),
    ("LONG1", b"\x8a\x02\x00\xff.", -256),
    ("LONG1 of 255 bytes", b"\x8a\xff" + b"\x00" * 254 + b"\x01.", 1 << 2032),
    ("LONG4", b"\x8b\x02\x00\x00\x00\x00\x01.", 256),
    ("LONG4 empty", b"\x8b\x00\x00\x00\x00.", 0),
    ("FLOAT", b"F1.5\n.", 1.5),
    ("FLOAT beyond infinity", b"F1e999\n.", {"$type": "builtins:float", "$value": "Infinity"}),
    ("FLOAT nan", b"Fnan\n.", {"$type": "builtins:float", "$value": "NaN"}),
    ("BINFLOAT", b"G" + pack(">d", -0.5) + b".", -0.5),
    ("BINFLOAT -inf", b"G" + pack(">d", -math.inf) + b".", {"$type": "builtins:float", "$value": "-Infinity"}),
    ("STRING", b"S'a\\n\\x41\\101\\\\\\''\n.", "a\nAA\\'"),
    ("STRING in double quotes", b'S"it\'s"\n.', "it's"),
    ("STRING with blanks around", b"S'a' \t\r\n.", "a"),
    ("STRING with an unknown escape", b"S'\\q\\8'\n.", "\\q\\8"),
    ("STRING that is no ASCII", b"S'\\xff'\n.", {"$type": "builtins:bytes", "$base64": "/w==", "$size": 1}),
    ("BINSTRING", b"T\x02\x00\x00\x00ab.", "ab"),
    ("SHORT_BINSTRING", b"U\x02ab.", "ab"),
    ("SHORT_BINSTRING that is no ASCII", b"U\x01\xff.", {"$type": "builtins:bytes", "$base64": "/w==", "$size": 1}),
    ("UNICODE", b"V\\u20ac\xe9\n.", "\u20ac\xe9"),
    ("BINUNICODE", b"X\x03\x00\x00\x00\xe2\x82\xac.", "\u20ac"),
    ("SHORT_BINUNICODE", b"\x8c\x02\xc3\xa9.", "é"),
    ("SHORT_BINUNICODE empty", b"\x8c\x00.", ""),
    ("SHORT_BINUNICODE of a surrogate", b"\x8c\x03\xed\xa0\x80.", "\ud800"),
    ("SHORT_BINUNICODE memoized before a None", b"(\x8c\x01a\x94Nh\x00t.", {"$type": TUPLE, "$items": ["a", None,
     "a"]}),
    ("BINUNICODE8", b"\x8d\x01\x00\x00\x00\x00\x00\x00\x00a.", "a"),
    ("BINBYTES", b"B\x02\x00\x00\x00ab.", BYTES_AB),
    ("SHORT_BINBYTES", b"C\x02ab.", BYTES_AB),
    ("BINBYTES8", b"\x8e\x02\x00\x00\x00\x00\x00\x00\x00ab.", BYTES_AB),
    ("BYTEARRAY8", b"\x96\x02\x00\x00\x00\x00\x00\x00\x00ab.", BYTES_AB | {"$type": "builtins:bytearray"}),
    ("EMPTY_LIST", b"].", []),
    ("APPEND", b"]K\x01a.", [1]),
    ("APPENDS", b"](K\x01K\x02e.", [1, 2]),
    ("APPENDS of nothing", b"](e.", []),
    ("LIST", b"(K\x01K\x02l.", [1, 2]),
    ("EMPTY_TUPLE", b").", {"$type": TUPLE, "$items": []}),
    ("TUPLE1", b"N\x85.", {"$type": TUPLE, "$items": [None]}),
    ("TUPLE2", b"K\x01K\x02\x86.", {"$type": TUPLE, "$items": [1, 2]}),
    ("TUPLE3", b"K\x01K\x02K\x03\x87.", {"$type": TUPLE, "$items": [1, 2, 3]}),
    ("TUPLE", b"(K\x01K\x02K\x03K\x04t.", {"$type": TUPLE, "$items": [1, 2, 3, 4]}),
    ("EMPTY_DICT", b"}.", {}),
    ("SETITEM", b"}\x8c\x01aK\x01s.", {"a": 1}),
    ("SETITEMS", b"}(\x8c\x01aK\x01\x8c\x01bK\x02u.", {"a": 1, "b": 2}),
    ("DICT", b"(\x8c\x01aK\x01d.", {"a": 1}),
    ("a dict with a key twice", b"(\x8c\x01aK\x01\x8c\x01aK\x02d.",
     {"$type": "builtins:dict", "$entries": [["a", 1], ["a", 2]]}),
    ("a dict with a list as key", b"(]Nd.", {"$type": "builtins:dict", "$entries": [[[], None]]}),
    ("EMPTY_SET", b"\x8f.", {"$type": "builtins:set", "$items": []}),
    ("ADDITEMS", b"\x8f(K\x02K\x01\x90.", {"$type": "builtins:set", "$items": [1, 2]}),
    ("FROZENSET", b"(K\x01\x91.", {"$type": "builtins:frozenset", "$items": [1]}),
    ("POP", b"K\x01K\x020.", 1),
    ("POP of a mark", b"K\x01(0.", 1),
    ("POP_MARK", b"K\x01(K\x02K\x031.", 1),
    ("DUP", b"](K\x012e.", [1, 1]),
    ("PUT and GET", b"(K\x01p0\ng0\nt.", {"$type": TUPLE, "$items": [1, 1]}),
    ("BINPUT and BINGET", b"(K\x01q\x00h\x00t.", {"$type": TUPLE, "$items": [1, 1]}),
    ("LONG_BINPUT and LONG_BINGET", b"(K\x01r\x00\x01\x00\x00j\x00\x01\x00\x00t.", {"$type": TUPLE, "$items": [1, 1]}),
    ("MEMOIZE", b"(K\x01\x94h\x00t.", {"$type": TUPLE, "$items": [1, 1]}),
    ("BINGET before a None", b"(K\x01\x94h\x00Nt.", {"$type": TUPLE, "$items": [1, 1, None]}),
    ("a memo number stored twice", b"(K\x01q\x00K\x02q\x00h\x00t.", {"$type": TUPLE, "$items": [1, 2, 2]}),
    ("a memo number that is filled later", b"(K\x01q\x01K\x02q\x00K\x03q\x02h\x00h\x01h\x02t.",
     {"$type": TUPLE, "$items": [1, 2, 3, 2, 1, 3]}),
    ("MEMOIZE after a gap", b"(K\x07q\x05K\x08\x94h\x05h\x01t.", {"$type": TUPLE, "$items": [7, 8, 7, 8]}),
    ("MEMOIZE after a stored text and a gap", b"(\x8c\x01aq\x03\x8c\x01b\x94h\x01h\x03t.",
     {"$type": TUPLE, "$items": ["a", "b", "b", "a"]}),
    ("GLOBAL", b"ca\nB\n.", CLASS_A),
    ("GLOBAL of Python 2", b"c__builtin__\nlong\n.", {"$type": "type", "$value": "builtins:int"}),
    ("GLOBAL of a Python 2 module", b"cCookie\nMorsel\n.", {"$type": "type", "$value": "http.cookies:Morsel"}),
    ("GLOBAL in protocol 3 is no Python 2", b"\x80\x03c__builtin__\nlong\n.",
     {"$type": "type", "$value": "__builtin__:long"}),
    ("GLOBAL that is no UTF-8", b"ca\xff\nB\n.", {"$type": "type", "$value": "a\udcff:B"}),
    ("GLOBAL without names", b"c\n\n.", {"$type": "type", "$value": ":"}),
    ("STACK_GLOBAL", b"\x8c\x01a\x8c\x01B\x93.", CLASS_A),
    ("REDUCE", b"ca\nb\n(K\x01K\x02tR.", {"$type": "a:b", "$args": [1, 2]}),
    ("REDUCE without a tuple", b"ca\nb\nNR.", {"$type": "a:b", "$args": [None]}),
    ("REDUCE of what is no class", b"K\x01)R.", {"$type": "(builtins:int)", "$call": 1}),
    ("NEWOBJ", b"ca\nB\n(K\x01t\x81.", {"$type": "a:B", "$args": [1]}),
    ("NEWOBJ_EX", b"ca\nB\n(K\x01t}\x8c\x01kK\x02s\x92.", {"$type": "a:B", "$kwargs": {"k": 2}, "$args": [1]}),
    ("BUILD", b"ca\nB\n)\x81}\x8c\x01xK\x01sb.", {"$type": "a:B", "x": 1}),
    ("BUILD with None", b"ca\nB\n)\x81Nb.", {"$type": "a:B"}),
    ("BUILD twice", b"ca\nB\n)\x81}\x8c\x01xK\x01sb}\x8c\x01yK\x02sb.", {"$type": "a:B", "x": 1, "y": 2}),
    ("BUILD with slots", b"ca\nB\n)\x81N}\x8c\x01xK\x01s\x86b.", {"$type": "a:B", "x": 1}),
    ("BUILD with a dict and slots", b"ca\nB\n)\x81}\x8c\x01wK\x00s}\x8c\x01xK\x01s\x86b.", {"$type": "a:B", "w": 0,
    "x": 1}),
    ("BUILD with a list", b"ca\nB\n)\x81](K\x01eb.", {"$type": "a:B", "$state": [1]}),
    ("BUILD with a number as name", b"ca\nB\n)\x81}K\x01K\x02sb.",
     {"$type": "a:B", "$state": {"$type": "builtins:dict", "$entries": [[1, 2]]}}),
    ("BUILD with a dollar in a name", b"ca\nB\n)\x81}\x8c\x05$typeK\x02sb.", {"$type": "a:B", "$$type": 2}),
    ("APPENDS to an object", b"ca\nB\n)\x81(K\x01K\x02e.", {"$type": "a:B", "$items": [1, 2]}),
    ("APPEND twice to an object", b"ca\nB\n)\x81K\x01aK\x02a.", {"$type": "a:B", "$items": [1, 2]}),
    ("SETITEMS of an object", b"ca\nB\n)\x81(K\x01K\x02u.", {"$type": "a:B", "$entries": [[1, 2]]}),
    ("SETITEM twice of an object", b"ca\nB\n)\x81K\x01K\x02sK\x03K\x04s.", {"$type": "a:B", "$entries": [[1, 2], [3,
    4]]}),
    ("ADDITEMS to an object", b"ca\nB\n)\x81(K\x01\x90.", {"$type": "a:B", "$items": [1]}),
    ("INST", b"(K\x01ia\nB\n.", {"$type": "a:B", "$value": 1}),
    ("OBJ", b"(ca\nB\nK\x01K\x02o.", {"$type": "a:B", "$args": [1, 2]}),
    ("PERSID", b"Pid 7\n.", {"$error": "a persistent id, known only to the program that wrote it", "$size": 4,
                             "$partial": ["id 7"]}),
    ("BINPERSID", b"K\x07Q.", {"$error": "a persistent id, known only to the program that wrote it", "$size": 0,
                               "$partial": [7]}),
    ("EXT1", b"\x82\x07.", {"$type": "type", "$value": "copyreg:extension 7"}),
    ("EXT2", b"\x83\x00\x01.", {"$type": "type", "$value": "copyreg:extension 256"}),
    ("EXT4", b"\x84\x00\x00\x01\x00.", {"$type": "type", "$value": "copyreg:extension 65536"}),
    ("NEXT_BUFFER", b"\x97.", {"$error": "a buffer that was kept outside the pickle", "$size": 0}),
    ("READONLY_BUFFER", b"\x97\x98.", {"$error": "a buffer that was kept outside the pickle", "$size": 0}),
    ("PROTO in the middle", b"]\x80\x02K\x01a.", [1]),
    ("FRAME", b"\x80\x04\x95\x02\x00\x00\x00\x00\x00\x00\x00N..", None),
    ("FRAME of nothing", b"\x95\x00\x00\x00\x00\x00\x00\x00\x00N.", None),
    ("two frames", b"\x80\x05\x95\x01\x00\x00\x00\x00\x00\x00\x00]\x95\x03\x00\x00\x00\x00\x00\x00\x00K\x01a.", [1]),
    ("values left on the stack", b"K\x01K\x02.", 2),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "document"), [case[1:] for case in WELL_FORMED], ids=[case[0] for case in WELL_FORMED]
)
def test_an_operation_gives_its_value(data: bytes, document: Any) -> None:
    decoded = decode(data)
    assert decoded.fault == ""
    assert to_json(decoded.value) == document
    assert type(to_json(decoded.value)) is type(document)


def test_every_operation_of_python_is_in_that_list() -> None:
    used = {op.code for _, data, _ in WELL_FORMED for op in _operations(data)}
    assert used == {op.code for op in pickletools.opcodes}


def _operations(data: bytes) -> list[Any]:
    try:
        return [op for op, _, _ in pickletools.genops(data)]
    except (
        ValueError,
        UnicodeDecodeError,
        DeprecationWarning,
    ):  # forms that are odd to pickletools; the operation is the first byte
        return [op for op in pickletools.opcodes if op.code.encode("latin-1") == data[:1]]


def test_the_rare_operations_are_all_known_to_python() -> None:
    assert {chr(code) for code in RARE} <= {op.code for op in pickletools.opcodes}
    assert LITERALS.keys() <= RARE.keys()


class TestKinds:
    @pytest.mark.parametrize(
        ("data", "kind"),
        [
            (b"].", list), (b"}.", Map), (b").", tuple), (b"\x8f.", SetOf), (b"(\x91.", SetOf), (b"ca\nB\n.", Ref),
            (b"ca\nB\n)\x81.", Obj), (b"P1\n.", Opaque), (b"C\x01a.", bytes),
            (b"\x96\x01\x00\x00\x00\x00\x00\x00\x00a.", bytearray),
        ],
    )  # fmt: skip
    def test_a_value_is_of_an_inert_kind(self, data: bytes, kind: type) -> None:
        assert type(value(data)) is kind

    def test_what_is_stored_once_is_one_value(self) -> None:
        first, second = value(b"(]q\x00h\x00t.")
        assert first is second

    def test_a_call_and_a_new_object_differ(self) -> None:
        assert value(b"ca\nB\n)R.").how == "call"
        assert value(b"ca\nB\n)\x81.").how == "new"

    @pytest.mark.parametrize("protocol", range(3))
    @pytest.mark.parametrize("thing", [b"", b"ab\xff", bytearray(b"ab\xff"), bytearray(), {1}, set(), frozenset({2})])
    def test_older_protocols_call_for_what_later_ones_have_an_operation(self, thing: Any, protocol: int) -> None:
        assert type(value(pickle.dumps(thing, protocol))) in (bytes, bytearray, SetOf)

    @pytest.mark.parametrize(
        "data",
        [
            b"c_codecs\nencode\n(X\x03\x00\x00\x00\xe2\x82\xacX\x06\x00\x00\x00latin1tR.",  # no latin-1
            b"c_codecs\nencode\n(X\x01\x00\x00\x00aX\x03\x00\x00\x00hextR.",
            b"c_codecs\nencode\n(K\x01K\x02tR.",
            b"cbuiltins\nset\n(K\x01tR.",
            b"cbuiltins\nset\nNR.",
            b"cbuiltins\nbytes\n(K\x01tR.",
            b"cbuiltins\nbytearray\n(J\xff\xff\xff\x7ftR.",  # two gigabytes of zeros
            b"ca\nset\n(]tR.",
        ],
    )
    def test_calls_that_no_pickler_writes_stay_calls(self, data: bytes) -> None:
        assert type(value(data)) is Obj

    def test_one_text_made_bytes_again_and_again_is_copied_no_more_than_the_pickle_is_long(self) -> None:
        data = (
            b"(X\x64\x00\x00\x00"
            + b"x" * 100
            + b"q\x00"
            + b"c_codecs\nencode\n(h\x00X\x06\x00\x00\x00latin1tR" * 500
            + b"t."
        )
        made = [item for item in value(data) if type(item) is bytes]
        assert sum(map(len, made)) <= len(data)


class TestOutOfBand:
    def test_a_buffer_outside_the_pickle_has_a_sign_in_its_place(self) -> None:
        buffers: list[pickle.PickleBuffer] = []
        data = pickle.dumps(
            [1, pickle.PickleBuffer(b"xx"), pickle.PickleBuffer(bytearray(b"y"))], 5, buffer_callback=buffers.append
        )
        sign = {"$error": "a buffer that was kept outside the pickle", "$size": 0}
        assert shown(data) == [1, sign, sign]

    def test_a_buffer_inside_the_pickle_is_bytes(self) -> None:
        assert shown(pickle.dumps(pickle.PickleBuffer(b"ab"), 5)) == BYTES_AB

    def test_persistent_ids_of_any_kind_are_kept(self) -> None:
        class Writer(pickle._Pickler):
            def persistent_id(self, obj: Any) -> Any:
                return ("table", 7) if obj is zoo else None

        import io

        out = io.BytesIO()
        Writer(out, 5).dump({"row": zoo})
        sign = shown(out.getvalue())["row"]
        assert sign["$partial"] == [{"$type": TUPLE, "$items": ["table", 7]}]


BROKEN: list[tuple[str, bytes, str]] = [
    ("nothing", b"", "ends too early, after 0 bytes"),
    ("no end", b"N", "ends too early, after 1 bytes"),
    ("nothing but an end", b".", "takes more from its stack than it put there, at byte 0 of 1"),
    ("an unknown operation", b"N\xff.", "0xff is not a pickle operation, at byte 1 of 3"),
    ("a zero byte", b"\0", "0x00 is not a pickle operation, at byte 0 of 1"),
    ("a later protocol", b"\x80\x06N.", "pickle protocol 6; 0 to 5 are known, at byte 0"),
    ("a frame beyond the end", b"\x95\x09\x00\x00\x00\x00\x00\x00\x00N.",
     "a frame that claims more bytes than there are, at byte 0"),
    ("a frame beyond the end after the header", b"\x80\x05\x95" + b"\xff" * 8 + b"N.",
     "a frame that claims more bytes than there are, at byte 2"),
    ("a text beyond the end", b"\x8c\x09ab.", "claims more bytes than there are, at byte 0 of 5"),
    ("a long text beyond the end", b"X\xff\xff\xff\xffab.", "claims more bytes than there are, at byte 0"),
    ("a very long text beyond the end", b"\x8d" + b"\xff" * 8 + b"a.", "claims more bytes than there are, at byte 0"),
    ("bytes beyond the end", b"NC\xffab.", "claims more bytes than there are, at byte 1"),
    ("long bytes beyond the end", b"B\xff\xff\xff\x7fab.", "claims more bytes than there are, at byte 0"),
    ("very long bytes beyond the end", b"\x8e" + b"\xff" * 8 + b"a.", "claims more bytes than there are, at byte 0"),
    ("a bytearray beyond the end", b"\x96" + b"\x00" * 7 + b"\x80a.", "claims more bytes than there are, at byte 0"),
    ("a string beyond the end", b"T\xff\xff\xff\xffab.", "claims more bytes than there are, at byte 0"),
    ("a short string beyond the end", b"U\x09a.", "claims more bytes than there are, at byte 0"),
    ("an integer beyond the end", b"\x8a\x09a.", "claims more bytes than there are, at byte 0"),
    ("a long integer beyond the end", b"\x8b\xff\xff\xff\x7fa.", "claims more bytes than there are, at byte 0"),
    ("an integer of negative length", b"\x8b\xff\xff\xff\xffa.", "claims more bytes than there are, at byte 0"),
    ("half an integer", b"J\x01\x02.", "claims more bytes than there are, at byte 0"),
    ("half a float", b"G\x01\x02.", "claims more bytes than there are, at byte 0"),
    ("half a memo number", b"Nj\x01\x02.", "claims more bytes than there are, at byte 1"),
    ("half a stored memo number", b"Nr\x01\x02.", "claims more bytes than there are, at byte 1"),
    ("half a length", b"X\x01\x02", "claims more bytes than there are, at byte 0"),
    ("a line without an end", b"I12", "a line without an end, at byte 0"),
    ("a class without an end", b"ca\nB", "a line without an end, at byte 0"),
    ("an integer that is none", b"Iab\n.", "a damaged value (ValueError), at byte 0"),
    ("a long that is none", b"L1.5L\n.", "a damaged value (ValueError), at byte 0"),
    ("a float that is none", b"Fab\n.", "a damaged value (ValueError), at byte 0"),
    ("a text that is no UTF-8", b"\x8c\x01\xff.", "a damaged value (UnicodeDecodeError), at byte 0"),
    ("a long text that is no UTF-8", b"NX\x01\x00\x00\x00\xff.", "a damaged value (UnicodeDecodeError), at byte 1"),
    ("a text with a broken escape", b"V\\u12\n.", "a damaged value (UnicodeDecodeError), at byte 0"),
    ("a text without quotes", b"Sab\n.", "text without its quotes, at byte 0"),
    ("a text with one quote", b"S'\n.", "text without its quotes, at byte 0"),
    ("a text with two sorts of quotes", b"S'a\"\n.", "text without its quotes, at byte 0"),
    ("an unknown memo number", b"h\x07.", "a reference to value 7, which was never stored, at byte 0"),
    ("an unknown long memo number", b"j\xff\xff\xff\xff.",
     "a reference to value 4,294,967,295, which was never stored, at byte 0"),
    ("an unknown text memo number", b"g7\n.", "a reference to value 7, which was never stored, at byte 0"),
    ("a negative memo number", b"g-1\n.", "a memo number that is not a number, at byte 0"),
    ("a stored negative memo number", b"Np-1\n.", "a memo number that is not a number, at byte 1"),
    ("a stored memo number that is no number", b"Npx\n.", "a memo number that is not a number, at byte 1"),
    ("MEMOIZE of nothing", b"\x94.", "takes more from its stack than it put there, at byte 0"),
    ("PUT of nothing", b"q\x00.", "takes more from its stack than it put there, at byte 0"),
    ("DUP of nothing", b"2.", "takes more from its stack than it put there, at byte 0"),
    ("POP of nothing", b"0.", "takes more from its stack than it put there, at byte 0"),
    ("POP_MARK without a mark", b"N1.", "takes more from its stack than it put there, at byte 1"),
    ("TUPLE without a mark", b"Nt.", "takes more from its stack than it put there, at byte 1"),
    ("TUPLE2 of one", b"N\x86.", "takes more from its stack than it put there, at byte 1"),
    ("APPEND to nothing", b"Na.", "takes more from its stack than it put there, at byte 1"),
    ("APPENDS to nothing", b"(Ne.", "items for something that is not a list, at byte 2"),
    ("APPENDS without a mark", b"]e.", "takes more from its stack than it put there, at byte 1"),
    ("APPEND to a number", b"K\x01Na.", "items for something that is not a list, at byte 3"),
    ("APPENDS to a tuple", b")(Ne.", "items for something that is not a list, at byte 3"),
    ("ADDITEMS to a list", b"](N\x90.", "items for something that is not a set, at byte 3"),
    ("SETITEM of a list", b"]NNs.", "keys and values for something that is not a mapping, at byte 3"),
    ("SETITEMS of nothing", b"(NNu.", "keys and values for something that is not a mapping, at byte 3"),
    ("SETITEMS of three", b"}(NNNu.", "an odd number of keys and values, at byte 5"),
    ("DICT of one", b"(Nd.", "an odd number of keys and values, at byte 2"),
    ("BUILD of a number", b"K\x01}b.", "a state for something that is not an object, at byte 3"),
    ("BUILD of nothing", b"}b.", "takes more from its stack than it put there, at byte 1"),
    ("REDUCE of one", b")R.", "takes more from its stack than it put there, at byte 1"),
    ("NEWOBJ_EX of two", b"NN\x92.", "takes more from its stack than it put there, at byte 2"),
    ("OBJ without a class", b"(o.", "an object without a class, at byte 1"),
    ("INST without a mark", b"ia\nb\n.", "takes more from its stack than it put there, at byte 0"),
    ("STACK_GLOBAL of numbers", b"K\x01K\x02\x93.", "a class named by something that is not a text, at byte 4"),
    ("BINPERSID of nothing", b"Q.", "takes more from its stack than it put there, at byte 0"),
    ("READONLY_BUFFER of nothing", b"\x98.", "takes more from its stack than it put there, at byte 0"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "reason"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_broken_pickle_is_explained_with_the_byte(data: bytes, reason: str) -> None:
    decoded = decode(data)
    assert reason in decoded.fault
    assert type(decoded.value) is Opaque
    assert decoded.value.reason == decoded.fault
    assert decoded.value.size == len(data)


@pytest.mark.parametrize("byte", range(256))
def test_any_byte_alone_and_after_some_values_is_no_exception(byte: int) -> None:
    for data in (bytes((byte,)), b"N" + bytes((byte,)), b"]}(NN" + bytes((byte,)) + b"\x01\x00\x00\x00\n\n."):
        assert is_whole_or_explained(decode(data))


def is_whole_or_explained(decoded: Decoded) -> bool:
    """Whether a value is shown; where decoding failed, as the reason."""
    document = to_json(decoded.value)
    return not decoded.fault or document["$error"] == decoded.fault


def genuine() -> list[Any]:
    model = zoo.Plain(zoo.Frozen([1, 2.5, "é"], b"x"), {"k": zoo.Point(1, None), 3: {4}})
    return [pytest.param(pickle.dumps([model, model, zoo.Colour.RED], p), id=f"protocol {p}") for p in range(6)]


@pytest.mark.parametrize("data", genuine())
class TestCutAndChanged:
    def test_a_pickle_cut_anywhere_shows_what_was_read(self, data: bytes) -> None:
        for end in range(len(data)):
            decoded = decode(data[:end])
            assert "byte" in decoded.fault
            assert f"{end:,}" in decoded.fault
            assert type(decoded.value) is Opaque
            assert to_json(decoded.value)["$error"] == decoded.fault

    def test_the_last_cut_holds_nearly_all(self, data: bytes) -> None:
        whole, cut = to_json(decode(data).value), to_json(decode(data[:-1]).value)
        assert cut["$partial"] == [whole]

    def test_any_bit_changed_is_no_exception(self, data: bytes) -> None:
        for position in range(len(data)):
            for bit in range(8):
                changed = bytearray(data)
                changed[position] ^= 1 << bit
                assert is_whole_or_explained(decode(bytes(changed)))

    def test_bytes_after_the_end_are_counted(self, data: bytes) -> None:
        decoded = decode(data + b"more")
        assert decoded.trailing == 4
        assert decoded.fault == ""


def test_a_frame_beyond_the_end_leaves_the_whole_value_to_be_seen() -> None:
    decoded = decode(b"\x80\x05\x95" + b"\xff" * 8 + b"]K\x01a.")
    assert decoded.value.partial == [[1]]


class TestBudgets:
    @pytest.mark.parametrize(
        ("data", "budget", "reason"),
        [
            (b"N" * 100 + b".", PickleBudget(bytes=50), "a pickle of 101 bytes; at most 50 are decoded"),
            (b"N" * 100 + b".", PickleBudget(opcodes=50), "more than 50 operations, at byte 50 of 101"),
            (b"]" * 40_000 + b".", PickleBudget(objects=50), "more than 50 objects, at byte 16,384"),
            (b"N" + b"".join(b"r" + pack("<I", 9 * i + 5) for i in range(20)) + b".", PickleBudget(memo_gap=10),
             "more than 10 values stored out of sequence, at byte 51"),
        ],
    )  # fmt: skip
    def test_a_budget_ends_the_decoding_with_its_number(self, data: bytes, budget: PickleBudget, reason: str) -> None:
        assert reason in decode(data, budget).fault

    def test_the_part_read_within_a_budget_is_shown(self) -> None:
        decoded = decode(b"]" + b"K\x01a" * 100 + b".", PickleBudget(opcodes=101))
        assert decoded.value.partial == [[1] * 50]

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"I" + b"9" * 3000 + b"\n.", "an integer of 3,000 digits"),
            (b"L" + b"9" * 3000 + b"L\n.", "an integer of 3,000 digits"),
            (b"\x8b\xd0\x07\x00\x00" + b"\x01" * 2000 + b".", "an integer of 2,000 bytes"),
            (b"X\xe8\x03\x00\x00" + b"m" * 1000 + b"\x8c\x01C\x93.", "a class name of 1,001 characters"),
            (b"c" + b"m" * 1000 + b"\nC\n.", "a class name of 1,001 characters"),
        ],
    )
    def test_an_oversized_scalar_is_reported_and_the_rest_is_shown(self, data: bytes, reason: str) -> None:
        decoded = decode(b"](" + data[:-1] + b"K\x07e.")
        assert decoded.fault == ""
        document, seven = to_json(decoded.value)
        assert (document["$error"], document["$size"]) == (reason, int("".join(filter(str.isdigit, reason))))
        assert seven == 7
        if "integer" in reason:  # all of it is there all the same
            whole = document["$partial"][0]
            assert whole == "9" * 3000 or base64.b64decode(whole["$base64"]) == b"\x01" * 2000

    def test_an_integer_at_its_limit_is_a_number(self) -> None:
        assert value(b"I" + b"9" * 2500 + b"\n.") == int("9" * 2500)

    def test_a_larger_budget_decodes_more(self) -> None:
        data = pickle.dumps([None] * 200_000)
        assert decode(data, PickleBudget(opcodes=1000)).fault
        assert not decode(data, PickleBudget(opcodes=300_000)).fault

    def test_every_operation_is_counted(self) -> None:
        assert decode(b"N.").opcodes == 2
        assert decode(b"N" * 20_000 + b".").opcodes == 20_001
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            data = pickle.dumps([{"a": (1, number), "b": Path("c"), "d": [None, "a"]} for number in range(9)], protocol)
            assert decode(data).opcodes == len([*pickletools.genops(data)])

    def test_a_check_is_asked_every_few_thousand_steps_and_may_end_it(self) -> None:
        asked = []
        decode(b"N" * 50_000 + b".", check=lambda: asked.append(1))
        assert len(asked) == 4

        class Stopped(Exception):
            pass

        def stop() -> None:
            raise Stopped

        with pytest.raises(Stopped):
            decode(b"N.", check=stop)
