"""Builds the house: the only place that knows which room needs which."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from trillm.analytics.store import spent_since
from trillm.billing.plans import Plans
from trillm.cache.memory import MemoryCache
from trillm.entrypoints.settings import Settings, first_set
from trillm.eventlog.logs import EventLogs
from trillm.http.client import HttpClient
from trillm.limits.admit import Allowance, Limits
from trillm.providers.answer import Answerer, Clocks
from trillm.providers.breaker import Breakers
from trillm.providers.catalogue import Catalogue, ProviderFacts
from trillm.providers.local.provider import LocalProvider
from trillm.providers.ollama import ollama_url, ollama_vendor
from trillm.providers.provider import Model, Provider
from trillm.providers.registry import Registry
from trillm.providers.retry import RetryBudget
from trillm.providers.vendor import build_vendors
from trillm.query.amend import Amender
from trillm.query.ask import Asker
from trillm.query.deciding.economy import estimate
from trillm.query.read import Reader
from trillm.query.recover import Recovery, owner_name
from trillm.query.terms import Rooms, Terms
from trillm.ranking.criteria import Criteria
from trillm.ranking.judge.judge import Judge
from trillm.ranking.judge.judge import Terms as JudgeTerms
from trillm.ranking.ladder import default_ladder
from trillm.ranking.learned.doubt import Doubt
from trillm.ranking.learned.learned import Learned
from trillm.ranking.learning.learner import Learner
from trillm.ranking.ranker import Ranker
from trillm.safety.moderation import ModerationEndpoint, Moderator
from trillm.storage.database import Database
from trillm.storage.migrate import prepare
from trillm.telemetry.metrics import Metrics
from trillm.vocabulary.errors import InvalidInput
from trillm.vocabulary.ids import now
from trillm.voice.transcribe import Transcriber

log = logging.getLogger(__name__)

PANEL_SIZE = 3


@dataclass(frozen=True, slots=True)
class House:
    """Everything that a door needs."""

    settings: Settings
    rooms: Rooms
    catalogue: Catalogue
    local: LocalProvider
    breakers: Breakers
    asker: Asker
    reader: Reader
    amender: Amender
    recovery: Recovery
    learner: Learner
    plans: Plans
    transcriber: Transcriber | None


@asynccontextmanager
async def open_house(settings: Settings, environ: Mapping[str, str], door: str) -> AsyncGenerator[House]:
    """Build all rooms for a door (`serve` or `ask`), and let go of what they hold when it closes."""
    async with AsyncExitStack() as stack:
        catalogue, registry, local = await _providers(settings, environ, stack)
        database = await open_database(settings, stack)
        allowance = _allowance(settings)
        logs = EventLogs()
        stack.callback(logs.shut)
        metrics = Metrics(m.key for p in registry for m in p.models())
        breakers = Breakers()
        answerer = Answerer(_clocks(settings), retries=RetryBudget(), breakers=breakers, count_retry=metrics.retry)
        criteria = Criteria()
        learned = Learned(criteria=criteria)
        learner = Learner(database, learned)
        await learner.start()
        ranker = default_ladder(learned, criteria)
        rooms = Rooms(
            database=database,
            registry=registry,
            answerer=answerer,
            ranker=ranker,
            judge=_judge(settings, registry, answerer, ranker, criteria),
            doubt=Doubt(criteria=criteria),
            learner=learner,
            limits=Limits(allowance, spent_today_usd=await _spent_today(database, registry, allowance)),
            moderator=_moderator(settings, environ, catalogue, metrics, stack),
            cache=MemoryCache(),
            logs=logs,
            metrics=metrics,
        )
        terms = _terms(settings, registry, catalogue, door)
        asker = Asker(rooms, terms)
        stack.push_async_callback(asker.close)
        yield House(
            settings,
            rooms,
            catalogue,
            local,
            breakers,
            asker,
            Reader(rooms, asker),
            Amender(rooms, asker),
            Recovery(rooms, asker),
            learner,
            Plans.load(settings.plans_file),
            _transcriber(settings, environ, catalogue, rooms.limits, stack),
        )


async def open_database(settings: Settings, stack: AsyncExitStack) -> Database:
    """Open the database at this version's schema."""
    settings.make_data_dir()
    database = await Database.open(settings.database)
    stack.push_async_callback(database.close)
    await prepare(database)
    return database


def default_panel(registry: Registry, catalogue: Catalogue) -> tuple[str, ...]:
    """Return what is asked when nobody names a panel: each vendor's default that has a key, else what runs here.

    One vendor alone is joined by its own models of the nearest price, so that there is something to compare.
    """
    ready = {provider.name: list(provider.models()) for provider in registry.available()}
    chosen = [f"{name}:{model}" for name, model in catalogue.default_panel() if name in ready]
    if not chosen:  # a key of another vendor: the first that it lists
        chosen = [models[0].key for models in ready.values() if models and not models[0].local][:PANEL_SIZE]
    if len(chosen) == 1:
        models = {model.key: model for model in ready[chosen[0].partition(":")[0]]}
        first = models.pop(chosen[0])
        chosen += [m.key for m in sorted(models.values(), key=lambda m: _price_gap(first, m))][: PANEL_SIZE - 1]
    if not chosen:  # what runs here: our own model, if it is installed, else an Ollama's
        here = ready.get("local") or next(filter(None, ready.values()), registry.get("local").models())
        chosen = [model.key for model in here][:PANEL_SIZE]
    return tuple(chosen)


