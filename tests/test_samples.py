"""The sample commands of README, docs and help work on the store that `ckpt-tui demo ./my_checkpoints` writes."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click import Context

from ckpt_tui.cli.command_line import _VERBS, cli
from ckpt_tui.cli.examples import EXAMPLES
from tests.cli.commands import DATA, ROOT, Output, called

PAGES = [ROOT / "README.md", *(page for page in sorted((ROOT / "docs").glob("*.md")) if page.name != "cli.md")]

BESIDES = ("resume", "run", "mcp")
"""Verbs whose samples need a program of the reader, or an agent: of these it is tried whether they can be called so."""


def commands(text: str) -> list[str]:
    """The lines of shell blocks that call us, without comments."""
    found = []
    for block in re.findall(r"```(?:sh|bash)\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            found += [line.strip()] if line.strip().startswith("ckpt-tui ") else []
    return [line.removeprefix("ckpt-tui ").partition(" | ")[0] for line in found]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: Output) -> Path:
    """A directory in which somebody made the sample store."""
    monkeypatch.chdir(tmp_path)
    assert called(capfdbinary, "demo", "./my_checkpoints").code == 0
    shutil.copy(DATA / "langgraph" / "1.2.24" / "forks.sqlite", tmp_path / "checkpoints.sqlite")
    return tmp_path


def works(output: Output, line: str) -> None:
    words = shlex.split(line, comments=True)
    words = words[: words.index(">")] if ">" in words else words  # into a file of the reader
    if words[0] in BESIDES:
        # With the settings of the command itself: a verb keeps its option of help for whoever asks next.
        above = Context(cli, **cli.context_settings)
        verb = cli.get_command(above, words[0])
        assert verb is not None
        given = [word for word in words[1:] if word not in ("…", "...")]
        assert verb.make_context(words[0], given, parent=above).params, line
        return
    if "-" in words or words[:2] == ["config", "edit"]:  # from a pipe, or into an editor
        return
    if words[0] == "demo":
        words.append("--help")
    if words[0] == "tail":
        words = [*words[:2], "--help"]
    if words[0] == "prune" and not {"--dry-run", "--undo"} & set(words):
        words.append("--yes")
    done = called(output, *words)
    # Some codes are answers: a difference, a condition that never held, nothing to bring back.
    answers = {"diff": 1, "bisect": 1, "prune": 3}
    assert done.code in (0, answers.get(words[0])), f"{line}: {done.err}"
    assert done.out or done.err


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page.read_text())], ids=lambda page: page.stem)
def test_the_samples_of_a_page_work_one_after_the_other(page: Path, here: Path, capfdbinary: Output) -> None:
    for line in commands(page.read_text(encoding="utf-8")):
        works(capfdbinary, line)


def test_the_examples_of_the_help_work(here: Path, capfdbinary: Output) -> None:
    for verb in _VERBS:
        for line, _ in EXAMPLES.get(verb, ()):
            works(capfdbinary, line)


PRINTED = [("docs/check.md", "ckpt-tui check ./my_checkpoints score.toml"),
           ("docs/export.md", "ckpt-tui export ./my_checkpoints --format bundle -o run.bundle")]  # fmt: skip
"""Commands of which a page shows what they print."""


@pytest.mark.parametrize(("page", "line"), PRINTED, ids=lambda each: each.split()[1] if " " in each else "")
def test_what_a_page_says_that_a_command_prints_is_what_one_sees(
    page: str, line: str, here: Path, capfdbinary: Output
) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    before, _, after = text.partition(f"`{line}`")
    if "score.toml" in line:
        (here / "score.toml").write_text(re.findall(r"```toml\n(.*?)```", before, re.DOTALL)[-1], encoding="utf-8")
    found = re.search(r"```\n(.*?)```", after, re.DOTALL)
    assert found is not None, f"{page} shows what `{line}` prints"
    done = called(capfdbinary, *shlex.split(line)[1:])
    assert (done.out or done.err) == found[1]


def test_the_file_of_checks_in_the_page_passes_on_the_sample_store(here: Path, capfdbinary: Output) -> None:
    page = (ROOT / "docs/check.md").read_text(encoding="utf-8")
    called(capfdbinary, "check", "./my_checkpoints", "good.toml", "--record")
    text = max(re.findall(r"```toml\n(.*?)```", page, re.DOTALL), key=len)
    (here / "page.toml").write_text(text, encoding="utf-8")
    assert text.count("[[check]]") > 5
    done = called(capfdbinary, "check", "./my_checkpoints", "page.toml")
    assert done.code == 0, done.out


def test_no_page_shows_an_output_that_is_not_compared() -> None:
    shown = {"docs/debug.md"}  # of a program of the reader
    for page in PAGES:
        if re.search(r"^```(?:text|console)?\n(?:(?!```).*\n)+?```$", without_code(page.read_text()), re.MULTILINE):
            shown.add(page.relative_to(ROOT).as_posix())
    assert shown == {"docs/debug.md", *(page for page, _ in PRINTED)}


def without_code(text: str) -> str:
    """A page without its blocks in some language."""
    return re.sub(r"^```[a-z]+\n.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_verb_in_a_sample_is_one(page: Path) -> None:
    for line in commands(page.read_text(encoding="utf-8")):
        word = line.split()[0]
        assert word in _VERBS or word.startswith((".", "run.", "checkpoints.")), line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_to_other_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
