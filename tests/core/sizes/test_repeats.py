"""Payloads that are in several checkpoints, counted as the real objects count them."""

from __future__ import annotations

import base64
import json
import pickle
from collections import defaultdict
from pathlib import Path

import jmespath
import pytest

from ckpt_tui.core.documents.document import parse
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.paths import expression
from ckpt_tui.core.sizes.repeats import LONG_TEXT, Repeats
from tests.actions.branches import NEW
from tests.support.oracle import envelopes, expected, load_environment

SHARED = "shared text"
VALUE = ["x", SHARED, SHARED]
COPIED = ["x", "shared text", "".join(SHARED)]


def ref(name: str) -> CheckpointRef:
    return CheckpointRef(name, f"{name}.json", "w", "g", None, "", 0.0, 0, 0)


def envelope(value: object, protocol: int = 5) -> dict[str, str]:
    return {"__pickled__": base64.b64encode(pickle.dumps(value, protocol)).decode(), "__type__": "builtins:list"}


def counted(*states: object) -> Repeats:
    repeats = Repeats()
    for number, state in enumerate(states):
        repeats.add(ref(f"c{number}"), {"state": parse(json.dumps(state).encode()).value})
    return repeats


def test_equal_values_are_one_payload_whatever_their_bytes() -> None:
    (found,) = counted({"a": envelope(VALUE)}, {"b": [envelope(COPIED, 4)]}, {"c": envelope(["other"])}).most()
    assert (found.copies, found.checkpoints, found.ref.id, expression(found.path)) == (2, 2, "c0", "state.a")
    assert found.size == len(envelope(VALUE)["__pickled__"])
    assert found.extra == found.size


def test_long_texts_count_and_short_ones_do_not() -> None:
    text = "y" * LONG_TEXT
    (found,) = counted(*[{"long": text, "again": text, "short": "z" * (LONG_TEXT - 1)}] * 3).most()
    assert (found.type, found.copies, found.checkpoints) == ("builtins:str", 6, 3)


def test_copies_within_one_checkpoint_alone_are_not_listed() -> None:
    repeats = counted({"a": envelope(VALUE), "b": envelope(VALUE)})
    assert repeats.most() == ()
    assert repeats.extra > 0


@pytest.mark.parametrize(
    "store", [NEW / "orch_groupchat", NEW / "fork_hitl", NEW / "orch_handoff"], ids=lambda p: p.name
)
def test_copies_are_those_of_the_real_objects(store: Path) -> None:
    places: dict[str, list[str]] = defaultdict(list)
    sizes: dict[str, int] = {}
    repeats = Repeats()
    with load_environment():
        for path in sorted(store.glob("*.json")):
            document = json.loads(path.read_bytes())
            for at, _, data in envelopes(path):
                text = json.dumps(expected(pickle.loads(data)), sort_keys=True)
                places[text].append(path.stem)
                sizes.setdefault(text, len(jmespath.search(at, document)["__pickled__"]))
            value = parse(path.read_bytes()).value
            parts = {"messages": "messages", "state": "state", "pending": "pending_request_info_events"}
            repeats.add(ref(path.stem), {name: value[key] for name, key in parts.items()})
    wanted = sorted((len(where), len(set(where))) for where in places.values() if len(set(where)) > 1)
    found = [one for one in repeats.most(10_000) if one.type != "builtins:str"]
    assert sorted((one.copies, one.checkpoints) for one in found) == wanted
