"""What `tests.fuzz` tries on the decoder of pickles: genuine ones and hostile ones, streams of operations, noise."""

import base64
import pickle
import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from struct import pack

from ckpt_tui.core.budgets import PickleBudget
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.reading.disassembly import line, operations
from ckpt_tui.core.text import unsafe
from tests.fuzz_mutations import mutated, one_of
from tests.fuzz_values import check_shown

BUDGET = PickleBudget(
    bytes=1_000_000, opcodes=20_000, objects=10_000, memo_gap=1_000, most_opcodes=30_000, most_objects=15_000
)

DATA = Path(__file__).parent / "data"
BOMBS = (
    b"]" + b"2\x86" * 60 + b".",
    b"}N" + b"2\x86" * 60 + b"Ns.",
    b"}q\x00h\x00Ns.",
    b"]q\x00(h\x00h\x00h\x00e.",
    b"(" * 40 + b"N" + b"\x91" * 40 + b".",
    b"N" + b"\x85" * 3_000 + b".",
    b"]" * 3_000 + b"a" * 2_999 + b".",
    b"Nr\xff\xff\xff\x7f0j\xff\xff\xff\x7f.",
    b"cos\nsystem\n(S'touch ckpt_tui_canary'\ntR.",
    b"(ios\nsystem\nS'touch ckpt_tui_canary'\n.",
    b"\x80\x02\x82\x01)R\x83\x01\x02)R\x84\x01\x02\x03\x00)R\x87.",
    b"ctypes\nGenericAlias\ncbuiltins\nlist\ncbuiltins\nint\n\x86R.",
    b"cdatetime\ndatetime\nC\x0a\x07\xe8\x01\x01\x00\x00\x00\x00\x00\x00\x85R.",
    b"c_codecs\nencode\nX\x01\x00\x00\x00aX\x06\x00\x00\x00latin1\x86R.",
    b"cfunctools\npartial\n(cbuiltins\nlen\ntR(cbuiltins\nlen\n(t}NtbR.",
)


@cache
def genuine() -> list[bytes]:
    """Pickles of the sample checkpoints and of a value of every kind, in all protocols."""
    from tests.core.pickles.test_unpickle import VALUES

    found = []
    for path in sorted(DATA.glob("*/**/*.json")):
        found += [base64.b64decode(text + "=" * (-len(text) % 4)) for text in _envelopes(path)]
    for value in VALUES.values():
        for protocol in range(6):
            try:
                found.append(pickle.dumps(value, protocol))
            except (pickle.PicklingError, TypeError):
                continue  # slots in protocols 0 and 1
    return sorted({data for data in found if len(data) <= 4_000})


def _envelopes(path: Path) -> list[str]:
    text = path.read_bytes().decode("utf-8", "replace")
    return re.findall(r'"__pickled__":\s*"([A-Za-z0-9+/]*)', text)


OPERATIONS: list[tuple[int, str]] = [
    *((code, "") for code in b"(.012NQRabd}el]osut)\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93\x94\x97\x98"),
    *((code, "byte") for code in b"Khq\x82\x80"),
    (0x4D, "two"), (0x83, "two"), *((code, "four") for code in b"Jjr\x84"), (0x47, "eight"), (0x95, "frame"),
    *((code, "sized1") for code in b"UC\x8c\x8a"), *((code, "sized4") for code in b"TBX\x8b"),
    *((code, "sized8") for code in b"\x8d\x8e\x96"), *((code, "line") for code in b"FILPSVgp"), *((code,
    "lines") for code in b"ci"),
]  # fmt: skip
"""Every operation with the sort of its argument."""

