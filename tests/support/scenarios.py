"""The workflows of the sample stores, made again, for any release of Agent Framework from 1.0.0 on: no model, no key.

A file of its own that needs nothing of this repository, because it runs in other virtual environments:
`write NAME DIR` makes a store, `resume NAME DIR ID INTO [RESPONSES]` goes on from a checkpoint as a script written by
hand would.
"""

import asyncio
import enum
import inspect
import json
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import agent_framework
from agent_framework import (
    Agent,
    BaseChatClient,
    Case,
    ChatResponse,
    ChatResponseUpdate,
    Content,
    Default,
    Executor,
    FileCheckpointStorage,
    Message,
    ResponseStream,
    Workflow,
    WorkflowBuilder,
    WorkflowContext,
    WorkflowExecutor,
    handler,
    response_handler,
    tool,
)
from agent_framework._tools import FunctionInvocationLayer
from pydantic import BaseModel


class Colour(enum.Enum):
    RED = "red"
    GREEN = "green"


@dataclass
class Item:
    n: int
    note: str = ""


@dataclass
class Approval:
    prompt: str
    draft: str
    options: list[str] = field(default_factory=lambda: ["approve", "reject"])


@dataclass
class Decision:
    approved: bool
    comment: str = ""
    colour: Colour = Colour.RED


class Order(BaseModel):
    sku: str
    quantity: int = 1


@dataclass
class Zoo:
    when: datetime
    price: Decimal
    key: UUID
    order: Order
    colour: Colour
    pair: tuple[int, str]
    tags: set[str]
    data: bytes


class Node:
    def __init__(self, name: str) -> None:
        self.name = name
        self.parent: Node | None = None
        self.children: list[Node] = []


@dataclass
class Unregistered:
    n: int


TYPES = ("Colour", "Item", "Approval", "Decision", "Order", "Zoo", "Node")


class Upper(Executor):
    @handler
    async def run(self, text: str, ctx: WorkflowContext[str]) -> None:
        ctx.set_state("original", text)
        await ctx.send_message(text.upper())


class Exclaim(Executor):
    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.count = 0

    @handler
    async def run(self, text: str, ctx: WorkflowContext[str]) -> None:
        self.count += 1
        await ctx.send_message(text + "!")

    async def on_checkpoint_save(self) -> dict[str, Any]:
        return {"count": self.count}

    async def on_checkpoint_restore(self, state: dict[str, Any]) -> None:
        self.count = state["count"]


class Finish(Executor):
    @handler
    async def run(self, text: str, ctx: WorkflowContext[Any, str]) -> None:
        ctx.set_state("result", text)
        await ctx.yield_output(text)


class Counter(Executor):
    def __init__(self, id: str, until: int, fails: bool = False) -> None:
        super().__init__(id=id)
        self.until = until
        self.fails = fails

    @handler
    async def run(self, item: Item, ctx: WorkflowContext[Item, str]) -> None:
        ctx.set_state("last", item)
        if item.n >= self.until:
            if self.fails:
                raise ValueError(f"cannot count beyond {item.n}")
            await ctx.yield_output(f"counted to {item.n}")
        else:
            await ctx.send_message(Item(item.n + 1, f"after {item.n}"))


class Spread(Executor):
    @handler
    async def run(self, text: str, ctx: WorkflowContext[str]) -> None:
        await ctx.send_message(text)


class Tag(Executor):
    @handler
    async def run(self, text: str, ctx: WorkflowContext[str]) -> None:
        await ctx.send_message(f"{self.id}: {text}")


class Join(Executor):
    @handler
    async def run(self, texts: list[str], ctx: WorkflowContext[Any, str]) -> None:
        ctx.set_state("joined", sorted(texts))
        await ctx.yield_output("; ".join(sorted(texts)))


class Ask(Executor):
    @handler
    async def run(self, text: str, ctx: WorkflowContext[Any, str]) -> None:
        ctx.set_state("topic", text)
        await ctx.request_info(Approval("approve?", text), Decision)
        await ctx.request_info("which colour?", str)

    @response_handler
    async def decided(self, asked: Approval, answer: Decision, ctx: WorkflowContext[Any, str]) -> None:
        ctx.set_state("decision", answer)
        await ctx.yield_output(f"{'approved' if answer.approved else 'rejected'}: {asked.draft}")

    @response_handler
    async def told(self, asked: str, answer: str, ctx: WorkflowContext[Any, str]) -> None:
        ctx.set_state("colour", answer)
        await ctx.yield_output(f"colour={answer}")


