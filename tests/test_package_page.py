"""The package's page on an index, which `tests/support/index_page.py` makes of README.md."""

from __future__ import annotations

import re

import pytest

from tests.cli.commands import ROOT
from tests.support.index_page import long_description, project_urls

README = (ROOT / "README.md").read_text(encoding="utf-8")
TARGET = re.compile(r"\]\(([^)]+)\)")


def test_without_an_address_no_link_and_no_picture_leads_nowhere() -> None:
    page = long_description(README, "")
    assert all(target.startswith("https://") for target in TARGET.findall(page))
    assert "![" not in page and "Troubleshooting" in page
    assert project_urls("") == {}


def test_with_an_address_each_link_and_picture_is_absolute() -> None:
    page = long_description(README, "https://example.org/us/tool")
    targets = TARGET.findall(page)
    assert len(targets) == len(TARGET.findall(README)) > 10
    assert all(target.startswith("https://") for target in targets)
    assert "(https://example.org/us/tool/raw/HEAD/screenshots/browse.png)" in page
    assert "(https://example.org/us/tool/blob/HEAD/docs/guide.md)" in page
    assert project_urls("https://example.org/us/tool")["Source"] == "https://example.org/us/tool"


@pytest.mark.parametrize("text", ["![a](b.png)", "   ![a](b.png)"])
def test_a_picture_without_an_address_goes_with_its_line(text: str) -> None:
    assert long_description(f"one\n\n{text}\n\ntwo\n", "").startswith("one\n\ntwo\n")
