"""The package's page on an index: README.md, its links absolute where the repository has an address, else text.

An index shows the long description without the files around it, so a relative link or picture would lead nowhere. The
address is `repository` under `[tool.hatch.metadata.hooks.custom]` in pyproject.toml, or `$CKPT_TUI_REPOSITORY`; it is
used as GitHub lays out addresses. Nothing is invented where there is none.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_PICTURE = re.compile(r"!\[([^\]]*)\]\((?!https?:)([^)]+)\)")
_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:|#)([^)]+)\)")
_PAGES = {
    "Documentation": "/blob/HEAD/docs/index.md", "Changelog": "/blob/HEAD/CHANGELOG.md", "Issues": "/issues",
    "Security": "/blob/HEAD/docs/security.md", "Source": "",
}  # fmt: skip
"""Project URLs, as they go on after the address of the repository."""


class PageOnTheIndex(MetadataHookInterface):
    """Fills in the long description and the project URLs."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set `readme` and `urls`."""
        address = (os.environ.get("CKPT_TUI_REPOSITORY") or self.config.get("repository") or "").rstrip("/")
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": long_description(text, address)}
        metadata["urls"] = project_urls(address)


def long_description(text: str, address: str) -> str:
    """README.md as an index shows it.

    Args:
        text: README.md.
        address: Where the repository is, without a slash at the end; "" where nobody knows.
    """
    if address:
        text = _PICTURE.sub(rf"![\1]({address}/raw/HEAD/\2)", text)
        return _LINK.sub(rf"[\1]({address}/blob/HEAD/\2)", text)
    without = re.sub(rf"\n[ ]*{_PICTURE.pattern}\n", "", text)
    note = "The pages named here are the directory `docs` of the source distribution.\n"
    return f"{_LINK.sub(lambda found: found[1], without).rstrip()}\n\n{note}"


def project_urls(address: str) -> dict[str, str]:
    """The project URLs; none where the repository has no address."""
    return {name: address + rest for name, rest in _PAGES.items()} if address else {}
