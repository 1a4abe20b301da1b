"""The operations of a pickle, as pickletools shows them, of whatever bytes."""

import pickle
import pickletools
from itertools import islice

import pytest

from ckpt_tui.core.reading.disassembly import NAMES, SHOWN, line, operations
from ckpt_tui.core.text import unsafe
from tests.core.bombs import BOMBS
from tests.core.pickles.test_opcodes import BROKEN, WELL_FORMED
from tests.core.pickles.test_unpickle import VALUES
from tests.fuzz import CHUNK
from tests.fuzz_pickles import genuine, inputs

PICKLES = [case[1] for case in WELL_FORMED]


def test_every_operation_has_its_name() -> None:
    assert {ord(code.code): code.name for code in pickletools.opcodes} == NAMES


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("name", [name for name in VALUES if "slots" not in name])
def test_names_and_places_are_those_of_pickletools(name: str, protocol: int) -> None:
    data = pickle.dumps(VALUES[name], protocol)
    wanted = [(position, code.name) for code, _, position in pickletools.genops(data)]
    assert [(found.position, found.name) for found in operations(data, 100_000)] == wanted


@pytest.mark.parametrize("data", PICKLES)
def test_a_well_formed_pickle_is_listed_to_its_end(data: bytes) -> None:
    assert "STOP" in [found.name for found in operations(data)]


def test_stored_values_are_numbered_as_references_name_them() -> None:
    data = pickle.dumps(["shared", ["shared"], {"k": "shared"}] * 2)
    stored = [found.memo for found in operations(data) if found.memo is not None]
    assert stored == list(range(len(stored)))
    references = [int(found.argument) for found in operations(data) if found.name == "BINGET"]
    assert references
    assert set(references) <= set(stored)


def test_any_bytes_end_with_a_reason() -> None:
    for data in (*(case[1] for case in BROKEN), *islice(inputs(11, CHUNK, genuine()), 3_000)):
        shown = list(operations(data))
        assert shown[-1].name == "STOP" or shown[-1].argument
        assert not any(unsafe().search(line(found)) for found in shown)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_reported_in_a_bounded_number_of_short_lines(name: str) -> None:
    shown = [line(found) for found in operations(BOMBS[name]())]
    assert 0 < len(shown) <= SHOWN + 1
    assert max(map(len, shown)) < 600


def test_what_is_left_out_is_counted() -> None:
    data = pickle.dumps([None] * 10_000)
    shown = list(operations(data, 100))
    assert len(shown) == 101
    assert "more bytes; 100 operations are shown" in shown[-1].argument


def test_secrets_are_masked_until_they_are_revealed() -> None:
    data = pickle.dumps([{"api_key": "s3cr3t-1", "name": "ann"}, {"api_key": "s3cr3t-2", "password": b"s3cr3t-3"}])
    masked = "\n".join(line(found) for found in operations(data, reveal=False))
    assert "s3cr3t" not in masked and "ann" in masked
    assert masked.count("••••••") == 3
    assert "s3cr3t-2" in "\n".join(line(found) for found in operations(data))


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_all_that_is_below_the_name_of_a_secret_is_masked(protocol: int) -> None:
    shared = "s3cr3t-5"
    value = {
        "secrets": ["s3cr3t-1", ["s3cr3t-2"]], "one": ["shown-1"],
        "credentials": {"user": "s3cr3t-3", "key": b"s3cr3t-4", "n": 1}, "name": "shown-2",
        "password": shared, "again": ["shown-3"], "_workflow_run_kwargs": {"who": "s3cr3t-6"},
    }  # fmt: skip
    masked = "\n".join(line(found) for found in operations(pickle.dumps(value, protocol), reveal=False))
    assert "s3cr3t" not in masked and b"s3cr3t".hex(" ") not in masked
    assert all(f"shown-{number}" in masked for number in (1, 2, 3))


def test_a_secret_in_a_pickle_that_is_cut_off_is_masked() -> None:
    data = pickle.dumps({"name": "ann", "password": "s3cr3t-1", "more": "x" * 500})[:-300]
    masked = "\n".join(line(found) for found in operations(data, reveal=False))
    assert "s3cr3t" not in masked and "ann" in masked


@pytest.mark.parametrize("protocol", range(6))
def test_a_secret_that_its_surroundings_show_is_masked_in_every_protocol(protocol: int) -> None:
    value = {
        "of": [["api_key", "Zq8xw2\n'é"], {"kind": "Secret", "data": {"user": "Zq8xw3"}}], "pin": 4_815_162,
        "password": 10**30, "user": "ann", "count": 77_777,
    }  # fmt: skip
    shown = "\n".join(map(line, operations(pickle.dumps(value, protocol), reveal=False)))
    assert not any(secret in shown for secret in ("Zq8xw", "4815162", "1" + "0" * 30))
    assert "ann" in shown and "77777" in shown
