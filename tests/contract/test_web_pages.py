import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from faqbot import messages, web
from faqbot.domain import FaqEntry, Level, Reason
from faqbot.settings import Settings
from faqbot.web import create_app
from faqbot.web.pages import starters

CSS = Path(web.__file__).with_name("static").joinpath("page.css").read_text(encoding="utf-8")
SCRIPT = "<script>alert(1)</script>"


class Page(HTMLParser):
    """Tags with their attributes, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def hrefs(self) -> list[str | None]:
        return [link["href"] for link in self.all("a")]


def asked(client, query: str, status: int = 200) -> Page:
    response = client.post("/", data={"query": query})
    assert response.status_code == status
    return Page(response.text)


def every_page(client) -> list[Page]:
    responses = [client.get(path) for path in ("/", "/faq/refund", "/faq/none", "/faq/%3Ci%3E")]
    responses += [client.post("/", data={"query": query}) for query in ("환불은 며칠 걸리나요", "환불 취소", "zzz", "", SCRIPT + " 오류")]
    return [Page(response.text) for response in responses]


def test_the_first_page_asks_and_offers_entries_to_begin_with(client):
    page = Page(client.get("/").text)
    assert page.all("form") == [{"method": "post", "action": "/"}]
    assert "네이버페이 도움말" in page.text
    assert page.hrefs()[1:4] == ["/faq/refund", "/faq/late", "/faq/fee%20b%3F"]


def test_a_query_never_stands_in_a_url(client):
    assert all(form["method"] == "post" for page in every_page(client) for form in page.all("form"))
    assert "환불 기간 정보" not in Page(client.get("/?query=환불+기간+정보").text).text


def test_an_answer_is_shown_with_category_link_day_and_confidence(client):
    page = asked(client, "환불은 며칠 걸리나요")
    assert {"https://pay.example.kr", "https://pay.example.kr/refund"} <= set(page.hrefs())
    assert page.all("time") == [{"datetime": "2026-03-01"}]
    assert page.all("strong")
    assert all(words in page.text for words in ("결제 › 환불", "카드 결제는 3일 걸립니다.", "환불 보기", f"{messages.LEVEL[Level.HIGH]} (99%)"))


@pytest.mark.parametrize("query", ["환불은 며칠 걸리나요", "환갑잔치 어디서"])
def test_other_candidates_are_offered_beside_neither_an_answer_nor_a_fallback(client, query):
    assert not any("/faq/" in href for href in asked(client, query).hrefs())


def test_the_typed_text_stays_in_the_form(client):
    assert asked(client, "환불 취소").all("input")[0]["value"] == "환불 취소"


def test_suggestions_open_their_entries(client):
    page = asked(client, "환불 취소")
    assert messages.SUGGEST[Reason.SEVERAL_LIKELY] in page.text
    assert set(page.hrefs()[1:]) == {"/faq/refund", "/faq/cancel"}
    assert all(client.get(href).status_code == 200 for href in page.hrefs())


def test_suggestions_of_one_question_are_told_apart_by_category(client):
    page = asked(client, "수수료 얼마예요")
    assert page.hrefs()[1:3] == ["/faq/fee/a", "/faq/fee%20b%3F"]
    assert "수수료 얼마예요 결제" in page.text
    assert "수수료 얼마예요 판매" in page.text


def test_a_fallback_leads_to_a_person(client):
    page = asked(client, "zzz 999")
    assert messages.FALLBACK[Reason.NOTHING_KNOWN] in page.text
    assert page.hrefs()[1:] == ["https://help.example.kr/inquiry", "tel:15880000"]
    assert "평일 09:00–18:00" in page.text


def test_a_fallback_without_a_way_to_a_person_offers_none(live):
    page = asked(create_app(live, Settings()).test_client(), "zzz 999")
    assert page.hrefs() == ["/"]
    assert messages.PHONE not in page.text


@pytest.mark.parametrize(("query", "code"), [("", "empty"), (" \u200b", "empty"), ("가나" * 200, "too_long")])
def test_a_refused_query_is_explained_beside_the_form_with_the_text_kept(client, query, code):
    page = asked(client, query, status=422)
    field = page.all("input")[0]
    assert messages.PROBLEM[code][1] in page.text
    assert (field["value"], field["aria-invalid"], field["aria-describedby"]) == (query, "true", "query-error")
    assert {"id": "query-error", "class": "error", "role": "alert"} in page.all("p")


def test_a_form_without_a_query_is_an_empty_one(client):
    assert client.post("/", data=b"\xff", content_type="text/plain").status_code == 422


def test_a_form_above_the_limit_is_refused_with_a_page(client):
    response = client.post("/", data={"query": "가" * 20_000})
    assert (response.status_code, response.mimetype) == (413, "text/html")


@pytest.mark.parametrize(("path", "status"), [("/none", 404), ("/faq/none", 404), ("/faq/old", 404), ("/faq/" + SCRIPT, 404), ("/static/none", 404)])
def test_an_error_on_a_page_is_a_page_in_constant_words(client, path, status):
    response = client.get(path)
    assert (response.status_code, response.content_type) == (status, "text/html; charset=utf-8")
    page = Page(response.text)
    assert messages.PROBLEM["not_found"][1] in page.text
    assert "none" not in page.text
    assert page.hrefs() == ["/", "/"]


def test_without_a_release_the_page_says_when_to_come_back(client, live):
    live.held = None
    for response in (client.get("/"), client.post("/", data={"query": "환불"}), client.get("/faq/refund")):
        assert response.status_code == 503
        assert messages.NOT_READY in response.text


@pytest.mark.parametrize("query", [SCRIPT + " 오류", '"><script>alert(1)</script>', "'onfocus=alert(1) autofocus='", "{{ 7 * 7 }}"])
def test_what_was_typed_is_text(client, query):
    page = asked(client, query)
    assert page.all("script") == []
    assert page.all("input")[0]["value"] == query
    assert set(page.all("input")[0]) == {"id", "name", "type", "value", "placeholder", "autocomplete", "enterkeyhint"}


def test_what_an_operator_wrote_is_text(client):
    page = Page(client.get("/faq/%3Ci%3E").text)
    assert SCRIPT in page.text
    assert not any(page.all(tag) for tag in ("script", "b", "u", "i"))
    assert not any("javascript" in href for href in page.hrefs())


def test_a_title_is_text(live):
    page = Page(create_app(live, Settings(title="<b>도움말")).test_client().get("/").text)
    assert page.all("b") == []
    assert "<b>도움말" in page.text


def test_pages_are_korean_fit_small_screens_and_label_their_fields(client):
    for page in every_page(client):
        assert page.all("html") == [{"lang": "ko"}]
        assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all("meta")
        assert {label["for"] for label in page.all("label")} == {field["id"] for field in page.all("input")}
        assert len(page.all("h1")) == len(page.all("main")) == 1


def test_pages_load_nothing_from_elsewhere_and_run_nothing(client):
    for page in every_page(client):
        assert [link["href"] for link in page.all("link")] == ["data:,", "/static/page.css"]
        assert not any(page.all(tag) for tag in ("script", "img", "iframe", "style"))
        assert not any(name == "style" or name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert "url(" not in CSS
    assert "@import" not in CSS


def test_links_of_the_page_follow_where_the_app_is_mounted(client):
    page = Page(client.get("/", base_url="http://localhost/help").text)
    assert page.all("form")[0]["action"] == "/help/"
    assert all(urlsplit(href).path.startswith("/help/") for href in page.hrefs())


def test_the_style_sheet_is_served(client):
    with client.get("/static/page.css") as response:
        assert (response.status_code, response.mimetype) == (200, "text/css")


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    """WCAG 2.2 relative luminance."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("foreground", "background", "least"),
    [(text, surface, 4.5) for text in ("text", "muted", "accent", "error") for surface in ("page", "surface")]
    + [("on-accent", "accent", 4.5), ("border", "surface", 3.0), ("border", "page", 3.0)],
)
def test_colours_keep_the_contrast_of_wcag_aa(scheme, foreground, background, least):
    light, dark = CSS.split("@media (prefers-color-scheme: dark)")
    palette = colours(light if scheme == "light" else dark)
    assert contrast(palette[foreground], palette[background]) >= least


def test_no_text_is_smaller_than_16_pixels():
    assert min(float(size) for size in re.findall(r"(?:font-size: |font: )([0-9.]+)rem", CSS)) >= 1


def test_korean_words_are_not_broken_and_focus_is_visible():
    assert all(rule in CSS for rule in ("word-break: keep-all", "overflow-wrap: anywhere", ":focus-visible", "color-scheme: light dark"))
    assert "outline: none" not in CSS


def test_starters_come_from_every_category_before_a_second_of_one():
    entries = tuple(FaqEntry(f"{n}{category}", "?", "답", (category,)) for n in range(9) for category in "가나")
    assert [entry.id for entry in starters(entries)] == ["0가", "0나", "1가", "1나", "2가", "2나", "3가", "3나"]
    assert starters(()) == ()