NAMES = (
    "os system", "builtins eval", "builtins set", "builtins frozenset", "builtins bytearray", "builtins bytes",
    "builtins getattr",
    "builtins type", "builtins range", "builtins complex", "_codecs encode", "collections deque",
    "collections OrderedDict",
    "collections defaultdict", "collections Counter", "copyreg _reconstructor", "copyreg __newobj__",
    "datetime datetime",
    "datetime date", "datetime time", "datetime timedelta", "datetime timezone", "decimal Decimal",
    "fractions Fraction",
    "uuid UUID", "pathlib PosixPath", "ipaddress IPv4Address", "ipaddress IPv6Address", "types GenericAlias",
    "_operator getitem",
    "_functools reduce", "_operator or_", "typing Union", "numpy._core.multiarray scalar", "numpy dtype",
    "functools partial",
    "agent_framework._types Message", "agent_framework._workflows._runner_context WorkflowMessage", "a B", "a b.c",
    " ", "\x1b[31m \u202e",
)  # fmt: skip
WORDS = (
    "",
    "a",
    "int",
    "maxlen",
    "__dict__",
    "__pydantic_fields_set__",
    "latin1",
    "1.5",
    "role",
    "contents",
    "text",
    "$type",
    "é",
)


def operation(rng: random.Random) -> bytes:
    """One operation with a plausible argument."""
    code, sort = rng.choice(OPERATIONS)
    head = bytes((code,))
    word = rng.choice((*WORDS, *NAMES)).encode()
    match sort:
        case "":
            return head
        case "byte":
            return head + bytes((rng.choice((0, 1, 2, 3, 4, 5, rng.randrange(256))),))
        case "two":
            return head + rng.randbytes(2)
        case "four":
            return head + pack("<I", rng.choice((0, 1, 2, 5, 255, 256, 2**31 - 1, 2**32 - 1, rng.randrange(2**32))))
        case "eight":
            return head + rng.choice(
                (rng.randbytes(8), pack(">d", rng.choice((0.0, float("nan"), float("inf"), 1e308))))
            )
        case "frame":
            return head + pack("<Q", rng.choice((0, 1, 10, 2**63)))
        case "sized1":
            return head + bytes((len(word) if rng.random() < 0.95 else rng.randrange(256),)) + word
        case "sized4":
            return head + pack("<I", len(word) if rng.random() < 0.95 else rng.randrange(2**32)) + word
        case "sized8":
            return head + pack("<Q", len(word) if rng.random() < 0.95 else rng.randrange(2**64)) + word
        case "line":
            return head + rng.choice((word, b"1", b"0", b"00", b"01", b"-7L", b"1e999", b"'a\\x41\\q'", b"2")) + b"\n"
        case _:
            return head + rng.choice(NAMES).encode().replace(b" ", b"\n", 1) + b"\n"


INSERTIONS = (
    lambda rng: bytes((rng.choice(OPERATIONS)[0],)), operation,
    one_of(b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", b"\n", b"(", b"2", b"R", b"b"),
)  # fmt: skip


def stream(rng: random.Random) -> bytes:
    """A stream of operations that keeps the stack filled most of the time."""
    parts = [rng.choice((b"", b"\x80\x02", b"\x80\x05"))]
    for _ in range(rng.randrange(1, 60)):
        if rng.random() < 0.3:
            parts.append(
                rng.choice(
                    (b"N", b"]", b"}", b"(", b")", b"K\x01", b"\x8c\x01a", b"2", b"\x94", b"h\x00", b"ca\nB\n)\x81")
                )
            )
        else:
            parts.append(operation(rng))
    return b"".join(parts) + b"."


def inputs(seed: int, count: int, seeds: list[bytes]) -> Iterator[bytes]:
    """The inputs of one chunk."""
    rng = random.Random(seed)
    for _ in range(count):
        kind = rng.random()
        if kind < 0.60:
            yield mutated(rng, rng.choice(seeds), seeds, INSERTIONS)
        elif kind < 0.70:
            yield mutated(rng, rng.choice(BOMBS), seeds, INSERTIONS)
        elif kind < 0.92:
            yield stream(rng)
        elif kind < 0.97:
            yield mutated(rng, stream(rng), seeds, INSERTIONS)
        else:
            yield rng.randbytes(rng.randrange(1, 200))


def prepare() -> None:
    """Load what the standard library loads late, before anything is watched."""


def digest(data: bytes) -> bool:
    """Everything that is done with a pickle; returns whether it decoded to its end."""
    decoded = decode(data, BUDGET)
    check_shown(decoded.value)
    listing = "".join(line(operation) for operation in operations(data, 300, reveal=False))
    assert not unsafe().search(listing), "operations that a terminal would obey"
    return not decoded.fault
