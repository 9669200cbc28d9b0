"""No word of anybody becomes markup, a script or an address: on every page and in every response that shows it."""

from itertools import product
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET

import nh3

from tests.contract.desk import OURS
from tests.contract.page import Page
from tests.security.conftest import HostileSite, as_json
from tests.security.hostile import ADDRESSES, MARKUP

#: Elements that our templates write, and attributes that stand on any of them.
ELEMENTS = frozenset({
    "a", "article", "aside", "b", "body", "br", "button", "caption", "circle", "code", "col", "colgroup", "dd", "del", "desc", "details", "div", "dl", "dt", "em", "faq-box",
    "fieldset", "figcaption", "figure", "footer", "form", "g", "h1", "h2", "h3", "h4", "h5", "head", "header", "html", "input", "ins", "kbd", "label", "legend", "li", "line", "link",
    "main", "mark", "meta", "nav", "ol", "optgroup", "option", "output", "p", "path", "polyline", "pre", "progress", "rect", "s", "script", "search", "section",
    "select", "small", "span", "strong", "summary", "svg", "table", "tbody", "td", "text", "textarea", "tfoot", "th", "thead", "time", "title", "tr", "ul", "use",
})  # fmt: skip
LINKS = ("href", "src", "action", "formaction", "poster", "data", "cite", "background", "srcset", "ping", "manifest")
#: Of an answer, as `answer_html` holds them.
ANSWER_ELEMENTS = {"p", "h3", "h4", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "strong", "a", "br"}


def wrong_in(html: str) -> list[str]:
    """Elements and attributes that we did not write, and links that lead where none may."""
    found = []
    for tag, attributes in Page(html).tags:
        if tag not in ELEMENTS or (tag == "meta" and attributes.get("http-equiv")):
            found.append(f"<{tag}>")
        for name, value in attributes.items():
            if (
                name.startswith("on")
                or name in {"style", "srcdoc", "xlink:href"}
                or not name.replace("-", "").replace(":", "").isalnum()
                or name in {"srcset", "ping"}
            ):
                found.append(f"<{tag} {name}>")
            if name in LINKS and not leads_well(value or ""):
                found.append(f"<{tag} {name}={value!r}>")
        if tag == "script" and attributes.get("type") not in {"module", "application/ld+json"} and not (attributes.get("src") or "").startswith("/"):
            found.append(f"<script {attributes}>")
    return found


def leads_well(address: str) -> bool:
    """Whether an address is one of ours, or one that answers may lead to."""
    plain = address.strip()
    if plain.startswith(("//", "/\\", "\\")) or any(ord(each) < 32 for each in address):
        return False
    return urlsplit(plain).scheme in {"", "http", "https", "mailto", "tel", "data"} and not plain.lower().startswith(
        ("data:text", "data:image/svg+xml;base64,PHN2Zy8+".lower())
    )


def test_nothing_that_anybody_wrote_is_an_element_an_attribute_or_a_script_on_any_page(hostile: HostileSite):
    seen = 0
    for address in hostile.addresses():
        response = (hostile.owner if address.startswith("/admin") else hostile.visitor).get(address)
        assert response.status_code in {200, 303, 404, 503}, address
        if response.mimetype == "text/html":
            assert wrong_in(response.text) == [], address
            seen += any(text in Page(response.text).text for text in MARKUP[:4])
    assert seen > 40, "most pages show what was written"


def test_no_template_within_a_text_is_computed(hostile: HostileSite):
    place = next(place for place, text in enumerate(MARKUP) if "{{7*7}}" in text)
    for address in (f"/faq/x{place}", f"/admin/faqs/edit?id=x{place}", f"/admin/inquiries/{hostile.number}", f"/inquiry/{hostile.token}", "/notice"):
        assert "{{7*7}} ${7*7} #{7*7}" in Page(hostile.owner.get(address).text).text, address


def test_a_form_gives_back_what_was_typed_as_text(hostile: HostileSite):
    names = (
        "query",
        "question",
        "background",
        "error",
        "tried",
        "email",
        "category",
        "text",
        "key",
        "token",
        "entry",
        "id",
        "reason",
        "vote",
        "consent_version",
    )
    for text, path in product(MARKUP, ("/", "/feedback", "/inquiry", "/inquiry/review", "/choices")):
        response = hostile.visitor.post(path, data=dict.fromkeys(names, text), headers=OURS)
        assert (response.status_code < 500, wrong_in(response.text)) == (True, []), (path, text)


