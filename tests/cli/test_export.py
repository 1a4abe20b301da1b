"""`ckpt-tui export`: what leaves, and what does not."""

import getpass
import json
import re
import socket
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.redact import MASK
from tests.cli.commands import DATA, NEW, Output, called
from tests.support.chromium import HAS_CHROMIUM, open_page
from tests.support.small_stores import write, write_chain

KWARGS = NEW / "run_kwargs"
FORK = NEW / "fork_hitl"


def document_of(output: Output, *args: str | Path) -> Any:
    return called(output, *args).document


@pytest.mark.parametrize(
    "place",
    [KWARGS, FORK, NEW / "orch_magentic", DATA / "langgraph/1.2.24/forks.sqlite", DATA / "dotnet/hpd_full_history"],
    ids=lambda place: place.name,
)
class TestABundle:
    def test_shows_and_lists_what_the_store_does(self, place: Path, tmp_path: Path, capfdbinary: Output) -> None:
        bundle = tmp_path / "run.bundle"
        assert called(capfdbinary, "export", place, "-o", bundle).code == 0
        original, copy = (document_of(capfdbinary, "ls", each, "--json") for each in (place, bundle))
        assert copy["store"]["kind"] == "bundle"
        keys = ("id", "parent", "timestamp", "iteration", "role", "status", "messages", "pending", "run")
        assert [[one[key] for key in keys] for one in copy["checkpoints"]] == [
            [one[key] for key in keys] for one in original["checkpoints"]
        ]
        for one in original["checkpoints"][-3:]:
            a, b = (document_of(capfdbinary, "show", each, one["id"], "--json") for each in (place, bundle))
            for part in ("messages", "state", "pending", "requests", "overview"):
                assert b[part] == a[part], part

    def test_holds_no_pickle(self, place: Path, capfdbinary: Output) -> None:
        text = called(capfdbinary, "export", place, "--format", "bundle").out
        assert "__pickled__" not in text and "gASV" not in text


def test_a_bundle_gives_the_same_differences_and_history(tmp_path: Path, capfdbinary: Output) -> None:
    bundle = tmp_path / "run.bundle"
    called(capfdbinary, "export", FORK, "-o", bundle)
    for verb in (("diff", "latest", "--json"), ("history", "state", "--json"), ("find", "draft", "--json")):
        a, b = (document_of(capfdbinary, verb[0], place, *verb[1:]) for place in (FORK, bundle))
        for document in (a, b):
            document.pop("a", None), document.pop("b", None)
            document.get("matches", []).sort(key=str)
        assert a == b


@pytest.mark.parametrize("name", ["dotnet/af_dotnet_preview", "agent-framework/1.0.0/hitl_answered"])
class TestAParentThatIsGuessed:
    def test_is_guessed_in_a_bundle_too_and_in_a_bundle_of_it(
        self, name: str, tmp_path: Path, capfdbinary: Output
    ) -> None:
        guesses = []
        place = DATA / name
        for copy in ("", "one.bundle", "two.bundle"):
            if copy:
                called(capfdbinary, "export", place, "-o", tmp_path / copy)
                place = tmp_path / copy
            listed = document_of(capfdbinary, "ls", place, "--json")["checkpoints"]
            guesses.append([(one["id"], one["parent"], one.get("guessed_parent")) for one in listed])
        assert guesses[1] == guesses[2] == guesses[0]
        assert any(guess and parent is None for _, parent, guess in guesses[0])

    def test_is_no_other_one_in_a_part_of_the_store(self, name: str, tmp_path: Path, capfdbinary: Output) -> None:
        listed = document_of(capfdbinary, "ls", DATA / name, "--json")["checkpoints"]
        last = next(one for one in reversed(listed) if one.get("guessed_parent"))
        others = [one["id"] for one in listed if one["id"] not in (last["guessed_parent"], last["id"])]
        called(capfdbinary, "export", DATA / name, last["id"], others[0], "-o", tmp_path / "part.bundle")
        part = document_of(capfdbinary, "ls", tmp_path / "part.bundle", "--json")["checkpoints"]
        assert all("guessed_parent" not in one for one in part if one["id"] == last["id"])


