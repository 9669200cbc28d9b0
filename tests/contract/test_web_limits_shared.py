"""Limits that machines count together in a real Redis, and what happens while it is gone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.test import TestResponse

from faqbot.settings import Settings
from faqbot.store import Role, Store
from tests.contract import services
from tests.contract.conftest import Build
from tests.contract.services import Redis, wait_until

PASSWORD = "the password of the tests 7"  # noqa: S105  # of nothing but these tests


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    services.require(services.missing("redis-server", "redis-server"))
    server = Redis(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def machines(build: Build, redis: Redis, store: Store) -> list[Flask]:
    """Two that count together: three questions an hour."""
    store.accounts.create("jun", PASSWORD, Role.OWNER)
    settings = Settings(limit_questions="3/hour", rate_limit_storage=SecretStr(redis.address), public_url="http://localhost")
    return [build(settings), build(settings)]


def ask(app: Flask) -> int:
    return app.test_client().post("/v1/ask", json={"query": "배송이 늦어요"}).status_code


def log_in(client: FlaskClient, password: str = PASSWORD) -> TestResponse:
    form = {"name": "jun", "password": password}
    return client.post("/admin/login", data=form, headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"})


def test_machines_count_the_questions_of_a_client_together(machines: list[Flask]) -> None:
    assert [ask(machines[n % 2]) for n in range(4)] == [200, 200, 200, 429]


def test_without_redis_each_machine_counts_for_itself(machines: list[Flask], redis: Redis) -> None:
    redis.stop()
    assert [ask(machines[n % 2]) for n in range(8)] == [200] * 6 + [429] * 2


def test_of_those_in_whose_middle_redis_falls_silent_none_fails(build: Build, redis: Redis) -> None:
    app = build(Settings(limit_questions="1000/hour", rate_limit_storage=SecretStr(redis.address)))
    redis.silence()
    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(ask, [app] * 16)) == {200}


def test_without_redis_nobody_logs_in_and_is_told_when_to_come_back(machines: list[Flask], redis: Redis) -> None:
    redis.stop()
    response = log_in(machines[0].test_client())
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "로그인을 막아 두었어요" in response.text
    assert "Set-Cookie" not in response.headers


def test_without_redis_whoever_is_logged_in_goes_on(machines: list[Flask], redis: Redis) -> None:
    client = machines[0].test_client()
    assert log_in(client).status_code == 303
    redis.stop()
    assert client.get("/admin").status_code == 200


def test_when_redis_is_back_it_counts_again_without_a_restart(machines: list[Flask], redis: Redis) -> None:
    redis.stop()
    assert ask(machines[0]) == 200
    redis.start()
    assert log_in(machines[0].test_client()).status_code == 303
    wait_until(lambda: ask(machines[0]) == 429, 40)
    wait_until(lambda: ask(machines[1]) == 429, 40)


def test_log_ins_of_a_client_are_counted_over_all_machines(machines: list[Flask]) -> None:
    statuses = [log_in(machines[n % 2].test_client()).status_code for n in range(31)]
    assert statuses == [303] * 30 + [429]
