"""JMESPath over the JSON of `show`: what an expression needs of a checkpoint, and what it finds."""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType
from typing import Any

from ckpt_tui.core.model import PARTS
from ckpt_tui.core.paths import Path
from ckpt_tui.core.paths import parse as parse_path
from ckpt_tui.core.reading.lookup import LookupResult, shown
from ckpt_tui.core.text import clean
from ckpt_tui.errors import UsageError

_JMESPATH = "See https://jmespath.org."

_REASON = 300
"""Characters of the reason why an expression cannot be answered."""

"""First steps of the paths that lead to values; the rest of the document describes the checkpoint."""


class UnanswerableError(UsageError):
    """An expression cannot be evaluated on this document; on others it may be."""


class Expression:
    """A JMESPath expression.

    Attributes:
        text: As it was given.
        path: Its steps, where it is a plain path into one of `PARTS`; else None.
        needs: The paths it looks at, where all of them begin in one of `PARTS`; None where it needs the whole document.
        outlined: Those of them of whose lists only the length matters.

    Raises:
        UsageError: it is not a valid JMESPath expression.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        steps = parse_path(text)
        self.path: Path | None = steps if steps and steps[0] in PARTS else None
        self._compiled: Any = None
        if self.path is not None:
            self.needs: tuple[Path, ...] | None = (self.path,)
            self.outlined: frozenset[Path] = frozenset()
        else:
            self._compiled = _compiled(text)
            self.needs, self.outlined = _needs(self._compiled.parsed)

    def of(self, document: Any) -> Any:
        """The result of the expression on a document; numbers of Python, such as a Decimal, compare as numbers.

        Raises:
            UnanswerableError: this document has a value of another kind there than the expression takes.
            UsageError: it cannot be evaluated on any document.
        """
        if self._compiled is None:
            self._compiled = _compiled(self.text)
        interpreter = _evaluation().Interpreter()
        return _asked(lambda: interpreter.visit(self._compiled.parsed, document), "The query cannot be answered")


def evaluate(expression: str, document: Any) -> Any:
    """The result of a JMESPath expression on a document.

    Raises:
        UsageError: it is not a valid JMESPath expression, or cannot be evaluated.
    """
    return Expression(expression).of(document)


def is_true(value: Any) -> bool:
    """Whether JMESPath takes a value for true: all but null, false and what is empty; 0 is true."""
    return not (value is None or value is False or (isinstance(value, str | list | dict) and not value))


def outline(found: LookupResult, reveal: bool = False) -> Any:
    """The JSON of a value of which only the length matters: a list of nothing for a list, else as it is shown."""
    return [None] * len(found.value) if type(found.value) is list else shown(found, reveal)


def sparse(found: Iterable[tuple[Path, Any]]) -> dict[str, Any]:
    """The part of a document that holds these values at these paths of names, none of them within another."""
    document: dict[str, Any] = {}
    for path, value in found:
        here = document
        for step in path[:-1]:
            here = here.setdefault(str(step), {})
        here[str(path[-1])] = value
    return document


def _evaluation() -> ModuleType:
    """What compiles and evaluates expressions."""
    from ckpt_tui.actions import evaluation  # late: verbs without a query do not need jmespath

    return evaluation


def _compiled(text: str) -> Any:
    compile_expression = _evaluation().compile_expression
    return _asked(lambda: compile_expression(text), "Not a JMESPath expression")


def _asked(ask: Any, failure: str) -> Any:
    evaluation = _evaluation()
    try:
        return ask()
    except evaluation.NotComparableError as error:
        raise UnanswerableError(f"{failure}: {error}.", _JMESPATH) from None
    except evaluation.JMESPathError as error:
        reason = str(error).partition("\n")[0].removesuffix(", for expression:").rstrip(":.")
        # A function that was given the wrong value shows all of it.
        kind = UnanswerableError if isinstance(error, evaluation.JMESPathTypeError) else UsageError
        raise kind(f"{failure}: {clean(reason, _REASON)}.", _JMESPATH) from None
    except RecursionError:
        raise UsageError("The query, or the value that it reads, is nested too deeply.", _JMESPATH) from None
    except (TypeError, OverflowError) as error:  # what jmespath itself does not expect of values
        raise UnanswerableError(f"The query cannot be answered: {error}.", _JMESPATH) from None
    except ValueError as error:  # nor of the expression, such as a step of 0
        raise UsageError(f"The query cannot be answered: {error}.", _JMESPATH) from None


_HERE = frozenset((
    "comparator", "and_expression", "or_expression", "not_expression", "multi_select_list", "multi_select_dict",
    "key_val_pair", "function_expression",
))  # fmt: skip
"""Nodes whose children are evaluated on the same document as they are."""

_FIRST = frozenset((
    "subexpression", "index_expression", "pipe", "projection", "value_projection", "filter_projection", "flatten",
))  # fmt: skip
"""Nodes whose first child is evaluated on the document, and the others of what it finds."""


def _needs(tree: dict[str, Any]) -> tuple[tuple[Path, ...] | None, frozenset[Path]]:
    """The shortest paths of names from the root that a parsed expression needs; None for the whole document.

    The second result are those of which only the length counts.
    """
    found: set[Path] = set()
    whole: set[Path] = set()
    todo = [(tree, False)]
    while todo:
        node, is_outline = todo.pop()
        names, is_all = _names(node)
        if names:
            if names[0] not in PARTS:
                return None, frozenset()
            found.add(names)
            if not is_outline or not is_all:
                whole.add(names)
        elif node["type"] in _HERE:
            todo += [(child, _is_outline(node)) for child in node["children"]]
        elif node["type"] in _FIRST:
            *_, last = node["children"]
            is_given = node["type"] == "pipe" and [child["type"] for child in last["children"]] == ["current"]
            todo.append((node["children"][0], is_given and _is_outline(last)))
        elif node["type"] != "literal":
            return None, frozenset()
    if not found:
        return None, frozenset()
    needs = tuple(path for path in found if not any(path[:size] in found for size in range(1, len(path))))
    return needs, frozenset(path for path in needs if not any(one[: len(path)] == path for one in whole))


def _is_outline(node: dict[str, Any]) -> bool:
    """Whether a function uses only the length of a list."""
    return node["type"] == "function_expression" and node["value"] in ("length", "type")


def _names(node: dict[str, Any]) -> tuple[Path, bool]:
    """The chain of names that an expression begins with, none for others; and whether that is all of it."""
    if node["type"] == "field":
        return (node["value"],), True
    if node["type"] not in _FIRST or node["type"] == "pipe":
        return (), False
    steps: Path = ()
    for child in node["children"]:
        below, is_all = _names(child)
        steps += below
        if not is_all or node["type"] != "subexpression":
            return steps, False
    return steps, True
