"""The pytest plugin, in a pytest of its own with workflows of the framework."""

import json
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

import tests.support.workflows  # noqa: F401  the framework as a whole, before the modules of an inner pytest are dropped

pytest_plugins = ["pytester"]

WORKFLOW = """
import asyncio
from agent_framework import Executor, WorkflowBuilder, WorkflowContext, handler

class Upper(Executor):
    @handler
    async def run(self, text: str, ctx: WorkflowContext[str]) -> None:
        ctx.set_state("draft", {"text": text, "score": len(text) / 10, "api_key": "s3cret-value"})
        await ctx.send_message(text.upper())

class Exclaim(Executor):
    @handler
    async def run(self, text: str, ctx: WorkflowContext[str, str]) -> None:
        ctx.set_state("done", text + "!")
        await ctx.yield_output(text + "!")

def run(storage, text="hello"):
    upper, exclaim = Upper(id="upper"), Exclaim(id="exclaim")
    workflow = WorkflowBuilder(start_executor=upper, checkpoint_storage=storage, name="shout").add_edge(
        upper, exclaim).build()
    return asyncio.run(workflow.run(text))
"""

ASKING = """
import asyncio
from tests.support.workflows import Draft, build_human

def run(storage):
    return asyncio.run(build_human(storage).run(Draft("a draft")))
"""


@pytest.fixture
def inner(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyfile(shout=WORKFLOW, asking=ASKING)
    return pytester


def ran(inner: pytest.Pytester, text: str, *args: str) -> pytest.RunResult:
    inner.makepyfile(test_it=text)
    installed = any(point.name == "ckpt-tui" for point in entry_points(group="pytest11"))
    plugin = [] if installed else ["-p", "ckpt_tui.testing.pytest_plugin"]
    return inner.runpytest_inprocess(
        *plugin, "-p", "no:xdist", "-p", "no:cacheprovider", "-p", "no:asyncio", "-q", *args
    )


def test_what_holds_passes(inner: pytest.Pytester) -> None:
    result = ran(
        inner,
        """
        import shout
        from ckpt_tui.testing.workflow_checkpoints import Checkpoints

        def test_it(checkpoints: Checkpoints) -> None:
            shout.run(checkpoints.storage)
            checkpoints.assert_checkpoint("latest", {"state.draft.score": 0.5, "checkpoint.status": "done"})
            checkpoints.assert_checkpoint("latest", {"state.draft.text": lambda text: "ell" in text})
            checkpoints.assert_checkpoint("latest~1", {"state.done": None})
            assert checkpoints.ran("upper", "exclaim", times=1) == 1
            checkpoints.safe()
            assert len(checkpoints.ids()) == len(list(checkpoints.directory.glob("*.json"))) > 1
        """,
    )
    result.assert_outcomes(passed=1)


def test_a_failure_says_which_checkpoint_what_was_expected_and_what_is_there(inner: pytest.Pytester) -> None:
    result = ran(
        inner,
        """
        import shout

        def test_value(checkpoints):
            shout.run(checkpoints.storage)
            checkpoints.assert_checkpoint("latest", {"state.draft.score": 0.9, "state.done": "HELLO!"})

        def test_ran(checkpoints):
            shout.run(checkpoints.storage)
            checkpoints.ran("upper", times=2)

        def test_order(checkpoints):
            shout.run(checkpoints.storage)
            checkpoints.ran("exclaim", "upper")

        def test_asked(checkpoints):
            shout.run(checkpoints.storage)
            checkpoints.asked("upper")

        def test_nothing_was_written(checkpoints):
            checkpoints.ran("upper")

        def test_unknown(checkpoints):
            shout.run(checkpoints.storage)
            checkpoints.assert_checkpoint("nothing", {})
        """,
    )
    result.assert_outcomes(failed=6)
    result.stdout.fnmatch_lines(
        [
            "*AssertionError: checkpoint * is not as expected", "*state.draft.score: expected 0.9, found 0.5",
            "*AssertionError: upper ran", "*it does not equal 2", "*upper came too early",
            "*AssertionError: upper asked",
            "*give it checkpoints.storage as checkpoint_storage", "*the branch has *",
        ]
    )  # fmt: skip
    assert "Recorder" not in result.stdout.str()


def test_a_request_is_found(inner: pytest.Pytester) -> None:
    result = ran(
        inner,
        """
        import asking

        def test_it(checkpoints):
            asking.run(checkpoints.storage)
            [request] = checkpoints.asked(checkpoints.document()["requests"][0]["executor"], times=1)
            assert request["request_type"].endswith("Question")
        """,
    )
    result.assert_outcomes(passed=1)


def test_a_recording_holds_until_the_run_changes(inner: pytest.Pytester) -> None:
    text = """
        import shout

        def test_it(checkpoints):
            shout.run(checkpoints.storage, {word!r})
            checkpoints.unchanged("recorded/shout.bundle", ignore={ignore})
        """
    missing = ran(inner, text.format(word="hello", ignore=[]))
    missing.assert_outcomes(failed=1)
    missing.stdout.fnmatch_lines(["*pytest --record-checkpoints writes it"])
    ran(inner, text.format(word="hello", ignore=[]), "--record-checkpoints").assert_outcomes(passed=1)
    recorded = (inner.path / "recorded" / "shout.bundle").read_text()
    assert "s3cret" not in recorded and json.loads(recorded)["checkpoints"]
    ran(inner, text.format(word="hello", ignore=[])).assert_outcomes(passed=1)
    changed = ran(inner, text.format(word="world", ignore=[]))
    changed.assert_outcomes(failed=1)
    changed.stdout.fnmatch_lines(["*- *hello*", "*+ *world*"])


def test_a_recording_holds_though_each_run_draws_other_ids_for_its_requests(inner: pytest.Pytester) -> None:
    text = """
        import asking

        def test_it(checkpoints):
            asking.run(checkpoints.storage)
            checkpoints.unchanged("asking.bundle")
        """
    ran(inner, text, "--record-checkpoints").assert_outcomes(passed=1)
    ran(inner, text).assert_outcomes(passed=1)
    strict = ran(inner, text.replace('"asking.bundle"', '"asking.bundle", strict=True'))
    strict.assert_outcomes(failed=1)


def test_a_pytest_that_does_not_ask_for_it_imports_nothing_of_it() -> None:
    code = (
        "import sys, ckpt_tui.testing.pytest_plugin; "
        "print([name for name in sys.modules if name.startswith('ckpt_tui.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in (
        "['ckpt_tui.version', 'ckpt_tui.testing', 'ckpt_tui.testing.pytest_plugin']",
        "['ckpt_tui.testing', 'ckpt_tui.testing.pytest_plugin']",
    )
