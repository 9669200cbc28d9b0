"""Figures over labelled queries, and the prior that is fitted to them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from faqbot.bootstrap.parts import build_live
from faqbot.domain import LabelledQuery
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.dictionaries import read_dictionaries
from faqbot.korean.reading import Reader
from faqbot.korean.synonyms import Synonyms
from faqbot.settings import Settings

if TYPE_CHECKING:
    from faqbot.training.base import Base, Track
    from faqbot.training.benchmark import Extras

#: Unknown ids that a warning names at most.
_NAMED = 10


def evaluate_release(settings: Settings, labelled: Sequence[LabelledQuery], track: "Track", warn: Callable[[str], None]) -> dict[str, Any]:
    """The reliability report of the published release as it is over labelled queries; see faqbot.evaluation.report.

    Args:
        settings: say where the release is.
        labelled: what is asked.
        track: shows how far it is.
        warn: is told once, for people, where queries name entries that the release does not have: they can only be counted as wrong.

    Raises:
        ReleaseError: none is published, or it cannot be used.
    """
    from faqbot.evaluation.report import Subject, report  # noqa: PLC0415
    from faqbot.evaluation.run import predict  # noqa: PLC0415

    serving = build_live(settings).serving
    bot, created = serving.bot, datetime.fromisoformat(serving.release.manifest["created"])
    if unknown := sorted({i for label in labelled for i in label.faq_ids} - {entry.id for entry in bot.entries}):
        listed = ", ".join(unknown[:_NAMED]) + (" …" if len(unknown) > _NAMED else "")
        warn(f"질의 파일의 faq_id {len(unknown):,}개가 릴리스 {bot.release}에 없어 맞힐 수 없습니다: {listed}. 표와 같은 때의 질의 파일인지 확인하세요.")
    predictions = [next(predict(bot, [label.query])) for label in track("질문에 답하는 중", labelled)]
    questions = {entry.id: entry.question for entry in bot.entries}
    subject = Subject(settings.site, bot.release, created, questions, settings.target_precision, bot.parameters.thresholds, cross_fitted=False)
    return report(subject, labelled, predictions)


def fit_prior_on(folders: Sequence[Path], ranking: Sequence[Path], track: "Track") -> dict[str, Any]:
    """The prior learned on folders with faqs.csv and queries.csv, as JSON; `ranking` teaches the ranker alone.

    Raises:
        CorpusError: a folder lacks a file or holds one that cannot be read.
    """
    from faqbot.training.prior import fit_prior  # noqa: PLC0415

    return fit_prior(*_read_bases(track, folders, ranking)).to_json()


def benchmark_on(
    sets: Sequence[Path], own: Sequence[Path], out: Path | None, track: "Track", extras: "Extras", ranking: Sequence[Path]
) -> Iterator[dict[str, Any]]:
    """Figures of every set, with weights fitted without it and with it; see faqbot.training.benchmark.

    Raises:
        CorpusError: a folder lacks a file or holds one that cannot be read.
    """
    from faqbot.training.benchmark import benchmark  # noqa: PLC0415

    scored, fitted, ranked = _read_bases(track, sets, own, ranking)
    yield from benchmark(scored, fitted, _general_reader(), folders=sets, out=out, extras=extras, ranking=ranked)


def _read_bases(track: "Track", *groups: Sequence[Path]) -> list[list["Base"]]:
    """The bases of each group of folders; a folder that is given twice is read once, by the name it is given first."""
    from faqbot.training.sets import read_base  # noqa: PLC0415

    folders: dict[Path, Path] = {}
    for folder in chain(*groups):
        folders.setdefault(folder.resolve(), folder)
    read = {place: read_base(folder, _general_reader()) for place, folder in track("사이트 읽기", tuple(folders.items()))}
    return [[read[folder.resolve()] for folder in group] for group in groups]


@cache
def _general_reader() -> Reader:
    """Analyzer and synonyms of the package alone, as for a base without dictionaries of its own."""
    analyzer = KiwiAnalyzer()
    return Reader(analyzer, Synonyms.compile(read_dictionaries(None).synonyms, analyzer))
