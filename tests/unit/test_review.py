"""From what visitors asked to the draft: proposals, the refresh, and what is accepted."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from faqbot.corpus.draft import MUST_ANSWER, MUST_NOT_ANSWER, DraftTable
from faqbot.domain import FaqEntry, LabelledQuery, Outcome, Reason
from faqbot.errors import MissingRecordError, QueryError, StoreError
from faqbot.evaluation.proposals import NEAR_TIES, proposals
from faqbot.evaluation.review import refresh
from faqbot.evaluation.synonym_proposals import synonym_proposals
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.dictionaries import read_dictionaries
from faqbot.korean.reading import Reader, Reading
from faqbot.korean.synonyms import Synonyms
from faqbot.retrieval.bot import Bot
from faqbot.store import Action, Cluster, OfferRow, QueryRecord, ReviewKind, ReviewState, Store, Wording, open_store
from faqbot.training.landing import Accepted, accept, put_case, set_aside, take_back, take_case_back
from faqbot.training.releasing import working

NOW = datetime(2026, 11, 27, tzinfo=UTC)
Read = Callable[[str], Reading]


@pytest.fixture(scope="module")
def read(analyzer: KiwiAnalyzer) -> Read:
    return Reader(analyzer, Synonyms.compile(read_dictionaries(None).synonyms, analyzer)).query


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/faqbot.db", b"the secret of the tests, 32 byte", "default", lambda: NOW) as opened:
        yield opened


def offers(text: str, entry: str, n: int = 1, *, picked: bool = True) -> list[OfferRow]:
    return [OfferRow(hash((text, entry, i)), text, NOW + timedelta(minutes=i), entry, picked) for i in range(n)]


# Alternate questions


QUESTIONS = {"refund": ("환불은 며칠 걸리나요?",), "cancel": ("결제를 취소하고 싶어요",)}


def test_what_visitors_typed_before_they_chose_an_entry_is_proposed_for_it(read: Read) -> None:
    rows = [*offers("통장에 언제 꽂혀요", "refund", 3), *offers("통장에는 언제 꽂히나요", "refund", 2), *offers("주문 물리고 싶음", "cancel")]
    found = proposals(rows, QUESTIONS, read)
    assert [(each.kind, each.subject, [(wording.text, wording.picked) for wording in each.wordings]) for each in found] == [
        (ReviewKind.ALTERNATE, "refund", [("통장에 언제 꽂혀요", 3), ("통장에는 언제 꽂히나요", 2)]),
        (ReviewKind.ALTERNATE, "cancel", [("주문 물리고 싶음", 1)]),
    ]


def test_a_wording_is_proposed_for_the_entry_that_most_chose(read: Read) -> None:
    found = proposals([*offers("돈 언제 와요", "refund", 3), *offers("돈 언제 와요", "cancel", 1)], QUESTIONS, read)
    assert [(each.subject, each.wordings[0].closeness) for each in found] == [("refund", 0.75)]


def test_near_ties_that_nobody_chose_from_are_proposed_when_they_are_many(read: Read) -> None:
    assert proposals(offers("돈 언제 와요", "refund", NEAR_TIES - 1, picked=False), QUESTIONS, read) == ()
    (found,) = proposals(offers("돈 언제 와요", "refund", NEAR_TIES, picked=False), QUESTIONS, read)
    assert (found.subject, found.total, found.wordings[0].picked) == ("refund", NEAR_TIES, 0)


def test_no_question_of_the_entry_no_spam_and_nothing_for_an_entry_that_is_gone_is_proposed(read: Read) -> None:
    rows = [
        *offers("안녕하세요 환불은 며칠걸리나요", "refund", 5),
        *offers("ㅁㄴㅇㄹ", "refund", 5),
        *offers("돈 언제 와요", "gone", 5),
        *offers("!!", "refund"),
    ]
    assert [each.wordings[0].text for each in proposals(rows, QUESTIONS, read)] == []


# Synonyms


def test_words_that_no_entry_knows_are_proposed_with_words_that_one_does(read: Read) -> None:
    words = ("휴대폰", "쿠폰", "환불", "배송", "주문", "결제", "회원", "주소", "포인트", "리뷰", "사진", "이메일")
    questions = [f"{word} 어떻게 하나요" for word in words]
    known = {term for question in questions for term in read(question).nouns}
    asked = Cluster(ReviewKind.UNANSWERED, "", (Wording("a", "핸드폰 잃어버림", (NOW, NOW)), Wording("b", "환불 언제", (NOW, NOW, NOW))))
    found = synonym_proposals([asked], questions, read, known.__contains__)
    assert [(each.kind, each.subject, each.representative, each.total) for each in found if each.representative == "휴대폰"] == [
        (ReviewKind.SYNONYM, "핸드폰", "휴대폰", 2)
    ]
    assert {each.subject for each in found} == {"핸드폰"}
    assert synonym_proposals([replace(asked, spam="advert")], questions, read, known.__contains__) == ()
    assert synonym_proposals([asked], [], read, known.__contains__) == ()


# The refresh


def unanswered(store: Store, text: str, n: int = 1) -> None:
    """Asked of an older release that knew nothing."""
    record = QueryRecord(text, Outcome.FALLBACK, Reason.NOTHING_KNOWN, 0.0, (), "0123456789abcdef", asked_at=NOW - timedelta(hours=1))
    store.record_queries([record] * n)


def test_a_refresh_fills_the_queue_and_says_what_the_bot_makes_of_it_now(store: Store, bot: Bot, read: Read) -> None:
    unanswered(store, "점심 뭐 먹지", 2)
    unanswered(store, "환불은 며칠 걸리나요?")
    unanswered(store, "상품권 " * 400)  # labels may be longer than what they stand for
    found = refresh(store.review, bot, read, NOW)
    assert (found.queries, found.unanswered, found.refreshed.added) == (4, 3, 3 + found.synonyms)
    now = {item.representative[:12]: item for item in store.review.page(ReviewState.NEW)}
    assert (now["환불은 며칠 걸리나요?"].now, now["환불은 며칠 걸리나요?"].nearest) == (Outcome.ANSWER, "refund")
    assert now["환불은 며칠 걸리나요?"].closeness > 0.9
    assert now["점심 뭐 먹지"].now is not Outcome.ANSWER
    assert now["상품권 상품권 상품권 "].now is None
    assert not store.review.has_news(bot.release)
    again = refresh(store.review, bot, read, NOW).refreshed
    assert (again.added, again.changed, again.removed) == (0, 0, 0)


# What is accepted


@pytest.fixture
def ids(store: Store) -> dict[str, int]:
    """Review items by their text, beside a draft of two entries."""
    entries = (FaqEntry("refund", "환불은 며칠 걸리나요?", "사흘입니다."), FaqEntry("late", "배송이 늦어요", "기다려 주세요."))
    store.drafts.save(DraftTable(entries), "민지", "시작", None)
    unanswered = [
        Cluster(ReviewKind.UNANSWERED, "", tuple(Wording(text, text, (NOW,)) for text in texts)) for texts in (["돈 언제 와요", "돈 오나요"], ["단골 할인"])
    ]
    alternate = Cluster(ReviewKind.ALTERNATE, "late", (Wording("택배 실종", "택배 실종", (NOW,), picked=1),))
    synonym = Cluster(ReviewKind.SYNONYM, "핸드폰", (Wording("휴대폰", "휴대폰", (NOW,)),))
    store.review.refresh([*unanswered, alternate, synonym], tuple(ReviewKind), "release", NOW)
    return {item.representative: item.id for kind in ReviewKind for item in store.review.page(None, kind=kind)}


def table(store: Store, site: Path) -> DraftTable:
    return working(store.drafts, site).table


def test_attached_wordings_become_alternate_questions(store: Store, ids: dict[str, int], tmp_path: Path) -> None:
    made = accept(store, tmp_path, [ids["돈 언제 와요"], ids["단골 할인"]], Accepted(Action.ATTACHED, "refund", wordings=2), "민지")
    assert table(store, tmp_path).entry("refund").alternate_questions == ("돈 언제 와요", "돈 오나요", "단골 할인")
    assert (made.state, made.landing.entry_id, made.landing.version) == (ReviewState.ACCEPTED, "refund", store.drafts.head().id)
    again = accept(store, tmp_path, [ids["돈 언제 와요"]], Accepted(Action.ATTACHED, "refund"), "민지")
    assert table(store, tmp_path).entry("refund").alternate_questions == ("돈 언제 와요", "돈 오나요", "단골 할인")
    assert again.landing.version is None
    assert take_back(store, again.id, "민지")[1] is False
    assert table(store, tmp_path).entry("refund").alternate_questions == ("돈 언제 와요", "돈 오나요", "단골 할인")


def test_a_proposal_is_attached_to_the_entry_it_is_for(store: Store, ids: dict[str, int], tmp_path: Path) -> None:
    accept(store, tmp_path, [ids["택배 실종"]], Accepted(Action.ATTACHED), "민지")
    assert table(store, tmp_path).entry("late").alternate_questions == ("택배 실종",)


def test_each_item_is_attached_to_the_entry_that_it_names_itself(store: Store, tmp_path: Path) -> None:
    entries = (FaqEntry("refund", "환불은 며칠 걸리나요?", "사흘입니다."), FaqEntry("late", "배송이 늦어요", "기다려 주세요."))
    head = store.drafts.save(DraftTable(entries), "민지", "시작", None).id
    near = Cluster(ReviewKind.UNANSWERED, "", (Wording("돈 언제 와요", "돈 언제 와요", (NOW,), nearest="refund"),))
    proposed = Cluster(ReviewKind.ALTERNATE, "late", (Wording("택배 실종", "택배 실종", (NOW,), picked=1),))
    lost = Cluster(ReviewKind.UNANSWERED, "", (Wording("단골 할인", "단골 할인", (NOW,)),))
    store.review.refresh([near, proposed, lost], tuple(ReviewKind), "release", NOW)
    numbers = {item.representative: item.id for kind in ReviewKind for item in store.review.page(None, kind=kind)}
    with pytest.raises(StoreError, match="가까운 FAQ가 없는 묶음"):
        accept(store, tmp_path, list(numbers.values()), Accepted(Action.ATTACHED), "민지")
    assert store.drafts.head().id == head
    both = [numbers["돈 언제 와요"], numbers["택배 실종"]]
    made = accept(store, tmp_path, both, Accepted(Action.ATTACHED), "민지")
    assert [table(store, tmp_path).entry(entry).alternate_questions for entry in ("refund", "late")] == [("돈 언제 와요",), ("택배 실종",)]
    assert [item.landing.entry_id for item in store.review.items(both)] == ["refund", "late"]
    assert take_back(store, made.id, "민지")[1]
    assert (store.drafts.head().id, [item.landing for item in store.review.items(both)]) == (head, [None, None])


def test_a_test_case_is_put_once_and_taken_back(store: Store, ids: dict[str, int], tmp_path: Path) -> None:
    made = put_case(store, tmp_path, "  돈은 언제  와요? ", "refund", "민지")
    assert (made.is_new, [(case.faq_ids, case.kind) for case in table(store, tmp_path).queries]) == (True, [(frozenset({"refund"}), MUST_ANSWER)])
    assert not put_case(store, tmp_path, "돈은 언제 와요?", "refund", "민지").is_new
    assert len([entry for entry in store.audit.page() if entry.action == "draft.case"]) == 1
    with pytest.raises(MissingRecordError, match="gone"):
        put_case(store, tmp_path, "환불", "gone", "민지")
    with pytest.raises(QueryError):
        put_case(store, tmp_path, " ", "", "민지")
    take_case_back(store, made.info.id, "민지")
    assert table(store, tmp_path).queries == ()


def test_a_new_entry_stays_off_until_it_has_an_answer(store: Store, ids: dict[str, int], tmp_path: Path) -> None:
    accept(store, tmp_path, [ids["돈 언제 와요"]], Accepted(Action.DRAFTED, wordings=2), "민지")
    assert table(store, tmp_path).entry("new-1") == FaqEntry("new-1", "돈 언제 와요", "", alternate_questions=("돈 오나요",), enabled=False)
    made = accept(store, tmp_path, [ids["단골 할인"]], Accepted(Action.DRAFTED, question="단골이면 할인되나요?", answer="5% 할인됩니다."), "민지")
    assert made.landing.entry_id == "new-2"
    assert table(store, tmp_path).entry("new-2") == FaqEntry("new-2", "단골이면 할인되나요?", "5% 할인됩니다.", alternate_questions=("단골 할인",))


def test_cases_say_what_must_be_answered_and_what_must_not(store: Store, ids: dict[str, int], tmp_path: Path) -> None:
    accept(store, tmp_path, [ids["돈 언제 와요"]], Accepted(Action.CASE, "refund"), "민지")
    accept(store, tmp_path, [ids["단골 할인"]], Accepted(Action.CASE), "민지")
    assert table(store, tmp_path).queries == (
        LabelledQuery("돈 언제 와요", frozenset({"refund"}), MUST_ANSWER),
        LabelledQuery("단골 할인", frozenset(), MUST_NOT_ANSWER),
    )


def test_a_synonym_is_a_line_that_the_dictionary_reads(store: Store, ids: dict[str, int], tmp_path: Path) -> None:
    from faqbot.korean.synonyms import SynonymGroup, parse_synonyms  # noqa: PLC0415

    accept(store, tmp_path, [ids["휴대폰"]], Accepted(Action.SYNONYM), "민지")
    assert parse_synonyms(table(store, tmp_path).synonyms, source="draft") == (SynonymGroup(">", "common", "휴대폰", ("핸드폰",)),)
    with pytest.raises(StoreError, match="유의어 후보가 아닌"):
        accept(store, tmp_path, [ids["단골 할인"]], Accepted(Action.SYNONYM), "민지")


def test_what_cannot_be_accepted_changes_neither_draft_nor_queue(store: Store, ids: dict[str, int], tmp_path: Path) -> None:
    head = store.drafts.head().id
    for chosen, accepted in (([ids["단골 할인"]], Accepted(Action.ATTACHED, "gone")), ([ids["단골 할인"], 999], Accepted(Action.DRAFTED))):
        with pytest.raises(MissingRecordError):
            accept(store, tmp_path, chosen, accepted, "민지")
    with pytest.raises(StoreError, match="이미 있습니다"):
        accept(store, tmp_path, [ids["단골 할인"]], Accepted(Action.DRAFTED, "late"), "민지")
    with pytest.raises(StoreError, match="고른 것이 없습니다"):
        accept(store, tmp_path, [], Accepted(Action.DRAFTED), "민지")
    assert store.drafts.head().id == head
    assert store.review.decisions() == ()


def test_taking_back_undoes_queue_and_draft_together(store: Store, ids: dict[str, int], tmp_path: Path) -> None:
    before = table(store, tmp_path)
    made = accept(store, tmp_path, list(ids.values())[:2], Accepted(Action.ATTACHED, "refund"), "민지")
    done, went_back = take_back(store, made.id, "수현")
    assert (set(done.restored), went_back) == (set(made.items), True)
    assert table(store, tmp_path) == before
    assert {item.state for item in store.review.items(made.items)} == {ReviewState.NEW}


def test_a_draft_that_somebody_changed_since_is_left_alone(store: Store, ids: dict[str, int], tmp_path: Path) -> None:
    made = accept(store, tmp_path, [ids["단골 할인"]], Accepted(Action.ATTACHED, "refund"), "민지")
    later = store.drafts.save(table(store, tmp_path).without({"late"}), "수현", "뺌", store.drafts.head().id)
    assert take_back(store, made.id, "민지")[1] is False
    assert store.drafts.head().id == later.id
    assert store.review.items([ids["단골 할인"]])[0].state is ReviewState.NEW


def test_every_change_is_in_the_audit_log(store: Store, ids: dict[str, int], tmp_path: Path) -> None:
    made = accept(store, tmp_path, [ids["단골 할인"]], Accepted(Action.CASE), "민지")
    set_aside(store, [ids["돈 언제 와요"]], ReviewState.HELD, "수현")
    take_back(store, made.id, "지우")
    found = {(entry.actor, entry.action) for entry in store.audit.page(limit=10, offset=0)}
    assert {("민지", "review.accept"), ("수현", "review.decide"), ("지우", "review.undo")} <= found
