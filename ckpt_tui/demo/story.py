"""A sample user program: two real Agent Framework workflows that need no model and no key.

`review_flow` brings a product to launch: research in parallel, a writer and a reviewer in a loop, a person who decides.
It is the only module of the package that imports agent_framework, and no other module imports it.
"""

import asyncio
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from agent_framework import (
    AgentExecutorRequest,
    AgentExecutorResponse,
    AgentResponse,
    Executor,
    FileCheckpointStorage,
    Message,
    Workflow,
    WorkflowBuilder,
    WorkflowContext,
    handler,
    response_handler,
)


class Verdict(Enum):
    """The reviewer's verdict on a draft."""

    INCOMPLETE = "incomplete"
    READY = "ready"


@dataclass
class Brief:
    """The product, and the topics of the announcement."""

    product: str
    audience: str
    launch: date
    budget: Decimal
    checklist: list[str]


@dataclass
class Finding:
    """The finding of one researcher."""

    topic: str
    summary: str
    confidence: float
    figures: dict[str, Decimal] = field(default_factory=dict)


@dataclass
class Draft:
    """The announcement as far as it is written."""

    title: str
    body: str
    score: float = 0.0
    tags: list[str] = field(default_factory=list)


@dataclass
class ApprovalRequest:
    """The question put to a person."""

    prompt: str
    draft: Draft
    deadline: datetime
    options: list[str] = field(default_factory=lambda: ["approve", "reject"])


@dataclass
class Decision:
    """The person's answer; a rejection may ask for one more topic."""

    approved: bool
    comment: str = ""
    add_topic: str | None = None


REMEMBERED = 6
"""Messages the writer keeps after its instructions: each checkpoint holds them all, so the list must have an end."""

RESEARCH = {
    "market": Finding("market", "Four in ten home workers dim their desk by hand more than twice a day.", 0.82),
    "pricing": Finding("pricing", "Buyers expect to pay about what a good chair cushion costs.", 0.64),
    "risks": Finding("risks", "The daylight sensor fails under a north window in winter.", 0.71),
}

PARAGRAPHS = {
    "benefit": "It follows the sun through the day, so you never reach for a switch.",
    "price": "It costs 89 euro, a cable and a spare clamp included.",
    "setup": "Clamp it on, plug it in, and let it watch the window for one day.",
    "safety": "The arm stays cool; a child can touch it at any time.",
    "warranty": "Every lamp is repaired free of charge for five years.",
    "energy": "At full light it draws seven watts, less than the charger beside it.",
    "sensor": "Under a north window, turn the sensor to the wall: it reads the reflection.",
    "materials": "Aluminium, cork, and no glue anywhere: each part can be taken out.",
    "privacy": "Nothing leaves the lamp. It has no account and no radio.",
    "colour": "In the evening it turns as warm as a candle, and never flickers.",
    "noise": "There is no fan in it, and the dimmer does not hum.",
    "shipping": "Orders placed before noon leave the same day, in a box without plastic.",
    "support": "People who built the lamp answer the telephone.",
    "awards": "The prototype was shown at two fairs and stolen at one of them.",
    "reviews": "\u201cI forgot that it is there,\u201d wrote an early tester: our favourite sentence.",
}


class Step(Executor):
    """An executor that takes its time, as one that calls a model would."""

    def __init__(self, id: str, pause: float = 0.0) -> None:
        super().__init__(id=id)
        self.pause = pause

    async def work(self, weight: float = 1.0) -> None:
        """Take `weight` times the pause this workflow was built with."""
        await asyncio.sleep(self.pause * weight)


class Briefing(Step):
    """Writes the brief into the shared state and hands it to the researchers."""

    @handler
    async def start(self, brief: Brief, ctx: WorkflowContext[Brief]) -> None:
        """Start a launch."""
        await self.work()
        ctx.set_state("brief", brief)
        await ctx.send_message(brief)


class Researcher(Step):
    """Finds something out about its own topic."""

    @handler
    async def research(self, brief: Brief, ctx: WorkflowContext[Finding]) -> None:
        """Send one finding."""
        await self.work(2.0)
        await ctx.send_message(RESEARCH[self.id])


class Finance(Step):
    """Puts figures to the price, one step after the other researchers are done."""

    @handler
    async def calculate(self, finding: Finding, ctx: WorkflowContext[Finding]) -> None:
        """Send the finding on, with figures."""
        await self.work(1.5)
        figures = {"unit_cost": Decimal("31.40"), "price": Decimal("89.00"), "margin": Decimal("0.647")}
        await ctx.send_message(replace(finding, confidence=0.9, figures=figures))


