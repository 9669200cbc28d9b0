"""설정 in the desk: everything that is set, to be read by an owner, and no secret among it."""

import pytest

from faqbot.settings import Settings
from faqbot.store import Role
from faqbot.web.desk.settings import lines
from tests.contract.conftest import Build
from tests.contract.desk import as_operator
from tests.contract.page import page

SECRETS = {
    "secret_key": "a secret key of the site, which is long enough",
    "database_url": "postgresql://faqbot:open-sesame@db.example.kr/faqbot",
    "rate_limit_storage": "redis://:open-sesame@redis.example.kr:6379",
    "chat_url": "https://minji:open-sesame@chat.example.kr/",
}


def test_every_setting_is_there_once_with_its_help_and_its_variable(build: Build, store):
    text = page(as_operator(build(Settings(phone="1588-0000")), store, Role.OWNER).get("/admin/settings")).text
    for name, field in Settings.model_fields.items():
        assert field.description in text
        assert text.split().count(f"FAQBOT_{name.upper()}") == 1
    assert "1588-0000" in text
    assert "faqbot.toml" in text


def test_a_new_setting_is_shown_without_being_named_in_a_group():
    shown = [line.name for group in lines(Settings()).values() for line in group]
    assert sorted(shown) == sorted(Settings.model_fields)


def test_of_a_secret_it_says_only_that_there_is_one():
    shown = {line.name: line for group in lines(Settings(**SECRETS)).values() for line in group}
    assert {shown[name].value for name in SECRETS} == {"정해 두었어요 (값은 보이지 않아요)"}
    assert all(shown[name].is_changed for name in SECRETS)


def test_no_secret_is_on_the_page(build: Build, store):
    kept = {name: value for name, value in SECRETS.items() if name != "rate_limit_storage"}  # it would be connected to
    html = as_operator(build(Settings(**kept)), store, Role.OWNER).get("/admin/settings").text
    assert html.count("정해 두었어요") == len(kept)
    assert "open-sesame" not in html
    assert SECRETS["secret_key"] not in html


def test_of_a_secret_that_is_not_set_it_says_that():
    said = {line.name: line.value for group in lines(Settings()).values() for line in group}
    assert (said["secret_key"], said["database_url"], said["rate_limit_storage"]) == ("정하지 않았어요", "정하지 않았어요", "기본값 그대로예요")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"closed_on_holidays": False}, "아니요"),
        ({"origins": ("https://a.example.kr", "https://b.example.kr")}, "https://a.example.kr, https://b.example.kr"),
        ({"category_precision": {"결제>환불": 0.97}}, '{"결제>환불": 0.97}'),
        ({"closed_days": ("2026-12-31",)}, "2026-12-31"),
        ({"chat_url": "https://chat.example.kr/"}, "https://chat.example.kr/"),
        ({"phone": ""}, ""),
    ],
)
def test_values_are_written_for_people(value, said):
    (name,) = value
    assert next(line for group in lines(Settings(**value)).values() for line in group if line.name == name).value == said


def test_what_differs_from_the_default_is_marked():
    changed = {line.name for group in lines(Settings(phone="1588-0000", port=9000)).values() for line in group if line.is_changed}
    assert changed == {"phone", "port"}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.PUBLISHER])
def test_only_an_owner_sees_it(app, store, role):
    client = as_operator(app, store, role)
    assert client.get("/admin/settings").status_code == 403
    assert "/admin/settings" not in page(client.get("/admin")).hrefs()
