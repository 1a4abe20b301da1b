"""A path becomes the store that reads it."""

from __future__ import annotations

import os

from ckpt_tui.errors import NotFoundError
from ckpt_tui.stores.directory import DirectoryStore


def open_store(path: str | os.PathLike[str], must_exist: bool = True) -> DirectoryStore:
    """Open a directory of checkpoints, or one checkpoint file.

    Args:
        path: A directory, or a `.json` file, which opens as a store of that one file.
        must_exist: Whether a path that is not there is an error; if not, the store is empty until it is.

    Raises:
        NotFoundError: there is nothing at the path, or something that is neither.
    """
    text = os.fspath(path)
    if os.path.isdir(text):
        return DirectoryStore(text)
    if os.path.lexists(text):
        if not text.endswith(".json"):
            raise NotFoundError(f"{text} is neither a directory nor a .json file.", "Name a directory of checkpoints.")
        directory, name = os.path.split(text)
        return DirectoryStore(directory or os.curdir, only=name)
    if must_exist:
        raise NotFoundError(f"No such directory: {text}.", "Name the directory your workflow writes checkpoints to.")
    return DirectoryStore(text)