class Writer(Step):
    """Writes the draft, adds what it is asked for, and keeps the conversation."""

    def __init__(self, id: str, pause: float = 0.0) -> None:
        super().__init__(id, pause)
        self.revisions = 0
        self.full_conversation: list[Message] = []

    @handler
    async def begin(self, findings: list[Finding], ctx: WorkflowContext[AgentExecutorResponse]) -> None:
        """Write the first draft from what the researchers found."""
        brief: Brief = ctx.get_state("brief")
        facts = [finding.summary for finding in findings]
        ctx.set_state("findings", {finding.topic: finding for finding in findings})
        draft = Draft(f"{brief.product} is here", f"{brief.product} is made for {brief.audience}.")
        self.full_conversation = [
            Message("system", ["You write short, honest product announcements."]),
            Message("user", ["Write the announcement. Facts: " + " ".join(facts)], author_name="briefing"),
        ]
        await self._send(draft, f"A first version: {draft.body}", ctx)

    @handler
    async def revise(self, request: AgentExecutorRequest, ctx: WorkflowContext[AgentExecutorResponse]) -> None:
        """Add the paragraph that is asked for."""
        draft: Draft = ctx.get_state("draft")
        wish = request.messages[-1]
        topic = str(wish.additional_properties.get("topic", "benefit"))
        paragraph = PARAGRAPHS.get(topic, f"About {topic} we shall tell more soon.")
        self.full_conversation += request.messages
        better = replace(draft, body=f"{draft.body}\n\n{paragraph}", tags=[*draft.tags, topic])
        await self._send(better, f"Added a paragraph on {topic}: {paragraph}", ctx)

    async def _send(self, draft: Draft, text: str, ctx: WorkflowContext[AgentExecutorResponse]) -> None:
        await self.work(3.0)
        self.revisions += 1
        ctx.set_state("draft", draft)
        used = ctx.get_state("usage") or {"input_tokens": 0, "output_tokens": 0}
        heard = sum(len(message.text) for message in self.full_conversation) // 4
        ctx.set_state(
            "usage",
            {
                "input_tokens": used["input_tokens"] + heard,
                "output_tokens": used["output_tokens"] + len(text) // 4,
            },
        )
        said = Message("assistant", [text], author_name="writer", message_id=f"draft-{self.revisions}")
        instructions, *spoken = [*self.full_conversation, said]
        self.full_conversation = [instructions, *spoken[-REMEMBERED:]]
        answer = AgentResponse(messages=[said], response_id=f"response-{self.revisions}")
        await ctx.send_message(AgentExecutorResponse(self.id, answer, list(self.full_conversation)))

    async def on_checkpoint_save(self) -> dict[str, Any]:
        """What the framework must keep for this executor."""
        return {"revisions": self.revisions, "full_conversation": list(self.full_conversation)}

    async def on_checkpoint_restore(self, state: dict[str, Any]) -> None:
        """Take up what was kept."""
        self.revisions = state["revisions"]
        self.full_conversation = list(state["full_conversation"])


class Reviewer(Step):
    """Scores each draft, and asks for what is still missing from the checklist, and for its own wishes."""

    def __init__(self, id: str, pause: float = 0.0, wishes: tuple[str, ...] = ()) -> None:
        super().__init__(id, pause)
        self.wishes = wishes
        self.scores: list[float] = []

    @handler
    async def review(self, response: AgentExecutorResponse, ctx: WorkflowContext[AgentExecutorRequest | Draft]) -> None:
        """Send the draft back with a wish, or on to the person who decides."""
        await self.work(1.5)
        brief: Brief = ctx.get_state("brief")
        draft: Draft = ctx.get_state("draft")
        wanted = [*brief.checklist, *self.wishes]
        missing = [topic for topic in wanted if topic not in draft.tags]
        covered = len(wanted) - len(missing)
        extra = len(draft.tags) - covered
        draft = replace(draft, score=round(0.3 + 0.6 * covered / len(wanted) + min(0.02 * extra, 0.1), 3))
        self.scores.append(draft.score)
        ctx.set_state("draft", draft)
        ctx.set_state("verdict", Verdict.INCOMPLETE if missing else Verdict.READY)
        if missing:
            wish = Message(
                "user",
                [f"Score {draft.score}. Say something about {missing[0]}; {len(missing) - 1} more after that."],
                author_name="reviewer",
                additional_properties={"topic": missing[0]},
            )
            await ctx.send_message(AgentExecutorRequest([wish]), target_id="writer")
        else:
            await ctx.send_message(draft, target_id="approval")

    async def on_checkpoint_save(self) -> dict[str, Any]:
        """What the framework must keep for this executor."""
        return {"scores": list(self.scores)}

    async def on_checkpoint_restore(self, state: dict[str, Any]) -> None:
        """Take up what was kept."""
        self.scores = list(state["scores"])


