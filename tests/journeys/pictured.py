"""What pictures are taken of: servers with vendors by script, and a question asked for every state of the page."""

from __future__ import annotations

import shutil
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from tests.journeys.conftest import PANEL, Server, Vendors
from tests.providers.vendors import Script

from trillm.entrypoints.settings import Settings
from trillm.vocabulary.response import Usage

TERRA, FLASH, SONNET = (key.partition(":")[2] for key in PANEL)
OWNER = "picturesofeverystate0000"
"""The session of the browser that the pictures are of: the questions are its own."""
QUESTION = "Server-sent events or WebSockets for streaming text to a page?"
TOWER = "How tall is the Eiffel Tower, and when was it finished?"

EVENTS = """Use **server-sent events**. The text flows one way, and that is what they are for.

1. They are plain HTTP: proxies, caches and HTTP/2 carry them as they are.
2. The browser reconnects by itself and says how far it read with `Last-Event-ID`.
3. The server needs no second protocol, and compression works as everywhere.

```js
const stream = new EventSource("/api/answers/7");
stream.onmessage = ({ data }) => page.append(data);
```

| | Events | WebSockets |
|---|---|---|
| Direction | server to page | both |
| Reconnecting | built in | your own |
| Proxies | always | mostly |

Take WebSockets when the page talks as often as the server does, as in a game or a shared document.
"""
SOCKETS = """Use **WebSockets**: one connection serves both directions, and each message has little overhead.

- Good for chat, games and shared editing
- You write the reconnecting yourself
"""
BOTH = """For streaming text I would use **server-sent events**.

- One direction is all that is needed.
- Reconnecting with `Last-Event-ID` is part of the standard.
- They are plain HTTP, so proxies understand them.

WebSockets pay off only where the page talks back all the time.
"""
ANSWERED = {
    TERRA: Script([EVENTS], first_after=0.31, usage=Usage(31, 214)),
    FLASH: Script([SOCKETS], first_after=0.18, usage=Usage(33, 52)),
    SONNET: Script([BOTH], first_after=0.42, usage=Usage(30, 88)),
}
MEASURED = {
    TERRA: Script(["The Eiffel Tower is **330 metres** tall. ", "It was finished in 1889."]),
    FLASH: Script(["- The Eiffel Tower is 312 metres tall.\n", "- It was finished in 1889."]),
    SONNET: Script(["The Eiffel Tower is 330 m tall. Gustave Eiffel's firm built it."]),
}
MERGED = (
    "The Eiffel Tower is 330 metres tall. It was finished in 1889. Gustave Eiffel's firm built it. "
    "It is repainted every seven years."
)


def cut(text: str, words: int) -> Script:
    """Return a script that says so many words and then nothing more."""
    return Script([" ".join(text.split(" ")[:words])], fault="stall")


@dataclass(frozen=True, slots=True)
class Places:
    """The addresses of the servers, and of what was asked, by the name of its state."""

    url: str
    limited: str
    keyless: str
    at: dict[str, str] = field(default_factory=dict[str, str])


class Owner:
    """Asks as the owner of the pictured browser."""

    def __init__(self, server: Server, vendors: Vendors) -> None:
        self._vendors = vendors
        self._http = httpx.Client(base_url=server.url, timeout=60, headers={"X-Session-ID": OWNER})

    def ask(self, question: str, scripts: dict[str, Script], *until: str, **more: object) -> str:
        """Ask; return the query's id once all of `until` stand in its events, or when it has ended."""
        self._vendors.script(**scripts)
        body = {"question": question, "cache": False, **more}
        query = self._post("/api/query", body, {"Prefer": "respond-async"})["id"]
        seen, late = "", time.monotonic() + 30
        with self._http.stream("GET", f"/api/query/{query}", headers={"Accept": "text/event-stream"}) as events:
            for piece in events.iter_text():
                seen += piece
                if until and all(word in seen for word in until):
                    break
                if time.monotonic() > late:  # the stream wakes at least every 15 s
                    raise TimeoutError(f"{question}: {until} did not come")
        return query

    def response(self, query: str, model: str) -> str:
        """Return the id of the model's response."""
        responses = self._http.get(f"/api/query/{query}").json()["responses"]
        return next(one["id"] for one in responses if one["model"] == model)

    def change(self, query: str, verb: str, body: object = None, **scripts: Script) -> dict[str, Any]:
        """Do something with the query, and wait until it has ended."""
        self._vendors.script(**scripts)
        said = self._post(f"/api/query/{query}/{verb}", body)
        for _ in range(500):
            if self._http.get(f"/api/query/{query}").json()["status"] != "running":
                return said
            time.sleep(0.02)
        raise TimeoutError(query)

    def _post(self, path: str, body: object, headers: dict[str, str] | None = None) -> dict[str, Any]:
        return self._http.post(path, json=body, headers=headers).raise_for_status().json()


