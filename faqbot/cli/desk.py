"""Commands of the help desk: inquiries, notices, and the work that is done now and then."""

import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from faqbot.cli.admin import actor
from faqbot.cli.options import as_json, echo_json, var
from faqbot.cli.usage import require_yes
from faqbot.errors import FaqbotError, ReleaseError
from faqbot.messages import ASKED_AND_GOT, STATE
from faqbot.settings import Settings, load_settings

if TYPE_CHECKING:
    from faqbot.store import DeskChanges, Inquiry, NewInquiry, Store

_number = click.argument("number")
_author = click.option("--author", default="운영자", show_default=True, help="쓰는 사람의 이름.")


@click.group()
def inquiries() -> None:
    """1:1 문의를 보고, 답하고, 지웁니다."""


@inquiries.command("list")
@click.option("--state", type=click.Choice(list(STATE)), help="이 상태인 문의만.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="보여 줄 수.")
@as_json
@var
def list_inquiries(state: str | None, limit: int, is_json: bool, folder: str | None) -> None:
    """문의의 목록. 새것이 앞에 옵니다."""
    from faqbot.store import InquiryState

    with _store(folder) as store:
        found = store.inquiries(InquiryState(state) if state else None, limit)
        if is_json:
            echo_json([store.export(inquiry.number) for inquiry in found])
            return
    settings = load_settings()
    for inquiry in found:
        click.echo(f"{inquiry.number}  {STATE[inquiry.state]:5s}  {_local(settings, inquiry.received_at)}  {_one_line(inquiry.content.question)}")
    if not found:
        click.echo("문의가 없습니다.")


@inquiries.command()
@_number
@as_json
@var
def show(number: str, is_json: bool, folder: str | None) -> None:
    """문의 하나를 모두 보여 줍니다."""
    with _store(folder) as store:
        inquiry = _existing(store, number)
        if is_json:
            echo_json(store.export(number))
            return
    settings = load_settings()
    click.echo(f"{inquiry.number} · {STATE[inquiry.state]} · 접수 {_local(settings, inquiry.received_at)}")
    if inquiry.erased_at:
        click.echo(f"{_local(settings, inquiry.erased_at)}에 내용을 지웠습니다.")
        return
    _echo_content(inquiry.content, settings)
    for n, file in enumerate(inquiry.attachments, 1):
        click.echo(f"[첨부 {n}] {file.name} · {file.media_type} · {file.size:,}바이트")
    for kind, written in (("답변", inquiry.messages), ("메모", inquiry.notes)):
        for message in written:
            click.echo(f"{kind} · {message.author} · {_local(settings, message.written_at)}\n{message.text}")


def _echo_content(content: "NewInquiry", settings: Settings) -> None:
    labelled = {"보낸 사람": content.contact, "분류": content.category, "질문": content.question, "배경": content.background}
    labelled |= {"오류 문구": content.error, "해 본 것": content.tried}
    for label, text in labelled.items():
        if text:
            click.echo(f"[{label}] {text}")
    for turn in content.transcript:
        click.echo(
            f"  {_local(settings, turn.asked_at)} 물음: {turn.query} → {ASKED_AND_GOT.get(turn.outcome, turn.outcome)}"
            + (f" ({', '.join(turn.shown)})" if turn.shown else "")
        )


@inquiries.command()
@_number
@click.argument("n", type=click.IntRange(1))
@click.option("--out", "path", type=click.Path(dir_okay=False, path_type=Path), required=True, help="저장할 파일. 이미 있으면 덮어쓰지 않습니다.")
@var
def attachment(number: str, n: int, path: Path, folder: str | None) -> None:
    """문의에 붙은 파일 하나를 저장합니다. N 은 show 가 보여 주는 번호입니다. 모르는 사람이 보낸 파일이니 조심해서 여세요."""
    with _store(folder) as store:
        file = store.attachment(number, n)
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
            out.write(file.data)
    except OSError as error:
        raise FaqbotError(f"{path} 에 저장할 수 없습니다: {os.strerror(error.errno or 0)}. 다른 이름을 적으세요.") from error
    click.echo(f"{file.name} ({file.media_type}, {len(file.data):,}바이트)을(를) {path} 에 저장했습니다.")


@inquiries.command()
@_number
@click.argument("text")
@_author
@var
def reply(number: str, text: str, author: str, folder: str | None) -> None:
    """문의에 답합니다. TEXT 가 - 이면 표준 입력에서 읽습니다."""
    from faqbot.notify import answered

    words = _words(text, "답변이")
    with _store(folder) as store:
        _changes(store).reply(number, words, author)
        telling = answered(load_settings({"var": folder}), store, number)
    if telling:
        telling.join()
    click.echo(f"{number} 에 답했습니다. 손님은 접수할 때 받은 주소에서 봅니다.")


@inquiries.command()
@_number
@click.argument("text")
@_author
@var
def note(number: str, text: str, author: str, folder: str | None) -> None:
    """문의에 운영자만 보는 메모를 남깁니다. TEXT 가 - 이면 표준 입력에서 읽습니다."""
    words = _words(text, "메모가")
    with _store(folder) as store:
        _changes(store).note(number, words, author)
    click.echo(f"{number} 에 메모를 남겼습니다.")


@inquiries.command("state")
@_number
@click.argument("state", type=click.Choice(list(STATE)))
@var
def set_state(number: str, state: str, folder: str | None) -> None:
    """문의의 상태를 바꿉니다."""
    from faqbot.store import InquiryState

    with _store(folder) as store:
        _changes(store).set_state(number, InquiryState(state))
    click.echo(f"{number} 의 상태: {STATE[state]}")


@inquiries.command()
@_number
@click.option("--yes", is_flag=True, help="묻지 않고 지웁니다.")
@var
def erase(number: str, yes: bool, folder: str | None) -> None:
    """문의에서 사람이 쓴 것을 모두 지웁니다. 번호와 날짜는 남고, 되돌릴 수 없습니다."""
    with _store(folder) as store:
        _existing(store, number)
        if not yes:
            require_yes(f"{number} 의 내용을 모두 지웁니다. 되돌릴 수 없습니다. 지울까요?")
        _changes(store).erase(number)
    click.echo(f"{number} 의 내용을 지웠습니다.")


@click.group()
def notice() -> None:
    """공지를 올리고 내립니다."""


@notice.command()
@click.argument("title")
@click.option("--body", default="", help="내용 (Markdown).")
@click.option("--from", "starts", type=click.DateTime(["%Y-%m-%d"]), help="보이기 시작하는 날 (기본: 오늘).")
@click.option("--to", "ends", type=click.DateTime(["%Y-%m-%d"]), help="마지막으로 보이는 날 (기본: 내릴 때까지).")
@var
def add(title: str, body: str, starts: datetime | None, ends: datetime | None, folder: str | None) -> None:
    """공지를 올립니다."""
    from faqbot.bootstrap.parts import local_today
    from faqbot.store import NewNotice, notice_problems

    new = NewNotice(title.strip(), body, starts.date() if starts else local_today(load_settings()), ends.date() if ends else None)
    if title_problem := notice_problems(new).get("title"):
        raise click.UsageError(title_problem)
    with _store(folder) as store:
        added = _changes(store).add_notice(new)
    click.echo(f"공지 {added.id} 을(를) 올렸습니다: {_days(added.starts, added.ends)}")


@notice.command("list")
@var
def list_notices(folder: str | None) -> None:
    """공지의 목록. 지난 것과 앞으로 보일 것도 나옵니다."""
    with _store(folder) as store:
        found = store.all_notices()
    for one in found:
        click.echo(f"{one.id:4d}  {_days(one.starts, one.ends)}  {_one_line(one.title)}")
    if not found:
        click.echo("공지가 없습니다.")


@notice.command()
@click.argument("notice_id", type=int)
@var
def remove(notice_id: int, folder: str | None) -> None:
    """공지를 지웁니다."""
    with _store(folder) as store:
        _changes(store).remove_notice(notice_id)
    click.echo(f"공지 {notice_id} 을(를) 지웠습니다.")


@click.command()
@var
def maintain(folder: str | None) -> None:
    """보관 기간이 지난 기록을 지우고, 답 못 한 질문을 다시 묶습니다. 서버가 스스로 하므로, cron 에서 부르지 않아도 됩니다."""
    from faqbot.bootstrap.upkeep import maintain as do
    from faqbot.bootstrap.upkeep import refresh_review

    purged = do(load_settings({"var": folder}))
    if purged is None:
        click.echo("다른 프로세스가 지금 하고 있습니다.")
        return
    click.echo(f"지운 기록: 질문 {purged.queries:,} · 피드백 {purged.feedback:,} · 문의 {purged.inquiries:,}")
    if purged.releases:
        click.echo(f"공개하지 않은 채 오래된 릴리스 {purged.releases:,}개를 지웠습니다.")
    try:
        found = refresh_review(load_settings({"var": folder}), if_news=True)
    except ReleaseError:  # nothing was published yet, so nothing was asked
        return
    if found:
        click.echo(f"답 못 한 질문 {found.queries:,}건을 {found.unanswered:,}묶음으로 묶었습니다.")


def _store(folder: str | None) -> "Store":
    from faqbot.bootstrap.parts import build_store

    return build_store(load_settings({"var": folder}))


def _changes(store: "Store") -> "DeskChanges":
    from faqbot.store import DeskChanges

    return DeskChanges(store, actor())


def _words(text: str, name: str) -> str:
    """What was typed as an argument, or comes on standard input for "-"; `name` is what it is, with its particle."""
    words = sys.stdin.read() if text == "-" else text
    if not words.strip():
        raise click.UsageError(f"{name} 비어 있습니다.")
    return words.strip()


def _existing(store: "Store", number: str) -> "Inquiry":
    inquiry = store.inquiry(number)
    if inquiry is None:
        raise FaqbotError(f"문의 {number} 이(가) 없습니다. faqbot inquiries list 로 번호를 확인하세요.")
    return inquiry


def _local(settings: Settings, moment: datetime) -> str:
    """Day and time in the site's zone."""
    from faqbot.bootstrap.parts import local_time

    return local_time(settings, moment).strftime("%Y-%m-%d %H:%M")


def _days(starts: date, ends: date | None) -> str:
    return f"{starts}~{ends or ''}"


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"
