"""Every command as an operator types it: what it prints, and 0, 1 or 2."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import faqbot
from faqbot.cli import main
from faqbot.domain import Reply
from faqbot.errors import GateError
from faqbot.retrieval.bot import Bot, Explanation
from faqbot.retrieval.release import current_id, load_release
from faqbot.training import train as training
from faqbot.training.prior import shipped_prior
from faqbot.training.publish import training_lock

TABLE = "id,질문,대체 질문,답변\nrefund,환불은 며칠 걸리나요?,돈은 언제 돌려받나요?,이제 하루 걸립니다.\nlate,배송이 늦어요,택배가 안 와요,이틀 걸립니다.\n"
QUERIES = "query,faq_id,kind\n환불 며칠 걸려요,refund,paraphrase\n배송 언제 와요,late,paraphrase\n점심 메뉴 추천,,far\n"
PROGRAM = Path(sys.executable).with_name("faqbot")
#: Packages that cost time or memory, each for one task only.
HEAVY = {"sklearn", "kiwipiepy", "scipy", "joblib", "flask", "flask_limiter", "gunicorn", "sqlalchemy", "alembic", "cryptography", "holidays"}
HANGUL = re.compile("[가-힣]")
GROUPS = {
    "releases": ["publish", "rollback"],
    "inquiries": ["list", "show", "attachment", "reply", "note", "state", "erase"],
    "notice": ["add", "list", "remove"],
    "draft": ["show", "versions", "undo", "case", "train", "cancel", "gate", "publish", "export", "thresholds"],
    "review": ["refresh", "list", "synonyms", "show", "decide", "undo"],
    "admin": ["create", "list", "password", "role", "disable", "enable", "log", "key"],
    "admin key": ["create", "list", "revoke"],
}
COMMANDS = [
    *(
        "train",
        "ask",
        "evaluate",
        "check",
        "serve",
        "fit-prior",
        "benchmark",
        "maintain",
        "import",
        "engine",
        "backup",
        "restore",
        "doctor",
        "deploy-files",
        "sites",
    ),
    *GROUPS,
    *(f"{group} {name}" for group, names in GROUPS.items() for name in names),
]

Run = Callable[..., Result]
Write = Callable[[str, str], Path]


@pytest.fixture
def run() -> Run:
    """Runs a command line; what is no error for people ends the test."""

    def invoke(*arguments: str | Path) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False, prog_name="faqbot")

    return invoke


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where database and key go, so that none are made in the checkout."""
    monkeypatch.setenv("FAQBOT_VAR", str(tmp_path / "var"))
    return tmp_path / "var"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file and gives its path."""

    def to(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return to


@pytest.fixture(scope="module")
def models(bare_site: Path) -> Path:
    """The models folder of the published small table. Read only."""
    return bare_site.parent


@pytest.fixture
def own_models(trained_site: Path, tmp_path: Path) -> Path:
    """The same with all synonyms, to change."""
    return shutil.copytree(trained_site, tmp_path / "own" / "default").parent


@pytest.fixture
def python_bot(models: Path) -> Bot:
    return faqbot.load(models)


def refusal(result: Result) -> str:
    """The message of a command that failed with 1 and printed nothing else."""
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("오류: ")
    return result.stderr.removeprefix("오류: ").rstrip("\n")


def usage_error(result: Result) -> str:
    """What was wrong with a command line, said before how to write it."""
    assert (result.exit_code, result.stdout) == (2, "")
    message, usage, _ = result.stderr.partition("\n사용법: faqbot")
    assert usage
    assert message.startswith("오류: ")
    return message.removeprefix("오류: ")


def subcommand(path: str) -> click.Command:
    command: click.Command = main
    for name in path.split():
        assert isinstance(command, click.Group)
        command = command.commands[name]
    return command


# help


def test_there_is_a_help_for_every_command() -> None:
    names = {*main.commands, *(f"{group} {name}" for group in GROUPS for name in subcommand(group).commands)}
    assert names == set(COMMANDS)


@pytest.mark.parametrize("command", ["", *COMMANDS])
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_of_a_command_is_its_korean_description(run: Run, command: str, flag: str) -> None:
    result = run(*command.split(), flag)
    assert result.exit_code == 0
    description = result.stdout.split("\n\n")[1]
    assert HANGUL.search(description)
    assert description.split() == str(subcommand(command).help).split()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_explained_in_korean(command: str) -> None:
    explained = {option.opts[-1]: option.help or "" for option in subcommand(command).params if isinstance(option, click.Option)}
    assert [name for name, text in explained.items() if not HANGUL.search(text)] == []


def test_the_version_is_that_of_the_package(run: Run) -> None:
    assert run("--version").stdout == f"faqbot, version {faqbot.__version__}\n"


def test_an_unknown_command_is_a_usage_error(run: Run) -> None:
    assert usage_error(run("xyzzy")) == "xyzzy라는 명령이 없습니다."


def test_an_unknown_option_is_a_usage_error(run: Run) -> None:
    assert usage_error(run("check", "--fast", "faq.csv")) == "--fast라는 선택지가 없습니다."


# train


@pytest.mark.slow
def test_train_publishes_a_release(run: Run, own_models: Path, write: Write) -> None:
    result = run("train", "--faq", write("faq.csv", TABLE), "--models", own_models)
    release = current_id(own_models / "default")
    first, last = result.stdout.splitlines()
    assert re.fullmatch(rf"릴리스 {release} · FAQ 2건 · 새로 분석한 글 \d건", first)
    assert last == f"공개했습니다: {own_models / 'default' / release}"
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.slow
def test_train_on_an_empty_folder_needs_nothing_but_a_table(run: Run, tmp_path: Path, write: Write) -> None:
    table = write("faq.csv", TABLE)
    assert run("train", "--faq", table, "--models", tmp_path / "new").exit_code == 0
    assert run("ask", "환불은 며칠 걸리나요?", "--models", tmp_path / "new").exit_code == 0


@pytest.mark.slow
def test_train_shows_cross_fitted_figures_where_there_are_labels(run: Run, own_models: Path, write: Write) -> None:
    result = run("train", "--faq", write("faq.csv", TABLE), "--queries", write("queries.csv", QUERIES), "--models", own_models)
    assert result.exit_code == 0
    assert re.fullmatch(r"교차 검증: hit@1 \d\.\d{3} · coverage@p90 \d\.\d{3} · ece \d\.\d{3}", result.stdout.splitlines()[1])


@pytest.mark.slow
def test_train_takes_labels_of_which_none_is_in_scope(run: Run, own_models: Path, write: Write) -> None:
    result = run("train", "--faq", write("faq.csv", TABLE), "--queries", write("queries.csv", "query,faq_id\n점심 메뉴,\n"), "--models", own_models)
    assert result.exit_code == 0
    assert re.fullmatch(r"교차 검증: hit@1 - · coverage@p90 - · ece \d\.\d{3}", result.stdout.splitlines()[1])


@pytest.mark.slow
def test_train_without_publishing_says_how_to_publish(run: Run, own_models: Path, write: Write) -> None:
    before = current_id(own_models / "default")
    result = run("train", "--faq", write("faq.csv", TABLE), "--models", own_models, "--no-publish")
    release = result.stdout.split()[1]
    assert result.stdout.splitlines()[-1] == f"공개하지 않았습니다. 공개하려면: faqbot releases publish {release}"
    assert current_id(own_models / "default") == before != release


@pytest.mark.slow
def test_train_takes_the_dictionaries_beside_the_table(run: Run, own_models: Path, write: Write) -> None:
    write("synonyms.tsv", "=\tsite\t환불\t쭈꾸미\n")
    assert run("train", "--faq", write("faq.csv", TABLE), "--models", own_models).exit_code == 0
    assert "유의어: 쭈꾸미→환불" in run("ask", "쭈꾸미", "--explain", "--models", own_models).stdout


@pytest.mark.slow
def test_train_takes_another_prior(run: Run, own_models: Path, write: Write) -> None:
    prior = write("prior.json", json.dumps({**shipped_prior().to_json(), "thresholds": [[0.8, 0.61], [0.99, 0.61]]}))
    assert run("train", "--faq", write("faq.csv", TABLE), "--models", own_models, "--prior", prior).exit_code == 0
    assert faqbot.load(own_models).parameters.thresholds.answer == 0.61


@pytest.mark.slow
def test_train_shows_warnings_and_goes_on(run: Run, own_models: Path, write: Write) -> None:
    result = run("train", "--faq", write("faq.csv", TABLE.replace("id,", "메모,")), "--models", own_models)
    assert result.exit_code == 0
    assert result.stderr.splitlines() == ["주의: 1행: '메모' 열은 모르는 열이라 가져오지 않았습니다. 쓰려던 열이면 머리글을 고쳐 주세요."]


def test_train_reports_every_problem_of_a_table(run: Run, own_models: Path, write: Write) -> None:
    before = current_id(own_models / "default")
    path = write("faq.csv", "id,질문,답변\na,,답\nb,질문,\n")
    assert refusal(run("train", "--faq", path, "--models", own_models)).splitlines() == [
        f"{path}: 문제가 2개 있어 아무것도 가져오지 않았습니다.",
        "  2행 question(질문): 비어 있습니다. 질문을 적어 주세요.",
        "  3행 answer(답변): 비어 있습니다. 답변을 적어 주세요.",
    ]
    assert current_id(own_models / "default") == before


def test_train_refuses_labels_of_another_table(run: Run, own_models: Path, write: Write) -> None:
    queries = write("queries.csv", "query,faq_id\n환불,coupon\n")
    assert refusal(run("train", "--faq", write("faq.csv", TABLE), "--queries", queries, "--models", own_models)) == (
        "질의 파일의 faq_id 1개가 FAQ 표에 없습니다: coupon. 표와 같은 때의 질의 파일인지 확인하세요."
    )


CATEGORISED = "id,분류,질문,답변\nrefund,결제>환불,환불은 며칠 걸리나요?,하루 걸립니다.\nlate,배송,배송이 늦어요,이틀 걸립니다.\n"


@pytest.mark.parametrize("spelt", ["결제>환불", "결제 > 환불", " 결제> 환불 ", "결제 >환불"])
def test_train_takes_the_precision_of_a_category_however_it_is_spaced(
    run: Run, tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch, spelt: str
) -> None:
    monkeypatch.setenv("FAQBOT_CATEGORY_PRECISION", json.dumps({spelt: 0.97}))
    assert run("train", "--faq", write("faq.csv", CATEGORISED), "--models", tmp_path / "models").exit_code == 0
    thresholds = load_release(tmp_path / "models/default" / current_id(tmp_path / "models/default")).parameters.thresholds
    assert thresholds.within(("결제", "환불")).answer > thresholds.within(("배송",)).answer == thresholds.answer


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("결재>환불", "혹시 '결제>환불' 인가요?"),
        ("환불", "혹시 '결제>환불' 인가요?"),
        ("결제환불", "혹시 '결제>환불' 인가요?"),
        ("세금", "표의 큰 분류: '결제', '배송'."),
        (">", "표의 큰 분류: '결제', '배송'."),
    ],
)
def test_train_refuses_the_precision_of_a_category_that_the_table_lacks(
    run: Run, tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    """It would be a threshold that silently does nothing."""
    monkeypatch.setenv("FAQBOT_CATEGORY_PRECISION", json.dumps({"배송": 0.95, name: 0.97}))
    assert refusal(run("train", "--faq", write("faq.csv", CATEGORISED), "--models", tmp_path / "models")) == (
        f"FAQBOT_CATEGORY_PRECISION: FAQ 표에 없는 분류라서 기준을 걸 수 없습니다.\n- '{name}': {said}\n표의 분류대로 고치거나 지우고 다시 학습하세요."
    )
    assert not (tmp_path / "models").exists()


def test_train_says_where_a_table_has_no_categories_at_all(run: Run, tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_CATEGORY_PRECISION", '{"결제": 0.97}')
    assert "- '결제': 이 표에는 분류가 없습니다." in refusal(run("train", "--faq", write("faq.csv", TABLE), "--models", tmp_path / "models"))


def test_train_refuses_a_category_that_is_there_twice(run: Run, tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_CATEGORY_PRECISION", '{"결제>환불": 0.9, "결제 > 환불": 0.97}')
    said = refusal(run("train", "--faq", write("faq.csv", CATEGORISED), "--models", tmp_path / "models"))
    assert said == "FAQBOT_CATEGORY_PRECISION: '결제>환불' 분류가 두 번 있습니다. 하나만 남기고 다시 학습하세요."


def test_train_refuses_a_bad_dictionary(run: Run, own_models: Path, write: Write) -> None:
    words = write("user_words.tsv", "네이버페이\t동사\n")
    assert refusal(run("train", "--faq", write("faq.csv", TABLE), "--models", own_models)) == (
        f"{words} 1행: '낱말<TAB>품사' 꼴이어야 하고 품사는 NNP, NNG, SL 가운데 하나입니다. 지금: '네이버페이\\t동사'"
    )


def test_train_refuses_a_file_that_is_no_prior(run: Run, own_models: Path, write: Write) -> None:
    prior = write("prior.json", "{}")
    assert refusal(run("train", "--faq", write("faq.csv", TABLE), "--models", own_models, "--prior", prior)) == (
        f"{prior}: 사전 학습값 파일이 아닙니다. faqbot fit-prior 로 만든 파일을 주세요."
    )


def test_train_refuses_to_run_beside_another_training(run: Run, own_models: Path, write: Write) -> None:
    with training_lock(own_models / "default"):
        result = run("train", "--faq", write("faq.csv", TABLE), "--models", own_models)
    assert refusal(result) == "default: 다른 학습이나 공개가 진행 중입니다. 끝난 뒤에 다시 실행하세요."


@pytest.mark.slow
def test_train_says_why_the_gate_refused(run: Run, own_models: Path, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise GateError("답을 찾지 못합니다.")

    monkeypatch.setattr(training, "check", refuse)
    assert refusal(run("train", "--faq", write("faq.csv", TABLE), "--models", own_models)) == "답을 찾지 못합니다."


def test_train_needs_a_table(run: Run) -> None:
    assert usage_error(run("train")) == "--faq를 적어 주세요."


def test_train_needs_a_table_that_is_there(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    assert usage_error(run("train", "--faq", path)) == f"--faq: 파일 '{path}' 을(를) 찾을 수 없습니다. 이름과 폴더가 맞는지 확인하세요."


# ask


def test_ask_prints_the_answer(run: Run, models: Path) -> None:
    result = run("ask", "환불은 며칠 걸리나요?", "--models", models)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "answer · 신뢰도 99.0% · 셋 안에 답이 있을 확률 99.0% · exact\n\n[refund] 환불은 며칠 걸리나요?\n\n카드로 결제하셨다면 **영업일 3일** 안에 환불됩니다.\n"
    )


def test_ask_prints_suggestions_with_their_confidence(run: Run, models: Path) -> None:
    lines = run("ask", "수수료는 얼마인가요?", "--models", models).stdout.splitlines()
    assert lines[0] == "suggest · 신뢰도 49.5% · 셋 안에 답이 있을 확률 99.0% · shared_question"
    assert lines[1:3] == ["   49.5%  [fee-buyer] 수수료는 얼마인가요?", "   49.5%  [fee-seller] 수수료는 얼마인가요?"]


def test_ask_says_what_it_read_keys_of_the_other_layout_as(run: Run, models: Path) -> None:
    lines = run("ask", "ghksqnf 며칠 걸려요", "--models", models).stdout.splitlines()
    assert lines[0] == "'ghksqnf'을(를) '환불'(으)로 읽었습니다."
    assert lines[1].startswith("answer · ")


def test_ask_says_that_it_does_not_know(run: Run, models: Path) -> None:
    result = run("ask", "뷁뚫꿿", "--models", models)
    assert (result.exit_code, result.stdout) == (0, "fallback · 신뢰도 0.0% · 셋 안에 답이 있을 확률 0.0% · nothing_known\n")


def as_json(reply: Reply) -> dict[str, object]:
    return json.loads(json.dumps(asdict(reply)))


@pytest.mark.parametrize("query", ["환불 며칠 걸려요", "수수료는 얼마인가요?", "카드 결제 취소", "도착이 늦네요", "뷁뚫꿿"])
def test_ask_json_has_the_numbers_of_python_to_the_last_bit(run: Run, models: Path, python_bot: Bot, query: str) -> None:
    result = run("ask", query, "--json", "--models", models)
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == as_json(python_bot.ask(query))


def test_ask_json_is_readable_korean(run: Run, models: Path) -> None:
    assert '"query": "환불은 며칠 걸리나요?"' in run("ask", "환불은 며칠 걸리나요?", "--json", "--models", models).stdout


def test_ask_explain_adds_the_lines_of_the_explanation(run: Run, models: Path, python_bot: Bot) -> None:
    plain = run("ask", "카드 결제 취소", "--models", models).stdout
    explained = run("ask", "카드 결제 취소", "--explain", "--models", models).stdout
    assert explained == plain + "\n".join(python_bot.explain("카드 결제 취소").lines()) + "\n"


def test_ask_json_explain_adds_the_explanation(run: Run, models: Path, python_bot: Bot) -> None:
    data = json.loads(run("ask", "카드 결제 취소", "--json", "--explain", "--models", models).stdout)
    assert data.pop("explanation") == python_bot.explain("카드 결제 취소").to_json()
    assert data == as_json(python_bot.ask("카드 결제 취소"))


def test_ask_reads_a_query_that_looks_like_an_option(run: Run, models: Path) -> None:
    assert run("ask", "--models", models, "--", "--환불 며칠 걸려요").exit_code == 0


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "질문이 비어 있습니다. 궁금한 점을 적어 주세요."),
        ("환불\udcff", "질문에 깨진 글자가 있습니다. 다시 입력해 주세요."),
        ("환불" * 1000, "질문이 너무 깁니다(2,000자). 300자 이내로 줄여 주세요."),
    ],
    ids=["empty", "not text", "too long"],
)
def test_ask_refuses_a_query_that_cannot_be_read(run: Run, models: Path, query: str, message: str) -> None:
    assert refusal(run("ask", query, "--models", models)) == message


def test_ask_without_a_release_says_how_to_train(run: Run, tmp_path: Path) -> None:
    assert refusal(run("ask", "환불", "--models", tmp_path)) == (
        f"{tmp_path / 'default'}: 공개된 릴리스가 없습니다. faqbot train --faq 파일.csv 로 먼저 학습하세요."
    )


def test_ask_looks_for_models_in_the_working_folder(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert refusal(run("ask", "환불")).startswith("models/default: 공개된 릴리스가 없습니다.")


@pytest.mark.parametrize(
    "arguments", [[], ["환불", "--batch", __file__, "--out", "o"], ["--batch", __file__], ["환불", "--out", "o"], ["--out", "o"]],
    ids=["nothing", "both", "batch without out", "query with out", "out alone"],
)  # fmt: skip
def test_ask_wants_one_query_or_a_file_and_a_place_for_the_result(run: Run, arguments: list[str]) -> None:
    assert usage_error(run("ask", *arguments)) == "QUERY 하나를 주거나, --batch 파일과 --out 파일을 함께 주세요."


BATCH = ["환불 며칠 걸려요", "수수료는 얼마인가요?", "카드 결제 취소", "뷁뚫꿿", "ghksqnf 기간"]


def as_csv(queries: list[str]) -> str:
    return "".join(f'"{line}"\n' for line in ["query", *queries])


def lines_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_batch_has_the_numbers_of_python_to_the_last_bit(run: Run, models: Path, python_bot: Bot, write: Write, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    result = run("ask", "--batch", write("queries.csv", as_csv(BATCH)), "--out", out, "--models", models)
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"5건의 결과를 썼습니다: {out}\n", "")
    replies = [python_bot.ask(query, limit=10) for query in BATCH]
    assert lines_of(out) == [
        {
            "query": reply.query,
            "outcome": str(reply.outcome),
            "confidence": reply.confidence,
            "candidates": [{"id": c.id, "question": c.question, "confidence": c.confidence} for c in reply.candidates],
        }
        for reply in replies
    ]


def test_a_batch_lists_more_candidates_than_a_visitor_sees(run: Run, models: Path, write: Write, tmp_path: Path) -> None:
    queries = write("queries.csv", as_csv(["환불 결제 취소 배송 수수료 비밀번호"]))
    run("ask", "--batch", queries, "--out", tmp_path / "out.jsonl", "--models", models)
    assert len(lines_of(tmp_path / "out.jsonl")[0]["candidates"]) == 6


def test_a_refused_query_of_a_batch_is_a_fallback_line(run: Run, models: Path, write: Write, tmp_path: Path) -> None:
    queries = ["환불 며칠", "환불" * 1000, "  ", "배송이 늦어요"]
    result = run("ask", "--batch", write("queries.csv", as_csv(queries)), "--out", tmp_path / "out.jsonl", "--models", models)
    lines = lines_of(tmp_path / "out.jsonl")
    assert result.exit_code == 0
    assert [line["query"] for line in lines] == queries
    assert lines[1:3] == [{"query": query, "outcome": "fallback", "confidence": 0.0, "candidates": []} for query in queries[1:3]]


def test_a_bad_batch_file_is_refused_and_nothing_is_written(run: Run, models: Path, write: Write, tmp_path: Path) -> None:
    queries, before = write("queries.csv", "질문지\n환불\n"), sorted(tmp_path.iterdir())
    assert refusal(run("ask", "--batch", queries, "--out", tmp_path / "out.jsonl", "--models", models)).splitlines() == [
        f"{queries}: 문제가 1개 있어 아무것도 가져오지 않았습니다.",
        "  1행 query(질의): 머리글에 이 열이 없습니다(찾은 머리글: '질문지'). 머리글 행에 'query' 또는 '질의' 열을 넣어 주세요.",
    ]
    assert sorted(tmp_path.iterdir()) == before


def test_a_batch_that_breaks_off_leaves_the_old_result(run: Run, models: Path, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer, asked = Bot.explain, []

    def break_off(bot: Bot, query: str, *limits: object, **options: int) -> Explanation:
        asked.extend({query} & set(BATCH))  # a release that is opened asks itself, too
        if len(asked) == 3:
            raise KeyboardInterrupt
        return answer(bot, query, *limits, **options)

    monkeypatch.setattr(Bot, "explain", break_off)
    out = write("out.jsonl", "old\n")
    assert run("ask", "--batch", write("queries.csv", as_csv(BATCH)), "--out", out, "--models", models).exit_code == 1
    assert out.read_text(encoding="utf-8") == "old\n"


def test_a_batch_without_a_place_for_its_result_is_refused(run: Run, models: Path, write: Write, tmp_path: Path) -> None:
    out = tmp_path / "nowhere" / "out.jsonl"
    result = run("ask", "--batch", write("queries.csv", as_csv(BATCH)), "--out", out, "--models", models)
    assert refusal(result) == f"{out}: 결과를 쓸 폴더가 없습니다. 폴더를 먼저 만들거나 다른 경로를 주세요."


# evaluate


def test_evaluate_prints_every_figure_and_every_kind(run: Run, models: Path, write: Write) -> None:
    result = run("evaluate", "--queries", write("queries.csv", QUERIES), "--models", models)
    head, answers = result.stdout.partition("바로 준 답")[0].splitlines(), result.stdout.partition("바로 준 답")[2]
    figures = dict(line.split() for line in head)
    assert "95%" in answers
    assert "기준값을 바꾸면" in answers
    assert (result.exit_code, result.stderr) == (0, "")
    assert (figures["in_scope"], figures["out_of_scope"], figures["hit@1"]) == ("2", "1", "1.000")
    kinds = [line.split() for line in answers.partition("기준값")[0].splitlines() if line.startswith("  ")]
    assert [kind[:7] for kind in kinds] == [
        ["far", "in_scope", "0", "out_of_scope", "1", "hit@1", "-"],
        ["paraphrase", "in_scope", "2", "out_of_scope", "0", "hit@1", "1.000"],
    ]


def test_evaluate_warns_of_ids_that_the_release_does_not_have(run: Run, models: Path, write: Write) -> None:
    strange = "query,faq_id\n" + "".join(f"질의 {i},none-{i:02}\n" for i in range(12))
    result = run("evaluate", "--queries", write("queries.csv", strange), "--models", models)
    release, listed = current_id(models / "default"), ", ".join(f"none-{i:02}" for i in range(10))
    assert result.exit_code == 0
    assert f"주의: 질의 파일의 faq_id 12개가 릴리스 {release}에 없어 맞힐 수 없습니다: {listed} …. 표와" in result.stderr


def test_evaluate_json_has_the_same_figures(run: Run, models: Path, write: Write) -> None:
    queries = write("queries.csv", QUERIES)
    data = json.loads(run("evaluate", "--queries", queries, "--json", "--models", models).stdout)
    assert (data["in_scope"], data["out_of_scope"], data["hit@1"]) == (2, 1, 1.0)
    assert set(data["kinds"]) == {"far", "paraphrase"}
    assert data["kinds"]["paraphrase"]["hit@1"] == 1.0
    assert set(data) - {"kinds", "answers", "what_if"} == set(data["kinds"]["far"])


def test_evaluate_refuses_a_file_without_labels(run: Run, models: Path, write: Write) -> None:
    queries = write("queries.csv", "query\n환불\n")
    assert refusal(run("evaluate", "--queries", queries, "--models", models)).splitlines()[1] == (
        "  1행 faq_id(정답): 머리글에 이 열이 없습니다(찾은 머리글: 'query'). 머리글 행에 'faq_id' 또는 '정답' 열을 넣어 주세요."
    )


def test_evaluate_without_a_release_says_how_to_train(run: Run, tmp_path: Path, write: Write) -> None:
    assert "faqbot train" in refusal(run("evaluate", "--queries", write("queries.csv", QUERIES), "--models", tmp_path))


def test_evaluate_needs_queries(run: Run) -> None:
    assert usage_error(run("evaluate")) == "--queries를 적어 주세요."


# check


def test_check_says_what_a_good_table_holds(run: Run, write: Write) -> None:
    path = write("faq.csv", TABLE)
    result = run("check", path)
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"{path}: UTF-8, FAQ 2건, 주의 0건. 학습할 수 있습니다.\n", "")


def test_check_names_the_encoding_that_excel_wrote(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "faq.csv"
    path.write_bytes(TABLE.encode("cp949"))
    assert run("check", path).stdout == f"{path}: CP949, FAQ 2건, 주의 0건. 학습할 수 있습니다.\n"


def test_check_passes_a_table_with_warnings(run: Run, write: Write) -> None:
    path = write("faq.csv", f"{TABLE}again,배송이 늦어요,,사흘 걸립니다.\n")
    result = run("check", path)
    assert (result.exit_code, result.stdout) == (0, f"{path}: UTF-8, FAQ 3건, 주의 1건. 학습할 수 있습니다.\n")
    assert result.stderr == "주의: 4행 question(질문): '배송이 늦어요': 3행과 질문이 같은데 답변이 다릅니다. 하나로 합치거나 질문을 구별해 주세요.\n"


def test_check_reports_every_problem_of_a_bad_table(run: Run, write: Write) -> None:
    path = write("faq.csv", 'id,질문,답변,종료일\na,환불?,답,내일\na,"배송?,답,\n')
    lines = refusal(run("check", path)).splitlines()
    assert lines[0] == f"{path}: 문제가 2개 있어 아무것도 가져오지 않았습니다."
    assert lines[1] == "  2행 valid_to(종료일): 날짜로 읽을 수 없습니다('내일'). 2026-03-01처럼 적어 주세요."
    assert lines[2].startswith('  3행: 여기서 열린 큰따옴표(")가 닫히지 않았습니다.')


def test_check_needs_a_file_that_is_there(run: Run, tmp_path: Path) -> None:
    assert usage_error(run("check", tmp_path / "none.csv")) == f"FILE: 파일 '{tmp_path / 'none.csv'}' 을(를) 찾을 수 없습니다. 이름과 폴더가 맞는지 확인하세요."


# releases


@pytest.fixture
def two_releases(run: Run, own_models: Path, write: Write) -> tuple[Path, str, str]:
    """A models folder in which a second release was trained and not published, and both ids."""
    old = current_id(own_models / "default")
    new = run("train", "--faq", write("faq.csv", TABLE), "--models", own_models, "--no-publish").stdout.split()[1]
    return own_models, old, new


@pytest.mark.slow
def test_releases_lists_all_and_marks_the_published_one(run: Run, two_releases: tuple[Path, str, str]) -> None:
    models, old, new = two_releases
    result = run("releases", "--models", models)
    assert result.exit_code == 0
    day = r"\d{4}-\d\d-\d\d \d\d:\d\d"
    first, second = result.stdout.splitlines()
    assert re.fullmatch(rf"  {new}  {day}  FAQ 2건", first)
    assert re.fullmatch(rf"\* {old}  {day}  FAQ 7건", second)


def test_releases_were_trained_at_the_time_of_the_sites_zone(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_TIMEZONE", "America/New_York")
    for letter, created in (("a", "2026-03-01T03:04:05+00:00"), ("b", "얼마 전"), ("c", "2026-03-01T03:04:05")):
        (tmp_path / "default" / (letter * 16)).mkdir(parents=True)
        (tmp_path / "default" / (letter * 16) / "manifest.json").write_text(json.dumps({"created": created, "entries": 5}))
    lines = run("releases", "--models", tmp_path).stdout.splitlines()
    assert lines == [f"  {'b' * 16}  얼마 전  FAQ 5건", f"  {'a' * 16}  2026-02-28 22:04  FAQ 5건", f"  {'c' * 16}  2026-03-01T03:04:05  FAQ 5건"]


@pytest.mark.slow
def test_releases_publish_and_rollback(run: Run, two_releases: tuple[Path, str, str]) -> None:
    models, old, new = two_releases
    published = run("releases", "--models", models, "publish", new)
    assert (published.exit_code, published.stdout, current_id(models / "default")) == (0, f"공개했습니다: {new}\n", new)
    rolled_back = run("releases", "--models", models, "rollback")
    assert (rolled_back.exit_code, rolled_back.stdout, current_id(models / "default")) == (0, f"되돌렸습니다: {old}\n", old)
    logged = json.loads(run("admin", "log", "--json").stdout)
    assert [(line["action"], line["subject"], line["before"]) for line in logged] == [("release.rollback", old, new), ("release.publish", new, old)]


@pytest.mark.slow
def test_going_back_works_while_the_database_does_not_and_says_that_it_is_in_no_log(
    run: Run, two_releases: tuple[Path, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    models, old, new = two_releases
    run("releases", "--models", models, "publish", new)
    monkeypatch.setenv("FAQBOT_DATABASE_URL", "sqlite:////proc/nowhere/faqbot.db")
    result = run("releases", "--models", models, "rollback")
    assert (result.exit_code, result.stdout, current_id(models / "default")) == (0, f"되돌렸습니다: {old}\n", old)
    assert "기록에 남기지 못했습니다" in result.stderr


def test_a_site_without_releases_has_an_empty_list(run: Run, tmp_path: Path) -> None:
    result = run("releases", "--models", tmp_path / "none")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_publishing_an_unknown_release_names_those_there_are(run: Run, own_models: Path) -> None:
    known = current_id(own_models / "default")
    message = f"default: 릴리스 '0123456789abcdef'이(가) 없습니다. 있는 릴리스: {known}"
    assert refusal(run("releases", "--models", own_models, "publish", "0123456789abcdef")) == message


def test_rolling_back_the_first_release_is_refused(run: Run, own_models: Path) -> None:
    assert refusal(run("releases", "--models", own_models, "rollback")) == ("default: 되돌아갈 이전 릴리스가 없습니다. faqbot releases 로 목록을 확인하세요.")


def test_publishing_does_not_wait_for_a_training(run: Run, own_models: Path) -> None:
    with training_lock(own_models / "default"):
        result = run("releases", "--models", own_models, "publish", current_id(own_models / "default"))
    assert result.exit_code == 0


def test_publishing_needs_an_id(run: Run) -> None:
    assert usage_error(run("releases", "publish")) == "RELEASE를 적어 주세요."


# serve


def test_serve_without_a_release_says_how_to_train(run: Run, tmp_path: Path) -> None:
    assert refusal(run("serve", "--models", tmp_path)) == (f"{tmp_path / 'default'}: 공개된 릴리스가 없습니다. faqbot train --faq 파일.csv 로 먼저 학습하세요.")


def test_serve_refuses_a_port_that_cannot_be(run: Run, models: Path) -> None:
    assert "FAQBOT_PORT=70000" in refusal(run("serve", "--models", models, "--port", "70000"))


def test_serve_refuses_a_port_that_is_no_number(run: Run) -> None:
    assert usage_error(run("serve", "--port", "http")) == "--port: 'http' 은(는) 수가 아닙니다. 숫자로 적어 주세요."


@pytest.mark.slow
def test_serve_on_a_port_in_use_fails_with_one(models: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = subprocess.run([PROGRAM, "serve", "--models", models, "--port", port], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1
    assert port in result.stderr
    assert "Traceback" not in result.stderr


# settings


def test_a_mistyped_setting_is_refused_by_every_command(run: Run, monkeypatch: pytest.MonkeyPatch, models: Path) -> None:
    monkeypatch.setenv("FAQBOT_PROT", "9000")
    for command in (["ask", "환불"], ["releases"], ["serve"]):
        assert refusal(run(*command, "--models", models)).startswith("모르는 설정입니다: FAQBOT_PROT.")


def test_models_may_be_set_by_a_variable(run: Run, monkeypatch: pytest.MonkeyPatch, models: Path) -> None:
    monkeypatch.setenv("FAQBOT_MODELS", str(models))
    assert run("ask", "배송이 늦어요").stdout.startswith("answer · 신뢰도 99.0% · ")


def test_an_option_wins_over_a_variable(run: Run, monkeypatch: pytest.MonkeyPatch, models: Path) -> None:
    monkeypatch.setenv("FAQBOT_MODELS", "/nowhere")
    assert run("ask", "배송이 늦어요", "--models", models).exit_code == 0


# fit-prior and benchmark


@pytest.fixture
def bases(write: Write, tmp_path: Path) -> list[Path]:
    """Two folders with a table and labelled queries."""
    shop = "id,질문,답변\nrefund,환불 기간,사흘입니다.\nlate,배송 지연,이틀입니다.\ncancel,결제 취소 방법,배송 전에 하세요.\ncoupon,쿠폰 사용법,결제할 때 고르세요.\n"
    bank = (
        "id,질문,답변\nloan,대출 금리,낮습니다.\ncard,카드 분실 신고,전화 주세요.\nlimit,이체 한도 변경,앱에서 합니다.\notp,인증서 발급,카드가 있어야 합니다.\n"
    )
    asked = {
        "shop": "query,faq_id\n환불 기간 문의,refund\n배송 언제 오나요,late\n결제 취소,cancel\n쿠폰 어떻게 써요,coupon\n카드 결제 날씨,\n배송 기사 이름,\n",
        "bank": "query,faq_id\n금리가 얼마예요,loan\n카드를 분실했어요,card\n한도 변경,limit\n인증서 발급 방법,otp\n카드 디자인,\n앱 색깔 변경,\n",
    }
    write("shop/faqs.csv", shop)
    write("bank/faqs.csv", bank)
    for name, queries in asked.items():
        write(f"{name}/queries.csv", queries)
    return [tmp_path / "shop", tmp_path / "bank"]


@pytest.mark.slow
def test_fit_prior_writes_a_prior_that_train_takes(run: Run, bases: list[Path], own_models: Path, write: Write, tmp_path: Path) -> None:
    out = tmp_path / "prior.json"
    result = run("fit-prior", *bases, "--out", out)
    assert (result.exit_code, result.stdout) == (0, f"사전 학습값을 썼습니다: {out}\n")
    assert json.loads(out.read_text(encoding="utf-8"))["bases"] == ["shop", "bank"]
    assert run("train", "--faq", write("faq.csv", TABLE), "--models", own_models, "--prior", out).exit_code == 0


def test_fit_prior_refuses_a_folder_without_a_table(run: Run, tmp_path: Path) -> None:
    result = run("fit-prior", tmp_path, "--out", tmp_path / "prior.json")
    assert refusal(result) == f"{tmp_path}: faqs.csv 도 faq.csv 도 없습니다. FAQ 표와 queries.csv 가 있는 폴더를 주세요."


def test_fit_prior_without_a_place_for_its_result_is_refused(run: Run, bases: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "nowhere" / "prior.json"
    assert str(out) in refusal(run("fit-prior", *bases, "--out", out))


def test_fit_prior_needs_folders(run: Run, tmp_path: Path) -> None:
    assert usage_error(run("fit-prior", "--out", tmp_path / "prior.json")) == "FOLDERS를 적어 주세요."


@pytest.mark.slow
def test_benchmark_scores_every_set_with_and_without_itself(run: Run, bases: list[Path], tmp_path: Path) -> None:
    shop, bank = bases
    result = run("benchmark", "--set", shop, "--base", bank, "--out", tmp_path / "out", "--json")
    rows = json.loads(result.stdout)
    assert [(row["set"], row["weights"]) for row in rows] == [("shop", "left_out"), ("shop", "seen")]
    assert all(row["figures"]["in_scope"] == 4 for row in rows)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["shop.left_out.jsonl", "shop.seen.jsonl"]


@pytest.mark.slow
def test_benchmark_prints_a_table(run: Run, bases: list[Path]) -> None:
    shop, bank = bases
    header, *rows = run("benchmark", "--set", shop, "--base", bank).stdout.splitlines()
    assert header.split()[:2] == ["hit@1", "hit@3"]
    assert [row.split()[:2] for row in rows] == [["shop", "left_out"], ["shop", "seen"]]


def test_benchmark_refuses_a_folder_without_a_table(run: Run, tmp_path: Path) -> None:
    assert "faqs.csv 도 faq.csv 도 없습니다" in refusal(run("benchmark", "--set", tmp_path))


# what is loaded


def imported_by(*command: str | Path) -> set[str]:
    """The top packages that a program imports."""
    result = subprocess.run(command, env={**os.environ, "PYTHONPROFILEIMPORTTIME": "1"}, capture_output=True, text=True, timeout=120, check=True)
    modules = {line.rpartition("|")[2].strip() for line in result.stderr.splitlines() if line.startswith("import time:")}
    assert any(module.startswith("faqbot") for module in modules)
    return {module.partition(".")[0] for module in modules}


def test_importing_faqbot_loads_nothing_heavy() -> None:
    assert imported_by(sys.executable, "-c", "import faqbot") & {*HEAVY, "numpy", "click"} == set()


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["train", "--help"], ["ask", "--help"], ["serve", "--help"], ["inquiries", "list", "--help"]], ids=" ".join
)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    assert imported_by(PROGRAM, *arguments) & HEAVY == set()


def test_checking_a_table_loads_nothing_heavy(write: Write) -> None:
    assert imported_by(PROGRAM, "check", write("faq.csv", TABLE)) & HEAVY == set()


@pytest.mark.slow
def test_answering_loads_no_scikit_learn(models: Path) -> None:
    assert imported_by(PROGRAM, "ask", "환불", "--models", models) & {"sklearn", "joblib", "flask", "gunicorn", "sqlalchemy", "alembic"} == set()


@pytest.mark.slow
def test_the_desk_loads_neither_kiwi_nor_flask() -> None:
    assert imported_by(PROGRAM, "inquiries", "list") & {"sklearn", "joblib", "kiwipiepy", "scipy", "flask", "gunicorn"} == set()


@pytest.mark.slow
def test_the_program_prints_what_the_tests_see(models: Path, run: Run) -> None:
    arguments = ["ask", "카드 결제 취소", "--json", "--models", str(models)]
    result = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=120, check=True)
    assert (result.stdout, result.stderr) == (run(*arguments).stdout, "")