class Classify(Executor):
    @handler
    async def run(self, n: int, ctx: WorkflowContext[int]) -> None:
        await ctx.send_message(n)


class Land(Executor):
    @handler
    async def run(self, n: int, ctx: WorkflowContext[Any, str]) -> None:
        await ctx.yield_output(f"{self.id}: {n}")


class Keeper(Executor):
    @handler
    async def run(self, text: str, ctx: WorkflowContext[str]) -> None:
        order = Order(sku="a", quantity=3)
        when = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=timezone.utc)  # noqa: UP017
        zoo = Zoo(when, Decimal("1.50"), UUID(int=7), order, Colour.GREEN, (1, "x"), {"b", "a"}, b"\x00\xff")
        root, leaf = Node("root"), Node("leaf")
        leaf.parent, root.children = root, [leaf]
        deep: Any = "end"
        for _ in range(60):
            deep = {"in": [deep]}
        ctx.set_state("zoo", zoo)
        ctx.set_state("tree", root)
        ctx.set_state("deep", deep)
        await ctx.send_message(text)


class Odd(Executor):
    @handler
    async def run(self, text: str, ctx: WorkflowContext[str]) -> None:
        ctx.set_state("odd", Unregistered(1))
        await ctx.send_message(text)


def built(start: Any, ends: list[Any], name: str | None = "scenario", **how: Any) -> WorkflowBuilder:
    """A builder, whatever this release calls the executors whose output counts."""
    known = inspect.signature(WorkflowBuilder.__init__).parameters
    outputs: dict[str, Any] = {"output_from" if "output_from" in known else "output_executors": ends}
    return WorkflowBuilder(name=name, start_executor=start, **outputs, **how)


def linear(checkpoint_storage: Any = None) -> Workflow:
    upper, exclaim, finish = Upper(id="upper"), Exclaim("exclaim"), Finish(id="finish")
    builder = built(upper, [finish], checkpoint_storage=checkpoint_storage)
    return builder.add_edge(upper, exclaim).add_edge(exclaim, finish).build()


def unnamed() -> WorkflowBuilder:
    upper, finish = Upper(id="upper"), Finish(id="finish")
    return built(upper, [finish], None).add_edge(upper, finish)


async def loop(until: int = 6, fails: bool = False) -> Workflow:
    a, b = Counter("a", until, fails), Counter("b", until, fails)
    return built(a, [a, b]).add_edge(a, b).add_edge(b, a).build()


def raises(fails: bool = True) -> WorkflowBuilder:
    a, b = Counter("a", 4, fails), Counter("b", 4, fails)
    return built(a, [a, b]).add_edge(a, b).add_edge(b, a)


def fan_out_fan_in() -> Workflow:
    spread, fast, slow, slower, join = (
        Spread(id="spread"),
        Tag(id="fast"),
        Tag(id="slow"),
        Tag(id="slower"),
        Join(id="join"),
    )
    builder = built(spread, [join]).add_fan_out_edges(spread, [fast, slow])
    return builder.add_edge(slow, slower).add_fan_in_edges([fast, slower], join).build()


def hitl() -> Workflow:
    upper, ask = Upper(id="upper"), Ask(id="ask")
    return built(upper, [ask]).add_edge(upper, ask).build()


def switch_case() -> Workflow:
    classify, even, odd = Classify(id="classify"), Land(id="even"), Land(id="odd")
    cases: list[Any] = [Case(condition=lambda n: n % 2 == 0, target=even), Default(target=odd)]
    return built(classify, [even, odd]).add_switch_case_edge_group(classify, cases).build()


def sub_workflow() -> Workflow:
    upper, inner = Upper(id="upper"), WorkflowExecutor(linear(), id="inner")
    finish = Finish(id="end")
    return built(upper, [finish]).add_edge(upper, inner).add_edge(inner, finish).build()


def types_zoo() -> Workflow:
    keeper, finish = Keeper(id="keeper"), Finish(id="finish")
    return built(keeper, [finish]).add_edge(keeper, finish).build()


def unregistered() -> Workflow:
    odd, exclaim, finish = Odd(id="odd"), Exclaim("exclaim"), Finish(id="finish")
    return built(odd, [finish]).add_edge(odd, exclaim).add_edge(exclaim, finish).build()


# -- agents, with a client that says what its script says -------------------------------------------------------------


