"""The data of a reliability report → one HTML file that needs nothing else: no script, no address, figures as SVG with a table beside each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

#: Name of a figure → its title, its unit, and what it says to an operator; {n} is the figure times 100.
FIGURES = {
    "answer_precision": ("바로 준 답의 정확도", "%", "바로 준 답 100개 중 {n}개가 맞았습니다."),
    "answered": ("바로 답한 비율", "%", "답이 있는 질의 100개 중 {n}개에 바로 답했습니다. 틀린 답도 셉니다."),
    "helped": ("도움이 된 비율", "%", "답이 있는 질의 100개 중 {n}개에서 맞는 답을 바로 주었거나 후보로 보여 주었습니다."),
    "false_answer": ("범위 밖 질의에 답한 비율", "%", "FAQ에 답이 없는 질의 100개 중 {n}개에 엉뚱한 답을 했습니다. 낮을수록 좋습니다."),
    "fallback_out": ("범위 밖을 알아본 비율", "%", "FAQ에 답이 없는 질의 100개 중 {n}개에서 모른다고 말하고 1:1 문의로 안내했습니다."),
    "hit@1": ("첫째 후보가 맞은 비율", "%", "답이 있는 질의 100개 중 {n}개에서 맞는 FAQ를 맨 앞에 놓았습니다."),
    "hit@3": ("셋 안에 맞은 비율", "%", "답이 있는 질의 100개 중 {n}개에서 맞는 FAQ가 앞의 셋 안에 있었습니다."),
    "hit@5": ("다섯 안에 맞은 비율", "%", "답이 있는 질의 100개 중 {n}개에서 맞는 FAQ가 앞의 다섯 안에 있었습니다."),
    "mrr@10": ("맞는 FAQ의 순위", "", "맞는 FAQ가 늘 첫째면 1, 늘 둘째면 0.5인 값입니다."),
    "coverage@p90": ("정확도 90%에서 답할 수 있는 비율", "%", "틀린 답을 열에 하나까지 허용하면, 답이 있는 질의 100개 중 {n}개에 맞는 답을 바로 줄 수 있습니다."),
    "coverage@p95": ("정확도 95%에서 답할 수 있는 비율", "%", "틀린 답을 스물에 하나까지 허용하면, 답이 있는 질의 100개 중 {n}개에 맞는 답을 바로 줄 수 있습니다."),
    "auroc": ("맞은 것과 틀린 것의 구별", "%", "맞은 질의와 틀린 질의를 하나씩 뽑으면, 100번 중 {n}번은 맞은 쪽의 신뢰도가 더 높습니다."),
    "auroc_scope": ("범위 안과 밖의 구별", "%", "답이 있는 질의와 없는 질의를 하나씩 뽑으면, 100번 중 {n}번은 답이 있는 쪽의 신뢰도가 더 높습니다."),
    "ece": ("신뢰도의 오차", "%p", "신뢰도와 실제로 맞은 비율은 평균 {n}%p 다릅니다."),
    "ece_floor": ("그중 우연의 몫", "%p", "신뢰도가 완벽해도 질의가 이만큼뿐이면 평균 {n}%p는 다르게 보입니다."),
    "ece_excess": ("우연을 뺀 신뢰도의 오차", "%p", "우연의 몫을 빼면 신뢰도와 실제로 맞은 비율은 평균 {n}%p 다릅니다. 낮을수록 신뢰도를 그대로 믿어도 됩니다."),
    "brier": ("브라이어 점수", "", "신뢰도와 결과(맞음 1, 틀림 0)의 차이를 제곱한 평균입니다. 낮을수록 좋습니다."),
}  # fmt: skip

#: Histogram → its title and whom it is about.
_GROUPS = {
    "right": ("범위 안, 맞음", "FAQ에 답이 있고 첫째 후보가 맞은 질의입니다. 오른쪽에 몰릴수록 좋습니다."),
    "wrong": ("범위 안, 틀림", "FAQ에 답이 있지만 첫째 후보가 틀린 질의입니다. 기준 왼쪽에 있어야 합니다."),
    "stored": ("저장된 질문", "FAQ 표의 질문을 그대로 물은 것입니다. 오른쪽에 몰려야 합니다."),
    "near": ("범위 밖, 가까움", "FAQ에 답이 없지만 비슷한 주제의 질의입니다. 기준 왼쪽에 있어야 합니다."),
    "removed": ("항목을 뺀 저장된 질문", "FAQ 표의 질문을, 그 항목을 빼고 물은 것입니다. 답이 없으므로 기준 왼쪽에 있어야 합니다."),
    "far": ("범위 밖, 멂", "어느 고객센터도 답하지 않을 말입니다. 왼쪽 끝에 몰릴수록 좋습니다. 패키지에 든 문장은 신뢰도를 맞추는 데도 씁니다."),
}

#: Known kinds of queries in words; others stand for themselves.
_KINDS = {
    "": "종류 없음",
    "paraphrase": "바꿔 말하기",
    "colloquial": "입말",
    "keyword": "낱말",
    "typo": "오타",
    "nospace": "띄어쓰기 없음",
    "keyboard": "한영 자판",
    "verbose": "긴 글",
    "oos_near": "범위 밖, 가까움",
    "oos_far": "범위 밖, 멂",
}

_OUTCOMES = {"answer": "바로 답함", "suggest": "후보를 보여 줌", "fallback": "1:1 문의로 안내"}

#: Highest values that an axis of shares can end at; each divides into five round steps.
_ENDS = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Plot:
    """Where a value lies in a drawing. x runs over 0..1, y over 0..highest, upwards; lengths are user units of the SVG."""

    width: int
    height: int
    highest: float = 1.0
    left: int = 50
    top: int = 22

    def x(self, value: float) -> float:
        """Distance from the left edge."""
        return round(self.left + self.width * value, 1)

    def y(self, value: float) -> float:
        """Distance from the upper edge; values above the highest are drawn at it."""
        return round(self.top + self.height * (1 - min(1.0, value / self.highest)), 1)

    @property
    def steps(self) -> list[float]:
        """Values of y with a line across."""
        return [self.highest * i / 5 for i in range(6)]

    @property
    def marked(self) -> list[float]:
        """Those of them that are written beside it: all where there is room, else the ends."""
        return self.steps if self.height > 100 else self.steps[:: len(self.steps) - 1]

    @property
    def along(self) -> list[float]:
        """Values of x that are written below."""
        return [i / 5 for i in range(6)]


def page(report: Mapping[str, Any]) -> str:
    """The page of a report as `faqbot.evaluation.report.report` makes it, or as it was read back from JSON."""
    target, points, in_use = report["target_precision"], report["risk_coverage"]["points"], report["risk_coverage"]["in_use"]
    without_label = report["what_if_unlabelled"][:1]
    return _template().render(
        report=report,
        shown=FIGURES,
        groups=_GROUPS,
        outcomes=_OUTCOMES,
        square=Plot(340, 260),
        risk=Plot(340, 260, _end([*(p["risk"] for p in [*points, in_use] if p), 1 - target])),
        panels=[(h, Plot(340, 84, _end([count / h["n"] for count in h["counts"]]))) for h in report["histograms"]],
        sorts=[name for name in _GROUPS if any(row.get(name) is not None for row in without_label)],
        risk_rows=_every_tenth(points),
        outside=report["figures"]["out_of_scope"] / report["labelled"] if report["labelled"] else 0.0,
    )


def report_files(report: Mapping[str, Any]) -> dict[str, bytes]:
    """report.json and report.html, as they lie in a release."""
    return {"report.json": json.dumps(report, ensure_ascii=False, indent=1).encode(), "report.html": page(report).encode()}


def _end(values: Sequence[float]) -> float:
    """Where an axis over these values ends."""
    return next(end for end in _ENDS if max(values) <= end + 1e-9)


def _every_tenth(points: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The first point of a curve that answers a tenth, two tenths … all of the queries; fewer where one point is several of them."""
    found = [next((p for p in points if p["answered"] >= tenth / 10 - 1e-9), None) for tenth in range(1, 11)]
    return list({p["answered"]: p for p in found if p is not None}.values())


