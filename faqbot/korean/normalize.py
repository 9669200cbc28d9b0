"""Text as typed → text as read. Pure; the same function serves stored questions and queries."""

import re
import unicodedata

from faqbot.errors import QueryError

#: Characters a query may have as typed. A paste of a whole mail is not a query; checked before any other work.
MAX_RAW = 1200
#: Characters a query may have after normalization. Kiwi needs up to 57 ms for 300 hostile characters, and its time grows faster than length.
MAX_NORMALIZED = 300

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_RUN = re.compile(r"([^\W\d_]|[^\w\s])\1{2,}")
#: What most queries are made of, and what folding leaves as it is: looking at each character would cost 20 µs.
_PLAIN = re.compile(r"[ -~가-힣ㄱ-ㅣ]*")
_SURROGATE = re.compile("[\ud800-\udfff]")


def normalize(text: str) -> str:
    """Fold what never carries meaning in a help centre: NFD, full width, invisible characters, long repetitions, spaces.

    Only the full-width ASCII block is folded, not NFKC: NFKC would turn the ㅋ of a laugh into a conjoining jamo.
    Three or more of one letter or sign become two; digits stay as they are. Idempotent.

    >>> normalize("  ５만원　환불해 주세요ㅋㅋㅋㅋㅋ!!!! ")
    '5만원 환불해 주세요ㅋㅋ!!'
    >>> normalize("100000원")
    '100000원'
    """
    if not _PLAIN.fullmatch(text):
        text = _folded(text)
    if _RUN.search(text):
        text = _RUN.sub(r"\1\1", text)
    return " ".join(text.split())


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFC", text).translate(_FULL_WIDTH)
    visible = (c if (k := unicodedata.category(c)) not in {"Cf", "Cc", "Co", "Cn"} else " " if k == "Cc" else "" for c in text)
    return unicodedata.normalize("NFC", "".join(visible))


def normalize_query(raw: str) -> str:
    """Normalize a query, refusing what no analyzer should see.

    Raises:
        QueryError: `too_long` above MAX_RAW or MAX_NORMALIZED characters, `not_text` for lone surrogates, `empty` where nothing is left.
    """
    if len(raw) > MAX_RAW:
        raise QueryError(f"질문이 너무 깁니다({len(raw):,}자). {MAX_NORMALIZED}자 이내로 줄여 주세요.", code="too_long")
    if _SURROGATE.search(raw):
        raise QueryError("질문에 깨진 글자가 있습니다. 다시 입력해 주세요.", code="not_text")
    text = normalize(raw)
    if len(text) > MAX_NORMALIZED:
        raise QueryError(f"질문이 너무 깁니다({len(text):,}자). {MAX_NORMALIZED}자 이내로 줄여 주세요.", code="too_long")
    if not text:
        raise QueryError("질문이 비어 있습니다. 궁금한 점을 적어 주세요.", code="empty")
    return text