class Scripted(BaseChatClient[Any]):
    """Answers by what was said last: a rule, not a model."""

    def __init__(self, *, answer: Callable[[list[Message]], Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._answer = answer

    def _inner_get_response(
        self, *, messages: Any, stream: bool, options: Any, **kwargs: Any
    ) -> Awaitable[ChatResponse] | ResponseStream[ChatResponseUpdate, ChatResponse]:
        said = self._answer(list(messages))
        contents = [said] if isinstance(said, Content) else [Content.from_text(said)]
        if stream:

            async def updates() -> Any:
                yield ChatResponseUpdate(role="assistant", contents=contents, response_id="r", message_id="m")

            return ResponseStream(updates(), finalizer=ChatResponse.from_updates)

        async def whole() -> ChatResponse:
            return ChatResponse(messages=[Message("assistant", contents, message_id="m")], response_id="r")

        return whole()


class Calling(FunctionInvocationLayer[Any], Scripted):
    """The same, with tools that are called."""


def agent(name: str, answer: Callable[[list[Message]], Any], calls: bool = False, **how: Any) -> Agent:
    return Agent(client=(Calling if calls else Scripted)(answer=answer), name=name, id=name, **how)


@tool(approval_mode="always_require")
def refund(order: str) -> str:
    """Give the money back."""
    return f"refunded {order}"


def _asks_for_the_tool(messages: list[Message]) -> Any:
    results = [content for message in messages for content in message.contents if content.type == "function_result"]
    if results:
        return f"done: {results[-1].result}"
    return Content.from_function_call(call_id="call-1", name="refund", arguments={"order": "123"})


def agent_tool_approval() -> Workflow:
    operator = agent("operator", _asks_for_the_tool, calls=True, tools=[refund])
    summariser = agent("summariser", lambda messages: f"summary of {len(messages)}")
    return built(operator, [summariser]).add_edge(operator, summariser).build()


def orch_sequential() -> Any:
    from agent_framework_orchestrations import SequentialBuilder

    return SequentialBuilder(participants=[agent("one", lambda m: "first"), agent("two", lambda m: "second")])


def sequential_agent() -> Any:
    """The workflow of `orch_sequential` as the agent that programs hand on."""
    return orch_sequential().build().as_agent(name="both")


def orch_concurrent() -> Any:
    from agent_framework_orchestrations import ConcurrentBuilder

    return ConcurrentBuilder(participants=[agent("one", lambda m: "first"), agent("two", lambda m: "second")])


def orch_groupchat() -> Any:
    from agent_framework_orchestrations import GroupChatBuilder

    def chosen(state: Any) -> str:
        return "two" if state.current_round % 2 else "one"

    people = [agent("one", lambda m: f"one heard {len(m)}"), agent("two", lambda m: f"two heard {len(m)}")]
    return GroupChatBuilder(participants=people, selection_func=chosen, max_rounds=3)


def orch_handoff() -> Any:
    from agent_framework_orchestrations import HandoffBuilder

    people = [
        agent("triage", lambda m: "how can I help?", calls=True, require_per_service_call_history_persistence=True),
        agent("refunds", lambda m: "refunded", calls=True, require_per_service_call_history_persistence=True),
    ]
    builder = HandoffBuilder(name="handoff", participants=people, termination_condition=_is_over)
    return builder.with_start_agent(people[0]).add_handoff(people[0], [people[1]])


def _is_over(messages: list[Message]) -> bool:
    return sum(message.role == "user" for message in messages) > 2


def orch_magentic_plan_review() -> Any:
    from agent_framework_orchestrations import MagenticBuilder

    return MagenticBuilder(
        participants=[agent("researcher", lambda m: "found it")], manager=_manager(), enable_plan_review=True
    )


def orch_magentic() -> Any:
    from agent_framework_orchestrations import MagenticBuilder

    return MagenticBuilder(participants=[agent("researcher", lambda m: "found it")], manager=_manager())


def _manager() -> Any:
    from agent_framework_orchestrations import MagenticManagerBase
    from agent_framework_orchestrations._magentic import MagenticProgressLedger, MagenticProgressLedgerItem

    class Manager(MagenticManagerBase):
        async def plan(self, magentic_context: Any) -> Message:
            return Message("assistant", ["look it up"])

        async def replan(self, magentic_context: Any) -> Message:
            return Message("assistant", ["look it up again"])

        async def create_progress_ledger(self, magentic_context: Any) -> Any:
            done = any("found it" in (message.text or "") for message in magentic_context.chat_history)

            def item(answer: Any) -> Any:
                return MagenticProgressLedgerItem(reason="so", answer=answer)

            return MagenticProgressLedger(
                is_request_satisfied=item(done), is_in_loop=item(False), is_progress_being_made=item(True),
                next_speaker=item("researcher"), instruction_or_question=item("go on"),
            )  # fmt: skip

        async def prepare_final_answer(self, magentic_context: Any) -> Message:
            return Message("assistant", ["here it is"])

    return Manager(max_round_count=4)


if hasattr(agent_framework, "workflow") and hasattr(agent_framework, "step"):
    from agent_framework import RunContext, get_run_context, step, workflow

    @step
    async def fetch(topic: str) -> str:
        return f"data on {topic}"

    @step
    async def polish(text: str) -> str:
        return text.upper()

    @workflow
    async def functional(topic: str) -> str:
        return await polish(await fetch(topic))

    @workflow
    async def functional_hitl(topic: str) -> str:
        data = await fetch(topic)
        context: RunContext | None = get_run_context()
        assert context is not None
        verdict = await context.request_info(Approval("ok?", data), str, request_id="review")
        return await polish(f"{data}: {verdict}")


# -- running them ------------------------------------------------------------------------------------------------------

INPUTS: dict[str, Any] = {
    "linear": "kettles", "unnamed": "kettles", "loop": Item(0), "raises": Item(0), "fan_out_fan_in": "kettles",
    "hitl": "kettles", "switch_case": 7, "sub_workflow": "kettles", "types_zoo": "kettles", "unregistered": "kettles",
    "agent_tool_approval": "refund 123", "orch_sequential": "go", "orch_concurrent": "go", "orch_groupchat": "go",
    "orch_handoff": "help", "orch_magentic": "find it", "orch_magentic_plan_review": "find it", "functional": "tea",
    "functional_hitl": "tea",
}  # fmt: skip


def storage(directory: str | Path) -> FileCheckpointStorage:
    """The framework's own store, with the types of this file allowed where the release asks for it."""
    if "allowed_checkpoint_types" not in inspect.signature(FileCheckpointStorage.__init__).parameters:
        return FileCheckpointStorage(directory)
    allowed = [f"{__name__}:{name}" for name in TYPES]
    allowed += ["types:GenericAlias", "agent_framework_orchestrations._handoff:HandoffAgentUserRequest"]
    return FileCheckpointStorage(directory, allowed_checkpoint_types=allowed)


async def make(name: str) -> Any:
    """The workflow of a scenario."""
    found = globals()[name]
    found = found() if inspect.isfunction(found) else found
    found = await found if inspect.isawaitable(found) else found
    return found.build() if hasattr(found, "build") else found


def answer_to(event: Any) -> Any:
    """An answer to a request, as a program gives it."""
    data = event.data
    kind = type(data).__name__
    if kind == "Approval" and event.response_type is Decision:
        return Decision(True, "fine", Colour.GREEN)
    if kind == "HandoffAgentUserRequest":
        return data.create_response("order 123")
    if kind == "MagenticPlanReviewRequest":
        return data.approve()
    if getattr(data, "type", "") == "function_approval_request":
        return data.to_function_approval_response(True)
    return "purple"


async def write(name: str, directory: str) -> None:
    """Run a scenario once, to its end or until it waits."""
    flow = await make(name)
    try:
        async for _ in flow.run(INPUTS[name], checkpoint_storage=storage(directory), stream=True):
            pass
    except ValueError:
        if name != "raises":
            raise


async def resume(name: str, directory: str, identifier: str, into: str, answers: bool) -> None:
    """Go on from a checkpoint, in a copy of it: as a program would that knows nothing of ckpt-tui."""
    Path(into).mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(directory) / f"{identifier}.json", into)
    flow, store = await make(name), storage(into)
    how: dict[str, Any] = {}
    if answers:
        pending = (await store.load(identifier)).pending_request_info_events
        how["responses"] = {key: answer_to(event) for key, event in pending.items()}
    try:
        async for _ in flow.run(checkpoint_id=identifier, checkpoint_storage=store, stream=True, **how):
            pass
    except ValueError:
        if name != "raises":
            raise


def main(words: list[str]) -> None:
    """One verb, or several after each other: a JSON list of them from standard input for `-`."""
    for verb, *rest in json.load(sys.stdin) if words == ["-"] else [words]:
        if verb == "write":
            asyncio.run(write(*rest))
        else:
            name, directory, identifier, into, answers = rest
            asyncio.run(resume(name, directory, identifier, into, answers == "answered"))


if __name__ == "__main__":
    # Its classes must have the name that a program that imports it gives them.
    sys.path.insert(0, str(Path(__file__).parent))
    from importlib import import_module

    import_module("scenarios").main(sys.argv[1:])
