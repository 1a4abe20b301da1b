"""Groups of stores as tests look at them."""

import threading

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
    """Groups that are watched in a thread."""

    def __init__(self, groups: Groups) -> None:
        self.ids: set[str] = set()
        self.batches: list[GroupBatch] = []
        self._stop = threading.Event()
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._follow, args=(groups,), daemon=True)
        self._thread.start()

    def _follow(self, groups: Groups) -> None:
        for batch in groups.watch(self._stop):
            with self._news:
                self.ids = ({*()} if batch.starts else self.ids) | {group.id for group in batch.groups}
                self.batches.append(batch)
                self._news.notify_all()

    @property
    def is_complete(self) -> bool:
        """Whether a look is over."""
        return bool(self.batches) and self.batches[-1].done >= self.batches[-1].total

    def until(self, condition: object) -> None:
        assert callable(condition)
        with self._news:
            assert self._news.wait_for(condition, PATIENCE), self.batches

    def end(self) -> None:
        self._stop.set()
        self._thread.join(PATIENCE)
