import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from faqbot import messages, web
from faqbot.domain import FaqEntry
from faqbot.settings import Settings
from faqbot.web.entries import starters
from tests.contract.page import Page, asked, page

CSS = Path(web.__file__).with_name("static").joinpath("page.css").read_text(encoding="utf-8")
SCRIPT = "<script>alert(1)</script>"
CONTACT = {"phone": "1588-0000", "call_charge": "수신자 부담", "email": "help@shop.example.kr", "chat_url": "https://chat.example.kr/"}
FORM = {"question": "환불이 안 들어와요", "email": "gildong@example.kr", "consent": "yes", "consent_version": messages.CONSENT_VERSION}


@pytest.fixture
def client(build):
    """With the built-in inquiry form and every way to a person."""
    return build(Settings(title="네이버페이 도움말", open_hours="매일 09:00-18:00", closed_on_holidays=False, **CONTACT)).test_client()


def every_page(client) -> list[Page]:
    paths = ("/", "/faq/refund", "/faq/none", "/faq/%3Ci%3E", "/category/결제", "/notice", "/inquiry", "/none")
    responses = [client.get(path) for path in paths]
    responses += [client.post("/", data={"query": query}) for query in ("환불은 며칠 걸리나요", "환불 취소", "zzz", "", SCRIPT + " 오류")]
    responses += [client.post("/inquiry/review", data=FORM), client.post("/inquiry/review", data={})]
    responses += [client.post("/feedback", data={"id": "refund", "vote": "1"}), client.post("/inquiry/send", data=FORM, follow_redirects=True)]
    return [Page(response.text) for response in responses]


def test_the_first_page_asks_and_offers_notices_popular_questions_and_categories(client, store):
    home = page(client.get("/"))
    assert [form.action for form in home.forms] == ["/#reply"]
    assert "네이버페이 도움말" in home.text
    assert [href for href in home.hrefs() if href.startswith("/faq/")][:3] == ["/faq/refund", "/faq/late", "/faq/fee%20b%3F"]
    assert "/category/%EA%B2%B0%EC%A0%9C" in home.hrefs()


def test_a_query_never_stands_in_a_url(client):
    pages = every_page(client)
    assert all(attributes["method"] == "post" for each in pages for attributes in each.all("form"))
    assert not any("?" in str(href) for each in pages for href in each.hrefs())
    assert "환불 기간 정보" not in page(client.get("/?query=환불+기간+정보")).text


def test_every_page_shows_the_ways_to_a_person_in_the_same_place(client):
    for each in every_page(client):
        assert [name for name, _ in each.tags if name in {"header", "main", "aside"}] == ["header", "main", "aside"]
        card = each.text[each.text.index(messages.CONTACT) :]
        assert all(
            words in card for words in ("지금은 상담 시간이 아니에요", "1588-0000", "수신자 부담", "help@shop.example.kr", "매일 09:00-18:00", messages.CHAT)
        )
        assert {"tel:15880000", "mailto:help@shop.example.kr", "https://chat.example.kr/"} <= set(each.hrefs())


def test_no_page_offers_the_inquiry_form_twice(client):
    told = page(client.post("/feedback", data={"id": "refund", "vote": "-1"}))
    sent = page(client.post("/inquiry/send", data=FORM, follow_redirects=True))
    for each in (*every_page(client), asked(client, "zzz 999"), told, sent):
        links = [link for link in each.all("a") if (link["href"], link.get("class")) == ("/inquiry", "button")]
        forms = [form for form in each.forms if form.action == "/inquiry" and form.buttons[0].words == messages.INQUIRY]
        assert len(links) + len(forms) <= 1, each.title


def test_the_contact_card_stands_only_where_it_leads_somewhere(build):
    client = build(Settings()).test_client()
    sent = page(client.post("/inquiry/send", data=FORM, follow_redirects=True))
    review = page(client.post("/inquiry/review", data=FORM))
    assert messages.REVIEW_TITLE in review.text
    assert not [each.title for each in (page(client.get("/inquiry")), review, sent, asked(client, "zzz 999")) if messages.CONTACT in each.text]
    assert messages.CONTACT in page(client.get("/faq/refund")).text


