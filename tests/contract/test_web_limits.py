import sys
import time

import pytest
from flask.testing import FlaskClient
from limits.storage import MemoryStorage
from werkzeug.test import TestResponse

from faqbot import messages
from faqbot.errors import SettingsError
from faqbot.settings import Settings
from faqbot.web import limits
from tests.contract.conftest import rows, written
from tests.contract.test_web_inquiries import INQUIRY

CLIENT, OTHER = "203.0.113.7", "203.0.113.8"
QUERY = {"query": "배송이 늦어요"}


@pytest.fixture
def app(build):
    """Three questions, four votes, two inquiries."""
    return build(Settings(limit_questions="3/hour", limit_feedback="4/hour", limit_inquiries="2/hour"))


def post(client: FlaskClient, path: str, body: object, address: str = CLIENT, **headers: str) -> TestResponse:
    return client.post(path, json=body, environ_overrides={"REMOTE_ADDR": address}, headers=headers)


def submit(client: FlaskClient, path: str, form: object, address: str = CLIENT) -> TestResponse:
    """As a page does."""
    return client.post(path, data=form, environ_overrides={"REMOTE_ADDR": address})


def ask(client: FlaskClient, address: str = CLIENT, **headers: str) -> int:
    return post(client, "/v1/ask", QUERY, address, **headers).status_code


def test_above_the_limit_a_program_is_told_when_to_come_back(client):
    assert [ask(client) for _ in range(3)] == [200] * 3
    response = post(client, "/v1/ask", QUERY)
    title, detail = messages.PROBLEM["rate_limited"]
    assert (response.status_code, response.content_type) == (429, "application/problem+json")
    problem = response.get_json()
    assert problem.pop("request_id") == response.headers["X-Request-ID"]
    assert problem == {"type": "about:blank", "title": title, "status": 429, "detail": detail, "code": "rate_limited"}
    assert response.headers["Retry-After"].isdigit()
    assert 0 < int(response.headers["Retry-After"]) <= 3601
    assert response.headers["Cache-Control"] == "no-store"


def test_above_the_limit_a_person_sees_a_page_and_what_was_typed(client):
    for _ in range(3):
        assert submit(client, "/", QUERY).status_code == 200
    response = submit(client, "/", QUERY)
    assert (response.status_code, response.mimetype) == (429, "text/html")
    assert messages.PROBLEM["rate_limited"][1] in response.text
    assert QUERY["query"] in response.text
    assert response.headers["Retry-After"].isdigit()


def test_addresses_of_one_home_are_one_client(client: FlaskClient) -> None:
    assert [ask(client, f"2001:db8:0:1::{last}") for last in ("1", "2", "3", "ffff:4")] == [200, 200, 200, 429]
    assert ask(client, "2001:db8:0:2::1") == 200


def test_page_and_program_are_counted_together(client):
    assert [ask(client), submit(client, "/", QUERY).status_code, ask(client), submit(client, "/", QUERY).status_code, ask(client)] == [200, 200, 200, 429, 429]


def test_other_clients_are_not_affected(client):
    assert [ask(client) for _ in range(5)] == [200, 200, 200, 429, 429]
    assert [ask(client, OTHER), ask(client, "2001:db8::1"), ask(client)] == [200, 200, 429]


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "True-Client-IP"])
def test_a_header_makes_nobody_another_client(client, name):
    statuses = [ask(client, **{name: f"for=198.51.100.{n}" if name == "Forwarded" else f"198.51.100.{n}"}) for n in range(5)]
    assert statuses == [200, 200, 200, 429, 429]


def test_a_header_uses_up_nobody_elses_share(client):
    for _ in range(5):
        ask(client, **{"X-Forwarded-For": OTHER})
    assert ask(client, OTHER) == 200


PROXY = "10.0.0.1"


def forwarded(client: FlaskClient, *addresses: str) -> int:
    """A question through a proxy, which writes down whom it heard behind what that one claims."""
    return ask(client, PROXY, **{"X-Forwarded-For": ", ".join(addresses)})


@pytest.fixture
def behind(build):
    """The app behind so many proxies, with three questions an hour."""
    return lambda proxies: build(Settings(limit_questions="3/hour", trusted_proxies=proxies)).test_client()


def test_behind_a_proxy_each_visitor_is_a_client(behind):
    client = behind(1)
    assert [forwarded(client, CLIENT) for _ in range(4)] == [200, 200, 200, 429]
    assert forwarded(client, OTHER) == 200


@pytest.mark.parametrize("proxies", [1, 2])
def test_behind_proxies_no_visitor_becomes_another_by_claiming_an_address(behind, proxies):
    client, chain = behind(proxies), [CLIENT, "10.0.0.2"][:proxies]
    assert [forwarded(client, f"198.51.100.{n}", *chain) for n in range(5)] == [200, 200, 200, 429, 429]
    assert [forwarded(client, f"198.51.100.{n}, 198.51.100.9", *chain) for n in range(2)] == [429, 429]
    assert forwarded(client, OTHER, *chain) == 429


def test_without_proxies_no_header_changes_host_or_scheme(build):
    claimed = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/evil", "X-Forwarded-Port": "81"}
    contact = build(Settings()).test_client().get("/v1/contact", headers=claimed).get_json()
    assert contact["inquiry_url"] == "http://localhost/inquiry"


def test_behind_a_proxy_our_address_is_the_one_that_it_was_called_by(build):
    client = build(Settings(trusted_proxies=1)).test_client()
    called = {"X-Forwarded-Host": "evil.example, help.example.kr", "X-Forwarded-Proto": "http, https", "X-Forwarded-Prefix": "/evil"}
    assert client.get("/v1/contact", headers=called).get_json()["inquiry_url"] == "https://help.example.kr/inquiry"
    assert client.post("/v1/ask", json=QUERY, headers=called | {"Origin": "https://help.example.kr"}).status_code == 200


