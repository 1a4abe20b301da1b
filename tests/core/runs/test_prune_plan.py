"""`ckpt_tui.core.runs.prune_plan`: what goes, and what stays because something else needs it."""

from __future__ import annotations

import pytest

from ckpt_tui.core.model import CheckpointRef, Facts
from ckpt_tui.core.runs.lineage import Node, Run, arrange
from ckpt_tui.core.runs.prune_plan import UNREAD, PruneChoice, Wish, choose


def runs_of(*chains: str, waiting: str = "", ties: bool = False) -> tuple[Run, ...]:
    """Runs of checkpoints named by letters: "a ab ac" is a, with the children b and c."""
    refs: list[CheckpointRef] = []
    for number, chain in enumerate(chains):
        for word in chain.split():
            name, parent = word[-1], word[:-1] or None
            facts = Facts(0, int(name in waiting), (), (), False)
            when = 1_000.0 if ties else 1_000.0 + len(refs)
            refs.append(
                CheckpointRef(
                    name, f"{name}.json", f"flow{number}", f"{number}", parent, "", when, len(refs), 10, facts
                )
            )
    return arrange(refs)


def names(nodes: tuple[Node, ...]) -> str:
    return "".join(sorted(node.ref.id for node in nodes))


def parts(choice: PruneChoice) -> tuple[str, str, str, str]:
    return names(choice.gone), names(choice.needed), names(choice.waiting), names(choice.orphans)


def test_what_a_kept_checkpoint_descends_from_stays() -> None:
    assert parts(choose(runs_of("a ab bc cd"), Wish(keep=1))) == ("", "abc", "", "")


def test_force_takes_it_all_the_same_and_names_who_loses_its_parent() -> None:
    choice = choose(runs_of("a ab bc cd"), Wish(keep=2, force=True))
    assert parts(choice) == ("ab", "", "", "c")
    assert choice.freed == 20


def test_an_old_branch_goes_and_the_common_ancestors_stay() -> None:
    assert parts(choose(runs_of("a ab bc bd de"), Wish(keep=2))) == ("c", "ab", "", "")


def test_each_run_keeps_its_own_newest() -> None:
    assert parts(choose(runs_of("a ab", "c cd"), Wish(keep=1, force=True))) == ("ac", "", "", "bd")


@pytest.mark.parametrize(("before", "gone"), [(1_000.0, ""), (1_001.5, "ab"), (9_999.0, "abcd")])
def test_what_is_older_goes(before: float, gone: str) -> None:
    assert names(choose(runs_of("a ab bc cd"), Wish(before=before, force=True)).gone) == gone


def test_a_child_with_an_impossible_time_is_as_young_as_its_parent() -> None:
    runs = arrange(
        CheckpointRef(name, f"{name}.json", "flow", "cafe", above, "", when, 0, 10, Facts(0, 0, (), (), False))
        for name, above, when in (("a", None, 1_000.0), ("b", "a", 2_000.0), ("c", "b", -62e9))
    )
    assert names(choose(runs, Wish(before=1_500.0, force=True)).gone) == "a"
    assert names(choose(runs, Wish(keep=1, force=True)).gone) == "ab"


def test_a_time_that_is_not_known_is_not_old() -> None:
    ref = CheckpointRef("a", "a.json", "flow", "cafe", None, "yesterday", 0.0, 0, 10)
    assert parts(choose(arrange([ref]), Wish(before=9_999.0))) == ("", "", "", "")


def test_a_checkpoint_that_waits_stays_and_so_does_what_it_descends_from() -> None:
    assert parts(choose(runs_of("a ab bc", waiting="c"), Wish(keep=0))) == ("", "ab", "c", "")


def test_a_run_that_is_named_goes_whole() -> None:
    runs = runs_of("a ab bc", "d de", waiting="c")
    assert parts(choose(runs, Wish(runs=(runs[0].key,)))) == ("abc", "", "", "")


def test_a_checkpoint_that_is_named_goes_though_it_waits() -> None:
    assert parts(choose(runs_of("a ab bc", waiting="c"), Wish(files=("c.json",)))) == ("c", "", "", "")
    assert parts(choose(runs_of("a ab ac", waiting="bc"), Wish(keep=0, files=("c.json",)))) == ("c", "a", "b", "")


def test_a_checkpoint_that_is_named_stays_where_a_kept_one_descends_from_it() -> None:
    runs = runs_of("a ab bc bd")
    assert parts(choose(runs, Wish(files=("b.json", "c.json")))) == ("c", "b", "", "")
    assert parts(choose(runs, Wish(files=("b.json", "c.json"), force=True))) == ("bc", "", "", "d")
    assert parts(choose(runs, Wish(files=("b.json", "c.json", "d.json")))) == ("bcd", "", "", "")


def test_files_that_are_not_there_mean_nothing() -> None:
    assert choose(runs_of("a ab"), Wish(files=("z.json",))) == PruneChoice()


def test_what_is_not_read_stays_as_it_may_wait_unless_it_is_named() -> None:
    (node,) = runs_of("a")[0].nodes
    runs = arrange([node.ref._replace(facts=None)])
    assert choose(runs, Wish(keep=0)).barred == ((runs[0].nodes[0], UNREAD),)
    assert names(choose(runs, Wish(files=("a.json",))).gone) == "a"


def test_of_checkpoints_of_one_time_the_last_in_the_lineage_is_the_newest() -> None:
    assert names(choose(runs_of("c cb ba", ties=True), Wish(keep=1, force=True)).gone) == "bc"


def test_a_fork_in_another_directory_is_kept_and_keeps_its_ancestors() -> None:
    runs = runs_of("a ab bc bd")
    choice = choose(runs, Wish(keep=0), lambda node: "kept elsewhere" if node.ref.id == "d" else "")
    assert parts(choice) == ("c", "ab", "", "")
    assert [(node.ref.id, reason) for node, reason in choice.barred] == [("d", "kept elsewhere")]


def test_what_may_not_go_stays_by_force_and_by_name_too() -> None:
    runs = runs_of("a ab bc")
    for wish in (Wish(files=("a.json", "b.json"), force=True), Wish(runs=(runs[0].key,), force=True)):
        choice = choose(runs, wish, lambda node: "in use" if node.ref.id == "b" else "")
        assert "b" not in names(choice.gone) and [node.ref.id for node, _ in choice.barred] == ["b"]