def test_the_contact_card_says_when_somebody_answers(client, clock):
    clock.advance(hours=1)
    assert "지금 상담할 수 있어요" in page(client.get("/")).text


def test_what_an_operator_has_not_set_is_not_offered(build):
    bare = page(build(Settings()).test_client().get("/none"), 404)
    assert not any(words in bare.text for words in (messages.PHONE, messages.HOURS, messages.CHAT, messages.EMAIL))
    assert "/inquiry" in bare.hrefs()


def test_where_the_operator_has_a_form_of_their_own_links_lead_there(build, settings):
    client = build(settings).test_client()
    for each in (page(client.get("/")), page(client.get("/faq/refund")), page(client.get("/none"), 404), asked(client, "zzz 999")):
        assert "https://help.example.kr/inquiry" in each.hrefs()
        assert not any("/inquiry" in form.action for form in each.forms)
        assert "/inquiry" not in each.hrefs()


@pytest.mark.parametrize(
    ("path", "status"), [("/none", 404), ("/faq/none", 404), ("/faq/old", 404), ("/faq/" + SCRIPT, 404), ("/static/none", 404), ("/category/none", 404)]
)
def test_an_error_on_a_page_is_a_page_in_constant_words(client, path, status):
    response = client.get(path)
    assert response.content_type == "text/html; charset=utf-8"
    error = page(response, status)
    assert messages.PROBLEM["not_found"][1] in error.text
    assert "none" not in error.text
    assert error.is_noindex
    assert "/" in error.hrefs()


def test_without_a_release_the_page_says_when_to_come_back_and_still_leads_to_a_person(client, live):
    live.held = None
    for response in (client.get("/"), client.post("/", data={"query": "환불"}), client.get("/faq/refund")):
        assert messages.NOT_READY in page(response, 503).text
        assert "tel:15880000" in Page(response.text).hrefs()


def test_a_query_that_is_refused_for_now_stays_in_the_field(build, live):
    client = build(Settings(limit_questions="1/minute")).test_client()
    asked(client, "환불 취소")
    limited = client.post("/", data={"query": "환불 <b>"})
    assert page(limited, 429).form("/").value("query") == "환불 <b>"
    assert messages.KEPT in limited.text
    assert int(limited.headers["Retry-After"]) > 0


@pytest.mark.parametrize("query", [SCRIPT + " 오류", '"><script>alert(1)</script>', "'onfocus=alert(1) autofocus='", "{{ 7 * 7 }}"])
def test_what_was_typed_is_text(client, query):
    reply = asked(client, query)
    assert reply.all("script") == []
    assert reply.with_id("query")["value"] == query
    assert set(reply.with_id("query")) == {"id", "name", "type", "value", "placeholder", "autocomplete", "enterkeyhint"}


def test_what_an_operator_wrote_is_text(client):
    entry = page(client.get("/faq/%3Ci%3E"))
    assert SCRIPT in entry.text
    assert [script.get("type") for script in entry.all("script")] == ["application/ld+json"]
    assert not any(entry.all(tag) for tag in ("b", "u", "i"))
    assert not any("javascript" in href for href in entry.hrefs())


def test_a_title_is_text(build):
    home = page(build(Settings(title="<b>도움말")).test_client().get("/"))
    assert home.all("b") == []
    assert "<b>도움말" in home.text


def test_pages_are_korean_fit_small_screens_and_label_their_fields(client):
    for each in every_page(client):
        assert each.all("html") == [{"lang": "ko"}]
        assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in each.all("meta")
        fields = [
            attributes
            for tag in ("input", "select", "textarea")
            for attributes in each.all(tag)
            if attributes.get("type") not in {"hidden", "radio", "checkbox"}
        ]
        assert {field["id"] for field in fields} == {label["for"] for label in each.all("label") if "for" in label}
        assert len(each.all("h1")) == len(each.all("main")) == 1
        ids = [attributes["id"] for _, attributes in each.tags if "id" in attributes]
        assert len(ids) == len(set(ids))


