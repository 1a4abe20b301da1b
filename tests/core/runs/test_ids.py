"""Names of checkpoints on the command line."""

import pytest

from ckpt_tui.core.model import CheckpointRef, StoreMetadata
from ckpt_tui.core.runs.ids import IdFault, as_late_here, find, latest
from ckpt_tui.core.runs.lineage import Run, arrange


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


def test_the_latest_descends_from_the_one_with_the_latest_time() -> None:
    runs = arrange(
        [ref("a", None, 1), ref("wrong", "a", 9e9), ref("b", "wrong", 2), ref("c", "b", 3), ref("z", "a", 4)]
    )
    assert find("latest", runs).ref.id == "c"


@pytest.mark.parametrize("names", [("d", "c", "b", "a"), ("a", "b", "c", "d")])
def test_the_latest_of_equal_times_is_the_last_of_its_branch(names: tuple[str, ...]) -> None:
    refs = [ref(name, above, 1.0) for above, name in zip((None, *names), names, strict=False)]
    assert find("latest", arrange(refs)).ref.id == names[-1]


class TestBranchesThatTie:
    """Two branches of one tick of the clock: neither is a parent of the other, and their times are equal."""

    def made(self, *chains: tuple[str, ...], when: float = 1.0) -> tuple[Run, ...]:
        return arrange([ref(name, chain[at - 1] if at else None, when) for chain in chains for at, name in
                        enumerate(chain) if at or chain is chains[0]])  # fmt: skip

    @pytest.mark.parametrize("long", [("a", "b", "c"), ("a", "y", "z")])
    def test_the_one_with_the_most_checkpoints_is_the_latest(self, long: tuple[str, ...]) -> None:
        runs = self.made(long, ("a", "m"))
        assert find("latest", runs).ref.id == long[-1]

    def test_the_others_are_named(self) -> None:
        runs = self.made(("a", "b", "c"), ("a", "m"))
        nodes = [node for run in runs for node in run.nodes]
        assert [node.ref.id for node in as_late_here(latest(nodes), nodes)] == ["m"]

    def test_a_chain_of_equal_times_and_an_earlier_branch_tie_with_nothing(self) -> None:
        nodes = [node for run in self.made(("a", "b", "c")) for node in run.nodes]
        assert as_late_here(latest(nodes), nodes) == []
        earlier = arrange([ref("a", None, 1), ref("b", "a", 3), ref("m", "a", 2), ref("n", "m", 2)])
        nodes = [node for run in earlier for node in run.nodes]
        assert latest(nodes).ref.id == "b"
        assert as_late_here(latest(nodes), nodes) == []


class TestSeveralStores:
    def made(self, name: str, store: str, parent: str | None = None, when: float = 0.0) -> CheckpointRef:
        return ref(name, parent, when)._replace(file=f"{store}/{name}.json", store_metadata=StoreMetadata(store=store))

    @pytest.fixture
    def stores(self) -> tuple[Run, ...]:
        return arrange(
            [
                self.made("root", "copy", None, 1), self.made("old", "copy", "root", 2),
                self.made("root", "own", None, 1), self.made("old", "own", "root", 2),
                self.made("new1", "own", "old", 3), self.made("ask1", "own", "old", 2.5),
                self.made("ask2", "copy", "old"),
            ]
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("name", "file"),
        [
            ("latest", "own/new1.json"), ("latest~1", "own/old.json"), ("copy/latest", "copy/ask2.json"),
            ("new1", "own/new1.json"), ("ne", "own/new1.json"), ("ne~2", "own/root.json"), ("ask2~1", "copy/old.json"),
            ("copy/root", "copy/root.json"), ("own/ro", "own/root.json"), ("copy/old~1", "copy/root.json"),
            ("ask1.json", "own/ask1.json"),
        ],
    )  # fmt: skip
    def test_a_name_means_one_checkpoint_of_one_store(self, stores: tuple[Run, ...], name: str, file: str) -> None:
        assert find(name, stores).ref.file == file

    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            ("root", "'root' is in 2 stores; write copy/root"), ("ol", "'ol' is in 2 stores; write copy/old"),
            ("old~1", "'old' is in 2 stores; write copy/old"), ("ask", "'ask' means 2 checkpoints (ask1, ask2)"),
        ],
    )  # fmt: skip
    def test_a_name_of_more_than_one_is_ambiguous(self, stores: tuple[Run, ...], name: str, reason: str) -> None:
        with pytest.raises(IdFault) as caught:
            find(name, stores)
        assert (caught.value.reason, caught.value.ambiguous) == (reason, True)

    @pytest.mark.parametrize("name", ["zzz", "copy/new1", "other/root", ""])
    def test_a_name_of_none_is_reported(self, stores: tuple[Run, ...], name: str) -> None:
        with pytest.raises(IdFault, match="No checkpoint") as caught:
            find(name, stores)
        assert not caught.value.ambiguous


@pytest.mark.parametrize("parent", [None, "", "x"])
def test_a_checkpoint_with_an_empty_id_or_one_that_is_its_own_parent_is_the_latest(parent: str | None) -> None:
    name = "x" if parent == "x" else ""
    nodes = [node for run in arrange([ref(name, parent)]) for node in run.nodes]
    assert latest(nodes).ref.id == name
    assert as_late_here(latest(nodes), nodes) == []


def test_a_renamed_copy_is_not_later_than_what_it_is_a_copy_of() -> None:
    copies = [
        ref(name, "a", 2)._replace(inner="b") for name in ("b (1)", "b.sync-conflict-20261120-100001-ABCDEFG", "B")
    ]
    nodes = [node for run in arrange([ref("a"), ref("b", "a", 2), *copies]) for node in run.nodes]
    assert latest(nodes).ref.id == "b"
    assert len(as_late_here(latest(nodes), nodes)) == 3
    alone = [node for run in arrange([ref("a"), *copies]) for node in run.nodes]
    assert latest(alone).ref.inner == "b"


@pytest.mark.parametrize("names", ["abc", "cba", "bca"])
def test_of_checkpoints_of_one_moment_the_child_is_later_than_its_parent(names: str) -> None:
    first, second, third = list(names)
    runs = arrange([ref(first), ref(second, first), ref(third, second)])
    assert find("latest", runs).ref.id == third
    assert find("latest~1", runs).ref.id == second
