"""Everything that must hold before a change lands: `python -m tests`.

Lint, format, types, import contracts, the package, then the tests; ends with the first that fails.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent

STEPS: tuple[tuple[str, ...], ...] = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
    ("python", "-m", "tests.package"),
    ("pytest",),
)


def main() -> int:
    """Run every step; returns the exit code of the first that fails."""
    scripts = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}"}
    for step in STEPS:
        began = time.monotonic()
        print(f"── {' '.join(step)}", flush=True)
        command = [str(scripts / step[0]), *step[1:], *(sys.argv[1:] if step[0] == "pytest" else [])]
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        print(
            f"── {' '.join(step)}: {'ok' if code == 0 else f'exit {code}'}, {time.monotonic() - began:.0f} s",
            flush=True,
        )
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
