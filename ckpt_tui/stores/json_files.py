"""A file of JSON that a store reads as a whole, and the reason why one cannot be read."""

from __future__ import annotations

from ckpt_tui.core.documents.document import Document, DocumentFault, parse
from ckpt_tui.core.model import Problem
from ckpt_tui.stores.base import problem_error
from ckpt_tui.stores.files import FileTrouble, read_whole


def problem_of(path: str, name: str, trouble: FileTrouble) -> Problem:
    """The problem entry of a file that could not be read; `name` is its name in the store."""
    own = name.rpartition("/")[2]
    if trouble.kind == "broken-link" and own.startswith(".#"):
        reason = f"the lock of an editor on {own[2:]}: it goes when that is saved or closed"
        return Problem(name, reason, "side-file")
    return Problem(name, trouble.reason.removeprefix(f"{path} "), trouble.kind)


def read_document(path: str, name: str) -> tuple[bytes, Document]:
    """The bytes of a file and the document that they make; `name` is its name in the store.

    Raises:
        UndecodableError: it cannot be read, or is not JSON; the reason is for people.
    """
    try:
        data = read_whole(path)[1]
        return data, parse(data)
    except FileTrouble as trouble:
        raise problem_error(problem_of(path, name, trouble)) from None
    except DocumentFault as fault:
        raise problem_error(Problem(name, fault.reason, fault.kind)) from None
