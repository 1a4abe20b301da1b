"""Failures that are expected and explained to the person who meets them.

CkptError
├── UsageError       the call itself is wrong                      exit 2
├── NotFoundError    no such store or checkpoint                   exit 3
└── UndecodableError the content cannot be shown as it should be   exit 4
"""

from __future__ import annotations

from ckpt_tui.core.secret_texts import masked_text


class CkptError(Exception):
    """A failure with what happened, what to do about it, and the exit code of the command line.

    Args:
        what: One sentence: what is wrong, and where.
        hint: What to do about it; may be empty.
        exit_code: The exit code a command ends with.
    """

    exit_code = 2

    def __init__(self, what: str, hint: str = "", exit_code: int | None = None) -> None:
        super().__init__(what)
        self.what = masked_text(what)  # an exception of a storage, or a place given as a URL, may hold a password
        self.hint = masked_text(hint)
        if exit_code is not None:
            self.exit_code = exit_code

    def __str__(self) -> str:
        return f"{self.what} {self.hint}".strip()


class UsageError(CkptError):
    """The call itself is wrong: an unknown option, an ambiguous id."""

    exit_code = 2


class NotFoundError(CkptError):
    """There is no such store, or no such checkpoint in it."""

    exit_code = 3


class UndecodableError(CkptError):
    """The content is there but cannot be decoded, or is dangerous."""

    exit_code = 4


def missing_configuration(path: str) -> UsageError:
    """The error of a file that `CKPT_TUI_CONFIG` names and is not there."""
    return UsageError(f"CKPT_TUI_CONFIG names a file that is not there: {path}.", "Make it, or unset it.")
