"""Text → morphemes. The only module that knows Kiwi."""

import hashlib
import json
import re
import warnings
from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from importlib.metadata import version
from typing import Any, NamedTuple, Protocol

from faqbot.korean.memory import require_room
from faqbot.korean.normalize import normalize

#: Characters of one Kiwi call. Kiwi is quadratic on long text (50k characters: 1.7 s), so longer text is cut at sentence ends.
PIECE = 2000
#: Sentences whose tokens enter the fingerprint: what an upgrade of the model changed in trials, and what answers hang on.
CANARY = (
    "로그인이 안 돼요", "로그인이 되지 않아요", "환불해 주세요", "환불 불가 상품인가요?", "배송이 언제 오나요", "어제 주문했는데 아직 안 왔어요",
    "포인트 적립이 누락됐어요", "비밀번호 바꾸는 법", "2단계 인증을 끄고 싶어요", "결제가 두 번 됐는데 취소되나요", "돈 돌려받고 싶어요", "A/S 신청하려면",
    "미입금 주문", "탈퇴했는데 다시 가입할 수 있나요", "고객센터 몇 시까지 해요?", "네이버페이 충전이 안 되네", "환불어케함", "못 받았다고요", "ㅋㅋ 쿠폰 어디감ㅠㅠ",
    "010-1234-5678로 문자가 왔어요", "https://pay.naver.com 접속 오류", "5만원 이상 무료배송",
)  # fmt: skip


class Token(NamedTuple):
    """A morpheme: its form, its Sejong tag, and the half-open range of characters it covers in the text."""

    form: str
    tag: str
    start: int
    end: int


class Analyzer(Protocol):
    """What training and serving need: one text in, its tokens out, and a name for everything that could change them."""

    @property
    def fingerprint(self) -> str:
        """Hex digest; two analyzers with equal fingerprints give equal tokens for every text."""

    def tokenize(self, text: str) -> tuple[Token, ...]:
        """Tokens of a normalized text in order; none for an empty one."""


class SingleTexts:
    """Kiwi without the ways into its thread pool: in a forked worker a list would wait for ever for threads that are not there."""

    __slots__ = ("_kiwi", "join", "morpheme_similarity")

    def __init__(self, kiwi: Any) -> None:
        self._kiwi = kiwi
        self.join = kiwi.join
        self.morpheme_similarity = kiwi.morpheme_similarity

    def tokenize(self, text: str, **options: Any) -> Any:
        """Kiwi's tokens of one text.

        Raises:
            TypeError: more than one text, or none.
        """
        return self._kiwi.tokenize(_single(text), **options)

    def analyze(self, text: str, **options: Any) -> Any:
        """Kiwi's best analyses of one text, with their scores.

        Raises:
            TypeError: more than one text, or none.
        """
        return self._kiwi.analyze(_single(text), **options)


def _single(text: str) -> str:
    if not isinstance(text, str):
        raise TypeError(f"Kiwi is given one text at a time, never a {type(text).__name__}: after a fork it would hang for ever")
    return text


@cache
def shared_kiwi() -> SingleTexts:
    """The one Kiwi of this process: all releases share it, for it knows no site's words."""
    require_room()
    from kiwipiepy import Kiwi  # noqa: PLC0415  # half a second and 500 MB that --help must not pay

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it announces that 0 means "no thread pool", which is what is wanted
        kiwi = Kiwi(num_workers=0)
    kiwi.tokenize("")  # the constructor loads half; the rest must be there before workers are forked
    return SingleTexts(kiwi)


class KiwiAnalyzer:
    """Kiwi with a site's user words.

    User words go to each call as spans that are already decided, never into Kiwi's dictionary: that would cost two
    seconds at the next call and undo the memory sharing of forked workers.

    Args:
        user_words: (word, tag) pairs; matched literally, longest first, case folded, only where no letter or digit of the same script continues a Latin word.
    """

    def __init__(self, user_words: Iterable[tuple[str, str]] = ()) -> None:
        self._user_words = {normalize(word).casefold(): tag for word, tag in user_words}
        longest_first = sorted(self._user_words, key=lambda word: (-len(word), word))
        self._pattern = re.compile("|".join(re.escape(word) for word in longest_first), re.IGNORECASE | re.ASCII) if longest_first else None

    def warm(self) -> None:
        """Load the model now (about two seconds, 500 MB); call before forking so that workers share it."""
        shared_kiwi()

    def tokenize(self, text: str) -> tuple[Token, ...]:
        """Tokens of a normalized text in order; spaces and nothing else give none.

        >>> [t.form for t in KiwiAnalyzer([("네이버페이", "NNP")]).tokenize("네이버페이 환불")]
        ['네이버페이', '환불']
        """
        if len(text) <= PIECE:
            return self._piece(text, 0)
        return tuple(token for start, piece in _pieces(text) for token in self._piece(piece, start))

    def join(self, morphemes: Iterable[tuple[str, str]]) -> str:
        """Text of (form, tag) morphemes, conjugated, particles fitted and spaced as Kiwi spaces; none give "".

        >>> KiwiAnalyzer().join([("환불", "NNG"), ("되", "XSV"), ("어요", "EF")]), KiwiAnalyzer().join([("환불", "NNG"), ("되", "XSV"), ("나요", "EF")])
        ('환불돼요', '환불되나요')
        """
        return str(shared_kiwi().join(list(morphemes)))

    def _piece(self, text: str, offset: int) -> tuple[Token, ...]:
        spans = (
            [(m.start(), m.end(), self._user_words[m.group().casefold()]) for m in self._pattern.finditer(text) if _stands_alone(m)] if self._pattern else None
        )
        found = shared_kiwi().tokenize(text, pretokenized=spans, normalize_coda=True)
        return tuple([Token(t.form, t.tag, start := offset + t.start, start + t.len) for t in found])

    @cached_property
    def fingerprint(self) -> str:
        """Digest of versions, options, user words and the tokens of CANARY."""
        tokens = [[(t.form, t.tag, t.start, t.end) for t in self.tokenize(normalize(text))] for text in CANARY]
        identity = {
            "kiwipiepy": version("kiwipiepy"),
            "kiwipiepy_model": version("kiwipiepy_model"),
            "options": ["normalize_coda", PIECE],
            "user_words": sorted(self._user_words.items()),
            "canary": tokens,
        }
        return hashlib.sha256(json.dumps(identity, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _stands_alone(match: re.Match[str]) -> bool:
    """A Latin user word inside a longer Latin word is another word; Korean ones may be glued to anything."""
    word, text = match.group(), match.string
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    return not ((word[0].isascii() and before.isascii() and before.isalnum()) or (word[-1].isascii() and after.isascii() and after.isalnum()))


def _pieces(text: str) -> Sequence[tuple[int, str]]:
    """(offset, piece) of at most PIECE characters, cut behind the last sentence end or space where there is one."""
    pieces, start = [], 0
    while start < len(text):
        end = min(start + PIECE, len(text))
        if end < len(text):
            cut = max(text.rfind(mark, start, end) for mark in ("\n", ". ", " "))
            end = cut + 1 if cut > start else end
        pieces.append((start, text[start:end]))
        start = end
    return pieces
