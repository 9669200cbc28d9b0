"""The desk as an operator types it: inquiries, notices, and deletion of what was kept long enough."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from faqbot.bootstrap.parts import build_store, local_today
from faqbot.cli import main
from faqbot.domain import Outcome, Reason
from faqbot.settings import Settings
from faqbot.store import InquiryState, NewInquiry, QueryRecord, Store, TranscriptItem

ASKED_AT = datetime(2026, 3, 1, 23, 45, tzinfo=UTC)
INQUIRY = NewInquiry(
    question="결제가 두 번 됐어요",
    contact="minji.kim@example.kr",
    consent_version="2026-11-1",
    category="결제>환불",
    background="어제 앱에서 결제했습니다",
    error="ERR-4017",
    tried="앱을 다시 깔았어요",
    transcript=(TranscriptItem(ASKED_AT, "두 번 결제", Outcome.SUGGEST, ("결제 취소 방법", "환불은 며칠 걸리나요?")),),
)
PROGRAM = Path(sys.executable).with_name("faqbot")

Run = Callable[..., Result]


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def run(var: Path) -> Run:
    """Runs a command line on the folder of the test; what is no error for people ends the test."""

    def invoke(*arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(main, [*arguments, "--var", str(var)], input=typed, catch_exceptions=False, prog_name="faqbot")

    return invoke


@pytest.fixture
def store(var: Path) -> Iterator[Store]:
    with build_store(Settings(var=var)) as opened:
        yield opened


@pytest.fixture
def number(store: Store) -> str:
    return store.submit_inquiry(INQUIRY, "a-key-of-the-sender").number


def printed(result: Result) -> str:
    """What a command that went well printed."""
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def refusal(result: Result) -> str:
    """The message of a command that failed with 1 and printed nothing else."""
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("오류: ")
    return result.stderr.removeprefix("오류: ").rstrip("\n")


def usage_error(result: Result) -> str:
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr.partition("\n")[0].removeprefix("오류: ")


# inquiries list


def test_without_inquiries_the_list_says_so(run: Run) -> None:
    assert printed(run("inquiries", "list")) == "문의가 없습니다.\n"
    assert json.loads(printed(run("inquiries", "list", "--json"))) == []


def test_the_list_has_a_line_for_each_with_the_newest_first(run: Run, store: Store) -> None:
    first = store.submit_inquiry(NewInquiry("첫 문의\n둘째 줄"), "a-key-of-the-sender").number
    second = store.submit_inquiry(NewInquiry("가" * 100), "another-key-of-the-sender").number
    store.reply(first, "답", "운영자")
    lines = printed(run("inquiries", "list")).splitlines()
    when = r"\d{4}-\d\d-\d\d \d\d:\d\d"
    assert re.fullmatch(rf"{second}  접수 +{when}  가{{59}}…", lines[0])
    assert re.fullmatch(rf"{first}  답변 완료  {when}  첫 문의 둘째 줄", lines[1])


def test_the_list_may_be_of_one_state_and_short(run: Run, store: Store) -> None:
    numbers = [store.submit_inquiry(NewInquiry(f"{turn}"), f"{turn:020}").number for turn in range(3)]
    store.set_state(numbers[0], InquiryState.IN_PROGRESS)
    assert printed(run("inquiries", "list", "--state", "in_progress")).startswith(f"{numbers[0]}  확인 중")
    assert [line.split()[0] for line in printed(run("inquiries", "list", "--limit", "1")).splitlines()] == [numbers[2]]


def test_the_list_as_json_holds_everything(run: Run, store: Store, number: str) -> None:
    store.add_note(number, "결제팀에 물어봄", "김상담")
    (listed,) = json.loads(printed(run("inquiries", "list", "--json")))
    assert listed == store.export(number)
    assert (listed["question"], listed["notes"][0]["text"]) == (INQUIRY.question, "결제팀에 물어봄")


@pytest.mark.parametrize("arguments", [["--state", "lost"], ["--limit", "0"], ["--limit", "1001"]])
def test_a_list_that_cannot_be_is_a_usage_error(run: Run, arguments: list[str]) -> None:
    assert arguments[0] in usage_error(run("inquiries", "list", *arguments))


# inquiries show


def test_an_inquiry_is_shown_with_all_that_was_written(run: Run, store: Store, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store.reply(number, "두 번째 결제를 취소했습니다.", "김상담")
    store.add_note(number, "결제팀이 확인함", "박상담")
    text = printed(run("inquiries", "show", number))
    assert text.startswith(f"{number} · 답변 완료 · 접수 ")
    for label, said in {
        "보낸 사람": INQUIRY.contact,
        "분류": INQUIRY.category,
        "질문": INQUIRY.question,
        "배경": INQUIRY.background,
        "오류 문구": INQUIRY.error,
        "해 본 것": INQUIRY.tried,
    }.items():
        assert f"[{label}] {said}\n" in text
    assert "  2026-03-02 08:45 물음: 두 번 결제 → 비슷한 질문을 보여 드렸어요 (결제 취소 방법, 환불은 며칠 걸리나요?)\n" in text
    assert re.search(r"답변 · 김상담 · \d{4}-\d\d-\d\d \d\d:\d\d\n두 번째 결제를 취소했습니다.\n", text)
    assert re.search(r"메모 · 박상담 · \d{4}-\d\d-\d\d \d\d:\d\d\n결제팀이 확인함\n", text)


def test_times_are_those_of_the_sites_zone(run: Run, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_TIMEZONE", "America/New_York")
    assert "  2026-03-01 18:45 물음: 두 번 결제" in printed(run("inquiries", "show", number))


def test_what_was_not_written_is_not_shown(run: Run, store: Store) -> None:
    number = store.submit_inquiry(NewInquiry("질문만", "a@example.kr"), "a-key-of-the-sender").number
    assert re.findall(r"\[(.+?)\]", printed(run("inquiries", "show", number))) == ["보낸 사람", "질문"]


def test_a_number_may_be_typed_in_small_letters(run: Run, number: str) -> None:
    assert printed(run("inquiries", "show", f" {number.lower()}")).startswith(number)


def test_an_inquiry_as_json_is_readable_korean(run: Run, store: Store, number: str) -> None:
    text = printed(run("inquiries", "show", number, "--json"))
    assert f'"question": "{INQUIRY.question}"' in text
    assert json.loads(text) == store.export(number)


# inquiries reply


def test_a_reply_is_what_the_visitor_reads(run: Run, store: Store, number: str) -> None:
    assert printed(run("inquiries", "reply", number, " 취소했습니다. \n")) == f"{number} 에 답했습니다. 손님은 접수할 때 받은 주소에서 봅니다.\n"
    inquiry = store.inquiry(number)
    assert inquiry
    assert inquiry.state is InquiryState.ANSWERED
    assert [(message.author, message.text) for message in inquiry.messages] == [("운영자", "취소했습니다.")]


def test_a_reply_may_come_from_standard_input_and_have_an_author(run: Run, store: Store, number: str) -> None:
    printed(run("inquiries", "reply", number, "-", "--author", "김상담", typed="첫 줄\n둘째 줄\n"))
    inquiry = store.inquiry(number)
    assert inquiry
    assert [(message.author, message.text) for message in inquiry.messages] == [("김상담", "첫 줄\n둘째 줄")]


@pytest.mark.parametrize(("text", "typed"), [("", None), ("  ", None), ("-", ""), ("-", " \n")])
def test_an_empty_reply_is_refused(run: Run, store: Store, number: str, text: str, typed: str | None) -> None:
    assert usage_error(run("inquiries", "reply", number, text, typed=typed)) == "답변이 비어 있습니다."
    inquiry = store.inquiry(number)
    assert inquiry
    assert inquiry.messages == ()


# inquiries erase


def test_erasing_asks_first(run: Run, store: Store, number: str) -> None:
    result = run("inquiries", "erase", number, typed="n\n")
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{number} 의 내용을 모두 지웁니다. 되돌릴 수 없습니다. 지울까요?")
    inquiry = store.inquiry(number)
    assert inquiry
    assert inquiry.content == INQUIRY


@pytest.mark.parametrize(("options", "typed"), [([], "y\n"), (["--yes"], None)])
def test_what_was_erased_is_gone_and_its_number_stays(run: Run, store: Store, var: Path, number: str, options: list[str], typed: str | None) -> None:
    result = run("inquiries", "erase", number, *options, typed=typed)
    assert result.exit_code == 0
    assert result.stdout.endswith(f"{number} 의 내용을 지웠습니다.\n")
    inquiry = store.inquiry(number)
    assert inquiry
    assert inquiry.content == NewInquiry()
    shown = printed(run("inquiries", "show", number)).splitlines()
    assert shown[0].startswith(f"{number} · 접수 · 접수 ")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d에 내용을 지웠습니다\.", shown[1])
    assert len(shown) == 2


def test_an_erased_inquiry_takes_no_reply(run: Run, store: Store, number: str) -> None:
    store.erase(number)
    assert refusal(run("inquiries", "reply", number, "답")) == f"문의 {number} 의 내용은 지워졌습니다. 답장이나 메모를 더할 수 없습니다."


@pytest.mark.parametrize("arguments", [["show"], ["show", "--json"], ["erase", "--yes"], ["erase"], ["reply"]])
def test_an_unknown_number_is_named(run: Run, arguments: list[str]) -> None:
    command, *options = arguments
    said = refusal(run("inquiries", command, "20260301-AAAAAA", *(["답"] if command == "reply" else options)))
    assert "20260301-AAAAAA" in said
    assert "없습니다" in said


# notice


def test_a_notice_stands_from_today_until_it_is_removed(run: Run, store: Store) -> None:
    today = local_today(Settings())
    assert printed(run("notice", "add", "삼일절 휴무")) == f"공지 1 을(를) 올렸습니다: {today}~\n"
    (notice,) = store.notices(today + timedelta(days=4000))
    assert (notice.title, notice.body_markdown, notice.starts, notice.ends) == ("삼일절 휴무", "", today, None)


def test_a_notice_has_a_text_and_days(run: Run, store: Store) -> None:
    text = printed(run("notice", "add", "휴무", "--body", "3월 2일은 **쉽니다**.", "--from", "2026-03-01", "--to", "2026-03-02"))
    assert text == "공지 1 을(를) 올렸습니다: 2026-03-01~2026-03-02\n"
    (notice,) = store.all_notices()
    assert (notice.body_markdown, notice.starts, notice.ends) == ("3월 2일은 **쉽니다**.", date(2026, 3, 1), date(2026, 3, 2))


def test_the_list_of_notices_has_past_and_coming_ones(run: Run) -> None:
    run("notice", "add", "지난 것", "--from", "2020-01-01", "--to", "2020-01-31")
    run("notice", "add", "앞으로", "--from", "2999-01-01")
    assert printed(run("notice", "list")).splitlines() == ["   2  2999-01-01~  앞으로", "   1  2020-01-01~2020-01-31  지난 것"]


def test_without_notices_the_list_of_notices_says_so(run: Run) -> None:
    assert printed(run("notice", "list")) == "공지가 없습니다.\n"


def test_a_removed_notice_is_gone(run: Run, store: Store) -> None:
    run("notice", "add", "안내")
    assert printed(run("notice", "remove", "1")) == "공지 1 을(를) 지웠습니다.\n"
    assert store.all_notices() == ()
    assert refusal(run("notice", "remove", "1")) == "공지 1 이(가) 없습니다. 공지 목록에서 번호를 확인하세요."


def test_a_notice_that_ends_before_it_starts_is_refused(run: Run, store: Store) -> None:
    said = refusal(run("notice", "add", "휴무", "--from", "2026-03-02", "--to", "2026-03-01"))
    assert said == "공지가 시작하는 날(2026-03-02)보다 먼저 끝납니다(2026-03-01). 날짜를 고쳐 다시 저장하세요."
    assert store.all_notices() == ()


@pytest.mark.parametrize("title", ["", "  "])
def test_a_notice_without_a_title_is_refused(run: Run, title: str) -> None:
    assert usage_error(run("notice", "add", title)) == "공지의 제목이 비어 있습니다."


@pytest.mark.parametrize("day", ["내일", "2026-02-30", "2026/03/01"])
def test_a_day_that_is_none_is_a_usage_error(run: Run, day: str) -> None:
    assert day in usage_error(run("notice", "add", "휴무", "--from", day))


# maintain


def test_maintain_deletes_what_was_kept_long_enough_and_counts(run: Run, store: Store) -> None:
    for age in (1, 91, 92):
        asked_at = datetime.now(UTC) - timedelta(days=age)
        store.record_query(QueryRecord("환불", Outcome.FALLBACK, Reason.NOTHING_KNOWN, 0.0, (), "0" * 16, asked_at=asked_at))
    assert printed(run("maintain")) == "지운 기록: 질문 2 · 피드백 0 · 문의 0\n"
    assert printed(run("maintain")) == "지운 기록: 질문 0 · 피드백 0 · 문의 0\n"


def test_maintain_keeps_as_long_as_is_set(run: Run, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked_at = datetime.now(UTC) - timedelta(days=91)
    store.record_query(QueryRecord("환불", Outcome.FALLBACK, Reason.NOTHING_KNOWN, 0.0, (), "0" * 16, asked_at=asked_at))
    monkeypatch.setenv("FAQBOT_KEEP_QUERIES", "365")
    assert printed(run("maintain")) == "지운 기록: 질문 0 · 피드백 0 · 문의 0\n"


# where it is


COMMANDS = [["inquiries", "list"], ["notice", "list"], ["maintain"]]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_nothing_is_written_outside_the_folder(run: Run, var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    printed(run(*command))
    assert list((tmp_path / "here").iterdir()) == []
    assert {"faqbot.db", "secret.key"} <= {file.name for file in var.iterdir()}


def test_a_variable_names_the_folder_and_the_option_wins(run: Run, number: str, var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_VAR", str(var))
    found = CliRunner().invoke(main, ["inquiries", "list"], catch_exceptions=False)
    assert number in found.stdout
    monkeypatch.setenv("FAQBOT_VAR", str(tmp_path / "other"))
    assert number in printed(run("inquiries", "list"))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_folder_that_cannot_be_made_is_named(run: Run, var: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    var.write_text("a file")
    assert str(var) in usage_error(run(*command))
    monkeypatch.setenv("FAQBOT_VAR", str(var))
    assert str(var) in refusal(CliRunner().invoke(main, command, catch_exceptions=False))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_database_that_is_none_is_told_in_korean(run: Run, store: Store, var: Path, command: list[str]) -> None:
    store.close()
    for file in var.glob("faqbot.db*"):
        file.unlink()
    (var / "faqbot.db").write_bytes(b"no database" * 1000)
    assert refusal(run(*command)).startswith("데이터베이스 파일이 손상되었거나 SQLite 파일이 아닙니다.")


def test_inquiries_under_another_key_are_not_shown_as_empty(run: Run, number: str, var: Path) -> None:
    (var / "secret.key").write_text("another key that is long enough for a key")
    for arguments in (["list"], ["show", number]):
        assert refusal(run("inquiries", *arguments)).startswith("저장된 문의를 지금의 비밀 키로 열 수 없습니다.")


@pytest.mark.parametrize("address", ["mysql://a:hunter2@b/c", "sqlite://", "nonsense"])
def test_a_database_address_that_cannot_be_used_is_told_without_its_password(run: Run, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("FAQBOT_DATABASE_URL", address)
    said = refusal(run("inquiries", "list"))
    assert "sqlite:///data/var/faqbot.db" in said
    assert "hunter2" not in said


@pytest.mark.slow
def test_the_program_shows_what_a_visitor_sent(number: str, var: Path) -> None:
    result = subprocess.run([PROGRAM, "inquiries", "show", number, "--var", var], capture_output=True, text=True, timeout=60, check=True)
    assert f"[질문] {INQUIRY.question}\n" in result.stdout
    assert result.stderr == ""
