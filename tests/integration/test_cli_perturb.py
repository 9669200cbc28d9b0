"""`faqbot evaluate --perturb` as an operator types it: what it prints, and 0, 1 or 2."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from faqbot.cli import main
from faqbot.evaluation.perturbations import KINDS, PERTURBATIONS

#: Two questions, one of them without Hangul: no other layout and no NFD for that.
TABLE = "id,질문,대체 질문,답변\nrefund,돈은 며칠 뒤에 돌려받나요?,refund OTP,하루 걸립니다.\n"
#: Two queries that an entry answers, one of them without Hangul, and one that none does.
QUERIES = "query,faq_id,kind\n환불 며칠 걸려요,refund,paraphrase\nrefund OTP,refund,keyword\n점심 메뉴 추천,,far\n"

Run = Callable[..., Result]
Write = Callable[[str, str], Path]


@pytest.fixture
def run(trained_site: Path) -> Run:
    """Runs `faqbot evaluate` on the published small table; what is no error for people ends the test."""

    def invoke(*arguments: str | Path, models: Path = trained_site.parent) -> Result:
        words = ["evaluate", *(str(argument) for argument in arguments), "--models", str(models)]
        return CliRunner().invoke(main, words, catch_exceptions=False, prog_name="faqbot")

    return invoke


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file and gives its path."""

    def to(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return to


def counts(result: Result) -> tuple[int, int, int]:
    """How many questions were asked, how many of them have an NFD, and how many can be typed without spaces."""
    data = json.loads(result.stdout)
    n = {(row["kind"], row["name"]): row["n"] for row in data["rows"]}
    return data["questions"], n["nfd", ""], n["spacing", "removed"]


def usage_error(result: Result) -> str:
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr.partition("\n")[0].removeprefix("오류: ")


def test_the_questions_of_the_release_are_perturbed_without_any_file(run: Run) -> None:
    result = run("--perturb")
    assert (result.exit_code, result.stderr) == (0, "")
    first, head, *table = result.stdout.splitlines()
    assert first.startswith("질문 9개를 바꿔 물었습니다.")  # of the eight entries, one is disabled, one is past, two share a question
    assert head.split() == ["무엇을", "바꿨나", "바꾼", "글", "첫", "후보", "같음", "목표", "신뢰도", "변화", "목표", "결과", "바뀜"]
    for label in KINDS.values():
        assert any(line.startswith(label) for line in table)


def test_every_row_of_the_table_is_in_the_json_with_its_target(run: Run) -> None:
    data = json.loads(run("--perturb", "--json").stdout)
    assert data["questions"] == 9
    assert [(row["kind"], row["name"]) for row in data["rows"] if row["name"]] == [(p.kind, p.name) for p in PERTURBATIONS if p.name]
    targets = {row["kind"]: (row["target_same_first"], row["target_change"]) for row in data["rows"]}
    assert targets == {
        "spacing": (0.99, 0.05),
        "particles": (None, 0.05),
        "endings": (0.99, 0.05),
        "politeness": (None, 0.05),
        "nfd": (0.99, 0.05),
        "width": (0.99, 0.05),
        "punctuation": (0.99, 0.05),
        "typo": (0.98, 0.05),
        "keyboard": (0.95, 0.05),
    }
    nfd = next(row for row in data["rows"] if row["kind"] == "nfd")
    assert (nfd["n"], nfd["same_first"], nfd["change"], nfd["outcome_changed"], nfd["worst"]) == (9, 1.0, 0.0, 0.0, [])


def test_asking_twice_prints_the_same(run: Run) -> None:
    assert run("--perturb", "--sample", "4").stdout == run("--perturb", "--sample", "4").stdout


def test_a_sample_is_no_larger_than_asked_for(run: Run) -> None:
    assert json.loads(run("--perturb", "--sample", "4", "--json").stdout)["questions"] == 4
    assert json.loads(run("--perturb", "--sample", "400", "--json").stdout)["questions"] == 9


def test_the_questions_of_another_table_can_be_perturbed(run: Run, write: Write) -> None:
    assert counts(run("--perturb", "--faq", write("faq.csv", TABLE), "--json")) == (2, 1, 2)


def test_queries_that_an_entry_answers_can_be_perturbed(run: Run, write: Write) -> None:
    assert counts(run("--perturb", "--queries", write("queries.csv", QUERIES), "--json")) == (2, 1, 2)


def test_a_table_that_cannot_be_read_is_refused(run: Run, write: Write) -> None:
    result = run("--perturb", "--faq", write("faq.csv", "id,질문\na,환불\n"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "답변" in result.stderr


def test_without_a_release_it_says_how_to_train(run: Run, tmp_path: Path) -> None:
    result = run("--perturb", models=tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "faqbot train" in result.stderr


def test_queries_are_needed_unless_questions_are_perturbed(run: Run) -> None:
    assert usage_error(run()) == "--queries를 적어 주세요."


@pytest.mark.parametrize("words", [("--faq", __file__), ("--sample", "4")])
def test_what_belongs_to_perturb_is_refused_without_it(run: Run, write: Write, words: tuple[str, str]) -> None:
    assert usage_error(run("--queries", write("queries.csv", QUERIES), *words)) == "--faq 와 --sample 은 --perturb 와 함께 씁니다."


def test_the_questions_come_from_one_place(run: Run, write: Write) -> None:
    result = run("--perturb", "--queries", write("queries.csv", QUERIES), "--faq", write("faq.csv", TABLE))
    assert usage_error(result) == "--queries 와 --faq 가운데 하나만 주세요."


def test_an_empty_sample_is_a_usage_error(run: Run) -> None:
    assert "--sample" in usage_error(run("--perturb", "--sample", "0"))
