"""What `tests.fuzz` tries on the decoder of MessagePack: genuine values and hostile ones, lead bytes, noise."""

import codecs
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from struct import pack

from ckpt_tui.core.budgets import MessageBudget
from ckpt_tui.core.msgpack.serialized import decode
from tests.fuzz_mutations import mutated, one_of
from tests.fuzz_values import check_shown

BUDGET = MessageBudget(bytes=1_000_000, values=20_000, objects=10_000, depth=200)
DATA = Path(__file__).parent / "data" / "langgraph"

BOMBS = (
    b"\xdd\xff\xff\xff\xff" + b"\xc0" * 100,
    b"\xdf\xff\xff\xff\xff\xc0",
    b"\xdb\xff\xff\xff\xffabc",
    b"\xc6\xff\xff\xff\xff",
    b"\xc9\xff\xff\xff\xff\x05",
    b"\x91" * 3_000 + b"\xc0",
    b"\xdc\xff\xff" + b"\xcb" * 600_000,
    b"\xdc\x10\x00" + b"\x90" * 4_096,
    b"".join(b"\xc9" + pack(">I", 6 * left) + b"\x07" for left in range(400, 0, -1)) + b"\xc0",
    b"\xc7\x2e\x00\x93\xa2os\xa6system\xd9\x1ftouch /tmp/ckpt_tui_canary_fuzz",
    b"\xc7\x12\x03\x94\xa8builtins\xa4eval\xa11\xa0",
    b"\x84\xa1a\x01\xa1a\x02\xc0\x03\x91\x01\x04",
    b"\xd5\x05\xc0\xc0",
    b"\xd4\xff\x00",
    b"[\xe9]",
    b"[\xff\xfe",
)
"""Small values that ask for much, name what must not run, or are not what they claim to be."""

NAMES = (
    ("os", "system"), ("builtins", "eval"), ("uuid", "UUID"), ("decimal", "Decimal"), ("builtins", "set"),
    ("collections", "deque"), ("datetime", "datetime"), ("datetime", "date"), ("datetime", "time"),
    ("datetime", "timedelta"), ("datetime", "timezone"), ("zoneinfo", "ZoneInfo"), ("ipaddress", "IPv4Address"),
    ("pathlib", "PosixPath"), ("re", "compile"), ("langgraph.types", "Send"), ("langgraph.types", "Interrupt"),
    ("langchain_core.messages.ai", "AIMessage"), ("", ""), ("\x1b[31m", "\u202e"),
)  # fmt: skip


def genuine() -> list[bytes]:
    """Values of stores that LangGraph wrote, encodings of LangChain's JSON among them."""
    found: set[bytes] = set()
    for path in sorted(DATA.glob("*/*.sqlite")):
        connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        for table, column in (("checkpoints", "checkpoint"), ("writes", "value")):
            rows = connection.execute(f"SELECT {column} FROM {table} WHERE type IN ('msgpack', 'json')")
            found |= {bytes(data) for (data,) in rows if len(data) <= 4_000}
        connection.close()
    return sorted(found)


def value(rng: random.Random, depth: int = 0) -> bytes:
    """One value, most of the time as MessagePack has it."""
    kind = rng.randrange(16 if depth < 4 else 9)
    if kind < 3:
        word = rng.choice(("", "a", "type", "content", "ai", "é", "2026-01-02T03:04:05", "fromisoformat")).encode()
        return bytes((0xA0 | len(word),)) + word
    if kind < 5:
        return bytes((rng.choice((0, 1, 127, 0xC0, 0xC2, 0xC3, 0xE0, 0xFF)),))
    if kind < 7:
        return bytes((0xCB,)) + rng.randbytes(8)
    if kind == 7:
        return bytes((rng.choice((0xC4, 0xD9, 0xCA, 0xCD, 0xD1)),)) + rng.randbytes(rng.randrange(6))
    if kind == 8:
        return bytes((rng.randrange(256),))
    if kind < 11:
        count = rng.randrange(4)
        return bytes((0x90 | count,)) + b"".join(value(rng, depth + 1) for _ in range(count))
    if kind < 13:
        count = rng.randrange(4)
        return bytes((0x80 | count,)) + b"".join(value(rng, depth + 1) for _ in range(2 * count))
    return extension(rng, depth)


def extension(rng: random.Random, depth: int) -> bytes:
    """An extension with plausible parts."""
    module, name = (text.encode() for text in rng.choice(NAMES))
    count = rng.choice((3, 3, 3, 4, 4, 2))
    parts = [bytes((0xD9, len(module))) + module, bytes((0xD9, len(name))) + name]
    parts += [value(rng, depth + 1) for _ in range(count - 2)]
    body = bytes((0x90 | count,)) + b"".join(parts)
    size = len(body) if rng.random() < 0.95 else rng.randrange(65_536)
    return b"\xc8" + pack(">H", min(size, 65_535)) + bytes((rng.choice((0, 1, 2, 3, 4, 5, 6, 7, 8, 255)),)) + body


INSERTIONS = (value, one_of(b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xc9", b"\xdd", b"\xdf", b"\x91"))


def inputs(seed: int, count: int, seeds: list[bytes]) -> Iterator[bytes]:
    """The inputs of one chunk."""
    rng = random.Random(seed)
    for _ in range(count):
        kind = rng.random()
        if kind < 0.55:
            yield mutated(rng, rng.choice(seeds), seeds, INSERTIONS)
        elif kind < 0.65:
            yield mutated(rng, rng.choice(BOMBS), seeds, INSERTIONS)
        elif kind < 0.92:
            yield value(rng) if rng.random() < 0.5 else extension(rng, 0)
        else:
            yield rng.randbytes(rng.randrange(1, 200))


def prepare() -> None:
    """Load the codecs that are looked up by name, before anything is watched."""
    for codec in ("cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"):
        codecs.lookup(codec)


def digest(data: bytes) -> bool:
    """Everything that is done with a stored value; returns whether it was decoded to its end."""
    decoded = decode("json" if data[:1] in (b"{", b"[") else "msgpack", data, BUDGET)
    check_shown(decoded.value)
    return not decoded.fault
