"""What operators do to inquiries and notices, each with its line in the log; and how an inquiry is found."""

from collections.abc import Callable
from datetime import date

import pytest

from faqbot.errors import AccessError, MissingRecordError, StoreError
from faqbot.store import MAX_MESSAGE, AccountChanges, Audit, AuditEntry, DeskChanges, InquiryState, NewInquiry, NewNotice, Role, Store
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


CHANGES: dict[str, Callable[[DeskChanges, AccountChanges, str], object]] = {
    "reply": lambda desk, _, number: desk.reply(number, "답", "고객센터"),
    "note": lambda desk, _, number: desk.note(number, "메모", "minji"),
    "state": lambda desk, _, number: desk.set_state(number, InquiryState.IN_PROGRESS),
    "erase": lambda desk, _, number: desk.erase(number),
    "add_notice": lambda desk, *_: desk.add_notice(NewNotice("휴무", "", date(2026, 3, 1))),
    "remove_notice": lambda desk, *_: desk.remove_notice(1),
    "create": lambda _, accounts, __: accounts.create("jihun", "a long enough password", Role.EDITOR),
    "set_password": lambda _, accounts, __: accounts.set_password("minji", "another long password"),
    "set_role": lambda _, accounts, __: accounts.set_role("suji", Role.VIEWER),
    "disable": lambda _, accounts, __: accounts.disable("suji"),
    "create_key": lambda _, accounts, __: accounts.create_key("crm", Role.VIEWER),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_whose_line_cannot_be_written_is_not_made(
    store: Store, changes: DeskChanges, number: str, monkeypatch: pytest.MonkeyPatch, change: Callable[[DeskChanges, AccountChanges, str], object]
) -> None:
    """The kill between a change and its line, or a database that fails there."""
    store.add_notice(NewNotice("있던 것", "", date(2026, 3, 1)))
    for name in ("minji", "suji"):
        store.accounts.create(name, "a long enough password", Role.OWNER)
    accounts = AccountChanges(store.accounts, store.audit, "minji")

    def state() -> object:
        return (store.inquiry(number), store.all_notices(), store.accounts.operators(), store.accounts.all_keys(), store.audit.page())

    def fail(*_: object, **__: object) -> None:
        raise StoreError("디스크가 가득 찼습니다.", code="full")

    before = state()
    with monkeypatch.context() as patch:
        patch.setattr(Audit, "write", fail)
        with pytest.raises(StoreError):
            change(changes, accounts, number)
    assert state() == before
    change(changes, accounts, number)
    assert state() != before
    assert store.audit.count() == 1


def test_failures_of_a_change_of_ones_password_are_counted_all_the_same(store: Store) -> None:
    store.accounts.create("minji", "a long enough password", Role.OWNER)
    accounts = AccountChanges(store.accounts, store.audit, "minji")
    codes = []
    for _ in range(7):
        with pytest.raises(AccessError) as refused:
            accounts.change_own_password("minji", "wrong", "another long password", "127.0.0.1")
        codes.append(refused.value.code)
    assert codes[-1] == "throttled"


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
