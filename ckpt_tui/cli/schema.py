"""`ckpt-tui schema`: the JSON Schema of the documents that a verb writes."""

from __future__ import annotations

import click

from ckpt_tui.cli.output import write_json
from ckpt_tui.core.schemas import VERBS, verb_schema


@click.command("schema")
@click.argument("verb", type=click.Choice(list(VERBS)), metavar="VERB")
@click.option("--json", "as_json", is_flag=True, help="No effect: the output is always JSON.")
def command(verb: str, as_json: bool) -> int:
    """The JSON Schema of the documents of a verb, as --json writes them; `error` is what any of them may write instead.

    resume and run write one object a line; `jsonl` is a line of `ls --jsonl`. Members may be added to any document;
    none is removed.
    """
    write_json(verb_schema(verb))
    return 0
