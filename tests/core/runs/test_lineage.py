"""Which checkpoint came from which, and the order in which they are shown."""

import random
from pathlib import Path

import pytest

from ckpt_tui.core.model import CheckpointRef, Facts, StoreMetadata
from ckpt_tui.core.runs.lineage import LANES, Node, Run, arrange
from ckpt_tui.core.runs.parents import MISSING
from ckpt_tui.core.runs.workflow_names import is_unnamed, workflow_label
from ckpt_tui.stores.base import collect
from ckpt_tui.stores.directory import DirectoryStore

OLD = Path(__file__).parents[2] / "data" / "agent-framework" / "1.0.0"
NEW = OLD.parent / "1.23.0"


def ref(
    name: str, parent: str | None = None, when: float = 0.0, *, iteration: int = 0, workflow: str = "flow",
    graph: str = "g", facts: Facts | None = None, inner: str = "",
) -> CheckpointRef:  # fmt: skip
    return CheckpointRef(name, f"{name}.json", workflow, graph, parent, "", when, iteration, 1, facts, "", inner)


def story(runs: tuple[Run, ...]) -> list[list[str]]:
    return [[node.ref.id for node in run.nodes] for run in runs]


def nodes(runs: tuple[Run, ...]) -> dict[str, Node]:
    return {node.ref.id: node for run in runs for node in run.nodes}


def stored(directory: Path) -> list[CheckpointRef]:
    store = DirectoryStore(str(directory))
    entries = collect(store.scan())
    entries.update(collect(store.fill(list(entries))))
    return [entry for entry in entries.values() if isinstance(entry, CheckpointRef)]


class TestOrder:
    def test_parents_are_before_children_whatever_the_order_of_files_and_clocks(self) -> None:
        chain = [ref("a", None, 9), ref("b", "a", 3), ref("c", "b", 5)]
        for seed in range(6):
            shuffled = random.Random(seed).sample(chain, 3)
            assert story(arrange(shuffled)) == [["a", "b", "c"]]

    def test_runs_follow_the_time_of_their_first_checkpoint(self) -> None:
        runs = arrange([ref("late", None, 5), ref("early", None, 1), ref("child", "early", 9)])
        assert story(runs) == [["early", "child"], ["late"]]

    def test_branches_are_whole_and_begin_with_the_older_one(self) -> None:
        refs = [ref("r", None, 0), ref("y", "r", 2), ref("x", "r", 1), ref("x2", "x", 3), ref("y2", "y", 2.5)]
        assert story(arrange(refs)) == [["r", "x", "x2", "y", "y2"]]

    def test_iteration_does_not_order(self) -> None:
        assert story(arrange([ref("a", None, 1, iteration=7), ref("b", "a", 2, iteration=0)])) == [["a", "b"]]

    def test_runs_are_numbered_by_workflow(self) -> None:
        refs = [ref("a", None, 1), ref("b", None, 2, workflow="other"), ref("c", None, 3)]
        assert [(run.workflow, run.number, run.id) for run in arrange(refs)] == [
            ("flow", 1, "a"), ("other", 1, "b"), ("flow", 2, "c"),
        ]  # fmt: skip

    def test_nothing_at_all_is_no_run(self) -> None:
        assert arrange([]) == ()


class TestLanes:
    def test_each_further_child_is_a_fork_in_a_column_of_its_own(self) -> None:
        placed = nodes(arrange([ref("r"), ref("x", "r", 1), ref("x2", "x", 2), ref("y", "r", 3), ref("z", "r", 4)]))
        assert [(name, node.lane, node.fork) for name, node in placed.items()] == [
            ("r", 0, False), ("x", 0, False), ("x2", 0, False), ("y", 1, True), ("z", 2, True),
        ]  # fmt: skip
        assert placed["r"].opened == 0b110
        assert [placed[name].lanes for name in ("r", "x", "y", "z")] == [0b1, 0b111, 0b110, 0b100]

    def test_a_column_that_is_free_again_is_used_again(self) -> None:
        refs = [ref("r"), ref("a", "r", 1), ref("b", "r", 9), ref("a1", "a", 2), ref("a2", "a", 3)]
        placed = nodes(arrange([*refs, ref("a11", "a1", 4), ref("a12", "a1", 5)]))
        assert {name: node.lane for name, node in placed.items()} == {
            "r": 0, "a": 0, "a1": 0, "a11": 0, "a12": 3, "a2": 2, "b": 1,
        }  # fmt: skip

    def test_branches_beyond_the_last_column_share_it(self) -> None:
        children = [ref(f"c{number:04}", "r", number) for number in range(1, 200)]
        placed = nodes(arrange([ref("r"), *children]))
        assert max(node.lane for node in placed.values()) == LANES - 1
        last = [name for name, node in placed.items() if node.lane == LANES - 1]
        assert len(last) == 199 - (LANES - 1)
        # The column is drawn until the last branch in it has begun.
        assert [placed[name].lanes >> (LANES - 1) & 1 for name in last] == [1] * len(last)
        assert placed["r"].opened.bit_length() == LANES

    def test_the_shared_column_is_free_again_below_its_last_branch(self) -> None:
        crowd = [ref(f"x{number:03}", "a", 1 + number) for number in range(LANES + 8)]
        placed = nodes(arrange([ref("r"), ref("a", "r", 1), *crowd, ref("b", "r", 900), ref("b2", "b", 901)]))
        last = max(node.ref.id for node in placed.values() if node.ref.id.startswith("x"))
        assert placed[last].lane == LANES - 1
        assert placed["b"].lanes == placed["b2"].lanes == 0b10

    def test_no_column_is_left_open_at_the_end(self) -> None:
        for seed in range(200):
            made = random.Random(seed)
            refs = [ref("0")] + [ref(str(n), str(made.randrange(n)), n) for n in range(1, 40)]
            last = arrange(refs)[0].nodes[-1]
            assert last.lanes == 1 << last.lane
            assert last.opened == 0


