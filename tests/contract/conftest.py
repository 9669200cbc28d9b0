"""A tiny release in memory, without Kiwi, and a store in a file of its own, behind the real app."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

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
from faqbot.store import Store, open_store
from faqbot.training.base import index_entries
from faqbot.web import create_app
from tests.contract.clock import Clock

SEOUL = ZoneInfo("Asia/Seoul")
#: Still the day before in UTC. A Sunday and a public holiday, and so is the Monday after it.
NOW = datetime(2026, 3, 1, 8, 30, tzinfo=SEOUL)
TODAY = NOW.date()
SECRET = b"the secret of the tests, 32 byte"
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

    @property
    def loaded(self) -> Serving | None:
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


@pytest.fixture(scope="session")
def secret() -> bytes:
    return SECRET


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with tables and no rows, to be copied."""
    path = tmp_path_factory.mktemp("store") / "faqbot.db"
    open_store(f"sqlite:///{path}", SECRET, "default", Clock(NOW)).close()
    return path


@pytest.fixture
def database(empty_database: Path, tmp_path: Path) -> Path:
    """The file of the store."""
    return Path(shutil.copy(empty_database, tmp_path / "faqbot.db"))


@pytest.fixture
def store(database: Path, secret: bytes, clock: Clock) -> Iterator[Store]:
    with open_store(f"sqlite:///{database}", secret, "default", clock, busy_timeout=0.2) as opened:
        yield opened


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Somebody else writes and does not end."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


def rows(database: Path, statement: str) -> list[tuple[Any, ...]]:
    """What is in the file, past everything of ours."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(statement).fetchall()


def written(app: Flask) -> None:
    """Wait until everything that was asked is in the store."""
    app.extensions["faqbot"].journal.flush()


Build = Callable[[Settings], Flask]


@pytest.fixture
def build(live: FakeLive, store: Store, secret: bytes, clock: Clock, tmp_path: Path) -> Iterator[Build]:
    """Makes apps with other settings around the same release and the same store, and waits for what they still write.

    Folders that a test does not name are its own: no app reads or writes those of the project, whatever lies in them.
    """
    apps: list[Flask] = []

    def make(settings: Settings) -> Flask:
        folders = {name: tmp_path / name for name in ("models", "var") if name not in settings.model_fields_set}
        apps.append(create_app(live, settings.model_copy(update=folders), store, secret, clock))
        return apps[-1]

    yield make
    for app in apps:
        written(app)


@pytest.fixture
def app(build: Build, settings: Settings) -> Flask:
    return build(settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
