"""The bot: a query in, a reply out. The same call serves HTTP, CLI and evaluation, so their numbers are equal to the last bit."""

from collections.abc import Callable, Sequence
from copy import copy
from datetime import date
from functools import cached_property, lru_cache, partial

import numpy as np

from faqbot.domain import Candidate, FaqEntry, Interpretation, Outcome, Reason, Reply
from faqbot.korean.courtesy import is_courtesy
from faqbot.korean.initials import Beginnings
from faqbot.korean.normalize import normalize, normalize_query
from faqbot.korean.reading import Reader, Reading
from faqbot.korean.terms import question_key
from faqbot.retrieval.confidence import confidence_features
from faqbot.retrieval.decision import Evidence, decide, level
from faqbot.retrieval.explanation import Explanation
from faqbot.retrieval.index import Index, Mask
from faqbot.retrieval.interpretation import Interpreter, interpret
from faqbot.retrieval.lexicon import Ints
from faqbot.retrieval.parameters import Parameters
from faqbot.retrieval.ranking import Ranking, rank

#: P(the entry answers) where the query is one of its questions to the letter. Not 1: an operator can file a question under the wrong answer.
EXACT = 0.99

#: Candidates a visitor sees, unless entries share a question: then all that share it, four at most.
_SHOWN = {Outcome.ANSWER: 1, Outcome.SUGGEST: 3, Outcome.FALLBACK: 0}


