"""Notices, on one connection and one site."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select

from faqbot.errors import MissingRecordError, StoreError
from faqbot.store.records import NewNotice, Notice
from faqbot.store.schema import is_id, notices

#: Characters.
MAX_NOTICE_TITLE, MAX_NOTICE_BODY = 100, 10_000


def notice_problems(notice: NewNotice) -> dict[str, str]:
    """What is wrong with a notice, by the name of its field; nothing where it can be stored.

    >>> notice_problems(NewNotice("삼일절 휴무", "", date(2026, 3, 2), date(2026, 3, 1)))
    {'ends': '공지가 시작하는 날(2026-03-02)보다 먼저 끝납니다(2026-03-01). 날짜를 고쳐 다시 저장하세요.'}
    """
    found = {}
    if not notice.title.strip():
        found["title"] = "공지의 제목이 비어 있습니다."
    elif len(notice.title) > MAX_NOTICE_TITLE:
        found["title"] = f"공지의 제목은 {MAX_NOTICE_TITLE}자까지입니다. 지금 {len(notice.title)}자입니다."
    if len(notice.body_markdown) > MAX_NOTICE_BODY:
        found["body_markdown"] = f"공지의 내용은 {MAX_NOTICE_BODY:,}자까지입니다. 지금 {len(notice.body_markdown):,}자입니다."
    if notice.ends is not None and notice.ends < notice.starts:
        found["ends"] = f"공지가 시작하는 날({notice.starts})보다 먼저 끝납니다({notice.ends}). 날짜를 고쳐 다시 저장하세요."
    return found


def add_notice(connection: Connection, site: str, notice: NewNotice, now: datetime) -> Notice:
    """The stored notice.

    Raises:
        StoreError: something is wrong with it.
    """
    if problems := notice_problems(notice):
        raise StoreError(" ".join(problems.values()), code="refused")
    values = {
        "site": site,
        "title": notice.title,
        "body_markdown": notice.body_markdown,
        "starts": notice.starts,
        "ends": notice.ends,
        "created_at": now,
    }
    return _notices(connection, notices.c.id == connection.execute(insert(notices).values(values).returning(notices.c.id)).scalar_one())[0]


def notices_on(connection: Connection, site: str, day: date) -> tuple[Notice, ...]:
    """Those to be shown on a day, the latest start first."""
    return _notices(connection, notices.c.site == site, notices.c.starts <= day, or_(notices.c.ends.is_(None), notices.c.ends >= day))


def all_notices(connection: Connection, site: str) -> tuple[Notice, ...]:
    """Past and coming ones too, the latest start first."""
    return _notices(connection, notices.c.site == site)


def remove_notice(connection: Connection, site: str, notice_id: int) -> None:
    """Delete it.

    Raises:
        MissingRecordError: there is none of that id on this site.
    """
    if not is_id(notice_id) or not connection.execute(delete(notices).where(notices.c.site == site, notices.c.id == notice_id)).rowcount:
        raise MissingRecordError(f"공지 {notice_id} 이(가) 없습니다. 공지 목록에서 번호를 확인하세요.")


def _notices(connection: Connection, *conditions: ColumnElement[bool]) -> tuple[Notice, ...]:
    rows = connection.execute(select(notices).where(*conditions).order_by(notices.c.starts.desc(), notices.c.id.desc()))
    return tuple(Notice(row.id, row.title, row.body_markdown, row.starts, row.ends, row.created_at) for row in rows)
