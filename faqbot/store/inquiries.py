"""Inquiries with their messages, on one connection and one site. Everything that people wrote is sealed."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from faqbot.errors import MissingRecordError, StoreError
from faqbot.store.attachments import Attachments
from faqbot.store.cipher import Cipher, digest, lost_secret
from faqbot.store.contents import inquiry_from_json, inquiry_to_dict, inquiry_to_json, message_from_json, message_to_json
from faqbot.store.numbers import as_written, receipt_number
from faqbot.store.records import AttachedFile, Attachment, Inquiry, InquiryState, Message, NewInquiry, Receipt
from faqbot.store.schema import inquiries, messages

#: Numbers drawn until one is free. With a million inquiries on one day a draw is taken once in a thousand.
_DRAWS = 8


class Kind(StrEnum):
    """Whom a message is for."""

    REPLY = "reply"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Inquiries:
    """The inquiries of a site. Each method is part of the transaction that its connection is in.

    Args:
        site: whose inquiries.
        cipher: seals and opens what people wrote.
        draw: the day → a receipt number that is probably free.
    """

    site: str
    cipher: Cipher
    draw: Callable[[date], str] = receipt_number

    @property
    def attachments(self) -> Attachments:
        """Files that come along."""
        return Attachments(self.site, self.cipher)

    def submit(self, connection: Connection, inquiry: NewInquiry, key: str, now: datetime, files: Collection[int] = ()) -> Receipt:
        """Store it with files that wait under the key, unless the key was used before: then what was stored then is the receipt.

        Raises:
            MissingRecordError: one of the files waits no more.
            StoreError: no free number was found, or the key's inquiry was sealed with a lost secret.
        """
        for _ in range(_DRAWS):
            # Locked, and a lock is written: a receipt is given again only when a standby has what the first one was for, however that transaction ended.
            known = select(inquiries).where(inquiries.c.site == self.site, inquiries.c.key_hash == digest(key)).with_for_update()
            row = connection.execute(known).one_or_none()
            if row is not None:
                return self._receipt(row)
            number = self.draw(now.date())
            token = self.cipher.tokens(self.site, number)[0]
            values = {
                "site": self.site,
                "number": number,
                "key_hash": digest(key),
                "token_hash": digest(token),
                "state": InquiryState.RECEIVED.value,
                "received_at": now,
                "changed_at": now,
                "sealed": self.cipher.seal(inquiry_to_json(inquiry)),
            }
            try:
                with connection.begin_nested():
                    stored = connection.execute(insert(inquiries).values(values).returning(inquiries.c.id, inquiries.c.received_at)).one()
            except IntegrityError:
                continue  # somebody was faster with this key or this number
            self.attachments.attach(connection, stored.id, key, files)
            return Receipt(number, token, stored.received_at)
        raise StoreError("빈 접수번호를 찾지 못해 문의를 저장하지 않았습니다. 다시 보내 주세요.", code="busy")

    def find(self, connection: Connection, number: str) -> Inquiry | None:
        """With replies and notes."""
        return next(iter(self._inquiries(connection, inquiries.c.number == as_written(number))), None)

    def find_by_token(self, connection: Connection, token: str) -> Inquiry | None:
        """For the visitor who holds the token: without notes."""
        return next(iter(self._inquiries(connection, inquiries.c.token_hash == digest(token), kinds=(Kind.REPLY,))), None)

    def receipt(self, connection: Connection, number: str) -> Receipt | None:
        """What its sender was given; None where there is no such inquiry.

        Raises:
            StoreError: it was given under a secret that is not at hand.
        """
        wanted = select(inquiries).where(inquiries.c.site == self.site, inquiries.c.number == as_written(number))
        row = connection.execute(wanted).one_or_none()
        return None if row is None else self._receipt(row)

    def attachment(self, connection: Connection, number: str, n: int) -> AttachedFile:
        """The file number `n` of an inquiry, counted from 1.

        Raises:
            MissingRecordError: there is no such inquiry, or no such file in it.
        """
        found = self.find(connection, number)
        if found is None:
            raise missing(number)
        if not 1 <= n <= len(found.attachments):
            raise MissingRecordError(f"문의 {found.number} 에는 {n}번 첨부 파일이 없습니다. 첨부 파일 수: {len(found.attachments)}.")
        return self.attachments.open(connection, found.attachments[n - 1].id)

    def page(self, connection: Connection, state: InquiryState | None, limit: int, offset: int, number: str = "") -> tuple[Inquiry, ...]:
        """Those in a state, or all, with a number that holds that text, the latest first."""
        wanted = _numbered(number) & (inquiries.c.state == state.value) if state else _numbered(number)
        return self._inquiries(connection, wanted, limit=max(limit, 0), offset=max(offset, 0))

    def count(self, connection: Connection, number: str = "") -> dict[InquiryState, int]:
        """How many are in each state, of those with a number that holds that text."""
        counted = select(inquiries.c.state, func.count().label("size")).where(inquiries.c.site == self.site, _numbered(number)).group_by(inquiries.c.state)
        found = {row.state: row.size for row in connection.execute(counted)}
        return {state: found.get(state.value, 0) for state in InquiryState}

    def write(self, connection: Connection, number: str, kind: Kind, message: Message) -> None:
        """Add a reply, which answers the inquiry, or a note.

        Raises:
            MissingRecordError: there is no such inquiry, or it is erased.
        """
        row = self._existing(connection, number)
        if row.erased_at is not None:
            raise MissingRecordError(f"문의 {row.number} 의 내용은 지워졌습니다. 답장이나 메모를 더할 수 없습니다.")
        sealed = self.cipher.seal(message_to_json(message.author, message.text))
        connection.execute(insert(messages).values(inquiry_id=row.id, kind=kind.value, written_at=message.written_at, sealed=sealed))
        state = InquiryState.ANSWERED if kind is Kind.REPLY else InquiryState(row.state)
        self._change(connection, row, state, message.written_at)

    def set_state(self, connection: Connection, number: str, state: InquiryState, now: datetime) -> None:
        """Move it to a state.

        Raises:
            MissingRecordError: there is no such inquiry.
        """
        self._change(connection, self._existing(connection, number), state, now)

    def erase(self, connection: Connection, number: str, now: datetime) -> None:
        """Overwrite everything that people wrote and delete the files; number, dates and state stay. Erasing again changes nothing.

        Raises:
            MissingRecordError: there is no such inquiry.
        """
        row = self._existing(connection, number)
        if row.erased_at is None:
            connection.execute(update(inquiries).where(inquiries.c.id == row.id).values(sealed=None, erased_at=now))
            connection.execute(update(messages).where(messages.c.inquiry_id == row.id).values(sealed=None))
            self.attachments.delete_of(connection, row.id)

    def export(self, connection: Connection, number: str) -> dict[str, Any]:
        """All that is stored about it.

        Raises:
            MissingRecordError: there is no such inquiry.
        """
        found = self.find(connection, number)
        if found is None:
            raise missing(number)
        return _to_dict(found)

    def reseal(self, connection: Connection, after: int, limit: int) -> int:
        """Seal the next inquiries and their messages with the first secret. The id of the last one, `after` itself where there are no more."""
        chosen = select(inquiries.c.id, inquiries.c.sealed).where(inquiries.c.site == self.site, inquiries.c.id > after)
        for row in connection.execute(chosen.order_by(inquiries.c.id).limit(limit).with_for_update()).all():
            after = row.id
            if row.sealed is not None:
                connection.execute(update(inquiries).where(inquiries.c.id == row.id).values(sealed=self.cipher.reseal(row.sealed)))
            written = select(messages.c.id, messages.c.sealed).where(messages.c.inquiry_id == row.id, messages.c.sealed.is_not(None))
            for message in connection.execute(written).all():
                connection.execute(update(messages).where(messages.c.id == message.id).values(sealed=self.cipher.reseal(message.sealed)))
        return after

    def _receipt(self, row: Row[Any]) -> Receipt:
        """Of an inquiry that is stored. Its token is derived again, under the secret that it was given under."""
        for token in self.cipher.tokens(self.site, row.number):
            if digest(token) == row.token_hash:
                return Receipt(row.number, token, row.received_at, repeated=True)
        raise lost_secret()

    def _existing(self, connection: Connection, number: str) -> Row[Any]:
        """The row, locked until the transaction ends."""
        wanted = select(inquiries).where(inquiries.c.site == self.site, inquiries.c.number == as_written(number))
        row = connection.execute(wanted.with_for_update()).one_or_none()
        if row is None:
            raise missing(number)
        return row

    def _change(self, connection: Connection, row: Row[Any], state: InquiryState, now: datetime) -> None:
        """A state and the dates that follow from it."""
        answered_at = row.answered_at if state == row.state else now if state is InquiryState.ANSWERED else None
        changed = update(inquiries).where(inquiries.c.id == row.id)
        connection.execute(changed.values(state=state.value, changed_at=now, answered_at=answered_at))

    def _inquiries(
        self,
        connection: Connection,
        condition: ColumnElement[bool],
        *,
        kinds: Iterable[Kind] = Kind,
        limit: int = 1,
        offset: int = 0,
    ) -> tuple[Inquiry, ...]:
        """Those of this site, the latest first, with messages of those kinds."""
        wanted = select(inquiries).where(inquiries.c.site == self.site, condition).order_by(inquiries.c.received_at.desc(), inquiries.c.id.desc())
        rows = connection.execute(wanted.limit(limit).offset(offset)).all()
        belonging = (messages.c.inquiry_id.in_([row.id for row in rows]), messages.c.kind.in_([kind.value for kind in kinds]))
        written = connection.execute(select(messages).where(*belonging).order_by(messages.c.id)).all()
        files = self.attachments.of_inquiries(connection, [row.id for row in rows])
        return tuple(self._opened(row, [each for each in written if each.inquiry_id == row.id], files.get(row.id, ())) for row in rows)

    def _opened(self, row: Row[Any], written: list[Row[Any]], files: tuple[Attachment, ...]) -> Inquiry:
        return Inquiry(
            number=row.number,
            state=InquiryState(row.state),
            received_at=row.received_at,
            changed_at=row.changed_at,
            answered_at=row.answered_at,
            erased_at=row.erased_at,
            content=inquiry_from_json(self.cipher.open(row.sealed)) if row.sealed is not None else NewInquiry(),
            messages=tuple(self._message(each) for each in written if each.kind == Kind.REPLY),
            notes=tuple(self._message(each) for each in written if each.kind == Kind.NOTE),
            attachments=files,
        )

    def _message(self, row: Row[Any]) -> Message:
        return message_from_json(self.cipher.open(row.sealed), row.written_at) if row.sealed is not None else Message(row.written_at, "", "")


def _numbered(part: str) -> ColumnElement[bool]:
    """Whether the number holds what a person typed of it."""
    return inquiries.c.number.contains(as_written(part), autoescape=True)


def missing(number: str) -> MissingRecordError:
    """What is raised where there is no inquiry of that number."""
    return MissingRecordError(f"접수번호 {as_written(number)} 인 문의가 없습니다. 번호를 확인하세요. 보관 기간이 지났으면 지워졌습니다.")


def _to_dict(inquiry: Inquiry) -> dict[str, Any]:
    """All that is stored about an inquiry as texts, lists and dicts; times in ISO 8601. Files without their bytes, and no word of them where there are none."""
    files = [{"name": each.name, "type": each.media_type, "size": each.size} for each in inquiry.attachments]
    return {
        "number": inquiry.number,
        "state": inquiry.state.value,
        **{name: _iso(getattr(inquiry, name)) for name in ("received_at", "changed_at", "answered_at", "erased_at")},
        **inquiry_to_dict(inquiry.content),
        "messages": [_message_to_dict(each) for each in inquiry.messages],
        "notes": [_message_to_dict(each) for each in inquiry.notes],
        **({"attachments": files} if files else {}),
    }


def _message_to_dict(message: Message) -> dict[str, str]:
    return {"written_at": message.written_at.isoformat(), "author": message.author, "text": message.text}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