def _percent(value: float | None) -> str:
    """A share in a table, "–" for none.

    >>> _percent(0.7881), _percent(1.0), _percent(None)
    ('78.8%', '100.0%', '–')
    """
    return "–" if value is None else f"{value * 100:.1f}%"


def _brief(value: float) -> str:
    """A share in a sentence or beside an axis, without a nought at the end.

    >>> _brief(0.7881), _brief(0.9)
    ('78.8%', '90%')
    """
    return f"{round(value * 100, 1):g}%"


def _figure(value: float | None, unit: str) -> str:
    """A figure with its unit."""
    return f"{value:.3f}" if value is not None and not unit else _percent(value).replace("%", unit)


def _sentence(value: float | None, sentence: str, unit: str = "%") -> str:
    """What a figure says; a figure that could not be measured says so. Whole numbers, but for differences, which are small.

    >>> _sentence(0.788, "바로 준 답 100개 중 {n}개가 맞았습니다.")
    '바로 준 답 100개 중 79개가 맞았습니다.'
    """
    if value is None:
        return "잴 수 있는 질의가 없습니다."
    return sentence.format(n=f"{value * 100:.1f}" if unit == "%p" else round(value * 100))


def _kind(kind: str) -> str:
    """A kind in words with its name in the file.

    >>> _kind("typo"), _kind("우리 분류")
    ('오타 (typo)', '우리 분류')
    """
    return f"{_KINDS[kind]} ({kind})" if kind and kind in _KINDS else _KINDS.get(kind, kind)


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"percent": _percent, "brief": _brief, "figure": _figure, "sentence": _sentence, "kind": _kind}
    return environment.from_string(files("faqbot.evaluation").joinpath("report.html.j2").read_text(encoding="utf-8"))
