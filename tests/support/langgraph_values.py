"""Reads stored values twice, with LangGraph's own serializer and inertly: `python langgraph_values.py DATABASE…`.

A release of LangGraph runs it, in an environment where the types exist: this program has those that the databases name,
and first writes a thread of its own with every type that the serializer knows. Prints JSON: how many values were
compared, and each that is not the same.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import importlib
import ipaddress
import json
import math
import pathlib
import re
import sqlite3
import sys
import tempfile
import uuid
from contextlib import closing
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import StateGraph
from langgraph.types import Send, interrupt
from pydantic import BaseModel, SecretBytes, SecretStr
from typing_extensions import TypedDict

from ckpt_tui.core.documents.envelope import resolve as resolved
from ckpt_tui.core.msgpack.serialized import decode, is_closed
from ckpt_tui.core.value import Map, Obj, Ref, SetOf


class Colour(enum.Enum):
    RED = "red"


class Number(enum.IntEnum):
    ONE = 1


class Order:
    """A class that databases name with different attributes."""

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)


@dataclasses.dataclass
class Line:
    number: int
    amount: decimal.Decimal
    placed: datetime.datetime | None = None


class Point(NamedTuple):
    x: int
    y: Any


class Customer(BaseModel):
    name: str
    api_key: str = "key"
    lines: list[Any] = []


class Account(BaseModel):
    owner: Customer
    password: SecretStr


VALUES = {
    "nothing": None, "truth": [True, False], "integers": [0, -1, 127, 128, -129, 2**31, -(2**63), 2**64 - 1],
    "floats": [0.5, math.inf, -math.inf, math.nan, 5e-324], "text": ["", "é — 🙂", "a" * 70_000],
    "bytes": [b"", b"\x00\xff", bytearray(b"ab")], "tuple": (1, (2, ())), "keys": {1: "one", None: 2, (1, 2): 3},
    "uuid": uuid.UUID(int=7), "decimal": decimal.Decimal("1.10"), "sets": [{1, 2}, frozenset({"a"}), {Colour.RED}],
    "deque": collections.deque([1, Point(1, [2])]), "enums": [Colour.RED, Number.ONE],
    "times": [
        datetime.datetime(2026, 1, 2, 3, 4, 5, 6), datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
        datetime.datetime(2026, 7, 2, tzinfo=ZoneInfo("Europe/Berlin")), datetime.date(2026, 1, 2),
        datetime.time(1, 2, 3, 4), datetime.time(1, tzinfo=datetime.UTC),
        datetime.timedelta(days=-1, microseconds=2), datetime.UTC,
        datetime.timezone(datetime.timedelta(hours=-3, minutes=-30)), ZoneInfo("UTC"),
    ],
    "path": pathlib.Path("/a/b"), "pure path": pathlib.PurePosixPath("c"), "pattern": re.compile("a+", re.IGNORECASE),
    "addresses": [ipaddress.ip_address("10.0.0.1"), ipaddress.ip_address("::1"), ipaddress.ip_network("10.0.0.0/8")],
    "objects": [Line(1, decimal.Decimal(2), datetime.datetime(2026, 1, 1)), Point(1, {"a": Colour.RED})],
    "models": [Customer(name="Ada", lines=[1]), Account(owner=Customer(name="Bo"), password=SecretStr("p"))],
    "secrets": [SecretStr("s"), SecretBytes(b"s")], "send": Send("node", {"a": (1, 2)}),
    "messages": [
        HumanMessage("hi", id="1"), AIMessage("", tool_calls=[{"name": "look", "args": {"a": [1]}, "id": "call"}]),
        ToolMessage("done", tool_call_id="call", artifact={"at": datetime.date(2026, 1, 1)}),
        AIMessage([{"type": "text", "text": "x"}], usage_metadata={
            "input_tokens": 1, "output_tokens": 2, "total_tokens": 3}),
    ],
    "deep": [[[[[{"a": [{"b": {"c": [Point(1, 2)]}}]}]]]]],
}  # fmt: skip


unknown: list[str] = []
"""What the release that runs this does not know."""


class State(TypedDict, total=False):
    value: Any


def write_own(path: str) -> list[str]:
    """A thread with all values that the release can store, and an interrupt; returns the names of those it cannot."""
    serializer = JsonPlusSerializer()
    kept, refused = {}, []
    for name, value in VALUES.items():
        try:
            serializer.dumps_typed(value)
            kept[name] = value
        except Exception:
            refused.append(name)
    builder = StateGraph(State)
    builder.add_node("keep", lambda state: {"value": kept})
    builder.add_node("ask", lambda state: interrupt(kept))
    builder.add_edge("__start__", "keep")
    builder.add_edge("keep", "ask")
    with closing(sqlite3.connect(path, check_same_thread=False)) as connection:
        graph = builder.compile(checkpointer=SqliteSaver(connection))
        graph.invoke({"value": None}, {"configurable": {"thread_id": "all"}})
    return refused


def named(name: str) -> Any:
    """What `module:qualname` names."""
    module, _, qualname = name.partition(":")
    found: Any = importlib.import_module(module)
    for part in qualname.split("."):
        found = getattr(found, part)
    return found


def difference(ours: Any, theirs: Any, at: str = "") -> str:
    """Where an inert value and a real one are not the same; "" where they are."""
    ours = resolved(ours)
    if isinstance(theirs, BaseModel) and isinstance(ours, (dict, Map)):  # within a model, models are stored as mappings
        return difference(ours, theirs.model_dump(), at)
    if isinstance(ours, Obj):
        return _of_object(ours, theirs, at)
    if isinstance(ours, Map):
        ours = dict(zip(map(_key, ours.kv[::2]), ours.kv[1::2], strict=True))
    if isinstance(ours, SetOf):
        is_same = type(theirs) is (frozenset if ours.frozen else set) and set(map(real, ours.items)) == theirs
        return "" if is_same else f"{at}: another set"
    if isinstance(ours, Ref):
        return "" if named(ours.name) is theirs else f"{at}: {ours.name} is not {theirs!r}"
    if type(ours) is not type(theirs):
        return f"{at}: {type(ours).__name__} is not {type(theirs).__name__}"
    if isinstance(ours, dict):
        if ours.keys() != theirs.keys():
            return f"{at}: other keys"
        return next(filter(None, (difference(each, theirs[key], f"{at}.{key}") for key, each in ours.items())), "")
    if isinstance(ours, (list, tuple)):
        if len(ours) != len(theirs):
            return f"{at}: {len(ours)} and {len(theirs)} values"
        pairs = enumerate(zip(ours, theirs, strict=True))
        return next(filter(None, (difference(*pair, f"{at}[{number}]") for number, pair in pairs)), "")
    is_nan = isinstance(ours, float) and math.isnan(ours) and math.isnan(theirs)
    return "" if is_nan or ours == theirs else f"{at}: {ours!r} is not {theirs!r}"


def _key(value: Any) -> Any:
    found = real(value)
    return tuple(found) if isinstance(found, list) else found


def _is_unknown(name: str) -> bool:
    """Whether a class is one of another release of LangGraph."""
    try:
        return name.startswith("langgraph") and named(name) is None
    except (ImportError, AttributeError):
        return True


def _of_object(ours: Obj, theirs: Any, at: str) -> str:
    state = resolved(ours.state)
    if _is_unknown(ours.cls.name):
        unknown.append(ours.cls.name)
        return ""
    if ours.how == "call" or not isinstance(state, Map):
        found = real(ours)
        is_same = type(found) is type(theirs) and (found == theirs or repr(found) == repr(theirs))
        return "" if is_same else f"{at}: {found!r} is not {theirs!r}"
    if named(ours.cls.name) is not type(theirs):
        return f"{at}: {ours.cls.name} is not {type(theirs)!r}"
    is_own = ours.cls.name.startswith("langgraph")  # whose releases give it other attributes
    pairs = [
        (name, each) for name, each in zip(state.kv[::2], state.kv[1::2], strict=True)
        if hasattr(theirs, name) or not is_own
    ]  # fmt: skip
    return next(filter(None, (difference(each, getattr(theirs, name), f"{at}.{name}") for name, each in pairs)), "")


def real(value: Any) -> Any:
    """The real value that an inert one describes."""
    value = resolved(value)
    if isinstance(value, (list, tuple)):
        return type(value)(map(real, value))
    if isinstance(value, Map):
        return dict(zip(map(real, value.kv[::2]), map(real, value.kv[1::2]), strict=True))
    if isinstance(value, dict):
        return {name: real(each) for name, each in value.items()}
    if isinstance(value, SetOf):
        return (frozenset if value.frozen else set)(map(real, value.items))
    if isinstance(value, Ref):
        return named(value.name)
    if not isinstance(value, Obj):
        return value
    cls = named(value.cls.name)
    args = tuple(map(real, value.args))
    made = cls(*args, **(real(value.state if value.has_state else value.kwargs) or {}))
    if value.items:
        made.extend(map(real, value.items))
    return made


def compared(path: str) -> tuple[int, int, list[str]]:
    """Of a database how many values are the same, how many nobody can read without a key, and those that differ."""
    serializer = JsonPlusSerializer(pickle_fallback=True)
    same = closed = 0
    others = []
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
        rows = connection.execute(
            "SELECT 'checkpoint ' || checkpoint_id, type, checkpoint FROM checkpoints"
            " UNION ALL SELECT 'write ' || checkpoint_id || ' ' || channel, type, value FROM writes"
        ).fetchall()
    for name, encoding, data in rows:
        if is_closed(encoding):
            closed += 1
            continue
        found = decode(encoding, data)
        try:
            wrong = found.fault or difference(found.value, serializer.loads_typed((encoding, data)))
        except Exception as error:
            wrong = f"{type(error).__name__}: {error}"
        if wrong:
            others.append(f"{path} {name}: {wrong[:300]}")
        else:
            same += 1
    return same, closed, others


def main(paths: list[str]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        own = f"{directory}/own.sqlite"
        refused = write_own(own)
        found = {path: compared(path) for path in (*paths, own)}
    print(json.dumps({
        "same": {path.rpartition("/")[2]: each[0] for path, each in found.items()},
        "closed": sum(each[1] for each in found.values()),
        "others": [line for each in found.values() for line in each[2]],
        "refused": refused, "unknown": sorted(set(unknown)),
    }))  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
