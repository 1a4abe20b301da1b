"""Expected failures, and exceptions as text."""

from __future__ import annotations

import os
import traceback
from typing import Any

from .limits import TEXT

_HERE = os.path.dirname(__file__)


class Fault(Exception):
    """Something expected that ends the run or keeps it from beginning.

    Args:
        where: plan, framework, load, graph, checkpoint, type, storage, response, edit, into, run.
        what: The fault, in a sentence.
        fix: What to do about it.
        trace: A traceback, where code of the workflow raised.
    """

    def __init__(self, where: str, what: str, fix: str = "", trace: str = "") -> None:
        super().__init__(what)
        self.where, self.what, self.fix, self.trace = where, what, fix, trace

    def line(self) -> dict[str, Any]:
        """The fields of an error line."""
        return {"where": self.where, "what": self.what, "fix": self.fix, "traceback": self.trace}


def said(error: BaseException) -> str:
    """An exception as text: its name and text, and the first cause that adds to it."""
    text = f"{type(error).__name__}: {error}".strip().removesuffix(":")
    cause = error.__cause__
    return f"{text} ({said(cause)})" if cause is not None and str(cause) not in text else text


def trace_of(error: BaseException) -> str:
    """The traceback of an exception, without the lines of the runner."""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename.startswith(_HERE + os.sep):
        frames = frames.tb_next
    return "".join(traceback.format_exception(type(error), error, frames))[-TEXT:]
