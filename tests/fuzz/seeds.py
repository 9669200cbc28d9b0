"""What fuzzing starts from: texts of the sample site and forms of personal data that nobody has."""

from pathlib import Path

from faqbot.corpus import read_faq, read_labelled_queries

#: Of the promises.
NAMES = ("table", "query", "personal", "answer")
_DATA = Path(__file__).parents[2] / "data"
_NUMBERS = (
    "900101-1234568",
    "４１１１ １１１１ １１１１ １１１１",
    "공일공 일이삼사 오육칠팔",
    "농협 302-1234-5678-91",
    "kim@example.kr",
    "M12345678",
    "123-45-67891",
)
_MARKS = (
    "1. [환불](https://a.kr)\n   - **굵게**\n\n| 가 | 나 |\n|---|---|\n| 1 | 2 |",
    "<script>alert(1)</script> [x](javascript:alert(1))",
    "# 제목\n\n> 인용\n\n```\n코드\n```",
)
_HEADS = ('id,질문,답변\r\na,환불?,"사흘\n걸려요"\r\n', "질문\t답변\t시작일\n배송?\t이틀\t2026-02-30\n", "question;answer;enabled\n쿠폰?;=1+1;아니오\n")


def seeds(name: str) -> tuple[bytes, ...]:
    """First inputs of a promise, in its own form."""
    if name == "table":
        texts = (*_HEADS, *(_DATA / "faq.csv").read_text(encoding="utf-8-sig").splitlines(keepends=True)[:1])
        return tuple(text.encode(encoding) for text in texts for encoding in ("utf-8-sig", "cp949", "utf-16"))
    if name == "answer":
        return tuple(text.encode() for text in (*_MARKS, *(entry.answer for entry in read_faq(_DATA / "faq.csv").entries[:40])))
    queries = tuple(labelled.query for labelled in read_labelled_queries(_DATA / "queries.csv")[:40])
    return tuple(text.encode() for text in (*_NUMBERS, *queries))
