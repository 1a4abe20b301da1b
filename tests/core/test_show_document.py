"""The JSON document of `show`."""

from ckpt_tui.core.model import Checkpoint, CheckpointRef
from ckpt_tui.core.show_document import show_document

REF = CheckpointRef("one", "one.json", "flow", "cafe", None, "2026-11-22T04:47:50+00:00", 0.0, 3, 400)


def test_secrets_are_masked_unless_revealed() -> None:
    state = {"api_key": "s3cret", "topic": "kettles"}
    checkpoint = Checkpoint(REF, {}, state, {}, {}, ("w",), ("f",), b"")
    document = show_document(checkpoint, "run")
    assert document["state"] == {"api_key": {"$masked": "str", "$size": 6}, "topic": "kettles"}
    assert document["warnings"] == ["w", "f"]
    assert document["checkpoint"]["run"] == "run"
    assert show_document(checkpoint, reveal=True)["state"] == state


def test_parts_of_the_wrong_shape_are_shown_as_they_are() -> None:
    checkpoint = Checkpoint(REF, [1, 2], "text", 3, None, (), (), b"")
    document = show_document(checkpoint)
    assert [document[part] for part in ("messages", "state", "pending", "metadata")] == [[1, 2], "text", 3, None]
    assert document["requests"] == []
