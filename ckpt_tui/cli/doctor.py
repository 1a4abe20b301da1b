"""`ckpt-tui doctor`: everything wrong or risky in a store."""

from __future__ import annotations

import sys
from typing import Any

import click

from ckpt_tui.actions.store_examination import examine
from ckpt_tui.cli.output import json_option, open_named, paint, storage_options, stores_argument, write, write_json
from ckpt_tui.core.doctor.findings import SIGNS, TITLES, Finding, Severity
from ckpt_tui.core.doctor.report import Report, allow_lines
from ckpt_tui.core.shown_names import masked_name, shown_name
from ckpt_tui.core.text import clean
from ckpt_tui.stores.fork_directories import with_own_forks

_FILES_SHOWN = 5
"""Files named of those that share a finding; `--json` has all."""

_LINES_SHOWN = 500
"""Lines to put into a file that are printed; `--json` has all."""

_COLOURS: dict[Severity, str] = {"danger": "red", "warning": "yellow", "info": "blue"}


@click.command("doctor")
@stores_argument
@storage_options
@json_option
def command(stores: tuple[str, ...], storage: str | None, workflow_names: tuple[str, ...], as_json: bool) -> int:
    """Everything wrong or risky in a store, and the types to allow, ready to paste.

    Every file is decoded, none is executed. Exit code 4: something could not be decoded, or could run code
    when it is loaded.
    """
    opened = with_own_forks(open_named(stores, storage, workflow_names))
    report = examine(opened, _progress if sys.stderr.isatty() else None)
    if as_json:
        write_json(
            {
                "schema": "ckpt-tui/doctor@1",
                "files": report.files,
                "findings": [_document(finding) for finding in report.findings],
                "allowed_checkpoint_types": list(report.allowed_types),
            }
        )
    else:
        write("\n".join(lines(report)))
    return 4 if report.is_grave else 0


def _document(finding: Finding) -> dict[str, Any]:
    """A finding as an object; lines to put into a file only where there are any."""
    document = finding._asdict()
    for name in ("file", "path", "reason", "fix"):
        document[name] = masked_name(document[name])
    if not finding.lines:
        del document["lines"]
    return document


def _progress(done: int, total: int) -> None:
    if done % 50 == 0 or done == total:
        text = f"\r{done:,} of {total:,} files" if done < total else "\r\x1b[K"
        click.echo(text, err=True, nl=False)


def lines(report: Report) -> list[str]:
    """The report for people: by severity, the files of one finding together, the types to paste last."""
    out: list[str] = []
    for severity, title in TITLES.items():
        alike: dict[tuple[str, str, str], list[Finding]] = {}
        for finding in report.findings:
            if finding.severity == severity and finding.kind != "type":
                alike.setdefault((finding.kind, finding.reason, finding.fix), []).append(finding)
        if alike:
            out += [*([""] if out else []), paint(title, bold=True)]
        for (kind, reason, fix), findings in alike.items():
            out.append(
                f"  {paint(SIGNS[severity], fg=_COLOURS[severity])} {paint(kind, bold=True)}  {shown_name(reason)}"
            )
            for finding in findings[:_FILES_SHOWN]:
                out.append(
                    f"      {shown_name(finding.file)}" + (f"  {shown_name(finding.path)}" if finding.path else "")
                )
            if len(findings) > _FILES_SHOWN:
                out.append(f"      and {len(findings) - _FILES_SHOWN:,} more, all with --json")
            if fix:
                out.append(f"      → {shown_name(fix)}")
            for finding in findings:
                out += [f"        {clean(line)}" for line in finding.lines[:_LINES_SHOWN]]
                if len(finding.lines) > _LINES_SHOWN:
                    out.append(f"        and {len(finding.lines) - _LINES_SHOWN:,} more, all with --json")
    if not any(finding.severity != "info" for finding in report.findings):
        healthy = f"{report.looked_at}, nothing wrong"
        out = [healthy, *([""] if out else []), *out]
    if report.allowed_types:
        out += ["", paint("types to allow, with FileCheckpointStorage(...)", bold=True)]
        out += allow_lines(report.allowed_types)
    return out