def test_a_search_of_the_desk_gives_back_what_was_typed_as_text(hostile: HostileSite):
    names = ("q", "number", "text", "category", "entry", "action", "show", "kind", "state", "done", "answer", "reason", "vote", "from")
    paths = ("/admin/faqs", "/admin/asked", "/admin/lab", "/admin/inquiries", "/admin/cases/new", "/admin/audit", "/admin/feedback", "/admin/questions")
    for text, path in product(MARKUP, paths):
        response = hostile.owner.get(path, query_string=dict.fromkeys(names, text))
        assert (response.status_code < 500, wrong_in(response.text)) == (True, []), (path, text)


def test_a_page_that_is_not_there_and_a_page_for_others_give_back_nothing_but_text(hostile: HostileSite):
    for text, path in product(MARKUP, ("/category/", "/faq/", "/", "/inquiry/", "/admin/audit/", "/admin/inquiries/", "/v1/faqs/")):
        for client in (hostile.visitor, hostile.owner):
            assert wrong_in(client.get(path + quote(text)).text) == [], (path, text)


def test_a_log_in_gives_back_nothing_but_text(hostile: HostileSite):
    for text in MARKUP[:4]:
        assert wrong_in(hostile.visitor.post("/admin/login", data={"name": text, "password": "x", "next": text}, headers=OURS).text) == []


def test_an_answer_holds_nothing_that_an_independent_sanitizer_takes_out(hostile: HostileSite):
    allowed = {"a": {"href", "target"}, "ol": {"start"}}
    for item in as_json(hostile.visitor.get("/v1/faqs?limit=100").text)["items"]:
        html = as_json(hostile.visitor.get(f"/v1/faqs/{item['id']}").text)["answer_html"]
        clean = nh3.clean(
            html, tags=ANSWER_ELEMENTS, attributes=allowed, url_schemes={"http", "https", "mailto", "tel"}, link_rel="noopener noreferrer nofollow"
        )
        assert (Page(clean).tags, Page(clean).text) == (Page(html).tags, Page(html).text), item["id"]
        assert wrong_in(html) == []


def test_no_link_of_a_response_leads_where_none_may(hostile: HostileSite):
    for place in range(len(ADDRESSES)):
        answer = as_json(hostile.visitor.get(f"/v1/faqs/x{place % len(MARKUP)}").text)
        assert answer["link"] is None or leads_well(answer["link"]["url"]), answer["link"]
        assert all(leads_well(each) for each in urls_in(answer["blocks"]))


def urls_in(data: object) -> list[str]:
    """Every `url` of a tree."""
    if isinstance(data, dict):
        return [value for name, value in data.items() if name == "url"] + [each for value in data.values() for each in urls_in(value)]
    return [each for value in data for each in urls_in(value)] if isinstance(data, list) else []


def test_the_sitemap_is_xml_of_our_own_addresses(hostile: HostileSite):
    found = [each.text for each in ET.fromstring(hostile.visitor.get("/sitemap.xml").data).iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]  # noqa: S314  # ours
    assert len(found) > len(MARKUP)
    assert all(each.startswith("http://localhost/") and "<" not in each and '"' not in each for each in found)


def test_the_data_for_search_engines_ends_no_script(hostile: HostileSite):
    for place in range(len(MARKUP)):
        shown = Page(hostile.visitor.get(f"/faq/x{place}").text)
        assert as_json(shown.scripts)["@type"] == "FAQPage"
        assert "<" not in shown.scripts


def test_the_judge_of_pages_sees_what_would_be_wrong():
    raw = [text for text in MARKUP if text.startswith(("<script", "</title", '">', "<math", "<base", "<a href", "<form"))]
    assert [text for text in raw if wrong_in(f"<p>{text}</p>") == [] and not text.startswith("<form")] == []
    assert wrong_in('<p title="" onclick="x">') == ["<p onclick>"]
