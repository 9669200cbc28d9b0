"""기록: who did what, when. It can be read and added to, and nothing else."""

import json
import math
from typing import NamedTuple

from flask import request
from flask.typing import ResponseReturnValue

from faqbot.store import AuditEntry, Role
from faqbot.web.desk.frame import ROLE_NAMES, render
from faqbot.web.desk.page import Page
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
    "release.publish": "배포",
    "release.rollback": "이전 릴리스로 되돌리기",
    "release.thresholds": "기준값 바꾸기",
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
}
_ANSWERS = {True: "예", False: "아니요"}


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
    entries = [(entry, changes(entry)) for entry in log.page(_PER_PAGE, (page - 1) * _PER_PAGE, action)]
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
    return tuple(Change(MEMBER_NAMES.get(name, name), _words(before, name), _words(after, name)) for name in names if before.get(name) != after.get(name))


def _words(members: dict[str, object], name: str) -> str:
    if name not in members:
        return ""
    value = members[name]
    if isinstance(value, bool):
        return _ANSWERS[value]
    if name == "role" and value in set(Role):
        return ROLE_NAMES[Role(str(value))]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else 1


PAGES = (Page("/admin/audit", "desk_audit", audit, menu="기록"),)
