"""A file of assertions becomes checks, or says what is wrong with it."""

import tomllib

import pytest

from ckpt_tui.core.checks.check_file import CheckFault, parse_checks
from ckpt_tui.core.checks.expectation import why_not


def parsed(text: str) -> list[tuple[str, str]]:
    return [(check.kind, check.name) for check in parse_checks(tomllib.loads(text))]


def test_each_kind_is_named_after_what_it_expects() -> None:
    text = """
        [[check]]
        path = "state.score"
        at_least = 0.8
        at = "latest~1"
        [[check]]
        always = "state.a"
        [[check]]
        order = ["writer", "publish"]
        [[check]]
        runs = "writer"
        [[check]]
        safe = true
        [[check]]
        name = "own"
        same_as = "good.bundle"
        ignore = ["state.x"]
    """
    assert parsed(text) == [
        ("value", "state.score at least 0.8 at latest~1"), ("always", "always state.a"),
        ("order", "ran in order: writer → publish"), ("runs", "writer ran: at least 1"),
        ("safe", "nothing undecodable or dangerous"), ("same_as", "own"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "there is no [[check]]"),
        ("[checks]\na=1", "unknown table or key checks"),
        ("[[check]]\nname='x'", "check 1 (x): it needs one of expect"),
        ("[[check]]\nexpect='a'\nnever='b'", "has expect and never"),
        ("[[check]]\nexpect='a'\nequal=1", "unknown key equal"),
        ("[[check]]\nexpect='a'\nequals=1", "equals does not go with expect"),
        ("[[check]]\npath='a'", "path needs one of equals"),
        ("[[check]]\npath='a'\nat_least=true", "at_least must be a number"),
        ("[[check]]\npath='a'\nequals=1\nat='x'\nran='y'", "at and ran are two places"),
        ("[[check]]\nalways='a'\nat='x'", "at does not go with always"),
        ("[[check]]\norder=['a']", "order needs at least two texts"),
        ("[[check]]\nsafe=false", "safe can only be true"),
        ("[[check]]\nsame_as='a'\nignore=[1]", "ignore must be a list of paths"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, reason: str) -> None:
    with pytest.raises(CheckFault) as raised:
        parse_checks(tomllib.loads(text))
    assert reason in str(raised.value)


@pytest.mark.parametrize(
    ("value", "words", "reason"),
    [
        (1, {"equals": 1}, ""), (True, {"equals": 1}, "does not equal"), (1.0, {"equals": 1}, ""),
        ({"$type": "decimal:Decimal", "$value": "1.50"}, {"equals": "1.50", "at_least": 1.5, "at_most": 1.5}, ""),
        ("abc", {"contains": "b", "matches": "^a", "one_of": ["x", "abc"], "type": "str"}, ""),
        ({"$type": "builtins:tuple", "$items": [1, 2]}, {"equals": [1, 2], "contains": 2, "type": "tuple"}, ""),
        ({"$type": "builtins:set", "$items": [1]}, {"contains": 2}, "it does not contain 2"),
        (3, {"one_of": [1, 2]}, "it is not one of [1, 2]"),
        (["a", 1], {"contains": True}, "does not contain"), ([1, "a"], {"contains": "a"}, ""),
        (None, {"exists": False}, ""), (None, {"exists": True}, "nothing is there"), (0, {"exists": True}, ""),
        (None, {"equals": 1}, "nothing is there"), ("x", {"at_least": 1}, "does not reach"),
        ({"$type": "m:Draft"}, {"type": "Draft"}, ""), ({"$type": "m:Draft"}, {"type": "m:Other"}, "have the type"),
        ("a", {"type": "string"}, "it does not have the type 'string', but str"),
        ({"$type": "datetime:date", "$value": "2027-05-17"}, tomllib.loads("equals = 2027-05-17"), ""),
        ({"$type": "datetime:date", "$value": "2027-05-18"}, tomllib.loads("equals = 2027-05-17"), "equal 2027-05-17"),
        ({"$type": "datetime:datetime", "$value": "2027-05-17T09:00:00+00:00"},
         tomllib.loads("equals = 2027-05-17T11:00:00+02:00"), ""),
        ({"$type": "datetime:time", "$value": "09:30:00"}, tomllib.loads("one_of = [09:30:00]"), ""),
        ("no date", tomllib.loads("equals = 2027-05-17"), "does not equal"),
        ({"$type": "datetime:date", "$value": "2027-05-17"}, {"matches": "^2027", "contains": "-05-"}, ""),
        ({"$type": "m:Flag", "$value": True}, {"equals": True}, ""),
        ([{"$type": "m:Verdict", "$value": "ready"}, 1], {"equals": ["ready", 1]}, ""),
        ([1], {"equals": [1, 2]}, "it does not equal [1, 2]"),
        ([1], {"equals": [True]}, "it does not equal [true]"),
    ],
)  # fmt: skip
def test_a_value_is_what_its_words_say(value: object, words: dict[str, object], reason: str) -> None:
    found = why_not(value, words)
    assert reason in found if reason else found == ""
