"""What was decoded is kept by its pickle, for the whole process."""

from __future__ import annotations

import base64
import json
import pickle

import pytest

from ckpt_tui.core.budgets import DEFAULT_PICKLE
from ckpt_tui.core.documents.document import parse
from ckpt_tui.core.documents.envelope import open_envelope, resolve
from ckpt_tui.core.documents.lazy import parse as parse_parts
from ckpt_tui.core.pickles.kept import DecodedPickles, digest, facts_of, identity
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.value import Envelope, Value


def test_an_equal_pickle_is_decoded_once() -> None:
    text = base64.b64encode(pickle.dumps(["the same message", {"in": ("each", "checkpoint")}])).decode()
    one, other = Envelope(text, ""), Envelope(str(text.encode(), "ascii"), "")
    assert open_envelope(one) is open_envelope(other)
    assert one.decoded is other.decoded
    assert not other.is_cut


@pytest.mark.parametrize("lazily", [False, True])
def test_equal_pickles_of_one_document_share_no_value_but_those_of_two_documents_do(lazily: bool) -> None:
    text = base64.b64encode(pickle.dumps({"text": "said twice" * 10})).decode()
    envelope = {"__pickled__": text, "__type__": "builtins:dict"}
    data = json.dumps({"one": envelope, "other": [envelope], "more": ["x" * 700] * 90}, indent=2).encode()
    first, second = (parse_parts(data).value if lazily else parse(data).value for _ in range(2))

    def opened(document: Value) -> list[Value]:
        assert isinstance(document, dict)
        (below,) = [resolve(document["other"])]
        assert isinstance(below, list)
        return [resolve(document["one"]), resolve(below[0])]

    one, other = opened(first)
    assert one is not other
    assert all(here is there for here, there in zip(opened(second), (one, other), strict=True))


def test_it_is_decoded_again_where_less_may_be_spent_than_it_took() -> None:
    data = pickle.dumps(list(range(100)))
    decoded = decode(data)
    kept = DecodedPickles()
    kept.put(("key", 0), decoded, DEFAULT_PICKLE)
    for limits in (DEFAULT_PICKLE, DEFAULT_PICKLE._replace(opcodes=decoded.opcodes)):
        found = kept.get(("key", 0), limits)
        assert found is not None
        assert found.value is decoded.value
    assert kept.get(("key", 0), DEFAULT_PICKLE._replace(opcodes=decoded.opcodes - 1)) is None
    assert kept.get(("key", 0), DEFAULT_PICKLE._replace(class_name=10)) is None


def test_what_was_worked_out_of_a_pickle_is_known_wherever_it_is() -> None:
    one, other = (Envelope(base64.b64encode(pickle.dumps({"worked": "out"})).decode(), "") for _ in range(2))
    assert facts_of(one) == {}
    open_envelope(one)
    facts_of(one)["size"] = 3
    open_envelope(other)
    assert facts_of(other) == {"size": 3}
    facts_of("a text")["size"] = 3
    assert facts_of("a text") == {}


def test_what_was_not_read_to_its_end_is_not_kept() -> None:
    kept = DecodedPickles()
    kept.put(("cut", 0), decode(pickle.dumps([1, 2])[:-3]), DEFAULT_PICKLE)
    assert kept.get(("cut", 0), DEFAULT_PICKLE) is None


def test_the_whole_of_what_is_kept_is_bounded() -> None:
    data = pickle.dumps("x" * 1000)
    kept = DecodedPickles(limit=10_000)
    for number in range(100):
        kept.put((str(number), 0), decode(data), DEFAULT_PICKLE)
    found = [number for number in range(100) if kept.get((str(number), 0), DEFAULT_PICKLE) is not None]
    assert 2 <= len(found) <= 10
    assert found[-1] == 99


def test_a_view_of_bytes_has_the_digest_of_its_text() -> None:
    assert digest("abc") == digest(memoryview(b"abc"))


@pytest.mark.parametrize("length", [10, 100_000])
def test_a_short_pickle_is_known_by_its_text_and_a_long_one_by_its_digest(length: int) -> None:
    data = pickle.dumps("t" * length)
    text = base64.b64encode(data).decode()
    assert type(identity(text)) is (str if length < 100 else bytes)
    assert identity(text) == identity(str(text.encode(), "ascii"))
    one, other = Envelope(text, ""), Envelope(str(text.encode(), "ascii"), "")
    assert open_envelope(one) is open_envelope(other)


def test_equal_pickles_of_one_document_are_never_taken_for_another_pickle() -> None:
    first, second = (base64.b64encode(pickle.dumps(value)).decode() for value in ("one", "two"))
    met: dict[str | bytes, int] = {}
    values = [open_envelope(Envelope(text, "", met)) for text in [first] * 12 + [second] * 12]
    assert values == ["one"] * 12 + ["two"] * 12
    assert set(met.values()) == {12}
