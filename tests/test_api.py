"""The public API as docs/api.md describes it: its examples run, and its promises hold."""

import json
import pickle
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import ckpt_tui
from ckpt_tui import PickleBudget, decode, plain
from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.show_document import show_document
from tests.core.bombs import BOMBS
from tests.support.oracle import AGENT_FRAMEWORK

PAGE = (Path(__file__).parents[1] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^( *)```python\n(.*?)^\1```", PAGE, re.DOTALL | re.MULTILINE)


def test_the_examples_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_checkpoints").symlink_to(AGENT_FRAMEWORK / "1.23.0" / "linear")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"data": pickle.dumps({"a": [1, {2}]})}
    for indent, code in EXAMPLES:
        exec(code.replace(f"\n{indent}", "\n").removeprefix(indent), names)
    assert names["decoded"].fault == ""
    assert names["document"]["complete"] is True
    assert len(EXAMPLES) == 4


def test_every_public_name_can_be_had_and_is_on_the_page() -> None:
    for name in ckpt_tui.__all__:
        assert getattr(ckpt_tui, name) is not None
        assert name == "__version__" or name in PAGE
    with pytest.raises(AttributeError):
        _ = ckpt_tui.nothing


def test_the_former_place_of_show_document_still_has_it_and_says_the_new_one() -> None:
    with pytest.warns(DeprecationWarning, match=r"now ckpt_tui\.core\.show_document"):
        former = import_module("ckpt_tui.core.export")
    assert former.show_document is show_document and former.dumps is dumps


def test_a_field_on_the_page_is_a_field() -> None:
    decoded = decode(b"\x80\x04cmyapp.models\nDraft\n0cother\nThing\n)\x81.")
    assert decoded.names == ("myapp.models:Draft", "other:Thing")
    assert (decoded.fault, decoded.is_cut, decoded.trailing, decoded.objects > 0) == ("", False, 0, True)
    assert json.dumps(plain(decoded.value)) == '{"$type": "other:Thing"}'


def test_a_limit_is_distinguished_from_damage() -> None:
    data = pickle.dumps([[]] * 1_000)
    assert decode(data, PickleBudget(opcodes=10)).is_cut
    assert not decode(data[:-10]).is_cut and decode(data[:-10]).fault
    assert decode(BOMBS["five megabytes of lists"]()).is_cut
    assert decode(data, PickleBudget(bytes=10)).is_cut


def test_whatever_the_check_raises_is_passed_on() -> None:
    def check() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        decode(pickle.dumps([1]), check=check)


def test_what_is_like_bytes_decodes_and_anything_else_is_refused() -> None:
    data = pickle.dumps(["a", 1])
    for same in (data, bytearray(data), memoryview(data)):
        assert decode(same).value == ["a", 1]
    for other in ("text", 7, None, [1]):
        with pytest.raises(TypeError, match="bytes-like"):
            decode(other)  # type: ignore[arg-type]
