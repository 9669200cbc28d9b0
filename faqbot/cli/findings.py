"""Findings of a table on the terminal."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from faqbot.corpus.checks import Finding, Kind, Severity

#: Findings of a kind that are printed; all of them are in the JSON.
_SHOWN = 20

_SEVERITIES = {Severity.ERROR: "오류", Severity.WARNING: "주의", Severity.HINT: "참고"}


def count_by_severity(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings there are of each severity, worst first, 0 included."""
    return {severity.value: sum(finding.severity is severity for finding in findings) for severity in Severity}


def lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Findings by kind, as people read them; nothing for none."""
    for kind, group in groupby(findings, key=lambda finding: finding.kind):
        held = list(group)
        yield f"[{Kind(kind).label}] {len(held):,}건"
        for finding in held[:_SHOWN]:
            first, *rows = str(finding).splitlines()
            yield f"  {_SEVERITIES[finding.severity]}: {first}"
            yield from (f"  {row}" for row in rows)
        if len(held) > _SHOWN:
            yield f"  그 밖에 {len(held) - _SHOWN:,}건이 더 있습니다. --json 으로 모두 볼 수 있습니다."
