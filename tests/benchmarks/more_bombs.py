"""Documents that ask for much in the whole of `show`, though each stage by itself is quick: the worst of many tried."""

from __future__ import annotations

from collections.abc import Callable
from struct import pack
from typing import Any

from tests.benchmarks.checkpoints import checkpoint
from tests.core.bombs import CLASS, call, chat, large_map, memoized, sharing, text

_BEGIN = b"\x80\x05"


def _of_pickle(data: Callable[[], bytes]) -> Callable[[], dict[str, Any]]:
    return lambda: checkpoint(data())


def _of_parts(**parts: Any) -> dict[str, Any]:
    return checkpoint(b"N.") | {"state": {}} | parts


def _approvals() -> bytes:
    request = text("type") + text("function_approval_request") + text("function_call")
    return sharing(large_map(5_000), chat(b"](}(" + request + call(b"h\x00") + b"ue"), 20_000)


def _getattrs() -> bytes:
    return _BEGIN + memoized(b"cbuiltins\ngetattr\n") + b"0](" + b"".join(
        b"h\x00" + CLASS + text(f"n{i}") + b"\x86R" for i in range(90_000)
    ) + b"e."  # fmt: skip


MORE_BOMBS: dict[str, Callable[[], dict[str, Any]]] = {
    "a text of different assignments": _of_pickle(
        lambda: text("".join(f"k{i}={i};" for i in range(380_000))) + b"."
    ),
    "a text full of secrets": _of_pickle(lambda: text("password=hunter2 " * 290_000) + b"."),
    "a text of options": _of_pickle(lambda: text("--password x " * 380_000) + b"."),
    "a text of headers": _of_pickle(lambda: text("Authorization: Bearer abcdefgh12 " * 150_000) + b"."),
    "very many getattr": _of_pickle(_getattrs),
    "very many classes": _of_pickle(
        lambda: _BEGIN + b"](" + b"".join(b"cm%d\nC\n" % i for i in range(280_000)) + b"e."
    ),
    "classes with hundreds of dots": _of_pickle(
        lambda: _BEGIN + b"](" + b"".join(
            text("m") + text("A." * 200 + f"B{i}") + b"\x93" for i in range(12_000)
        ) + b"e."
    ),
    "floats of many digits": _of_pickle(
        lambda: _BEGIN + b"](" + b"".join(b"G" + pack(">d", i / 7) for i in range(550_000)) + b"e."
    ),
    "approvals that share a call": _of_pickle(_approvals),
    "very many sources": lambda: _of_parts(
        messages={f"e{i}": [{"source_id": f"e{i}", "target_id": f"e{i + 1}", "data": "x"}] for i in range(40_000)}
    ),
    "very many messages of one source": lambda: _of_parts(
        messages={"a": [{"source_id": "a", "target_id": None, "data": {"n": i}} for i in range(60_000)]}
    ),
    "very many executors": lambda: _of_parts(state={"_executor_state": {f"e{i}": {"n": i} for i in range(70_000)}}),
    "very many requests": lambda: _of_parts(pending_request_info_events={
        f"r{i}": {
            "type": "request_info", "request_id": f"r{i}", "source_executor_id": f"e{i}", "request_type": "m:R",
            "response_type": "builtins:str", "data": {"q": "x"},
        } for i in range(16_000)
    }),
    "very many steps with results": lambda: _of_parts(
        state={"_step_cache": {f"step{i}::{i}": i for i in range(150_000)}}
    ),
    "very many keys of secrets": lambda: _of_parts(state={f"api_key_{i}": "x" for i in range(180_000)}),
    "very many names": lambda: _of_parts(state={f"{i}": 0 for i in range(215_000)}),
}  # fmt: skip
"""What it is → a checkpoint file of at most some 7 MB."""
