"""Files that come with inquiries, on one connection and one site. Name, type and bytes are sealed; only the size stands in the clear."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, literal, null, select, update

from faqbot.errors import MissingRecordError, StoreError
from faqbot.store.cipher import Cipher, digest
from faqbot.store.records import AttachedFile, Attachment
from faqbot.store.schema import attachments, is_id, to_utc

#: Bytes of all files of a site that wait for their inquiry, at most: nobody fills the disk with files that are never sent.
MOST_WAITING = 1_000_000_000
#: Files sealed anew in one transaction; all of them are in memory.
RESEALED = 4

_ABOUT: tuple[Any, ...] = (attachments.c.id, attachments.c.inquiry_id, attachments.c.size, attachments.c.sealed_about)


@dataclass(frozen=True, slots=True)
class Attachments:
    """The files of a site. Each method is part of the transaction that its connection is in.

    Args:
        site: whose files.
        cipher: seals and opens them.
    """

    site: str
    cipher: Cipher

    def add(self, connection: Connection, key: str, file: AttachedFile, now: datetime) -> int:
        """Keep a file until the inquiry with that key is submitted. Its id.

        Raises:
            StoreError: too much waits already.
        """
        waiting = select(func.coalesce(func.sum(attachments.c.size), 0)).where(attachments.c.site == self.site, attachments.c.inquiry_id.is_(None))
        if int(connection.execute(waiting).scalar_one()) + len(file.data) > MOST_WAITING:
            raise StoreError("보내지 않은 첨부 파일이 너무 많이 쌓여 더 받지 않습니다. faqbot maintain 이 하루 지난 것을 지웁니다.", code="full")
        values = {
            "site": self.site,
            "key_hash": digest(key),
            "uploaded_at": now,
            "size": len(file.data),
            "sealed_about": self.cipher.seal(json.dumps({"name": file.name, "type": file.media_type}, ensure_ascii=False)),
            "sealed": self.cipher.seal_bytes(file.data),
        }
        return int(connection.execute(insert(attachments).values(values).returning(attachments.c.id)).scalar_one())

    def under_key(self, connection: Connection, key: str, ids: Collection[int]) -> tuple[Attachment, ...]:
        """Those of the ids that were added under the key, sent or not, in the order they were added."""
        wanted = select(*_ABOUT).where(*self._added(key, ids)).order_by(attachments.c.id)
        return tuple(self._attachment(row) for row in connection.execute(wanted))

    def attach(self, connection: Connection, inquiry_id: int, key: str, ids: Collection[int]) -> None:
        """Give files that wait under the key to the inquiry.

        Raises:
            MissingRecordError: one of them waits no more.
        """
        if not ids:
            return
        given = update(attachments).where(*self._added(key, ids), attachments.c.inquiry_id.is_(None)).values(inquiry_id=inquiry_id)
        if connection.execute(given).rowcount != len(set(ids)):
            raise MissingRecordError("첨부 파일이 더는 보관되어 있지 않아 문의를 저장하지 않았습니다. 파일을 다시 골라 주세요.")

    def copy(self, connection: Connection, key: str, ids: Collection[int], other: str, now: datetime) -> tuple[int, ...]:
        """The same files once more, waiting under another key. Their ids; those that are not there any more are left out."""
        found = connection.execute(select(attachments.c.id).where(*self._added(key, ids)).order_by(attachments.c.id)).scalars().all()
        return tuple(self._copied(connection, each, digest(other), now) for each in found)

    def of_inquiries(self, connection: Connection, inquiry_ids: Sequence[int]) -> Mapping[int, tuple[Attachment, ...]]:
        """Inquiry → its files, in the order they were added; inquiries without any are left out."""
        wanted = select(*_ABOUT).where(attachments.c.inquiry_id.in_(inquiry_ids)).order_by(attachments.c.id)
        found: dict[int, tuple[Attachment, ...]] = {}
        for row in connection.execute(wanted):
            found[row.inquiry_id] = (*found.get(row.inquiry_id, ()), self._attachment(row))
        return found

    def open(self, connection: Connection, attachment_id: int) -> AttachedFile:
        """One with its bytes.

        Raises:
            MissingRecordError: it is not there.
        """
        row = connection.execute(select(attachments).where(attachments.c.site == self.site, attachments.c.id == attachment_id)).one_or_none()
        if row is None:
            raise MissingRecordError("그 첨부 파일은 지워졌습니다.")
        about = self._attachment(row)
        return AttachedFile(about.name, about.media_type, self.cipher.open_bytes(row.sealed))

    def delete_of(self, connection: Connection, inquiry_id: int) -> None:
        """Delete those of an inquiry."""
        connection.execute(delete(attachments).where(attachments.c.inquiry_id == inquiry_id))

    def reseal(self, connection: Connection, after: int) -> int:
        """Seal the next RESEALED files with the first secret. The id of the last one, `after` itself where there are no more."""
        chosen = select(attachments.c.id, attachments.c.sealed_about, attachments.c.sealed).where(attachments.c.site == self.site, attachments.c.id > after)
        for row in connection.execute(chosen.order_by(attachments.c.id).limit(RESEALED).with_for_update()).all():
            after = row.id
            sealed = {"sealed_about": self.cipher.reseal(row.sealed_about), "sealed": self.cipher.reseal(row.sealed)}
            connection.execute(update(attachments).where(attachments.c.id == row.id).values(sealed))
        return after

    def _added(self, key: str, ids: Collection[int]) -> tuple[Any, ...]:
        return attachments.c.site == self.site, attachments.c.key_hash == digest(key), attachments.c.id.in_([each for each in ids if is_id(each)])

    def _copied(self, connection: Connection, attachment_id: int, key_hash: str, now: datetime) -> int:
        names = ["site", "key_hash", "inquiry_id", "uploaded_at", "size", "sealed_about", "sealed"]
        columns = attachments.c
        moment = literal(to_utc(now), attachments.c.uploaded_at.type)
        same = select(columns.site, literal(key_hash), null(), moment, columns.size, columns.sealed_about, columns.sealed).where(columns.id == attachment_id)
        return int(connection.execute(insert(attachments).from_select(names, same).returning(columns.id)).scalar_one())

    def _attachment(self, row: Row[Any]) -> Attachment:
        about = json.loads(self.cipher.open(row.sealed_about))
        return Attachment(row.id, about["name"], about["type"], row.size)
