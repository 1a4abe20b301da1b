"""The style sheets of the screens and widgets name classes that exist."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from textual.dom import DOMNode

import ckpt_tui.tui

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_DECLARATIONS = re.compile(r"\{[^{}]*\}")
_NAME = re.compile(r"(?<![\w$#.:-])[A-Z]\w*")


def below(kind: type) -> Iterator[type]:
    subclasses: list[type] = kind.__subclasses__()
    for each in subclasses:
        yield each
        yield from below(each)


def all_nodes() -> set[type]:
    """All classes of nodes, once every module of the screens is imported."""
    for module in pkgutil.walk_packages(ckpt_tui.tui.__path__, "ckpt_tui.tui."):
        importlib.import_module(module.name)
    return {*below(DOMNode), DOMNode}


NODES = all_nodes()
NAMES = {kind.__name__ for kind in NODES}
STYLED = sorted(
    (kind for kind in NODES if kind.__module__.startswith("ckpt_tui.") and {"DEFAULT_CSS", "CSS"} & vars(kind).keys()),
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize("kind", STYLED, ids=lambda kind: kind.__name__)
def test_a_style_sheet_names_classes_that_exist(kind: type) -> None:
    named: set[str] = set()
    for sheet in (vars(kind).get("DEFAULT_CSS", ""), vars(kind).get("CSS", "")):
        selectors = _DECLARATIONS.sub(" ", _COMMENT.sub("", sheet))
        while "{" in selectors and (inner := _DECLARATIONS.sub(" ", selectors)) != selectors:
            selectors = inner  # the declarations around a nested rule
        named |= set(_NAME.findall(selectors))
    assert named
    assert named <= NAMES
