"""Copying under the hook of the runner: what is copied is what `copy` gives, and `id` asks nobody."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.frameworks import DEBUGGED, interpreter

CHECK = """
import copy, datetime, decimal, sys
sys.path.insert(0, sys.argv[1])
import quiet_copying

class Cyclic:
    def __init__(self):
        self.me, self.items = self, [1, {"a": (1, [2])}]

class ByHand:
    def __deepcopy__(self, memo):
        memo[id(self)] = other = ByHand()
        other.items = copy.deepcopy(self.items, memo)
        return other

def copies():
    one = Cyclic()
    other = copy.deepcopy(one)
    assert other is not one and other.me is other and other.items == one.items
    assert other.items[1]["a"][1] is not one.items[1]["a"][1]
    one = ByHand()
    one.items = [one]
    other = copy.deepcopy(one)
    assert other is not one and other.items[0] is other
    shared = [1]
    first, second = copy.deepcopy([shared, shared])
    assert first is second and first is not shared
    for value in (None, 1, "x", b"x", int, datetime.date(2020, 1, 1), decimal.Decimal(1), (1, 2), {1: 2}, {1}, copies):
        assert copy.deepcopy(value) == value

copies()
quiet_copying.copy_quietly()
copies()
asked = []
sys.addaudithook(lambda event, args: asked.append(event))
copy.deepcopy({"a": [1, 2, {"b": "c"}], "d": Cyclic()})
assert "builtins.id" not in asked, asked
"""


@pytest.mark.parametrize("release", DEBUGGED)
def test_copies_are_what_they_were_and_no_audit_event_is_raised_for_them(release: str) -> None:
    runner = Path(__file__).parents[2] / "ckpt_tui" / "runner"
    done = subprocess.run(
        [interpreter(release), "-c", CHECK, str(runner)], capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
