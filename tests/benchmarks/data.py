"""Stores for the benchmarks: files the framework wrote, with new ids, parents and times, in long chains with forks.

A body is taken over byte for byte but for its conversation, which goes on with the same pickled messages, as a chat
does, until the file has the size asked for. So a file of 20 KB holds as many pickles as a real one.
"""

from __future__ import annotations

import base64
import copy
import json
import os
import pickle
import random
import re
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

SAMPLES = Path(__file__).parent.parent / "data" / "agent-framework" / "1.23.0"
WORKFLOW = "GroupChat"
RUN_LENGTH = 100
"""Checkpoints of a run without its forks: the framework's own limit of iterations."""
FORK_AT = 60
"""Where every second run has a fork."""
START = datetime(2026, 3, 1, 8, 0, 0, 250_000, tzinfo=UTC)

_END_OF_HEADER = b'\n  "messages": '


class Written(NamedTuple):
    """One checkpoint of a generated store."""

    id: str
    parent: str | None


def write_store(directory: Path, count: int, size: int = 20_000, scenario: str = "orch_groupchat") -> list[Written]:
    """Write `count` checkpoints of about `size` bytes; returns them in the order of their time."""
    directory.mkdir(parents=True, exist_ok=True)
    bodies = raw_bodies(scenario, size)
    head = json.loads(documents(scenario)[0])
    written = []
    for number, (node, depth) in enumerate(chains(count)):
        # The first steps as recorded; then four in the middle again and again, as a chat goes on.
        at = depth if depth < 5 else min(5 + depth % 4, len(bodies) - 1)
        content = header(node, START + timedelta(seconds=number), head) + bodies[at](depth)
        (directory / f"{node.id}.json").write_bytes(content)
        written.append(node)
    return written


def write_parentless(directory: Path, count: int, size: int = 13_000) -> None:
    """Write the same store as Agent Framework 1.9 and older do after each resume: no checkpoint names its parent."""
    for node in write_store(directory, count, size):
        path = directory / f"{node.id}.json"
        named = json.dumps(node.parent).encode()
        path.write_bytes(path.read_bytes().replace(b'_id": ' + named, b'_id": null', 1))


