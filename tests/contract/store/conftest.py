"""One suite for both databases: a test that asks for `url` or `store` runs on SQLite and on PostgreSQL."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from faqbot.domain import Outcome, Reason
from faqbot.store import NewInquiry, QueryRecord, Store, TranscriptItem, open_store
from faqbot.store.schema import metadata
from tests.contract.clock import Clock
from tests.contract.store import postgres

SECRET = b"the secret of the tests, 32 byte"
SEOUL = ZoneInfo("Asia/Seoul")
#: Still the day before in UTC.
NOW = datetime(2026, 11, 27, 8, 30, 15, 123456, tzinfo=SEOUL)

QUERY = QueryRecord("환불은 며칠 걸리나요?", Outcome.ANSWER, Reason.CONFIDENT, 0.93, ("refund", "cancel"), "0123456789abcdef", answered="refund")
SUGGESTED = QueryRecord("돈 언제 와요", Outcome.SUGGEST, Reason.SEVERAL_LIKELY, 0.41, ("refund", "cancel"), "0123456789abcdef")
INQUIRY = NewInquiry(
    question="결제가 두 번 됐어요",
    contact="minji.kim@example.kr",
    consent_version="2026-11-01",
    category="결제>환불",
    background="어제 앱에서 결제했습니다",
    error="ERR-4017",
    tried="앱을 다시 깔았어요",
    transcript=(TranscriptItem(NOW - timedelta(minutes=3), "두 번 결제", Outcome.SUGGEST, ("결제 취소 방법", "환불은 며칠 걸리나요?")),),
)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture(scope="session")
def postgres_database() -> Iterator[str]:
    """A database for the tests, on a server of their own where none is named."""
    if reason := postgres.missing():
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with postgres.server() as address, postgres.database(address) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with tables and no rows, to be copied."""
    path = tmp_path_factory.mktemp("store") / "faqbot.db"
    open_store(f"sqlite:///{path}", SECRET, "default", Clock(NOW)).close()
    return path


@pytest.fixture
def sqlite_url(sqlite_file: Path, tmp_path: Path) -> str:
    path = tmp_path / "var" / "faqbot.db"
    path.parent.mkdir()
    shutil.copy(sqlite_file, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_database: str) -> str:
    if not postgres.delete_rows(postgres_database, tuple(metadata.tables)):
        open_store(postgres_database, SECRET, "default", Clock(NOW)).close()
    return postgres_database


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """A database of each kind, with tables and no rows."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
def empty_url(url: str) -> Iterator[str]:
    """A database of each kind without tables; what a test leaves in it is dropped."""
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).unlink()
        yield url
    else:
        postgres.drop_tables(url)
        yield url
        postgres.drop_tables(url)


@pytest.fixture
def opened(url: str, clock: Clock) -> Iterator[Callable[..., Store]]:
    """Opens stores of the database; keyword arguments are open_store's."""
    with ExitStack() as stack:
        yield lambda site="default", secret=SECRET, **options: stack.enter_context(open_store(url, secret, site, clock, **options))


@pytest.fixture
def store(opened: Callable[..., Store]) -> Store:
    return opened()


#: What a started process begins with: `store` of the address in its first argument, on a clock that runs.
OPENING = """
import sys
from datetime import UTC, datetime
from faqbot.store import *
from tests.contract.store.conftest import INQUIRY, QUERY, SECRET
store = open_store(sys.argv[1], SECRET, "default", lambda: datetime.now(UTC))
"""


def start(program: str, *arguments: str, opening: str = OPENING) -> subprocess.Popen[str]:
    """A process that runs the program, reads lines and prints lines."""
    command = [sys.executable, "-W", "error", "-c", opening + program, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def sharing(postgres_url: str, clock: Clock) -> Iterator[Callable[[], Store]]:
    """Opens the store of one more machine that shares releases."""
    stores: list[Store] = []

    def opening() -> Store:
        stores.append(open_store(postgres_url, SECRET, "default", clock, shares_releases=True))
        return stores[-1]

    yield opening
    for store in stores:
        store.close()