def test_a_bundle_grows_with_its_checkpoints_and_no_faster(tmp_path: Path, capfdbinary: Output) -> None:
    sizes = []
    for count in (10, 20, 40):
        store = tmp_path / str(count)
        store.mkdir()
        write_chain(store, *(f"c{number:03}" for number in range(count)))
        sizes.append(len(called(capfdbinary, "export", store, "--format", "bundle").out))
    assert sizes[2] - sizes[1] == pytest.approx(2 * (sizes[1] - sizes[0]), rel=0.02)


class TestWhatIsHidden:
    def test_secrets_are_masked_in_every_format_and_named(self, capfdbinary: Output) -> None:
        for kind in ("md", "html", "json", "bundle"):
            done = called(capfdbinary, "export", KWARGS, "--format", kind)
            assert "sk-" not in done.out
            assert "secrets masked" in done.err and "token" in done.err

    def test_reveal_shows_one_path_and_no_other(self, tmp_path: Path, capfdbinary: Output) -> None:
        write(tmp_path, "a", state={"api_key": "abc-first", "password": "abc-second"})
        done = called(capfdbinary, "export", tmp_path, "a", "--format", "json", "--reveal", "state.api_key")
        [document] = done.document["checkpoints"]
        assert document["state"]["api_key"] == "abc-first"
        assert document["state"]["password"] == {"$masked": "str", "$size": 10}
        assert "shown on purpose: state.api_key" in done.err

    @pytest.mark.parametrize("kind", ["json", "bundle", "md", "html"])
    def test_what_is_revealed_is_shown_in_every_format_and_not_counted_as_masked(
        self, kind: str, tmp_path: Path, capfdbinary: Output
    ) -> None:
        write(tmp_path, "a", state={"config": {"api_key": "abc-first", "password": "abc-second"}})
        write(
            tmp_path, "b", previous_checkpoint_id="a", iteration_count=1, timestamp="2026-11-20T11:00:00+00:00",
            state={"config": {"api_key": "abc-third", "password": "abc-fourth"}},
        )  # fmt: skip
        for chosen, secret in (("a", "abc-first"), ("b", "abc-third")):
            line = ("export", tmp_path, chosen, "--format", kind, "--reveal", "state.config.api_key")
            done = called(capfdbinary, *line)
            assert secret in done.out, chosen
            assert "abc-second" not in done.out and "abc-fourth" not in done.out
            assert "1 secret masked (state.config.password) · shown on purpose: state.config.api_key" in done.err

    def test_a_change_shows_what_is_revealed_and_no_more(self, tmp_path: Path, capfdbinary: Output) -> None:
        write_chain(tmp_path, "a")
        write(
            tmp_path, "b", previous_checkpoint_id="a", iteration_count=1, timestamp="2026-11-20T11:00:00+00:00",
            state={"config": {"api_key": "abc-first", "password": "abc-second"}, "token": "abc-third"},
        )  # fmt: skip
        out = called(capfdbinary, "export", tmp_path, "b", "--format", "md", "--reveal", "state.config.api_key").out
        assert '+ state.config  {2} api_key: "abc-first", password: ' + MASK in out
        assert "abc-second" not in out and "abc-third" not in out

    @pytest.mark.parametrize("kind", ["json", "bundle", "md", "html"])
    def test_a_path_to_reveal_that_is_nowhere_is_an_error_and_writes_nothing(
        self, kind: str, tmp_path: Path, capfdbinary: Output
    ) -> None:
        store = tmp_path / "store"
        store.mkdir()
        write(store, "a", state={"api_key": "abc-first"})
        file = tmp_path / "copy"
        line = ("export", store, "--format", kind, "-o", file, "--reveal")
        done = called(capfdbinary, *line, "state.api_kye")
        assert done.code == 2 and "nothing is at state.api_kye" in done.err
        assert not file.exists()
        assert called(capfdbinary, *line, "state.api_key").code == 0

    def test_what_is_hidden_is_counted_where_it_goes_out(
        self, tmp_path: Path, capfdbinary: Output, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HOME", "/home/marlene")
        parent = None
        for number, name in enumerate("abc"):
            state = {"api_key": "abc-first", "file": "/home/marlene/flow.py"}
            write(tmp_path, name, previous_checkpoint_id=parent, iteration_count=number, state=state)
            parent = name
        for kind in ("md", "html", "json", "bundle"):
            done = called(capfdbinary, "export", tmp_path, "latest", "--format", kind)
            # The line of the list in a bundle has the path, too.
            assert re.search(r"1 secret masked \(state\.api_key\) · [12] paths? of this machine", done.err), done.err

    def test_what_is_revealed_keeps_no_name_of_the_machine(
        self, tmp_path: Path, capfdbinary: Output, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HOME", "/home/marlene")
        write(tmp_path, "a", state={"config": {"api_key": "abc-first", "file": "/home/marlene/flow.py"}})
        for kind in ("json", "bundle"):
            done = called(capfdbinary, "export", tmp_path, "--format", kind, "--reveal", "state.config")
            assert "abc-first" in done.out and "flow.py" in done.out
            assert "marlene" not in done.out

    def test_nothing_of_the_machine_goes_out(
        self, tmp_path: Path, capfdbinary: Output, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("USER", "marlene")
        monkeypatch.setenv("HOME", str(tmp_path))
        store = tmp_path / "my_checkpoints"
        store.mkdir()
        places = {
            "own": str(store / "x.txt"), "other": "/home/marlene/notes.txt", "windows": r"C:\Users\Marlene\a.txt",
            "text": f"saved to {tmp_path}/deep/down/report.pdf by {getpass.getuser()}", "host": socket.gethostname(),
            str(tmp_path / "as_a_key.py"): 1,
        }  # fmt: skip
        write(store, "a", state=places)
        write(store, "b", previous_checkpoint_id="a", iteration_count=1, state={**places, "more": str(tmp_path)})
        for kind in ("md", "html", "json", "bundle"):
            done = called(capfdbinary, "export", store, "--format", kind)
            text = done.out + done.err
            assert done.code == 0
            for name in (str(tmp_path), "arlene", "/home", "Users"):
                assert name not in text, (kind, name)
            assert kind in ("md", "html") or "report.pdf" in text

    def test_a_copy_is_masked_once(self, tmp_path: Path, capfdbinary: Output) -> None:
        first, second = tmp_path / "1.bundle", tmp_path / "2.bundle"
        called(capfdbinary, "export", KWARGS, "-o", first)
        called(capfdbinary, "export", first, "-o", second)
        a, b = (json.loads(path.read_text())["checkpoints"] for path in (first, second))
        assert [one["state"] for one in a] == [one["state"] for one in b]
        assert "secret" not in called(capfdbinary, "doctor", first).out


class TestMarkdown:
    def test_has_what_an_issue_needs_and_fits(self, capfdbinary: Output) -> None:
        text = called(capfdbinary, "export", FORK, "--format", "md").out
        for part in ("### ", "#### Conversation", "#### What changed", "```diff", "```mermaid\nflowchart TD"):
            assert part in text
        assert len(text) < 65_536

    def test_data_is_never_markup(self, tmp_path: Path, capfdbinary: Output) -> None:
        evil = "```\n<img src=x> @someone **bold** #1 | `x`` ` \x1b[31m"
        write(tmp_path, "a", workflow_name="<b>`w`</b>", state={"old": 1})
        write(tmp_path, "b", previous_checkpoint_id="a", workflow_name="<b>`w`</b>", state={evil: evil, "n": "@you"})
        text = called(capfdbinary, "export", tmp_path, "--format", "md").out
        assert "\x1b" not in text
        fence = ""
        outside = []
        for line in text.splitlines():
            found = re.match("`{3,}", line)
            if found and not fence:
                fence = found[0]
            elif fence and line == fence:
                fence = ""
            elif not fence:
                outside.append(line)
        bare = [re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", line) for line in outside]
        assert not fence
        assert not [line for line in bare if "<b>" in line or "@" in line or "<img" in line]

    def test_one_that_is_far_too_long_is_cut_and_says_so(self, tmp_path: Path, capfdbinary: Output) -> None:
        write(tmp_path, "c0", state={})
        for number in range(1, 60):
            state = {f"key{number}_{index}": "x" * 120 for index in range(40)}
            write(tmp_path, f"c{number}", previous_checkpoint_id=f"c{number - 1}", iteration_count=number, state=state)
        text = called(capfdbinary, "export", tmp_path, "--format", "md").out
        assert len(text) < 65_536 and "left out to fit one comment" in text


class _Page(HTMLParser):
    """What a page asks of the network, and whether its tags are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.open: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.asked += [value or "" for name, value in attrs if name in ("src", "href", "action", "data", "srcset")]
        if tag not in ("meta", "br", "link", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(text: str) -> _Page:
    page = _Page()
    page.feed(text)
    assert not page.open
    return page


class TestAPage:
    def test_asks_the_network_for_nothing_and_runs_nothing(self, capfdbinary: Output) -> None:
        page = parsed(called(capfdbinary, "export", FORK, "--format", "html").out)
        assert {"section", "details", "summary", "pre", "dl"} <= page.tags
        assert not page.tags & {"script", "img", "link", "iframe", "object", "form"}
        assert page.asked and all(re.fullmatch(r"#c\d+", place) for place in page.asked)

    def test_data_is_never_markup(self, tmp_path: Path, capfdbinary: Output) -> None:
        evil = "</pre><script>alert(1)</script><img src=x onerror=alert(1)>\" ' &"
        write(tmp_path, evil.replace("/", "_"), workflow_name=evil, state={evil: [evil, {evil: evil}]})
        page = parsed(called(capfdbinary, "export", tmp_path, "--format", "html").out)
        assert not page.tags & {"script", "img"}

    def test_values_of_any_depth_and_number_stay_a_page(self, tmp_path: Path, capfdbinary: Output) -> None:
        deep: Any = 1
        for _ in range(150):
            deep = [deep]
        write(tmp_path, "a", state={"deep": deep, "many": [[number] for number in range(6_000)]})
        text = called(capfdbinary, "export", tmp_path, "--format", "html").out
        parsed(text)
        assert "nested deeper" in text and "more is in the bundle" in text

    @pytest.mark.skipif(not HAS_CHROMIUM, reason="needs chromium")
    @pytest.mark.parametrize("width", [1200, 380])
    async def test_a_browser_shows_it_on_a_desk_and_on_a_phone_light_and_dark(
        self, tmp_path: Path, width: int, capfdbinary: Output
    ) -> None:
        path = tmp_path / "page.html"
        assert called(capfdbinary, "export", FORK, "-o", path).code == 0
        async with open_page(path.as_uri(), tmp_path / "profile", width) as page:
            assert await page.value("document.documentElement.scrollWidth <= innerWidth")
            assert await page.value("document.querySelectorAll('section').length") == len(list(FORK.glob("*.json")))
            colours = "(style => [style.backgroundColor, style.color].join())(getComputedStyle(document.body))"
            light = await page.value(colours)
            await page.prefer_dark()
            dark = await page.value(colours)
        assert light.startswith("rgb(255, 255, 255)")
        (light_back, light_text), (dark_back, dark_text) = brightness(light), brightness(dark)
        assert light_back - light_text > 150 and dark_text - dark_back > 150


def brightness(colours: str) -> list[float]:
    """The mean of the parts of each colour, as in `rgb(255, 255, 255),rgb(0, 0, 0)`."""
    return [sum(map(int, parts.split(","))) / 3 for parts in re.findall(r"rgb\(([^)]*)\)", colours)]


class TestWhichOnes:
    def test_ids_branches_and_runs_are_chosen(self, tmp_path: Path, capfdbinary: Output) -> None:
        write_chain(tmp_path, "a", "b", "c")
        write(tmp_path, "d", previous_checkpoint_id="b", iteration_count=2)
        write(tmp_path, "z", workflow_name="other")

        def chosen(*words: str) -> set[str]:
            document = called(capfdbinary, "export", tmp_path, *words, "--format", "bundle").document
            return {one["ref"]["id"] for one in document["checkpoints"]}

        assert chosen() == {"a", "b", "c", "d", "z"}
        assert chosen("c", "z") == {"c", "z"}
        assert chosen("--branch", "d") == {"a", "b", "d"}
        assert chosen("--run", "d") == {"a", "b", "c", "d"}

    def test_wrong_calls_say_what_is_right(self, tmp_path: Path, capfdbinary: Output) -> None:
        write_chain(tmp_path, "a")
        assert called(capfdbinary, "export", tmp_path).code == 2
        assert "--format" in called(capfdbinary, "export", tmp_path).err
        assert called(capfdbinary, "export", tmp_path, "nothing", "--format", "md").code == 3
        assert called(capfdbinary, "export", tmp_path, "--format", "md", "--reveal", "a[?b]").code == 2
        assert called(capfdbinary, "export", tmp_path, "--format", "md", "--json").code == 2
        inside = called(capfdbinary, "export", tmp_path, "-o", tmp_path / "copy.md")
        assert inside.code == 2 and "never written to" in inside.err
        assert [path.name for path in tmp_path.iterdir()] == ["a.json"]

    def test_what_was_written_is_described_as_json(self, tmp_path: Path, capfdbinary: Output) -> None:
        (tmp_path / "store").mkdir()
        write_chain(tmp_path / "store", "a", "b")
        target = tmp_path / "copy.html"
        document = called(capfdbinary, "export", tmp_path / "store", "-o", target, "--json").document
        assert (document["format"], document["checkpoints"], document["file"]) == ("html", 2, str(target))
        assert document["hidden"]["secret_count"] == 0 and MASK not in target.read_text()

    def test_a_dash_is_standard_output_and_no_file(
        self, tmp_path: Path, capfdbinary: Output, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        dash, plain = (called(capfdbinary, "export", FORK, *more, "--format", "md") for more in (("-o", "-"), ()))
        assert dash == plain and dash.out.startswith("### ")
        assert called(capfdbinary, "export", FORK, "-o", "-", "--format", "md", "--json").code == 2
        assert list(tmp_path.iterdir()) == []

    def test_a_broken_file_is_named_and_the_rest_goes_out(self, tmp_path: Path, capfdbinary: Output) -> None:
        write_chain(tmp_path, "a", "b")
        (tmp_path / "broken.json").write_text('{"checkpoint_id": "brok')
        done = called(capfdbinary, "export", tmp_path, "--format", "bundle")
        assert done.code == 0
        assert [one["file"] for one in json.loads(done.out)["problems"]] == ["broken.json"]


def test_a_home_that_is_not_below_the_homes_names_no_user(
    tmp_path: Path, capfdbinary: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "lamp"))
    (tmp_path / "store").mkdir()
    write(tmp_path / "store", "a", state={"product": "a lamp"})
    done = called(capfdbinary, "export", tmp_path / "store", "--format", "json")
    assert done.document["checkpoints"][0]["state"]["product"] == "a lamp"


def test_nothing_of_the_data_is_markdown_or_mentions_anybody(tmp_path: Path, capfdbinary: Output) -> None:
    told = "@octocat #1 <b> **x**"
    write(tmp_path, "a", workflow_name=told, timestamp=told, state={told: {"api_key": "abc-first"}})
    write(
        tmp_path, "b", workflow_name=told, timestamp=told, previous_checkpoint_id="a", iteration_count=1,
        state={told: {"api_key": "abc-second"}, "said": told},
    )  # fmt: skip
    (tmp_path / f"{told[:11]}.json").write_text("{")
    out = called(capfdbinary, "export", tmp_path, "--run", "b", "--format", "md").out
    outside = re.sub(r"(?ms)^(`{3,})\w*$.*?^\1$|(`+)(?!`).+?(?<!`)\2(?!`)", "", out)
    assert "octocat" in out
    assert "octocat" not in outside and "<b>" not in outside and "**x" not in outside


def test_escape_sequences_of_a_time_go_nowhere(tmp_path: Path, capfdbinary: Output) -> None:
    write(tmp_path, "a", timestamp="\x1b]0;title\x07")
    for kind in ("md", "html"):
        assert "\x1b" not in called(capfdbinary, "export", tmp_path, "--format", kind).out
