"""Parts of a widget that are styled when they are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.dom import DOMNode

if TYPE_CHECKING:
    from textual.css.styles import RenderStyles
    from textual.widget import Widget

    _Widget = Widget
else:
    _Widget = object


class LazyParts(_Widget):
    """A widget whose parts are styled one by one, each when it is drawn first.

    Textual styles all parts of a widget whenever the widget may look different. Of lists that know sixteen kinds of
    text and draw a few of them, this is most of the work of a screen that opens.
    """

    @classmethod
    def _get_component_classes(cls) -> frozenset[str]:  # type: ignore[override]
        return frozenset()  # what Textual styles by itself

    def get_component_styles(self, *names: str) -> RenderStyles:
        """The styles of parts, worked out where they are not known yet."""
        for name in names:
            if name not in self._component_styles:
                part = DOMNode(classes=name)
                part._attach(self)
                self.app.stylesheet.apply(part)
                self._component_styles[name] = part.styles
        return super().get_component_styles(*names)

    def notify_style_update(self) -> None:
        self._component_styles.clear()
        super().notify_style_update()
