"""Makes what the first rows of the browser do not wait for: most of its controllers, and what starts workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ckpt_tui.tui.controllers.bookmarks import Bookmarks
from ckpt_tui.tui.controllers.opened_checkpoint import OpenedCheckpoint
from ckpt_tui.tui.controllers.parent_diff import ParentDiff
from ckpt_tui.tui.controllers.pickle_opcodes import PickleOpcodes
from ckpt_tui.tui.controllers.queries import Queries
from ckpt_tui.tui.controllers.replay_entry import ReplayEntry
from ckpt_tui.tui.controllers.resume_entry import ResumeEntry
from ckpt_tui.tui.controllers.step_graph import StepGraph
from ckpt_tui.tui.controllers.value_edits import ValueEdits
from ckpt_tui.tui.controllers.value_reading import ValueReading
from ckpt_tui.tui.controllers.value_search import ValueSearch
from ckpt_tui.tui.controllers.value_texts import ValueTexts
from ckpt_tui.tui.helpers.pending_edits import PendingEdits
from ckpt_tui.tui.helpers.run_graphs import RunGraphs
from ckpt_tui.tui.jobs import Jobs
from ckpt_tui.tui.store_follower import StoreFollower

if TYPE_CHECKING:
    from ckpt_tui.stores.base import Store
    from ckpt_tui.tui.screens.browse import Browse


def make_controllers(screen: Browse, steps: tuple[str, ...]) -> None:
    """Make the controllers of a browser.

    Args:
        screen: The browser.
        steps: Labels of the place to open at.
    """
    port = screen.port
    screen.graphs, screen.edits = RunGraphs(), PendingEdits()
    screen.opened = OpenedCheckpoint(port, steps)
    screen.parent_diff = ParentDiff(port)
    screen.step_graph = StepGraph(port)
    screen.queries = Queries(port)
    screen.value_search = ValueSearch(port)
    screen.value_reading = ValueReading(port)
    screen.value_texts = ValueTexts(port)
    screen.value_edits = ValueEdits(port)
    screen.pickle_opcodes = PickleOpcodes(port)
    screen.bookmarks = Bookmarks(port)
    screen.replay_entry = ReplayEntry(port)
    screen.resume_entry = ResumeEntry(port)
    set_store(screen, screen.store)


def set_store(screen: Browse, store: Store) -> None:
    """Have a browser show a store; what was read of the one before stays in the list. Nothing is read yet."""
    screen.store = store
    screen.jobs = Jobs(screen, store)
    screen.follower = StoreFollower(screen, store, screen.library, screen.opened.is_loading)
