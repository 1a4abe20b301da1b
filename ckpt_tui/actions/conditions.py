"""Conditions on checkpoints: JMESPath expressions over the JSON of `show`, of which only what is asked for is made."""

from __future__ import annotations

from typing import Any

from ckpt_tui.core.envelope import resolve
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.plain import plain
from ckpt_tui.errors import UsageError

_PARTS = ("messages", "state", "pending", "metadata")


class Condition:
    """An expression that is true or false of a checkpoint.

    Args:
        text: JMESPath. As there, null, false and what is empty are false, all else is true.

    Raises:
        UsageError: it is no JMESPath.
    """

    def __init__(self, text: str) -> None:
        import jmespath
        from jmespath.exceptions import JMESPathError

        self.text = text
        try:
            self._compiled = jmespath.compile(text)
            self._asked = _asked(self._compiled.parsed)
        except (JMESPathError, RecursionError) as error:
            reason = str(error).partition("\n")[0] or "nested too deep"
            raise UsageError(f"Not a JMESPath expression: {reason}.", "For example: state.round > `3`") from None

    def holds(self, checkpoint: Checkpoint) -> bool:
        """Whether it is true of a checkpoint; what cannot be asked of it is false."""
        try:
            value = self._compiled.search(self._document(checkpoint))
        except Exception:  # jmespath raises its own, and Python's where types do not fit
            return False
        return not (value is None or value is False or (isinstance(value, str | list | dict) and not value))

    def _document(self, checkpoint: Checkpoint) -> dict[str, Any]:
        """As much of the document of `show` as the expression looks at."""
        from ckpt_tui.core.export import ref_document, show_document

        asked = self._asked
        if asked is None or not asked.keys() <= {*_PARTS, "checkpoint"}:
            return show_document(checkpoint, reveal=True)
        document: dict[str, Any] = {}
        for part, below in asked.items():
            if part == "checkpoint":
                document[part] = ref_document(checkpoint.ref)
                continue
            value = getattr(checkpoint, part)
            table = resolve(value)
            if below is None or type(table) is not dict:
                document[part] = plain(value)
            else:
                document[part] = {name: plain(table[name]) for name in below if name in table}
        return document


def _asked(node: Any) -> dict[str, set[str] | None] | None:
    """The parts that an expression looks at and the names below them; None for all of a part, or of everything.

    Args:
        node: The syntax tree of jmespath: nested {"type", "children", "value"}.
    """
    found: dict[str, set[str] | None] = {}
    todo: list[tuple[Any, bool]] = [(node, True)]
    while todo:
        here, at_root = todo.pop()
        kind = here["type"]
        if not at_root:
            continue
        chain = _chain(here)
        if chain is not None:
            part = chain[0]
            if len(chain) == 1:
                found[part] = None
            elif found.get(part, set()) is not None:
                found.setdefault(part, set()).add(chain[1])  # type: ignore[union-attr]
        elif kind in ("subexpression", "index_expression", "pipe", "projection", "filter_projection", "flatten",
                      "value_projection"):  # fmt: skip
            # Only the first child looks at the document; the others look at what it gives.
            first = here["children"][0]
            if first["type"] in ("identity", "current"):
                return None
            todo.append((first, True))
        elif kind in ("comparator", "and_expression", "or_expression", "not_expression", "function_expression",
                      "multi_select_list", "multi_select_dict", "key_val_pair"):  # fmt: skip
            todo += [(child, True) for child in here["children"]]
        elif kind != "literal":
            return None
    return found


def _chain(node: Any) -> list[str] | None:
    """The names at the beginning of `a.b.c[0].d`; None where the expression is anything else."""
    names: list[str] = []
    todo = [node]
    while todo:
        here = todo.pop()
        if here["type"] == "field":
            names.append(str(here["value"]))
        elif here["type"] in ("subexpression", "index_expression"):
            todo += reversed(here["children"])
        elif here["type"] == "index" and names:
            continue
        else:
            return None
    return names or None
