"""Saved event streams: NDJSON, or the frames of server-sent events (SSE)."""

from __future__ import annotations


def is_events(head: bytes) -> bool:
    """Whether the first bytes of a file begin a stream of events."""
    for line in head.lstrip(b"\xef\xbb\xbf").split(b"\n")[:8]:
        text = line.strip()
        if text.startswith((b"data:", b"id:", b"event:")) or (text.startswith(b"{") and b'"type"' in text):
            return True
    return False
