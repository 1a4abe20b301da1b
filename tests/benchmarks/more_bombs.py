"""Documents that ask for much in the whole of `show`, though each stage by itself is quick: the worst of many tried."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable
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


def _list(items: Iterable[bytes]) -> bytes:
    return b"](" + b"".join(items) + b"e"


def _attachment(number: int) -> bytes:
    uri = text("type") + text("data") + text("uri") + text(f"data:image/png;base64,{'A' * 40}{number}")
    return b"}(" + uri + text("media_type") + text("image/png") + b"u"


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
    "a message of many attachments": _of_pickle(
        lambda: _BEGIN + _list([chat(_list(map(_attachment, range(34_000))))]) + b"."
    ),
    "different halves of characters": _of_pickle(
        lambda: _list(text(f"\ud800{i}") for i in range(300_000)) + b"."
    ),
    "numbers that JSON lacks between others": _of_pickle(
        lambda: _list(b"G" + pack(">d", i / 7) + b"G" + pack(">d", float("nan")) for i in range(240_000)) + b"."
    ),
    "sets of tuples": _of_pickle(
        lambda: _list(
            b"\x8f(" + b"".join(b"K" + bytes([j]) + b"K\x02\x86" for j in range(8)) + b"\x90" for _ in range(60_000)
        ) + b"."
    ),
    "objects thirty deep": _of_pickle(
        lambda: _BEGIN + memoized(CLASS) + b"0"
        + _list([(b"h\x00)\x81}" + text("next")) * 30 + b"N" + b"sb" * 30] * 6_000) + b"."
    ),
    "names of classes of their own": _of_pickle(
        lambda: _list(b"cm%d\nC\nK\x01K\x02\x86\x81" % (i % 5_000) for i in range(150_000)) + b"."
    ),
    "keys of URLs": lambda: _of_parts(state={"_step_cache": {f"http://h/{i}?a=b": i for i in range(150_000)}}),
    "keys that are not ASCII": _of_pickle(
        lambda: b"}(" + b"".join(text(f"ü{i}") + b"N" for i in range(300_000)) + b"u."
    ),
    "small mappings of names of secrets": _of_pickle(
        lambda: _list(b"}" + text(f"api_key_{i}") + text("x") + b"s" for i in range(150_000)) + b"."
    ),
    "small mappings of different names": _of_pickle(
        lambda: _list(b"}" + text(f"n{i}") + text("x") + b"s" for i in range(200_000)) + b"."
    ),
    "pickles of classes of their own": lambda: _of_parts(state=[
        {
            "__pickled__": b64encode(text("m") + text(f"C{i}") + b"\x93)\x81.").decode(), "__type__": f"m:C{i}",
        } for i in range(60_000)
    ]),
    "dates": _of_pickle(
        lambda: _list(
            b"cdatetime\ndatetime\nC\n\x07\xea\x01\x01\0\0\0" + i.to_bytes(3, "big") + b"\x85R"
            for i in range(100_000)
        ) + b"."
    ),
    "arguments of a run": lambda: _of_parts(
        state={"_workflow_run_kwargs": {f"k{i}": [i, f"t{i}"] for i in range(100_000)}}
    ),
}  # fmt: skip
"""What it is → a checkpoint file of at most some 7 MB."""
