"""Two sites in one database do not know of each other."""

from collections.abc import Callable

import pytest

from faqbot.errors import MissingRecordError
from faqbot.store import InquiryState, Purged, Receipt, Retention, Store
from tests.contract.store.conftest import INQUIRY, NOW, QUERY, Clock


@pytest.fixture
def sites(opened: Callable[..., Store]) -> tuple[Store, Store]:
    return opened(site="one"), opened(site="other")


def test_queries_and_votes_of_another_site_are_not_there(sites: tuple[Store, Store]) -> None:
    one, other = sites
    query_id = one.record_query(QUERY)
    one.record_feedback(query_id, 1)
    assert other.query(query_id) is None
    assert other.feedback(query_id) is None
    assert other.popular(NOW, 10) == []
    for act in (lambda: other.record_choice(query_id, "cancel"), lambda: other.record_feedback(query_id, -1)):
        with pytest.raises(MissingRecordError):
            act()
    assert one.query(query_id).chose_at is None
    assert one.feedback(query_id).vote == 1


def submitted(site: Store) -> Receipt:
    receipt = site.submit_inquiry(INQUIRY, "the same key")
    site.add_note(receipt.number, "메모", "박")
    return receipt


def test_inquiries_of_another_site_are_not_there(sites: tuple[Store, Store]) -> None:
    one, other = sites
    receipt = submitted(one)
    assert other.inquiry(receipt.number) is None
    assert other.inquiry_by_token(receipt.token) is None
    assert other.inquiries() == ()
    acts = [
        lambda: other.reply(receipt.number, "네", "이"),
        lambda: other.add_note(receipt.number, "네", "이"),
        lambda: other.set_state(receipt.number, InquiryState.ANSWERED),
        lambda: other.erase(receipt.number),
        lambda: other.export(receipt.number),
    ]
    for act in acts:
        with pytest.raises(MissingRecordError):
            act()
    assert one.inquiry(receipt.number).content == INQUIRY
    assert len(one.inquiry(receipt.number).notes) == 1


def test_resealing_touches_its_own_site_only(sites: tuple[Store, Store], opened: Callable[..., Store]) -> None:
    receipt = submitted(sites[0])
    opened(site="other", secret=b"a secret that opens nothing here").reseal()
    assert sites[0].inquiry(receipt.number).content == INQUIRY


def test_the_same_key_on_two_sites_is_two_inquiries(sites: tuple[Store, Store]) -> None:
    first, second = map(submitted, sites)
    assert first.token != second.token
    assert [len(site.inquiries()) for site in sites] == [1, 1]


def test_a_number_may_be_used_on_two_sites_with_different_tokens(sites: tuple[Store, Store]) -> None:
    receipts = []
    for site in sites:
        object.__setattr__(site._inquiries, "draw", lambda _: "20261127-AAAAAA")
        receipts.append(submitted(site))
    assert receipts[0].number == receipts[1].number
    assert receipts[0].token != receipts[1].token
    for site, receipt in zip(sites, receipts, strict=True):
        assert site.inquiry_by_token(receipt.token).number == receipt.number
        site.erase(receipt.number)


def test_a_purge_leaves_other_sites_alone(sites: tuple[Store, Store], clock: Clock) -> None:
    one, other = sites
    for site in sites:
        site.record_feedback(site.record_query(QUERY), 1)
        submitted(site)
    clock.advance(days=4000)
    assert one.purge(Retention()) == Purged(1, 1, 1)
    assert one.purge(Retention()) == Purged(0, 0, 0)
    assert other.purge(Retention()) == Purged(1, 1, 1)