def test_every_description_and_label_that_is_pointed_to_exists(client):
    for each in every_page(client):
        ids = {attributes["id"] for _, attributes in each.tags if "id" in attributes}
        for _, attributes in each.tags:
            for name in ("aria-describedby", "aria-labelledby"):
                assert set((attributes.get(name) or "").split()) <= ids
            if str(attributes.get("href", "")).startswith("#"):
                assert attributes["href"].removeprefix("#") in ids


def test_the_keyboard_can_skip_to_the_content(client):
    for each in every_page(client):
        assert each.hrefs()[0] == "#main"
        assert each.with_id("main")["tabindex"] == "-1"


def test_pages_load_nothing_from_elsewhere_and_run_nothing(client):
    for each in every_page(client):
        assert [urlsplit(link["href"]).path for link in each.all("link")] == [",", "/static/page.css"]
        assert not any(each.all(tag) for tag in ("img", "iframe", "style"))
        assert all(script["type"] == "application/ld+json" for script in each.all("script"))
        assert not any(name == "style" or name.startswith("on") for _, attributes in each.tags for name in attributes)
    assert "url(" not in CSS
    assert "@import" not in CSS


def test_links_of_the_page_follow_where_the_app_is_mounted(client):
    home = page(client.get("/", base_url="http://localhost/help"))
    assert home.forms[0].action == "/help/#reply"
    own = [href for href in home.hrefs() if urlsplit(href).scheme == "" and not href.startswith("#")]
    assert own
    assert all(href.startswith("/help/") for href in own)


def test_the_style_sheet_is_kept_until_it_changes(client):
    address = page(client.get("/")).all("link")[-1]["href"]
    with client.get(address) as response:
        assert (response.status_code, response.mimetype) == (200, "text/css")
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    with client.get("/static/page.css?v=other") as response:
        assert response.headers["Cache-Control"] == "no-cache"


def test_a_page_that_did_not_change_is_not_sent_again(client):
    tag = client.get("/faq/refund").headers["ETag"]
    assert client.get("/faq/refund", headers={"If-None-Match": tag}).status_code == 304


def test_the_back_button_leads_to_the_reply_and_not_to_a_warning_of_the_browser(client):
    """Chromium asks to send the form again where a reply to a form is no-store."""
    assert client.post("/", data={"query": "환불 취소"}).headers["Cache-Control"] == "private, no-cache"


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
    [(text, surface, 4.5) for text in ("text", "muted", "accent", "error", "open") for surface in ("page", "surface", "tint")]
    + [("on-accent", "accent", 4.5), ("border", "surface", 3.0), ("border", "page", 3.0)],
)
def test_colours_keep_the_contrast_of_wcag_aa(scheme, foreground, background, least):
    light, dark = CSS.split("@media print")[0].split("@media (prefers-color-scheme: dark)")
    palette = colours(light if scheme == "light" else dark)
    assert contrast(palette[foreground], palette[background]) >= least


def test_no_text_is_smaller_than_16_pixels():
    assert min(float(size) for size in re.findall(r"(?:font-size: |font: )([0-9.]+)rem", CSS)) >= 1


def test_korean_words_are_not_broken_and_focus_is_visible():
    assert all(
        rule in CSS for rule in ("word-break: keep-all", "overflow-wrap: anywhere", ":focus-visible", "color-scheme: light dark", "forced-colors: active")
    )
    assert "outline: none" not in CSS


def test_starters_come_from_every_category_before_a_second_of_one():
    entries = tuple(FaqEntry(f"{n}{category}", "?", "답", (category,)) for n in range(9) for category in "가나")
    assert [entry.id for entry in starters(entries)] == ["0가", "0나", "1가", "1나", "2가", "2나", "3가", "3나"]
    assert starters(()) == ()