def build(stack: ExitStack, directory: Path) -> Places:
    """Start the servers and ask what is to be seen; the stack ends them."""
    vendors = Vendors()
    stack.callback(vendors.close)
    clocks = {f"TRILLM_{clock}_TIMEOUT": "3600" for clock in ("GAP", "ANSWER", "QUERY")}

    def start(name: str, **settings: str) -> Server:
        server = Server(directory / name, vendors, TRILLM_JUDGE="never", **clocks, **settings)
        stack.callback(server.stop)
        return server

    model = Settings.model_fields["data_dir"].get_default(call_default_factory=True) / "models"
    if model.is_dir():  # else the page says that no model can answer
        shutil.copytree(model, directory / "keyless" / "models")
    no_keys = dict.fromkeys(vendors.environment, "")
    server = start("main")
    places = Places(server.url, start("limited", TRILLM_LIMIT_PER_MINUTE="1").url, start("keyless", **no_keys).url)
    owner = Owner(server, vendors)
    places.at["/"] = "/"
    places.at.update({name: f"/results/{query}" for name, query in {**_ended(owner), **_running(owner)}.items()})
    places.at["shared"] = owner.change(places.at["final"].rpartition("/")[2], "shares")["url"]
    return places


def _ended(owner: Owner) -> dict[str, str]:
    alike = dict.fromkeys(ANSWERED, Script(["Paris is the capital of France."]))
    owner.ask("What is the capital of France?", alike, cache=True)
    owner.ask("Why is the sky blue?", ANSWERED)
    measured = {name: owner.ask(TOWER, MEASURED) for name in ("claims", "merged", "attempts")}
    again = owner.response(measured["attempts"], FLASH)
    owner.change(measured["merged"], "synthesis", {"model": PANEL[0]}, **{TERRA: Script([MERGED])})
    second = Script(["- The Eiffel Tower is 330 metres tall.\n", "- It was finished in March 1889."])
    owner.change(measured["attempts"], f"responses/{again}/retry", **{FLASH: second})
    final = owner.ask(QUESTION, ANSWERED)
    return {
        **measured,
        "final": final,
        "follow-up": owner.ask("And when the page talks back?", ANSWERED, follows=final),
        "cached": owner.ask("What is the capital of France?", {}, cache=True),
        "close": owner.ask("Which of the two would you take for prices?", dict.fromkeys(ANSWERED, Script([BOTH]))),
        "partial": owner.ask("Which works behind an old proxy?", {**ANSWERED, FLASH: Script(status=401)}),
        "failed": owner.ask("Will anybody answer this?", dict.fromkeys(ANSWERED, Script(status=401))),
    }


def _running(owner: Owner) -> dict[str, str]:
    begun = {TERRA: cut(EVENTS, 40), FLASH: cut(SOCKETS, 12), SONNET: cut(BOTH, 20)}
    limited = Script(status=429, headers={"Retry-After": "3600"})
    stopped = owner.ask(f"{QUESTION} Be brief.", {**ANSWERED, TERRA: begun[TERRA]}, "reconnects", "event: ranking")
    owner.change(stopped, "cancel")
    return {
        "stopped": stopped,
        "streaming": owner.ask(f"{QUESTION} Say why.", begun, "reconnects", "both directions", "One direction"),
        "provisional": owner.ask(f"{QUESTION} For a ticker.", {**ANSWERED, FLASH: begun[FLASH]}, "event: ranking"),
        # the last one: who is told to wait is not asked before
        "waits": owner.ask("Which costs less to run?", {**ANSWERED, FLASH: limited}),
    }