@pytest.mark.parametrize("proxies", [-1, 11, 1.5])
def test_a_number_of_proxies_that_cannot_be_is_refused_at_the_start(proxies):
    with pytest.raises(ValueError, match="trusted_proxies"):
        Settings(trusted_proxies=proxies)


def test_what_is_refused_for_its_rate_is_not_stored(app, client, database):
    for _ in range(5):
        post(client, "/v1/ask", QUERY)
    for turn in range(4):
        post(client, "/v1/inquiries", {**INQUIRY, "key": f"{turn:020}"})
    written(app)
    assert rows(database, "SELECT count(*) FROM queries") == [(3,)]
    assert rows(database, "SELECT count(*) FROM inquiries") == [(2,)]


def test_asking_voting_and_writing_are_counted_apart(client):
    token = post(client, "/v1/ask", QUERY).get_json()["feedback_token"]
    votes = [post(client, "/v1/feedback", {"token": token, "vote": 1}).status_code for _ in range(5)]
    inquiries = [post(client, "/v1/inquiries", {**INQUIRY, "key": f"{turn:020}"}).status_code for turn in range(3)]
    assert (votes, inquiries) == ([204] * 4 + [429], [201] * 2 + [429])
    assert [ask(client) for _ in range(3)] == [200, 200, 429]


def test_votes_and_choices_on_page_and_api_are_counted_together(client):
    token = post(client, "/v1/ask", QUERY).get_json()["feedback_token"]
    for path, body in (("/v1/feedback", {"token": token, "vote": 1}), ("/v1/choices", {"token": token, "id": None})):
        assert post(client, path, body).status_code == 204
    for path, form in (("/feedback", {"token": token, "vote": "1"}), ("/choices", {"token": token, "query": "a"})):
        assert submit(client, path, form).status_code == 200
    assert [post(client, path, {}).status_code for path in ("/v1/feedback", "/v1/choices")] == [429, 429]
    assert [submit(client, path, {}).status_code for path in ("/feedback", "/choices")] == [429, 429]


def test_inquiries_of_page_and_api_are_counted_together(client):
    assert [post(client, "/v1/inquiries", INQUIRY).status_code for _ in range(2)] == [201, 201]
    assert submit(client, "/inquiry/send", INQUIRY).status_code == 429


@pytest.mark.parametrize("path", ["/v1/faqs", "/v1/popular", "/v1/notices", "/v1/contact", "/v1/suggest?q=환불", "/livez", "/", "/faq/refund", "/inquiry"])
def test_reading_is_never_limited(client, path):
    assert {client.get(path).status_code for _ in range(8)} == {200}


def test_what_is_refused_for_its_origin_uses_up_nothing(client):
    for _ in range(5):
        assert ask(client, Origin="https://evil.example") == 403
    assert ask(client) == 200


def test_what_a_browser_asks_first_uses_up_nothing(client):
    for _ in range(5):
        client.options("/v1/ask", environ_overrides={"REMOTE_ADDR": CLIENT})
    assert [ask(client) for _ in range(4)] == [200, 200, 200, 429]


def test_who_waits_as_long_as_told_is_served_again(build):
    client = build(Settings(limit_questions="1/second")).test_client()
    until = time.monotonic() + 20
    while ask(client) == 200:
        assert time.monotonic() < until, "never limited"
    while (status := ask(client)) == 429:
        assert time.monotonic() < until, "limited for ever"
    assert status == 200


def test_two_sites_in_one_process_count_apart(build):
    one, other = (build(Settings(limit_questions="1/hour")).test_client() for _ in range(2))
    assert [ask(one), ask(one), ask(other)] == [200, 429, 200]


class Unreachable(MemoryStorage):
    """Counts elsewhere, where nobody answers."""

    STORAGE_SCHEME = ["unreachable"]  # noqa: RUF012  # the library's own name

    def incr(self, *_: object, **__: object) -> int:
        raise ConnectionError

    def check(self) -> bool:
        return False


def test_while_the_place_of_the_counts_is_down_everybody_is_served_and_each_process_counts(build):
    client = build(Settings(limit_questions="3/hour", rate_limit_storage="unreachable://")).test_client()
    assert [ask(client) for _ in range(5)] == [200, 200, 200, 429, 429]


@pytest.mark.parametrize("limit", ["", "0/minute", "60", "60/week", "60 per minute", "-1/minute", "1.5/minute"])
def test_a_limit_that_cannot_be_read_is_refused_at_the_start(limit):
    with pytest.raises(ValueError, match="limit_questions"):
        Settings(limit_questions=limit)


def test_without_the_driver_of_redis_it_is_said_what_to_install(build, monkeypatch):
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.setattr(limits, "find_spec", lambda _: None)
    with pytest.raises(
        SettingsError,
        match=rf"^FAQBOT_RATE_LIMIT_STORAGE: Redis에 연결할 redis 패키지가 없습니다\. {sys.executable} -m pip install 'faqbot\[redis\]' 를 실행하세요\.$",
    ):
        build(Settings(rate_limit_storage="redis://:hunter2@127.0.0.1:1"))


@pytest.mark.parametrize("address", ["nonsense", "nowhere://x"])
def test_an_address_where_nothing_can_be_counted_is_refused_without_being_told(build, address):
    with pytest.raises(SettingsError, match="쓸 수 없는 주소입니다") as refused:
        build(Settings(rate_limit_storage=address))
    assert address not in str(refused.value)
