"""Versions of the draft, the log of releases, and jobs: nothing is lost, nobody overwrites anybody, one thing at a time."""

from collections.abc import Callable
from typing import Any

import pytest

from faqbot.corpus.draft import DraftTable
from faqbot.domain import FaqEntry, LabelledQuery
from faqbot.errors import MissingRecordError, StoreError
from faqbot.store import JobState, NewRelease, Store
from faqbot.store import drafts as drafting
from tests.contract.store.conftest import NOW, Clock, start

TABLE = DraftTable(
    (FaqEntry("refund", "환불은 며칠 걸리나요? \ud83d", "**3일** 걸립니다.\x00", category=("결제", "환불")), FaqEntry("off", "전화", "없어요", enabled=False)),
    "네이버페이\tNNP\n",
    "=\tmall\t환불\t돈 돌려받다\n",
    (LabelledQuery("돈 언제 와요", frozenset({"refund"}), "must_answer"), LabelledQuery("날씨")),
)
OTHER = TABLE.without({"off"})


def code_of(act: Callable[[], Any]) -> str:
    with pytest.raises(StoreError) as caught:
        act()
    return caught.value.code


def test_a_site_begins_without_a_draft(store: Store) -> None:
    assert store.drafts.head() is None
    assert store.drafts.versions() == ()


def test_a_table_comes_back_as_it_was_saved(store: Store) -> None:
    info = store.drafts.save(TABLE, "김", "첫 표", None)
    head = store.drafts.head()
    assert DraftTable.from_json(head.table) == TABLE
    assert head.info == info
    assert (info.parent, info.made_at, info.made_by, info.why, info.entries, info.queries, info.is_head) == (None, NOW, "김", "첫 표", 2, 2, True)


def test_every_change_is_a_version_that_knows_its_parent(store: Store) -> None:
    first = store.drafts.save(TABLE, "김", "첫 표", None)
    second = store.drafts.save(OTHER, "이", "하나 뺌", first.id)
    assert second.parent == first.id
    assert [(info.id, info.is_head) for info in store.drafts.versions()] == [(second.id, True), (first.id, False)]
    assert DraftTable.from_json(store.drafts.version(first.id).table) == TABLE


def test_the_same_table_again_makes_no_version(store: Store) -> None:
    first = store.drafts.save(TABLE, "김", "첫 표", None)
    assert store.drafts.save(TABLE, "이", "그대로", first.id) == first
    assert len(store.drafts.versions()) == 1


def test_who_changed_an_older_version_is_told_by_whom_it_was_changed_and_overwrites_nothing(store: Store) -> None:
    first = store.drafts.save(TABLE, "김", "첫 표", None)
    store.drafts.save(OTHER, "이", "하나 뺌", first.id)
    with pytest.raises(StoreError, match=r"그 사이 이 님이 초안을 바꿨습니다.*하나 뺌") as caught:
        store.drafts.save(DraftTable(), "김", "비움", first.id)
    assert caught.value.code == "conflict"
    assert DraftTable.from_json(store.drafts.head().table) == OTHER
    assert code_of(lambda: store.drafts.save(DraftTable(), "김", "비움", None)) == "conflict"


def test_undo_goes_back_to_the_parent_and_keeps_what_was_undone(store: Store) -> None:
    first = store.drafts.save(TABLE, "김", "첫 표", None)
    second = store.drafts.save(OTHER, "이", "하나 뺌", first.id)
    assert store.drafts.undo("김").id == first.id
    assert DraftTable.from_json(store.drafts.head().table) == TABLE
    assert DraftTable.from_json(store.drafts.version(second.id).table) == OTHER
    assert store.drafts.save(DraftTable(), "김", "비움", first.id).parent == first.id


def test_the_first_version_cannot_be_undone(store: Store) -> None:
    assert code_of(lambda: store.drafts.undo("김")) == "refused"
    store.drafts.save(TABLE, "김", "첫 표", None)
    assert code_of(lambda: store.drafts.undo("김")) == "refused"


def test_undo_of_a_version_that_is_no_longer_the_head_is_refused(store: Store) -> None:
    first = store.drafts.save(TABLE, "김", "첫 표", None)
    store.drafts.save(OTHER, "이", "하나 뺌", first.id)
    assert code_of(lambda: store.drafts.undo("김", first.id)) == "conflict"


