"""What a person sees of the verdict, and how they give their own, in a real browser; the query is on a stage."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from tests.journeys import staged_query
from tests.journeys.conftest import ANSWERS, Server, Stage, StartServer, Trillm, Vendors
from tests.journeys.staged_query import QUERY_ID, judgement, ranked, ranking
from tests.journeys.test_page_in_browser import QUESTION, OpenPage, ask, browser, defects, keep, open_page
from tests.providers.vendors import Script

__all__ = ["browser", "open_page"]

pytestmark = pytest.mark.browser

CLOSE = {"terra": 0.44, "flash": 0.40, "sonnet": 0.16}
SURE = {"terra": 0.86, "flash": 0.10, "sonnet": 0.04}
GIVES_AWAY = re.compile(
    r"gpt|gemini|claude|openai|anthropic|terra|flash|sonnet|\$0|so far|No\. \d|learned", re.IGNORECASE
)


def test_a_judge_is_seen_at_work_and_decides_without_anything_jumping(
    server: Server, open_page: OpenPage, stage: Stage
) -> None:
    query, page = stage(staged_query.query()), open_page(server.url)
    query.show(page, server.url)
    query.tell("ranking", ranking(True, **CLOSE))
    query.tell("judge", {**staged_query.JUDGE, "status": "asked"})
    at_work = "A judge, mistral-large-3, is comparing the leaders"
    best = page.locator("#best")
    expect(best.get_by_text(at_work)).to_be_visible()
    expect(page.get_by_role("status").filter(has_text=at_work)).to_be_attached()
    expect(best.get_by_role("heading")).to_have_text("Too close to call")
    expect(best.get_by_label("The two leaders").get_by_role("listitem")).to_contain_text(["44%", "40%"])
    decided = ranking(False, flash=0.74, terra=0.2, sonnet=0.06) | {"decided_by": "judge"}
    query.tell("judge", judgement())
    query.tell("ranking", decided)
    query.tell("done", ranked(decided, judgement=judgement(caution="It is of a candidate's family.")))
    expect(best.get_by_role("heading")).to_have_text("Gemini 3.8 Flash")
    said = "mistral-large-3 preferred it in both orders: “It says when each of the two pays.” $0.0042"
    expect(best.get_by_text(said)).to_be_visible()
    expect(best.get_by_text("It is of a candidate's family.")).to_be_visible()
    expect(best.get_by_text(at_work)).to_have_count(0)
    expect(page.get_by_role("region", name="Why this one").get_by_text("The judge read them twice")).to_be_visible()
    assert page.evaluate("window.layoutShift") < 0.001


@pytest.mark.parametrize(("status", "words"), [("undecided", "neither counts"), ("failed", "stands without it")])
def test_a_judge_that_does_not_decide_is_told_and_changes_nothing(
    server: Server, open_page: OpenPage, stage: Stage, status: str, words: str
) -> None:
    page = open_page(server.url)
    told = judgement(status=status, better=None, why="", cost_usd=None)
    stage(ranked(ranking(False, **SURE), judgement=told)).show(page, server.url)
    expect(page.locator("#best").get_by_text(words)).to_be_visible()
    expect(page.locator("#best").get_by_role("heading", level=2)).to_have_text("GPT-6.1 Terra")


def test_a_judges_caution_is_told_in_the_readers_language_and_one_without_a_code_as_english(
    server: Server, open_page: OpenPage, stage: Stage
) -> None:
    said = {"caution": "The judge wrote one of these.", "cautions": [{"code": "judge-own", "values": {}}]}
    page = open_page(server.url, locale="de")
    stage(ranked(ranking(False, **SURE), judgement=judgement(better="terra", **said))).show(page, server.url)
    best = page.locator("#best")
    expect(best.get_by_text("Der Richter hat eine dieser Antworten selbst geschrieben")).to_be_visible()
    page.unroute_all()
    stage(ranked(ranking(False, **SURE), judgement=judgement(caution="In words alone."))).show(page, server.url)
    expect(best.locator("[lang=en]").get_by_text("In words alone.")).to_be_visible()


def test_a_close_call_that_nobody_judged_says_why(server: Server, open_page: OpenPage, stage: Stage) -> None:
    page = open_page(server.url)
    missed = [{"code": "not-judged", "values": {"because": "nobody", "wanted": "close"}}]
    stage(ranked(ranking(False, **CLOSE), reasons=missed)).show(page, server.url)
    expect(
        page.locator("#best").get_by_text("No judge was asked: no model that can judge is set up here")
    ).to_be_visible()


def test_too_close_to_call_names_no_winner_and_takes_the_readers_choice(
    server: Server, open_page: OpenPage, stage: Stage
) -> None:
    query, page = stage(ranked(ranking(False, **CLOSE))), open_page(server.url)
    query.show(page, server.url)
    best = page.locator("#best")
    expect(best.get_by_role("heading", level=2)).to_have_text("Too close to call")
    expect(page.get_by_text(re.compile("^Best"))).to_have_count(0)
    best.get_by_role("button", name="Gemini 3.8 Flash is better").press("Enter")
    expect(best.get_by_text("Thank you.")).to_be_visible()
    assert query.said == [{"query_id": QUERY_ID, "response_id": "terra", "rating": -1, "better": "flash"}]


def test_a_thumb_down_asks_by_keyboard_which_one_was_better_and_lets_it_be_changed(
    server: Server, open_page: OpenPage, stage: Stage
) -> None:
    query, page = stage(ranked(ranking(False, **SURE))), open_page(server.url)
    query.show(page, server.url)
    best = page.locator("#best")
    best.get_by_role("button", name="Bad answer").press("Enter")
    asked = best.get_by_role("group", name="Which one was better?")
    expect(asked.get_by_role("button")).to_have_text(["Gemini 3.8 Flash", "Claude Sonnet 5.5"])
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    thanks = best.get_by_role("group", name="Thank you. You can change it:")
    expect(thanks.get_by_role("button", name="Gemini 3.8 Flash")).to_have_attribute("aria-pressed", "true")
    thanks.get_by_role("button", name="Claude Sonnet 5.5").press("Enter")
    expect(thanks.get_by_role("button", name="Claude Sonnet 5.5")).to_have_attribute("aria-pressed", "true")
    assert [(said["rating"], said.get("better")) for said in query.said] == [(-1, None), (-1, "flash"), (-1, "sonnet")]


def test_a_blind_question_gives_no_name_away_before_the_person_has_chosen(server: Server, open_page: OpenPage) -> None:
    page = open_page(server.url)
    sent: list[dict[str, Any]] = []

    def keep_feedback(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or ""))
        route.fulfill(status=201, json={})

    page.route("**/api/feedback", keep_feedback)
    page.get_by_role("switch", name="Blind").click()
    ask(page)
    expect(page.locator("#question")).to_have_count(0)  # the question box may name the panel
    seen = [page.content()]
    expect(page.get_by_text("3 of 3 answered")).to_be_visible(timeout=20_000)
    order = page.get_by_role("article").all_inner_texts()
    assert [text.split("\n")[0] for text in order] == ["Answer A", "Answer B", "Answer C"]
    seen += [page.content(), page.title()]
    page.keyboard.press("b")
    page.reload()
    expect(page.get_by_text("3 of 3 answered")).to_be_visible()
    assert page.get_by_role("article").all_inner_texts() == order
    seen.append(page.content())
    expect(page.locator("#best")).to_have_count(0)
    for text in seen:
        assert GIVES_AWAY.findall(text) == []
    address = page.url
    page.goto(f"{server.url}/history")
    row = page.get_by_role("listitem").filter(has_text="blind, not chosen yet").first
    expect(row).to_be_visible()
    assert GIVES_AWAY.findall(row.inner_html()) == []
    page.goto(address)
    page.get_by_role("group", name="The better answer").get_by_role("button", name="Answer B").press("Enter")
    expect(page.locator("p", has_text="You chose B, ")).to_be_focused()
    expect(page.locator("#best")).to_be_visible()
    assert [(said["rating"], said["blind"], said["better"] == said["response_id"]) for said in sent] == [
        (1, True, True)
    ]
    again = page.get_by_role("group", name="Changed your mind?").get_by_role("button", pressed=False).first
    again.press("Enter")
    expect(page.get_by_text("You chose A, ")).to_be_visible()
    assert sent[1]["response_id"] == sent[0]["better"] != sent[1]["better"]
    assert (sent[1]["rating"], "blind" in sent[1]) == (-1, False)
    page.reload()
    expect(page.get_by_text("You chose A, ")).to_be_visible()


def test_who_judges_blind_may_say_that_none_is_right_and_it_is_learned(
    start_server: StartServer, vendors: Vendors, open_page: OpenPage, trillm: Trillm
) -> None:
    vendors.script(**{m: Script([f"Final answer: {n}"]) for m, n in zip(ANSWERS, (41, 43, 44), strict=True)})
    server = start_server()
    page = open_page(server.url)
    page.get_by_role("switch", name="Blind").click()
    ask(page, "How much is 6 * 7?")
    none = page.get_by_role("group", name="The better answer").get_by_role("button", name="None is right")
    expect(page.get_by_text("3 of 3 answered")).to_be_visible(timeout=20_000)
    sent: list[Route] = []

    def hold_one_and_lose_one(route: Route) -> None:
        sent.append(route)
        if len(sent) == 3:
            route.abort()
        elif len(sent) > 1:
            route.continue_()

    page.route("**/api/feedback", hold_one_and_lose_one)
    with page.expect_request("**/api/feedback"):
        none.press("Enter")
    page.get_by_role("button", name="Answer B").first.press("Enter")  # what was said is still on its way
    page.get_by_role("button", name="Reveal").press("Enter")
    expect(page.get_by_text("You chose")).to_have_count(0)
    sent[0].continue_()
    expect(page.get_by_text("Not kept; try again.")).to_be_visible()
    expect(page.locator("#best")).to_have_count(0)
    none.press("Enter")
    expect(page.locator("p", has_text="You chose none.")).to_be_focused()
    assert len(sent) == 6
    expect(page.locator("#best").get_by_role("button", name="Bad answer")).to_have_count(0)
    assert "1 says that none is right" in trillm("ranker", "fit", TRILLM_DATA_DIR=str(server.data_dir)).stdout
    page.reload()
    expect(page.get_by_text("You chose none.")).to_be_visible()
    page.get_by_role("group", name="Changed your mind?").get_by_role("button").first.press("Enter")
    expect(page.get_by_text("You chose A, ")).to_be_visible()
    learned = trillm("ranker", "fit", TRILLM_DATA_DIR=str(server.data_dir)).stdout
    assert "1 label names the better answer, 0 are thumbs.\n" in learned


def test_options_are_sent_and_remembered(server: Server, open_page: OpenPage) -> None:
    page = open_page(server.url, bypass_csp=True, reduced_motion="reduce")
    asked: list[dict[str, Any]] = []

    def accept(route: Route) -> None:
        asked.append(json.loads(route.request.post_data or ""))
        route.fulfill(status=202, json=staged_query.query())

    page.route("**/api/query", accept)
    ask(page)
    page.goto(server.url)
    page.get_by_role("button", name="Options").press("Enter")
    options = page.get_by_role("dialog", name="Options")
    options.get_by_label("Save money").check()
    options.get_by_text("Always").click()
    expect(options.get_by_text("every time")).to_be_visible()
    assert defects(page) == []
    page.keyboard.press("Escape")
    expect(options).to_be_hidden()
    page.reload()
    expect(page.get_by_role("button", name="Options: save money, judge always")).to_be_visible()
    ask(page)
    assert asked == [{"question": QUESTION}, {"question": QUESTION, "economy": True, "judge": "always"}]


def test_one_answer_is_shown_once_and_those_that_join_it_move_nothing(
    server: Server, open_page: OpenPage, stage: Stage
) -> None:
    first = staged_query.response("flash", status="streaming")
    query, page = stage(staged_query.query(first)), open_page(server.url)
    query.show(page, server.url)
    best, words = page.locator("#best"), page.get_by_text("It depends on who talks.")
    expect(best.get_by_text("writing")).to_be_visible()
    expect(words).to_have_count(1)
    place = best.bounding_box()
    query.tell("response.started", staged_query.response("terra", status="streaming", text=""))
    expect(page.get_by_role("article")).to_have_count(2)
    expect(words).to_have_count(2)
    assert best.bounding_box() == place
    assert page.evaluate("window.layoutShift") < 0.001


def test_the_only_answer_can_be_asked_for_again(server: Server, open_page: OpenPage, stage: Stage) -> None:
    cut = staged_query.response("terra", status="truncated", error={"type": "truncated", "detail": "It was cut."})
    query, page = stage(staged_query.query(cut, status="partial", best="terra")), open_page(server.url)
    query.show(page, server.url)
    again: list[str] = []
    page.route("**/responses/terra/retry", lambda route: (again.append(route.request.method), route.abort()))
    best = page.locator("#best")
    expect(best.get_by_text("It was cut.")).to_be_visible()
    expect(best.get_by_text("Only answer")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(0)
    best.get_by_role("button", name="Retry").press("Enter")
    expect(best.get_by_text("Not asked again:")).to_be_visible()
    assert again == ["POST"]


def test_cards_end_with_their_text_and_keep_their_height_while_it_is_seen_to_grow(
    server: Server, open_page: OpenPage, stage: Stage
) -> None:
    def height(page: Page) -> float:
        box = page.get_by_role("article").last.bounding_box()
        assert box
        return box["height"]

    growing, page = stage(staged_query.query()), open_page(server.url)
    growing.show(page, server.url)
    expect(page.get_by_role("article")).to_have_count(3)
    tall = height(page)
    growing.tell("done", ranked(ranking(False, **SURE)))
    expect(page.get_by_text("3 of 3 answered")).to_be_visible()
    assert height(page) == tall
    page.reload()
    expect(page.get_by_text("3 of 3 answered")).to_be_visible()
    assert height(page) < tall - 100


def test_on_a_phone_the_state_keeps_one_line_the_news_are_named_and_options_stand_above_the_tabs(
    server: Server, open_page: OpenPage, stage: Stage
) -> None:
    page = open_page(server.url, viewport={"width": 320, "height": 568}, is_mobile=True, has_touch=True)
    page.get_by_role("button", name="Options").click()
    options = page.get_by_role("dialog", name="Options").bounding_box()
    tabs = page.locator("nav.tabs").bounding_box()
    assert options
    assert tabs
    assert options["y"] >= 0
    assert options["y"] + options["height"] <= tabs["y"]
    query = stage(staged_query.query())
    query.show(page, server.url)
    query.tell("ranking", ranking(True, **SURE))
    best = page.locator("#best")
    expect(best.get_by_role("heading")).to_have_text("GPT-6.1 Terra")
    best.locator("[data-scroll]").focus()
    page.keyboard.press("Tab")
    query.tell("ranking", ranking(False, **CLOSE))
    chip = best.get_by_role("button", name="Too close to call: show both")
    expect(chip).to_have_text(re.compile("Show both leaders"))
    query.tell("done", ranked(ranking(False, **CLOSE)))
    state = page.get_by_text("3 of 3 answered").locator("xpath=ancestor::p").bounding_box()
    assert state
    assert state["height"] == 24
    chip.click()
    expect(best.get_by_role("heading", level=2)).to_have_text("Too close to call")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_every_verdict_is_accessible(
    server: Server, open_page: OpenPage, stage: Stage, theme: str, phone: bool
) -> None:
    size = {"width": 320, "height": 700} if phone else {"width": 1280, "height": 860}
    page = open_page(
        server.url, bypass_csp=True, color_scheme=theme, viewport=size, is_mobile=phone, reduced_motion="reduce"
    )
    judged = ranking(False, **SURE) | {"decided_by": "judge"}
    for name, told in {
        "close": ranked(ranking(False, **CLOSE)),
        "judged": ranked(judged, judgement=judgement(better="terra", caution="It is of a candidate's family.")),
    }.items():
        page.unroute_all()
        stage(told).show(page, server.url)
        page.locator("#best").get_by_role("button", name="Bad answer").click()
        expect(page.get_by_role("group", name="Which one was better?")).to_be_visible()
        page.get_by_role("button", name="What this figure means").focus()
        assert defects(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        keep(page, f"page-{name}-{theme}-{'phone' if phone else 'desktop'}")
