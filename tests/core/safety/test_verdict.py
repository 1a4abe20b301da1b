"""The quick verdict on a file is that of a thorough examination."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path

import pytest

from ckpt_tui.core.safety.examination import examine_document
from ckpt_tui.core.safety.verdict import verdict

DATA = Path(__file__).parents[2] / "data"
FILES = sorted(path for path in DATA.rglob("*.json") if path.stat().st_size < 1_000_000)


def test_it_finds_what_the_examination_finds_in_every_sample() -> None:
    found = 0
    for path in FILES:
        raw = path.read_bytes()
        dangerous = any(one.inspection.is_danger for one in examine_document(raw))
        assert bool(verdict(raw)) == dangerous, path
        found += dangerous
    assert found > 10


def envelope(pickled: bytes) -> dict[str, str]:
    return {"__pickled__": b64encode(pickled).decode(), "__type__": "a:b"}


SYSTEM = b"cposix\nsystem\n(S'id'\ntR."


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"state": envelope(SYSTEM)}),
        json.dumps({"state": envelope(SYSTEM)}, indent=2),
        json.dumps({"state": envelope(SYSTEM)}).replace("__pickled__", "\\u005f_pickled__"),
        json.dumps({"state": envelope(SYSTEM)}).replace("=", "\\u003d"),
        json.dumps({"state": envelope(b"\x80\x04N.")})[:-1] + ', "x": ' + json.dumps(envelope(SYSTEM)) + "}",
    ],
)
def test_a_danger_is_named_however_its_file_is_written(text: str) -> None:
    assert verdict(text.encode()) == "calls posix:system"


def test_what_holds_no_pickle_is_no_danger() -> None:
    assert verdict(b'{"state": {"text": "cposix system"}}') == ""
    assert verdict(json.dumps({"state": envelope(b"\x80\x04N.")}).encode()) == ""
