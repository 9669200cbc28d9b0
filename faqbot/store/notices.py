"""Notices, on one connection and one site."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select

from faqbot.errors import MissingRecordError, StoreError
from faqbot.store.records import NewNotice, Notice
from faqbot.store.schema import is_id, notices


def add_notice(connection: Connection, site: str, notice: NewNotice, now: datetime) -> Notice:
    """The stored notice.

    Raises:
        StoreError: it would end before it starts.
    """
    if notice.ends is not None and notice.ends < notice.starts:
        raise StoreError(f"공지가 시작하는 날({notice.starts})보다 먼저 끝납니다({notice.ends}). 날짜를 고쳐 다시 저장하세요.", code="refused")
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
