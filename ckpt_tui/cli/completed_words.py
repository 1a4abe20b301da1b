"""What a shell completes: stores, programs and the ids of checkpoints."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

import click
from click.shell_completion import CompletionItem

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.shown_names import shown_name
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


def complete_workflows(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of workflows in the stores that were typed before."""
    typed: Any = ctx.params.get("stores") or tuple(ctx.args) or (".",)
    names = {ref.workflow for ref in _refs_in(tuple(typed)) if ref.workflow.startswith(incomplete)}
    return [CompletionItem(name) for name in sorted(names)[:MOST] if _is_typed(name)]


def complete_words(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Of `STORE... [ID]`: files first, then the ids of what was typed."""
    typed: Any = ctx.params.get("words") or ()
    found = ids_in(tuple(typed), incomplete) if typed and os.sep not in incomplete else []
    return found or complete_files(ctx, param, incomplete)


def ids_in(stores: tuple[str, ...], incomplete: str) -> list[CompletionItem]:
    """The ids of some stores that begin with a text, newest first, each with its workflow and time."""
    there = _refs_in(stores)
    refs = sorted((ref for ref in there if ref.id.startswith(incomplete)), key=lambda ref: ref.rank, reverse=True)
    out = [CompletionItem("latest", help="the newest")] if there and "latest".startswith(incomplete) else []
    plain = [ref for ref in refs[:MOST] if _is_typed(ref.id)]
    out += [CompletionItem(ref.id, help=f"{shown_name(ref.workflow, 40)} {clean(ref.timestamp, 19)}") for ref in plain]
    return out


def _refs_in(stores: tuple[str, ...]) -> list[CheckpointRef]:
    """The checkpoints of some stores; none where one cannot be opened."""
    with suppress(Exception):  # a shell that completes a word expects no messages
        entries = collect(open_stores(stores).scan())
        return [entry for entry in entries.values() if isinstance(entry, CheckpointRef)]
    return []


def _is_typed(word: str) -> bool:
    """Whether a word needs no quotes, holds no control characters, and shows no secret."""
    return shown_name(word) == word and not set(word) & set(" \t\n")
