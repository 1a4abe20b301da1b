"""What was decoded is kept by the digest of its pickle, for the whole process."""

from __future__ import annotations

import base64
import pickle

from ckpt_tui.core.budgets import DEFAULT_PICKLE
from ckpt_tui.core.documents.envelope import open_envelope
from ckpt_tui.core.pickles.kept import DecodedPickles, digest
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.value import Envelope


def test_an_equal_pickle_is_decoded_once() -> None:
    text = base64.b64encode(pickle.dumps(["the same message", {"in": ("each", "checkpoint")}])).decode()
    one, other = Envelope(text, ""), Envelope(str(text.encode(), "ascii"), "")
    assert open_envelope(one) is open_envelope(other)
    assert one.decoded is other.decoded
    assert not other.is_cut


def test_it_is_decoded_again_where_less_may_be_spent_than_it_took() -> None:
    data = pickle.dumps(list(range(100)))
    decoded = decode(data)
    kept = DecodedPickles()
    kept.put(b"key", decoded, DEFAULT_PICKLE)
    assert kept.get(b"key", DEFAULT_PICKLE) is decoded
    assert kept.get(b"key", DEFAULT_PICKLE._replace(opcodes=decoded.opcodes)) is decoded
    assert kept.get(b"key", DEFAULT_PICKLE._replace(opcodes=decoded.opcodes - 1)) is None
    assert kept.get(b"key", DEFAULT_PICKLE._replace(class_name=10)) is None


def test_what_was_not_read_to_its_end_is_not_kept() -> None:
    kept = DecodedPickles()
    kept.put(b"cut", decode(pickle.dumps([1, 2])[:-3]), DEFAULT_PICKLE)
    assert kept.get(b"cut", DEFAULT_PICKLE) is None


def test_the_whole_of_what_is_kept_is_bounded() -> None:
    data = pickle.dumps("x" * 1000)
    kept = DecodedPickles(limit=10_000)
    for number in range(100):
        kept.put(b"%d" % number, decode(data), DEFAULT_PICKLE)
    found = [number for number in range(100) if kept.get(b"%d" % number, DEFAULT_PICKLE) is not None]
    assert 2 <= len(found) <= 10
    assert found[-1] == 99


def test_a_view_of_bytes_has_the_digest_of_its_text() -> None:
    assert digest("abc") == digest(memoryview(b"abc"))
