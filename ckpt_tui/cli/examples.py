"""Examples of each verb: the first thing that its help shows. Those on ./my_checkpoints are run by a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Example = tuple[str, str]
"""What is typed after `ckpt-tui`, and what it does."""

EXAMPLES: Mapping[str, Sequence[Example]] = {
    "ls": (
        ("ls ./my_checkpoints", "runs, branches and what each checkpoint is"),
        ("ls ./my_checkpoints --sizes", "which checkpoint is large, and what grew"),
        ("ls ./my_checkpoints --status waiting --limit 5", "what waits for an answer"),
        ("ls ./my_checkpoints --query 'checkpoints[-1].id'", "for a script; --json gives all"),
    ),
    "show": (
        ("show ./my_checkpoints latest", "the newest checkpoint, decoded"),
        ("show ./my_checkpoints latest~2 --query state.draft", "one value, two checkpoints earlier"),
        ("show ./my_checkpoints latest --json --fields state --depth 3 --compact", "few words, for a program"),
        ("show - < checkpoint.json", "a checkpoint from a pipe"),
    ),
    "history": (("history ./my_checkpoints state.draft.score", "each value, and who ran then"),),
    "find": (
        ("find ./my_checkpoints lamp", "a text, wherever it is"),
        ('find ./my_checkpoints "score|verdict" --regex --keys', "names that match"),
    ),
    "bisect": (('bisect ./my_checkpoints "state.draft.score > `0.5`"', "when it became true, and what changed then"),),
    "diff": (
        ("diff ./my_checkpoints latest", "what the newest checkpoint changed"),
        ("diff ./my_checkpoints latest~3 latest", "what changed between two"),
        ("diff ./my_checkpoints latest --ignore messages --json", "without one part, for a script"),
    ),
    "doctor": (("doctor ./my_checkpoints", "what is wrong or risky, and the types to allow"),),
    "resume": (
        ("resume ./my_checkpoints latest --workflow flow.py --check", "what would run, without running it"),
        ("resume ./my_checkpoints latest --workflow flow.py --response ID=true", "answer, and resume in a fork"),
    ),
    "run": (
        ("run flow.py --step", "superstep by superstep"),
        ('run flow.py --break "state.round > `3`" -- --verbose', "until a condition holds; arguments after --"),
    ),
    "notes": (("notes ./my_checkpoints --markdown", "bookmarks and notes, to paste"),),
    "check": (
        ("check ./my_checkpoints good.toml --record", "a first file, from a good run"),
        ("check ./my_checkpoints good.toml --junit report.xml", "assert, for CI"),
    ),
    "export": (
        ("export ./my_checkpoints latest --format md", "for an issue"),
        ("export ./my_checkpoints -o run.html", "a page for somebody without ckpt-tui"),
        ("export ./my_checkpoints -o run.bundle", "a file that opens again as a store"),
    ),
    "prune": (
        ("prune ./my_checkpoints --keep 5 --dry-run", "what would go"),
        ("prune ./my_checkpoints --older-than 30d --yes", "delete, to the trash"),
        ("prune ./my_checkpoints --id d4d8dc9f --dry-run", "one checkpoint"),
        ("prune ./my_checkpoints --undo", "bring it back"),
    ),
    "tail": (
        ("tail ./my_checkpoints", "a line for each checkpoint that comes, changes or goes"),
        ("tail ./my_checkpoints --json --until waiting", "until a run waits for an answer"),
    ),
    "completion": (("completion bash > ~/.local/share/bash-completion/completions/ckpt-tui", "for every new shell"),),
    "schema": (("schema show", "what a program may rely on"),),
    "config": (("config show", "what is set, and where it comes from"), ("config check", "what is wrong in the file")),
    "mcp": (("mcp ./my_checkpoints", "let an agent read a store; needs ckpt-tui[mcp]"),),
    "demo": (
        ("demo", "a sample store, live"),
        ("demo ./my_checkpoints", "a sample store to try every command on"),
    ),
}
