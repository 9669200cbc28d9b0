"""기록 in the desk: whatever the code writes down is told in Korean."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import faqbot
from faqbot.store import AccountChanges, DeskChanges, InquiryState, NewInquiry, Role
from faqbot.web.desk.audit import ACTION_NAMES
from tests.contract.desk import as_operator
from tests.contract.page import page

#: Calls that write a line, and which of their arguments is the action: Audit.write, DeskVisit.audit, the helpers of the store, LogLine and AuditLine.
_WRITERS: Mapping[str, int] = {"write": 1, "audit": 0, "_write": 0, "LogLine": 0, "AuditLine": 1}

_ACTION = re.compile(r"[a-z]+\.[a-z_]+")


def written_actions() -> set[str]:
    """Every action that some line of the package writes down, by a call or as a row of the table."""
    return {action for path in Path(faqbot.__file__).parent.rglob("*.py") for action in _actions(ast.parse(path.read_text(encoding="utf-8")))}


def _actions(tree: ast.AST) -> Iterator[str]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Dict):
            yield from (
                value.value
                for key, value in zip(call.keys, call.values, strict=True)
                if isinstance(key, ast.Constant) and key.value == "action" and isinstance(value, ast.Constant) and _ACTION.fullmatch(str(value.value))
            )
        if not isinstance(call, ast.Call):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        argument = call.args[_WRITERS[name]] if name in _WRITERS and len(call.args) > _WRITERS[name] else None
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and _ACTION.fullmatch(argument.value):
            yield argument.value


@pytest.fixture
def words(app, store):
    """The log, as somebody reads it."""
    viewer = as_operator(app, store, Role.VIEWER)
    return lambda: " ".join(page(viewer.get("/admin/audit")).text.split())


def test_the_actions_are_found_in_the_source():
    assert {"session.start", "operator.role", "inquiry.reply", "faq.edit", "draft.case", "review.accept", "release.rollback"} <= written_actions()


def test_every_action_that_is_written_has_a_name_and_every_name_an_action():
    assert written_actions() == set(ACTION_NAMES)


def test_what_happened_to_an_inquiry_is_told_in_words(store, words):
    number = store.submit_inquiry(NewInquiry("배송이 늦어요", "a@example.kr", "1"), "key-of-a-sender-0001").number
    changes = DeskChanges(store, "minji")
    changes.note(number, "단골", "민지")
    changes.set_state(number, InquiryState.IN_PROGRESS)
    changes.reply(number, "보냈어요", "민지")
    changes.erase(number)
    for said in ("메모 수: 0 → 1", "상태: 접수 → 확인 중", "상태: 확인 중 → 답변 완료", "답변 수: 0 → 1", "내용 지움: 예"):
        assert said in words(), said


def test_what_was_decided_is_told_in_words(store, words):
    store.audit.write("minji", "review.decide", "review 7", before={"7": "new"}, after={"state": "ignored", "decision": 3})
    store.audit.write("minji", "review.accept", "review 8 9", after={"action": "attached", "entries": ["refund", "late"], "version": 12, "decision": 4})
    store.audit.write("minji", "release.thresholds", "0123", before={"answer": 0.5}, after={"answer": 0.6})
    store.audit.write("minji", "draft.gate", "0123", before="red", after="green")
    for said in ("7번 묶음: 새것", "상태: 무시", "처리: 다른 질문으로", "FAQ: refund, late", "초안의 판: 12", "답하는 기준값: 0.5 → 0.6", "빨강 → 통과"):
        assert said in words(), said


def test_what_a_line_is_about_is_told_in_words(store, words):
    for action, subject in (("draft.train", "job 31"), ("draft.undo", "draft"), ("review.accept", "review 8 9"), ("review.undo", "decision 5")):
        store.audit.write("minji", action, subject)
    for said in ("학습하기 작업 31", "초안 되돌리기 초안", "질문 받아들이기 질문 묶음 8, 9", "질문 처리 되돌리기 결정 5"):
        assert said in words(), said


def test_an_entry_that_has_the_name_of_something_else_is_told_as_it_is(store, words):
    store.audit.write("minji", "faq.add", "draft")
    assert "FAQ 더하기 draft" in words()


def test_a_restore_is_told_in_words(store, words):
    store.audit.write("minji", "store.restore", "a.zip", after={"by": "minji", "archive": "a.zip", "made_at": "2026-11-01"})
    assert "백업에서 되돌리기 a.zip 한 사람: minji 백업 파일: a.zip 백업한 때: 2026-11-01" in words()


def test_a_state_that_nobody_knows_is_told_as_it_is(store, words):
    store.audit.write("minji", "inquiry.state", "1", before={"state": "received"}, after={"state": "lost"})
    assert "상태: 접수 → lost" in words()


def test_accounts_are_told_in_words(store, words):
    AccountChanges(store.accounts, store.audit, "minji").create("jun", "correct horse battery", Role.EDITOR)
    assert "계정 만들기 jun 역할: 편집" in words()
