"""The command itself: finds the verb that is meant, and reports failures."""

from __future__ import annotations

import os
from contextlib import suppress
from importlib import import_module
from io import StringIO
from types import ModuleType
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from ckpt_tui import __version__
from ckpt_tui.cli.piped_path import is_pipe, shown_input
from ckpt_tui.cli.verb_help import examples_first, write_examples
from ckpt_tui.core.near_names import near_name
from ckpt_tui.core.text import clean, clean_lines
from ckpt_tui.errors import CkptError, UsageError, missing_configuration

if TYPE_CHECKING:
    from ckpt_tui.debug_log import DebugLog

_VERBS = {
    "ls": ("ckpt_tui.cli.ls", "Checkpoints in lineage order, and problems."),
    "show": ("ckpt_tui.cli.show", "One checkpoint, decoded."),
    "history": ("ckpt_tui.cli.history", "Each value a path took along a branch: checkpoint, step, executors that ran."),
    "find": ("ckpt_tui.cli.find", "A text in all checkpoints: where it is."),
    "bisect": ("ckpt_tui.cli.bisect", "The first checkpoint of the branch where an expression is true."),
    "diff": ("ckpt_tui.cli.diff", "What changed between two checkpoints, on decoded values."),
    "doctor": ("ckpt_tui.cli.doctor", "Everything wrong or risky in a store; types to allow, ready to paste."),
    "resume": ("ckpt_tui.cli.resume", "Resume your workflow from a checkpoint, in a process of its own."),
    "run": ("ckpt_tui.cli.run", "Run your program under the debugger: step, stop on a condition, go back."),
    "notes": ("ckpt_tui.cli.notes", "Bookmarks and notes on a store's checkpoints."),
    "check": ("ckpt_tui.cli.check", "Assertions on a run, from a TOML file; for CI, with JUnit XML."),
    "export": ("ckpt_tui.cli.export", "Masked copies to share: Markdown, a page, JSON, a bundle to open again."),
    "prune": ("ckpt_tui.cli.prune", "Delete checkpoints: shown first, and brought back with --undo."),
    "tail": ("ckpt_tui.cli.tail", "Follow a store: a line for each checkpoint that comes, changes or goes."),
    "schema": ("ckpt_tui.cli.schema", "The JSON Schema of what a verb writes with --json."),
    "mcp": ("ckpt_tui.cli.mcp", "Serve a store to an agent, by the Model Context Protocol."),
    "config": ("ckpt_tui.cli.config", "Show, check or edit the configuration, or print its path."),
    "completion": (
        "ckpt_tui.cli.completion",
        "Print the script that makes your shell complete verbs, options, files and ids.",
    ),
    "demo": ("ckpt_tui.cli.demo", "A sample store, and a live run that keeps writing to it."),
}
"""Verb → its module and its line of help; modules are imported when their verb is called."""


_EXAMPLES = (
    ("./my_checkpoints", "browse a directory, live"),
    (". --at ID --query EXPR", "open at a place"),
    (". --web", "browse in a web page"),
    ("ls . --json", "the list for a script"),
    ("show . latest", "the newest checkpoint, decoded"),
    ("diff . latest", "what the newest checkpoint changed"),
    ("demo", "try it on a sample store"),
)

_BROWSE = "\0browse"
"""The verb that is left out; no directory can have this name."""


