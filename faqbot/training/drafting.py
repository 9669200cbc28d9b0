"""A draft in, a candidate release with its gate report out; nothing is published here."""

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from faqbot.corpus.draft import DraftTable, answerable
from faqbot.domain import FaqEntry, LabelledQuery
from faqbot.errors import ReleaseError
from faqbot.evaluation.gate import GateReport
from faqbot.retrieval.parameters import Targets
from faqbot.retrieval.release import current_id, is_release_id
from faqbot.training.comparing import AnalyzerFor, Progress, compare
from faqbot.training.prior import Prior
from faqbot.training.publish import published_before, training_lock
from faqbot.training.source import chosen_thresholds, dictionaries_of
from faqbot.training.train import Outcome, Plan, train

T = TypeVar("T")

#: How far the whole is when a part of the training begins and ends.
_PARTS = {"FAQ 분석": (0.05, 0.5, "FAQ를 분석하는 중"), "라벨이 있는 질의": (0.5, 0.6, "정답을 아는 질문을 찾는 중")}
_TRAINED = 0.75


@dataclass(frozen=True, slots=True)
class Drafted:
    """A candidate with what the gate says of it."""

    outcome: Outcome
    gate: GateReport


@dataclass(frozen=True, slots=True)
class Trainer:
    """What training a draft takes beside the draft.

    Attributes:
        site: models/<site>.
        analyzer_for: user words → analyzer.
        prior: see `train`.
        targets_for: entries → what the thresholds aim at.
    """

    site: Path
    analyzer_for: AnalyzerFor
    prior: Prior
    targets_for: Callable[[Sequence[FaqEntry]], Targets]

    def train(
        self, table: DraftTable, progress: Progress = lambda _, __: None, *, fresh_thresholds: bool = False, accepted: Sequence[LabelledQuery] = ()
    ) -> Drafted:
        """Train the table and judge the candidate against the release that serves. Thresholds that a person chose for that one are kept, unless told otherwise.

        `accepted`: see `comparing.compare`.

        Raises:
            FaqbotError: the table, its dictionaries or its settings cannot be used, or the candidate does not answer its own questions.
        """
        progress(0.0, "형태소 분석기를 여는 중")
        dictionaries = dictionaries_of(table)
        targets = self.targets_for([entry for entry in table.entries if entry.enabled])
        usable, _ = answerable(table.queries, table.entries)
        outcome = train(
            table.entries,
            usable,
            dictionaries,
            site=self.site,
            analyzer=self.analyzer_for(dictionaries.user_words),
            prior=self.prior,
            plan=Plan(targets, publish=False, source=table, chosen=None if fresh_thresholds else self._chosen()),
            track=_tracked(progress),
        )
        return Drafted(outcome, self.judge(outcome.release, table, lambda share, step: progress(_TRAINED + (1 - _TRAINED) * share, step), accepted))

    def judge(self, release: str, table: DraftTable, progress: Progress = lambda _, __: None, accepted: Sequence[LabelledQuery] = ()) -> GateReport:
        """The gate's report on a release.

        Raises:
            ReleaseError: it cannot be used.
        """
        target = self.targets_for([entry for entry in table.entries if entry.enabled]).precision
        return compare(self.site, release, table, self.analyzer_for, target, progress, accepted)

    def _chosen(self) -> tuple[float, float] | None:
        try:
            return chosen_thresholds(self.site / current_id(self.site))
        except ReleaseError:
            return None


def known_releases(site: Path) -> frozenset[str]:
    """Ids of the release folders of a site, sound or not."""
    return frozenset(path.name for path in site.glob("*/") if is_release_id(path.name))


def drop_candidates(site: Path, kept: Iterable[str]) -> None:
    """Delete release folders but for those to keep, those that were ever published, and the one that serves: what a cancelled training left."""
    with training_lock(site):
        for release_id in known_releases(site) - set(kept) - set(published_before(site)):
            shutil.rmtree(site / release_id, ignore_errors=True)


def _tracked(progress: Progress) -> Callable[[str, Sequence[T]], Iterable[T]]:
    def track(label: str, items: Sequence[T], /) -> Iterable[T]:
        start, end, step = _PARTS.get(label, (_TRAINED, _TRAINED, label))
        for n, item in enumerate(items):
            progress(start + (end - start) * n / len(items), f"{step} ({n:,}/{len(items):,})")
            yield item
        if label == "라벨이 있는 질의":
            progress(end, "신뢰도를 맞추고 보고서를 만드는 중")

    return track
