"""The result of `--query`."""

from __future__ import annotations

from typing import Any

from ckpt_tui.actions.expressions import evaluate
from ckpt_tui.core.json_text import dumps
from ckpt_tui.errors import UsageError


def queried(query: str, document: dict[str, Any]) -> str:
    """The result of an expression on a document, as JSON.

    Raises:
        UsageError: it is not a valid JMESPath expression, cannot be evaluated, or gives no value.
    """
    try:
        return dumps(evaluate(query, document))
    except TypeError:  # `&name`
        raise UsageError("The query gives an expression, not a value.", "See https://jmespath.org.") from None
