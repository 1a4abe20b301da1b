"""Whether the package is complete and fit for PyPI: `python -m tests.package` builds it and looks into it.

check-manifest compares the sdist with what git knows, twine reads the metadata as PyPI does, check-wheel-contents looks
for what does not belong in a wheel.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent

_IN_WHEEL = (
    "ckpt_tui/py.typed", "ckpt_tui/tui/app.tcss", "ckpt_tui/demo/recorded/store", "ckpt_tui/runner/entry.py",
    "share/man/man1/ckpt-tui.1",
)  # fmt: skip
_IN_SDIST = (
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "docs/guide.md",
    "tests/conftest.py",
    "screenshots/browse.png",
)


def main() -> int:
    """Build and check; returns the exit code of the first step that fails."""
    with tempfile.TemporaryDirectory(prefix="ckpt-tui-package-") as place:
        steps: tuple[tuple[str, ...], ...] = (
            ("check_manifest", "--no-build-isolation", "."),
            ("build", "--no-isolation", "--outdir", place, "."),
        )
        for step in steps:
            if code := _run(*step):
                return code
        sdist, wheel = next(Path(place).glob("*.tar.gz")), next(Path(place).glob("*.whl"))
        for step in (("twine", "check", "--strict", str(sdist), str(wheel)), ("check_wheel_contents", str(wheel))):
            if code := _run(*step):
                return code
        missing = _missing(sdist, wheel)
    print("\n".join(missing) or "the package is complete")
    return 1 if missing else 0


def _run(module: str, *args: str) -> int:
    return subprocess.run([sys.executable, "-m", module, *args], cwd=ROOT, check=False).returncode


def _missing(sdist: Path, wheel: Path) -> list[str]:
    with tarfile.open(sdist) as archive:
        packed = [name.partition("/")[2] for name in archive.getnames()]
    with zipfile.ZipFile(wheel) as archive_of_wheel:
        installed = archive_of_wheel.namelist()
        page = archive_of_wheel.read(next(name for name in installed if name.endswith("/METADATA"))).decode()
    found = [f"the sdist lacks {name}" for name in _IN_SDIST if name not in packed]
    found += [f"on an index {target} leads nowhere" for target in re.findall(r"\]\((?!https?:)([^)]+)\)", page)]
    return found + [
        f"the wheel lacks {name}"
        for name in _IN_WHEEL
        if not any(f"/{name}" in f"/{each.replace('.data/data/', '/')}" for each in installed)
    ]


if __name__ == "__main__":
    sys.exit(main())
