"""Files of inquiries: they wait under a key, go with the inquiry, and go when it goes."""

from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import text as sql

from faqbot.errors import MissingRecordError, StoreError
from faqbot.store import AttachedFile, Attachment, Purged, Retention, Store, attachments
from tests.contract.store.conftest import INQUIRY, SECRET, Clock
from tests.contract.store.test_secrecy import files, readable

PICTURE = AttachedFile("결제 화면.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
NOTE = AttachedFile("메모.txt", "text/plain", "두 번 결제됐어요 심어둔글".encode() * 20)
KEEP = Retention(90, 365, 1095)


def about(file: AttachedFile, attachment_id: int) -> Attachment:
    return Attachment(attachment_id, file.name, file.media_type, len(file.data))


def sent(store: Store, *given: AttachedFile, key: str = "key") -> str:
    return store.submit_inquiry(INQUIRY, key, [store.add_upload(key, file) for file in given]).number


def rows(store: Store) -> int:
    with store._engine.connect() as connection:
        return connection.execute(sql("SELECT count(*) FROM attachments")).scalar_one()


def test_files_come_back_to_the_byte_in_the_order_they_were_added(store: Store) -> None:
    number = sent(store, PICTURE, NOTE)
    assert [(each.name, each.media_type, each.size) for each in store.inquiry(number).attachments] == [
        (file.name, file.media_type, len(file.data)) for file in (PICTURE, NOTE)
    ]
    assert (store.attachment(number.lower(), 1), store.attachment(number, 2)) == (PICTURE, NOTE)


def test_the_visitor_and_the_list_see_what_came_along(store: Store) -> None:
    receipt = store.submit_inquiry(INQUIRY, "key", [store.add_upload("key", NOTE)])
    assert store.inquiry_by_token(receipt.token).attachments == store.inquiries()[0].attachments == store.inquiry(receipt.number).attachments
    assert len(store.inquiries()[0].attachments) == 1


def test_files_wait_under_their_key_only(store: Store) -> None:
    first, second = store.add_upload("key", PICTURE), store.add_upload("key", NOTE)
    assert store.uploads("key", [second, first, 99]) == (about(PICTURE, first), about(NOTE, second))
    assert store.uploads("key", [second]) == (about(NOTE, second),)
    assert store.uploads("other", [first, second]) == store.uploads("key", []) == store.uploads("key", [0, -1, 2**70]) == ()


def test_an_inquiry_takes_those_that_are_named_and_no_others(store: Store) -> None:
    kept, left = store.add_upload("key", PICTURE), store.add_upload("key", NOTE)
    number = store.submit_inquiry(INQUIRY, "key", [kept]).number
    assert store.inquiry(number).attachments == (about(PICTURE, kept),)
    assert store.uploads("key", [kept, left]) == (about(PICTURE, kept), about(NOTE, left))
    assert store.inquiry(store.submit_inquiry(INQUIRY, "without").number).attachments == ()


@pytest.mark.parametrize("key", ["other", "key"])
def test_nothing_is_stored_where_a_file_waits_no_more_or_never_did(store: Store, key: str) -> None:
    upload = store.add_upload("key", NOTE)
    with pytest.raises(MissingRecordError, match="파일을 다시 골라 주세요"):
        store.submit_inquiry(INQUIRY, key, [upload, 99])
    assert store.inquiries() == ()
    assert store.inquiry(store.submit_inquiry(INQUIRY, "key", [upload]).number).attachments == (about(NOTE, upload),)


def test_submitting_again_changes_no_file(store: Store) -> None:
    first, later = store.add_upload("key", NOTE), store.add_upload("key", PICTURE)
    receipt = store.submit_inquiry(INQUIRY, "key", [first])
    assert store.submit_inquiry(INQUIRY, "key", [first]) == store.submit_inquiry(INQUIRY, "key", [later, 99]) == receipt
    assert store.inquiry(receipt.number).attachments == (about(NOTE, first),)


def test_copies_wait_under_another_key_whether_the_files_were_sent_or_not(store: Store) -> None:
    went, waits = store.add_upload("key", NOTE), store.add_upload("key", PICTURE)
    store.submit_inquiry(INQUIRY, "key", [went])
    copies = store.copy_uploads("key", [waits, went, 99], "new")
    assert [each.name for each in store.uploads("new", copies)] == [NOTE.name, PICTURE.name]
    number = store.submit_inquiry(INQUIRY, "new", copies).number
    assert store.attachment(number, 2) == PICTURE
    assert store.copy_uploads("stranger", [went], "new") == ()


@pytest.mark.parametrize("n", [0, 2, -1])
def test_a_file_that_is_not_there_is_an_error(store: Store, n: int) -> None:
    number = sent(store, NOTE)
    with pytest.raises(MissingRecordError, match=f"{n}번 첨부 파일이 없습니다. 첨부 파일 수: 1"):
        store.attachment(number, n)
    with pytest.raises(MissingRecordError, match="접수번호 20261127-AAAAAA 인 문의가 없습니다"):
        store.attachment("20261127-AAAAAA", 1)


def test_erasing_an_inquiry_deletes_its_files_and_no_others(store: Store) -> None:
    number, other = sent(store, PICTURE, NOTE), sent(store, NOTE, key="other")
    store.erase(number)
    assert store.inquiry(number).attachments == ()
    assert rows(store) == 1
    assert store.attachment(other, 1) == NOTE
    with pytest.raises(MissingRecordError):
        store.attachment(number, 1)


def test_a_purged_inquiry_takes_its_files_along(store: Store, clock: Clock) -> None:
    sent(store, PICTURE)
    clock.advance(days=1096)
    assert store.purge(KEEP) == Purged(0, 0, 1, 0)
    assert rows(store) == 0


def test_files_that_were_never_sent_go_after_one_day(store: Store, clock: Clock) -> None:
    number, left = sent(store, NOTE), store.add_upload("later", PICTURE)
    clock.advance(days=1)
    assert store.purge(KEEP).uploads == 0
    clock.advance(microseconds=1)
    assert store.purge(KEEP) == Purged(0, 0, 0, 1)
    assert store.uploads("later", [left]) == ()
    assert store.attachment(number, 1) == NOTE


def test_a_copy_waits_for_a_day_of_its_own(store: Store, clock: Clock) -> None:
    upload = store.add_upload("key", NOTE)
    clock.advance(hours=20)
    copies = store.copy_uploads("key", [upload], "new")
    clock.advance(hours=20)
    assert store.purge(KEEP).uploads == 1
    assert len(store.uploads("new", copies)) == 1


def test_files_that_are_never_sent_cannot_fill_the_disk(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MOST_WAITING", len(NOTE.data) * 2)
    sent(store, NOTE)
    store.add_upload("a", NOTE)
    store.add_upload("b", NOTE)
    with pytest.raises(StoreError, match="너무 많이 쌓여") as caught:
        store.add_upload("c", AttachedFile("x.txt", "text/plain", b"x"))
    assert caught.value.code == "full"


def test_export_names_files_and_says_nothing_of_them_where_there_are_none(store: Store) -> None:
    exported = store.export(sent(store, NOTE))
    assert exported["attachments"] == [{"name": "메모.txt", "type": "text/plain", "size": len(NOTE.data)}]
    assert "attachments" not in store.export(sent(store, key="other"))


def test_another_site_sees_and_takes_none(opened: Callable[..., Store]) -> None:
    store, other = opened(), opened("other")
    number, waits = sent(store, NOTE), store.add_upload("waits", NOTE)
    with pytest.raises(MissingRecordError):
        other.attachment(number, 1)
    assert other.uploads("waits", [waits]) == other.copy_uploads("waits", [waits], "mine") == ()
    with pytest.raises(MissingRecordError):
        other.submit_inquiry(INQUIRY, "waits", [waits])


def test_a_new_secret_opens_them_after_resealing_and_not_before(opened: Callable[..., Store]) -> None:
    new = b"the next secret of the tests, 32"
    number = sent(opened(), *[NOTE] * 5, PICTURE)
    waits = opened().add_upload("waits", NOTE)
    with pytest.raises(StoreError, match="비밀 키"):
        opened(secret=new).attachment(number, 1)
    opened(secret=new, old_secrets=(SECRET,)).reseal()
    fresh = opened(secret=new)
    assert (fresh.attachment(number, 6), fresh.attachment(number, 1)) == (PICTURE, NOTE)
    assert fresh.uploads("waits", [waits]) == (about(NOTE, waits),)


def test_a_receipt_can_be_had_again_for_a_message_to_the_sender(store: Store) -> None:
    receipt = store.submit_inquiry(INQUIRY, "key")
    assert store.receipt(receipt.number.lower()) == receipt
    assert store.receipt("20261127-AAAAAA") is None


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_no_file_of_the_database_holds_name_or_bytes_and_erasing_leaves_nothing(url: str, store: Store) -> None:
    number = sent(store, NOTE, AttachedFile("이름을심음.txt", "text/plain", b"x"))
    assert readable((number,), files(url)) == [number]
    assert readable(("심어둔글", "이름을심음"), files(url)) == []
    with store._engine.connect() as connection:
        sealed = connection.execute(sql("SELECT sealed FROM attachments")).scalars().first()
    pieces = [sealed[at : at + 40] for at in range(20, len(sealed) - 40, 40)]
    assert any(piece in files(url) for piece in pieces)
    store.erase(number)
    assert not any(piece in files(url) for piece in pieces)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_no_row_of_postgresql_holds_name_or_bytes(url: str, store: Store) -> None:
    sent(store, AttachedFile("이름을심음.txt", "text/plain", b"planted bytes"))
    with psycopg.connect(url) as connection:
        ((row,),) = connection.execute("SELECT attachments::text FROM attachments").fetchall()
    assert readable(("이름을심음", b"planted bytes".hex(), "text/plain"), row.encode()) == []


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_large_file_is_kept_whole(store: Store) -> None:
    large = AttachedFile("큰.pdf", "application/pdf", b"%PDF-" + b"0123456789abcdef" * 1_500_000)
    number = sent(store, large)
    assert store.attachment(number, 1) == large
