"""(k) The history of a path over a long branch, to a bare read of its files; find over it, to decoding them once."""

from __future__ import annotations

import time
from pathlib import Path

from ckpt_tui.actions.branch_queries import BranchQueries, BranchQuery
from ckpt_tui.actions.expressions import Expression
from ckpt_tui.actions.store_contents import read_store
from ckpt_tui.actions.text_search import TextSearches
from ckpt_tui.core.find.question import Question
from ckpt_tui.core.runs.lineage import Node
from ckpt_tui.core.runs.path_history import branch
from ckpt_tui.stores.registry import open_store
from tests.benchmarks.data import write_chain, write_chat
from tests.benchmarks.figures import Figure, in_turns, ms

COUNT = 5_000
HISTORY_PROMISE = 12
STEPS_PROMISE = 1
FIND_PROMISE = 3
RUNS = 3

_ORCHESTRATOR = "state._executor_state.group_chat_orchestrator"
SELDOM = (
    ("chain", "state.topic", "a text that never changes"),
    ("chain", 'state.draft."$items"[1]', "in a pickle, another in every 25th"),
    ("chain", "state._executor_state.alice.pending_request_order", "an empty list far down"),
)
OFTEN = (
    ("chain", f"{_ORCHESTRATOR}.round_index", "another in every one"),
    ("chat", f"{_ORCHESTRATOR}.round_index", "another in every second one of a chat that goes on"),
    ("chat", f"{_ORCHESTRATOR}.conversation[-1].contents[0].text", "in a pickle, another in every second one"),
)
"""Store, path, and what it is. Where a value changed, the checkpoint is decoded to see who ran in the step."""


def history(directory: Path) -> list[Figure]:
    """From the directory on: headers, the branch, the values, and who ran where the value changed."""
    stores = {"chain": directory / "chain", "chat": directory / "chat"}
    write_chain(stores["chain"], COUNT)
    write_chat(stores["chat"], COUNT)
    figures = []
    for name, path, what in SELDOM:
        store = stores[name]
        files = [str(path) for path in store.glob("*.json")]
        ours, peer = in_turns(lambda s=store, p=path: _history(s, p), lambda f=files: _read(f), runs=RUNS)  # type: ignore[misc]
        figures.append(_figure(f"({what}), to reading them", ours, peer, HISTORY_PROMISE))
    for name, path, what in OFTEN:
        store = stores[name]
        nodes = _nodes(store)
        ours, peer = in_turns(lambda s=store, p=path: _history(s, p), lambda s=store, n=nodes: _decode(s, n), runs=1)  # type: ignore[misc]
        figures.append(_figure(f"and who ran ({what}), to decoding them", ours, peer, STEPS_PROMISE))
    again, first = _again(stores["chain"])
    figures.append(
        Figure("the same question asked again, to the first time", ms(again), ms(first), f"1/{first / again:.0f}")
    )
    return figures


def _figure(what: str, ours: float, peer: float, promise: float) -> Figure:
    return Figure(
        f"history of a path over {COUNT:,} checkpoints of 20 KB {what}", ms(ours), ms(peer), f"{ours / peer:.1f}×",
        f"< {promise:g}×", ours / peer < promise,
    )  # fmt: skip


QUESTIONS = {
    "a text": Question("nowhere to be found"),
    "a text in values, case mattering": Question("Nowhere to be found", keys=False),
    "a regular expression": Question("draft [0-9]+7", regex=True),
    "a regular expression in keys": Question("draft [0-9]+7", regex=True, values=False),
}


def find(directory: Path) -> list[Figure]:
    """Over messages that are all different, and over a chat that repeats what was said."""
    figures = []
    for unique in (True, False):
        store = directory / ("unique" if unique else "chat")
        write_chain(store, COUNT, unique=unique)
        nodes = _nodes(store)
        what = "all messages different" if unique else "a chat that repeats itself"
        for kind, question in QUESTIONS.items():
            ours, peer = in_turns(
                lambda n=nodes, s=store, q=question: _find(s, n, q), lambda n=nodes, s=store: _decode(s, n), runs=1  # type: ignore[misc]
            )  # fmt: skip
            figures.append(
                Figure(
                    f"find {kind} over {COUNT:,} checkpoints of 20 KB ({what}), to decoding them", ms(ours), ms(peer),
                    f"{ours / peer:.2f}×", f"< {FIND_PROMISE}×", ours / peer < FIND_PROMISE,
                )
            )  # fmt: skip
    return figures


def _history(directory: Path, path: str) -> float:
    began = time.process_time()
    store = open_store(directory)
    runs, _ = read_store(store, fast=True)
    newest = max((node.ref for run in runs for node in run.nodes), key=lambda ref: ref.when)
    run, nodes = branch(runs, newest.id)
    found = BranchQueries(store).history(BranchQuery(run.id, nodes, Expression(path)))
    took = time.process_time() - began
    assert found.asked == COUNT
    return took


def _read(files: list[str]) -> float:
    began = time.process_time()
    for name in files:
        with open(name, "rb") as file:
            file.read()
    return time.process_time() - began


def _again(directory: Path) -> tuple[float, float]:
    store = open_store(directory)
    runs, _ = read_store(store, fast=True)
    run, nodes = branch(runs, max(_nodes(directory), key=lambda node: node.ref.when).ref.id)
    histories = BranchQueries(store)
    taken = []
    for _ in range(2):
        began = time.process_time()
        histories.history(BranchQuery(run.id, nodes, Expression(SELDOM[1][1])))
        taken.append(time.process_time() - began)
    return taken[1], taken[0]


def _nodes(directory: Path) -> list[Node]:
    runs, _ = read_store(open_store(directory), fast=True)
    return [node for run in runs for node in run.nodes]


def _find(directory: Path, nodes: list[Node], question: Question) -> float:
    began = time.process_time()
    found = list(TextSearches(open_store(directory)).find(nodes, question))
    took = time.process_time() - began
    assert found[-1].done == COUNT
    return took


def _decode(directory: Path, nodes: list[Node]) -> float:
    store = open_store(directory)
    began = time.process_time()
    for node in nodes:
        assert not store.load(node.ref.file, everything=True).faults
    return time.process_time() - began
