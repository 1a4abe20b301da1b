"""The runs of a store that is read piece by piece or written to: new checkpoints are put in their places.

To arrange everything again takes a second for a hundred thousand checkpoints. A checkpoint whose parent is the end of a
branch, one that begins a run, and one whose body has been read since change one run only, and mostly one place of it.
After any other change all are arranged anew, when the runs are next needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.lineage import Node, Run, arrange
from ckpt_tui.core.runs.parents import carries_answers
from ckpt_tui.core.runs.workflow_names import workflow_key, workflow_label

_Rank = tuple[float, int, str]


class _Section:
    """A run that changes.

    Attributes:
        run: The run, as it was given last.
        nodes: Its checkpoints now, or None where they are those of `run`.
        places: Id → index in `nodes`, or None until it is needed.
    """

    __slots__ = ("nodes", "places", "run")

    def __init__(self, run: Run) -> None:
        self.run = run
        self.nodes: list[Node] | None = None
        self.places: dict[str, int] | None = None

    def opened(self) -> list[Node]:
        """Its checkpoints, to be changed."""
        if self.nodes is None:
            self.nodes = list(self.run.nodes)
        return self.nodes

    def place(self, name: str) -> int:
        """The index of a checkpoint."""
        nodes = self.run.nodes if self.nodes is None else self.nodes
        if nodes[-1].ref.id == name:
            return len(nodes) - 1
        if self.places is None:
            self.places = {node.ref.id: index for index, node in enumerate(nodes)}
        return self.places[name]

    def insert(self, index: int, node: Node) -> None:
        """Put a checkpoint at an index."""
        nodes = self.opened()
        if index < len(nodes):
            self.places = None
        elif self.places is not None:
            self.places[node.ref.id] = index
        nodes.insert(index, node)

    def closed(self) -> Run:
        """The run as it is now."""
        if self.nodes is not None:
            self.run = self.run._replace(nodes=tuple(self.nodes))
            self.nodes = None
            self.places = None  # made again where it is needed: most runs never change again
        return self.run


class _StoreRuns:
    """The runs of one store, and the facts that decide whether a checkpoint changes only one of them.

    Attributes:
        sections: The runs in order.
        homes: Id of a checkpoint → its run.
        missed: Ids that are named as a parent and are not there: one of them would join separate runs.
        guesses: Time and position of each checkpoint whose parent is guessed from what they and others carry.
        last_guess: The last of them; a checkpoint that is not later could be guessed instead.
        last_root: Rank of the last checkpoint that begins a run.
        numbers: The key of a workflow (`workflow_key`) → how many runs it has.
        is_nested: Whether runs are a part of others.
    """

    def __init__(self, runs: Iterable[Run]) -> None:
        self.sections = [_Section(run) for run in runs]
        self.homes = {node.ref.id: section for section in self.sections for node in section.run.nodes}
        self.missed: set[str] = set()
        self.guesses: set[tuple[float, int]] = set()
        self.last_guess: tuple[float, int] = (float("-inf"), 0)
        self.last_root: _Rank = (float("-inf"), 0, "")
        self.numbers: dict[str, int] = {}
        self.is_nested = False
        for section in self.sections:
            run = section.run
            key = workflow_key(run.nodes[0].ref)
            self.numbers[key] = max(self.numbers.get(key, 0), run.number)
            self.is_nested |= bool(run.above)
            for node in run.nodes:
                self.note(node.ref)
                if node.parent is None:
                    self.last_root = max(self.last_root, node.ref.rank)

    def note(self, ref: CheckpointRef) -> None:
        """Record the parent that a checkpoint names."""
        if ref.parent is not None:
            if ref.parent not in self.homes:
                self.missed.add(ref.parent)
            return
        if ref.store_metadata is not None and (ref.store_metadata.run or ref.store_metadata.before):
            if ref.store_metadata.before not in self.homes:
                self.missed.add(ref.store_metadata.before)
        elif _is_orphan(ref):
            self.guesses.add(ref.rank[:2])
            self.last_guess = max(self.last_guess, ref.rank[:2])

    def add(self, ref: CheckpointRef) -> bool:
        """Put a new checkpoint in its place; False where more than one run may change."""
        if ref.id in self.homes or ref.id in self.missed or (ref.inner and ref.inner in self.missed):
            return False
        if ref.rank[:2] <= self.last_guess or _is_orphan(ref):
            return False
        metadata = ref.store_metadata
        parent, is_guessed = ref.parent, False
        if parent is None and metadata is not None and (metadata.run or metadata.before):
            parent, is_guessed = metadata.before, True
        if parent is None:
            return self._begin(ref)
        section = self.homes.get(parent)
        if section is None:
            return False
        index = section.place(parent)
        nodes = section.run.nodes if section.nodes is None else section.nodes
        above = nodes[index]
        if index + 1 < len(nodes) and nodes[index + 1].parent == parent:
            return self._fork(section, ref)
        section.insert(index + 1, Node(ref, parent, is_guessed, False, above.lane, above.lanes, 0, ""))
        self.homes[ref.id] = section
        return True

    def _begin(self, ref: CheckpointRef) -> bool:
        """Begin a run behind all others."""
        if ref.rank < self.last_root or self.is_nested or (ref.store_metadata is not None and ref.store_metadata.above):
            return False
        key = workflow_key(ref)
        number = self.numbers[key] = self.numbers.get(key, 0) + 1
        store = "" if ref.store_metadata is None else ref.store_metadata.store
        section = _Section(
            Run(ref.id, workflow_label(ref), number, (Node(ref, None, False, False, 0, 1, 0, ""),), store)
        )
        self.sections.append(section)
        self.homes[ref.id] = section
        self.last_root = ref.rank
        return True

    def _fork(self, section: _Section, ref: CheckpointRef) -> bool:
        """Begin a branch: its run is arranged again, and no other."""
        run = section.closed()
        if any(node.guessed for node in run.nodes):  # perhaps after one that was in another run before
            return False
        found = arrange([*(node.ref for node in run.nodes), ref])
        if len(found) != 1 or found[0].id != run.id:
            return False
        section.run = run._replace(nodes=found[0].nodes)
        section.places = None
        self.homes[ref.id] = section
        return True

    def replace(self, known: CheckpointRef, ref: CheckpointRef) -> bool:
        """Replace the header of a checkpoint; returns False where its place may have changed."""
        if _ordering(known) != _ordering(ref):
            return False
        if ref.rank[:2] in self.guesses and carries_answers(known) != carries_answers(ref):
            return False
        section = self.homes.get(ref.id)
        if section is None:
            return False
        index = section.place(ref.id)
        nodes = section.opened()
        if nodes[index].ref.file != ref.file:  # two files have the same id
            return False
        nodes[index] = nodes[index]._replace(ref=ref)
        return True


class Arrangement:
    """Runs that are kept in step with the checkpoints of a store.

    Args:
        everything: Gives all checkpoints, in an order that stays.

    Attributes:
        generation: Grows when everything is arranged again: then a checkpoint may be in another run than before.
    """

    def __init__(self, everything: Callable[[], Iterable[CheckpointRef]]) -> None:
        self._everything = everything
        self._stores: dict[str, _StoreRuns] | None = None
        self.generation = 0

    def change(self, known: CheckpointRef | None, ref: CheckpointRef | None) -> None:
        """Record that a checkpoint came (`known` is None), went (`ref` is None), or changed."""
        if self._stores is None:
            return
        done = False
        if ref is not None:
            name = "" if ref.store_metadata is None else ref.store_metadata.store
            store = self._stores.get(name)
            if store is not None:
                done = store.add(ref) if known is None else store.replace(known, ref)
        if not done:
            self._stores = None

    def runs(self) -> tuple[Run, ...]:
        """The runs, as `arrange` orders them; a run in which nothing changed is the same object as before."""
        if self._stores is None:
            stores: dict[str, list[Run]] = {}
            for run in arrange(self._everything()):
                stores.setdefault(run.store, []).append(run)
            self.generation += 1
            self._stores = {name: _StoreRuns(runs) for name, runs in stores.items()}
        return tuple(section.closed() for store in self._stores.values() for section in store.sections)


def _is_orphan(ref: CheckpointRef) -> bool:
    """Whether its parent is guessed from all that were written before it."""
    given = ref.store_metadata
    is_named = given is not None and bool(given.run or given.before)
    return ref.parent is None and not is_named and (ref.iteration > 0 or bool(ref.chain))


def _ordering(ref: CheckpointRef) -> tuple[object, ...]:
    """The members that decide where a checkpoint is shown."""
    return (
        ref.id, ref.parent, ref.when, ref.position, ref.iteration, ref.workflow, ref.graph,
        ref.store_metadata, ref.inner, ref.chain,
    )  # fmt: skip
