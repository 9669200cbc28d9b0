"""Entries, categories and notices under addresses of their own, and what search engines are told of them."""

import json
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from faqbot import messages
from faqbot.domain import FaqEntry
from faqbot.retrieval.live import Serving
from faqbot.settings import Settings
from faqbot.store import NewNotice
from faqbot.web.pages.answers import on_page
from tests.contract.conftest import TODAY, FakeLive, serve
from tests.contract.page import page

PUBLIC = "https://help.shop.example.kr"


@pytest.fixture
def app(build):
    return build(Settings(public_url=PUBLIC))


@pytest.fixture
def private(build):
    """Without an address that visitors reach it under."""
    return build(Settings()).test_client()


@pytest.fixture
def serving_of(live: FakeLive, space_analyzer):
    """Publishes other entries."""

    def publish(*entries: FaqEntry) -> Serving:
        live.held = serve(entries, space_analyzer)
        return live.held

    return publish


def canonical(found) -> list[str | None]:
    return [link["href"] for link in found.all("link") if link["rel"] == "canonical"]


def test_an_entry_has_an_address_of_its_own(client):
    entry = page(client.get("/faq/refund"))
    assert entry.title == "환불은 며칠 걸리나요? · 고객센터 도움말"
    assert all(words in entry.text for words in ("카드 결제는 3일 걸립니다.", "2026년 3월 1일", messages.HELPFUL, messages.RELATED))
    assert "/faq/cancel" in entry.hrefs()
    assert not entry.is_noindex
    assert "X-Robots-Tag" not in client.get("/faq/refund").headers


def test_the_way_to_an_entry_leads_through_its_categories(client):
    assert page(client.get("/faq/refund")).hrefs()[4:7] == ["/", "/category/%EA%B2%B0%EC%A0%9C", "/category/%EA%B2%B0%EC%A0%9C/%ED%99%98%EB%B6%88"]


@pytest.mark.parametrize("path", ["/faq/fee/a", "/faq/fee%20b%3F", "/faq/%3Ci%3E"])
def test_ids_of_any_kind_have_their_page(client, path):
    assert canonical(page(client.get(path))) == [PUBLIC + path]


def test_related_entries_follow_in_the_table_so_that_all_are_reached(client, serving_of):
    serving_of(*(FaqEntry(str(n), f"질문 {n}", "답", ("가", "나")) for n in range(7)))
    seen = {href for n in range(7) for href in page(client.get(f"/faq/{n}")).hrefs() if str(href).startswith("/faq/")}
    assert seen == {f"/faq/{n}" for n in range(7)}
    assert [href for href in page(client.get("/faq/5")).hrefs() if href.startswith("/faq/")] == ["/faq/6", "/faq/0", "/faq/1", "/faq/2"]


def test_an_entry_without_a_category_has_its_page(client, serving_of):
    serving_of(FaqEntry("alone", "혼자예요?", "네."))
    assert messages.RELATED not in page(client.get("/faq/alone")).text


def test_steps_keep_their_numbers_and_tables_scroll_in_a_box_of_their_own(client, serving_of):
    serving_of(FaqEntry("t", "표?", "3. 셋\n4. 넷\n\n| 가 | 나 |\n|---|---|\n| 1 | <table> |"))
    entry = page(client.get("/faq/t"))
    assert {"role": "list", "start": "3"} in entry.all("ol")
    assert {"class": "scroll", "role": "region", "tabindex": "0", "aria-label": messages.TABLE} in entry.all("div")
    assert [cell["scope"] for cell in entry.all("th")] == ["col", "col"]
    assert len(entry.all("table")) == 1
    assert "<table>" in entry.text


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (
            "<ul><li>[ ] 영수증</li><li>[x] 통장</li></ul>",
            'checks"><li class="check"><span class="box" aria-hidden="true"></span>영수증</li><li class="check done">',
        ),
        ("<ul><li><p>☐ 영수증</p><p>원본</p></li></ul>", 'checks"><li class="check"><p><span class="box" aria-hidden="true"></span>영수증</p>'),
        ("<ul><li>[1] 각주</li></ul>", "<ul><li>[1] 각주</li></ul>"),
    ],
)
def test_lists_to_tick_off_are_shown_as_such(typed, shown):
    assert shown in str(on_page(typed))


