"""JMESPath over the JSON of `show`, with numbers and texts of Python compared by value.

There, a Decimal is `{"$type": "decimal:Decimal", "$value": "12.50"}`, which JMESPath itself cannot compare.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from jmespath import ast
from jmespath.exceptions import JMESPathError, JMESPathTypeError  # noqa: F401 asked for by expressions
from jmespath.parser import ParsedResult, Parser
from jmespath.visitor import TreeInterpreter

from ckpt_tui.core.late_patterns import LatePattern

_EQUALITY = ("eq", "ne")


class NotComparableError(Exception):
    """An expression compares the order of a number and a text."""


class _Parser(Parser):  # type: ignore[misc]  # the package has no types
    """Parses `a.*.b.c` as JMESPath defines it: all steps after `*` are taken in each value.

    The package takes only the first step in each value, and the others in the list itself: the result is null.
    """

    _CACHE: dict[str, ParsedResult] = {}  # noqa: RUF012 an own one: the package's has other trees

    def _token_led_dot(self, left: dict[str, Any]) -> Any:
        if self._current_token() != "star":
            return super()._token_led_dot(left)
        self._advance()
        return ast.value_projection(left, self._parse_projection_rhs(self.BINDING_POWER["star"]))


def compile_expression(text: str) -> ParsedResult:
    """An expression, parsed.

    Raises:
        JMESPathError: it is not valid.
    """
    return _Parser().parse(text)


class Interpreter(TreeInterpreter):  # type: ignore[misc]  # the package has no types
    """Evaluates a parsed expression."""

    def visit_comparator(self, node: dict[str, Any], value: Any) -> Any:
        """The result of a comparison; None where JMESPath has none.

        Raises:
            NotComparableError: it compares the order of a number and a text.
        """
        left, right = (self.visit(child, value) for child in node["children"])
        compare = self.COMPARATOR_FUNC[node["value"]]
        if type(left) is dict or type(right) is dict:
            left, right = _alike(left, right)
        if node["value"] in _EQUALITY:
            return compare(left, right)
        if (_is_number(left) and type(right) is str) or (type(left) is str and _is_number(right)):
            raise NotComparableError("a number and text cannot be compared here")
        if not ((_is_number(left) and _is_number(right)) or (type(left) is str and type(right) is str)):
            return None
        try:
            return compare(left, right)
        except (InvalidOperation, OverflowError):  # a Decimal that is not a number, or an integer beyond any float
            return False

    def visit_function_expression(self, node: dict[str, Any], value: Any) -> Any:
        """What a function returns; one of numbers takes a Decimal for the number nearest to it."""
        if node["value"] not in _OF_NUMBERS:
            return super().visit_function_expression(node, value)
        given = [_plain(self.visit(child, value)) for child in node["children"]]
        return self._functions.call_function(node["value"], given)


_OF_NUMBERS = frozenset(("abs", "avg", "ceil", "floor", "max", "min", "sort", "sum", "to_number"))


def _plain(value: Any) -> Any:
    """A value, or the items of a list, as numbers where they are written as such."""
    if type(value) is list:
        return [_plain_number(item) for item in value]
    return _plain_number(value)


def _plain_number(value: Any) -> Any:
    number = _number(value) if type(value) is dict else None
    if number is None:
        return value
    try:
        return int(number) if number == int(number) else float(number)
    except (OverflowError, ValueError, InvalidOperation):  # not a number, or an infinity
        return float(number)


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Two values to compare: an object written as a number or a text counts as one if the other is one."""
    if _is_span(left) or _is_span(right):
        spans = _seconds(left), _seconds(right)
        return spans if None not in spans else (left, right)
    left_number, right_number = _number(left), _number(right)
    if left_number is not None and right_number is not None:
        return _same_kind(left_number, right_number)
    if type(left) is str or type(right) is str:
        left_text, right_text = _text(left), _text(right)
        if left_text is not None and right_text is not None:
            return left_text, right_text
    if type(right) is str and left_number is not None:
        return left_number, right
    if type(left) is str and right_number is not None:
        return left, right_number
    return left, right


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal | Fraction) and not isinstance(value, bool)


def _number(value: Any) -> Any:
    """The number that a value is or is written as; None for any other value."""
    if isinstance(value, int | float):
        return None if isinstance(value, bool) else value
    if type(value) is not dict or value.keys() != {"$type", "$value"}:
        return None
    kind, written = value["$type"], value["$value"]
    if isinstance(written, int | float):
        return None if isinstance(written, bool) else written
    if type(written) is not str:
        return None
    try:
        if kind == "decimal:Decimal":
            return Decimal(written)
        if kind == "fractions:Fraction":
            return Fraction(written)
        return float(written) if kind == "builtins:float" else None
    except (ValueError, InvalidOperation, ZeroDivisionError):
        return None


_SPAN = LatePattern(r"(?:(-?\d{1,9}) days?, )?(\d{1,2}):(\d\d):(\d\d)(\.\d{1,9})?\Z")


def _is_span(value: Any) -> bool:
    return type(value) is dict and value.get("$type") in _SPANS


_SPANS = ("datetime:timedelta", "pandas:Timedelta")


def _seconds(value: Any) -> Decimal | None:
    """The seconds of a span of time, of the text of one, or of a number; None for anything else."""
    if not _is_span(value) and type(value) is not str:
        number = _number(value)
        return None if number is None else _decimal(number)
    found = _SPAN.compiled.match(value if type(value) is str else str(value.get("$value")))
    if found is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[:4])
    return Decimal(((days * 24 + hours) * 60 + minutes) * 60 + seconds) + Decimal(found[5] or 0)


def _same_kind(left: Any, right: Any) -> tuple[Any, Any]:
    """Two numbers of kinds that Python compares exactly: beside a Decimal, 0.1 is a tenth."""
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return _decimal(left), _decimal(right)
    return left, right


def _decimal(number: Any) -> Decimal:
    if isinstance(number, Fraction):
        return Decimal(number.numerator) / Decimal(number.denominator)
    return number if isinstance(number, Decimal) else Decimal(str(number))


def _text(value: Any) -> str | None:
    """The text that a value is or is written as (a date, a UUID, a path); None for any other value and numbers."""
    if type(value) is str:
        return value
    if type(value) is dict and value.keys() == {"$type", "$value"} and type(value["$value"]) is str:
        return None if _number(value) is not None else value["$value"]
    return None