def test_old_versions_go_but_for_those_that_releases_came_from(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafting, "KEPT", 3)
    ids: list[int] = []
    for turn in range(6):
        ids.append(store.drafts.save(DraftTable(user_words=f"낱말{turn}"), "김", "", ids[-1] if ids else None).id)
        if turn == 1:
            store.drafts.log_release(NewRelease("a" * 16, "김", version_id=ids[-1]))
    assert [info.id for info in store.drafts.versions()] == [*reversed(ids[3:]), ids[1]]
    with pytest.raises(MissingRecordError):
        store.drafts.version(ids[0])


def test_undo_stops_where_the_parent_was_deleted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafting, "KEPT", 1)
    first = store.drafts.save(TABLE, "김", "", None)
    store.drafts.save(OTHER, "김", "", first.id)
    assert code_of(lambda: store.drafts.undo("김")) == "refused"


@pytest.mark.parametrize("version_id", [0, -1, 999, 2**63, 2**80])
def test_a_version_that_is_not_there_is_missing(store: Store, version_id: int) -> None:
    with pytest.raises(MissingRecordError):
        store.drafts.version(version_id)


def test_a_release_is_logged_with_all_that_is_known_of_it(store: Store, clock: Clock) -> None:
    made = NewRelease("a" * 16, "김", "주간 갱신", 3, None, {"added": 2}, {"hit@1": 0.9}, {"state": "green"})
    logged = store.drafts.log_release(made)
    assert (logged.made, logged.trained_at, logged.published_at, logged.published_by, logged.published_why) == (made, NOW, None, None, None)
    clock.advance(hours=1)
    store.drafts.mark_published("a" * 16, "박", "점검이 빨강이지만 급해서")
    found = store.drafts.release("a" * 16)
    assert (found.made, found.published_at, found.published_by, found.published_why) == (made, clock.now, "박", "점검이 빨강이지만 급해서")


def test_a_release_that_is_trained_again_stays_published(store: Store) -> None:
    store.drafts.log_release(NewRelease("a" * 16, "김", gate={"state": "red"}))
    store.drafts.mark_published("a" * 16, "박")
    again = store.drafts.log_release(NewRelease("a" * 16, "이", version_id=7))
    assert (again.made.trained_by, again.made.version_id, again.made.gate, again.published_by) == ("이", 7, None, "박")
    assert len(store.drafts.releases()) == 1


def test_a_release_that_was_never_logged_is_when_it_is_published(store: Store) -> None:
    assert store.drafts.release("b" * 16) is None
    assert store.drafts.mark_published("b" * 16, "박", "되돌림").published_by == "박"
    assert store.drafts.release("b" * 16).made == NewRelease("b" * 16, "")


def test_a_release_that_was_made_past_the_draft_is_as_old_as_its_training(store: Store, clock: Clock) -> None:
    trained_at = clock.now
    clock.advance(hours=1)
    store.drafts.log_release(NewRelease("a" * 16, "김"))
    clock.advance(hours=1)
    assert store.drafts.mark_published("b" * 16, "박", "되돌림", trained_at).trained_at == trained_at
    assert [each.release for each in store.drafts.releases()] == ["a" * 16, "b" * 16]


def test_releases_run_from_the_latest(store: Store, clock: Clock) -> None:
    for sign in "ab":
        store.drafts.log_release(NewRelease(sign * 16, "김"))
        clock.advance(minutes=1)
    assert [logged.release[0] for logged in store.drafts.releases()] == ["b", "a"]
    assert [logged.release[0] for logged in store.drafts.releases(1)] == ["b"]


def test_a_gate_report_can_be_replaced(store: Store) -> None:
    store.drafts.log_release(NewRelease("a" * 16, "김", gate={"state": "red"}))
    assert store.drafts.set_gate("a" * 16, {"state": "green"}).made.gate == {"state": "green"}
    with pytest.raises(MissingRecordError):
        store.drafts.set_gate("c" * 16, {})


# Jobs


def test_a_second_job_is_refused_with_who_and_when(store: Store) -> None:
    store.drafts.jobs.start("train", "김", "host", 1)
    with pytest.raises(StoreError, match="김 님이 2026-11-27 08:30에 시작한 학습") as caught:
        store.drafts.jobs.start("train", "이", "host", 1)
    assert caught.value.code == "conflict"


