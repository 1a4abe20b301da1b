"""The bundle: checkpoints in one file of inert JSON, which opens again as a store (docs/export.md).

An entry holds the header of a checkpoint (`ref`), its parts as the document of `show` has them, and the graph
of its workflow where the store knew it. Secrets are masked and names of the machine are out before an entry is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ckpt_tui.core.model import PARTS, Checkpoint, CheckpointRef, Facts, StoreMetadata
from ckpt_tui.core.reading.from_json import from_json
from ckpt_tui.core.redact import masked
from ckpt_tui.core.times import parse_time
from ckpt_tui.core.topology import Topology, TopologyEdge, TopologyNode

SCHEMA = "ckpt-tui/bundle@1"

SIGN = b'"schema": "ckpt-tui/bundle@1"'
"""The text in the first hundred bytes of each bundle."""


class BundleFault(Exception):
    """An entry that is not a checkpoint; the reason is for people."""


def entry(checkpoint: Checkpoint, document: Mapping[str, Any], ref: CheckpointRef) -> dict[str, Any]:
    """The entry of one checkpoint.

    Args:
        checkpoint: The checkpoint.
        document: Its document as `show` makes it.
        ref: Its place in the list, with the facts of its body.
    """
    made: dict[str, Any] = {
        "ref": masked(ref_entry(ref)),
        **{part: document[part] for part in PARTS},
        "warnings": list(checkpoint.warnings),
        "faults": list(checkpoint.faults),
        "complete": document["complete"],
    }
    if checkpoint.topology is not None:
        made["graph"] = graph_entry(checkpoint.topology)
    return made


def ref_entry(ref: CheckpointRef) -> dict[str, Any]:
    """The header of a checkpoint with its facts."""
    made: dict[str, Any] = ref._asdict()
    del made["when"]
    made["facts"] = None if ref.facts is None else {**ref.facts._asdict(), "sources": list(ref.facts.sources)}
    if ref.facts is not None:
        made["facts"]["askers"] = list(ref.facts.askers)
    made["store_metadata"] = None if ref.store_metadata is None else ref.store_metadata._asdict()
    if ref.store_metadata is not None and ref.store_metadata.ran is not None:
        made["store_metadata"]["ran"] = list(ref.store_metadata.ran)
    return {name: value for name, value in made.items() if value is not None or name == "parent"}


def graph_entry(topology: Topology) -> dict[str, Any]:
    """The graph of a workflow."""
    return {
        "nodes": [list(node) for node in topology.nodes],
        "edges": [list(edge) for edge in topology.edges],
        "start": topology.start,
    }


# -- and back ----------------------------------------------------------------------------------------------------------


def read_ref(document: Any, number: int) -> CheckpointRef:
    """The checkpoint of an entry as the list shows it.

    Args:
        document: The entry.
        number: Its place in the bundle, from 0.

    Raises:
        BundleFault: it is not an entry.
    """
    ref = document.get("ref") if isinstance(document, dict) else None
    if not isinstance(ref, dict) or not _text(ref, "id"):
        raise BundleFault("it has no ref with an id")
    name, timestamp, parent = _text(ref, "id"), _text(ref, "timestamp"), ref.get("parent")
    return CheckpointRef(
        name, _text(ref, "file") or f"{name}.json", _text(ref, "workflow"), _text(ref, "graph"),
        parent if isinstance(parent, str) else None, timestamp, parse_time(timestamp), _number(ref, "iteration"),
        _number(ref, "size"), _facts(ref.get("facts")), _text(ref, "note"), _text(ref, "inner"), _text(ref, "chain"),
        _number(ref, "position") if "position" in ref else number, _metadata(ref.get("store_metadata")),
        ref.get("carries_answers") is True,
    )  # fmt: skip


def read_checkpoint(document: dict[str, Any], ref: CheckpointRef, raw: bytes) -> Checkpoint:
    """The checkpoint of an entry, decoded."""
    messages, state, pending, metadata = (from_json(document.get(part)) for part in PARTS)
    warnings, faults = (_texts(document.get(name)) for name in ("warnings", "faults"))
    if document.get("complete") is False:
        warnings = (*warnings, "values were cut when this copy was made")
    return Checkpoint(
        ref, messages, state, pending, metadata, warnings, faults, raw, _topology(document.get("graph")), is_bare=True
    )


def _facts(found: Any) -> Facts | None:
    if not isinstance(found, dict):
        return None
    sources, askers = (_texts(found.get(name)) for name in ("sources", "askers"))
    messages, pending = _number(found, "messages"), _number(found, "pending")
    return Facts(messages, pending, sources, askers, found.get("edges") is True, _text(found, "gist"))


_ROLES = ("entry", "superstep", "waiting", "response", "final", "edited", "forked", "failed")
_STATUS = ("waiting", "open", "done", "failed", "unknown")


def _metadata(found: Any) -> StoreMetadata | None:
    if not isinstance(found, dict):
        return None
    role, status, step, ran = (found.get(name) for name in ("role", "status", "step", "ran"))
    return StoreMetadata(
        _text(found, "run"), _text(found, "title"), _text(found, "label"),
        role if role in _ROLES else None, status if status in _STATUS else None,
        step if type(step) is int else None, _text(found, "before"),
        _texts(ran) if isinstance(ran, list) else None, _text(found, "above"), _text(found, "store"),
        found.get("has_file_time") is True, _text(found, "did"), _text(found, "framework"),
    )  # fmt: skip


def _topology(found: Any) -> Topology | None:
    if not isinstance(found, dict):
        return None
    nodes = [_texts(one)[:3] for one in _list(found.get("nodes"))]
    edges = [_texts(one)[:4] for one in _list(found.get("edges"))]
    kinds = ("direct", "fan-out", "fan-in")
    return Topology(
        tuple(TopologyNode(*one) for one in nodes if one),
        tuple(TopologyEdge(*one) for one in edges if len(one) == 4 and one[2] in kinds),  # type: ignore[arg-type]
        _text(found, "start"),
    )


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    return value if isinstance(value, str) else ""


def _number(found: Mapping[str, Any], name: str) -> int:
    value = found.get(name)
    return value if type(value) is int and abs(value) < 1 << 63 else 0


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(text for text in _list(value) if isinstance(text, str))
