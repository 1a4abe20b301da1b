"""The lines around a comparison."""

from ckpt_tui.core.model import CheckpointRef, StoreMetadata
from ckpt_tui.core.runs.outcomes import Beginnings
from ckpt_tui.tui.helpers.compare_bars import beginnings_parts, compared_parts

UUID = "1f1eca2a-84b6-6175-8003-b7b5d677eb00"


def line(first: str, second: str, width: int = 60) -> str:
    return "".join(text for text, _ in beginnings_parts(Beginnings(True, first, second), width))


def test_long_beginnings_are_shown_from_the_word_in_which_they_differ() -> None:
    same = "drafts “snow: fine” drafts "
    shown = line(f"{same}“rain: enough”", f"{same}“rain: thin”")
    assert shown == " answered  …enough” │ …thin”"


def test_short_beginnings_and_those_that_differ_early_are_shown_from_their_start() -> None:
    assert line("decision “yes”", "decision “no”") == " answered  decision “yes” │ decision “no”"
    assert line("yes, as it was agreed upon", "no").startswith(" answered  yes, as it was")


def test_forks_of_a_thread_are_named_by_their_stores_alone() -> None:
    given = StoreMetadata(run="t", title="thread t", above="")
    ref = CheckpointRef(
        id=f"order-7/{UUID}", file=f"0c08646d-1.sqlite/order-7/{UUID}", workflow="t", graph="", parent=None,
        timestamp="", when=0.0, iteration=3, size=1, store_metadata=given,
    )  # fmt: skip
    text = "".join(text for text, _ in compared_parts((ref, ref._replace(file=f"order-7/{UUID}")), 80))
    assert text == " ckpt-tui  compare  0c08646d-1.sqlite/84b66175 → 84b66175 "
