"""What a site's file may say, and what it takes over from the process."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from faqbot.cli import main
from faqbot.errors import SettingsError
from faqbot.settings import Settings, load_settings, settings_of_site
from faqbot.site_files import OWN, SHARED, is_site, site_names
from tests.site_copies import copy_release


@pytest.fixture
def process(tmp_path: Path) -> Settings:
    (tmp_path / "sites").mkdir()
    return Settings(
        sites=tmp_path / "sites",
        models=tmp_path / "models",
        phone="1588-0000",
        origins=["https://own.kr"],
        keep_queries=7,
        public_url="https://help.example.kr",
    )


def of(process: Settings, text: str) -> Settings:
    (process.sites / "shop.toml").write_text(text, encoding="utf-8")
    return settings_of_site(process, "shop")


def test_what_says_whose_help_centre_it_is_comes_from_the_file_alone(process: Settings) -> None:
    found = of(process, 'title = "가게"')
    assert (found.site, found.title, found.phone, found.origins) == ("shop", "가게", "", ())


def test_what_the_file_leaves_out_is_as_the_process_has_it(process: Settings) -> None:
    assert (of(process, "").keep_queries, of(process, "keep_queries = 9").keep_queries) == (7, 9)


def test_a_site_is_found_below_the_address_of_the_server(process: Settings) -> None:
    assert str(of(process, "").public_url) == "https://help.example.kr/sites/shop"


def test_an_address_that_does_not_lead_to_the_site_is_refused(process: Settings) -> None:
    with pytest.raises(SettingsError, match="/sites/shop 로 끝나야"):
        of(process, 'public_url = "https://shop.example.kr"')


@pytest.mark.parametrize("name", sorted(set(Settings.model_fields) - OWN - SHARED))
def test_what_belongs_to_the_whole_process_is_refused(process: Settings, name: str) -> None:
    with pytest.raises(SettingsError, match=f"shop.toml: {name} 은\\(는\\) 사이트마다 정할 수 없습니다"):
        of(process, f'{name} = "1"')


def test_a_name_that_is_spelt_wrongly_is_told_the_one_that_was_meant(process: Settings) -> None:
    with pytest.raises(SettingsError, match=r"titel 은\(는\) 사이트마다 정할 수 없습니다\. title 을\(를\) 쓰려던 것인가요\?"):
        of(process, 'titel = "우리 가게"')


def test_all_that_is_wrong_is_told_with_the_name_of_the_file(process: Settings) -> None:
    with pytest.raises(SettingsError, match=r"shop\.toml(.|\n)*keep_queries(.|\n)*keep_feedback"):
        of(process, "keep_queries = 0\nkeep_feedback = 0")


@pytest.mark.parametrize("text", ["title", "title = ", "\ufeff= 1", "[" * 5000])
def test_what_is_no_toml_is_refused(process: Settings, text: str) -> None:
    with pytest.raises(SettingsError, match="사이트 파일을 읽을 수 없습니다"):
        of(process, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = 가게", "1번째 줄 9번째 글자: 값을 읽을 수 없습니다. 글은 큰따옴표로 묶으세요."),
        ('phone = "1"\ntitle "가게"', "2번째 줄 7번째 글자: 이름 뒤에 = 이 없습니다. 이름 = 값 으로 적으세요."),
        ('title = "가"\ntitle = "나"', "파일의 끝: 같은 이름을 두 번 적었습니다. 하나를 지우세요."),
        ('title = "가게\n', "1번째 줄 12번째 글자: 쓸 수 없는 글자입니다. 따옴표를 같은 줄에서 닫았는지 보세요."),
        ('title = "\\x"', "1번째 줄 12번째 글자: TOML 문법에 맞지 않습니다. 그곳을 고치세요."),
    ],
    ids=["bare", "no sign", "twice", "open", "other"],
)
def test_where_a_file_is_no_toml_is_told_in_korean(process: Settings, text: str, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        of(process, text)
    assert str(refused.value) == f"{process.sites}/shop.toml: 사이트 파일을 읽을 수 없습니다. {said}"


def test_a_file_that_is_no_text_is_told_in_korean(process: Settings) -> None:
    (process.sites / "shop.toml").write_bytes('title = "가게"'.encode("cp949"))
    with pytest.raises(SettingsError, match=r"UTF-8이 아닙니다\(10번째 바이트\)\. UTF-8로 다시 저장하세요\."):
        settings_of_site(process, "shop")


def test_names_that_are_no_sites_are_passed_over(process: Settings) -> None:
    for name in ("shop.toml", "Shop2.toml", ".hidden.toml", "a.b.toml", "notes.txt"):
        (process.sites / name).touch()
    assert site_names(process.sites) == ("shop",)


@pytest.mark.parametrize("name", ["", "..", "a/b", "A", "가", "a" * 42, "a\n", "-a", "a."])
def test_nothing_else_is_used_as_a_path(name: str) -> None:
    assert not is_site(name)


def test_commands_for_a_site_read_its_file(process: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    of(process, "target_precision = 0.99")
    for name, value in (("SITE", "shop"), ("SITES", str(process.sites)), ("TARGET_PRECISION", "0.8"), ("PHONE", "1588-0000")):
        monkeypatch.setenv(f"FAQBOT_{name}", value)
    found = load_settings()
    assert (found.target_precision, found.phone) == (0.99, "")


def test_what_a_site_takes_over_does_not_come_from_another_site(process: Settings) -> None:
    shop = of(process, "keep_queries = 9")
    (process.sites / "other.toml").touch()
    assert settings_of_site(shop, "other").keep_queries == 7


def test_files_about_the_work_on_a_site_are_its_own(process: Settings) -> None:
    assert (process.site_var, of(process, "").site_var) == (process.var, process.var / "sites" / "shop")


def test_the_list_of_sites_says_what_each_serves_and_why_not(process: Settings, bare_site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = copy_release(bare_site, process.models / "shop", "답")
    of(process, 'title = "가게"')
    (process.sites / "bad.toml").write_text("port = 1", encoding="utf-8")
    monkeypatch.setenv("FAQBOT_SITES", str(process.sites))
    text = CliRunner().invoke(main, ["sites", "--models", str(process.models)]).output
    assert f"{release}  FAQ 7건  가게" in text
    assert "port 은(는) 사이트마다 정할 수 없습니다" in text
    assert "FAQBOT_SITE=default faqbot train" in text


def test_without_a_folder_there_is_no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FAQBOT_SITES", raising=False)
    done = CliRunner().invoke(main, ["sites"])
    assert (done.exit_code, "FAQBOT_SITES" in done.output) == (1, True)
