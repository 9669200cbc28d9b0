"""The answer box as a file for other sites, and the page that tells how to embed it."""

import base64
import gzip
import hashlib
import re
from pathlib import Path

import pytest

from faqbot import messages, web
from faqbot.settings import Settings
from faqbot.web.widget import read_widget
from tests.contract.page import page

FOLDER = Path(web.__file__).with_name("static") / "widget"
WIDGET = (FOLDER / "faq-box.min.js").read_bytes()
VERSION = read_widget().version
FIXED = f"/widget/{VERSION}/faq-box.js"
PUBLIC = "https://help.shop.example.kr"


@pytest.fixture
def client(build):
    return build(Settings(public_url=PUBLIC, origins="https://shop.example.kr,https://m.shop.example.kr")).test_client()


def test_the_version_is_that_of_the_file():
    assert re.fullmatch(r"\d+\.\d+\.\d+", VERSION)
    assert f'version:"{VERSION}"' in WIDGET.decode()


@pytest.mark.parametrize(
    ("path", "caching"), [("/widget/v1.js", "public, max-age=300, stale-while-revalidate=86400"), (FIXED, "public, max-age=31536000, immutable")]
)
def test_any_site_may_load_the_box_and_caches_know_for_how_long(client, path, caching):
    response = client.get(path, headers={"Origin": "https://anywhere.example"})
    assert response.data == WIDGET
    assert response.content_type == "text/javascript; charset=utf-8"
    assert response.headers["Cache-Control"] == caching
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in response.headers
    assert client.get(path, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


def test_the_box_travels_compressed_within_its_budget(client):
    response = client.get("/widget/v1.js", headers={"Accept-Encoding": "gzip, br"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response.headers["Vary"]
    assert gzip.decompress(response.data) == WIDGET
    assert len(response.data) <= 10_240
    assert response.headers["ETag"] != client.get("/widget/v1.js").headers["ETag"]


def test_who_takes_no_gzip_gets_none(client):
    assert client.get("/widget/v1.js", headers={"Accept-Encoding": "gzip;q=0, identity"}).data == WIDGET


@pytest.mark.parametrize("path", ["/widget/0.0.1/faq-box.js", "/widget/latest/faq-box.js", "/widget/v2.js", "/widget/v1.xx.json", "/widget/v1.../secret.json"])
def test_another_version_is_not_found(client, path):
    page(client.get(path), 404)


def test_sentences_of_other_languages_come_along(client):
    response = client.get("/widget/v1.en.json")
    assert response.json["ask"] == "Ask"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_the_snippets_name_the_files_that_are_served(client):
    shown = page(client.get("/embed"))
    assert f'<script src="{PUBLIC}/widget/v1.js" async data-target="#faq"></script>' in shown.text
    integrity = "sha384-" + base64.b64encode(hashlib.sha384(client.get(FIXED).data).digest()).decode()
    assert f'<script src="{PUBLIC}{FIXED}" integrity="{integrity}" crossorigin="anonymous" async data-target="#faq"></script>' in shown.text
    assert shown.text.count(f'<div id="faq"><a href="{PUBLIC}/">') == 2


def test_the_policy_lines_name_our_origin_only(build):
    shown = page(build(Settings(public_url="https://shop.example.kr:8443/help")).test_client().get("/embed"))
    assert "script-src https://shop.example.kr:8443;\nconnect-src https://shop.example.kr:8443;\nform-action https://shop.example.kr:8443;" in shown.text


def test_the_sites_that_may_embed_are_listed_with_the_setting_that_adds_one(client, build):
    shown = page(client.get("/embed"))
    assert "FAQBOT_ORIGINS=https://shop.example.kr,https://m.shop.example.kr,https://www.example.kr" in shown.text
    assert messages.EMBED_NO_ORIGINS not in shown.text
    assert messages.EMBED_NO_ORIGINS in page(build(Settings()).test_client().get("/embed")).text


def test_without_a_public_address_the_page_says_which_one_it_used(build):
    shown = page(build(Settings()).test_client().get("/embed", base_url="http://localhost:8000/help"))
    assert "http://localhost:8000/help/widget/v1.js" in shown.text
    assert "FAQBOT_PUBLIC_URL" in shown.text


def test_the_box_works_on_the_page_itself_and_scripts_run_on_no_other(client):
    response = client.get("/embed")
    policy = response.headers["Content-Security-Policy"]
    assert [script["src"] for script in page(response).all("script")] == ["/widget/v1.js"]
    assert all(
        rule in policy
        for rule in ("default-src 'none'", "script-src 'self'", "connect-src 'self'", "require-trusted-types-for 'script'", "frame-ancestors 'none'")
    )
    assert "unsafe" not in policy
    assert page(response).is_noindex
    for path in ("/", "/faq/refund", "/inquiry", "/notice", "/widget/v1.js", "/embed/none"):
        assert not re.search("script-src|connect-src", client.get(path).headers["Content-Security-Policy"])