class Approval(Step):
    """Waits for a person."""

    @handler
    async def ask(self, draft: Draft, ctx: WorkflowContext[Draft | AgentExecutorRequest]) -> None:
        """Put the question; the workflow stops here until it is answered."""
        await self.work()
        brief: Brief = ctx.get_state("brief")
        deadline = datetime(brief.launch.year, brief.launch.month, brief.launch.day, 9, tzinfo=UTC)
        question = ApprovalRequest(f"Publish \u201c{draft.title}\u201d?", draft, deadline - timedelta(days=2))
        await ctx.request_info(question, Decision)

    @response_handler
    async def decided(
        self,
        question: ApprovalRequest,
        decision: Decision,
        ctx: WorkflowContext[Draft | AgentExecutorRequest],
    ) -> None:
        """Publish, or have the writer go on."""
        ctx.set_state("decisions", [*(ctx.get_state("decisions") or []), decision])
        if decision.approved:
            await ctx.send_message(question.draft, target_id="publish")
            return
        topic = decision.add_topic or "support"
        wish = Message(
            "user",
            [decision.comment or "Not yet."],
            author_name="approval",
            additional_properties={"topic": topic},
        )
        await ctx.send_message(AgentExecutorRequest([wish]), target_id="writer")


class Publish(Step):
    """The end of the story."""

    @handler
    async def publish(self, draft: Draft, ctx: WorkflowContext[Any, Draft]) -> None:
        """Give the draft out as the workflow's result."""
        await self.work()
        ctx.set_state("published", {"title": draft.title, "words": len(draft.body.split()), "at": datetime.now(UTC)})
        await ctx.yield_output(draft)


class Packer(Step):
    """Packs one order after the other."""

    @handler
    async def pack(self, orders: deque[str], ctx: WorkflowContext[deque[str]]) -> None:
        """Take one order from the queue."""
        await self.work()
        left = deque(orders)
        packed: Counter[str] = Counter(ctx.get_state("packed") or {})
        packed[left.popleft()] += 1
        ctx.set_state("packed", packed)
        ctx.set_state("earned", Decimal("89.00") * packed.total())
        await ctx.send_message(left)


class Shelf(Step):
    """Sends the queue back until it is empty."""

    @handler
    async def look(self, orders: deque[str], ctx: WorkflowContext[deque[str], str]) -> None:
        """Send the queue back, or stop."""
        await self.work(0.5)
        ctx.set_state("left", len(orders))
        if orders:
            await ctx.send_message(orders)
        else:
            await ctx.yield_output("all packed")


SAVED_TYPES = (Brief, Finding, Draft, ApprovalRequest, Decision, Verdict)


def open_storage(directory: str) -> FileCheckpointStorage:
    """The framework's own store in `directory`, with the types of this story allowed."""
    return FileCheckpointStorage(
        directory, allowed_checkpoint_types=[f"{cls.__module__}:{cls.__qualname__}" for cls in SAVED_TYPES]
    )


def review_flow(
    pause: float = 0.0,
    wishes: tuple[str, ...] = (),
    checkpoint_storage: FileCheckpointStorage | None = None,
) -> Workflow:
    """Brief, research in parallel, write and review in a loop, ask a person, publish.

    Args:
        pause: Seconds that a short step takes.
        wishes: Topics the reviewer asks for beyond the checklist of the brief.
        checkpoint_storage: Where checkpoints go, unless `run` is given another place.
    """
    briefing = Briefing("briefing", pause)
    market, pricing, risks = (Researcher(topic, pause) for topic in ("market", "pricing", "risks"))
    finance = Finance("finance", pause)
    writer, reviewer = Writer("writer", pause), Reviewer("reviewer", pause, wishes)
    approval, publish = Approval("approval", pause), Publish("publish", pause)
    return (
        WorkflowBuilder(
            name="review_flow",
            start_executor=briefing,
            output_from=[publish],
            checkpoint_storage=checkpoint_storage,
        )
        .add_fan_out_edges(briefing, [market, pricing, risks])
        .add_edge(pricing, finance)
        .add_fan_in_edges([market, finance, risks], writer)
        .add_edge(writer, reviewer)
        .add_edge(reviewer, writer)
        .add_edge(reviewer, approval)
        .add_edge(approval, writer)
        .add_edge(approval, publish)
        .build()
    )


def packing_flow(pause: float = 0.0, checkpoint_storage: FileCheckpointStorage | None = None) -> Workflow:
    """A small loop that nobody gave a name, so that the framework makes one up for each instance."""
    packer, shelf = Packer("packer", pause), Shelf("shelf", pause)
    return (
        WorkflowBuilder(start_executor=packer, output_from=[shelf], checkpoint_storage=checkpoint_storage)
        .add_edge(packer, shelf)
        .add_edge(shelf, packer)
        .build()
    )
