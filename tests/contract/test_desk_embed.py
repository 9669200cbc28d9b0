"""설치하기 in the desk: the same code as on the public page, and what stands around it."""

import re

import pytest
from flask.testing import FlaskClient

from faqbot.settings import Settings
from faqbot.store import Role
from faqbot.web.pages.embed import THEMES
from faqbot.web.widget import FOLDER
from tests.contract.conftest import Build
from tests.contract.desk import as_operator
from tests.contract.page import Page, page

SITE = Settings(public_url="https://help.example.kr", origins=("https://shop.example.kr",))


def codes(html: str) -> list[str]:
    return re.findall(r"<code>(.*?)</code>", html, re.DOTALL)


@pytest.fixture
def viewer(build: Build, store) -> FlaskClient:
    return as_operator(build(SITE), store, Role.VIEWER)


@pytest.fixture
def shown(viewer) -> Page:
    return page(viewer.get("/admin/install"))


def test_everything_that_is_copied_is_what_the_public_page_gives(viewer):
    public = [code for code in codes(viewer.get("/embed").text) if "example.kr" in code]
    assert len(public) == 5
    assert [code for code in codes(viewer.get("/admin/install").text) if "example.kr" in code] == public


def test_the_fixed_code_demands_the_very_file_that_is_served(viewer):
    (address, integrity) = re.search(r"src=&#34;(\S+?)&#34; integrity=&#34;(\S+?)&#34;", viewer.get("/admin/install").text).groups()
    assert address.startswith("https://help.example.kr/widget/")
    assert integrity.startswith("sha384-")
    assert viewer.get(address.removeprefix("https://help.example.kr")).status_code == 200


def test_it_leads_to_the_box_at_work_and_names_who_may_embed_it(shown):
    assert "/embed" in shown.hrefs()
    assert "https://shop.example.kr" in shown.text
    assert "FAQBOT_ORIGINS=https://shop.example.kr,https://www.example.kr" in shown.text
    assert "FAQBOT_PUBLIC_URL" not in shown.text


def test_without_an_address_for_visitors_it_asks_for_one_first(app, store):
    assert "FAQBOT_PUBLIC_URL" in page(as_operator(app, store, Role.VIEWER).get("/admin/install")).text


def test_every_theme_and_every_variable_of_the_box_is_named_and_none_that_it_has_not(shown):
    source = (FOLDER / "faq-box.js").read_text(encoding="utf-8")
    assert set(re.findall(r"--faqbox-[a-z-]+", shown.text)) == set(re.findall(r"--faqbox-[a-z-]+", source))
    named = re.findall(r'data-theme="(\w+)"', shown.text)
    assert tuple(named) == THEMES
    assert set(named) == {"light", *re.findall(r"\[theme=(\w+)\]", source)}