def test_an_entry_tells_search_engines_its_question_and_answer(client):
    entry = page(client.get("/faq/refund"))
    told = json.loads(entry.scripts)
    assert told["@type"] == "FAQPage"
    (question,) = told["mainEntity"]
    assert (question["name"], question["url"], question["dateModified"]) == ("환불은 며칠 걸리나요?", f"{PUBLIC}/faq/refund", "2026-03-01")
    assert "<strong>3일</strong>" in question["acceptedAnswer"]["text"]


@pytest.mark.parametrize("question", ["</script><script>alert(1)</script>", "<!--<script>", "&lt;/script>", "]]>", "\u2028"])
def test_nothing_ends_the_script_element_before_its_time(client, serving_of, question):
    serving_of(FaqEntry("x", question + " 오류", question))
    response = client.get("/faq/x")
    assert len(page(response).all("script")) == 1
    assert json.loads(page(response).scripts)["mainEntity"][0]["name"] == question + " 오류"
    assert response.text.count("<script") == response.text.count("</script") == 1


def test_without_a_public_address_nothing_claims_to_be_canonical(private):
    entry = page(private.get("/faq/refund"))
    assert canonical(entry) == []
    assert "url" not in json.loads(entry.scripts)["mainEntity"][0]
    assert private.get("/robots.txt").status_code == private.get("/sitemap.xml").status_code == 404


def test_robots_are_shown_the_sitemap_and_kept_from_the_api(client):
    response = client.get("/robots.txt")
    assert response.mimetype == "text/plain"
    assert response.text.splitlines() == ["User-agent: *", "Disallow: /v1/", "", f"Sitemap: {PUBLIC}/sitemap.xml"]


def test_the_sitemap_lists_every_page_that_may_be_found_and_each_exists(client, store):
    shown = store.add_notice(NewNotice("점검", "멈춰요.", TODAY, TODAY))
    for starts, ends in ((TODAY.replace(month=2), TODAY.replace(month=2)), (TODAY.replace(month=4), None)):
        store.add_notice(NewNotice("오늘이 아닌 것", "멈춰요.", starts, ends))
    response = client.get("/sitemap.xml")
    assert response.mimetype == "application/xml"
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    places = {each.findtext(f"{space}loc"): each.findtext(f"{space}lastmod") for each in ET.fromstring(response.text)}  # noqa: S314  # ours
    assert places[f"{PUBLIC}/faq/refund"] == "2026-03-01"
    assert {f"{PUBLIC}/", f"{PUBLIC}/faq/fee%20b%3F", f"{PUBLIC}/category/%EA%B2%B0%EC%A0%9C/%ED%99%98%EB%B6%88"} <= set(places)
    assert {place: day for place, day in places.items() if "/notice" in str(place)} == {
        f"{PUBLIC}/notice": None,
        f"{PUBLIC}/notice/{shown.id}": "2026-03-01",
    }
    assert not any(word in str(places) for word in ("/old", "/soon", "/inquiry", "/embed"))
    for place in places:
        found = page(client.get(place.removeprefix(PUBLIC)))
        assert canonical(found) == [place]
        assert not found.is_noindex


def test_the_sitemap_outlives_the_store(client, store, database):
    store.close()
    database.write_bytes(b"not a database")
    assert f"<loc>{PUBLIC}/faq/refund</loc>" in client.get("/sitemap.xml").text


def test_addresses_for_search_engines_are_public_ones_wherever_the_app_is_mounted(build):
    client = build(Settings(public_url="https://shop.example.kr/help")).test_client()
    entry = page(client.get("/faq/refund", base_url="http://10.0.0.1/internal"))
    assert canonical(entry) == ["https://shop.example.kr/help/faq/refund"]


def test_a_category_lists_what_is_below_it(client):
    found = page(client.get("/category/결제"))
    assert found.title.startswith("결제 · ")
    assert [href for href in found.hrefs() if str(href).startswith("/faq/")] == ["/faq/refund", "/faq/cancel", "/faq/fee/a"]
    assert {"/category/%EA%B2%B0%EC%A0%9C/%ED%99%98%EB%B6%88", "/category/%EA%B2%B0%EC%A0%9C/%EC%B7%A8%EC%86%8C"} <= set(found.hrefs())
    assert canonical(found) == [f"{PUBLIC}/category/%EA%B2%B0%EC%A0%9C"]


