"""Groups of stores as tests look at them."""

import threading
from collections.abc import Callable

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.stores.store_groups import GroupBatch, Groups
from tests.support.patience import PATIENCE


def listed(groups: Groups) -> dict[str, tuple[object, ...]]:
    """All groups with the files of their checkpoints, by id."""
    found: dict[str, tuple[object, ...]] = {}
    for batch in groups.scan():
        for group in batch.groups:
            own = sorted(one.file for one in groups.entries(group.id) if isinstance(one, CheckpointRef))
            found[group.id] = (*group._replace(position=0), tuple(own))
    return found


class Watching:
    """Groups that are watched in a thread.

    Attributes:
        groups: The groups.
        counts: How many checkpoints each has, by id.
        batches: All that came.
    """

    def __init__(self, groups: Groups) -> None:
        self.groups = groups
        self.counts: dict[str, int] = {}
        self.batches: list[GroupBatch] = []
        self._stop = threading.Event()
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        for batch in self.groups.watch(self._stop):
            with self._news:
                if batch.starts:  # those of one store, where several are one list
                    of_store = (f"{batch.store}\n", f"{batch.store}/") if batch.store else ""
                    self.counts = {name: count for name, count in self.counts.items() if not name.startswith(of_store)}
                self.counts.update((group.id, group.checkpoints) for group in batch.groups)
                self.batches.append(batch)
                self._news.notify_all()

    @property
    def ids(self) -> set[str]:
        """Those that there are."""
        return set(self.counts)

    @property
    def is_complete(self) -> bool:
        """Whether a look is over."""
        return bool(self.batches) and self.batches[-1].done >= self.batches[-1].total

    def until(self, condition: Callable[[], object]) -> None:
        """Wait until something holds."""
        with self._news:
            assert self._news.wait_for(condition, PATIENCE), self.batches

    def until_checked(self) -> None:
        """Wait until all files were compared with what was read of them."""
        self.until(lambda: sum(batch.done >= batch.total for batch in self.batches) >= 1)
        self.until(lambda: self.groups.newest(1) is not None and getattr(self.groups, "is_compared", True))

    def end(self) -> None:
        """Watch no longer."""
        self._stop.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
