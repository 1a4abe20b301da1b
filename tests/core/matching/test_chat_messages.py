"""`ckpt_tui.core.matching.chat_messages`: two unlike messages are two, in a list that is compared, too."""

from __future__ import annotations

from typing import Any

import pytest

from ckpt_tui.core.diff.ignore_rules import IgnoreRules
from ckpt_tui.core.diff.value_diff import diff
from ckpt_tui.core.matching.chat_messages import are_unlike, as_message
from ckpt_tui.core.value import Map, Obj, Ref

LONG = "The launch of the lamp is planned for the first week of spring"


def said(text: str, role: str = "assistant", **more: Any) -> dict[str, Any]:
    return {"role": role, "contents": [{"type": "text", "text": text}], **more}


def sent(data: Any, source: str = "writer", target: str = "reviewer") -> dict[str, Any]:
    return {"data": data, "source_id": source, "target_id": target, "type": "standard"}


def human(content: str, name: str = "HumanMessage", kind: str = "human") -> Obj:
    made = Obj(Ref(f"langchain_core.messages.{kind}", name), ())
    made.state, made.has_state = Map(["content", content, "type", kind, "id", None]), True
    return made


@pytest.mark.parametrize(
    ("one", "other", "unlike"),
    [
        (said(LONG), said(LONG + ", in Berlin"), False),
        (said(LONG), said("Refunds above forty euros need a second pair of eyes"), True),
        (said(LONG), said(LONG, "user"), True),
        (said(LONG, author_name="ann"), said(LONG, author_name="bob"), True),
        (said(LONG, message_id="m1"), said("Something quite different was put there", message_id="m1"), False),
        (said("yes"), said("no"), True),
        (said("yes"), said("Yes!"), False),
        (said("yes"), said("yes, after the two changes that we spoke about"), False),
        (said("no"), said("nothing"), True),
        (said("👍"), said("👎"), True),
        (said("👍"), said("👍"), False),
        (said("我们明天发布"), said("我们明天发布新的灯"), False),
        (said("我们明天发布"), said("退款需要第二个人"), True),
        (said(LONG, authorName="ann"), said(LONG, authorName="bob"), True),
        (human("Is it ready?"), human("Is it ready now?"), False),
        (human("yes"), human("no"), True),
        (human(LONG), human(LONG, "AIMessage", "ai"), True),
        (sent({"text": LONG}), sent({"text": LONG + "!"}), False),
        (sent({"text": LONG}), sent({"text": LONG}, target="approval"), True),
        (sent(3), sent(4), False),
        (sent(3), sent("three"), True),
    ],
)
def test_messages_are_alike_by_author_id_and_words(one: Any, other: Any, unlike: bool) -> None:
    first, second = as_message(one), as_message(other)
    assert first is not None and second is not None
    assert are_unlike(first, second) == unlike == are_unlike(second, first)


@pytest.mark.parametrize("value", [None, 3, "role", [], {"role": "admin"}, {"name": "x", "contents": ["y"]}])
def test_what_says_nothing_or_has_no_author_is_not_a_message(value: Any) -> None:
    assert as_message(value) is None


def test_unlike_messages_of_a_list_are_one_gone_and_one_new() -> None:
    kept, other = said(LONG), said("Refunds above forty euros need a second pair of eyes")
    for before, after, ops in (
        ([kept], [other], ["added", "removed"]),
        ([kept, other], [other], ["removed"]),
        ([kept], [said(LONG + " in Berlin")], ["changed"]),
        ([said("yes")], [said("no")], ["added", "removed"]),
        ([human("yes")], [human("no")], ["added", "removed"]),
    ):
        found = diff({"messages": before}, {"messages": after}, IgnoreRules(()))
        assert sorted(change.op for change in found.changes) == ops


def test_the_name_of_its_author_does_not_identify_a_message() -> None:
    before = [said("yes", name="ann"), said("no", name="bob")]
    after = [said("Refunds wait", name="ann"), said("The lamp is late", name="bob")]
    found = diff({"messages": before}, {"messages": after}, IgnoreRules(()))
    assert sorted(change.op for change in found.changes) == ["added", "added", "removed", "removed"]
