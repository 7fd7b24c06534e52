"""Problem documents: one form for every failure, with no word of the input or of the code."""

from __future__ import annotations

import json
from typing import Annotated, Any

import pytest
from fastapi import FastAPI, Header, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field
from tests.http.asgi import Reply, scope_of, send_to

from trillm.http import problem
from trillm.http.problem import documented, problem_response
from trillm.vocabulary.errors import InvalidInput, LimitExceeded, NotFound, TrillmError, Unavailable

JSON = (("Host", "localhost"), ("Content-Type", "application/json"))


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")
    word: str = Field(max_length=3)


def raise_it(name: str) -> None:
    raise {
        "ours": NotFound("There is no such query."),
        "limit": LimitExceeded("Wait.", retry_after=0.2),
        "defect": ZeroDivisionError("the secret of the house"),
        "teapot": HTTPException(418, headers={"X-Tea": "black"}),
        "gone": HTTPException(404),
        "wrapped": HTTPException(400),
    }[name]


@pytest.fixture(scope="module")
def app() -> FastAPI:
    app = FastAPI()
    problem.install(app)

    @app.post("/body")
    async def body(body: Body) -> None: ...

    @app.get("/query")
    async def query(n: Annotated[int, Query(le=3)], head: Annotated[int, Header()] = 1) -> None: ...

    @app.get("/raise/{name}", responses=documented(404, 429))
    async def raising(name: str) -> None:
        raise_it(name)

    return app


async def get(app: FastAPI, target: str, *headers: tuple[str, str]) -> Reply:
    return await send_to(app, "GET", target, (("Host", "localhost"), *headers), request_id="the-id")


async def test_an_error_of_ours_is_told_with_its_type_and_the_request_id(app: FastAPI) -> None:
    reply = await get(app, "/raise/ours")
    assert reply.problem == "not-found"
    assert reply.json == {
        "type": "urn:trillm:problem:not-found",
        "title": "Not found",
        "status": 404,
        "detail": "There is no such query.",
        "request_id": "the-id",
    }


async def test_a_limit_tells_whole_seconds_to_wait_and_never_none(app: FastAPI) -> None:
    reply = await get(app, "/raise/limit")
    assert (reply.status, reply.problem, reply.header("retry-after")) == (429, "limit-exceeded", "1")


async def test_a_defect_is_recorded_and_its_words_stay_here(app: FastAPI, caplog: pytest.LogCaptureFixture) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    with pytest.raises(ZeroDivisionError):
        await app(scope_of("GET", "/raise/defect", (("Host", "localhost"),), request_id="the-id"), None, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == 500
    assert b"urn:trillm:problem:internal" in sent[1]["body"]
    assert b"secret" not in sent[1]["body"]
    assert "the secret of the house" in caplog.text


async def test_an_error_of_the_framework_becomes_a_problem_and_keeps_its_headers(app: FastAPI) -> None:
    reply = await get(app, "/raise/teapot")
    assert (reply.status, reply.problem, reply.header("x-tea")) == (418, "invalid-http", "black")
    assert (await get(app, "/raise/gone")).problem == "not-found"
    assert (await get(app, "/nowhere")).problem == "not-found"


async def test_another_method_is_refused_with_those_that_are_allowed(app: FastAPI) -> None:
    for method in ("POST", "HEAD", "OPTIONS", "TRACE"):
        reply = await send_to(app, method, "/raise/ours")
        assert (reply.status, reply.problem, reply.header("allow")) == (405, "method-not-allowed", "GET")


@pytest.mark.parametrize(
    ("body", "field", "detail"),
    [
        (b'{"word": "mysecret"}', "word", "word: String should have at most 3 characters."),
        (b'{"word": "a", "mysecret": 1}', None, "The request has a field that is not known here."),
        (b"[]", None, "The request: Input should be a valid dictionary or object to extract fields from."),
        (b"", None, "The request: Field required."),
    ],
)
async def test_a_wrong_field_is_named_and_its_value_is_not(
    app: FastAPI, body: bytes, field: str | None, detail: str
) -> None:
    reply = await send_to(app, "POST", "/body", JSON, (body,))
    assert (reply.status, reply.problem, reply.json.get("field"), reply.json["detail"]) == (
        422,
        "invalid-input",
        field,
        detail,
    )
    assert b"mysecret" not in reply.body


async def test_a_wrong_header_is_a_bad_request_and_a_wrong_parameter_is_not(app: FastAPI) -> None:
    wrong_header = await get(app, "/query?n=1", ("Head", "x"))
    wrong_parameter = await get(app, "/query?n=9")
    assert (wrong_header.status, wrong_header.problem, wrong_header.json["field"]) == (400, "invalid-header", "head")
    assert (wrong_parameter.status, wrong_parameter.problem, wrong_parameter.json["field"]) == (
        422,
        "invalid-input",
        "n",
    )


def test_a_problem_without_a_detail_repeats_its_title() -> None:
    assert TrillmError().as_problem("r")["detail"] == TrillmError.title


def test_a_problem_names_the_field_and_carries_its_extension() -> None:
    response = problem_response(InvalidInput("No.", field="question"), "r", {"query": {"id": "q"}})
    document = json.loads(bytes(response.body))
    assert (document["type"], document["field"]) == ("urn:trillm:problem:invalid-input", "question")
    assert document["query"] == {"id": "q"}
    assert "retry-after" not in response.headers
    assert problem_response(Unavailable(), "r").status_code == 503


async def test_the_openapi_document_has_the_problem_and_what_the_gate_answers(app: FastAPI) -> None:
    document = app.openapi()
    assert set(document["components"]["schemas"]["Problem"]["required"]) == {
        "type",
        "title",
        "status",
        "detail",
        "request_id",
    }
    responses = document["paths"]["/raise/{name}"]["get"]["responses"]
    assert {"200", "400", "404", "414", "429", "431"} <= responses.keys()
    assert {"Retry-After", "RateLimit", "RateLimit-Policy", "X-Request-ID"} == responses["429"]["headers"].keys()
    assert responses["404"]["content"].keys() == {"application/problem+json"}
    assert app.openapi() == document
