"""Many help centres in one process: each has its own data, and nothing of one opens or shows another."""

import re
import threading
from pathlib import Path

import pytest
from flask import Flask

from faqbot.bootstrap.parts import build_live
from faqbot.bootstrap.upkeep import OtherSites
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.retrieval.live import LiveRelease
from faqbot.settings import Settings
from faqbot.store import AskedWanted, Role, Store
from faqbot.web import create_app
from faqbot.web.desk.cookies import LOCAL_COOKIE
from faqbot.web.desk.rules import RULES
from tests.contract.clock import Clock
from tests.contract.conftest import SECRET, written
from tests.contract.sites.conftest import MARKS, QUERY, WORDS, Two, describe
from tests.site_copies import copy_release


def test_each_site_answers_from_its_own_release(two: Two) -> None:
    for path, site in (("/v1/ask", "default"), ("/v1/sites/alpha/ask", "alpha"), ("/sites/beta/v1/ask", "beta"), ("/v1/sites/default/ask", "default")):
        assert MARKS[site] in two.client().post(path, json={"query": QUERY}).get_data(as_text=True)


def test_no_page_and_no_reply_of_a_site_holds_anything_of_another(two: Two) -> None:
    foreign = {
        "token": two.tokens["alpha"], "number": two.numbers["alpha"], "notice_id": two.notices["alpha"], "entry_id": "refund", "id": "refund", "path": "결제",
        "filename": "page.css", "lang": "en", "n": 1,
    }  # fmt: skip
    asked, adapter = 0, two.app.url_map.bind("localhost")
    for rule in two.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        path = adapter.build(rule.endpoint, {name: foreign.get(name, 1) for name in rule.arguments}, method="GET")
        response = two.client("beta").get(f"/sites/beta{path}", headers={"Authorization": f"Bearer {two.keys['beta']}"} if path.startswith("/v1/admin") else {})
        text = response.get_data(as_text=True) + str(response.headers)
        response.close()
        assert response.status_code < 500, path
        assert MARKS["alpha"] not in text, path
        assert MARKS["default"] not in text, path
        asked += 1
    assert asked > 60


@pytest.mark.parametrize(
    "path", ["/", "/faq/refund", "/embed", "/v1/faqs/refund", "/v1/contact", "/notice", "/admin", "/admin/asked", "/admin/inquiries", "/openapi.json"]
)
def test_a_site_shows_its_own(two: Two, path: str) -> None:
    assert MARKS["alpha"] in two.client("alpha").get(f"/sites/alpha{path}").get_data(as_text=True)


def test_links_of_a_page_stay_on_the_site(two: Two) -> None:
    page = two.client().get("/sites/alpha/").get_data(as_text=True)
    assert 'href="/sites/alpha/' in page
    assert 'href="/"' not in page


def test_a_session_opens_the_desk_of_its_own_site_alone(two: Two) -> None:
    assert two.client("alpha").get("/sites/alpha/admin").status_code == 200
    for other in ("/sites/beta/admin", "/admin"):
        client = two.client("alpha")
        for name in (LOCAL_COOKIE, f"{LOCAL_COOKIE}_beta"):
            client.set_cookie(name, two.sessions["alpha"])
        assert client.get(other).status_code in {401, 404}


def test_logging_in_to_a_site_leads_to_its_desk_with_a_cookie_of_its_own(two: Two) -> None:
    form, ours = {"name": "owner-alpha", "password": WORDS, "next": "/admin/asked"}, {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    response = two.client().post("/sites/alpha/admin/login", data=form, headers=ours)
    assert response.location == "/sites/alpha/admin/asked"
    assert response.headers["Set-Cookie"].startswith(f"{LOCAL_COOKIE}_alpha=")
    assert two.client().post("/sites/beta/admin/login", data=form, headers=ours).status_code == 401


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("/admin", "<code>faqbot admin password 이름</code>"),
        ("/sites/default/admin", "<code>faqbot admin password 이름</code>"),
        ("/sites/alpha/admin", "<code>FAQBOT_SITE=alpha faqbot admin password 이름</code>"),
    ],
)
def test_the_form_to_log_in_names_the_command_for_its_own_site(two: Two, store: Store, path: str, command: str) -> None:
    store.accounts.create("owner-default", WORDS, Role.OWNER)
    assert command in two.client().get(path).get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "command"), [("/admin", ">faqbot admin create 이름<"), ("/sites/alpha/admin", ">FAQBOT_SITE=alpha faqbot admin create 이름<")]
)
def test_a_desk_without_an_account_names_the_command_for_its_own_site(app: Flask, path: str, command: str) -> None:
    assert command in app.test_client().get(path).get_data(as_text=True)