def write_chain(directory: Path, count: int, size: int = 20_000, unique: bool = False) -> list[Written]:
    """Write one branch of `count` checkpoints of about `size` bytes: a group chat that goes on and on.

    Its `round_index` differs in every checkpoint, `state.draft`, a pickled tuple, in every 25th, `state.topic` in none.

    Args:
        directory: Where.
        count: How many.
        size: Bytes of each.
        unique: Every message of the chat is another in every checkpoint; else it repeats what was said, as chats do.
    """
    directory.mkdir(parents=True, exist_ok=True)
    document = json.loads(documents("orch_groupchat")[4])
    head = dict(document)
    document["state"] |= {"topic": "coffee or tea", "draft": {"__pickled__": "@draft@", "__type__": "builtins:tuple"}}
    _lengthen(document, size - len(json.dumps(document, indent=2)))
    orchestrator = document["state"]["_executor_state"]["group_chat_orchestrator"]
    orchestrator["round_index"] = "@round@"
    body = _Body(document)
    ids = random.Random(2)
    written: list[Written] = []
    for number in range(count):
        node = Written(str(uuid.UUID(int=ids.getrandbits(128), version=4)), written[-1].id if written else None)
        draft = pickle.dumps((f"draft {number // 25}", number // 25, ["a tag"] * 3), protocol=5)
        content = header(node, START + timedelta(seconds=number), head) + body(number)
        content = content.replace(b'"@round@"', b"%d" % number).replace(b"@draft@", base64.b64encode(draft))
        if unique:
            content = _with_other_texts(content, number)
        (directory / f"{node.id}.json").write_bytes(content)
        written.append(node)
    return written


def write_chat(directory: Path, count: int, rounds: int = 8) -> list[Written]:
    """Write one branch of `count` checkpoints of 20 KB on average: a group chat in which each step says something new.

    The orchestrator and an agent take turns. Whoever ran has one message more than before and one in flight; after so
    many rounds the conversation begins anew, so that the files grow from 5 KB to 33.
    """
    directory.mkdir(parents=True, exist_ok=True)
    recorded = [json.loads(content) for content in documents("orch_groupchat")]
    asks, answers = recorded[3], {"alice": recorded[6], "bob": recorded[4]}
    said = recorded[4]["state"]["_executor_state"]["bob"]["full_conversation"][1]["__pickled__"]
    states = copy.deepcopy(recorded[1]["state"]["_executor_state"])
    ids = random.Random(3)
    written: list[Written] = []
    for number in range(count):
        turn, is_answer = divmod(number, 2)
        agent = ("alice", "bob")[turn % 2]
        message = {"__pickled__": _reworded(said, turn), "__type__": "agent_framework._types:Message"}
        orchestrator = states["group_chat_orchestrator"]
        if is_answer:
            states[agent]["full_conversation"] = [*orchestrator["conversation"], message]
        else:
            orchestrator["conversation"] = [*orchestrator["conversation"][: turn % rounds], message]
            orchestrator["round_index"] = turn
        document = copy.deepcopy(answers[agent] if is_answer else asks)
        for items in document["messages"].values():
            for item in items:
                item["__pickled__"] = _reworded(item["__pickled__"], number)
        document["state"] |= {"topic": "coffee or tea", "_executor_state": states}
        node = Written(str(uuid.UUID(int=ids.getrandbits(128), version=4)), written[-1].id if written else None)
        content = header(node, START + timedelta(seconds=number), document) + _Body(document)(number)
        (directory / f"{node.id}.json").write_bytes(content)
        written.append(node)
    return written


def _reworded(pickled: str, number: int) -> str:
    """The same pickle with other words of the same length."""
    return base64.b64encode(_SAID.sub(b"%07d" % number, base64.b64decode(pickled))).decode()


_PICKLED = re.compile(rb'"__pickled__": "([^"]*)"')
_SAID = re.compile(rb"I think|A or B\?")


def _with_other_texts(content: bytes, number: int) -> bytes:
    """The same file with other words of the same length in every pickle, so that none comes twice."""
    places = iter(range(1_000_000))

    def other(found: re.Match[bytes]) -> bytes:
        data = base64.b64decode(found[1])
        word = b"%04x%03x" % (number & 0xFFFF, next(places) & 0xFFF)
        return b'"__pickled__": "' + base64.b64encode(_SAID.sub(word, data)) + b'"'

    return _PICKLED.sub(other, content)


def write_huge(directory: Path, size: int, topic: str = "coffee or tea", scenario: str = "orch_groupchat") -> Path:
    """Write one checkpoint of about `size` bytes: a pickle with 40 % of them, the conversations with the rest.

    The framework writes texts as they are, in UTF-8; `topic` is one in the state. A single character beyond the others
    makes the whole file a text of two or four bytes a character for whoever reads it as one text.
    """
    directory.mkdir(parents=True, exist_ok=True)
    document = max((json.loads(content) for content in documents(scenario)), key=lambda found: len(str(found)))
    text = "What was said so far, in the words of whoever said it. " * 10
    turns = [{"author": "alice", "number": number, "text": f"{number}. {text}"} for number in range(size // 1900)]
    pickled = base64.b64encode(pickle.dumps(turns, protocol=5)).decode()
    document["state"]["archive"] = {"__pickled__": pickled, "__type__": "builtins:list"}
    document["state"]["topic"] = topic
    _lengthen(document, size - len(pickled))
    path = directory / f"{document['checkpoint_id']}.json"
    with path.open("w", encoding="utf-8") as file:
        json.dump(document, file, indent=2, ensure_ascii=False)
    return path


def header(node: Written, moment: datetime, head: dict[str, Any]) -> bytes:
    """The header lines of a checkpoint, as `json.dump(indent=2)` writes them."""
    fields = {
        "workflow_name": head["workflow_name"],
        "graph_signature_hash": head["graph_signature_hash"],
        "checkpoint_id": node.id,
        "previous_checkpoint_id": node.parent,
        "timestamp": moment.isoformat(),
    }
    return json.dumps(fields, indent=2)[:-2].encode() + b","


def save(directory: Path, node: Written, size: int = 20_000, scenario: str = "orch_groupchat") -> float:
    """Write one more checkpoint as the framework does: a hidden temporary file, moved into place whole.

    Returns:
        The moment of the move (`time.perf_counter`).
    """
    head = json.loads(documents(scenario)[0])
    content = header(node, datetime.now(UTC), head) + raw_bodies(scenario, size)[1](1)
    temporary = directory / f".maf-ckpt-{uuid.uuid4().hex}.tmp"
    temporary.write_bytes(content)
    moment = time.perf_counter()
    os.replace(temporary, directory / f"{node.id}.json")
    return moment


def chains(count: int, length: int = RUN_LENGTH) -> Iterator[tuple[Written, int]]:
    """Checkpoints with their depth, parents first: runs of `length`, every second one with a fork."""
    ids = random.Random(1)  # the same store in every run of the benchmark
    made = 0
    run = 0
    while made < count:
        chain: list[Written] = []
        lengths = [(0, length)] + ([(FORK_AT, length)] if run % 2 else [])
        for start, end in lengths:
            parent = chain[start - 1].id if start else None
            for depth in range(start, end):
                if made == count:
                    return
                node = Written(str(uuid.UUID(int=ids.getrandbits(128), version=4)), parent)
                chain.append(node)
                parent = node.id
                made += 1
                yield node, depth
        run += 1


def documents(scenario: str) -> list[bytes]:
    """The files of a recorded scenario by time."""
    contents = [path.read_bytes() for path in (SAMPLES / scenario).glob("*.json")]
    return sorted(contents, key=lambda content: str(json.loads(content)["timestamp"]))


class _Body:
    """What comes below the header, for any iteration."""

    def __init__(self, document: dict[str, Any]) -> None:
        text = json.dumps(document, indent=2, ensure_ascii=False).encode()
        self.before, self.after = text[text.index(_END_OF_HEADER) :].rsplit(b'"iteration_count": ', 1)
        self.after = self.after[self.after.index(b",") :]

    def __call__(self, iteration: int) -> bytes:
        return self.before + b'"iteration_count": %d' % iteration + self.after


def raw_bodies(scenario: str, size: int) -> list[_Body]:
    bodies = []
    for content in documents(scenario):
        document = json.loads(content)
        _lengthen(document, size - len(content))
        bodies.append(_Body(document))
    return bodies


def _lengthen(document: dict[str, Any], missing: int) -> None:
    """Add to the conversation what its messages already say; a text where there is none."""
    executors = document["state"].get("_executor_state", {}).values()
    talks = [
        value
        for state in executors
        for value in state.values()
        if isinstance(value, list) and value and isinstance(value[0], dict) and "__pickled__" in value[0]
    ]
    if not talks:
        if missing > 0:
            document["state"]["notes"] = "What was said so far. " * (missing // 22)
        return
    while missing > 0:
        for talk in talks:
            talk.append(talk[len(talk) // 2])
            missing -= len(talk[-1]["__pickled__"]) + 110
