"""Conversations that grow: whole verbs over one, memory after stepping through it, thousands of messages in flight."""

from __future__ import annotations

import base64
import json
import pickle
import random
import uuid
from datetime import timedelta
from pathlib import Path

from tests.benchmarks.data import START, Written, documents, header
from tests.benchmarks.figures import Figure, in_turns
from tests.benchmarks.peers import COMMAND, Programs
from tests.benchmarks.pty import Terminal
from tests.benchmarks.scale import PATIENCE, cpu_of

CHAT = 280
"""Checkpoints of a chat: the last has 3.2 MB, all together 450."""

LOADS = """
import base64, json, pathlib, pickle, sys
import agent_framework

def walk(value):
    if isinstance(value, dict):
        if "__pickled__" in value:
            pickle.loads(base64.b64decode(value["__pickled__"]))
        else:
            for member in value.values():
                walk(member)
    elif isinstance(value, list):
        for member in value:
            walk(member)

for path in pathlib.Path(sys.argv[1]).glob("*.json"):
    walk(json.loads(path.read_bytes()))
"""
"""The peer: every file parsed and every pickle loaded, which runs what is in them."""


def chat(directory: Path) -> list[Figure]:
    """Whole verbs over a chat that keeps all it said, to loading every pickle in it; and memory after stepping."""
    store = str(directory / "store")
    write_growing_chat(directory / "store", CHAT)
    programs = Programs(directory / "programs")
    path = "state._executor_state.bob.full_conversation"
    verbs = {
        "doctor": ("doctor", store),
        "ls --sizes": ("ls", store, "--sizes"),
        "history of its length": ("history", store, f"length({path})"),
        "find": ("find", store, "what nobody said"),
    }
    peer, *found = in_turns(
        lambda: cpu_of(programs.command(LOADS, store)),
        *((lambda args=args: cpu_of(programs.command(COMMAND, *args), (0, 1))) for args in verbs.values()),
        runs=1,
    )
    what = f"over a growing chat of {CHAT} checkpoints, to `pickle.loads` of all"
    figures = [
        Figure(f"CPU of `{name}` {what}", f"{ours:.2f} s", f"{peer:.2f} s", f"{ours / peer:.1f}×", "≤ 1.5×",
               ours <= 1.5 * peer)
        for name, ours in zip(verbs, found, strict=True)
    ]  # fmt: skip
    with Terminal(*programs(COMMAND, store), patience=PATIENCE) as terminal:
        terminal.wait_until(lambda text: f"{CHAT:,} checkpoints" in text)
        terminal.settle()
        for key in "k" * CHAT + "t" + "j" * CHAT:
            terminal.press(key)
            while terminal.read(0.05):
                pass
        terminal.settle()
        used = terminal.memory()
    figures.append(
        Figure("memory after stepping through it and back", f"{used:.0f} MB", "", "", "≤ 250 MB", used <= 250)
    )
    return figures


def write_growing_chat(directory: Path, count: int, size: int = 8_000) -> list[Written]:
    """Write one run of `count` checkpoints: a chat to which each adds a message of about `size` bytes, and keeps all.

    The messages are those of the framework, pickled one by one, as it writes them.
    """
    directory.mkdir(parents=True, exist_ok=True)
    document = json.loads(documents("orch_groupchat")[4])
    head = dict(document)
    said = document["state"]["_executor_state"]["bob"]["full_conversation"][1]
    original = base64.b64decode(said["__pickled__"])
    messages: list[dict[str, str]] = []
    written: list[Written] = []
    ids = random.Random(5)
    for number in range(count):
        words = f"{number:06} " + "what was said so far, in other words. " * (size // 38)
        # The text is the first long one of the pickle; its length precedes it.
        pickled = _with_text(original, words)
        messages.append(said | {"__pickled__": base64.b64encode(pickled).decode()})
        document["state"]["_executor_state"] = {"bob": {"full_conversation": messages}}
        text = json.dumps(document, indent=2, ensure_ascii=False).encode()
        body = text[text.index(b'\n  "messages": ') :]
        name = str(uuid.UUID(int=ids.getrandbits(128), version=4))
        node = Written(name, written[-1].id if written else None)
        content = header(node, START + timedelta(seconds=number), head) + body
        (directory / f"{node.id}.json").write_bytes(content)
        written.append(node)
    return written


def _with_text(pickled: bytes, words: str) -> bytes:
    """The pickle of a message with another text in the place of its own."""
    from agent_framework import Message

    message = pickle.loads(pickled)
    assert isinstance(message, Message)
    return pickle.dumps(Message(role=message.role, contents=[words], author_name=message.author_name), protocol=4)


IN_FLIGHT = 5_000


def graph(directory: Path) -> list[Figure]:
    """The tab of the graph, at a checkpoint with 5,000 messages in flight between two others with as many."""
    from agent_framework import WorkflowMessage

    store = directory / "store"
    store.mkdir(parents=True)
    head, document = json.loads(documents("loop")[0]), json.loads(documents("orch_groupchat")[4])
    kind = f"{WorkflowMessage.__module__}:{WorkflowMessage.__qualname__}"
    parent = None
    for step, (source, target) in enumerate((("one", "two"), ("two", "three"), ("three", "one"))):
        pickles = [
            pickle.dumps(WorkflowMessage(data=f"number {number}", source_id=source, target_id=target), protocol=4)
            for number in range(IN_FLIGHT)
        ]
        sent = [{"__pickled__": base64.b64encode(data).decode(), "__type__": kind} for data in pickles]
        text = json.dumps(document | {"messages": {source: sent}}, indent=2).encode()
        node = Written(str(uuid.UUID(int=step + 1)), parent)
        body = text[text.index(b'\n  "messages": ') :]
        (store / f"{node.id}.json").write_bytes(header(node, START + timedelta(seconds=step), head) + body)
        parent = node.id
    with Terminal(*Programs(directory / "programs")(COMMAND, str(store)), patience=PATIENCE) as terminal:
        terminal.wait_until(lambda text: "3 checkpoints" in text)
        terminal.settle()
        busy, held = terminal.cpu(), terminal.memory()
        terminal.press("\x1b[17~")  # F6
        terminal.wait_until(lambda text: f"×{IN_FLIGHT}" in text)
        terminal.settle()
        taken, more = terminal.cpu() - busy, terminal.memory() - held
    return [
        Figure(f"CPU of the graph with {IN_FLIGHT:,} messages in flight", f"{taken:.2f} s"),
        Figure("… memory", f"+{more:.0f} MB"),
    ]  # fmt: skip
