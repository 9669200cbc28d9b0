"""Findings of a table, as the command line prints them."""

from datetime import date

from faqbot.cli.findings import count_by_severity, lines
from faqbot.corpus.checks import checks
from faqbot.domain import FaqEntry

DAY = date(2026, 3, 2)
#: Questions that nothing tells apart, and more of them than are listed.
SAME = [FaqEntry(f"e{n}", "환불은 며칠 걸리나요?", f"{n}일 걸립니다.", ("결제",)) for n in range(60)]


def test_findings_are_printed_by_kind_and_those_that_are_left_out_are_counted() -> None:
    found = checks([FaqEntry("a", "배송은요?", "[표](http://)", ("배송",), valid_to=date(2020, 1, 1)), *SAME], DAY)
    printed = list(lines(found))
    heads = [line for line in printed if line.startswith("[")]
    assert len(heads) == len({finding.kind for finding in found})
    assert sum(int(line.rpartition("] ")[2].removesuffix("건")) for line in heads) == len(found)


def test_without_findings_nothing_is_printed() -> None:
    assert list(lines(())) == []
    assert set(count_by_severity(()).values()) == {0}
