"""The options of a run that pauses; the same for `run` and `resume`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from ckpt_tui.actions.debugging.breakpoints import parse_breakpoint
from ckpt_tui.actions.debugging.debugger import Debugger
from ckpt_tui.actions.debugging.repetition import MOST, Repetition
from ckpt_tui.actions.resume.plan import Plan
from ckpt_tui.errors import UsageError

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def pausing_options(command: Decorated) -> Decorated:
    """Give a verb `--break`, `--step`, `--again` and `--debugpy`."""
    command = click.option(
        "--debugpy",
        type=click.IntRange(1, 65535),
        metavar="PORT",
        help="Wait for an editor to attach at this port before the workflow begins; needs debugpy in its environment.",
    )(command)
    command = click.option(
        "--again",
        type=click.IntRange(2, MOST),
        metavar="N",
        help="Run the same input N times, and compare: how often each outcome came, and where the runs diverge.",
    )(command)
    command = click.option("--step", is_flag=True, help="Pause after every superstep.")(command)
    return click.option(
        "--break",
        "breaks",
        multiple=True,
        metavar="SPEC",
        help="Pause where this happens: a JMESPath over the JSON of show that becomes true, changes:PATH, "
        "executor:NAME or node:NAME, request, error or warning.",
    )(command)


def pausing_session(
    plan: Plan, breaks: tuple[str, ...], step: bool, again: int | None, confirmed: bool, always: bool = False
) -> Callable[[Callable[[bytes], None]], Debugger | Repetition] | None:
    """A function that makes the session of a run that pauses; None where no option needs one.

    Args:
        plan: What to run.
        breaks: The breakpoints, as they were written.
        step: Whether it pauses after every superstep.
        again: How many times it is run, or None for once.
        confirmed: Whether the person has said that it may run.
        always: Whether commands are taken even if nothing pauses the run.

    Raises:
        UsageError: a breakpoint is wrong, or runs that are compared are to pause.
    """
    breakpoints = [parse_breakpoint(each) for each in breaks]
    if again is not None:
        if breakpoints or step:
            raise UsageError("Runs that are compared do not pause.", "Leave out --again, or --break and --step.")
        return lambda sink: Repetition(plan, again, sink, confirmed)
    if not (breakpoints or step or always):
        return None
    return lambda sink: Debugger(plan, sink, breakpoints, step, confirmed)
