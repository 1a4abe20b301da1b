"""`ckpt-tui check`: assertions on a run, from a TOML file."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Sequence

import click

from ckpt_tui.actions.checks import Checks
from ckpt_tui.actions.export_files import refuse_inside, write_file
from ckpt_tui.actions.recorded_runs import NOT_IN_TOML, record
from ckpt_tui.cli.completed_words import complete_files
from ckpt_tui.cli.output import (
    StorageCommand,
    json_option,
    open_named,
    paint,
    storage_options,
    tip_option,
    write,
    write_json,
    write_lines,
)
from ckpt_tui.cli.progress import ProgressBar
from ckpt_tui.cli.show import locate
from ckpt_tui.configured_rules import configured_rules
from ckpt_tui.core.checks.check_file import Check, CheckFault, parse_checks
from ckpt_tui.core.checks.outcome import Outcome, check_document, failure_lines, junit
from ckpt_tui.core.text import clean
from ckpt_tui.errors import NotFoundError, UsageError
from ckpt_tui.stores.fork_directories import with_own_forks
from ckpt_tui.version import VERSION


@click.command("check", cls=StorageCommand)
@click.argument("store", metavar="STORE", shell_complete=complete_files)
@click.argument("file", metavar="FILE", type=click.Path(), shell_complete=complete_files)
@tip_option
@click.option(
    "--record", "as_record", is_flag=True, help="Write FILE and its recording from this run, as the expected one."
)
@click.option("--junit", "report", metavar="FILE", type=click.Path(), help="Write JUnit's XML, too, for a CI system.")
@storage_options
@json_option
def command(
    store: str, file: str, tip: str, as_record: bool, report: str | None, storage: str | None,
    workflow_names: tuple[str, ...], as_json: bool,
) -> int:  # fmt: skip
    """Assertions on a run: [[check]] tables of a TOML file, over the branch that ends at --tip.

    A check looks at one checkpoint, at each step of an executor or at the whole branch: values, what always, never or
    eventually holds, who ran and in which order, what was asked, that nothing is undecodable or dangerous, that all is
    as in a recording. docs/check.md has every kind. Exit code 1: a check failed.
    """
    opened = with_own_forks(open_named([store], storage, workflow_names))
    run, node = locate(opened, tip)
    if as_record:
        recorded = record(opened, run, node, file, VERSION)
        write(f"written: {clean(file)}, {clean(recorded.recording)}")
        for name in recorded.left_out:
            click.echo(f"ckpt-tui: left out: {clean(name, 160)}: {NOT_IN_TOML}", err=True)
        return 0
    if report is not None:
        refuse_inside(report, opened)
    checks = read_checks(file)
    with ProgressBar() as watch:
        base = os.path.dirname(os.path.abspath(file))
        outcomes = Checks(opened, run, node, configured_rules(), base).evaluate(checks, watch.check)
    if report is not None:
        write_file(report, [junit(outcomes, os.path.basename(file))])
    if as_json:
        write_json(check_document(outcomes))
    else:
        write_lines(_lines(outcomes))
    return 1 if any(outcome.failure is not None for outcome in outcomes) else 0


def read_checks(file: str) -> tuple[Check, ...]:
    """The checks of a TOML file.

    Raises:
        CkptError: there is no such file, or it is wrong.
    """
    try:
        with open(file, "rb") as opened:
            return parse_checks(tomllib.loads(opened.read().decode("utf-8")))
    except FileNotFoundError:
        raise NotFoundError(f"No such file: {clean(file)}.", "`ckpt-tui check --record` writes a first one.") from None
    except OSError as error:
        raise UsageError(f"{clean(file)} cannot be read: {error.strerror}.") from None
    except CheckFault as fault:
        raise UsageError(f"{clean(file)}: {clean(str(fault))}.", "docs/check.md shows each kind of check.") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{clean(file)} is not valid TOML: {clean(str(error))}.") from None


def _lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for outcome in outcomes:
        if outcome.failure is None:
            yield f"{paint('✓', fg='green')} {clean(outcome.name)}"
            continue
        yield f"{paint('✗', fg='red')} {paint(clean(outcome.name), bold=True)}"
        for line in failure_lines(outcome.failure):
            yield f"    {line}"
    failed = sum(outcome.failure is not None for outcome in outcomes)
    yield f"{len(outcomes) - failed:,} passed" + (f", {failed:,} failed" if failed else "")
