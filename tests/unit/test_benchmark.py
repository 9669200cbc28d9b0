"""Which folders a benchmark reads, and what it is fitted on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from faqbot.bootstrap.measuring import benchmark_on, fit_prior_on
from faqbot.korean.reading import Reader
from faqbot.training import sets as training_sets
from faqbot.training.base import Base, untracked
from faqbot.training.benchmark import Extras

TABLES = {
    "shop": "id,질문,답변\nrefund,환불 기간,사흘입니다.\nlate,배송 지연,이틀입니다.\ncancel,결제 취소 방법,배송 전에 하세요.\ncoupon,쿠폰 사용법,결제할 때 고르세요.\n",
    "bank": "id,질문,답변\nloan,대출 금리,낮습니다.\ncard,카드 분실 신고,전화 주세요.\nlimit,이체 한도 변경,앱에서 합니다.\notp,인증서 발급,카드가 있어야 합니다.\n",
}
QUERIES = {
    "shop": "query,faq_id\n환불 기간 문의,refund\n배송 언제 오나요,late\n결제 취소,cancel\n쿠폰 어떻게 써요,coupon\n카드 결제 날씨,\n배송 기사 이름,\n",
    "bank": "query,faq_id\n금리가 얼마예요,loan\n카드를 분실했어요,card\n한도 변경,limit\n인증서 발급 방법,otp\n카드 디자인,\n앱 색깔 변경,\n",
}


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    for name, table in TABLES.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "faqs.csv").write_text(table, encoding="utf-8")
        (tmp_path / name / "queries.csv").write_text(QUERIES[name], encoding="utf-8")
    return {name: tmp_path / name for name in TABLES}


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the folders that are read, as they are read."""
    names: list[str] = []
    read_base = training_sets.read_base

    def noted(folder: Path, reader: Reader) -> Base:
        names.append(folder.name)
        return read_base(folder, reader)

    monkeypatch.setattr(training_sets, "read_base", noted)
    return names


def first_row(sets: Sequence[Path], own: Sequence[Path], ranking: Sequence[Path] = ()) -> dict[str, Any]:
    """The first set without itself; everything is read by then."""
    return next(benchmark_on(sets, own, None, untracked, Extras(), ranking))


def test_a_folder_that_is_scored_and_fitted_on_is_read_once(folders: dict[str, Path], read: list[str]) -> None:
    shop, bank = folders.values()
    row = first_row([shop, bank], [bank, shop / ".." / "shop"], [bank])
    assert read == ["shop", "bank"]
    assert (row["set"], row["weights"]) == ("shop", "left_out")


@pytest.mark.slow
def test_a_set_that_is_a_base_as_well_is_left_out_all_the_same(folders: dict[str, Path]) -> None:
    both = list(folders.values())
    assert first_row(both, both) == first_row(both, [])


def test_a_folder_that_teaches_both_the_ranker_and_the_calibration_is_read_once(folders: dict[str, Path], read: list[str]) -> None:
    both = list(folders.values())
    assert fit_prior_on(both, both[:1], untracked)["bases"] == ["shop", "bank"]
    assert read == ["shop", "bank"]
