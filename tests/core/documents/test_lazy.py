"""Large files, parsed where they are looked at: the same values as parsing the whole, and no more than is asked for."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckpt_tui.core.budgets import READ_AT_ONCE
from ckpt_tui.core.documents import indented, lazy
from ckpt_tui.core.documents.document import DocumentFault, parse
from ckpt_tui.core.documents.envelope import is_unopened, parsed, resolve, unread
from ckpt_tui.core.reading.members import members
from ckpt_tui.core.reading.summary import summary as preview_of
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.reading.tree import Tree
from ckpt_tui.core.reading.value_kinds import is_leaf
from ckpt_tui.core.reading.value_size import size_of
from ckpt_tui.core.redact import MASK
from ckpt_tui.core.value import Deferred, Envelope, Map, Opaque, Value

NUMBER_7 = "gASVAwAAAAAAAABLBy4="


def written(value: Any) -> bytes:
    """As the framework writes it."""
    return json.dumps(value, indent=2, ensure_ascii=False).encode("utf-8", "surrogatepass")


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that has members is deferred, and every window and group is short."""
    monkeypatch.setattr(lazy, "INLINE_SPAN", 24)
    monkeypatch.setattr(lazy, "_SMALL", 6)
    monkeypatch.setattr(lazy, "_SCALAR", 16)
    monkeypatch.setattr(lazy, "_GROUP", 40)
    monkeypatch.setattr(lazy, "WINDOW", 17)
    monkeypatch.setattr(indented, "WINDOW", 17)


def opened(value: Value) -> Value:
    """The value with nothing deferred in it; envelopes stay closed."""
    value = parsed(value)
    if type(value) is dict:
        return {key: opened(item) for key, item in value.items()}
    if type(value) is list:
        return [opened(item) for item in value]
    if type(value) is Map:
        return ("map", [opened(item) for item in value.kv])
    if type(value) is Envelope:
        text = value.text if isinstance(value.text, str) else bytes(value.text).decode()
        return ("envelope", text, value.claimed)
    if type(value) is Opaque:
        return ("opaque", value.reason)
    return repr(value) if type(value) is float else value


TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ['\n  "x": 1,', "\n    {\n", "\\n  \\", '"' * 9, "é" * 30, "\U0001f600" * 12, "\\" * 31, "\x00\x1f"]
    ),
)
PLAIN_LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from([math.nan, math.inf, -math.inf]), TEXTS
)
LEAVES = st.one_of(
    PLAIN_LEAVES,
    st.just({"__pickled__": NUMBER_7, "__type__": "builtins:int"}),
    st.just({"__pickled__": NUMBER_7, "__type__": 5, "more": "x" * 40}),
)  # fmt: skip


