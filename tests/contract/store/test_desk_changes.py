"""What operators do to inquiries and notices, each with its line in the log; and how an inquiry is found."""

from datetime import date

import pytest

from faqbot.errors import MissingRecordError, StoreError
from faqbot.store import MAX_MESSAGE, AuditEntry, DeskChanges, InquiryState, NewInquiry, NewNotice, Store
from tests.contract.store.conftest import INQUIRY


@pytest.fixture
def number(store: Store) -> str:
    return store.submit_inquiry(INQUIRY, "the key of the sender").number


@pytest.fixture
def changes(store: Store) -> DeskChanges:
    return DeskChanges(store, "minji")


def last(store: Store) -> AuditEntry:
    return store.audit.page(1)[0]


def test_every_change_is_logged_under_the_number_as_it_is_written(store: Store, changes: DeskChanges, number: str) -> None:
    typed = number.lower()
    changes.note(typed, "메모", "minji")
    changes.set_state(typed, InquiryState.IN_PROGRESS)
    changes.reply(typed, "답", "고객센터")
    changes.export(typed)
    changes.erase(typed)
    entries = store.audit.page()[::-1]
    assert [entry.action for entry in entries] == ["inquiry.note", "inquiry.state", "inquiry.reply", "inquiry.export", "inquiry.erase"]
    assert {(entry.actor, entry.subject) for entry in entries} == {("minji", number)}


def test_the_log_holds_nothing_that_anybody_wrote(store: Store, changes: DeskChanges, number: str) -> None:
    changes.reply(number, "비밀스러운 답", "비밀스러운 이름")
    changes.note(number, "비밀스러운 메모", "minji")
    changes.erase(number)
    assert "비밀" not in repr(store.audit.page())
    assert INQUIRY.question not in repr(store.audit.page())


def test_what_changes_nothing_is_not_logged(store: Store, changes: DeskChanges, number: str) -> None:
    changes.set_state(number, InquiryState.RECEIVED)
    assert store.audit.count() == 0
    changes.erase(number)
    changes.erase(number)
    assert store.audit.count() == 1


@pytest.mark.parametrize("text", ["", "  \n", "가" * (MAX_MESSAGE + 1)])
def test_a_message_that_cannot_be_is_refused_and_not_logged(store: Store, changes: DeskChanges, number: str, text: str) -> None:
    for write in (changes.reply, changes.note):
        with pytest.raises(StoreError) as refused:
            write(number, text, "minji")
        assert refused.value.code == "refused"
    assert (store.inquiry(number).messages, store.inquiry(number).notes, store.audit.count()) == ((), (), 0)


def test_what_is_not_there_is_not_changed_and_not_logged(store: Store, changes: DeskChanges) -> None:
    missing = "20261127-AAAAAA"
    acts = [
        lambda: changes.reply(missing, "답", "a"),
        lambda: changes.note(missing, "답", "a"),
        lambda: changes.set_state(missing, InquiryState.ANSWERED),
        lambda: changes.erase(missing),
        lambda: changes.export(missing),
        lambda: changes.remove_notice(9),
    ]
    for act in acts:
        with pytest.raises(MissingRecordError):
            act()
    assert store.audit.count() == 0


def test_a_notice_is_logged_with_its_title_and_days(store: Store, changes: DeskChanges) -> None:
    notice = changes.add_notice(NewNotice("휴무", "쉽니다", date(2026, 3, 1), date(2026, 3, 2)))
    about = {"title": "휴무", "starts": "2026-03-01", "ends": "2026-03-02"}
    assert (last(store).action, last(store).subject, last(store).after) == ("notice.add", str(notice.id), about)
    changes.remove_notice(notice.id)
    assert (last(store).action, last(store).before, last(store).after) == ("notice.remove", about, None)


@pytest.mark.parametrize(
    "notice",
    [
        NewNotice("", "", date(2026, 3, 1)),
        NewNotice(" ", "", date(2026, 3, 1)),
        NewNotice("가" * 101, "", date(2026, 3, 1)),
        NewNotice("휴무", "가" * 10_001, date(2026, 3, 1)),
        NewNotice("휴무", "", date(2026, 3, 1), date(2026, 2, 28)),
    ],
)
def test_a_notice_that_cannot_be_is_refused_wherever_it_comes_from(store: Store, changes: DeskChanges, notice: NewNotice) -> None:
    for add in (changes.add_notice, store.add_notice):
        with pytest.raises(StoreError) as refused:
            add(notice)
        assert refused.value.code == "refused"
    assert (store.all_notices(), store.audit.count()) == ((), 0)


def test_inquiries_are_found_and_counted_by_any_part_of_their_number(store: Store, number: str) -> None:
    other = store.submit_inquiry(NewInquiry("다른 것"), "another key").number
    store.set_state(other, InquiryState.ANSWERED)
    assert store.count_inquiries() == {InquiryState.RECEIVED: 1, InquiryState.IN_PROGRESS: 0, InquiryState.ANSWERED: 1}
    assert [each.number for each in store.inquiries(number=number[-6:].lower())] == [number]
    assert store.count_inquiries(f" {number} ")[InquiryState.ANSWERED] == 0
    assert store.inquiries(InquiryState.ANSWERED, number=number) == ()
    assert len(store.inquiries(number=number[:9])) == 2


@pytest.mark.parametrize("typed", ["%", "_", "\\", "\x00", "'", "가"])
def test_what_stands_in_no_number_finds_nothing(store: Store, number: str, typed: str) -> None:
    assert store.inquiries(number=typed) == ()
    assert sum(store.count_inquiries(typed).values()) == 0


def test_inquiries_of_another_site_are_not_counted(opened, store: Store, number: str) -> None:
    assert sum(opened(site="another").count_inquiries().values()) == 0
