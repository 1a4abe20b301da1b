"""Pickles of a few bytes, or a few megabytes, that cost a naive reader all its time or memory."""

import pickle
from collections.abc import Callable
from struct import pack

from ckpt_tui.core.budgets import DEFAULT_PICKLE

MEGABYTES_5 = 5_000_000


def text(value: str) -> bytes:
    data = value.encode(errors="surrogatepass")
    return b"X" + pack("<I", len(data)) + data


def memoized(value: bytes) -> bytes:
    return value + b"\x94"


def laughs(levels: int, again: bytes) -> bytes:
    """Each level is made of the one below it, twice."""
    return b"\x80\x05]" + again * levels + b"."


def nested(levels: int, opening: bytes, closing: bytes, seed: bytes = b"N") -> bytes:
    return opening * levels + seed + closing * levels + b"."


def many_references(thing: bytes, count: int) -> bytes:
    """A list of references to one large thing, at two bytes each."""
    return b"\x80\x05" + memoized(thing) + b"0](" + b"h\x00" * count + b"e."


def large_map(entries: int) -> bytes:
    return b"}(" + b"".join(text(f"k{index}") + b"N" for index in range(entries)) + b"u"


CLASS = b"\x8c\x01m\x8c\x01C\x93"

PART = 16
SMALL = DEFAULT_PICKLE._replace(opcodes=DEFAULT_PICKLE.opcodes // PART, objects=DEFAULT_PICKLE.objects // PART)
"""A sixteenth of the usual budget, so that what is bounded takes a sixteenth of the time."""

BOMBS: dict[str, Callable[[], bytes]] = {
    "billion laughs in tuples": lambda: laughs(60, b"2\x86"),
    "billion laughs in lists": lambda: b"]" + b"".join(
        b"r" + pack("<I", i) + b"](" + b"j" + pack("<I", i) * 1 + b"j" + pack("<I", i) + b"e" for i in range(60)
    ) + b".",
    "billion laughs of ten": lambda: b"](NNNNNNNNNNe" + b"".join(
        b"r" + pack("<I", i) + b"](" + (b"j" + pack("<I", i)) * 10 + b"e" for i in range(30)
    ) + b".",
    "billion laughs in sets": lambda: b"N" + b"".join(
        b"r" + pack("<I", i) + b"\x8f(" + (b"j" + pack("<I", i)) * 10 + b"\x90" for i in range(30)
    ) + b".",
    "billion laughs in frozensets": lambda: b"N" + b"".join(
        b"r" + pack("<I", i) + b"(" + (b"j" + pack("<I", i)) * 2 + b"\x91" for i in range(60)
    ) + b".",
    "billion laughs in objects": lambda: b"N" + b"".join(
        b"r" + pack("<I", i) + CLASS + b")\x81}(" + text("a") + b"j" + pack("<I", i) + text("b") + b"j" + pack("<I", i)
        + b"ub" for i in range(60)
    ) + b".",
    "billion laughs in a type": lambda: b"cbuiltins\nint\n" + b"".join(
        b"r" + pack("<I", i) + b"ctypes\nGenericAlias\ncbuiltins\ndict\n(" + (b"j" + pack("<I", i)) * 15 + b"t\x86R"
        for i in range(12)
    ) + b".",
    "billion laughs as a key": lambda: b"}N" + b"2\x86" * 60 + b"Ns.",
    "a long text many times": lambda: many_references(text("x" * 1_000_000), 400_000),
    "long bytes many times": lambda: many_references(b"B" + pack("<I", 1_000_000) + bytes(1_000_000), 400_000),
    "a middling text many times": lambda: many_references(text("x" * 200), 900_000),
    "a long integer many times": lambda: many_references(b"\x8b" + pack("<i", 1000) + b"\x7f" * 1000, 400_000),
    "a large dict many times": lambda: many_references(large_map(100_000), 400_000),
    "a large list many times": lambda: many_references(b"](" + b"N" * 500_000 + b"e", 400_000),
    "a large set many times": lambda: many_references(
        b"\x8f(" + b"".join(b"J" + pack("<i", i) for i in range(20_000)) + b"\x90", 400_000
    ),
    "a large object many times": lambda: many_references(CLASS + b")\x81" + large_map(100_000) + b"b", 400_000),
    "a large mapping object many times": lambda: many_references(
        CLASS + b")\x81(" + b"".join(text(f"k{i}") + b"N" for i in range(100_000)) + b"u", 400_000
    ),
    "a large deque many times": lambda: many_references(
        b"ccollections\ndeque\n(" + b"N" * 100_000 + b"t\x85R(" + b"N" * 100_000 + b"e", 400_000
    ),
    "one state of many objects": lambda: b"\x80\x05" + memoized(large_map(20_000)) + b"0](" + (
        CLASS + b")\x81h\x00b"
    ) * 50_000 + b"e.",
    "a long class name many times": lambda: b"\x80\x05" + memoized(text("m" * 900)) + b"0]("
    + b"h\x00h\x00\x93)\x81" * 100_000 + b"e.",
    "a class name of a megabyte": lambda: text("m" * 1_000_000) + text("C") + b"\x93)\x81.",
    "a long key many times": lambda: b"\x80\x05" + memoized(text("k" * 100_000)) + b"0]("
    + b"}h\x00Ns" * 150_000 + b"e.",
    "bytes made of one text many times": lambda: b"\x80\x05" + memoized(text("x" * 1_000_000)) + b"0" + memoized(
        b"c_codecs\nencode\n"
    ) + memoized(text("latin1")) + b"00](" + b"h\x01h\x00h\x02\x86R" * 80_000 + b"e.",
    "sets made of one list many times": lambda: b"\x80\x05" + memoized(b"](" + b"N" * 100_000 + b"e") + b"0" + memoized(
        b"cbuiltins\nset\n"
    ) + b"0](" + b"h\x01h\x00\x85R" * 80_000 + b"e.",
    "a path of a long part many times": lambda: b"\x80\x05" + memoized(text("x" * 1_000_000)) + b"0](" + (
        b"cpathlib\nPosixPath\n(" + b"h\x00" * 900 + b"tR"
    ) * 500 + b"e.",
    "a memo number of two thousand million": lambda: b"Nr\xff\xff\xff\x7f.",
    "the largest memo number": lambda: b"Nr\xff\xff\xff\xff0j\xff\xff\xff\xff.",
    "a memo number of twenty digits": lambda: b"Np99999999999999999999\n.",
    "a memo number of a million digits": lambda: b"Np" + b"9" * 1_000_000 + b"\n.",
    "memo numbers out of sequence": lambda: b"N" + b"".join(b"r" + pack("<I",
    7 * i + 9) for i in range(700_000)) + b".",
    "text of four gigabytes": lambda: b"X\xff\xff\xff\xff.",
    "text of sixteen exabytes": lambda: b"\x8d" + b"\xff" * 8 + b".",
    "bytes of two gigabytes": lambda: b"B\xff\xff\xff\x7f.",
    "bytearray of eight exabytes": lambda: b"\x96" + b"\xff" * 7 + b"\x7f.",
    "an integer of two gigabytes": lambda: b"\x8b\xff\xff\xff\x7f.",
    "an integer of negative length": lambda: b"\x8b\xff\xff\xff\xff.",
    "an integer of five megabytes": lambda: b"\x8b" + pack("<i", MEGABYTES_5) + b"\x7f" * MEGABYTES_5 + b".",
    "an integer of a million digits": lambda: b"I" + b"9" * 1_000_000 + b"\n.",
    "a long of a million digits": lambda: b"L" + b"9" * 1_000_000 + b"L\n.",
    "a frame of sixteen exabytes": lambda: b"\x80\x05\x95" + b"\xff" * 8 + b"N.",
    "lists a million deep": lambda: b"]" * 500_000 + b"a" * 499_999 + b".",
    "lists two million deep": lambda: b"]" * 2_000_000 + b"a" * 1_999_999 + b".",
    "tuples a million deep": lambda: b"N" + b"\x85" * 1_000_000 + b".",
    "tuples half a million deep": lambda: b"N" + b"\x85" * 500_000 + b".",
    "tuples half a million deep as a key": lambda: b"}N" + b"\x85" * 500_000 + b"Ns.",
    "dict values half a million deep": lambda: b"}X\x01\x00\x00\x00k" * 250_000 + b"N" + b"s" * 250_000 + b".",
    "states a quarter of a million deep": lambda: CLASS + b"\x94)\x81" + b"h\x00)\x81" * 250_000
    + b"b" * 250_000 + b".",
    "callables a quarter of a million deep": lambda: CLASS + b")R" * 500_000 + b".",
    "states of one object": lambda: CLASS + b")\x81" + b"}b" * 290_000 + b".",
    "frozensets half a million deep": lambda: b"(" * 250_000 + b"N" + b"\x91" * 250_000 + b".",
    "sets in sets in a list": lambda: b"](" + (b"(" * 30 + b"NK\x01" + b"\x91" * 30) * 8_000 + b"e.",
    "dict keys a quarter of a million deep": lambda: b"}" * 250_000 + b"N" + b"Ns" * 250_000 + b".",
    "keys with one hash": lambda: b"}(" + b"".join(
        pickle.dumps(index * ((1 << 61) - 1), 2)[2:-1] + b"N" for index in range(100_000)
    ) + b"u.",
    "members with one hash": lambda: b"\x8f(" + b"".join(
        pickle.dumps(index * ((1 << 61) - 1), 2)[2:-1] for index in range(100_000)
    ) + b"\x90.",
    "a list in itself": lambda: b"]q\x00(" + b"h\x00" * 600_000 + b"e.",
    "a dict in itself": lambda: b"}q\x00X\x01\x00\x00\x00kh\x00s.",
    "a list in its own tuple": lambda: b"]q\x00h\x00\x85a.",
    "an object that is its own state": lambda: CLASS + b")\x81q\x00h\x00b.",
    "an object that is its own class": lambda: CLASS + b")\x81q\x000h\x00)\x81h\x00b.",
    "five megabytes of None": lambda: b"](" + b"N" * MEGABYTES_5 + b"e.",
    "five megabytes of lists": lambda: b"](" + b"]" * MEGABYTES_5 + b"e.",
    "five megabytes of dicts": lambda: b"](" + b"}" * MEGABYTES_5 + b"e.",
    "five megabytes of sets": lambda: b"](" + b"\x8f" * MEGABYTES_5 + b"e.",
    "five megabytes of marks": lambda: b"(" * MEGABYTES_5 + b".",
    "five megabytes of frozensets": lambda: b"(" + b"(\x91" * (MEGABYTES_5 // 2) + b"l.",
    "five megabytes of memoizing": lambda: b"N" + b"\x94" * MEGABYTES_5 + b".",
    "five megabytes of doubling": lambda: b"N" + b"2" * MEGABYTES_5 + b".",
    "five megabytes of classes": lambda: b"(" + b"ca\nb\n" * (MEGABYTES_5 // 5) + b"l.",
    "five megabytes of persistent ids": lambda: b"(" + b"P\n" * (MEGABYTES_5 // 2) + b"l.",
    "five megabytes of buffers": lambda: b"(" + b"\x97" * MEGABYTES_5 + b"l.",
    "five megabytes of empty lines": lambda: b"(" + b"V\n" * (MEGABYTES_5 // 2) + b"l.",
    "five megabytes of items one by one": lambda: b"]" + b"Na" * (MEGABYTES_5 // 2) + b".",
    "a million short texts": lambda: b"(" + b"\x8c\x02ab" * 1_000_000 + b"l.",
    "halves of characters": lambda: b"(" + b"\x8c\x03\xed\xa0\x80" * (MEGABYTES_5 // 5) + b"l.",
    "halves of characters with long sizes": lambda: b"(" + text("\ud800") * (MEGABYTES_5 // 8) + b"l.",
    "half a million lists": lambda: b"](" + b"]" * 500_000 + b"e.",
    "texts full of secrets": lambda: b"](" + b"".join(text(f"password=hunter{i}") for i in range(220_000)) + b"e.",
    "keys full of secrets": lambda: b"}(" + b"".join(text(f"password=hunter{i}") + b"N" for i in range(120_000))
    + b"u.",
    "types of many long names": lambda: b"\x80\x05" + memoized(text("m" * 400)) + b"0](" + b"".join(
        b"ctypes\nGenericAlias\n" + b"h\x00" + text(f"C{i}") + b"\x93(h\x00" + text(f"D{i}") + b"\x93t\x86R"
        for i in range(25_000)
    ) + b"e.",
    "numbers that JSON lacks": lambda: b"](" + (b"G" + pack(">d", float("nan"))) * 550_000 + b"e.",
    "half a million objects": lambda: memoized(CLASS) + b"0](" + b"h\x00)\x81" * 500_000 + b"e.",
}  # fmt: skip
"""What it is → its bytes."""


def repeated(what: str, count: int) -> str:
    return "[" + ",".join([what]) + f",{what}" * (count - 1) + "]"


SEVEN = '{"__pickled__":"gASVAwAAAAAAAABLBy4=","__type__":"builtins:int"}'
OBJECT = '{"__pickled__":"gASMAW2MAUOTKYEu","__type__":"m:C"}'

JSON_BOMBS: dict[str, Callable[[], str]] = {
    "dicts, too many": lambda: repeated("{}", 2_000_000),
    "dicts, just few enough": lambda: repeated("{}", 180_000),
    "lists, too many": lambda: repeated("[]", 2_000_000),
    "lists, just few enough": lambda: repeated("[]", 180_000),
    "numbers": lambda: repeated("0", 1_990_000),
    "texts": lambda: repeated('""', 1_990_000),
    "lists in lists, too many": lambda: repeated("[[[[]]]]", 400_000),
    "names, just few enough": lambda: "{" + ",".join(f'"{number}":0' for number in range(215_000)) + "}",
    "one name again and again": lambda: "{" + '"a":0,' * 215_000 + '"a":0}',
    "nine hundred levels, again and again": lambda: repeated("[" * 890 + "]" * 890, 220),
    "seventy thousand pickles": lambda: repeated(SEVEN, 70_000),
    "seventy thousand objects": lambda: repeated(OBJECT, 70_000),
    "integers as long as they may be": lambda: repeated("9" * 4_200, 1_500),
}
"""What it is → the JSON of a state; the files are in no layout of the framework's."""


def chat(contents: bytes) -> bytes:
    """A message with these contents, as a mapping."""
    return b"}(" + text("role") + text("assistant") + text("contents") + contents + b"u"


def call(arguments: bytes) -> bytes:
    """A call of a tool with these arguments."""
    return (
        b"}(" + text("type") + text("function_call") + text("name") + text("run") + text("arguments") + arguments + b"u"
    )


def sharing(thing: bytes, message: bytes, count: int) -> bytes:
    """A list of messages, each of which refers to the one thing."""
    return b"\x80\x05" + memoized(thing) + b"0](" + message * count + b"e."


_PIECES = b"](" + text("a word ") * 20_000 + b"e"

CHAT_BOMBS: dict[str, Callable[[], bytes]] = {
    "a message of very many pieces": lambda: b"\x80\x05](" + chat(b"](" + text("a") * 200_000 + b"e") + b"e.",
    "a message of many pieces many times": lambda: many_references(chat(_PIECES), 100_000),
    "messages that share their contents": lambda: sharing(_PIECES, chat(b"h\x00"), 50_000),
    "results that share what they say": lambda: sharing(
        _PIECES, chat(b"](}(" + text("type") + text("function_result") + text("result") + b"h\x00ue"), 20_000
    ),
    "calls that share the text of their arguments": lambda: sharing(
        text('{"code": "' + "print(1); " * 1_900 + '"}'), chat(b"](" + call(b"h\x00") + b"e"), 20_000
    ),
    "calls that share their arguments": lambda: sharing(large_map(50_000), chat(b"](" + call(b"h\x00") + b"e"), 20_000),
    "half a million messages": lambda: sharing(chat(b"](" + text("a") + b"e"), b"h\x00", 500_000),
    "a list of messages many times": lambda: many_references(b"](" + chat(text("a")) * 5_000 + b"e", 100_000),
}  # fmt: skip
"""What it is → a pickle of chat messages."""
