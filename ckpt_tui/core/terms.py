"""The terms of each framework, for views, exports and messages."""

from collections.abc import Sequence
from typing import NamedTuple

from ckpt_tui.core.langgraph_layout import START
from ckpt_tui.core.model import CheckpointRef

LANGGRAPH = "langgraph"
"""The name of LangGraph: of the kind of its stores, of the framework in a plan, and in the lines of a run."""


class Terms(NamedTuple):
    """The terms of one framework.

    Attributes:
        workflow: The word for a workflow.
        executor: The word for an executor.
        run: The word for a run.
        iteration: The word for an iteration.
    """

    workflow: str
    executor: str
    run: str
    iteration: str


WORKFLOW_TERMS = Terms("workflow", "executor", "run", "iteration")
GRAPH_TERMS = Terms("graph", "node", "thread", "step")


def terms_of(ref: CheckpointRef | None) -> Terms:
    """The words for a checkpoint and what is around it."""
    given = None if ref is None else ref.store_metadata
    return framework_terms("" if given is None else given.framework)


def framework_terms(name: object) -> Terms:
    """The words of a framework, by its name in a store's kind, in a plan, or in a line of a run."""
    return GRAPH_TERMS if name == LANGGRAPH else WORKFLOW_TERMS


def ran_in_words(names: Sequence[str], joined: str = ", ") -> str:
    """The executors that ran in a step, as a clause; LangGraph's `__start__`, which is no node, takes the input.

    >>> ran_in_words(["plan", "write"])
    'plan, write ran'
    """
    found = [name for name in names if name != START]
    return f"{joined.join(found)} ran" if found or not names else "the graph took its input"


def source_in_words(name: str) -> str:
    """The sender of a message; a message of LangGraph's `__start__` is the input."""
    return "the input" if name == START else name


def numbered(ref: CheckpointRef) -> str:
    """Where in its run a checkpoint is: `iteration 3`, or `step 3` of a thread."""
    return f"{terms_of(ref).iteration} {ref.iteration}"
