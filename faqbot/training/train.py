"""FAQ table in, release out: read, index, calibrate, pack, check, publish."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import joblib

from faqbot.corpus.draft import DraftTable
from faqbot.domain import FaqEntry, LabelledQuery
from faqbot.errors import CorpusError, ReleaseError
from faqbot.evaluation.predictions import FILE as PREDICTIONS
from faqbot.evaluation.predictions import Kept, to_bytes
from faqbot.evaluation.report import Subject, report
from faqbot.evaluation.report_page import report_files
from faqbot.evaluation.run import Prediction, predict
from faqbot.korean.analyzer import Analyzer
from faqbot.korean.dictionaries import Dictionaries
from faqbot.korean.reading import Reader
from faqbot.korean.synonyms import Synonyms
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.parameters import Parameters, Targets
from faqbot.retrieval.release import current_id
from faqbot.training.analysis import FILE as TOKENS
from faqbot.training.analysis import RememberingAnalyzer, remembered
from faqbot.training.base import Track, index_entries, search_all, untracked
from faqbot.training.gate import check
from faqbot.training.pack import Trained, manifest, pack
from faqbot.training.prior import Example, Prior, example, examples, ranked
from faqbot.training.publish import publish, training_lock, write_release
from faqbot.training.refit import calibrate, folds
from faqbot.training.sets import FAR, far_pool, sample
from faqbot.training.source import SOURCE, source_bytes
from faqbot.training.unlabelled import unlabelled

#: Fitted scikit-learn objects for notebooks. Serving never opens it: a pickle can run anything.
PIPELINE = "pipeline.joblib"


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train: what the id depends on, and what becomes of the result.

    Attributes:
        targets: what the thresholds aim at.
        publish: make the release serve once it passed the gate.
        trained_from: path of the table and of the labelled queries, for the next training after an upgrade; not part of the id.
        source: the table with everything beside it, kept in the release for whoever works on with it; not part of the id.
        chosen: (answer, suggest) thresholds that a person chose, instead of those that the targets lead to.
    """

    targets: Targets
    publish: bool = True
    trained_from: tuple[str, str] = ("", "")
    source: DraftTable | None = None
    chosen: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a training led to.

    Attributes:
        release: id.
        folder: where it lies.
        entries: how many it holds.
        published: whether it serves now.
        analysed: texts that had to be analysed; the others were remembered.
        metrics: cross-fitted figures, empty without labelled queries.
    """

    release: str
    folder: Path
    entries: int
    published: bool
    analysed: int
    metrics: dict[str, Any]


def train(  # noqa: PLR0913  # the inputs of a training
    entries: Sequence[FaqEntry],
    labelled: Sequence[LabelledQuery],
    dictionaries: Dictionaries,
    *,
    site: Path,
    analyzer: Analyzer,
    prior: Prior,
    plan: Plan,
    track: Track = untracked,
) -> Outcome:
    """Train one release of a site.

    Args:
        entries: the table; disabled entries are left out.
        labelled: queries with their entries, none needed.
        dictionaries: user words and synonyms; the analyzer must hold the same user words.
        site: models/<site>.
        analyzer: text → tokens.
        prior: weights for a base of which nothing but the table is known.
        plan: thresholds and publication.
        track: shows progress over a sequence.

    Raises:
        CorpusError: no entry is enabled, or a label names an entry that is not there.
        GateError: written, but not fit to be published.
        ReleaseError: another training of this site is running.
    """
    enabled = tuple(entry for entry in entries if entry.enabled)
    _require(enabled, entries, labelled)
    with training_lock(site):
        remembering = RememberingAnalyzer(analyzer, remembered(_current_folder(site), analyzer.fingerprint))
        reader = Reader(remembering, Synonyms.compile(dictionaries.synonyms, remembering))
        fitted = index_entries(enabled, reader, track)
        searches = search_all(fitted.index, {entry.id: i for i, entry in enumerate(enabled)}, labelled, reader, track)
        learned = {search.position: found for search in searches if (found := example(search, ranked(search, prior.ranker))) is not None}
        strangers = sample(tuple(map(LabelledQuery, far_pool())), FAR) if labelled else ()
        far = examples(search_all(fitted.index, {}, strangers, reader), prior.ranker)

        def calibrated(kept: Sequence[Example]) -> Parameters:
            found = calibrate(prior, kept, plan.targets, far)
            return found if plan.chosen is None else replace(found, thresholds=replace(found.thresholds, answer=plan.chosen[0], suggest=plan.chosen[1]))

        parameters = Parameters.from_json(calibrated(list(learned.values())).to_json())
        bot = Bot("", enabled, fitted.index, parameters, reader)

        def without(held: set[int]) -> Bot:
            kept = [found for position, found in learned.items() if position not in held]
            return bot.with_parameters(calibrated(kept))

        predictions = _cross_fitted(labelled, without)
        trained = Trained(enabled, fitted.index, parameters, analyzer.fingerprint, dictionaries.user_words, reader.synonyms)
        packed, created = pack(trained), datetime.now(UTC)
        beside = {TOKENS: remembering.dump(), PIPELINE: _pipeline(fitted.pipelines)}
        subject = Subject(site.name, packed.id, created, {e.id: e.question for e in enabled}, plan.targets.precision, parameters.thresholds)
        without_labels = unlabelled(Bot("", enabled, fitted.index, parameters, Reader(analyzer, reader.synonyms)))
        reported = report(subject, labelled, predictions, without_labels)
        metrics = reported["figures"] if labelled else {}
        beside |= report_files(reported) | {PREDICTIONS: to_bytes(Kept(tuple(labelled), tuple(predictions), without_labels))}
        beside |= {SOURCE: source_bytes(plan.source, plan.chosen)} if plan.source else {}
        beside |= manifest(trained, packed, created=created, metrics=metrics, trained_from=plan.trained_from)
        folder = write_release(site, packed.id, {**packed.files, **beside})
        check(folder, analyzer)
        if plan.publish:
            publish(site, packed.id)
    return Outcome(packed.id, folder, len(enabled), plan.publish, remembering.analysed, metrics)


def _require(enabled: Sequence[FaqEntry], entries: Sequence[FaqEntry], labelled: Sequence[LabelledQuery]) -> None:
    if not enabled:
        raise CorpusError(f"쓸 수 있는 FAQ가 없습니다. 표에 {len(entries)}건이 있지만 모두 '사용 안 함'입니다. enabled 열을 확인하세요.")
    unknown = {i for query in labelled for i in query.faq_ids} - {entry.id for entry in entries}
    if unknown:
        listed = ", ".join(sorted(unknown)[:10])
        raise CorpusError(f"질의 파일의 faq_id {len(unknown)}개가 FAQ 표에 없습니다: {listed}. 표와 같은 때의 질의 파일인지 확인하세요.")


def _current_folder(site: Path) -> Path | None:
    try:
        return site / current_id(site)
    except ReleaseError:
        return None


def _cross_fitted(labelled: Sequence[LabelledQuery], bot_without: Callable[[set[int]], Bot]) -> list[Prediction]:
    """What each labelled query is answered by a bot that was calibrated without it, in their order."""
    found: dict[int, Prediction] = {}
    for fold in folds(len(labelled)):
        found |= zip(fold, predict(bot_without(set(fold)), [labelled[i].query for i in fold]), strict=True)
    return [found[i] for i in range(len(labelled))]


def _pipeline(pipelines: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    joblib.dump(pipelines, buffer)
    return buffer.getvalue()
