"""Asks every member of a panel at once and streams what they say into the query's log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from trillm.eventlog.log import EventLog
from trillm.limits.admit import Admission
from trillm.providers.answer import Answerer, Outcome
from trillm.providers.provider import Delta, ModelRequest, Rest
from trillm.providers.registry import Member
from trillm.safety.clean_text import clean_output
from trillm.vocabulary.event import EventType
from trillm.vocabulary.question import Query
from trillm.vocabulary.ranking import Ranking
from trillm.vocabulary.response import Failure, Response, ResponseStatus
from trillm.vocabulary.synthesis import Synthesis

if TYPE_CHECKING:
    from trillm.query.deciding.judging import Case

STOP_RULE_SECONDS = 0.5
"""How often the stop rule is asked while no answer ends."""

UNFOLLOWED = 4
"""How many windows make one while nobody follows the query, only waits for its end: a third of the CPU of a token."""


class Windows:
    """Writes the deltas of a query's answers to its log, in windows that all of them share.

    The first piece of each answer is written at once; then its reader waits for the end of the window, so that many
    tokens cost one reading, one event and one sending. `seconds` 0 reads and writes every delta as it comes. A
    response's `text` always equals its deltas in the log, joined.
    """

    def __init__(self, log: EventLog, seconds: float) -> None:
        self._log = log
        self._seconds = seconds
        self._waiting: list[asyncio.Future[None]] = []
        self._held: list[tuple[Response, str]] | None = None

    def hold(self) -> None:
        """Write nothing until `release`: the question is still being looked at."""
        self._held = []

    def drop(self) -> None:
        """Forget what is held: the question was refused, and nobody is to see it answered."""
        self._held = []

    def release(self) -> None:
        """Write what was held, and go on as usual."""
        held, self._held = self._held or [], None
        for response, text in held:
            self.write(response, text)

    def write(self, response: Response, text: str) -> None:
        """Write a piece of one answer."""
        if self._held is not None:
            self._held.append((response, text))
            return
        response.text += text
        self._log.append(EventType.RESPONSE_DELTA, {"response_id": response.id, "text": text})

    async def pause(self, rest: Rest | None = None) -> None:
        """Wait for the end of the present window, the first to wait begins it; or until all of the rest is there."""
        if not self._seconds:
            return
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_later(self._seconds * (1 if self._log.is_followed else UNFOLLOWED), self._end)
        waiter = loop.create_future()
        self._waiting.append(waiter)
        if rest is not None:
            rest.when_whole(partial(_wake, waiter))
        await waiter

    def _end(self) -> None:
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            _wake(waiter)


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


log = logging.getLogger(__name__)

STOPPED = Failure("cancelled", "Stopped; what had arrived is kept.")


@dataclass(slots=True)
class Run:
    """A query that this process works on now."""

    query: Query
    log: EventLog
    windows: Windows
    admission: Admission | None = None
    begun: float = 0.0
    """Event-loop time at which this run began, in seconds."""
    accepted: bool = False
    """Whether its row is committed."""
    pick_fixed: bool = False
    opening: int = 0
    """Further attempts that are about to be asked within it."""
    closing: bool = False
    """Whether its end is being recorded: nothing more can be asked within it."""
    spent_before: float = 0.0
    """What earlier runs of the same query have cost, in USD."""
    screening: asyncio.Task[None] | None = None
    """The vendor's moderation, which looks at the question while the models begin to answer."""
    refused: Failure | None = None
    """Why moderation has stopped the models."""
    reserve: list[Member] = field(default_factory=list[Member])
    """Members of the panel that are asked only if the first answer is doubtful."""
    buys: bool = True
    """Whether anything more may be bought for it; not for what is left of a command that has ended."""
    case: Case | None = None
    """What a judge is, or is about to be, asked about."""
    judging: asyncio.Task[None] | None = None
    """The judge, while it looks at the answers."""
    synthesis: Synthesis | None = None
    """What is, or is about to be, made of the answers."""
    merging: asyncio.Task[None] | None = None
    """Whoever makes it, while it is made."""
    told: Ranking | None = None
    """The ranking that the log has last."""
    work: asyncio.Task[None] | None = None
    ended: asyncio.Queue[Response | None] = field(default_factory=asyncio.Queue["Response | None"])
    """Answers that have ended and are not yet recorded; None when something else calls for a look."""
    streaming: dict[str, asyncio.Task[None]] = field(default_factory=dict[str, asyncio.Task[None]])
    """What still streams, by response id."""
    halted: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the query as a whole is stopped."""
    stopped: set[str] = field(default_factory=set[str])
    """Responses that a person has stopped."""

    @property
    def answering(self) -> bool:
        """Whether an answer is still to come or to be recorded."""
        return bool(self.streaming) or self.opening > 0 or not self.ended.empty()

    @property
    def outstanding(self) -> bool:
        """Whether an answer, the judge or what is made of the answers is still to come."""
        return self.answering or self.case is not None or self.synthesis is not None

    def stop(self) -> None:
        """End what still streams as cancelled; what arrived is kept. Nobody judges it, and nobody else is asked."""
        self.halted.set()
        if self.judging is not None:
            self.judging.cancel()
        if self.merging is not None and self.synthesis is not None:
            self.stopped.add(self.synthesis.made.id)
            self.merging.cancel()
        for response_id in self.streaming:
            self.stop_one(response_id)

    def stop_one(self, response_id: str) -> bool:
        """End one answer as cancelled, what arrived is kept; False where it does not stream here."""
        task = self.streaming.get(response_id)
        if task is None:
            return False
        self.stopped.add(response_id)
        return task.cancel()

    def abandon(self) -> None:
        """End every task and record nothing: another process goes on, or the next start does."""
        if self.case is not None and self.judging is None:
            self.case.admission.release()
        for task in (*self.streaming.values(), self.screening, self.judging, self.merging):
            if task is not None:
                task.cancel()


def fan_out(run: Run, members: list[tuple[Response, Member]], answerer: Answerer) -> None:
    """Start all members at once; each response is put on `run.ended` when it is final."""
    for response, member in members:
        run.log.append(EventType.RESPONSE_STARTED, response.as_object())
        task = asyncio.create_task(_stream(run, response, member, answerer), name=f"{run.query.id} {response.key}")
        run.streaming[response.id] = task
        task.add_done_callback(partial(_end_unbegun, run, response))
    if run.halted.is_set():  # stopped, or refused by moderation, while something before this was being kept
        run.stop()


def _end_unbegun(run: Run, response: Response, _: asyncio.Task[None]) -> None:
    """End an answer that was stopped before its task took its first step, and so has not ended itself."""
    if run.streaming.pop(response.id, None) is not None and response.id in run.stopped:
        stop_response(run, response)
        run.ended.put_nowait(response)


def stop_response(run: Run, response: Response) -> None:
    """Mark an answer as stopped, by the person or by moderation; what arrived is kept."""
    response.status = ResponseStatus.CANCELLED if run.refused is None else ResponseStatus.REFUSED
    response.error = run.refused or STOPPED


async def _stream(run: Run, response: Response, member: Member, answerer: Answerer) -> None:
    question = run.query.question
    request = ModelRequest(model=member.model, prompt=question.text, conversation=question.conversation)
    try:
        await listen(run, response, Call(member, request, answerer), run.windows.write)
    finally:
        run.streaming.pop(response.id, None)
    run.ended.put_nowait(response)


@dataclass(frozen=True, slots=True)
class Call:
    """Who is asked what, and through whom."""

    member: Member
    request: ModelRequest
    answerer: Answerer


async def listen(run: Run, response: Response, call: Call, write: Callable[[Response, str], None]) -> None:
    """Take in what a model says until the response is final; a person's stop ends it, another's is raised."""
    begun = asyncio.get_running_loop().time()
    windows, member = run.windows, call.member
    outcome: Outcome | None = None
    try:
        async with aclosing(call.answerer.answer(member.provider, call.request)) as events:
            async for event in events:
                if isinstance(event, Delta):
                    response.status = ResponseStatus.STREAMING
                    write(response, clean_output(event.text))
                    if not event.last:
                        await windows.pause(event.rest)
                else:
                    outcome = event
                    if run.screening is not None:
                        await asyncio.shield(run.screening)
                    _apply(outcome, response)
    except asyncio.CancelledError:
        if response.id not in run.stopped:
            raise
        response.response_time_ms = round((asyncio.get_running_loop().time() - begun) * 1000, 1)
        if outcome is not None:  # it had ended and only waited for moderation
            _apply(outcome, response)
        if outcome is None or run.refused is not None:
            stop_response(run, response)
    if response.cost_usd is None and member.provider.estimate_cost(member.model, 1, 1) == 0:
        response.cost_usd = 0.0  # what is free is free however it ends


def _apply(outcome: Outcome, response: Response) -> None:
    for warning in outcome.warnings:
        log.warning("a vendor's answer is odd", extra={"model": response.key, "warning": warning})
    response.status = outcome.status
    response.usage = outcome.usage
    response.cost_usd = None if outcome.cost_usd is None else round(outcome.cost_usd, 6)  # as it is kept
    response.first_token_ms = None if outcome.first_token_ms is None else round(outcome.first_token_ms, 1)
    response.response_time_ms = round(outcome.response_time_ms, 1)
    response.error = outcome.error


def ended_as(response: Response) -> EventType:
    """Return the event that ends this answer."""
    return EventType.RESPONSE_COMPLETED if response.status is ResponseStatus.COMPLETE else EventType.RESPONSE_FAILED


async def next_ended(run: Run) -> list[Response]:
    """Wait for answers to end, but not longer than a moment, after which the stop rule is asked again."""
    look = asyncio.get_running_loop().call_later(STOP_RULE_SECONDS, run.ended.put_nowait, None)
    try:
        ended = [await run.ended.get()]
    finally:
        look.cancel()
    while not run.ended.empty():
        ended.append(run.ended.get_nowait())
    return [response for response in ended if response is not None]