def documents(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    values = st.recursive(
        leaves, lambda below: st.lists(below, max_size=6) | st.dictionaries(TEXTS, below, max_size=6), max_leaves=20
    )
    return st.dictionaries(TEXTS, values, min_size=1, max_size=5)


@pytest.mark.usefixtures("small_limits")
class TestEqualsTheWhole:
    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(documents(LEAVES))
    def test_of_any_document(self, value: dict[str, Any]) -> None:
        try:
            data = json.dumps(value, indent=2, ensure_ascii=False).encode()
        except UnicodeEncodeError:  # lone surrogates, which only escapes can hold
            data = json.dumps(value, indent=2).encode()
        assert opened(lazy.parse(data).value) == opened(parse(data).value)

    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(documents(PLAIN_LEAVES), st.data())
    def test_or_is_explained_where_a_byte_is_wrong(self, value: dict[str, Any], draw: st.DataObject) -> None:
        data = bytearray(json.dumps(value, indent=2).encode())
        at = draw.draw(st.integers(0, len(data) - 1))
        data[at : at + 1] = draw.draw(st.sampled_from([b"", b"\n", b" ", b'"', b"}", b"]", b",", b"\\", b"\xff", b"0"]))
        try:
            expected = opened(parse(bytes(data)).value)
        except DocumentFault:
            try:
                found = opened(lazy.parse(bytes(data)).value)
            except DocumentFault:
                return
            assert "'opaque'" in repr(found)  # the rest is shown, and what is wrong in its place
        else:
            found = opened(lazy.parse(bytes(data)).value)
            assert found == expected or "'opaque'" in repr(found)  # still JSON, but the layout is broken

    @pytest.mark.parametrize(
        "data",
        [
            b'{"a": [1, {"b": 2}]}', b'{\r\n  "a": {\r\n    "b": 1\r\n  }\r\n}', b'{\n\t"a": 1\n}', b"[]", b"{}",
            b'{\n  "a": {"b": [1, 2, {"c": "not on lines of their own"}]},\n  "d": 4\n}',
            b'{\n  "a": {\n  "b": "at the wrong indentation"},\n  "c": 2\n}',
            b'{\n  "a": 1,\n  "a": {\n    "b": "the same key twice"\n  }\n}',
            b'{\n  "a": [\n    "one",\n    "the same line twice"\n  ]\n}  \n',
            '{\n  "a": {\n    "b": "caf\xe9 in cp1252"\n  }\n}'.encode("cp1252"),
        ],
    )  # fmt: skip
    def test_of_other_layouts(self, data: bytes) -> None:
        whole, parts = parse(data), lazy.parse(data)
        assert opened(parts.value) == opened(whole.value)
        assert parts.notes == whole.notes

    def test_of_a_long_text_with_escapes_and_characters_of_many_bytes(self) -> None:
        text = 'é"\\\n\U0001f600' * 200
        for data in (written({"a": text}), json.dumps({"a": text}, indent=2).encode()):
            assert resolve(lazy.parse(data).value["a"]) == text

    @pytest.mark.parametrize("data", [b'{\n  "a": {\n    "b": 1\n', b'{\n  "a": {\n    "b": 1\n  }\n', b"", b"{\n"])
    def test_of_a_file_that_is_cut_off(self, data: bytes) -> None:
        with pytest.raises(DocumentFault) as whole:
            parse(data)
        with pytest.raises(DocumentFault) as parts:
            lazy.parse(data)
        assert (parts.value.kind, parts.value.reason) == (whole.value.kind, whole.value.reason)


class TestReadsOnlyWhatIsAskedFor:
    def document(self, **state: Any) -> dict[str, Any]:
        found: dict[str, Any] = lazy.parse(written({"small": [1, 2], "state": {**state, "small": 1}})).value
        return found

    def test_a_large_part_stays_closed_while_it_is_shown_measured_and_unfolded_around(self) -> None:
        value = self.document(large={"list": [{"n": n, "text": "x" * 100} for n in range(1000)]})
        state = value["state"]
        assert value["small"] == [1, 2]
        assert is_unopened(state)
        assert preview_of(state) == "{…} 162 k · unfold to read"
        assert size_of(state).size > 150_000
        assert Tree(value).unfold_level(Tree(value).root, 9)
        assert not state.ready
        assert resolve(state)["small"] == 1
        inner = state.value["large"]
        assert is_unopened(inner)
        assert not inner.ready
        items = resolve(resolve(inner)["list"])
        assert len(items) == 1000
        assert not is_leaf(items[0])
        assert to_json(state)["large"]["list"][999]["n"] == 999

    def test_a_large_pickle_is_named_but_neither_copied_nor_decoded(self) -> None:
        import pickle
        from base64 import b64encode

        numbers = list(range(300_000))
        text = b64encode(pickle.dumps(numbers)).decode()
        state = resolve(self.document(numbers={"__pickled__": text, "__type__": "my.types:Numbers"})["state"])
        numbers_value = state["numbers"]
        assert type(numbers_value) is Deferred
        assert preview_of(numbers_value).startswith("Numbers · a pickle of ")
        envelope = parsed(numbers_value)
        assert type(envelope) is Envelope
        assert isinstance(envelope.text, memoryview)
        assert is_unopened(numbers_value)
        assert unread(numbers_value) == len(text)
        assert resolve(numbers_value) == numbers

    @pytest.mark.parametrize(("at", "what"), [(1, "!"), (2_000_000, "!"), (1024 * 1024 - 1, "="), (-1, "A")])
    def test_base64_that_is_none_is_reported_wherever_it_is_wrong(self, at: int, what: str) -> None:
        text = "A" * 2_100_000
        text = text[:at] + what + (text[at + 1 :] if at >= 0 else "A")
        state = resolve(self.document(odd={"__pickled__": text, "__type__": "x:Y"})["state"])
        value = resolve(state["odd"])
        assert type(value) is Opaque
        assert value.reason.startswith("not base64") or at == -1

    def test_a_large_text_is_a_leaf_that_shows_how_it_begins_and_is_masked_below_a_secret_key(self) -> None:
        text = 'He said "hi"\n' * 20_000
        value = resolve(self.document(story=text, password=text)["state"])
        story = value["story"]
        assert is_unopened(story)
        assert is_leaf(story)
        assert preview_of(story, 20) == '"He said \\"hi\\"\\nHe s…" 320 k'
        assert preview_of(story, hide=True) == MASK
        assert "He said" not in preview_of(value, 200)[: preview_of(value).index("small")].split("password")[1]
        assert resolve(story) == text

    def test_a_part_that_is_no_json_is_shown_as_that_and_the_rest_as_ever(self) -> None:
        data = written({"good": {"n": [1] * 20_000}, "bad": {"n": ["xyz" * 9] * 20_000}})
        value = lazy.parse(data.replace(b'"xyzxyz', b'xyzxyz"', 1)).value
        assert len(resolve(resolve(value["good"])["n"])) == 20_000
        bad = resolve(value["bad"])
        assert type(bad) is Opaque or type(resolve(bad["n"])) is Opaque

    def test_unfolding_everything_reads_a_part_at_a_time(self) -> None:
        value = self.document(items=[{"n": n, "texts": ["x" * 1000] * 12} for n in range(400)])
        resolve(resolve(value["state"])["items"])
        rows = Tree(value)
        assert not rows.unfold_level(rows.root, 9)
        assert len(rows) > 400
        closed = [item for item in value["state"].value["items"].value if not item.ready]
        assert len(closed) > 200
        assert sum(unread(item) for item in closed) > 2 * READ_AT_ONCE

    def test_what_check_raises_ends_the_reading(self) -> None:
        value = self.document(items=["x" * 100] * 20_000)

        def check() -> None:
            raise KeyError

        with pytest.raises(KeyError):
            resolve(value["state"], check)
        assert not value["state"].ready
        assert members(value["state"]).kind == "names"
