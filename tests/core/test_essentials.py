"""What is cut out of a file tells the same of its step as the whole of it, decoded."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.reading.pending import attribute
from ckpt_tui.core.reading.plain import plain
from ckpt_tui.core.runs.lineage import Node, arrange
from ckpt_tui.core.steps.essentials import Essentials, essentials
from ckpt_tui.core.steps.graph import Graph, Lessons
from ckpt_tui.core.steps.moments import Moment, moment
from ckpt_tui.core.steps.steps import runners
from ckpt_tui.stores.directory import DirectoryStore

DATA = Path(__file__).parents[1] / "data" / "agent-framework"
STORES = sorted(path for path in DATA.glob("*/*") if path.is_dir())


def name(path: Path) -> str:
    return f"{path.parent.name}-{path.name}"


def runs(store: DirectoryStore) -> list[list[Node]]:
    refs = [entry for batch in store.scan() for entry in batch.entries if isinstance(entry, CheckpointRef)]
    return [list(run.nodes) for run in arrange(refs)]


def in_full(store: DirectoryStore, node: Node) -> Moment:
    return moment(store.load(node.ref.file, everything=True))


@pytest.mark.parametrize("path", STORES, ids=name)
def test_who_ran_is_told_as_by_decoding_everything(path: Path) -> None:
    store = DirectoryStore(str(path))
    for nodes in runs(store):
        whole: dict[str, Moment] = {}
        cut: dict[str, tuple[Essentials, Moment]] = {}
        lessons = Lessons()
        for node in nodes:
            before = cut.get(node.parent or "")
            found = essentials(store.read(node.ref.file), node.ref, before and before[0])
            assert found is not None
            cut[node.ref.id] = found, moment(found.checkpoint, before and before[1])
            whole[node.ref.id] = in_full(store, node)
            lessons.learn(whole.get(node.parent or ""), whole[node.ref.id])
        for graph in (Graph(), lessons.graph):
            for node in nodes:
                known = cut.get(node.parent or "")
                told = runners(known and known[1], cut[node.ref.id][1], graph)
                assert told == runners(whole.get(node.parent or ""), whole[node.ref.id], graph)


@pytest.mark.parametrize("path", STORES, ids=name)
def test_messages_say_what_they_say_when_decoded(path: Path) -> None:
    store = DirectoryStore(str(path))
    for nodes in runs(store):
        for node in nodes:
            found = essentials(store.read(node.ref.file), node.ref)
            assert found is not None
            cut, whole = moment(found.checkpoint), in_full(store, node)
            assert [sent._replace(data=None) for sent in cut.sent] == [sent._replace(data=None) for sent in whole.sent]
            assert [plain(sent.data) for sent in cut.sent] == [plain(sent.data) for sent in whole.sent]
            assert cut.requests.keys() == whole.requests.keys()


def test_what_did_not_change_is_one_object_with_what_was_before() -> None:
    store = DirectoryStore(str(DATA / "1.23.0" / "orch_groupchat"))
    shared = 0
    before: Essentials | None = None
    for node in runs(store)[0]:
        found = essentials(store.read(node.ref.file), node.ref, before)
        assert found is not None
        if before is not None:
            for executor, part in found.states.items():
                assert (part.value is before.states[executor].value) == (part.text == before.states[executor].text)
                shared += part.value is before.states[executor].value
        before = found
    assert shared > 5


def test_a_value_that_only_begins_with_the_same_text_is_another_one() -> None:
    store = DirectoryStore(str(DATA / "1.23.0" / "linear"))
    node = runs(store)[0][0]
    data = store.read(node.ref.file)
    one = data.replace(b'"upper": {}', b'"upper": 1')
    other = data.replace(b'"upper": {}', b'"upper": 12')
    assert one != data
    first = essentials(one, node.ref)
    second = essentials(other, node.ref, first)
    assert first is not None
    assert second is not None
    assert [resolve(found.states["upper"].value) for found in (first, second)] == [1, 12]
    assert attribute(second.checkpoint.state, "_executor_state").keys() == {"upper", "exclaim", "reverse"}


@pytest.mark.parametrize(
    ("old", "new"),
    [(b'\n  "state": ', b'\n  "other": {},\n  "state": '), (b'\n      "upper": ', b'\n      "exclaim": '),
     (b'\n      "upper": {}', b'\n      "upper":{}'),
     (b'"__pickled__": "gA', b'"__pickled__": "\n  }gA'), (b'"_executor_state": {', b'"_executor_state": [')],
)  # fmt: skip
def test_a_file_of_another_layout_is_left_to_the_parser(old: bytes, new: bytes) -> None:
    store = DirectoryStore(str(DATA / "1.23.0" / "linear"))
    node = runs(store)[0][0]
    data = store.read(node.ref.file)
    assert old in data
    assert essentials(data.replace(old, new, 1), node.ref) is None
