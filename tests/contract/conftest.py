"""A tiny release in memory, without Kiwi, behind the real app."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from faqbot.corpus import parse_answer
from faqbot.domain import FaqEntry
from faqbot.errors import ReleaseError
from faqbot.korean.analyzer import Analyzer
from faqbot.korean.reading import Reader
from faqbot.korean.synonyms import Synonyms
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.calibration import LogisticModel
from faqbot.retrieval.confidence import CONFIDENCE_FEATURES
from faqbot.retrieval.features import CANDIDATE_FEATURES
from faqbot.retrieval.live import Serving
from faqbot.retrieval.parameters import Parameters, Thresholds
from faqbot.retrieval.release import Release
from faqbot.settings import Settings
from faqbot.training.base import index_entries
from faqbot.web import create_app

TODAY = date(2026, 3, 1)
RELEASE = "0123456789abcdef"
REFUND = "카드 결제는 **3일** 걸립니다.\n\n1. 내 주문\n2. [환불 현황](https://pay.example.kr/refund)"
ENTRIES = (
    FaqEntry(
        "refund", "환불은 며칠 걸리나요?", REFUND, ("결제", "환불"), ("환불 기간",), (), "환불 기간", "https://pay.example.kr", "환불 보기", None, TODAY, TODAY
    ),
    FaqEntry("cancel", "결제 취소 방법", "내 주문에서 취소합니다.", ("결제", "취소"), link_url="https://pay.example.kr/cancel"),
    FaqEntry("late", "배송이 늦어요", "이틀 걸립니다.", ("배송",), short_title="배송 지연"),
    FaqEntry("fee/a", "수수료 얼마예요", "없습니다.", ("결제",)),
    FaqEntry("fee b?", "수수료 얼마예요", "3%입니다.", ("판매",)),
    FaqEntry(
        "<i>",
        "<script>alert(1)</script> 오류",
        "<script>alert(2)</script> [x](javascript:alert(3))",
        ("<b>",),
        short_title="<u>오류",
        link_url="javascript:alert(4)",
    ),
    FaqEntry("old", "설날 이벤트", "끝났습니다.", ("이벤트",), valid_to=date(2026, 2, 28)),
    FaqEntry("soon", "여름 이벤트", "곧 합니다.", ("이벤트",), valid_from=date(2026, 3, 2)),
)


@dataclass
class FakeLive:
    """Gives what it holds and counts how often it was asked; holding None it has no release."""

    held: Serving | None
    taken: int = 0

    @property
    def serving(self) -> Serving:
        self.taken += 1
        if self.held is None:
            raise ReleaseError("/srv/models/default: 비밀")
        return self.held


def serve(entries: tuple[FaqEntry, ...], analyzer: Analyzer) -> Serving:
    """P(first) is .2 unless a question is met to the letter; P(three) is .95 where all words are known and .05 where none is."""
    reader, zeros = Reader(analyzer, Synonyms(())), (0.0,) * len(CONFIDENCE_FEATURES)
    known = tuple(6.0 * (name == "known_content") for name in CONFIDENCE_FEATURES)
    ones = (1.0,) * len(zeros)
    ranker = np.array([10.0 * name.endswith(".value") for name in CANDIDATE_FEATURES])
    parameters = Parameters(ranker, LogisticModel(zeros, ones, zeros, -1.4), LogisticModel(zeros, ones, known, -3.0), Thresholds(0.9, 0.3))
    index, answers = index_entries(entries, reader).index, tuple(parse_answer(entry.answer) for entry in entries)
    bot = Bot(RELEASE, entries, index, parameters, reader, today=lambda: TODAY)
    return Serving(Release(RELEASE, {}, entries, answers, index, parameters, (), reader.synonyms), bot)


@pytest.fixture(scope="session")
def serving(space_analyzer: Analyzer) -> Serving:
    return serve(ENTRIES, space_analyzer)


@pytest.fixture
def live(serving: Serving) -> FakeLive:
    return FakeLive(serving)


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings(title="네이버페이 도움말", inquiry_url="https://help.example.kr/inquiry", phone="1588-0000 (무료)", hours="평일 09:00–18:00")


@pytest.fixture
def app(live: FakeLive, settings: Settings) -> Flask:
    return create_app(live, settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