class TestBrokenChains:
    def test_a_missing_parent_is_reported(self) -> None:
        assert nodes(arrange([ref("a", "gone")]))["a"].irregular == MISSING

    def test_branches_of_a_missing_parent_stay_together_under_its_id(self) -> None:
        runs = arrange([ref("a", "gone", 1), ref("b", "gone", 3), ref("other", None, 2), ref("a2", "a", 4)])
        assert [(run.id, [node.ref.id for node in run.nodes]) for run in runs] == [
            ("gone", ["a", "a2", "b"]), ("other", ["other"]),
        ]  # fmt: skip

    def test_its_own_parent_is_a_root(self) -> None:
        node = nodes(arrange([ref("a", "a")]))["a"]
        assert (node.parent, node.irregular) == (None, "its own parent")

    @pytest.mark.parametrize("length", [2, 3, 50])
    def test_a_circle_is_cut_at_its_earliest_member(self, length: int) -> None:
        circle = [ref(f"c{n}", f"c{(n - 1) % length}", (n - 1) % length) for n in range(length)]
        tail = [ref("t1", "c0", 90), ref("t2", "t1", 91)]
        for seed in range(5):
            runs = arrange(random.Random(seed).sample([*circle, *tail], length + 2))
            assert len(runs) == 1
            assert runs[0].id == "c1"
            assert [node.ref.id for node in runs[0].nodes if node.irregular] == ["c1"]
            assert len(runs[0].nodes) == length + 2

    def test_two_circles_are_both_cut(self) -> None:
        runs = arrange([ref("a", "b", 1), ref("b", "a", 2), ref("x", "y", 4), ref("y", "x", 3)])
        assert story(runs) == [["a", "b"], ["y", "x"]]

    def test_each_checkpoint_appears_once_whatever_the_parents(self) -> None:
        for seed in range(300):
            made = random.Random(seed)
            count = made.randrange(1, 12)
            parents = [None, "gone", *map(str, range(count))]
            refs = [
                ref(str(n), made.choice(parents), made.randrange(4), iteration=made.randrange(3)) for n in range(count)
            ]
            placed = [node for run in arrange(refs) for node in run.nodes]
            assert sorted(node.ref.id for node in placed) == sorted(one.id for one in refs)
            seen: set[str | None] = {None}
            for node in placed:
                assert node.parent in seen
                seen.add(node.ref.id)

    def test_children_of_a_renamed_file_find_it_by_the_id_inside(self) -> None:
        runs = arrange([ref("copy", None, 1, inner="original"), ref("child", "original", 2)])
        assert story(runs) == [["copy", "child"]]

    def test_a_copy_beside_the_original_takes_no_children_from_it(self) -> None:
        runs = arrange([ref("original", None, 1), ref("copy", None, 1, inner="original"), ref("child", "original", 2)])
        assert sorted(story(runs)) == [["copy"], ["original", "child"]]


