"""Every kind of finding that docs/json.md lists is planted by a test somewhere: none is listed that nobody saw."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
SOURCES = [
    *(ROOT / "tests" / "core" / "doctor").glob("test_*.py"),
    *(ROOT / "tests" / "stores").glob("test_*.py"),
    ROOT / "tests" / "actions" / "test_store_examination.py",
    ROOT / "tests" / "cli" / "test_doctor.py",
    ROOT / "tests" / "core" / "test_document_budget.py",
]


def test_each_documented_kind_is_planted() -> None:
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    table = page[page.index("## doctor") : page.index("More kinds may be added")]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    kinds = {kind for row in rows for kind in re.findall(r"`([a-z-]+)`", row)}
    source = "".join(path.read_text(encoding="utf-8") for path in SOURCES)
    assert len(kinds) > 20
    assert {kind for kind in kinds if f'"{kind}"' not in source} == set()
