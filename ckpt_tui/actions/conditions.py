"""Conditions on checkpoints: JMESPath expressions over the JSON of `show`, as for `bisect`."""

from __future__ import annotations

from ckpt_tui.actions.expressions import Expression, is_true, sparse
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.reading.lookup import lookup, shown
from ckpt_tui.core.show_document import show_document
from ckpt_tui.errors import UsageError


class Condition:
    """An expression that is true or false for a checkpoint.

    Args:
        text: JMESPath. As there, null, false and what is empty are false, all else is true. Secrets are masked for it.

    Raises:
        UsageError: it is not a valid JMESPath expression.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._expression = Expression(text)

    def holds(self, checkpoint: Checkpoint) -> bool:
        """Whether it is true for a checkpoint; false if it cannot be evaluated. Decodes only the values it needs."""
        needs = self._expression.needs
        if needs is None:
            document = show_document(checkpoint)
        else:
            found = [(path, lookup(getattr(checkpoint, str(path[0])), path[1:])) for path in needs]
            if self._expression.path is not None:  # its steps into lists lead nowhere in a sparse document
                [(_, only)] = found
                return not only.absent and is_true(shown(only))
            # The part's own name is above the value: `state` itself is not a secret.
            document = sparse((path, shown(one)) for path, one in found if not one.absent)
        try:
            return is_true(self._expression.of(document))
        except UsageError:
            return False