class TestGuesses:
    def test_a_broken_root_follows_the_latest_earlier_checkpoint_one_iteration_before(self) -> None:
        refs = [ref("a", None, 1), ref("b", "a", 2, iteration=1), ref("c", None, 3, iteration=2)]
        placed = nodes(arrange(refs))
        assert (placed["c"].parent, placed["c"].guessed) == ("b", True)

    def test_answers_follow_the_checkpoint_of_the_same_iteration(self) -> None:
        answers = Facts(1, 0, ("internal:ask",), (), False)
        refs = [ref("a", None, 1), ref("b", "a", 2, iteration=1), ref("c", None, 3, iteration=1, facts=answers)]
        assert nodes(arrange(refs))["c"].parent == "b"

    def test_another_workflow_another_graph_and_later_ones_are_no_candidates(self) -> None:
        refs = [
            ref("other", None, 1, workflow="other"),
            ref("graph", None, 1, graph="h"),
            ref("later", None, 9),
            ref("c", None, 3, iteration=1),
        ]
        placed = nodes(arrange(refs))
        assert (placed["c"].parent, placed["c"].guessed) == (None, False)

    @pytest.mark.parametrize("names", ["edcba", "abcde"])
    def test_where_times_tie_the_iteration_says_what_came_before(self, names: str) -> None:
        refs = [ref(name, None, 1.0, iteration=number) for number, name in enumerate(names)]
        assert story(arrange(refs)) == [list(names)]
        assert story(arrange([each._replace(chain="run") for each in refs])) == [list(names)]

    @pytest.mark.parametrize("names", ["zyxw", "wxyz"])
    def test_where_times_tie_a_question_comes_before_its_answer(self, names: str) -> None:
        first, question, answer, last = tuple(names)
        refs = [
            ref(first, None, 1.0), ref(question, first, 1.0, iteration=1, facts=Facts(0, 1, (), ("x",), False)),
            ref(answer, None, 1.0, iteration=1, facts=Facts(1, 0, ("internal:x",), (), False)),
            ref(last, answer, 1.0, iteration=2),
        ]  # fmt: skip
        assert story(arrange(refs)) == [list(names)]

    def test_a_guess_never_closes_a_circle(self) -> None:
        # The child is older than its parent, and one iteration before it.
        runs = arrange([ref("a", None, 5, iteration=3), ref("b", "a", 4, iteration=2)])
        assert story(runs) == [["a", "b"]]
        assert not any(node.guessed for node in runs[0].nodes)

    def test_unnamed_workflows_are_joined_by_their_graph(self) -> None:
        names = [f"WorkflowBuilder-{number:08x}-0000-0000-0000-000000000000" for number in range(2)]
        refs = [ref("a", None, 1, workflow=names[0]), ref("b", None, 2, iteration=1, workflow=names[1])]
        runs = arrange(refs)
        assert story(runs) == [["a", "b"]]
        assert runs[0].workflow == "unnamed g"

    @pytest.mark.parametrize(
        ("scenario", "parents"),
        [
            ("linear", [None, 0, 1]),
            ("loop", [None, *range(18)]),
            ("types_zoo", [None, 0]),
            # Resumed twice from its sixth checkpoint.
            ("fork", [None, *range(10), 5, 11, 12, 13, 14, 5, 16, 17, 18, 19]),
            # Two answers to the same question, each in a new process.
            ("fork_hitl", [None, 0, 1, 1, 3, 4]),
            # Two questions answered by the same process.
            ("hitl_answered", [None, *range(7)]),
            ("orch_magentic_plan_review", [None, *range(4)]),
            ("resume_latest", [None, *range(3)]),
            ("sub_workflow", [None, *range(4)]),
            ("two_runs_new_instance", [None, 0, 1, None, 3, 4]),
            ("unnamed_workflow", [None, 0, 1, None, 3, 4]),
        ],
    )
    def test_the_samples_of_1_0_0_get_the_parents_of_their_true_story(
        self, scenario: str, parents: list[int | None]
    ) -> None:
        refs = stored(OLD / scenario)
        by_time = sorted(refs, key=lambda one: one.when)
        placed = nodes(arrange(refs))
        number = {one.id: index for index, one in enumerate(by_time)}
        found = [placed[one.id].parent for one in by_time]
        assert [None if parent is None else number[parent] for parent in found] == parents
        written = {one.id: one.parent for one in refs}
        assert all(node.guessed == (written[name] is None and node.parent is not None) for name, node in placed.items())

    def test_the_samples_of_1_23_0_need_no_guess(self) -> None:
        for scenario in sorted(NEW.iterdir()):
            refs = stored(scenario)
            assert refs
            placed = nodes(arrange(refs))
            assert {name: node.parent for name, node in placed.items()} == {one.id: one.parent for one in refs}
            assert not any(node.guessed or node.irregular for node in placed.values())


