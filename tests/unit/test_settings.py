from datetime import date
from pathlib import Path
from traceback import format_exception

import pytest
from pydantic import ValidationError

from faqbot.errors import SettingsError
from faqbot.settings import PREFIX, Settings, load_settings, variable


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder: a faqbot.toml of the checkout is not read."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_variables_and_file_the_defaults_hold() -> None:
    settings = load_settings()
    assert (settings.site, settings.models, settings.host, settings.port, settings.inquiry_url) == ("default", Path("models"), "127.0.0.1", 8000, None)


def test_a_variable_wins_over_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_PORT", "9000")
    assert load_settings().port == 9000


def test_the_file_wins_over_the_default(folder: Path) -> None:
    (folder / "faqbot.toml").write_text('port = 9100\ntitle = "네이버페이 도움말"\n', encoding="utf-8")
    settings = load_settings()
    assert (settings.port, settings.title, settings.host) == (9100, "네이버페이 도움말", "127.0.0.1")


def test_a_variable_wins_over_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "faqbot.toml").write_text("port = 9100\n", encoding="utf-8")
    monkeypatch.setenv("FAQBOT_PORT", "9000")
    assert load_settings().port == 9000


def test_an_option_wins_over_variable_and_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "faqbot.toml").write_text("port = 9100\n", encoding="utf-8")
    monkeypatch.setenv("FAQBOT_PORT", "9000")
    assert load_settings({"port": 9200}).port == 9200


def test_an_option_that_was_not_given_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_PORT", "9000")
    assert load_settings({"port": None, "host": None}).port == 9000


def test_an_empty_variable_counts_as_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "faqbot.toml").write_text("port = 9100\n", encoding="utf-8")
    monkeypatch.setenv("FAQBOT_PORT", "")
    assert load_settings().port == 9100


def test_another_file_is_read_where_a_variable_names_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "faqbot.toml").write_text("port = 9100\n", encoding="utf-8")
    (folder / "mine.toml").write_text("port = 9300\n", encoding="utf-8")
    monkeypatch.setenv("FAQBOT_CONFIG", "mine.toml")
    assert load_settings().port == 9300


def test_a_misspelt_variable_is_refused_with_the_names_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_PROT", "9000")
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    known = sorted([*(variable(name) for name in Settings.model_fields), "FAQBOT_CONFIG", "FAQBOT_SETS"])
    assert str(refusal.value) == f"모르는 설정입니다: FAQBOT_PROT. FAQBOT_PORT 을(를) 쓰려던 것인가요? 쓸 수 있는 이름: {', '.join(known)}"


def test_all_misspelt_variables_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_PROT", "9000")
    monkeypatch.setenv("FAQBOT_HOTS", "::1")
    with pytest.raises(SettingsError, match=r"^모르는 설정입니다: FAQBOT_HOTS, FAQBOT_PROT\. "):
        load_settings()


