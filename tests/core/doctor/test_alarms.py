"""What is said of values that cannot be shown, and what to do about them."""

from ckpt_tui.core.doctor.alarms import examine_values
from ckpt_tui.core.doctor.findings import Pickles
from ckpt_tui.core.model import Checkpoint, CheckpointRef
from ckpt_tui.core.msgpack.numpy_arrays import numpy_array
from ckpt_tui.core.value import Ref

REF = CheckpointRef("one", "one.json", "flow", "cafe", None, "2026-11-22T04:47:50+00:00", 0.0, 3, 400)


def test_of_an_array_whose_objects_were_not_stored_nobody_is_said_to_read_them() -> None:
    array = numpy_array(Ref("numpy", "ndarray"), "|O", [1], "C", bytes(8))
    checkpoint = Checkpoint(REF, {}, {"v": array}, {}, {}, (), (), b"")
    pickles = Pickles(REF.file, {}, None)
    assert list(examine_values(checkpoint, pickles, None)) == []
    (found,) = pickles.findings
    assert (found.kind, found.path) == ("unread", "state.v")
    assert found.fix == "LangGraph loads it as None; keep its elements in a list."
