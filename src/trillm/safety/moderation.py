"""Is this question fit to send? The vendor's moderation endpoint where a key allows, a small rule list always."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Literal

import orjson

from trillm.http.client import HttpClient, HttpFailure
from trillm.safety.rules import first_match, load_rules
from trillm.vocabulary.errors import Flagged, Unavailable

Mode = Literal["refuse", "mark", "off"]
OnFailure = Literal["refuse", "allow"]
Source = Literal["vendor", "rules", "off"]

_MAX_REPLY = 64 * 1024
_REASONS = {"unsendable": "unusable", "timeout": "timeout", "encoding": "malformed", "not-http": "malformed"}
"""What a failure of HTTP is called in the metric; any other is of the connection."""
_REMEMBERED = 256
"""Questions whose match is remembered: the rules are asked when one comes and when the vendor is to be asked."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModerationEndpoint:
    """A vendor's moderation: `POST {base_url}/moderations`, OpenAI-compatible, within `timeout` seconds in all.

    `categories` are those that flag. They are few: a question about harm is not harm, and the models decline on their
    own; a vendor's overall `flagged` would refuse people who ask for help.
    """

    base_url: str
    api_key: str
    model: str = "omni-moderation-latest"
    timeout: float = 2.0
    categories: frozenset[str] = frozenset({"sexual/minors", "illicit/violent", "hate/threatening"})

    def __repr__(self) -> str:
        """Name the endpoint without its key."""
        return f"ModerationEndpoint({self.base_url!r}, model={self.model!r})"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What moderation says: `rule` names the rule or category that flagged, `source` who looked last.

    `degraded`: the vendor should have been asked and could not be; only the rules have looked.
    """

    flagged: bool = False
    rule: str | None = None
    source: Source = "rules"
    degraded: bool = False


class ModerationFailure(Exception):
    """The vendor's moderation could not be asked; `reason` is one of a few words, fit for a metric's label."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Moderator:
    """Looks at questions before they are sent.

    `mode`: what becomes of a flagged question. `on_failure`: what becomes of one that the vendor could not be asked
    about. `count_failure` is told the reason of each failure, `count_flagged` who flagged. The client is the caller's
    and stays open.
    """

    def __init__(
        self,
        *,
        mode: Mode = "refuse",
        on_failure: OnFailure = "allow",
        endpoint: ModerationEndpoint | None = None,
        client: HttpClient | None = None,
        count_failure: Callable[[str], None] | None = None,
        count_flagged: Callable[[str], None] | None = None,
    ) -> None:
        if endpoint is not None and client is None:
            raise ValueError("a moderation endpoint needs an HTTP client")
        self._mode = mode
        self._on_failure = on_failure
        self._endpoint = endpoint
        self._client = client
        self._count_failure = count_failure
        self._count_flagged = count_flagged
        self._match = lru_cache(_REMEMBERED)(partial(first_match, load_rules("" if mode == "off" else None)))

    @property
    def asks_vendor(self) -> bool:
        """Whether `screen` asks a vendor, and so takes its time."""
        return self._endpoint is not None and self._mode != "off"

    def screen_by_rules(self, text: str) -> None:
        """Act on what the rules say of a question: asks nobody and takes microseconds; raises Flagged as `screen`."""
        rule = self._match(text)
        if rule is not None:
            self._act(Verdict(True, rule))

    async def screen(self, text: str) -> Verdict:
        """Check a question that `screen_by_rules` has let pass, and act on the verdict.

        Raises Flagged in mode `refuse`, and Unavailable where `on_failure` refuses what the vendor could not look at.
        In mode `mark` a flagged question goes on; its verdict is the caller's to show.
        """
        verdict = await self.check(text)
        if verdict.flagged and (self._mode == "refuse" or verdict.source == "vendor"):  # the rules' mark was made
            self._act(verdict)
        elif verdict.degraded and self._on_failure == "refuse":
            raise Unavailable("Questions cannot be checked just now; try again soon.")
        return verdict

    def _act(self, verdict: Verdict) -> None:
        log.warning("a question was flagged", extra={"rule": verdict.rule, "source": verdict.source})
        if self._count_flagged is not None:
            self._count_flagged(verdict.source)
        if self._mode == "refuse":
            raise Flagged("The safety rules of this service do not allow it.", rule=verdict.rule or "")

    async def check(self, text: str) -> Verdict:
        """Return the verdict. The rules look first, so that what they flag is sent to nobody."""
        if self._mode == "off":
            return Verdict(source="off")
        rule = self._match(text)
        if rule is not None:
            return Verdict(True, rule)
        if self._endpoint is None or self._client is None:
            return Verdict()
        try:
            category = await _ask(self._client, self._endpoint, text)
        except ModerationFailure as failure:
            # an error, so that `trillm ask`, which tells of nothing less, tells it too
            log.error("moderation could not be asked; only the rules have looked", extra={"reason": failure.reason})
            if self._count_failure is not None:
                self._count_failure(failure.reason)
            return Verdict(degraded=True)
        return Verdict(category is not None, category, "vendor")


async def _ask(client: HttpClient, endpoint: ModerationEndpoint, text: str) -> str | None:
    try:
        async with asyncio.timeout(endpoint.timeout):
            try:
                said = await _post(client, endpoint, text)
            except HttpFailure as problem:
                if problem.kind != "cut":
                    raise
                said = await _post(client, endpoint, text)  # an idle connection may end just as it is used again
    except TimeoutError as problem:
        raise ModerationFailure("timeout") from problem
    except HttpFailure as problem:
        raise ModerationFailure(_REASONS.get(problem.kind, "connection")) from problem
    except ValueError as problem:
        raise ModerationFailure("too-large") from problem
    return _category(said, endpoint.categories)


async def _post(client: HttpClient, endpoint: ModerationEndpoint, text: str) -> bytes:
    url = endpoint.base_url.rstrip("/") + "/moderations"
    headers = {"Authorization": f"Bearer {endpoint.api_key}", "Content-Type": "application/json"}
    body = orjson.dumps({"model": endpoint.model, "input": text})
    async with client.request("POST", url, headers, body) as reply:
        if reply.status != 200:
            raise ModerationFailure(f"http-{reply.status}")
        return await reply.read_at_most(_MAX_REPLY)


def _category(body: bytes, flagging: frozenset[str]) -> str | None:
    try:
        categories: dict[str, object] = orjson.loads(body)["results"][0]["categories"]
        return next((name for name, flagged in categories.items() if flagged is True and name in flagging), None)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as problem:
        raise ModerationFailure("malformed") from problem
