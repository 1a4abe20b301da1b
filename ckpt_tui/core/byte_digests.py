"""Digests that identify bytes: equal bytes have the same one, others never."""

from __future__ import annotations


def digest_of(data: bytes | memoryview) -> bytes:
    """The SHA-256 of bytes, which processors of today compute themselves, twice as fast as others."""
    from hashlib import sha256  # late: it loads OpenSSL, and neither a list of headers nor a first row needs it

    return sha256(data).digest()