def test_no_rule_of_a_desk_opens_to_a_session_or_a_key_of_another_site(two: Two) -> None:
    client, asked = two.app.test_client(), 0
    client.set_cookie(f"{LOCAL_COOKIE}_beta", two.sessions["alpha"])
    for rule in RULES:
        if rule.role is None:
            continue
        path = two.app.url_map.bind("localhost").build(rule.endpoint, dict.fromkeys(next(two.app.url_map.iter_rules(rule.endpoint)).arguments, 1), rule.method)
        for headers in ({}, {"Authorization": f"Bearer {two.keys['alpha']}"}):
            assert client.open(f"/sites/beta{path}", method=rule.method, headers=headers).status_code == 401, path
            asked += 1
    assert asked > 80


def test_two_sites_of_one_host_keep_a_session_each(two: Two) -> None:
    client = two.client("alpha")
    client.set_cookie(f"{LOCAL_COOKIE}_beta", two.sessions["beta"])
    assert (client.get("/sites/alpha/admin").status_code, client.get("/sites/beta/admin").status_code) == (200, 200)


def test_a_key_opens_the_api_of_its_own_site_alone(two: Two) -> None:
    sent = {"Authorization": f"Bearer {two.keys['alpha']}"}
    assert two.client().get("/v1/sites/alpha/admin/me", headers=sent).status_code == 200
    assert two.client().get("/v1/sites/beta/admin/me", headers=sent).status_code == 401


def test_the_token_of_a_reply_counts_on_its_own_site_alone(two: Two) -> None:
    token = two.client().post("/v1/sites/alpha/ask", json={"query": QUERY}).json["feedback_token"]
    sent = {"token": token, "vote": 1}
    assert two.client().post("/v1/sites/beta/feedback", json=sent).json["code"] == "invalid_token"
    assert two.client().post("/v1/feedback", json=sent).json["code"] == "invalid_token"
    assert two.client().post("/v1/sites/alpha/feedback", json=sent).status_code == 204


def test_a_receipt_leads_to_the_inquiry_on_its_own_site_alone(two: Two) -> None:
    assert two.client().get(f"/sites/alpha/inquiry/{two.tokens['alpha']}").status_code == 200
    assert two.client().get(f"/sites/beta/inquiry/{two.tokens['alpha']}").status_code == 404


def test_an_inquiry_is_changed_from_the_desk_of_its_own_site_alone(two: Two) -> None:
    from_ours = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    sent = two.client("beta").post(f"/sites/beta/admin/inquiries/{two.numbers['alpha']}/reply", data={"text": "답"}, headers=from_ours)
    assert sent.status_code == 404
    assert not two.stores["alpha"].inquiry(two.numbers["alpha"]).messages[1:]


def test_who_may_embed_one_site_may_not_use_another(two: Two) -> None:
    sent = {"Origin": "https://alpha.example.kr"}
    assert two.client().post("/v1/sites/alpha/ask", json={"query": QUERY}, headers=sent).headers["Access-Control-Allow-Origin"] == sent["Origin"]
    for other in ("/v1/sites/beta/ask", "/v1/ask"):
        refused = two.client().post(other, json={"query": QUERY}, headers=sent)
        assert (refused.status_code, refused.headers.get("Access-Control-Allow-Origin")) == (403, None)


