"""A desk in use: accounts, notices of all times, inquiries in all states, and a server around them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, BrowserContext

from faqbot.domain import Outcome
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.retrieval.live import LiveRelease
from faqbot.retrieval.release import current_id
from faqbot.settings import Settings
from faqbot.store import AttachedFile, DeskChanges, InquiryState, NewInquiry, NewNotice, Role, Store, TranscriptItem, open_store
from faqbot.web import create_app
from faqbot.web.desk.uploads import Uploads
from tests.browser.learning_stage import learn
from tests.browser.stub import serving

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 27, 16, 30, tzinfo=SEOUL)
SECRET = b"the secret of the tests, 32 byte"
OWNER, PASSWORD = "minji", "correct horse battery"
TITLE = "하늘마켓 도움말"
#: More than a page of them.
INQUIRIES = 28
_BODY = "아래 날에는 **전화 상담을 쉬어요**.\n\n- 3월 1일\n- 3월 2일\n\n| 요일 | 시간 |\n|---|---|\n| 평일 | 09:00–18:00 |\n\n1:1 문의는 [여기](https://help.example.kr/inquiry)에서 남겨 주세요."
#: Waits for its confirmation: one new entry, one row without an answer, and all the others gone.
_TABLE = "id,질문,답변\nswap,교환은 어떻게 하나요?,문의해 주세요.\nlost,선물 포장이 되나요?,\n"
_LONG = "결제가 두 번 됐어요. 어제 저녁에 앱에서 결제 버튼을 눌렀는데 화면이 멈춰서 한 번 더 눌렀더니, 카드 문자도 두 번 왔고 주문 내역에도 두 건이 있어요."


@dataclass
class Time:
    """Moves only by hand, so that pictures do not change from day to day."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


def fill(store: Store, time: Time) -> None:
    """What a desk holds after some days."""
    for name, role in ((OWNER, Role.OWNER), ("jun", Role.EDITOR)):
        store.accounts.create(name, PASSWORD, role)
    changes, today = DeskChanges(store, OWNER), NOW.date()
    for title, starts, ends in (("설 연휴 배송 안내", -300, -290), ("전화 상담을 쉬는 날이 있어요", -1, 3), ("새해 첫 주 배송 안내", 20, None)):
        changes.add_notice(NewNotice(title, _BODY, today + timedelta(days=starts), today + timedelta(days=ends) if ends else None))
    numbers = []
    for turn in range(INQUIRIES):
        time.now = NOW - timedelta(hours=7 * (INQUIRIES - turn))
        key = f"the-key-of-a-sender-{turn:04}"
        files = [store.add_upload(key, AttachedFile("결제 문자.png", "image/png", b"\x89PNG"))] if turn % 3 == 0 else []
        numbers.append(store.submit_inquiry(_inquiry(turn, time.now), key, files).number)
    time.now = NOW - timedelta(hours=1)
    changes.note(numbers[-1], "결제팀에 물어봤어요. 오후에 답을 받기로 했어요.", "jun")
    changes.reply(numbers[-2], "두 번째 결제를 취소했어요.\n\n카드사에 따라 영업일 3일 안에 돌려받으세요.", "고객센터")
    changes.set_state(numbers[-3], InquiryState.IN_PROGRESS)
    changes.erase(numbers[-4])
    time.now = NOW


def _inquiry(turn: int, now: datetime) -> NewInquiry:
    if turn % 3:
        return NewInquiry(("배송이 늦어요", "비밀번호를 바꿀 수 없어요")[turn % 2], f"guest{turn}@example.kr", "2026-11-1")
    asked = TranscriptItem(now - timedelta(minutes=4), "두 번 결제", Outcome.SUGGEST, ("결제를 취소하고 싶어요", "환불은 며칠 걸리나요?"))
    return NewInquiry(
        _LONG, f"guest{turn}@example.kr", "2026-11-1", "결제>환불", "어제 저녁, 앱 최신판", "ERR-4017", "앱을 다시 깔았어요", (asked,)
    )  # fmt: skip


@contextmanager
def desk(models: Path, folder: Path) -> Iterator[str]:
    """The origin of a site with a desk.

    Args:
        models: the folder of a site with a published release.
        folder: an empty one, for the database.
    """
    time = Time()
    settings = Settings(
        models=models.parent,
        site=models.name,
        var=folder,
        title=TITLE,
        phone="1588-0000",
        open_hours="월-금 09:00-18:00",
        origins=("https://shop.example.kr",),
        category_precision={"결제": 0.95},
    )
    with open_store(f"sqlite:///{folder / 'faqbot.db'}", SECRET, models.name, time) as store:
        fill(store, time)
        learn(store, time, current_id(models))
        Uploads(folder / "uploads" / models.name, NOW).add(_TABLE.encode(), "faq.csv", OWNER)
        app = create_app(LiveRelease(models, KiwiAnalyzer), settings, store, SECRET, time)
        with serving(app) as origin:
            yield origin
        app.extensions["faqbot"].journal.flush()


def logged_in(browser: Browser, origin: str, **look: Any) -> BrowserContext:
    """A browser of the owner, logged in through the form."""
    context = browser.new_context(locale="ko-KR", timezone_id="Asia/Seoul", reduced_motion="reduce", **look)
    page = context.new_page()
    page.goto(f"{origin}/admin/login")
    page.get_by_label("이름").fill(OWNER)
    page.get_by_label("비밀번호").fill(PASSWORD)
    page.get_by_role("button", name="로그인").click()
    page.wait_for_url(f"{origin}/admin")
    page.close()
    return context
