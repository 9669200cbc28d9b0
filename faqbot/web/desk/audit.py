"""기록: who did what, when. It can be read and added to, and nothing else."""

import json
import math
from collections.abc import Mapping
from typing import NamedTuple

from flask import request
from flask.typing import ResponseReturnValue

from faqbot import messages
from faqbot.corpus.draft import MUST_ANSWER, MUST_NOT_ANSWER
from faqbot.store import AuditEntry, Role
from faqbot.web.desk.frame import ROLE_NAMES, render
from faqbot.web.desk.page import Page
from faqbot.web.desk.queue_words import STATE_NAMES
from faqbot.web.desk.visit import DeskVisit

_PER_PAGE = 50
#: Actions in words; an action that is not here is shown by its name.
ACTION_NAMES = {
    "session.start": "로그인",
    "session.end": "로그아웃",
    "operator.create": "계정 만들기",
    "operator.password": "비밀번호 바꾸기",
    "operator.role": "역할 바꾸기",
    "operator.disable": "계정 막기",
    "operator.enable": "계정 다시 열기",
    "key.create": "키 만들기",
    "key.revoke": "키 폐기",
    "notice.add": "공지 올리기",
    "notice.remove": "공지 지우기",
    "inquiry.reply": "문의 답변",
    "inquiry.note": "문의 메모",
    "inquiry.state": "문의 상태 바꾸기",
    "inquiry.export": "문의 내보내기",
    "inquiry.erase": "문의 내용 지우기",
    "draft.train": "학습하기",
    "draft.cancel": "학습 멈추기",
    "draft.undo": "초안 되돌리기",
    "draft.import": "표를 초안에 넣기",
    "draft.case": "시험 질문 넣기",
    "draft.restore": "초안의 앞 판으로",
    "draft.dictionary": "사전 고치기",
    "faq.add": "FAQ 더하기",
    "faq.edit": "FAQ 고치기",
    "faq.enabled": "FAQ 켜거나 끄기",
    "faq.remove": "FAQ 빼기",
    "feedback.handle": "피드백 처리하기",
    "review.refresh": "질문 다시 묶기",
    "draft.gate": "다시 점검하기",
    "release.publish": "배포",
    "release.rollback": "이전 릴리스로 되돌리기",
    "release.share": "다른 컴퓨터와 함께 쓰기 시작",
    "release.thresholds": "기준값 바꾸기",
    "release.remove": "오래된 릴리스 지우기",
    "store.restore": "백업에서 되돌리기",
    "review.accept": "질문 받아들이기",
    "review.decide": "질문 분류하기",
    "review.undo": "질문 처리 되돌리기",
}
#: Members of before and after in words; one that is not here is shown by its name.
MEMBER_NAMES = {
    "role": "역할",
    "name": "이름",
    "expires": "기한",
    "disabled": "막음",
    "revoked": "폐기",
    "title": "제목",
    "state": "상태",
    "starts": "시작",
    "ends": "끝",
    "replies": "답변 수",
    "notes": "메모 수",
    "erased": "내용 지움",
    "version": "초안의 판",
    "from": "가져온 판",
    "entry": "FAQ",
    "entries": "FAQ",
    "action": "처리",
    "decision": "결정",
    "restored": "되돌린 묶음",
    "draft": "초안도 되돌림",
    "kind": "종류",
    "handled": "처리함",
    "release": "릴리스",
    "answer": "답변",
    "suggest": "후보 기준값",
    "why": "이유",
    "file": "파일",
    "new": "새로",
    "changed": "고침",
    "unchanged": "그대로",
    "removed": "뺌",
    "duplicate": "질문이 같은 것",
    "left_out": "빼놓은 줄",
    "user_words": "사용자 사전 줄 수",
    "synonyms": "동의어 줄 수",
    "enabled": "사용",
    "job": "작업",
    "question": "질문",
    "category": "분류",
    "alternate_questions": "다른 질문",
    "keywords": "키워드",
    "short_title": "짧은 제목",
    "link_url": "링크 주소",
    "link_label": "링크 이름",
    "updated_at": "고친 날",
    "valid_from": "보이기 시작하는 날",
    "valid_to": "마지막으로 보이는 날",
    "by": "한 사람",
    "archive": "백업 파일",
    "made_at": "백업한 때",
}
#: Where a member means something else: (action, member) → words.
_OWN_NAMES = {("release.thresholds", "answer"): "답하는 기준값"}
#: Values of members in words.
_VALUES: Mapping[str, Mapping[str, str]] = {
    "role": {role.value: ROLE_NAMES[role] for role in Role},
    "state": messages.STATE | {state.value: words for state, words in STATE_NAMES.items()},
    "action": {"attached": "다른 질문으로", "drafted": "새 FAQ", "case": "시험 질문으로", "synonym": "유의어로"},
    "kind": {MUST_ANSWER: "답해야 함", MUST_NOT_ANSWER: "답하면 안 됨"},
    "gate": {"green": "통과", "red": "빨강"},
}
_ANSWERS = {True: "예", False: "아니요"}
#: What a line is about, in words, where it is more than a name: the word → the words, with and without numbers behind it.
_SUBJECTS: Mapping[str, tuple[str, str]] = {
    "draft": ("초안", "초안 {}"),
    "job": ("작업", "작업 {}"),
    "review": ("질문 묶음 모두", "질문 묶음 {}"),
    "decision": ("결정", "결정 {}"),
    "feedback": ("피드백", "피드백 {}"),
}
#: First parts of the actions that are about one of them; an entry, an account or a notice may have any name.
_WITH_SUBJECTS = ("draft.", "review.", "feedback.")


