"""The merging of a query's answers: asked for, paid for, streamed, kept, then told. Whatever fails, the pick stands."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from functools import partial
from random import SystemRandom

from trillm.history import store
from trillm.query.fan_out import STOPPED, Call, Run, listen
from trillm.query.synthesis.prompt import request_to_merge
from trillm.query.synthesis.wanted import LEAST, NOBODY, TOO_FEW, answers_of, is_wanted, merger
from trillm.query.terms import Rooms, Terms
from trillm.ranking.claims.compare import Answer, supports
from trillm.ranking.ranker import Candidate
from trillm.vocabulary.errors import TrillmError
from trillm.vocabulary.event import EventType
from trillm.vocabulary.ids import new_id
from trillm.vocabulary.response import DEFECT, Failure, Response, ResponseStatus
from trillm.vocabulary.synthesis import Sentence, Synthesis

log = logging.getLogger(__name__)


class Merging:
    """Has the answers of a query merged once its pick is fixed and they have ended, or its time is up."""

    def __init__(self, rooms: Rooms, terms: Terms) -> None:
        self._rooms = rooms
        self._terms = terms
        self._draw = SystemRandom()

    def open(self, run: Run) -> None:
        """Hold the end of a run open for a synthesis that is wanted; `begin` has it made."""
        if run.synthesis is not None or not is_wanted(run.query) or not run.pick_fixed or run.case is not None:
            return
        late = asyncio.get_running_loop().time() - run.begun >= self._terms.query_timeout
        if run.answering and not late:
            return
        query = run.query
        if query.syntheses:  # asked for after the answers, or cut short
            run.synthesis = query.syntheses[-1]
        elif run.buys and not run.halted.is_set() and (synthesis := self._new(run)) is not None:
            query.syntheses.append(synthesis)
            run.synthesis = synthesis

    def _new(self, run: Run) -> Synthesis | None:
        """Return what is to be made as the question wanted; None where nothing was answered."""
        query = run.query
        best = query.response(query.ranking.best or "") if query.ranking is not None else None
        if best is None:
            return None
        of = tuple(answer.id for answer in answers_of(query))
        member = merger(self._rooms.registry, query, query.question.synthesizer)
        if member is not None:
            return Synthesis(Response(new_id(), member.provider.name, member.model), of)
        named = (query.question.synthesizer or best.key).partition(":")
        return Synthesis(_failed(Response(new_id(), named[0], named[2]), NOBODY), of)

    def begin(self, run: Run) -> None:
        """Ask for the synthesis that a run is held open for; what it is made of is committed and told by now."""
        synthesis = run.synthesis
        if synthesis is None or run.merging is not None:
            return
        made = synthesis.made
        if run.halted.is_set():
            made.status, made.error, made.cost_usd = ResponseStatus.CANCELLED, STOPPED, 0.0
        elif len(synthesis.of) < LEAST and not made.status.is_final:
            _failed(made, TOO_FEW)
        if made.status.is_final:
            self._close(run, synthesis)
            return
        run.merging = asyncio.create_task(self._merge(run, synthesis))
        run.merging.add_done_callback(partial(self._merged, run, synthesis))

    async def _merge(self, run: Run, synthesis: Synthesis) -> None:
        query, made = run.query, synthesis.made
        # kept beforehand: a call that is cut may be charged
        await self._rooms.database.write(lambda conn: store.save_synthesis(conn, query, synthesis))
        run.log.append(EventType.SYNTHESIS_STARTED, synthesis.as_object())
        member = merger(self._rooms.registry, query, made.key)
        if member is None:
            _failed(made, NOBODY)
        else:
            answers = [answer for answer in answers_of(query) if answer.id in synthesis.of]
            request = request_to_merge(member, query.question, answers, self._draw)
            await listen(run, made, Call(member, request, self._rooms.answerer), partial(_write, run))
            synthesis.sentences = await asyncio.to_thread(_marked, query.question.text, made.text, answers)
        await self._rooms.database.write(lambda conn: store.save_synthesis(conn, query, synthesis))

    def _merged(self, run: Run, synthesis: Synthesis, task: asyncio.Task[None]) -> None:
        """Take in how it ended, however it did: nothing waits for a synthesis that is not made any more."""
        if task.cancelled() and not run.halted.is_set():
            return  # another process, or the next start, goes on
        failure = None if task.cancelled() else task.exception()
        if isinstance(failure, TrillmError):
            log.warning("a synthesis could not be kept: %s", failure.detail)
        elif failure is not None:
            log.error("merging failed through a defect of ours", exc_info=failure)
        if not synthesis.made.status.is_final:
            synthesis.made.status = ResponseStatus.CANCELLED if failure is None else ResponseStatus.FAILED
            kept_not = isinstance(failure, TrillmError) and Failure(failure.type, failure.detail)
            synthesis.made.error = STOPPED if failure is None else kept_not or DEFECT
        self._close(run, synthesis)

    def _close(self, run: Run, synthesis: Synthesis) -> None:
        run.log.append(EventType.SYNTHESIS_COMPLETED, synthesis.as_object())
        run.synthesis = run.merging = None
        run.ended.put_nowait(None)


def _marked(question: str, text: str, answers: Sequence[Candidate]) -> tuple[Sentence, ...]:
    """Return the sentences of a merged text with the answers that say them: local work, away from the event loop."""
    said = supports(question, text, [Answer(answer.id, answer.text) for answer in answers])
    return tuple(Sentence(passage.start, passage.end, ids) for passage, ids in said)


def _write(run: Run, made: Response, text: str) -> None:
    made.text += text
    run.log.append(EventType.SYNTHESIS_DELTA, {"text": text})


def _failed(made: Response, failure: Failure) -> Response:
    """End what nobody was asked for: it cost nothing."""
    made.status, made.error, made.cost_usd = ResponseStatus.FAILED, failure, 0.0
    return made
