"""A table in, a release out: what changes its id, what is done again, and what is refused."""

import io
import json
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import joblib
import pytest

from faqbot.domain import FaqEntry, LabelledQuery, Outcome, Reason
from faqbot.errors import CorpusError, GateError, ReleaseError
from faqbot.evaluation import metrics
from faqbot.evaluation.report_page import page, report_files
from faqbot.korean.analyzer import Analyzer, KiwiAnalyzer
from faqbot.korean.dictionaries import Dictionaries, read_dictionaries
from faqbot.korean.reading import Reading
from faqbot.korean.synonyms import SynonymGroup
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.channels import CHANNELS, Weighting
from faqbot.retrieval.parameters import Targets
from faqbot.retrieval.ranking import Ranking
from faqbot.retrieval.release import SERVED, current_id, load_release
from faqbot.training import prior
from faqbot.training import train as training
from faqbot.training.gate import check
from faqbot.training.prior import shipped_prior
from faqbot.training.publish import training_lock
from faqbot.training.refit import ENOUGH
from faqbot.training.sets import FAR
from faqbot.training.train import Outcome as Trained
from faqbot.training.train import Plan, train

PLAN = Plan(Targets(0.9, 0.3))
TODAY = date(2026, 3, 2)
RIGHT = (
    LabelledQuery("환불 며칠 걸려요", frozenset({"refund"}), "paraphrase"),
    LabelledQuery("결제 취소요", frozenset({"cancel"}), "paraphrase"),
    LabelledQuery("택배가 늦네요", frozenset({"late"}), "slang"),
    LabelledQuery("비밀번호 찾기", frozenset({"password"})),
    LabelledQuery("수수료 얼마죠", frozenset({"fee-buyer", "fee-seller"})),
    LabelledQuery("오늘 서울 날씨"),
)

#: Few, so that a training takes no second.
GENERAL = Dictionaries((), (SynonymGroup("=", "common", "비밀번호", ("비번",)), SynonymGroup(">", "common", "배송", ("택배",))))

Train = Callable[..., Trained]


@pytest.fixture(scope="module")
def first(small_table: tuple[FaqEntry, ...], analyzer: KiwiAnalyzer, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """The first training of a site. Read only."""
    site = tmp_path_factory.mktemp("first") / "default"
    return train(small_table, (), GENERAL, site=site, analyzer=analyzer, prior=shipped_prior(), plan=PLAN)


@pytest.fixture(scope="module")
def before(first: Trained, analyzer: KiwiAnalyzer) -> Bot:
    """The bot of the first training."""
    return bot_of(first, analyzer)


@pytest.fixture
def site(first: Trained, tmp_path: Path) -> Path:
    """A copy of that site."""
    return shutil.copytree(first.folder.parent, tmp_path / "models" / "default")


@pytest.fixture
def train_on(site: Path, analyzer: KiwiAnalyzer) -> Train:
    """Trains a table into the copy."""

    def run(
        entries: Sequence[FaqEntry],
        labelled: Sequence[LabelledQuery] = (),
        *,
        plan: Plan = PLAN,
        dictionaries: Dictionaries = GENERAL,
        analyzer: Analyzer = analyzer,
        site: Path = site,
    ) -> Trained:
        return train(entries, labelled, dictionaries, site=site, analyzer=analyzer, prior=shipped_prior(), plan=plan)

    return run


def bot_of(trained: Trained, analyzer: KiwiAnalyzer) -> Bot:
    return load_release(trained.folder).bot(analyzer, today=lambda: TODAY)


def changed(entries: Sequence[FaqEntry], which: str, **fields: object) -> tuple[FaqEntry, ...]:
    return tuple(replace(entry, **fields) if entry.id == which else entry for entry in entries)


def served(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in SERVED}


def test_a_training_says_what_it_led_to(train_on: Train, site: Path, small_table: tuple[FaqEntry, ...]) -> None:
    done = train_on(changed(small_table, "late", answer="사흘 걸립니다."))
    assert (done.folder, done.entries, done.published, done.metrics) == (site / done.release, 7, True, {})
    assert current_id(site) == done.release


@pytest.mark.parametrize("labelled", [(), RIGHT], ids=["without labels", "with labels"])
def test_the_same_table_gives_the_same_id_and_the_same_bytes(
    train_on: Train, tmp_path: Path, small_table: tuple[FaqEntry, ...], labelled: Sequence[LabelledQuery]
) -> None:
    one, other = (train_on(small_table, labelled, site=tmp_path / name) for name in ("one", "other"))
    assert one.release == other.release
    assert served(one.folder) == served(other.folder)


@pytest.mark.slow
def test_the_same_table_with_all_synonyms_gives_the_same_id_and_the_same_bytes(
    train_on: Train, trained_site: Path, tmp_path: Path, small_table: tuple[FaqEntry, ...]
) -> None:
    done = train_on(small_table, dictionaries=read_dictionaries(None), site=tmp_path / "elsewhere")
    assert done.release == current_id(trained_site)
    assert served(done.folder) == served(trained_site / done.release)


def test_remembered_tokens_change_no_byte(train_on: Train, first: Trained, site: Path, small_table: tuple[FaqEntry, ...]) -> None:
    train_on(changed(small_table, "late", answer="사흘 걸립니다."))
    shutil.rmtree(site / first.release)
    done = train_on(small_table)
    assert (done.release, done.analysed) == (first.release, 1)
    assert served(done.folder) == served(first.folder)


@pytest.mark.parametrize("labelled", [(), RIGHT], ids=["without labels", "with labels"])
def test_the_time_of_training_is_in_the_manifest_alone(
    train_on: Train, tmp_path: Path, small_table: tuple[FaqEntry, ...], monkeypatch: pytest.MonkeyPatch, labelled: Sequence[LabelledQuery]
) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, _: object = None) -> datetime:
            return datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)

    now = train_on(small_table, labelled, site=tmp_path / "now")
    monkeypatch.setattr(training, "datetime", Later)
    later = train_on(small_table, labelled, site=tmp_path / "later")
    assert later.release == now.release
    assert served(later.folder) == served(now.folder)
    assert json.loads((later.folder / "manifest.json").read_bytes())["created"] == "2030-01-02T03:04:05+00:00"