def test_a_lower_category_shows_the_way_down_to_it(client):
    found = page(client.get("/category/결제/환불"))
    assert {"aria-current": "page"} in found.all("li")
    assert [href for href in found.hrefs() if str(href).startswith("/faq/")] == ["/faq/refund"]
    assert "/category/%EA%B2%B0%EC%A0%9C" in found.hrefs()


@pytest.mark.parametrize(("path", "words"), [("결제/환불", messages.QUESTIONS), ("결제", messages.QUESTIONS_BELOW)])
def test_the_heading_above_the_questions_of_a_category_does_not_repeat_its_name(client, path, words):
    assert re.findall(r"<h2>(\S.*?) <small>", client.get(f"/category/{path}").text) == [words]


@pytest.mark.parametrize("path", ["이벤트", "결제/없음", "환불", "결제/", "결제//환불", "결제>환불"])
def test_a_category_without_entries_today_is_not_found(client, path):
    page(client.get(f"/category/{path}"), 404)


def test_a_category_whose_name_holds_a_slash_has_its_page(client, serving_of):
    serving_of(FaqEntry("x", "질문", "답", ("교환/반품", "A/S")))
    assert "/faq/x" in page(client.get("/category/교환%2F반품/A%2FS")).hrefs()


def test_a_long_category_is_parted_into_pages(client, serving_of):
    serving_of(*(FaqEntry(str(n), f"질문 {n}", "답", ("가",)) for n in range(101)))
    pages = [page(client.get(f"/category/가?page={n}")) for n in (1, 2, 3)]
    listed = [[href for href in each.hrefs() if str(href).startswith("/faq/")] for each in pages]
    assert [len(each) for each in listed] == [50, 50, 1]
    assert len({href for each in listed for href in each}) == 101
    assert canonical(pages[0]) == [f"{PUBLIC}/category/%EA%B0%80"]
    assert canonical(pages[1]) == [f"{PUBLIC}/category/%EA%B0%80?page=2"]
    assert "2 / 3쪽" in pages[1].text
    assert {"/category/%EA%B0%80", "/category/%EA%B0%80?page=3"} <= set(pages[1].hrefs())


@pytest.mark.parametrize("number", ["0", "2", "-1", "x", "", "9" * 5000, "²"])
def test_a_page_that_a_category_has_not_is_not_found(client, number):
    page(client.get(f"/category/결제?page={number}"), 404)


def test_notices_have_a_list_and_pages_of_their_own(client, store):
    assert messages.NO_NOTICES in page(client.get("/notice")).text
    notice = store.add_notice(NewNotice("점검 <안내>", "**새벽**에 [공지](javascript:alert(1))\n\n| 가 |\n|---|\n| 나 |", TODAY, TODAY.replace(day=3)))
    assert f"/notice/{notice.id}" in page(client.get("/notice")).hrefs()
    shown = page(client.get(f"/notice/{notice.id}"))
    assert all(words in shown.text for words in ("점검 <안내>", "2026년 3월 1일부터 2026년 3월 3일까지"))
    assert shown.all("strong")
    assert not any("javascript" in str(href) for href in shown.hrefs())
    assert canonical(shown) == [f"{PUBLIC}/notice/{notice.id}"]


def test_a_notice_is_gone_with_its_last_day(client, store, clock):
    notice = store.add_notice(NewNotice("점검", "멈춰요.", TODAY, TODAY))
    page(client.get(f"/notice/{notice.id}"))
    clock.advance(days=1)
    page(client.get(f"/notice/{notice.id}"), 404)
    page(client.get("/notice/99"), 404)


def test_notices_that_cannot_be_read_are_not_none(client, store, database):
    store.close()
    database.write_bytes(b"not a database")
    failed = page(client.get("/notice"), 503)
    assert messages.NO_NOTICES not in failed.text
    assert messages.PROBLEM["not_read"][1] in failed.text
    assert messages.PROBLEM["not_stored"][1] not in failed.text


def test_entries_without_a_day_say_none(client, serving_of, live):
    serving_of(replace(live.held.release.entries[0], updated_at=None))
    entry = page(client.get("/faq/refund"))
    assert entry.all("time") == []
    assert "dateModified" not in entry.scripts
