"""Mutations of bytes, which both decoders are fuzzed with."""

import random
from collections.abc import Callable, Sequence

LONGEST = 20_000
"""Bytes from which on an input is not made longer."""

Insertion = Callable[[random.Random], bytes]
"""Gives bytes that mean something to the decoder."""


def mutated(rng: random.Random, data: bytes, others: list[bytes], insertions: Sequence[Insertion]) -> bytes:
    """The bytes with 1 to 16 mutations: changed, left out, repeated, cut, mixed with others, or with an insertion."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4, 8, 16))):
        at = rng.randrange(len(out) + 1)
        match rng.randrange(6 + len(insertions)):
            case 0 if at < len(out):
                out[at] ^= 1 << rng.randrange(8)
            case 1 if at < len(out):
                out[at] = rng.randrange(256)
            case 2:
                del out[at : at + rng.randrange(1, 9)]
            case 3:
                out[at:at] = out[at : at + rng.randrange(1, 40)]
            case 4:
                del out[at:]
            case kind if kind > 5:
                out[at:at] = insertions[kind - 6](rng)
            case _:
                other = rng.choice(others)
                start = rng.randrange(len(other) + 1)
                out[at:at] = other[start : start + rng.randrange(1, 60)]
        if len(out) > LONGEST:
            break
    return bytes(out)


def one_of(*choices: bytes) -> Insertion:
    """An insertion of one of these."""
    return lambda rng: rng.choice(choices)
