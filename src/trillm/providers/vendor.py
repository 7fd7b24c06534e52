"""A Provider made of data: a vendor's facts, the dialect it speaks, and the shared wire."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence

from trillm.providers.catalogue import Catalogue, ProviderFacts
from trillm.providers.dialects.anthropic_messages import AnthropicMessages
from trillm.providers.dialects.dialect import Dialect, Reader
from trillm.providers.dialects.event_stream import EventStream
from trillm.providers.dialects.gemini import Gemini
from trillm.providers.dialects.openai_chat import OpenAIChat
from trillm.providers.dialects.openai_responses import OpenAIResponses
from trillm.providers.provider import Availability, Delta, Finish, Model, ModelRequest
from trillm.providers.wire import Reply, Secret, Wire, is_base_url
from trillm.vocabulary.errors import InvalidInput, ProviderError
from trillm.vocabulary.ids import now
from trillm.vocabulary.response import Usage

_DIALECTS: Mapping[str, Dialect] = {
    "openai-responses": OpenAIResponses(),
    "openai-chat": OpenAIChat(),
    "anthropic-messages": AnthropicMessages(),
    "gemini": Gemini(),
}
TAIL_SECONDS = 2.0
"""How long the usage may lag behind the finish reason."""
CLOSE_SECONDS = 0.01
"""How long the end of the body may lag behind the last event; if it comes, the connection can be used again."""


class Vendor:
    """A vendor over the wire. `key` None where one is due: not available. `base_url` None: the catalogue's."""

    def __init__(
        self, name: str, facts: ProviderFacts, wire: Wire, *, key: str | None = None, base_url: str | None = None
    ) -> None:
        self.name = name
        self._facts = facts
        self._dialect = _DIALECTS[facts.dialect]
        self._wire = wire
        self._base_url = (base_url or facts.base_url).rstrip("/")
        self._key = Secret(key.strip()) if key and key.strip() else None
        self._open = True
        wire.retain()

    async def query(self, request: ModelRequest) -> AsyncGenerator[Delta | Finish, None]:
        """Ask the model and stream its answer."""
        availability = self.is_available()
        if not availability.ready:
            raise ProviderError("not-configured", availability.reason)
        call = self._dialect.build(request, self._facts.model(request.model))
        headers = call.headers | (self._dialect.authorize(self._key.reveal()) if self._key else {})
        reader = self._dialect.reader()
        async with self._wire.post(self._base_url + call.path, headers, call.body, self._key) as reply:
            events = EventStream()
            while chunk := await _next(reply, reader):
                if text := reader.read(events.feed(chunk)):
                    yield Delta(text, last=reader.reason is not None, rest=reply)
                if reader.failure is not None:
                    raise reader.failure
            if reader.reason is None and (text := _last(reader, events)):
                yield Delta(text)
        usage = reader.usage
        cost = self._facts.cost(request.model, usage, now().date())
        yield Finish(reader.reason or "truncated", usage, cost, (*call.warnings, *reader.warnings))

    def is_available(self) -> Availability:
        """Say whether the provider can be asked now, without asking it."""
        if not self._open:
            return Availability(False, f"{self.name} is closed")
        if self._key is None:
            wanted = self._facts.key_env
            return Availability(not wanted, f"set {' or '.join(wanted)} to ask {self.name}" if wanted else "")
        if not (self._key.reveal().isascii() and self._key.reveal().isprintable()):
            return Availability(False, f"{' or '.join(self._facts.key_env)} holds characters that no key has")
        return Availability(True)

    def estimate_cost(self, model: str, input_tokens: int, output_tokens: int) -> float | None:
        """Return the expected cost in USD, or None where no price is known."""
        return self._facts.cost(model, Usage(input_tokens, output_tokens), now().date())

    def models(self) -> Sequence[Model]:
        """List the models that the catalogue names for this provider."""
        return [self._model(name) for name in self._facts.listed]

    async def close(self) -> None:
        """Release the wire; the last vendor to do so closes its connections."""
        if self._open:
            self._open = False
            self._wire.release()

    def _model(self, name: str) -> Model:
        facts = self._facts.model(name)
        price = facts.price(now().date())
        return Model(
            provider=self.name,
            name=name,
            label=facts.label or name,
            description=facts.description,
            input_usd=None if price is None else price.input,
            output_usd=None if price is None else price.output,
            price_date=None if price is None else price.valid_from.isoformat(),
            local=self._facts.local,
            judges=facts.judges,
        )


def build_vendors(
    catalogue: Catalogue, keys: Mapping[str, str], base_urls: Mapping[str, str], connect_timeout: float
) -> list[Vendor]:
    """Return a Vendor for each provider of the catalogue; `keys` and `base_urls` go by the provider's name.

    All share one wire. InvalidInput names the provider whose base URL is none.
    """
    wire = Wire(connect_timeout)
    for name, url in base_urls.items():
        if not is_base_url(url):
            setting = catalogue.providers[name].base_url_env
            raise InvalidInput(f"{setting}: the base URL of {name} is not an http(s) address.", field=name)
    return [
        Vendor(name, facts, wire, key=keys.get(name), base_url=base_urls.get(name))
        for name, facts in catalogue.providers.items()
    ]


async def _next(reply: Reply, reader: Reader) -> bytes:
    """Read on: without a clock while the answer runs, briefly once its finish reason is known."""
    if reader.reason is None and not reader.done:
        return await reply.read()
    return await reply.read_tail(CLOSE_SECONDS if reader.done else TAIL_SECONDS)


def _last(reader: Reader, events: EventStream) -> str:
    """Return the text of an event that lacks its empty line; half an event is nothing: the answer ends truncated."""
    text = reader.read(events.finish())
    return text if reader.failure is None else ""