def test_labels_that_move_nothing_do_not_change_the_id(train_on: Train, first: Trained, small_table: tuple[FaqEntry, ...]) -> None:
    assert train_on(small_table, (LabelledQuery("뷁뚫꿿"),)).release == first.release


@pytest.mark.parametrize(
    "fields",
    [
        {"answer": "사흘 걸립니다."},
        {"question": "배송이 왜 늦어요?"},
        {"alternate_questions": ("택배가 아직 안 왔어요", "언제 와요")},
        {"category": ("배송", "지연")},
        {"keywords": ("택배",)},
        {"short_title": "배송 지연"},
        {"link_url": "https://help.example.kr/late"},
        {"valid_to": date(2030, 1, 1)},
        {"enabled": False},
        {"id": "delay"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_a_change_of_an_entry_changes_the_id(train_on: Train, first: Trained, small_table: tuple[FaqEntry, ...], fields: dict[str, object]) -> None:
    assert train_on(changed(small_table, "late", **fields)).release != first.release


def test_a_change_of_a_disabled_entry_does_not_change_the_id(train_on: Train, first: Trained, small_table: tuple[FaqEntry, ...]) -> None:
    assert train_on(changed(small_table, "phone", answer="곧 됩니다.")).release == first.release


def test_a_synonym_changes_the_id(train_on: Train, first: Trained, small_table: tuple[FaqEntry, ...]) -> None:
    own = replace(GENERAL, synonyms=(SynonymGroup("=", "site", "환불", ("반환",)), *GENERAL.synonyms))
    assert train_on(small_table, dictionaries=own).release != first.release


def test_a_user_word_changes_the_id(train_on: Train, first: Trained, small_table: tuple[FaqEntry, ...]) -> None:
    words = (("환불기간", "NNP"),)
    done = train_on(small_table, dictionaries=replace(GENERAL, user_words=words), analyzer=KiwiAnalyzer(words))
    assert done.release != first.release
    assert load_release(done.folder).user_words == words


@pytest.mark.parametrize(
    "plan", [Plan(Targets(0.95, 0.3)), Plan(Targets(0.9, 0.4)), Plan(Targets(0.9, 0.3, (("결제", 0.95),)))], ids=["precision", "suggest", "category"]
)
def test_a_threshold_changes_the_id(train_on: Train, first: Trained, small_table: tuple[FaqEntry, ...], plan: Plan) -> None:
    assert train_on(small_table, plan=plan).release != first.release


def test_labels_change_the_id(train_on: Train, first: Trained, small_table: tuple[FaqEntry, ...]) -> None:
    assert train_on(small_table, RIGHT).release != first.release


def test_nothing_is_analysed_again_where_nothing_changed(train_on: Train, small_table: tuple[FaqEntry, ...]) -> None:
    assert train_on(small_table).analysed == 0


@pytest.mark.parametrize(
    ("fields", "texts"),
    [
        ({"answer": "사흘 걸립니다."}, 1),
        ({"alternate_questions": ("택배가 아직 안 왔어요", "물건이 언제 오는 거죠")}, 1),
        ({"question": "왜 이렇게 늦나요", "answer": "사흘 걸립니다."}, 2),
        ({"short_title": "지연", "category": ("택배",), "valid_to": date(2030, 1, 1)}, 0),
    ],
    ids=["answer", "alternate question", "question and answer", "nothing that is searched"],
)
def test_only_what_changed_is_analysed_again(train_on: Train, small_table: tuple[FaqEntry, ...], fields: dict[str, object], texts: int) -> None:
    assert train_on(changed(small_table, "late", **fields)).analysed == texts


def test_a_release_without_its_tokens_is_analysed_again(train_on: Train, site: Path, small_table: tuple[FaqEntry, ...]) -> None:
    (site / current_id(site) / "tokens.json.gz").unlink()
    done = train_on(changed(small_table, "late", answer="사흘 걸립니다."))
    assert done.analysed > len(small_table)


def test_an_unknown_faq_id_in_the_queries_is_refused(train_on: Train, first: Trained, site: Path, small_table: tuple[FaqEntry, ...]) -> None:
    with pytest.raises(CorpusError) as refusal:
        train_on(small_table, (*RIGHT, LabelledQuery("쿠폰", frozenset({"coupon", "refund"})), LabelledQuery("포인트", frozenset({"a-point"}))))
    assert str(refusal.value) == "질의 파일의 faq_id 2개가 FAQ 표에 없습니다: a-point, coupon. 표와 같은 때의 질의 파일인지 확인하세요."
    assert current_id(site) == first.release


def test_a_label_for_a_disabled_entry_is_no_error(train_on: Train, small_table: tuple[FaqEntry, ...]) -> None:
    assert train_on(small_table, (*RIGHT, LabelledQuery("전화 상담", frozenset({"phone"})))).published


@pytest.mark.parametrize("size", [0, 2])
def test_a_table_without_an_enabled_entry_is_refused(train_on: Train, small_table: tuple[FaqEntry, ...], size: int) -> None:
    with pytest.raises(CorpusError) as refusal:
        train_on([replace(entry, enabled=False) for entry in small_table[:size]])
    assert str(refusal.value) == f"쓸 수 있는 FAQ가 없습니다. 표에 {size}건이 있지만 모두 '사용 안 함'입니다. enabled 열을 확인하세요."


@pytest.mark.parametrize("right", [True, False])
def test_labels_move_the_confidence(train_on: Train, before: Bot, analyzer: KiwiAnalyzer, small_table: tuple[FaqEntry, ...], right: bool) -> None:
    labelled = [replace(query, faq_ids=query.faq_ids if right else frozenset()) for query in RIGHT[:-1]] * 6
    moved = bot_of(train_on(small_table, labelled), analyzer)
    for query in (query.query for query in RIGHT[:-1]):
        was, now = before.ask(query).confidence, moved.ask(query).confidence
        assert now > was if right else now < was


def test_enough_labels_move_the_answer_threshold(train_on: Train, before: Bot, analyzer: KiwiAnalyzer, small_table: tuple[FaqEntry, ...]) -> None:
    moved = bot_of(train_on(small_table, RIGHT * ENOUGH), analyzer)
    assert moved.parameters.thresholds.answer != before.parameters.thresholds.answer
    assert moved.parameters.thresholds.suggest == before.parameters.thresholds.suggest


def test_labels_give_cross_fitted_figures(train_on: Train, small_table: tuple[FaqEntry, ...]) -> None:
    done = train_on(small_table, RIGHT)
    assert (done.metrics["in_scope"], done.metrics["out_of_scope"], done.metrics["hit@1"]) == (5, 1, 1.0)
    assert json.loads((done.folder / "manifest.json").read_bytes())["metrics"] == done.metrics


def report_of(trained: Trained) -> dict[str, Any]:
    return json.loads((trained.folder / "report.json").read_bytes())


@pytest.fixture
def reported(train_on: Train, small_table: tuple[FaqEntry, ...]) -> Trained:
    """A training with labels."""
    return train_on(small_table, RIGHT, plan=Plan(Targets(0.9, 0.3, (("결제", 0.97),)), publish=False))


def test_a_release_holds_a_report_with_the_figures_of_its_manifest(reported: Trained, small_table: tuple[FaqEntry, ...]) -> None:
    report, manifest = report_of(reported), json.loads((reported.folder / "manifest.json").read_bytes())
    assert report["figures"] == manifest["metrics"] == reported.metrics
    assert (report["release"], report["created"], report["site"]) == (manifest["id"], manifest["created"], "default")
    assert (report["entries"], report["labelled"], report["target_precision"]) == (manifest["entries"], len(RIGHT), 0.9)
    assert (report["measured"], report["cross_fitted"]) == (True, True)
    assert {name: report["thresholds"][name] for name in ("answer", "suggest")} == {name: manifest["thresholds"][name] for name in ("answer", "suggest")}
    assert dict(report["thresholds"]["in_category"]) == manifest["thresholds"]["in_category"]
    assert report["entries"] == sum(entry.enabled for entry in small_table)


def test_a_report_shows_every_sort_of_confidence(reported: Trained) -> None:
    histograms = {histogram["name"]: histogram["n"] for histogram in report_of(reported)["histograms"]}
    assert histograms == {"right": 5, "near": 1, "stored": 6, "removed": 6, "far": 300}  # the event is over


def test_a_report_without_labels_measures_nothing_and_shows_confidences(first: Trained) -> None:
    report = report_of(first)
    assert (report["measured"], report["labelled"], report["verdict"]) == (False, 0, "unknown")
    assert [histogram["name"] for histogram in report["histograms"]] == ["stored", "removed", "far"]
    assert first.metrics == {}


@pytest.mark.parametrize("which", ["first", "reported"])
def test_the_page_of_a_report_is_made_of_its_data_and_needs_nothing_else(request: pytest.FixtureRequest, which: str) -> None:
    done = request.getfixturevalue(which)
    text = (done.folder / "report.html").read_text(encoding="utf-8")
    assert text == page(report_of(done))
    assert not re.search(r"<script|<img|<iframe|<link[^>]+href=\"(?!data:,)|https?:|//[a-z]|url\(|@import", text)
    assert done.release in text


def test_a_report_is_no_part_of_what_serves(reported: Trained) -> None:
    manifest = json.loads((reported.folder / "manifest.json").read_bytes())
    assert set(report_files(report_of(reported))) == {"report.json", "report.html"}
    assert not {"report.json", "report.html"} & {*SERVED, *manifest["files"]}


def test_the_same_training_gives_the_same_report(train_on: Train, tmp_path: Path, small_table: tuple[FaqEntry, ...]) -> None:
    one, other = (report_of(train_on(small_table, RIGHT, site=tmp_path / name / "default")) for name in ("one", "other"))
    assert {**one, "created": ""} == {**other, "created": ""}


NO_MATTER = LabelledQuery("뷁뚫꿿")


def test_labels_that_move_nothing_are_those_that_the_report_speaks_of(train_on: Train, first: Trained, small_table: tuple[FaqEntry, ...]) -> None:
    for n in (1, 3, 0, 2):
        done = train_on(small_table, (NO_MATTER,) * n, plan=replace(PLAN, trained_from=("faq.csv", f"{n}.csv")))
        report, manifest = report_of(done), json.loads((done.folder / "manifest.json").read_bytes())
        assert done.release == first.release
        assert (report["labelled"], report["figures"]["out_of_scope"], done.metrics.get("out_of_scope", 0)) == (n, n, n)
        assert (manifest["metrics"], manifest["created"], manifest["trained_from"]) == (done.metrics, report["created"], ["faq.csv", f"{n}.csv"])
        assert (done.folder / "report.html").read_text(encoding="utf-8") == page(report)
        assert served(done.folder) == served(first.folder)


def test_another_target_that_comes_to_the_same_threshold_is_the_one_that_the_report_speaks_of(train_on: Train, small_table: tuple[FaqEntry, ...]) -> None:
    low, lower = (train_on(small_table, plan=Plan(Targets(target, 0.3))) for target in (0.6, 0.5))
    assert low.release == lower.release
    assert report_of(lower)["target_precision"] == 0.5


def test_the_calibration_floor_of_all_queries_is_simulated_once(train_on: Train, small_table: tuple[FaqEntry, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    simulated: list[int] = []
    floor = metrics.calibration_floor

    def noted(judged: Sequence[metrics.Judged]) -> float | None:
        simulated.append(len(judged))
        return floor(judged)

    monkeypatch.setattr(metrics, "calibration_floor", noted)
    train_on(small_table, RIGHT)
    assert simulated.count(len(RIGHT)) == 1


def test_no_labelled_query_is_ranked_for_the_calibration_more_than_once(
    train_on: Train, small_table: tuple[FaqEntry, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    ranked: list[str] = []
    order = prior.order_matches

    def noted(reading: Reading, *rest: Any) -> Ranking:
        ranked.append(reading.text)
        return order(reading, *rest)

    monkeypatch.setattr(prior, "order_matches", noted)
    train_on(small_table, RIGHT)
    assert len(ranked) == len(RIGHT) + FAR


def test_targets_of_categories_are_in_the_release(train_on: Train, analyzer: KiwiAnalyzer, small_table: tuple[FaqEntry, ...]) -> None:
    shipped = shipped_prior()
    thresholds = bot_of(train_on(small_table, plan=Plan(Targets(0.9, 0.3, (("결제", 0.97), ("결제 > 환불", 0.8))))), analyzer).parameters.thresholds
    assert dict(thresholds.in_category) == pytest.approx({"결제": shipped.threshold(0.97), "결제 > 환불": shipped.threshold(0.8)}, abs=1e-6)
    assert thresholds.answer == pytest.approx(shipped.threshold(0.9), abs=1e-6)


@pytest.mark.parametrize("labelled", [(LabelledQuery(""),), (LabelledQuery("환불"),), (LabelledQuery("환" * 2000, frozenset({"refund"})), *RIGHT)])
def test_labels_that_are_few_or_refused_are_no_error(train_on: Train, small_table: tuple[FaqEntry, ...], labelled: Sequence[LabelledQuery]) -> None:
    done = train_on(small_table, labelled)
    assert done.metrics["in_scope"] + done.metrics["out_of_scope"] == len(labelled)


def test_without_publishing_the_old_release_goes_on_serving(train_on: Train, first: Trained, site: Path, small_table: tuple[FaqEntry, ...]) -> None:
    done = train_on(changed(small_table, "late", answer="사흘 걸립니다."), plan=replace(PLAN, publish=False))
    assert not done.published
    assert load_release(done.folder).id == done.release != first.release
    assert current_id(site) == first.release


def test_a_release_that_the_gate_refuses_is_written_and_not_published(
    train_on: Train, first: Trained, site: Path, small_table: tuple[FaqEntry, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[str] = []

    def refuse(folder: Path, _: Analyzer) -> None:
        refused.append(load_release(folder).id)
        raise GateError("답을 찾지 못합니다.")

    monkeypatch.setattr(training, "check", refuse)
    with pytest.raises(GateError, match="답을 찾지 못합니다"):
        train_on(changed(small_table, "late", answer="사흘 걸립니다."))
    assert current_id(site) == first.release != refused[0]


def test_the_gate_refuses_a_release_that_does_not_find_its_own_question(
    first: Trained, analyzer: KiwiAnalyzer, before: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = before.explain("뷁뚫꿿")
    monkeypatch.setattr(Bot, "explain", lambda *_, **__: lost)
    with pytest.raises(GateError) as refusal:
        check(first.folder, analyzer)
    assert str(refusal.value) == (
        f"릴리스 {first.release}: 저장된 질문 '환불은 며칠 걸리나요?'을(를) 그대로 물어도 refund 답을 찾지 못합니다. 공개하지 않았습니다. 문제를 알려 주세요."
    )


def test_the_gate_passes_a_question_that_is_longer_than_a_query_may_be(train_on: Train, small_table: tuple[FaqEntry, ...]) -> None:
    assert train_on(changed(small_table, "late", question="배송이 늦어요 그래서 " * 40)).published


@pytest.mark.parametrize("holders", [2, 12, 40])
def test_a_question_that_many_entries_share_is_no_reason_to_refuse_a_table(
    train_on: Train, analyzer: KiwiAnalyzer, small_table: tuple[FaqEntry, ...], holders: int
) -> None:
    shops = tuple(FaqEntry(f"shop-{n}", "영업 시간이 어떻게 되나요?", f"{n}호점은 {n}시에 엽니다.") for n in range(holders))
    reply = bot_of(train_on((*small_table, *shops)), analyzer).ask("영업 시간이 어떻게 되나요?")
    assert (reply.outcome, reply.reason) == (Outcome.SUGGEST, Reason.SHARED_QUESTION)


@pytest.mark.parametrize("question", ["???", "ㅋㅋ", "네?", "안녕하세요"])
def test_a_table_of_one_question_is_trained_whatever_the_question(train_on: Train, analyzer: KiwiAnalyzer, question: str) -> None:
    reply = bot_of(train_on([FaqEntry("only", question, "!")]), analyzer).ask(question)
    assert [candidate.id for candidate in reply.candidates] == ["only"]


@pytest.mark.parametrize("query", ["☃", "...", "!?!?"])
def test_signs_are_not_the_question_that_is_other_signs(train_on: Train, analyzer: KiwiAnalyzer, query: str) -> None:
    bot = bot_of(train_on([FaqEntry("signs", "???", "무엇이 궁금하세요?"), FaqEntry("refund", "환불되나요?", "됩니다.")]), analyzer)
    assert bot.ask("???").reason is Reason.EXACT
    assert bot.ask(query).reason is not Reason.EXACT


def test_a_stored_question_is_not_taken_for_one_typed_on_the_other_keyboard_layout(train_on: Train, analyzer: KiwiAnalyzer) -> None:
    bot = bot_of(train_on([FaqEntry("plan", "nn 요금제가 뭔가요?", "무제한입니다."), FaqEntry("sad", "ㅜㅜ 환불 되나요?", "됩니다.")]), analyzer)
    assert [bot.ask(entry.question).reason for entry in bot.entries] == [Reason.EXACT, Reason.EXACT]


def test_a_second_training_at_the_same_time_is_refused(train_on: Train, site: Path, small_table: tuple[FaqEntry, ...]) -> None:
    with training_lock(site), pytest.raises(ReleaseError) as refusal:
        train_on(small_table)
    assert str(refusal.value) == f"{site.name}: 다른 학습이나 공개가 진행 중입니다. 끝난 뒤에 다시 실행하세요."


def test_the_next_training_may_start_when_one_failed(train_on: Train, small_table: tuple[FaqEntry, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(training, "write_release", fail)
    with pytest.raises(OSError, match="No space left"):
        train_on(small_table)
    monkeypatch.undo()
    assert train_on(small_table).published


def test_the_pipeline_for_data_scientists_holds_every_tfidf_channel(first: Trained) -> None:
    data = (first.folder / "pipeline.joblib").read_bytes()
    pipelines = joblib.load(io.BytesIO(data))
    assert set(pipelines) == {channel.name for channel in CHANNELS if channel.weighting is Weighting.TFIDF}
    assert pipelines["content"].transform([["환불", "뷁"]]).nnz > 0


def test_training_tracks_entries_and_labelled_queries(site: Path, analyzer: KiwiAnalyzer, small_table: tuple[FaqEntry, ...]) -> None:
    tracked = []

    def track(label: str, items: Sequence[object]) -> Sequence[object]:
        tracked.append((label, len(items)))
        return items

    train(small_table, RIGHT, GENERAL, site=site, analyzer=analyzer, prior=shipped_prior(), plan=PLAN, track=track)
    assert tracked == [("FAQ 분석", 7), ("라벨이 있는 질의", 6)]
