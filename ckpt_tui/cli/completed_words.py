"""What a shell completes: stores, programs and the ids of checkpoints."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

import click
from click.shell_completion import CompletionItem

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.text import clean
from ckpt_tui.stores.base import collect
from ckpt_tui.stores.registry import open_stores

MOST = 200
"""Ids that are offered at most, the newest first."""


def complete_files(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Let the shell complete files and directories."""
    return [CompletionItem(incomplete, type="file")]


def complete_ids(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The ids of the store that was typed before, and `latest`; nothing where there is no such store."""
    # Words stay in `args` while an option before them has no value yet.
    typed: Any = ctx.params.get("store") or ctx.params.get("stores") or next(iter(ctx.args), ".")
    return ids_in((typed,) if isinstance(typed, str) else tuple(typed), incomplete)


def complete_words(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Of `STORE... [ID]`: files first, then the ids of what was typed."""
    typed: Any = ctx.params.get("words") or ()
    found = ids_in(tuple(typed), incomplete) if typed and os.sep not in incomplete else []
    return found or complete_files(ctx, param, incomplete)


def ids_in(stores: tuple[str, ...], incomplete: str) -> list[CompletionItem]:
    """The ids of some stores that begin with a text, newest first, each with its workflow and time."""
    entries: dict[str, Any] = {}
    with suppress(Exception):  # a shell that waits for words gets nothing else
        entries = collect(open_stores(stores).scan())
    refs = [entry for entry in entries.values() if isinstance(entry, CheckpointRef) and entry.id.startswith(incomplete)]
    refs.sort(key=lambda ref: ref.rank, reverse=True)
    out = [CompletionItem("latest", help="the newest")] if entries and "latest".startswith(incomplete) else []
    plain = [ref for ref in refs[:MOST] if clean(ref.id) == ref.id and not set(ref.id) & set(" \t\n")]
    out += [CompletionItem(ref.id, help=f"{clean(ref.workflow, 40)} {clean(ref.timestamp, 19)}") for ref in plain]
    return out
