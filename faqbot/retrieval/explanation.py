"""Why a reply is what it is, for operators."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from faqbot.domain import Candidate, Reason, Reply
from faqbot.korean.reading import Reader
from faqbot.retrieval.confidence import CONFIDENCE_FEATURES, confidence_features
from faqbot.retrieval.features import CANDIDATE_FEATURES
from faqbot.retrieval.index import Index
from faqbot.retrieval.parameters import Thresholds
from faqbot.retrieval.ranking import Ranking

_WHY = {
    Reason.EXACT: "항목의 질문과 글자까지 같습니다",
    Reason.CONFIDENT: "신뢰도가 기준값 {answer:.1%} 이상입니다",
    Reason.SHARED_QUESTION: "같은 질문이 있는 항목이 여럿이라 하나만 고를 수 없습니다",
    Reason.SEVERAL_LIKELY: "신뢰도는 기준값 {answer:.1%}보다 낮지만, 셋 안에 답이 있을 확률이 {suggest:.1%} 이상이거나 첫 후보가 질의의 말을 모두 담았습니다",
    Reason.NOT_CONFIDENT: "신뢰도가 {answer:.1%}보다 낮고, 셋 안에 답이 있을 확률도 {suggest:.1%}보다 낮습니다",
    Reason.NOTHING_KNOWN: "질의와 글자가 겹치는 항목이 없습니다",
    Reason.NOTHING_ASKED: "인사나 부탁뿐이고 묻는 것이 없습니다",
}


@dataclass(frozen=True, slots=True)
class Matched:
    """The query's words, as typed and as synonyms read them, each once in order, by where a candidate holds them.

    question: in the question that matched; entry: only elsewhere in the entry; missing: nowhere.
    """

    question: tuple[str, ...]
    entry: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A reply with what led to it. `thresholds` are those that the decision compared with."""

    reply: Reply
    ranking: Ranking
    three: float
    thresholds: Thresholds
    index: Index = field(repr=False)
    reader: Reader = field(repr=False)

    @property
    def synonyms(self) -> tuple[str, ...]:
        """What was read as what."""
        return self.reader.synonyms.explain(self.ranking.reading.items)

    @property
    def confidence_features(self) -> Mapping[str, float]:
        """The confidence's features by name; empty without candidates."""
        return dict(zip(CONFIDENCE_FEATURES, confidence_features(self.ranking, self.index).tolist(), strict=True)) if len(self.ranking) else {}

    @property
    def why(self) -> str:
        """The reason as a sentence, with the thresholds that it was compared with."""
        return _WHY[self.reply.reason].format(answer=self.thresholds.answer, suggest=self.thresholds.suggest)

    def matched(self, place: int) -> Matched:
        """What of the query the candidate at that place of the ranking holds."""
        reading, index = self.ranking.reading, self.index
        row, entry = int(self.ranking.questions[place]), int(self.ranking.entries[place])
        literal = dict.fromkeys(reading.items)
        words = tuple(dict.fromkeys((*(form for form, _ in literal), *reading.canonical)))
        forms = {f"{form}/{tag}": form for form, tag in literal}
        asked = {forms[term] for term in index.held("coverage", row, forms)} | index.held("canonical_coverage", row, reading.canonical)
        held = {forms[term] for term in index.held("entry_nouns", entry, forms)} | index.held("entry_words_bm25", entry, words)
        return Matched(
            tuple(word for word in words if word in asked),
            tuple(word for word in words if word in held - asked),
            tuple(word for word in words if word not in held | asked),
        )

    def to_json(self) -> dict[str, Any]:
        """How the query was read, what was decided by which thresholds, and what each candidate holds, with all features."""
        named = [dict(zip(CANDIDATE_FEATURES, row, strict=True)) for row in self.ranking.features.tolist()]
        return {
            "morphemes": self.ranking.reading.morphemes,
            "canonical": list(self.ranking.reading.canonical),
            "synonyms": list(self.synonyms),
            "claims": sorted(self.ranking.reading.claims),
            "thresholds": {"answer": self.thresholds.answer, "suggest": self.thresholds.suggest},
            "why": self.why,
            "right_among_three": self.three,
            "confidence_features": self.confidence_features,
            "candidates": [
                self._candidate(place, candidate, features) for place, (candidate, features) in enumerate(zip(self.reply.candidates, named, strict=False))
            ],
        }

    def _candidate(self, place: int, candidate: Candidate, features: Mapping[str, float]) -> dict[str, Any]:
        matched = self.matched(place)
        return {
            "id": candidate.id,
            "question": candidate.question,
            "score": candidate.score,
            "confidence": candidate.confidence,
            "matched": {"question": list(matched.question), "entry": list(matched.entry), "missing": list(matched.missing)},
            "features": features,
        }

    def lines(self) -> list[str]:
        """The same for reading."""
        data = self.to_json()
        head = [f"형태소: {' '.join(data['morphemes'])}", f"대표어: {' '.join(data['canonical'])}", f"유의어: {', '.join(data['synonyms']) or '없음'}"]
        head.append(f"까닭: {data['why']}")
        head.append(f"셋 안에 답이 있을 확률: {self.three:.1%}")
        head.append("신뢰도 특징: " + _numbers(data["confidence_features"]))
        return head + [line for candidate in data["candidates"] for line in _candidate_lines(candidate)]


def _candidate_lines(candidate: Mapping[str, Any]) -> tuple[str, str]:
    labelled = {"질문에": candidate["matched"]["question"], "항목에": candidate["matched"]["entry"], "없음": candidate["matched"]["missing"]}
    words = " · ".join(f"{label} {' '.join(found)}" for label, found in labelled.items() if found)
    head = f"[{candidate['id']}] {candidate['question']} · 점수 {candidate['score']:.2f}, 신뢰도 {candidate['confidence']:.1%}"
    return f"{head} · {words}" if words else head, f"    {_numbers(candidate['features'])}"


def _numbers(values: Mapping[str, float]) -> str:
    return " ".join(f"{name}={value:.2f}" for name, value in values.items())
