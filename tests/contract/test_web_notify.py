"""Whoever is to be told of an inquiry is told after it is stored, once, and the visitor waits for nothing."""

import json
import sys
import time
from pathlib import Path

import pytest

from faqbot import messages
from faqbot.settings import Settings
from tests.contract.page import page
from tests.contract.test_web_pages_inquiry import WRITTEN, blank

REQUEST = {"email": "gildong@example.kr", "question": "환불이요", "consent": True, "consent_version": messages.CONSENT_VERSION, "key": "k" * 16}


def command(out: Path) -> str:
    """Adds a line with what it was told."""
    return f"{sys.executable} -c \"import sys; open(sys.argv[1], 'a').write(sys.stdin.read() + chr(10))\" '{out}'"


def told(out: Path, lines: int) -> list[dict[str, str]]:
    for _ in range(400):
        found = out.read_text().splitlines() if out.exists() else []
        if len(found) >= lines:
            return [json.loads(line) for line in found]
        time.sleep(0.05)
    raise AssertionError("nobody was told")


def test_form_and_api_tell_of_each_inquiry_once(build, store, tmp_path):
    out = tmp_path / "told"
    client = build(Settings(notify_command=command(out), public_url="https://help.example.kr")).test_client()
    review = page(blank(client).send(client, messages.TO_REVIEW, WRITTEN))
    for _ in range(2):
        location = review.form("/inquiry/send").send(client, messages.SEND).location
    (first,) = told(out, 1)
    assert first["status_url"] == f"https://help.example.kr{location}"
    assert (first["event"], first["state"], first["email"], first["number"]) == ("inquiry.received", "received", WRITTEN["email"], store.inquiries()[0].number)
    for _ in range(2):
        assert client.post("/v1/inquiries", json=REQUEST).status_code == 201
    assert [each["email"] for each in told(out, 2)] == [WRITTEN["email"], "gildong@example.kr"]
    time.sleep(0.3)
    assert len(told(out, 2)) == 2


def test_a_link_never_leads_where_the_request_said_it_came_to(build, tmp_path):
    """The Host header is whatever a stranger writes, and the link goes out by mail."""
    out = tmp_path / "told"
    client = build(Settings(notify_command=command(out))).test_client()
    assert client.post("/v1/inquiries", json=REQUEST, headers={"Host": "evil.example"}).status_code == 201
    assert told(out, 1)[0]["status_url"] is None


@pytest.mark.parametrize("command", ["/no/such/program", f"{sys.executable} -c 'import time; time.sleep(3)'"])
def test_a_command_that_fails_or_hangs_delays_and_fails_nothing(build, store, command):
    client = build(Settings(notify_command=command)).test_client()
    begun = time.monotonic()
    assert client.post("/v1/inquiries", json=REQUEST).status_code == 201
    assert time.monotonic() - begun < 2
    assert len(store.inquiries()) == 1