def test_queries_are_written_down_on_their_own_site(two: Two, store: Store) -> None:
    wanted = AskedWanted()
    assert [one.query.record.text for one in two.stores["alpha"].asked(wanted)] == [f"{MARKS['alpha']} 환불"]
    assert store.asked(wanted) == ()


@pytest.mark.parametrize(
    "path", ["/v1/sites/gamma/ask", "/v1/sites/../ask", "/v1/sites/..%2falpha/ask", "/v1/sites/ALPHA/ask", "/v1/sites//ask", "/v1/sites/alpha.toml/ask"]
)
def test_a_site_that_is_not_there_is_a_problem(app: Flask, path: str) -> None:
    response = app.test_client().post(path, json={"query": QUERY})
    assert (response.status_code, response.content_type) == (404, "application/problem+json")


def test_a_server_of_one_site_has_no_others(build, settings: Settings) -> None:
    assert build(settings).test_client().get("/sites/alpha/").status_code == 404


def test_a_file_that_changed_counts_at_once(app: Flask, folders: Settings) -> None:
    client = app.test_client()
    assert client.get("/sites/alpha/").status_code == 200
    describe(folders.sites, "alpha", title="바뀐 이름")
    assert "바뀐 이름" in client.get("/sites/alpha/").get_data(as_text=True)


def test_a_file_that_came_opens_a_site_and_one_that_went_closes_it(app: Flask, folders: Settings, bare_site: Path) -> None:
    client = app.test_client()
    copy_release(bare_site, folders.models / "gamma", "감마")
    describe(folders.sites, "gamma", title="감마")
    opened = client.get("/sites/gamma/").status_code
    (folders.sites / "gamma.toml").unlink()
    assert (opened, client.get("/sites/gamma/").status_code) == (200, 404)


def test_a_file_that_cannot_be_used_leaves_an_open_site_as_it_was(app: Flask, folders: Settings) -> None:
    client = app.test_client()
    client.get("/sites/alpha/")
    describe(folders.sites, "alpha", port=80)
    response = client.get("/sites/alpha/")
    assert (response.status_code, MARKS["alpha"] in response.get_data(as_text=True)) == (200, True)


@pytest.mark.parametrize("values", [{"port": 80}, {"keep_queries": 0}, {"open_hours": "늘"}])
def test_a_site_whose_file_cannot_be_used_is_not_ready(app: Flask, folders: Settings, values: dict[str, object]) -> None:
    describe(folders.sites, "broken", **values)
    response = app.test_client().post("/v1/sites/broken/ask", json={"query": QUERY})
    assert (response.status_code, response.json["code"]) == (503, "not_ready")


def test_a_site_without_a_release_is_not_ready_and_the_others_are(app: Flask, folders: Settings) -> None:
    describe(folders.sites, "empty", title="빈 곳")
    client = app.test_client()
    assert [client.get(f"{root}/readyz").status_code for root in ("/sites/empty", "", "/sites/alpha")] == [503, 200, 200]


def test_publications_for_open_sites_are_followed(app: Flask, folders: Settings, bare_site: Path) -> None:
    client = app.test_client()
    client.post("/v1/sites/alpha/ask", json={"query": QUERY})
    copy_release(bare_site, folders.models / "alpha", "새로 낸 답")
    app.extensions["faqbot.sites"].refresh()
    assert "새로 낸 답" in client.post("/v1/sites/alpha/ask", json={"query": QUERY}).get_data(as_text=True)


def test_so_many_sites_stay_open_and_all_answer(folders: Settings, store: Store, clock: Clock, bare_site: Path) -> None:
    names = [f"site-{number}" for number in range(12)]
    for name in names:
        copy_release(bare_site, folders.models / name, f"답은 {name}.")
        describe(folders.sites, name, title=name)
    settings = folders.model_copy(update={"open_sites": 3})
    app = create_app(build_live(settings), settings, store, SECRET, clock, live_of=build_live)
    sites, client = app.extensions["faqbot.sites"], app.test_client()
    for name in [*names, *reversed(names)]:
        assert f"답은 {name}." in client.post(f"/v1/sites/{name}/ask", json={"query": QUERY}).get_data(as_text=True)
        assert len(sites.opened()) <= 3
    assert [services.settings.site for services in sites.opened()] == names[2::-1]
    written(app)