def test_a_job_tells_how_far_it_is(store: Store, clock: Clock) -> None:
    job = store.drafts.jobs.start("train", "김", "host", 5)
    store.drafts.jobs.begin(job.id, 4711)
    clock.advance(seconds=3)
    assert store.drafts.jobs.report(job.id, 0.4, "분석하는 중") is JobState.RUNNING
    found = store.drafts.jobs.running()
    assert (found.id, found.pid, found.version_id, found.progress, found.step, found.beat_at, found.is_over) == (
        job.id,
        4711,
        5,
        0.4,
        "분석하는 중",
        clock.now,
        False,
    )


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED, JobState.CANCELLED])
def test_the_next_job_may_start_when_one_is_over(store: Store, state: JobState) -> None:
    job = store.drafts.jobs.start("train", "김", "host")
    ended = store.drafts.jobs.end(job.id, state, result={"release": "a"}, error="까닭")
    assert (ended.state, ended.result, ended.error, ended.ended_at, ended.is_over) == (state, {"release": "a"}, "까닭", NOW, True)
    assert store.drafts.jobs.running() is None
    assert store.drafts.jobs.start("train", "이", "host").id != job.id
    assert [each.id for each in store.drafts.jobs.latest()][1] == job.id


def test_the_first_end_of_a_job_counts(store: Store) -> None:
    job = store.drafts.jobs.start("train", "김", "host")
    store.drafts.jobs.end(job.id, JobState.FAILED, error="죽음")
    assert store.drafts.jobs.end(job.id, JobState.DONE).state is JobState.FAILED
    assert store.drafts.jobs.report(job.id, 0.9, "더") is JobState.FAILED
    assert store.drafts.jobs.job(job.id).progress == 0.0


def test_a_job_learns_that_it_is_to_end(store: Store) -> None:
    job = store.drafts.jobs.start("train", "김", "host")
    assert store.drafts.jobs.cancel(job.id).state is JobState.CANCELLING
    assert store.drafts.jobs.report(job.id, 0.5, "분석하는 중") is JobState.CANCELLING
    assert code_of(lambda: store.drafts.jobs.start("train", "이", "host")) == "conflict"


def test_the_version_that_a_job_works_on_is_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafting, "KEPT", 1)
    first = store.drafts.save(TABLE, "김", "", None)
    store.drafts.jobs.start("train", "김", "host", first.id)
    store.drafts.save(OTHER, "이", "", first.id)
    assert store.drafts.version(first.id).id == first.id


def test_drafts_releases_and_jobs_of_another_site_are_not_there(opened: Callable[..., Store]) -> None:
    one, other = opened(site="one"), opened(site="other")
    info = one.drafts.save(TABLE, "김", "", None)
    one.drafts.log_release(NewRelease("a" * 16, "김"))
    job = one.drafts.jobs.start("train", "김", "host")
    assert other.drafts.head() is None
    assert other.drafts.release("a" * 16) is None
    assert other.drafts.jobs.running() is None
    for act in (lambda: other.drafts.version(info.id), lambda: other.drafts.jobs.job(job.id), lambda: other.drafts.jobs.cancel(job.id)):
        with pytest.raises(MissingRecordError):
            act()
    other.drafts.save(OTHER, "이", "", None)
    assert other.drafts.jobs.start("train", "이", "host").started_by == "이"
    assert one.drafts.head().id == info.id
    assert not one.drafts.jobs.job(job.id).is_over


AT_ONCE = """
from faqbot.corpus.draft import DraftTable
from faqbot.errors import StoreError
print("ready", flush=True)
sys.stdin.readline()
def tried(act):
    try:
        act()
    except StoreError as error:
        return error.code
    return "done"
print(tried(lambda: store.drafts.save(DraftTable(user_words=sys.argv[2]), sys.argv[2], "", None)), tried(lambda: store.drafts.jobs.start("train", "x", "h")), flush=True)
"""


def test_of_processes_that_save_and_start_at_once_one_does(url: str, store: Store) -> None:
    processes = [start(AT_ONCE, url, name) for name in ("가", "나", "다")]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * 3
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0].split() for process in processes]
    assert sorted(saved for saved, _ in said) == ["conflict", "conflict", "done"]
    assert sorted(started for _, started in said) == ["conflict", "conflict", "done"]
    assert len(store.drafts.versions()) == 1