class Bot:
    """One release, ready to answer. Immutable and safe to share between threads.

    Args:
        release: id of the release the parts come from.
        entries: in the order of the index.
        index: what is searched.
        parameters: learned numbers.
        reader: analyzer and synonyms, the same the index was built with.
        today: the clock; entries outside their valid days are not candidates.
    """

    def __init__(
        self, release: str, entries: Sequence[FaqEntry], index: Index, parameters: Parameters, reader: Reader, *, today: Callable[[], date] = date.today
    ) -> None:
        self.release = release
        self.entries = tuple(entries)
        self.index = index
        self.parameters = parameters
        self._reader = reader
        self._interpreter = Interpreter(index.lexicon, reader, index.question_contents)
        self._today = today
        self._valid_on = lru_cache(maxsize=2)(partial(_valid, self.entries))  # nothing here leads back to the bot: it goes as soon as nobody holds it
        self._visible_on = lru_cache(maxsize=2)(partial(_visible, self.entries))
        index.warm()
        self._interpreter.warm()

    def with_parameters(self, parameters: Parameters) -> "Bot":
        """The same bot with other learned numbers; what was derived from entries and index is shared."""
        other = copy(self)
        other.parameters = parameters
        return other

    @property
    def today(self) -> date:
        """The day whose entries are candidates now."""
        return self._today()

    def ask(self, query: str, limit: int = 3, category: Sequence[str] = (), *, literal: bool = False) -> Reply:
        """Decide on a query.

        Args:
            query: as typed.
            limit: how many candidates the reply lists at most; the outcome does not depend on it.
            category: only entries below this category are candidates; () for all.
            literal: read no word otherwise than it was typed.

        Raises:
            QueryError: empty, too long or not text.
        """
        return self.explain(query, limit, category, literal=literal).reply

    def explain(self, query: str, limit: int = 3, category: Sequence[str] = (), *, literal: bool = False) -> Explanation:
        """`ask` with the ranking, the synonyms that applied and P(right among three)."""
        interpretation, reading = self.read(query, literal=literal)
        ranking = self.rank(reading, category)
        first, three = self.confidences(ranking)
        sharing = self._sharing(ranking)
        evidence = Evidence(first, three, len(ranking), ranking.n_exact, sharing, ranking.covered, not is_courtesy(reading.text))
        thresholds = self.parameters.thresholds.within(self.entries[int(ranking.entries[0])].category if len(ranking) else ())
        outcome, reason = decide(evidence, thresholds)
        reply = Reply(
            query=query,
            outcome=outcome,
            reason=reason,
            confidence=first,
            level=level(first, thresholds),
            candidates=self._candidates(ranking, first, three, limit),
            shown=min(max(2, sharing), 4) if reason is Reason.SHARED_QUESTION else _SHOWN[outcome],
            interpretation=interpretation,
            release=self.release,
        )
        return Explanation(reply, ranking, three, thresholds, self.index, self._reader)

    def rank(self, reading: Reading, category: Sequence[str] = ()) -> Ranking:
        """Candidates in order."""
        exact = self._by_question.get(question_key(reading.text))
        allowed = self._allowed(category)
        return rank(reading, self.index, self.parameters.ranker, None if allowed.all() else allowed, exact)

    def read(self, query: str, *, literal: bool = False) -> tuple[Interpretation, Reading]:
        """How a query is read: keys of the wrong layout and misspelt words put right where the base says so.

        A stored question is never read otherwise, and nothing is where the query is meant literally.

        Raises:
            QueryError: empty, too long or not text.
        """
        text = normalize_query(query)
        if literal or question_key(text) in self._by_question:
            return Interpretation(text), self._reader.query(text)
        return self._interpreter.read(text)

    def interpret(self, query: str) -> Interpretation:
        """The query normalized and, where the base says so, read as typed on the other keyboard layout; a stored question is never read otherwise.

        Raises:
            QueryError: empty, too long or not text.
        """
        text = normalize_query(query)
        return Interpretation(text) if question_key(text) in self._by_question else interpret(text, self.index.lexicon)

    def confidences(self, ranking: Ranking) -> tuple[float, float]:
        """P(the first candidate answers), P(one of the first three does); 0, 0 without candidates."""
        if not len(ranking):
            return 0.0, 0.0
        if exact := ranking.n_exact:
            return EXACT / exact, max(EXACT / exact, EXACT * min(3, exact) / exact)
        features = confidence_features(ranking, self.index)
        first = self.parameters.first.probability(features)
        return first, max(first, self.parameters.three.probability(features))

    def confidence_among(self, query: str, allowed: Mask) -> float:
        """P(the first candidate answers) where only some entries may be candidates, shape (entries,): what a query is worth once its own entry is gone.

        Raises:
            QueryError: empty, too long or not text.
        """
        ranking = rank(self.read(query)[1], self.index, self.parameters.ranker, allowed)
        return self.confidences(ranking)[0]

    def suggest(self, typed: str, limit: int = 5) -> tuple[FaqEntry, ...]:
        """Entries for what is typed so far, best first; none for an empty text.

        Those with a question that begins with it, then those with a word in a question that does, then by search. The last syllable may be half done,
        and consonants stand for syllables that begin with them: 배소, 환ㅂ, ㅂㅅㅈㅎ.
        """
        text = normalize(typed)
        if not text:
            return ()
        allowed, meant = self._allowed(), self.interpret(text).normalized
        begun = [i for i in self._beginnings.find(meant) if allowed[i]]
        found = self.rank(self._reader.query(meant)).entries.tolist()
        return tuple(self.entries[i] for i in list(dict.fromkeys([*begun, *found]))[:limit])

    def holding(self, question: str) -> Ints:
        """Positions of the entries that hold a question, spaces and signs aside, ascending; none for another text."""
        return self._by_question.get(question_key(normalize(question)), np.empty(0, dtype=np.int64))

    def is_valid(self, entry: FaqEntry) -> bool:
        """Whether an entry of this bot may be shown today."""
        return entry.is_valid_on(self._today())

    def visible(self, category: Sequence[str] = ()) -> tuple[FaqEntry, ...]:
        """Entries below a category that are valid today, in entry order; () for all, the same tuple all day."""
        if not category:
            return self._visible_on(self._today())
        return tuple(self.entries[position] for position in np.flatnonzero(self._allowed(category)).tolist())

    def _candidates(self, ranking: Ranking, first: float, three: float, limit: int) -> tuple[Candidate, ...]:
        places = slice(limit)
        confidences = _divide(ranking.shares().tolist(), first, three)[places]
        entries, questions, scores = (values[places].tolist() for values in (ranking.entries, ranking.questions, ranking.scores))
        found = []
        for entry, question, score, confidence in zip(entries, questions, scores, confidences, strict=True):
            own = self.entries[entry]
            found.append(Candidate(own.id, own.questions[question - int(self.index.question_starts[entry])], score, confidence))
        return tuple(found)

    def _sharing(self, ranking: Ranking) -> int:
        """How many candidates hold the question that matched best, 0 without candidates."""
        if not len(ranking):
            return 0
        entry, row = int(ranking.entries[0]), int(ranking.questions[0])
        key = self._keys[entry][row - int(self.index.question_starts[entry])]
        holders = self._by_question[key]
        return 1 if len(holders) == 1 else int(np.isin(ranking.entries, holders).sum())

    @cached_property
    def _keys(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(question_key(normalize(question)) for question in entry.questions) for entry in self.entries)

    @cached_property
    def _beginnings(self) -> Beginnings:
        return Beginnings((position, normalize(question)) for position, entry in enumerate(self.entries) for question in entry.questions)

    @cached_property
    def _by_question(self) -> dict[str, Ints]:
        """Question key → positions of the entries that hold it, ascending."""
        holders: dict[str, list[int]] = {}
        for position, keys in enumerate(self._keys):
            for key in dict.fromkeys(keys):
                holders.setdefault(key, []).append(position)
        return {key: np.array(positions) for key, positions in holders.items()}

    def _allowed(self, category: Sequence[str] = ()) -> Mask:
        """Entries valid today below a category, shape (entries,)."""
        valid = self._valid_on(self._today())
        return valid & self._below.get(tuple(category), np.zeros_like(valid)) if category else valid

    @cached_property
    def _below(self) -> dict[tuple[str, ...], Mask]:
        """Every category and part of one that leads to entries → mask over entries."""
        masks: dict[tuple[str, ...], Mask] = {}
        for position, entry in enumerate(self.entries):
            for depth in range(1, len(entry.category) + 1):
                masks.setdefault(entry.category[:depth], np.zeros(len(self.entries), dtype=np.bool_))[position] = True
        return masks


def _valid(entries: Sequence[FaqEntry], day: date) -> Mask:
    return np.array([entry.is_valid_on(day) for entry in entries], dtype=np.bool_)


def _visible(entries: Sequence[FaqEntry], day: date) -> tuple[FaqEntry, ...]:
    return tuple(entry for entry in entries if entry.is_valid_on(day))


def _divide(shares: Sequence[float], first: float, three: float) -> list[float]:
    """Confidence of each candidate: the first has its own, the others divide P(right among three, not the first) by their shares.

    Never rising from one to the next, and at most 1 in sum.
    """
    if not shares:
        return []
    behind = shares[1:]
    top_two = sum(behind[:2])
    if top_two <= 0:
        return [first, *(0.0 for _ in behind)]
    factor = (three - first) / top_two
    rest = [min(share * factor, first) for share in behind]
    fitting = min(1.0, (1 - first) / max(sum(rest), 1e-12))
    return [first, *(confidence * fitting for confidence in rest)]
