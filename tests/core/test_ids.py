"""Names of checkpoints on the command line."""

import pytest

from ckpt_tui.core.ids import IdFault, find
from ckpt_tui.core.lineage import Run, arrange
from ckpt_tui.core.model import CheckpointRef, Told


def ref(name: str, parent: str | None = None, when: float = 1.0) -> CheckpointRef:
    return CheckpointRef(name, f"{name}.json", "flow", "graph", parent, "", when, 0, 1)


@pytest.fixture
def runs() -> tuple[Run, ...]:
    return arrange(
        [
            ref("aaa1", None, 1),
            ref("aaa2", "aaa1", 2),
            ref("bbb", "aaa2", 3),
            ref("fork", "aaa1", 2.5),
            ref("a~1", None, 0.5),
            ref("latest-not", None, 0.6),
        ]
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("aaa1", "aaa1"),
        ("bbb", "bbb"),
        ("b", "bbb"),
        ("bbb.json", "bbb"),
        ("latest", "bbb"),
        ("latest~1", "aaa2"),
        ("bbb~0", "bbb"),
        ("b~2", "aaa1"),
        ("fork~1", "aaa1"),
        ("a~1", "a~1"),  # a full id wins over the sign for parents
        ("latest-", "latest-not"),
    ],
)
def test_a_name_means_one_checkpoint(runs: tuple[Run, ...], name: str, expected: str) -> None:
    assert find(name, runs).ref.id == expected


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("zzz", "No checkpoint 'zzz'"),
        ("", "No checkpoint ''"),
        ("bbb~3", "bbb has only 2 parents"),
        ("~1", "No checkpoint ''"),
        ("bbb~99999999", "No checkpoint 'bbb~99999999'"),
    ],
)
def test_a_name_that_means_none_says_why(runs: tuple[Run, ...], name: str, reason: str) -> None:
    with pytest.raises(IdFault) as caught:
        find(name, runs)
    assert (caught.value.reason, caught.value.ambiguous) == (reason, False)


def test_a_prefix_of_several_is_ambiguous_and_names_some(runs: tuple[Run, ...]) -> None:
    with pytest.raises(IdFault) as caught:
        find("aa", runs)
    assert caught.value.ambiguous
    assert caught.value.reason == "'aa' means 2 checkpoints (aaa1, aaa2)"


def test_an_empty_store_has_no_latest() -> None:
    with pytest.raises(IdFault) as caught:
        find("latest", ())
    assert caught.value.reason == "The store has no checkpoints"


def test_a_guessed_parent_counts_as_a_parent() -> None:
    broken = CheckpointRef("late", "late.json", "flow", "graph", None, "", 5.0, 1, 1)
    assert find("late~1", arrange([ref("early"), broken])).ref.id == "early"


def test_the_latest_of_several_stores_goes_up_within_its_own() -> None:
    def told(name: str, store: str, parent: str | None, when: float) -> CheckpointRef:
        return ref(name, parent, when)._replace(file=f"{store}/{name}.json", told=Told(store=store))

    runs = arrange(
        [told("root", "copy", None, 1), told("old", "copy", "root", 2), told("root", "own", None, 1),
         told("old", "own", "root", 2), told("new", "own", "old", 3)]
    )  # fmt: skip
    assert find("latest", runs).ref.file == "own/new.json"
    assert find("latest~1", runs).ref.file == "own/old.json"
    assert find("copy/latest", runs).ref.file == "copy/old.json"
