"""numpy's `longdouble` from its bytes: the 80 bits of x87, or the 128 of IEEE 754 that other processors have.

A pickle says how many bytes one takes, not which of the two it is. Of the 16 bytes of the first, six mean nothing and
are nearly always zero.
"""

from __future__ import annotations

import math
from decimal import Context, Decimal

_BIAS = 16_383
_SPECIAL = 0x7FFF
"""The exponent of an infinity, or of what is not a number."""

_USUAL = 1_100
"""Powers of two that nearly all numbers are within."""

_EXACT = Context(prec=60, Emin=-999_999, Emax=999_999)


def long_float(data: bytes) -> float | str:
    """The number in 10, 12 or 16 bytes, the lowest first: a float where that is exact, else its digits."""
    if len(data) == 16 and _is_ieee(data):
        bits = int.from_bytes(data, "little")
        exponent, fraction = bits >> 112 & _SPECIAL, bits & ((1 << 112) - 1)
        mantissa, width = fraction | (1 << 112 if exponent else 0), 112
    else:
        exponent = int.from_bytes(data[8:10], "little") & _SPECIAL
        mantissa, width = int.from_bytes(data[:8], "little"), 63
        fraction = mantissa & ((1 << 63) - 1)
        bits = int.from_bytes(data[:10], "little") << 48
    is_negative = bool(bits >> 127 & 1)
    if exponent == _SPECIAL:
        return math.nan if fraction else -math.inf if is_negative else math.inf
    return _number(-mantissa if is_negative else mantissa, max(exponent, 1) - _BIAS - width, width, is_negative)


def _is_ieee(data: bytes) -> bool:
    if not any(data[10:]):
        return False
    exponent = int.from_bytes(data[14:], "little") & _SPECIAL
    return exponent == _SPECIAL or abs(exponent - _BIAS) < _USUAL


def _number(mantissa: int, power: int, width: int, is_negative: bool) -> float | str:
    """A whole number times a power of two."""
    if not mantissa:
        return -0.0 if is_negative else 0.0
    least = (mantissa & -mantissa).bit_length() - 1
    whole, shift = mantissa >> least, power + least
    if whole.bit_length() <= 53 and shift >= -1_074 and whole.bit_length() + shift <= 1_024:
        return math.ldexp(whole, shift)
    value = _EXACT.multiply(Decimal(mantissa), _EXACT.power(Decimal(2), power))
    half = _EXACT.power(Decimal(2), power - 1)
    digits = math.ceil((width + 1) * math.log10(2)) - 1
    while digits < 40:  # as few as say which number it is
        short = Context(prec=digits, Emin=-999_999, Emax=999_999).plus(value)
        if abs(_EXACT.subtract(short, value)) < half:
            short = short.normalize(_EXACT)
            return f"{short:f}" if -6 < short.adjusted() < digits else f"{short:e}"
        digits += 1
    return str(value)