def test_a_request_goes_on_with_a_site_that_was_closed_meanwhile(folders: Settings, store: Store, clock: Clock) -> None:
    settings = folders.model_copy(update={"open_sites": 1})
    sites = create_app(build_live(settings), settings, store, SECRET, clock, live_of=build_live).extensions["faqbot.sites"]
    held = sites.get("alpha")
    sites.get("beta")
    assert MARKS["alpha"] in held.live.current.find("refund")[0].answer


def test_who_asks_at_once_loads_a_release_once(folders: Settings) -> None:
    made, begin = [], threading.Barrier(4)

    def analyzer(words: tuple[tuple[str, str], ...]) -> KiwiAnalyzer:
        made.append(words)
        return KiwiAnalyzer(words)

    live = LiveRelease(folders.models / "alpha", analyzer)

    def ask() -> None:
        begin.wait(10)
        live.serving  # noqa: B018  # loads it

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(made) == 1


def test_the_document_names_paths_of_sites_and_a_site_its_own_address(two: Two) -> None:
    document, of_site = (two.client().get(f"{root}/openapi.json").json for root in ("", "/sites/alpha"))
    assert "/v1/sites/{site}/ask" in document["paths"]
    assert (of_site["servers"], "/v1/sites/{site}/ask" in of_site["paths"]) == ([{"url": "/sites/alpha"}], False)


def test_what_is_copied_for_a_page_names_the_site(two: Two) -> None:
    page = two.client().get("/sites/alpha/embed").get_data(as_text=True)
    assert "http://localhost/widget/v1.js&#34; data-site=&#34;alpha&#34;" in page


def test_an_owner_of_a_site_sees_what_its_file_may_say_and_nothing_of_the_server(two: Two) -> None:
    page = two.client("alpha").get("/sites/alpha/admin/settings").get_data(as_text=True)
    assert "alpha.toml" in page
    assert str(two.settings.var) not in page


def test_metrics_show_every_site_whose_release_is_loaded_and_load_none(folders: Settings, store: Store, clock: Clock) -> None:
    settings = folders.model_copy(update={"metrics_port": 9464})
    app = create_app(build_live(settings), settings, store, SECRET, clock, live_of=build_live)
    client = app.test_client()
    for path in ("/v1/faqs", "/v1/sites/alpha/faqs", "/sites/beta/livez"):
        client.get(path)
    text = client.get("/metrics", environ_overrides={"SERVER_PORT": "9464"}).get_data(as_text=True)
    assert re.findall(r'^faqbot_index_entries\{site="(\w+)"\}', text, re.MULTILINE) == ["default", "alpha"]
    assert re.findall(r"^(faqbot_sites\S*) (\S+)$", text, re.MULTILINE) == [("faqbot_sites", "2.0"), ("faqbot_sites_open", "2.0")]
    assert text.count("# TYPE faqbot_index_info gauge") == 1


def test_what_is_done_now_and_then_is_done_for_all_sites_with_a_release(folders: Settings, store: Store) -> None:
    describe(folders.sites, "empty", title="빈 곳")
    describe(folders.sites, "broken", port=1)
    copied, seen = folders.models / "broken", []
    copied.mkdir()
    (copied / "CURRENT").write_text("0" * 16, encoding="ascii")
    OtherSites(folders, store).each("trying", lambda settings, _: seen.append(settings.site))
    assert seen == ["alpha", "beta"]


def test_what_is_done_now_and_then_follows_a_file_that_changed_and_reads_no_other_again(folders: Settings, store: Store) -> None:
    others, seen = OtherSites(folders, store), []
    for title in ("처음", "나중"):
        describe(folders.sites, "alpha", title=title)
        others.each("trying", lambda settings, _: seen.append(settings))
    assert [settings.title for settings in seen[::2]] == ["처음", "나중"]
    assert seen[1] is seen[3]
