"""Nothing that a visitor writes in an inquiry can be read in the files, nor in the texts of errors."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text as sql

from faqbot.errors import StoreError
from faqbot.store import Retention, Store, TranscriptItem
from tests.contract.store.conftest import INQUIRY, NOW, QUERY, Clock

PLANTED = "planted@contact.example"
WORDS = (
    "결제가두번",
    "어제앱에서",
    "ERR-40177",
    "다시깔았음",
    "전사의질문",
    "보여준질문",
    "답장의본문",
    "메모의본문",
    "상담원이름",
    "2026-consent",
    "결제환불분류",
)


def planted(store: Store) -> tuple[str, str]:
    """Number and token of an inquiry with a word of its own in each field."""
    item = TranscriptItem(NOW, WORDS[4], INQUIRY.transcript[0].outcome, (WORDS[5],))
    content = replace(
        INQUIRY,
        question=WORDS[0],
        background=WORDS[1],
        error=WORDS[2],
        tried=WORDS[3],
        transcript=(item,),
        contact=PLANTED,
        consent_version=WORDS[9],
        category=WORDS[10],
    )
    receipt = store.submit_inquiry(content, "the key itself")
    store.reply(receipt.number, WORDS[6], WORDS[8])
    store.add_note(receipt.number, WORDS[7], WORDS[8])
    return receipt.number, receipt.token


def readable(words: tuple[str, ...], data: bytes) -> list[str]:
    """Words that stand in the bytes as UTF-8, as UTF-16 or escaped as JSON does."""
    return [word for word in words if any(form in data for form in (word.encode(), word.encode("utf-16-le"), word.encode("ascii", "backslashreplace")))]


def files(url: str) -> bytes:
    """The database file and its write-ahead log."""
    path = Path(url.removeprefix("sqlite:///"))
    return b"".join(file.read_bytes() for file in sorted(path.parent.iterdir()))


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_no_file_holds_what_was_written_the_token_or_the_key(url: str, store: Store) -> None:
    number, token = planted(store)
    data = files(url)
    assert readable((number,), data) == [number], "the search itself must work"
    assert Path(f"{url.removeprefix('sqlite:///')}-wal").stat().st_size > 0
    assert readable((PLANTED, *WORDS, token, "the key itself"), data) == []
    store.close()
    assert readable((PLANTED, *WORDS, token, "the key itself"), files(url)) == []


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_no_row_of_postgresql_holds_it_either(url: str, store: Store) -> None:
    number, token = planted(store)
    with psycopg.connect(url) as connection:
        rows = [str(connection.execute(query).fetchall()) for query in ("SELECT * FROM inquiries", "SELECT * FROM messages")]
    data = "".join(rows).encode()
    assert readable((number,), data) == [number]
    assert readable((PLANTED, *WORDS, token, "the key itself"), data) == []


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_not_even_the_encrypted_text_stays_in_the_files_after_erasing(url: str, store: Store) -> None:
    number, _ = planted(store)
    with store._engine.connect() as connection:
        sealed = [*connection.execute(sql("SELECT sealed FROM inquiries")).scalars(), *connection.execute(sql("SELECT sealed FROM messages")).scalars()]
    pieces = [text[at : at + 40] for text in sealed for at in range(20, len(text) - 40, 40)]
    assert all(piece in files(url) for piece in pieces[:3])
    store.erase(number)
    assert not any(piece in files(url) for piece in pieces)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_purged_queries_leave_nothing_in_the_files(url: str, store: Store, clock: Clock) -> None:
    store.record_query(replace(QUERY, text="지워질글" * 500))
    clock.advance(days=91)
    assert readable(("지워질글",), files(url)) == ["지워질글"]
    store.purge(Retention())
    assert readable(("지워질글",), files(url)) == []


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_only_the_owner_can_read_the_files(url: str, store: Store) -> None:
    planted(store)
    modes = {file.name: file.stat().st_mode & 0o777 for file in Path(url.removeprefix("sqlite:///")).parent.iterdir()}
    assert set(modes) == {"faqbot.db", "faqbot.db-wal", "faqbot.db-shm"}
    assert set(modes.values()) == {0o600}


def test_errors_name_no_text_and_no_password(empty_url: str, opened: Callable[..., Store]) -> None:
    store = opened()
    with store._engine.begin() as connection:
        connection.execute(sql("ALTER TABLE queries RENAME COLUMN via TO way"))  # so that inserting fails
    with pytest.raises(StoreError) as caught:
        store.record_query(replace(QUERY, text=PLANTED, answered=PLANTED))
    chain = [caught.value, caught.value.__cause__]
    assert not any(PLANTED in str(error) or "postgres:" in str(error) for error in chain)
    assert caught.value.code == "refused"
