"""Whether two states are the same: the equality that a diff has."""

from ckpt_tui.core.matching.equality import are_equal as same

__all__ = ["same"]