def test_other_programs_variables_are_none_of_our_business(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQ_PORT", "9000")
    assert load_settings().port == 8000


@pytest.mark.parametrize("name", ["prot", "faqbot"])
def test_an_unknown_name_in_the_file_is_refused(folder: Path, name: str) -> None:
    (folder / "faqbot.toml").write_text(f"{name} = 9000\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=f"설정 파일의 {name}: 모르는 이름입니다"):
        load_settings()


BAD = {
    "site": ["../다른곳", "Shop", "-shop", "a" * 42],
    "port": ["0", "65536", "팔천", "80.5"],
    "workers": ["0", "65", "많이"],
    "title": ["가" * 61],
    "inquiry_url": ["javascript:alert(1)", "help.example.kr", "ftp://help.example.kr"],
    "phone": ["0" * 41],
    "hours": ["시" * 81],
    "target_precision": ["0", "1", "90", "높게"],
    "suggest_probability": ["0", "1", "-0.1"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_a_value_that_cannot_be_used_is_refused_with_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(variable(name), value)
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    head, line, foot = str(refusal.value).split("\n")
    assert (head, foot) == ("설정을 읽을 수 없습니다.", "값을 고치거나 변수를 지우고 다시 실행하세요.")
    assert line.startswith(f"{variable(name)}={value!r}: ")


def test_a_variable_for_tests_and_notebooks_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_SETS", "/srv/sets")
    assert load_settings() == Settings()


@pytest.mark.parametrize("text", ['[category_precision]\n"결제 > 환불" = 0.97\n', 'category_precision = {"결제 > 환불" = 0.97}\n'], ids=["table", "inline"])
def test_the_file_gives_categories_their_own_precision(folder: Path, text: str) -> None:
    (folder / "faqbot.toml").write_text(text, encoding="utf-8")
    assert load_settings().category_precision == {"결제 > 환불": 0.97}


def test_a_variable_gives_categories_their_own_precision_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_CATEGORY_PRECISION", '{"결제 > 환불": 0.97, "계정": 0.95}')
    assert load_settings().category_precision == {"결제 > 환불": 0.97, "계정": 0.95}


def test_no_category_has_its_own_precision_unless_one_is_set() -> None:
    assert load_settings().category_precision == {}


RIGHT_FORM = '이렇게 적으세요: {"결제>환불": 0.97, "계정": 0.95}'


def refused_precision(monkeypatch: pytest.MonkeyPatch, value: str) -> str:
    """The line about the precision of categories that names what was given."""
    monkeypatch.setenv("FAQBOT_CATEGORY_PRECISION", value)
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    head, line, foot = str(refusal.value).split("\n")
    assert (head, foot) == ("설정을 읽을 수 없습니다.", "값을 고치거나 변수를 지우고 다시 실행하세요.")
    return line


@pytest.mark.parametrize("value", ["결제=0.97", "{결제: 0.97}", "{'결제': 0.97}", '{"결제": 0.97,}', '{"결제": 97%}', '{"결제": 0.97'])
def test_a_precision_of_categories_that_is_no_json_is_refused_with_the_right_form(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    assert refused_precision(monkeypatch, value) == f"FAQBOT_CATEGORY_PRECISION={value!r}: JSON이 아닙니다. {RIGHT_FORM}"


@pytest.mark.parametrize("value", ["[0.97]", "0.97", '"결제"', "null"])
def test_json_that_names_no_categories_is_refused_with_the_right_form(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    assert refused_precision(monkeypatch, value) == f"FAQBOT_CATEGORY_PRECISION={value!r}: 분류마다 비율을 하나씩 적어야 합니다. {RIGHT_FORM}"


@pytest.mark.parametrize(("value", "shown"), [("1", "1"), ("0", "0"), ("97", "97"), ('"높게"', "'높게'"), ('{"환불": 0.97}', "{'환불': 0.97}"), ("NaN", "nan")])
def test_a_precision_that_is_no_share_is_refused_with_its_category(monkeypatch: pytest.MonkeyPatch, value: str, shown: str) -> None:
    line = refused_precision(monkeypatch, f'{{"계정": 0.95, "결제": {value}}}')
    assert line == f"FAQBOT_CATEGORY_PRECISION={{'결제': {shown}}}: 비율은 0보다 크고 1보다 작은 수여야 합니다. {RIGHT_FORM}"


def test_the_right_form_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_CATEGORY_PRECISION", RIGHT_FORM.partition(": ")[2])
    assert load_settings().category_precision == {"결제>환불": 0.97, "계정": 0.95}


@pytest.mark.parametrize("name", BAD)
def test_an_option_is_held_to_the_same_rules(name: str) -> None:
    with pytest.raises(SettingsError, match=f"^설정을 읽을 수 없습니다.\n{variable(name)}="):
        load_settings({name: BAD[name][0]})


def test_every_bad_value_is_named_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "faqbot.toml").write_text("workers = 0\n", encoding="utf-8")
    monkeypatch.setenv("FAQBOT_PORT", "0")
    monkeypatch.setenv("FAQBOT_SITE", "../x")
    with pytest.raises(SettingsError) as refusal:
        load_settings({"target_precision": 1.0})
    named = {line.split(":")[0] for line in str(refusal.value).split("\n")[1:-1]}
    assert named == {"FAQBOT_SITE='../x'", "FAQBOT_PORT='0'", "FAQBOT_WORKERS=0", "FAQBOT_TARGET_PRECISION=1.0"}


def test_what_is_allowed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_PORT", "70000")
    with pytest.raises(SettingsError, match=r"FAQBOT_PORT='70000': .*65535"):
        load_settings()


@pytest.mark.parametrize("text", ["port = ", "port : 9000", "[", "port = 1\nport = 2"])
def test_a_file_with_a_slip_of_syntax_is_refused(folder: Path, text: str) -> None:
    (folder / "faqbot.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"^faqbot\.toml: 설정 파일을 읽을 수 없습니다\. (?:파일의 끝|1번째 줄 \d번째 글자): (?:TOML|[^a-zA-Z])+\.$"):
        load_settings()


def test_a_file_that_is_not_utf8_is_refused(folder: Path) -> None:
    (folder / "faqbot.toml").write_bytes(b'title = "' + "도움말".encode("cp949") + b'"')
    with pytest.raises(SettingsError, match=r"^faqbot\.toml: 설정 파일을 읽을 수 없습니다\. UTF-8이 아닙니다\(10번째 바이트\)\. UTF-8로 다시 저장하세요\.$"):
        load_settings()


def test_settings_do_not_change_once_read() -> None:
    settings = load_settings()
    with pytest.raises(ValidationError, match="frozen"):
        settings.port = 9000


def test_every_setting_has_a_korean_help_text_and_a_variable() -> None:
    assert variable("inquiry_url") == "FAQBOT_INQUIRY_URL"
    for name, field in Settings.model_fields.items():
        assert variable(name).startswith(PREFIX)
        assert any("가" <= c <= "힣" for c in field.description or "")


def test_a_variable_lists_closed_days_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_CLOSED_DAYS", "2026-12-31, 2027-01-04")
    assert load_settings().closed_days == (date(2026, 12, 31), date(2027, 1, 4))


def test_the_file_lists_closed_days_as_a_list(folder: Path) -> None:
    (folder / "faqbot.toml").write_text("closed_days = [2026-12-31]\n", encoding="utf-8")
    assert load_settings().closed_days == (date(2026, 12, 31),)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("FAQBOT_CLOSED_DAYS", "2026-12-31,내일", "FAQBOT_CLOSED_DAYS"),
        ("FAQBOT_TIMEZONE", "Asia/Pyeongyang", "모르는 시간대입니다. Asia/Seoul 처럼 적으세요"),
        ("FAQBOT_TIMEZONE", "../etc/passwd", "모르는 시간대입니다. Asia/Seoul 처럼 적으세요"),
        ("FAQBOT_PUBLIC_URL", "help.example.kr", "FAQBOT_PUBLIC_URL='help.example.kr': https:// 로 시작하는 주소여야 합니다"),
        ("FAQBOT_CHAT_URL", "javascript:alert(1)", "FAQBOT_CHAT_URL='javascript:alert(1)': https:// 로 시작하는 주소여야 합니다"),
        ("FAQBOT_CLOSED_ON_HOLIDAYS", "가끔", "true 나 false 여야 합니다"),
        ("FAQBOT_KEEP_QUERIES", "0", "FAQBOT_KEEP_QUERIES='0': 1 이상이어야 합니다"),
        ("FAQBOT_INQUIRY_DAYS", "31", "FAQBOT_INQUIRY_DAYS='31': 30 이하여야 합니다"),
        ("FAQBOT_LIMIT_INQUIRIES", "5/week", "FAQBOT_LIMIT_INQUIRIES='5/week': 적는 꼴이 다릅니다"),
    ],
)
def test_a_value_that_cannot_be_used_names_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert name in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize("name", ["DATABASE_URL", "SECRET_KEY", "RATE_LIMIT_STORAGE"])
def test_what_is_secret_is_not_repeated_by_an_error(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"FAQBOT_{name}", "hunter2")
    monkeypatch.setenv("FAQBOT_PORT", "0")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "hunter2" not in "".join(format_exception(caught.value))


def test_a_secret_under_a_wrong_name_is_not_repeated_by_an_error(folder: Path) -> None:
    (folder / "faqbot.toml").write_text('secret_kay = "hunter2"\n', encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "hunter2" not in "".join(format_exception(caught.value))