class TestNames:
    @pytest.mark.parametrize(
        ("name", "unnamed"),
        [
            ("", True),
            ("WorkflowBuilder-0b0fd9b2-1b1c-4c7a-9d31-2f3f6f3b8a10", True),
            ("WorkflowBuilder-0b0fd9b2", False),
            ("WorkflowBuilder-0b0fd9b2-1b1c-4c7a-9d31-2f3f6f3b8a1X", False),
            ("WorkflowBuilder-0b0fd9b2-1b1c-4c7a-9d31-2f3f6f3b8a10-two", False),
            ("my flow", False),
        ],
    )
    def test_names_that_the_framework_made_up_are_known(self, name: str, unnamed: bool) -> None:
        assert is_unnamed(name) is unnamed
        assert workflow_label(ref("a", workflow=name, graph="0123456789")) == ("unnamed 01234567" if unnamed else name)


class TestSize:
    """No limit of Python's stack, and no work that grows with the square: either would be seen as a hang."""

    def test_ten_thousand_generations_are_arranged(self) -> None:
        chain = [ref(str(n), str(n - 1) if n else None, n) for n in range(10_000)]
        for refs in (chain, chain[::-1]):
            assert story(arrange(refs)) == [[one.id for one in chain]]

    def test_ten_thousand_siblings_are_arranged(self) -> None:
        refs = [ref("r"), *(ref(f"{n:05}", "r", n) for n in range(1, 10_001))]
        assert story(arrange(refs)) == [[one.id for one in refs]]

    def test_ten_thousand_in_a_circle_are_arranged(self) -> None:
        refs = [ref(str(n), str((n - 1) % 10_000), n) for n in range(10_000)]
        assert story(arrange(refs)) == [[one.id for one in refs]]

    def test_ten_thousand_broken_roots_are_joined(self) -> None:
        refs = [ref(str(n), None, n, iteration=n) for n in range(10_000)]
        assert story(arrange(refs)) == [[one.id for one in refs]]


class TestRunsOfTheStore:
    """Stores that say themselves to which run a checkpoint belongs."""

    def made(self, name: str, run: str, above: str = "", before: str = "", when: float = 0.0) -> CheckpointRef:
        return ref(name, None, when)._replace(
            store_metadata=StoreMetadata(run=run, title=f"run {run}", above=above, before=before)
        )

    def test_a_run_is_what_the_store_says_whatever_the_workflow(self) -> None:
        one, two = self.made("a", "one", when=1), self.made("b", "one", when=2)
        runs = arrange([one, two._replace(workflow="other"), self.made("c", "two", when=3)])
        assert [(run.id, run.number) for run in runs] == [("one", 1), ("two", 1)]
        assert story(runs) == [["a", "b"], ["c"]]

    def test_a_checkpoint_follows_the_one_that_the_store_reports_and_that_is_a_guess(self) -> None:
        placed = nodes(arrange([self.made("a", "one"), self.made("b", "one", before="a", when=1)]))
        assert (placed["b"].parent, placed["b"].guessed) == ("a", True)
        lost = [self.made("a", "one", before="gone"), self.made("b", "one", before="b")]
        assert {node.parent for node in nodes(arrange(lost)).values()} == {None}

    def test_parts_of_a_run_are_right_behind_it_one_level_deeper(self) -> None:
        refs = [
            self.made("a", "one", when=1), self.made("z", "other", when=2), self.made("p", "part", "one", when=3),
            self.made("q", "part of part", "part", when=4), self.made("o", "orphan", "gone", when=5),
        ]  # fmt: skip
        assert [(run.id, run.level) for run in arrange(refs)] == [
            ("one", 0), ("part", 1), ("part of part", 2), ("other", 0), ("orphan", 0),
        ]  # fmt: skip

    def test_runs_that_are_parts_of_each_other_or_of_themselves_appear_once(self) -> None:
        refs = [self.made("a", "one", "two"), self.made("b", "two", "one"), self.made("c", "self", "self")]
        assert sorted(run.id for run in arrange(refs)) == ["one", "self", "two"]


class TestKeys:
    def test_two_workflows_below_one_missing_parent_have_keys_of_their_own(self) -> None:
        runs = arrange([ref("a", "gone", 1), ref("b", "gone", 2, workflow="other")])
        assert [run.id for run in runs] == ["gone", "gone"]
        assert len({run.key for run in runs}) == 2

    def test_a_store_beside_its_copy_has_keys_of_its_own(self) -> None:
        runs = arrange(ref("a")._replace(store_metadata=StoreMetadata(store=store)) for store in ("one", "two"))
        assert len({run.key for run in runs}) == 2

    def test_the_key_stays_as_the_run_goes_on(self) -> None:
        (before,), (after,) = arrange([ref("a", "gone", 1)]), arrange([ref("a", "gone", 1), ref("b", "a", 2)])
        assert before.key == after.key
