"""The data of a reliability report → lines for a terminal. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

_OF_KIND = ("in_scope", "out_of_scope", "hit@1", "hit@3", "answered", "answer_precision", "false_answer", "fallback_out")


def lines(report: Mapping[str, Any]) -> list[str]:
    """Every figure, the answers with their one-sided 95 % bound, the kinds of queries, and what other thresholds would do."""
    answers = report["answers"]
    found = [f"{name:17s} {number(value)}" for name, value in report["figures"].items()]
    found.append(f"바로 준 답 {answers['n']}개 중 {answers['right']}개가 맞았습니다. 95% 확신할 수 있는 정확도는 {answers['lower']:.3f} 이상입니다.")
    found += [f"  {kind['kind'] or '-':12s} " + " ".join(f"{name} {number(kind[name])}" for name in _OF_KIND) for kind in report["kinds"]]
    found.append(f"기준값을 바꾸면{_own(report['thresholds']['in_category'])}:")
    for row in report["what_if"]:
        precision = row["answers"]
        mark = "*" if row["in_use"] else " "
        found.append(
            f"{mark} {row['threshold']:.3f}  answered {number(row['answered'])}  answer_precision {number(precision['precision'])}"
            f" (≥ {precision['lower']:.3f})  false_answer {number(row['false_answer'])}  to_person {number(row['to_person'])}"
        )
    return found


def _own(in_category: Sequence[Sequence[Any]]) -> str:
    """Which categories keep their own threshold, in brackets; nothing where none has one."""
    named = ", ".join(f"{name} {number(float(answer))}" for name, answer in in_category)
    return f" (따로 기준을 둔 분류는 그 기준 그대로: {named})" if named else ""


def number(value: float | None) -> str:
    """Three digits; - where there is none."""
    return "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)
