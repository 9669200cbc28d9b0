"""Changes of inquiries and notices, each with its line in the audit log: what the command line and the pages do, they do through here."""

from typing import Any

from faqbot.errors import StoreError
from faqbot.store.inquiries import missing
from faqbot.store.records import Inquiry, InquiryState, NewNotice, Notice
from faqbot.store.store import Store

#: Characters of a reply or a note.
MAX_MESSAGE = 5000


def message_problem(text: str) -> str:
    """What is wrong with a reply or a note, "" where it can be stored.

    >>> message_problem("   ")
    '내용이 비어 있습니다.'
    """
    if not text.strip():
        return "내용이 비어 있습니다."
    return f"{MAX_MESSAGE:,}자까지 쓸 수 있습니다. 지금 {len(text):,}자입니다." if len(text) > MAX_MESSAGE else ""


class DeskChanges:
    """What one actor does. A change and its line in the log are stored together or not at all; the line holds no word of what visitors or staff wrote.

    Args:
        store: to be changed.
        actor: who does it; see AuditEntry.
    """

    def __init__(self, store: Store, actor: str) -> None:
        self._store = store
        self._actor = actor

    def reply(self, number: str, text: str, author: str) -> None:
        """Write to the visitor under a name; the inquiry is answered with that. Whoever calls tells the visitor, with `faqbot.notify.answered`.

        Raises:
            MissingRecordError: there is no such inquiry, or it is erased.
            StoreError: also where `message_problem` finds something.
        """
        with self._store.together():
            before = self._existing(number)
            self._store.reply(before.number, _checked(text), author)
            after = {"state": InquiryState.ANSWERED.value, "replies": len(before.messages) + 1}
            self._write("inquiry.reply", before.number, _summary(before), after)

    def note(self, number: str, text: str, author: str) -> None:
        """Write down something that only staff sees.

        Raises:
            MissingRecordError: there is no such inquiry, or it is erased.
            StoreError: also where `message_problem` finds something.
        """
        with self._store.together():
            before = self._existing(number)
            self._store.add_note(before.number, _checked(text), author)
            self._write("inquiry.note", before.number, {"notes": len(before.notes)}, {"notes": len(before.notes) + 1})

    def set_state(self, number: str, state: InquiryState) -> None:
        """Move an inquiry to a state; nothing happens where it is in that one.

        Raises:
            MissingRecordError: there is no such inquiry.
        """
        with self._store.together():
            before = self._existing(number)
            if before.state is not state:
                self._store.set_state(before.number, state)
                self._write("inquiry.state", before.number, {"state": before.state.value}, {"state": state.value})

    def erase(self, number: str) -> None:
        """Overwrite everything that people wrote in an inquiry; nothing happens where that is so already.

        Raises:
            MissingRecordError: there is no such inquiry.
        """
        with self._store.together():
            before = self._existing(number)
            if before.erased_at is None:
                self._store.erase(before.number)
                self._write("inquiry.erase", before.number, _summary(before), {"erased": True})

    def export(self, number: str) -> dict[str, Any]:
        """All that is stored about an inquiry; it leaves the store, so that is written down.

        Raises:
            MissingRecordError: there is no such inquiry.
        """
        exported = self._store.export(number)
        self._write("inquiry.export", str(exported["number"]))
        return exported

    def add_notice(self, notice: NewNotice) -> Notice:
        """Put up a notice.

        Raises:
            StoreError: also where `notice_problems` finds something.
        """
        with self._store.together():
            added = self._store.add_notice(notice)
            self._write("notice.add", str(added.id), None, _notice_summary(added))
        return added

    def remove_notice(self, notice_id: int) -> None:
        """Take down a notice.

        Raises:
            MissingRecordError: there is none of that id.
        """
        with self._store.together():
            before = next((each for each in self._store.all_notices() if each.id == notice_id), None)
            self._store.remove_notice(notice_id)
            self._write("notice.remove", str(notice_id), _notice_summary(before) if before else None, None)

    def _existing(self, number: str) -> Inquiry:
        found = self._store.inquiry(number)
        if found is None:
            raise missing(number)
        return found

    def _write(self, action: str, subject: str, before: Any = None, after: Any = None) -> None:
        self._store.audit.write(self._actor, action, subject, before, after)


def _checked(text: str) -> str:
    if problem := message_problem(text):
        raise StoreError(problem, code="refused")
    return text.strip()


def _summary(inquiry: Inquiry) -> dict[str, Any]:
    return {"state": inquiry.state.value, "replies": len(inquiry.messages)}


def _notice_summary(notice: Notice) -> dict[str, Any]:
    return {"title": notice.title, "starts": notice.starts.isoformat(), "ends": notice.ends.isoformat() if notice.ends else None}
