"""What callers send and get, as the OpenAPI document states it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from trillm.history.listing.store import Wanted
from trillm.http.caller import SESSION_ID
from trillm.http.cursor import MAX_CURSOR
from trillm.ranking.claims.claim import Agreement, Difference
from trillm.safety.clean_text import FIELD_BOUNDS, MAX_QUESTION, clean_field, clean_question
from trillm.vocabulary.conversation import Followed
from trillm.vocabulary.question import JudgePolicy, QueryStatus, Question
from trillm.vocabulary.ranking import DecidedBy
from trillm.vocabulary.response import ResponseStatus

MAX_PANEL = 8

ModelKey = Annotated[str, StringConstraints(min_length=3, max_length=265)]


class StrictBody(BaseModel):
    """A body in which nothing is guessed at."""

    model_config = ConfigDict(extra="forbid", strict=True)


class QueryRequest(StrictBody):
    """A question and how to answer it."""

    question: str = Field(min_length=1, max_length=MAX_QUESTION, examples=["Why is the sky blue?"])
    models: list[ModelKey] | None = Field(
        None, min_length=1, max_length=MAX_PANEL, description="The panel, each `provider:model`."
    )
    category: str | None = Field(None, min_length=1, max_length=FIELD_BOUNDS["category"])
    session_id: str | None = Field(
        None, pattern=SESSION_ID, description="Owns the query in place of the cookie; keep it secret."
    )
    reference: str | None = Field(
        None,
        min_length=1,
        max_length=FIELD_BOUNDS["reference"],
        description="Ground truth to rank by; the models do not see it.",
    )
    cache: bool = Field(True, description="Whether an earlier answer to the same question may be shown.")
    judge: JudgePolicy | None = Field(
        None, description="When one more model judges: on close calls, always, never. Left out: as the server is set."
    )
    economy: bool | None = Field(
        None,
        description="Ask one cheap model first, the rest only if it is doubtful. Left out: as the server is set.",
    )

    follows: str | None = Field(
        None, max_length=64, description="Which answer it continues: a response's id, or a query's for its best one."
    )
    synthesize: bool = Field(False, description="Whether the answers are merged into one more text when they ended.")
    synthesizer: ModelKey | None = Field(
        None,
        description="Who merges them, `provider:model`; left out: as the server is set, else the best one's model.",
    )

    def to_question(self) -> Question:
        """Return the question, cleaned; InvalidInput where it is not fit to send."""
        return Question(
            text=clean_question(self.question),
            models=tuple(self.models or ()),
            category=clean_field(self.category, "category"),
            reference=clean_field(self.reference, "reference"),
            use_cache=self.cache,
            judge=self.judge,
            economy=self.economy,
            follows=None if self.follows is None else Followed(self.follows),
            synthesize=self.synthesize,
            synthesizer=self.synthesizer,
        )


class SynthesisRequest(StrictBody):
    """Who is to merge the answers."""

    model: ModelKey | None = Field(
        None, description="`provider:model`; left out: as the server is set, else the best one's model."
    )


def _whole(value: object) -> object:
    if type(value) is not int:  # a literal takes true and 1.0 for 1, even in strict mode
        raise ValueError("should be 1 or -1")
    return value


class FeedbackRequest(StrictBody):
    """A judgement of one answer."""

    query_id: str = Field(max_length=64)
    response_id: str = Field(max_length=64)
    rating: Annotated[Literal[1, -1], BeforeValidator(_whole)]
    better: str | None = Field(None, max_length=64, description="The id of the response that is better.")
    comment: str | None = Field(None, min_length=1, max_length=FIELD_BOUNDS["comment"])
    blind: bool = Field(
        False,
        description="Whether it was given before names and pick were shown. All answers of a query voted down so: none "
        "of them is right, which counts where final answers are compared.",
    )


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("should be in the years 1 to 9999") from None


Instant = Annotated[AwareDatetime, AfterValidator(_utc)]
"""A moment with its time zone, given on in UTC."""


class HistoryPlace(BaseModel):
    """Which part of the history is wanted."""

    model_config = ConfigDict(extra="forbid")

    search: str | None = Field(None, max_length=FIELD_BOUNDS["search"], description="Words of the question.")
    winner: Literal["none"] | ModelKey | None = Field(
        None, description="Whose answer won, `provider:model`; `none`: too close to call, or no model answered."
    )
    model: ModelKey | None = Field(None, description="Who was asked, `provider:model`.")
    since: Instant | None = Field(None, description="Asked then or later.")
    pinned: bool | None = Field(None, description="Only those that are pinned, or only those that are not.")
    cursor: str | None = Field(None, max_length=MAX_CURSOR, description="`next_cursor` of the page before.")
    limit: int = Field(20, ge=1, le=100)

    def wanted(self) -> Wanted:
        """Return what is looked for; InvalidInput where the words are not fit to look for."""
        return Wanted(clean_field(self.search, "search"), self.winner, self.model, self.since, self.pinned)


class QueryChange(StrictBody):
    """What is to be otherwise; what is left out stays."""

    pinned: bool | None = Field(None, description="Whether it stands above the others in the history.")
    discarded: bool | None = Field(
        None, description="Whether it is thrown away: gone, but for two minutes `false` fetches it back."
    )


class FeedbackObject(BaseModel):
    """A judgement as it is kept."""

    id: str
    query_id: str
    response_id: str
    rating: int
    better: str | None
    comment: str | None
    blind: bool
    created_at: datetime


class ScoresObject(BaseModel):
    """The four criteria and their weighted sum, 0 to 100."""

    relevance: float
    completeness: float
    clarity: float
    accuracy: float
    total: float


class FailureObject(BaseModel):
    """Why an answer is not complete."""

    type: str
    detail: str
    retry_at: str | None = Field(description="From when on the vendor takes questions again, where it has told.")


class ResponseObject(BaseModel):
    """One attempt of one model."""

    id: str
    provider: str
    model: str
    attempt: int
    status: ResponseStatus
    text: str
    rank: int | None
    is_best: bool
    probability: float | None
    scores: ScoresObject | None
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None = Field(description="USD; null when it is not known.")
    first_token_ms: float | None
    response_time_ms: float | None
    error: FailureObject | None


class ReasonObject(BaseModel):
    """A sentence of the reasons as data, for who says it in another language; codes are only ever added."""

    code: str
    values: dict[str, int | str]


class JudgementObject(BaseModel):
    """What a judge, one more model, said of the panel when it was shown in two opposite orders."""

    provider: str
    model: str
    asked_because: Literal["close", "asked", "audit"]
    status: Literal["consistent", "undecided", "failed"]
    better: str | None = Field(description="The id of the response that it preferred in both orders.")
    why: str
    caution: str
    cautions: list[ReasonObject] = Field(description="What `caution` says, as codes; empty where there are only words.")
    scores: dict[str, ScoresObject]
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None = Field(description="USD of both readings; null when it is not known.")
    response_time_ms: float | None
    error: FailureObject | None


class FollowedObject(BaseModel):
    """The answer that a question continues; it may have been deleted since."""

    query_id: str
    response_id: str


class SentenceObject(BaseModel):
    """A sentence of a merged text: where it stands, in UTF-16 code units, and which answers say it."""

    start: int
    end: int
    supported_by: list[str] = Field(description="Ids of responses; empty where no answer says it.")


class SynthesisObject(BaseModel):
    """One text that a model made of several answers on request. It is never the pick."""

    status: ResponseStatus
    provider: str
    model: str
    text: str
    of: list[str] = Field(description="The ids of the responses that it was made of.")
    sentences: list[SentenceObject] = Field(description="Told once it has ended.")
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None = Field(description="USD; null when it is not known.")
    first_token_ms: float | None
    response_time_ms: float | None
    error: FailureObject | None


class QueryObject(BaseModel):
    """A question with all that became of it."""

    id: str
    question: str
    follows: FollowedObject | None
    category: str | None
    status: QueryStatus
    cached_at: datetime | None
    best: str | None
    confidence: float | None
    too_close: bool
    decided_by: DecidedBy | None
    why: str
    reasons: list[ReasonObject] = Field(
        description="What `why` says, as codes; empty where there are only words. `not-judged`: why no judge was asked."
    )
    responses: list[ResponseObject]
    judgement: JudgementObject | None
    synthesis: SynthesisObject | None
    cost_usd: float | None
    elapsed_ms: float | None
    pinned: bool
    created_at: datetime


class PassageObject(BaseModel):
    """Where an answer says it: `text.slice(start, end)` in JavaScript, so in UTF-16 code units."""

    response_id: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class SideObject(BaseModel):
    """Answers that say the same, in the words of the first of them without markup; a passage of each."""

    text: str
    passages: list[PassageObject]


class ClaimObject(BaseModel):
    """A claim; a contested one has a side for each thing that is said, every other one has one side."""

    agreement: Agreement
    differs_in: Difference | None = Field(description="What contradicts; null where nothing does.")
    sure: float = Field(ge=0, le=1, description="How likely it is that the map is right about this claim.")
    sides: list[SideObject]


class ClaimMapObject(BaseModel):
    """Claims of the answers that were compared: contested ones first, then by how many answers make them."""

    compared: list[str] = Field(description="Ids of the responses.")
    claims: list[ClaimObject]


class HistoryPage(BaseModel):
    """The newest queries of this session; `next_cursor` continues the list."""

    queries: list[QueryObject]
    next_cursor: str | None


class AskedObject(BaseModel):
    """How often this session's queries went to a model, and how often it won."""

    provider: str
    model: str
    asked: int
    won: int


class HistoryModels(BaseModel):
    """The models of this session's queries, those asked most first."""

    models: list[AskedObject]
