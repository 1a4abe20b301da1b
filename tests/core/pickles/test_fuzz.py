"""The fuzz run in small (`python -m tests.fuzz` runs it in full), and what it has found."""

import json
from itertools import islice

import pytest

from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.redact import masked
from tests.fuzz import CHUNK
from tests.fuzz_pickles import BOMBS as SMALL_BOMBS
from tests.fuzz_pickles import BUDGET, genuine, inputs, operation, stream
from tests.fuzz_values import NODES


def test_the_same_seed_gives_the_same_inputs() -> None:
    seeds = genuine()
    assert list(islice(inputs(5, CHUNK, seeds), 50)) == list(islice(inputs(5, CHUNK, seeds), 50))
    assert list(islice(inputs(5, CHUNK, seeds), 50)) != list(islice(inputs(6, CHUNK, seeds), 50))


def test_there_are_genuine_pickles_of_every_protocol() -> None:
    seeds = genuine()
    assert len(seeds) > 500
    assert {data[1] for data in seeds if data[:1] == b"\x80"} == {2, 3, 4, 5}


@pytest.mark.parametrize("seed", range(1, 5))
def test_no_input_is_an_exception(seed: int) -> None:
    for data in inputs(seed, 700, genuine()):
        decoded = decode(data, BUDGET)
        document = masked(to_json(decoded.value, nodes=NODES, depth=200, repeats=NODES // 5))
        assert json.loads(json.dumps(document, allow_nan=False)) == document


FOUND = {
    "a string with an escape that Python warns of": b"S'\\q'\n.",
    "a frame cut off": b"\x80\x05\x95\xff\0\0\0\0\0\0\0]K\x01a",
    "a dict that is its own key": b"}q\x00h\x00Ns.",
    "a memo number below a gap": b"Nq\x05K\x01\x94h\x01.",
    "a class made by a class made by a class": b"ca\nB\n" + b")R" * 3_000 + b".",
    "sets in sets in sets": b"(" * 300 + b"NK\x01" + b"\x91" * 300 + b".",
    "a type of itself": b"ctypes\nGenericAlias\nq\x00(h\x00h\x00tRq\x01h\x00h\x01h\x01\x86R.",
    "a frozen set of one list twice": b"](K\x01eq\x000(h\x00h\x00\x91.",
}


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found_stays_found(name: str) -> None:
    document = to_json(decode(FOUND[name]).value, depth=200)
    assert json.loads(json.dumps(document, allow_nan=False)) == document


@pytest.mark.parametrize("data", SMALL_BOMBS)
def test_a_small_bomb_is_written(data: bytes) -> None:
    decoded = decode(data, BUDGET)
    assert 1 < decoded.opcodes <= BUDGET.opcodes
    json.dumps(masked(to_json(decoded.value, nodes=NODES, depth=200)), allow_nan=False)


def test_a_stream_ends_with_its_end() -> None:
    import random

    rng = random.Random(1)
    assert all(stream(rng).endswith(b".") for _ in range(100))
    assert len({operation(rng)[:1] for _ in range(5_000)}) > 60