class _Verbs(click.Group):
    """Verbs are loaded on demand; a first word that is not a verb is a store to browse."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == _BROWSE:
            return _load("ckpt_tui.cli.browse")
        if cmd_name in _VERBS:
            return _load(_VERBS[cmd_name][0], cmd_name)
        return None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if ctx.resilient_parsing and not args:  # a shell asks for the first word
            return super().parse_args(ctx, args)
        if not args or args[0] not in (*_VERBS, "--help", "-h", "--version"):
            args = [_BROWSE, *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Verbs, and the stores here; a path is left to the shell."""
        if "/" in incomplete or incomplete.startswith("."):
            return [CompletionItem(incomplete, type="file")]
        verbs = [CompletionItem(name, help=text) for name, (_, text) in _VERBS.items() if name.startswith(incomplete)]
        with suppress(OSError), os.scandir() as entries:
            verbs += [
                CompletionItem(each.name) for each in entries if each.is_dir() and _is_offered(each.name, incomplete)
            ]
        return verbs or [CompletionItem(incomplete, type="file")]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl([(name, text) for name, (_, text) in _VERBS.items()])

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Examples come first, as in the help of each verb."""
        self.format_usage(ctx, formatter)
        write_examples(formatter, _EXAMPLES)
        self.format_help_text(ctx, formatter)
        self.format_options(ctx, formatter)
        browse = _load("ckpt_tui.cli.browse")
        records = [param.get_help_record(ctx) for param in browse.params if isinstance(param, click.Option)]
        with formatter.section("Options of the browser"):
            formatter.write_dl([record for record in records if record is not None])
        self.format_epilog(ctx, formatter)


def _is_offered(name: str, incomplete: str) -> bool:
    return bool(incomplete) and name.startswith(incomplete) and not set(name) & set(" \t\n,") and clean(name) == name


def _load(module: str, verb: str = "") -> click.Command:
    command: click.Command = import_module(module).command
    examples_first(command, verb)
    if module not in _READING_NOTHING and not any(param.name == "encoding" for param in command.params):
        _output().encoding_option(command)
        _output().cache_option(command)
    return command


def _output() -> ModuleType:
    """How verbs write."""
    from ckpt_tui.cli import output  # late: --version, and a word that is not a verb, do not need it

    return output


_READING_NOTHING = tuple(f"ckpt_tui.cli.{name}" for name in ("notes", "demo", "completion", "schema", "config"))
"""Verbs that read no checkpoint."""


@click.group(
    cls=_Verbs,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    subcommand_metavar="[STORE] | VERB [ARGS]...",
)
@click.version_option(__version__, prog_name="ckpt-tui")
def cli() -> None:
    """Browse agent workflow checkpoints; decode every value without executing anything.

    STORE is a directory of checkpoints, one checkpoint file or the URL of a database (postgres://...); the current
    directory when left out. With a terminal the browser opens; otherwise what `ls` prints is printed. A directory named
    like a verb is given as ./name; - reads a checkpoint from a pipe. --debug, with any verb, writes a log to attach to
    a report.
    """


def run(args: list[str]) -> int:
    """Run the command line with these arguments; returns the exit code."""
    args, log = _debugged(args)
    inputs: list[Any] = []
    try:
        code: Any = cli.main(_prepared(args, inputs), prog_name="ckpt-tui", standalone_mode=False)
        ended = code if isinstance(code, int) else 0
    except CkptError as error:
        ended = _failed(error, args, shown_input(error.what), shown_input(error.hint), error.exit_code)
        _note(log, error)
    except click.ClickException as error:
        ended = error.exit_code
        if _wants_json(args):
            _failed(error, args, error.format_message(), "", ended)
        _show(error)
        _note(log, error)
    except (click.Abort, KeyboardInterrupt):
        ended = 130
    except BaseException as error:
        _note(log, error)
        raise
    finally:
        for directory in inputs:
            directory.cleanup()
    if log is not None:
        log.end(ended)
        with suppress(OSError):  # the terminal may be closed
            click.echo(f"ckpt-tui: the log is {clean(log.path)}", err=True)
    return ended


def _prepared(args: list[str], inputs: list[Any]) -> list[str]:
    """The arguments, with a file in the place of standard input; the first word is checked before anything is read.

    Raises:
        UsageError: it is neither a verb nor a store, but nearly a verb; or the configuration is not where it should be.
    """
    _look_for_configuration(args)
    if args and args[0][:1] not in ("", "-") and args[0] not in _VERBS and not os.path.lexists(args[0]):
        verb = near_name(args[0], _VERBS) if args[0].isalpha() else ""
        if verb:
            raise UsageError(f"{args[0]} is neither a verb nor a store.", f"Did you mean `ckpt-tui {verb}`?")
    if "-" in args or args == ["show"] or any(map(is_pipe, args[:2])):
        from ckpt_tui.cli.standard_input import with_input  # late: few commands read a pipe

        return with_input(args, list(_VERBS), inputs)
    return args


def _look_for_configuration(args: list[str]) -> None:
    """Check that the file exists that `CKPT_TUI_CONFIG` names, for every verb that reads checkpoints.

    Raises:
        UsageError: it does not.
    """
    path, verb = os.environ.get("CKPT_TUI_CONFIG"), args[0] if args else ""
    if not path or os.path.lexists(path) or verb.startswith("--") or {"-h", "--help"} & set(args):
        return
    if _VERBS.get(verb, ("",))[0] not in _READING_NOTHING and "_CKPT_TUI_COMPLETE" not in os.environ:
        raise missing_configuration(path)


def _wants_json(args: list[str]) -> bool:
    return "--json" in args or "--jsonl" in args


def _failed(error: Exception, args: list[str], what: str, hint: str, code: int) -> int:
    """Report an error on stderr, and with --json as a document on stdout, too; returns the exit code."""
    if isinstance(error, CkptError):
        write_error(what, hint)
    if _wants_json(args):
        document = {
            "schema": "ckpt-tui/error@1", "kind": "error", "error": clean(what), "hint": clean(hint), "exit_code": code,
        }  # fmt: skip
        _output().write_json_line(document)
    return code


def _debugged(args: list[str]) -> tuple[list[str], DebugLog | None]:
    """The arguments without --debug, which may be anywhere before a `--`, and the log where one is wanted."""
    end = args.index("--") if "--" in args else len(args)
    wanted = "--debug" in args[:end]
    if not wanted and not os.environ.get("CKPT_TUI_DEBUG"):
        return args, None
    from ckpt_tui.debug_log import DebugLog  # late: only where somebody asks for it

    args = [*(word for word in args[:end] if word != "--debug"), *args[end:]]
    return args, DebugLog(args)


def _note(log: DebugLog | None, error: BaseException) -> None:
    if log is not None:
        log.failed(error)


def _show(error: click.ClickException) -> None:
    """What click prints for a wrong call, with what was typed made safe."""
    text = StringIO()
    error.show(text)
    click.echo("\n".join(clean_lines(text.getvalue().rstrip("\n"))), err=True)


def write_error(what: str, hint: str = "") -> None:
    """Say on stderr what is wrong and what to do."""
    click.echo(f"ckpt-tui: {clean(what)}", err=True)
    if hint:
        click.echo(f"  {clean(hint)}", err=True)
