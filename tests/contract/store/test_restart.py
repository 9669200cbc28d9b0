"""PostgreSQL crashes and starts again while inquiries come in, and whoever sends them tries again with the same key."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from faqbot.errors import StoreError
from faqbot.store import Receipt, Store, open_store
from tests.contract.store import postgres
from tests.contract.store.conftest import INQUIRY, SECRET

SENDERS, INQUIRIES = 4, 30
#: Seconds in which a sender gives up.
PATIENCE = 60


def persistent(store: Store, key: str, refusals: list[str]) -> Receipt:
    """Sends until it is acknowledged."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return store.submit_inquiry(INQUIRY, key)
        except StoreError as error:
            refusals.append(error.code)
            assert time.monotonic() < deadline


@pytest.mark.slow
def test_a_restart_of_the_database_in_the_middle_of_inquiries_loses_and_doubles_none() -> None:
    if reason := postgres.missing() or (postgres.VARIABLE in os.environ and f"{postgres.VARIABLE} 의 서버는 다시 켤 수 없습니다"):
        if os.environ.get("CI") == "true":
            pytest.fail(str(reason))
        pytest.skip(str(reason))
    refusals: list[str] = []
    acknowledged: dict[str, Receipt] = {}
    some = [threading.Event(), threading.Event()]
    with postgres.crashing() as (address, crash), open_store(address, SECRET, "default", lambda: datetime.now(UTC)) as store:

        def send(sender: int) -> None:
            for n in range(INQUIRIES):
                key = f"{sender} {n}"
                acknowledged[key] = persistent(store, key, refusals)
                some[0].set()
                if len(acknowledged) > SENDERS * INQUIRIES // 2:
                    some[1].set()

        with ThreadPoolExecutor(SENDERS) as pool:
            sending = [pool.submit(send, sender) for sender in range(SENDERS)]
            for moment in some:
                assert moment.wait(PATIENCE)
                crash()
            for each in sending:
                each.result()
        stored = store.inquiries(limit=1000)
        assert sorted(each.number for each in stored) == sorted(receipt.number for receipt in acknowledged.values())
        assert len(stored) == SENDERS * INQUIRIES
        assert all(store.submit_inquiry(INQUIRY, key) == receipt for key, receipt in acknowledged.items())
    assert set(refusals) == {"unreachable"}
