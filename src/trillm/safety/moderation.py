"""Is this question fit to send? The vendor's moderation endpoint where a key allows, a small rule list always."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import aiohttp
import orjson

from trillm.safety.rules import Rule, first_match, load_rules
from trillm.vocabulary.errors import Flagged, Unavailable

Mode = Literal["refuse", "mark", "off"]
OnFailure = Literal["refuse", "allow"]
Source = Literal["vendor", "rules", "off"]

_MAX_REPLY = 64 * 1024

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
    about. `count_failure` is told the reason of each failure, `count_flagged` who flagged. The session is the caller's
    and stays open.
    """

    def __init__(
        self,
        *,
        mode: Mode = "refuse",
        on_failure: OnFailure = "allow",
        endpoint: ModerationEndpoint | None = None,
        session: aiohttp.ClientSession | None = None,
        count_failure: Callable[[str], None] | None = None,
        count_flagged: Callable[[str], None] | None = None,
    ) -> None:
        if endpoint is not None and session is None:
            raise ValueError("a moderation endpoint needs an HTTP session")
        self._mode = mode
        self._on_failure = on_failure
        self._endpoint = endpoint
        self._session = session
        self._count_failure = count_failure
        self._count_flagged = count_flagged
        self._rules: tuple[Rule, ...] = () if mode == "off" else load_rules()

    @property
    def asks_vendor(self) -> bool:
        """Whether `screen` asks a vendor, and so takes its time."""
        return self._endpoint is not None and self._mode != "off"

    def screen_by_rules(self, text: str) -> None:
        """Act on what the rules say of a question: asks nobody and takes microseconds; raises Flagged as `screen`."""
        rule = first_match(self._rules, text)
        if rule is not None:
            self._act(Verdict(True, rule))

    async def screen(self, text: str) -> Verdict:
        """Check a question and act on the verdict.

        Raises Flagged in mode `refuse`, and Unavailable where `on_failure` refuses what the vendor could not look at.
        In mode `mark` a flagged question goes on; its verdict is the caller's to show.
        """
        verdict = await self.check(text)
        if verdict.flagged:
            self._act(verdict)
        elif verdict.degraded and self._on_failure == "refuse":
            raise Unavailable("Questions cannot be checked just now; try again soon.", type="moderation-unavailable")
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
        rule = first_match(self._rules, text)
        if rule is not None:
            return Verdict(True, rule)
        if self._endpoint is None or self._session is None:
            return Verdict()
        try:
            category = await _ask(self._session, self._endpoint, text)
        except ModerationFailure as failure:
            log.warning("moderation could not be asked; only the rules have looked", extra={"reason": failure.reason})
            if self._count_failure is not None:
                self._count_failure(failure.reason)
            return Verdict(degraded=True)
        return Verdict(category is not None, category, "vendor")


async def _ask(session: aiohttp.ClientSession, endpoint: ModerationEndpoint, text: str) -> str | None:
    try:
        async with (
            asyncio.timeout(endpoint.timeout),
            session.post(
                endpoint.base_url.rstrip("/") + "/moderations",
                data=orjson.dumps({"model": endpoint.model, "input": text}),
                headers={"Authorization": f"Bearer {endpoint.api_key}", "Content-Type": "application/json"},
                allow_redirects=False,
            ) as response,
        ):
            if response.status != 200:
                raise ModerationFailure(f"http-{response.status}")
            return _category(await _bounded(response), endpoint.categories)
    except ValueError as problem:  # a key or an address that no request can carry
        raise ModerationFailure("unusable") from problem
    except TimeoutError as problem:
        raise ModerationFailure("timeout") from problem
    except aiohttp.ClientError as problem:
        raise ModerationFailure("connection") from problem


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    body = b""
    async for part in response.content.iter_any():
        body += part
        if len(body) > _MAX_REPLY:
            raise ModerationFailure("too-large")
    return body


def _category(body: bytes, flagging: frozenset[str]) -> str | None:
    try:
        categories: dict[str, object] = orjson.loads(body)["results"][0]["categories"]
        return next((name for name, flagged in categories.items() if flagged is True and name in flagging), None)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as problem:
        raise ModerationFailure("malformed") from problem