def _terms(settings: Settings, registry: Registry, catalogue: Catalogue, door: str) -> Terms:
    """Return how questions are asked here; InvalidInput when a model is named that cannot be."""
    terms = Terms(
        panel=settings.panel or default_panel(registry, catalogue),
        owner=owner_name(door),
        query_timeout=settings.query_timeout,
        window=settings.flush_window,
        cache_seconds=settings.cache_seconds,
        judge=settings.judge,
        audit_share=settings.audit_share,
        economy=settings.economy,
        doubtful=settings.doubtful,
        tolerated_loss=settings.tolerated_loss,
        synthesizer=settings.synthesis_model or None,
    )
    _check_named(registry, terms.panel, "panel")
    _check_named(registry, (settings.synthesis_model,) if settings.synthesis_model else (), "synthesis_model")
    return terms


def _judge(settings: Settings, registry: Registry, answerer: Answerer, below: Ranker, criteria: Criteria) -> Judge:
    terms = JudgeTerms(settings.judge_model or None, settings.judge_max_usd)
    try:
        return Judge(registry, answerer, below, terms=terms, criteria=criteria)
    except InvalidInput as error:
        raise InvalidInput(f"TRILLM_JUDGE_MODEL: {error.detail}", field="judge_model") from None


def _check_named(registry: Registry, models: tuple[str, ...], setting: str) -> None:
    """Say at the start, not at the first question, that a model which a setting names cannot be."""
    try:
        registry.panel(models)
    except InvalidInput as error:
        raise InvalidInput(f"TRILLM_{setting.upper()}: {error.detail}", field=setting) from None


def _price_gap(one: Model, other: Model) -> float:
    if not one.output_usd or not other.output_usd:
        return float("inf")
    return max(one.output_usd, other.output_usd) / min(one.output_usd, other.output_usd)


async def _providers(
    settings: Settings, environ: Mapping[str, str], stack: AsyncExitStack
) -> tuple[Catalogue, Registry, LocalProvider]:
    catalogue = Catalogue.load(settings.models_file)
    given = {name: _given(environ, facts) for name, facts in catalogue.providers.items()}
    keys = {name: key for name, (key, _) in given.items() if key}
    base_urls = {name: base_url for name, (_, base_url) in given.items() if base_url}
    vendors: list[Provider] = [*build_vendors(catalogue, keys, base_urls, settings.connect_timeout)]
    local = LocalProvider(settings.data_dir)
    registry = Registry([*vendors, local])
    stack.push_async_callback(registry.close)
    ollama = await ollama_vendor(ollama_url(environ.get("OLLAMA_HOST")), settings.connect_timeout)
    if ollama is not None:
        registry.add(ollama)
    for broken in registry.load_plugins():
        log.warning("plugin %s is left out: %s", broken.name, broken.reason)
    return catalogue, registry, local


def _given(environ: Mapping[str, str], facts: ProviderFacts) -> tuple[str | None, str | None]:
    """Return the key and the base URL that the operator gives for a vendor."""
    return first_set(environ, facts.key_env), first_set(environ, (facts.base_url_env,) if facts.base_url_env else ())


def _moderator(
    settings: Settings, environ: Mapping[str, str], catalogue: Catalogue, metrics: Metrics, stack: AsyncExitStack
) -> Moderator:
    endpoint, client = None, None
    for facts in catalogue.providers.values():
        key, base_url = _given(environ, facts)
        if facts.moderation and key and endpoint is None and settings.moderation != "off":
            # the key goes where its vendor answers, as the catalogue and the operator have it
            endpoint = ModerationEndpoint(base_url or facts.base_url, key.strip())
            client = HttpClient(settings.connect_timeout)
            stack.callback(client.close)
    return Moderator(
        mode=settings.moderation,
        on_failure=settings.moderation_failure,
        endpoint=endpoint,
        client=client,
        count_failure=metrics.moderation_failed,
        count_flagged=metrics.flagged,
    )


def _transcriber(
    settings: Settings, environ: Mapping[str, str], catalogue: Catalogue, limits: Limits, stack: AsyncExitStack
) -> Transcriber | None:
    """Return the first vendor that writes down speech and has a key."""
    for facts in catalogue.providers.values():
        key, base_url = _given(environ, facts)
        if facts.transcription and key:
            client = HttpClient(settings.connect_timeout)
            stack.callback(client.close)
            return Transcriber(facts.transcription, base_url or facts.base_url, key.strip(), client, limits)
    return None


def _clocks(settings: Settings) -> Clocks:
    return Clocks(
        connect=settings.connect_timeout,
        first_token=settings.first_token_timeout,
        gap=settings.gap_timeout,
        total=settings.answer_timeout,
    )


def _allowance(settings: Settings) -> Allowance:
    return Allowance(settings.limit_per_minute, settings.daily_queries, settings.daily_budget_usd)


async def _spent_today(database: Database, registry: Registry, allowance: Allowance) -> float:
    """Return what the day has cost in USD; an answer whose cost nobody knows counts as what is reserved for one."""
    midnight = datetime.combine(now().date(), datetime.min.time(), UTC)
    bought = await database.read(lambda conn: spent_since(conn, midnight))
    spent = 0.0
    for (provider, model), cost in bought.items():
        reserved = None
        with suppress(InvalidInput):  # its provider is not configured any more
            reserved = estimate(registry.panel([f"{provider}:{model}"]), 0)
        spent += cost.known_usd + cost.unknown * (
            allowance.unknown_cost_usd / PANEL_SIZE if reserved is None else reserved
        )
    return spent
