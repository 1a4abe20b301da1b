"""Controllers that are imported and made on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Generic, Self, TypeVar, overload

if TYPE_CHECKING:
    from ckpt_tui.tui.screens.browse_keys import BrowseKeys

C = TypeVar("C")


class MadeLate(Generic[C]):
    """An attribute of the browser: a controller that the first row does not need.

    Args:
        module: Name of its module, among the controllers.
        name: Name of its class, which takes the port of the browser.
    """

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name

    def __set_name__(self, owner: type[object], attribute: str) -> None:
        self._attribute = attribute

    @overload
    def __get__(self, screen: None, owner: type[object]) -> Self: ...

    @overload
    def __get__(self, screen: BrowseKeys, owner: type[object]) -> C: ...

    def __get__(self, screen: BrowseKeys | None, owner: type[object]) -> C | Self:
        if screen is None:
            return self
        made: C = getattr(import_module(f"ckpt_tui.tui.controllers.{self._module}"), self._name)(screen.port)
        vars(screen)[self._attribute] = made  # hides this attribute of the class from now on
        return made