class Change(NamedTuple):
    """One member that differs; "" where there is none."""

    name: str
    before: str
    after: str


def audit(visit: DeskVisit) -> ResponseReturnValue:
    """Lines of the log, the latest first."""
    action = request.args.get("action") or None
    log = visit.store.audit
    pages = max(1, math.ceil(log.count(action) / _PER_PAGE))
    page = min(_number(request.args.get("page", "")), pages)
    entries = [(entry, subject_words(entry), changes(entry)) for entry in log.page(_PER_PAGE, (page - 1) * _PER_PAGE, action)]
    options = [("", "모두"), *((name, ACTION_NAMES.get(name, name)) for name in log.actions())]
    return render("desk/audit.html", entries=entries, page=page, pages=pages, action=action or "", options=options, action_names=ACTION_NAMES)


def changes(entry: AuditEntry) -> tuple[Change, ...]:
    """What differs between before and after, member by member.

    >>> from datetime import UTC, datetime
    >>> changes(AuditEntry(1, datetime.now(UTC), "minji", "operator.role", "jun", {"role": "viewer"}, {"role": "editor"}))
    (Change(name='역할', before='보기', after='편집'),)
    """
    before, after = (value if isinstance(value, dict) else {} if value is None else {"": value} for value in (entry.before, entry.after))
    names = [*before, *(name for name in after if name not in before)]
    differ = [name for name in names if before.get(name) != after.get(name)]
    return tuple(Change(_name(entry.action, name), _words(entry.action, before, name), _words(entry.action, after, name)) for name in differ)


def subject_words(entry: AuditEntry) -> str:
    """What a line is about, as somebody reads it; a name as it is.

    >>> from datetime import UTC, datetime
    >>> subject_words(AuditEntry(1, datetime.now(UTC), "minji", "review.accept", "review 8 9", None, None))
    '질문 묶음 8, 9'
    """
    kind, *numbers = entry.subject.split() or [""]
    if not entry.action.startswith(_WITH_SUBJECTS) or kind not in _SUBJECTS or not all(map(str.isdecimal, numbers)):
        return entry.subject
    alone, counted = _SUBJECTS[kind]
    return counted.format(", ".join(numbers)) if numbers else alone


def _name(action: str, name: str) -> str:
    """Of a member; before a decision on the queue stands what each item was, by its id."""
    if action == "review.decide" and name.isdecimal():
        return f"{name}번 묶음"
    return _OWN_NAMES.get((action, name), MEMBER_NAMES.get(name, name))


def _words(action: str, members: dict[str, object], name: str) -> str:
    if name not in members:
        return ""
    value = members[name]
    if isinstance(value, bool):
        return _ANSWERS[value]
    kind = {("review.decide", True): "state", ("draft.gate", False): "gate"}.get((action, name.isdecimal()), name)
    if isinstance(value, str) and value in _VALUES.get(kind, {}):
        return _VALUES[kind][value]
    if value is None:
        return "없음"
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else 1


PAGES = (Page("/admin/audit", "desk_audit", audit, menu="기록"),)
