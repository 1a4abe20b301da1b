"""Stores of other frameworks and several stores, in the browser."""

import json
import shutil
from pathlib import Path

import pytest

from ckpt_tui.stores.fork_directories import with_forks
from ckpt_tui.stores.registry import open_store, open_stores
from ckpt_tui.tui.app import CkptApp
from tests.stores.langgraph_saving import checkpoint_id, save, save_two, write
from tests.tui.support import DATA, NARROW, NORMAL, Driver, open_app

DOTNET = DATA / "dotnet"


@pytest.mark.parametrize("size", [NARROW, NORMAL])
async def test_a_run_of_hpd_is_shown_by_what_is_new_in_each_file(size: tuple[int, int]) -> None:
    async with open_app(DOTNET / "hpd_full_history", size) as driver:
        await driver.press("g")
        await driver.shows("execution 2efef45d", "again review, write", "waits review", "summaries[0] of ea62a991")


async def test_a_waiting_request_its_graph_and_what_was_corrected_are_shown() -> None:
    async with open_app(DOTNET / "hpd_hosted") as driver:
        await driver.shows("Content pipeline · run-0001 · Suspended", "see File")
        await driver.press("enter")
        driver.screen.panes.detail.pick("pending")
        await driver.shows("data", "Approve publishing this draft?")
        driver.screen.panes.detail.pick("graph")
        await driver.shows("START", "research", "facts", "END")
        driver.screen.panes.detail.pick("meta")
        await driver.shows("as every suspension")


async def test_no_run_of_hpd_is_started_and_the_reason_is_said() -> None:
    async with open_app(DOTNET / "hpd_full_history") as driver:
        await driver.press("r")
        await driver.shows("HPD-Agent does not promise to resume")


async def test_forks_of_a_dotnet_session_are_drawn() -> None:
    async with open_app(DOTNET / "af_dotnet") as driver:
        await driver.shows("session b5f72a1c · files of 2", "├─╮", "fork Writer", "answered yes → Approval")
        await driver.shows("tenant/42:chat")


async def test_several_stores_are_one_list_with_a_heading_for_each() -> None:
    app = CkptApp(open_stores([DOTNET / "hpd_hosted", DOTNET / "af_dotnet"]))
    async with app.run_test(size=NORMAL, notifications=True) as pilot:
        driver = Driver(app, pilot)
        await driver.settled()
        await driver.shows("▌ hpd_hosted · 1 run", "▌ af_dotnet · 2 runs", "several", "17 checkpoints")
        await driver.press("f")
        await driver.type("answered")
        await driver.press("enter")
        await driver.until(lambda: "hpd_hosted ·" not in driver.text, "only rows that match, under their store")
        await driver.shows("▌ af_dotnet", "answered yes → Approval")


async def test_a_run_of_hpd_goes_on_live(tmp_path: Path) -> None:
    copy = tmp_path / "store"
    shutil.copytree(DOTNET / "hpd_hosted", copy)
    [last] = (copy / "checkpoints").rglob("*ad13b0b2*")
    async with open_app(copy) as driver:
        await driver.shows("waits review")
        top = json.loads(last.read_text(encoding="utf-8"))
        top |= {"checkpointId": "f" * 32, "completedNodes": [*top["completedNodes"], "review"]}
        top["metadata"] = {"trigger": "IterationCompleted", "iterationIndex": 2, "completedLayer": 1}
        top["currentIteration"] = 2
        later = last.with_name(f"00639200592500000000-{'f' * 32}.checkpoint.json")
        later.write_text(json.dumps(top), encoding="utf-8")
        await driver.until(lambda: driver.screen.list.view.checkpoints == 4, "the next checkpoint")
        nodes = driver.screen.list.view.runs[0].nodes
        labels = [node.ref.store_metadata.label for node in nodes if node.ref.store_metadata]
        assert labels[2:] == ["write · review answered later", "review"]
        await driver.until(lambda: "waits" not in driver.text, "nothing waits")


def test_the_stores_of_the_corpus_have_kinds_of_their_own() -> None:
    kinds = {
        name.name: open_store(name).kind for name in DOTNET.iterdir() if name.is_dir() and name.name != "hpd_events"
    }
    assert set(kinds.values()) == {"hpd", "agent-framework-dotnet"}


LANGGRAPH = DATA / "langgraph" / "1.2.24"


async def test_a_thread_of_langgraph_that_waits_is_shown_with_what_it_asks() -> None:
    async with open_app(LANGGRAPH / "subgraph.sqlite") as driver:
        await driver.shows("thread paused", "waits research", "└ research", "…above")
        runs = driver.screen.list.view.runs
        driver.screen.list.select(runs[0].nodes[-1].ref.file)
        driver.screen.panes.detail.pick("pending")
        await driver.shows("research", "fact about TEA")
        inner = next(run for run in runs if run.above)
        driver.screen.list.select(inner.nodes[0].ref.file)
        await driver.press("r")
        await driver.shows("a step of a graph within the graph")


async def test_a_chat_of_langgraph_reads_as_a_conversation_and_its_graph_is_learned() -> None:
    async with open_app(LANGGRAPH / "messages.sqlite") as driver:
        await driver.shows("thread chat-1")
        driver.screen.panes.detail.pick("talk")
        await driver.shows("Be brief.", "lookup(", "It is sunny.")
        driver.screen.panes.detail.pick("graph")
        await driver.shows("__start__", "model", "tools")


async def test_a_thread_of_langgraph_goes_on_live(tmp_path: Path) -> None:
    connection = save_two(tmp_path / "memory.db")
    async with open_app(tmp_path / "memory.db") as driver:
        await driver.shows("thread t", "start")
        last = checkpoint_id(1, 0)
        write(connection, last, "task-1", -3, "__interrupt__", [{"value": "Go on?", "id": "q"}], node="count")
        await driver.shows("waits count")
        save(connection, 2, last, values={"n": 1}, seen={"count": {"branch:to:count": "2"}})
        await driver.until(lambda: driver.screen.list.view.checkpoints == 3, "the next checkpoint")
        await driver.until(lambda: "waits" not in driver.text, "nothing waits")
    connection.close()


async def test_the_outcomes_of_two_answers_to_a_thread_of_langgraph_are_compared() -> None:
    async with open_app(with_forks(open_store(DATA / "langgraph" / "answered-twice" / "orders.sqlite"))) as driver:
        (run,) = driver.screen.list.view.runs
        driver.screen.list.select(next(node.ref.file for node in run.nodes if node.ref.iteration == 1))
        await driver.press("A")
        await driver.shows('"answered yes"', '"answered no"', '"shipped 12.5 for ada"', '"refused 12.5 for ada"')
