"""The week of an operator at the command line: import, look, train, publish, go back."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from faqbot.bootstrap.parts import build_store
from faqbot.cli import main
from faqbot.retrieval.release import current_id
from faqbot.settings import Settings
from faqbot.store import JobState, Store
from faqbot.training import jobs

TABLE = """id,분류,질문,다른 표현,답변,사용
refund,결제>환불,환불은 며칠 걸리나요?,돈은 언제 돌려받나요?|환불 기간,"카드는 **영업일 3일**, 계좌는 5일 걸립니다.",예
late,배송,배송이 늦어요,,"보통 이틀 안에 도착합니다.
더 늦으면 알려 주세요.",예
password,계정,비밀번호를 잊어버렸어요,비번 찾기,로그인 화면에서 비밀번호 찾기를 누르세요.,예
formula,기타,=1+1 은 뭔가요?,,@답은 2입니다.,예
phone,상담,전화 상담을 받을 수 있나요?,,준비하고 있습니다.,아니오
"""
QUERIES = "query,faq_id,kind\n환불 며칠,refund,\n비번 까먹음,password,must_answer\n점심 뭐 먹지,,\n"

Run = Callable[..., Result]


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def run(var: Path, models: Path) -> Run:
    """Runs a command line on the folders of the test; what is no error for people ends the test."""

    def invoke(*arguments: str, with_models: bool = True) -> Result:
        folders = ["--var", str(var), *(["--models", str(models)] if with_models else [])]
        return CliRunner().invoke(main, [*arguments, *folders], catch_exceptions=False, prog_name="faqbot")

    return invoke


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """As Excel saves it."""
    path = tmp_path / "faq.csv"
    path.write_bytes(TABLE.encode("cp949"))
    return path


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    path = tmp_path / "queries.csv"
    path.write_text(QUERIES, encoding="utf-8")
    return path


def succeeded(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output


def test_a_preview_changes_nothing(run: Run, table: Path) -> None:
    shown = succeeded(run("import", str(table)))
    assert "CSV · CP949 · 더함 5 · 고침 0 · 그대로 0 · 뺌 0" in shown
    assert "더함 · [refund] 환불은 며칠 걸리나요?" in shown
    assert "아직 아무것도 바꾸지 않았습니다. 초안에 넣으려면 --yes 를 붙이세요." in shown
    assert succeeded(run("draft", "versions", with_models=False)) == "초안이 없습니다.\n"


def test_a_header_without_a_needed_column_is_all_that_is_said_and_ends_with_1(run: Run, tmp_path: Path) -> None:
    (tmp_path / "header.csv").write_text("문의 제목,답변\n배송,네\n", encoding="utf-8")
    ended = run("import", str(tmp_path / "header.csv"))
    assert ended.exit_code == 1
    shown = ended.output
    assert "머리글이 맞지 않아 가져올 수 없습니다\n  문제 · 1행 question(질문)" in shown
    assert "뺌" not in shown
    assert shown.endswith("아직 아무것도 바꾸지 않았습니다. 머리글을 고치거나 --map 으로 열을 알려 준 뒤 다시 하세요.\n")


def test_an_import_is_a_version_that_can_be_undone(run: Run, table: Path, queries: Path, var: Path) -> None:
    assert "초안에 넣었습니다: 1번 판, FAQ 5건 · 질문 3개." in succeeded(run("import", str(table), "--queries", str(queries), "--by", "김", "--yes"))
    table.write_bytes(TABLE.replace("이틀", "하루").replace("5일", "7일").encode("cp949"))
    again = succeeded(run("import", str(table), "--by", "이", "--yes"))
    assert "고침 2 · 그대로 3" in again
    assert "고침 · [late] 배송이 늦어요 (답변)" in again
    listed = json.loads(succeeded(run("draft", "versions", "--json", with_models=False)))
    assert [(info["id"], info["made_by"], info["why"], info["is_head"]) for info in listed] == [
        (2, "이", "faq.csv 가져오기", True),
        (1, "김", "faq.csv 가져오기", False),
    ]
    assert "1번 판으로 되돌렸습니다: FAQ 5건" in succeeded(run("draft", "undo", with_models=False))
    with build_store(Settings(var=var)) as store:
        assert [line.action for line in store.audit.page()] == ["draft.undo", "draft.import", "draft.import"]
        assert store.audit.page()[1].after == {"version": 2, "new": 0, "changed": 2, "unchanged": 3, "removed": 0, "duplicate": 0}


def test_a_test_case_is_put_into_the_draft_by_its_words(run: Run, table: Path, var: Path) -> None:
    run("import", str(table), "--yes", "--by", "minji")
    made = run("draft", "case", "돈 언제 줘요", "--answer", "refund", "--by", "minji")
    assert (made.exit_code, "정답을 아는 질문 1개" in made.output) == (0, True)
    assert "2개" in run("draft", "case", "점심 뭐 먹지", "--none").output
    assert "이미 같은 시험 질문이" in run("draft", "case", "점심 뭐 먹지", "--none").output
    with build_store(Settings(var=var)) as store:
        cases = [(each["query"], each["faq_ids"], each["kind"]) for each in store.drafts.head().table["queries"]]
        assert sorted(cases) == [("돈 언제 줘요", ["refund"], "must_answer"), ("점심 뭐 먹지", [], "must_not_answer")]
        assert [(line.actor, line.after["entry"]) for line in store.audit.page(action="draft.case")] == [("운영자", ""), ("minji", "refund")]
    succeeded(run("draft", "undo", with_models=False))
    with build_store(Settings(var=var)) as store:
        assert len(store.drafts.head().table["queries"]) == 1


@pytest.mark.parametrize(("options", "code"), [((), 2), (("--answer", "refund", "--none"), 2), (("--answer", "gone"), 1)])
def test_what_is_no_test_case_changes_nothing(run: Run, table: Path, var: Path, options: tuple[str, ...], code: int) -> None:
    run("import", str(table), "--yes")
    assert run("draft", "case", "돈 언제 줘요", *options).exit_code == code
    with build_store(Settings(var=var)) as store:
        assert store.drafts.head().table["queries"] == []


def test_an_upload_that_drops_much_is_refused_unless_told_so(run: Run, table: Path) -> None:
    succeeded(run("import", str(table), "--yes"))
    table.write_bytes("\n".join(TABLE.splitlines()[:2]).encode("cp949"))
    refused = run("import", str(table), "--yes")
    assert refused.exit_code == 1
    assert "지금 있는 FAQ의 80%(4건)가 사라집니다" in refused.output
    assert refused.output.endswith("그러려면 --allow-drop 을 붙이세요.\n")
    assert "FAQ 1건" in succeeded(run("import", str(table), "--yes", "--allow-drop"))


def test_rows_that_cannot_be_imported_are_told_and_written_down(run: Run, table: Path, tmp_path: Path) -> None:
    table.write_bytes(TABLE.replace("예\nlate", "글쎄\nlate").encode("cp949"))
    refused = run("import", str(table), "--yes", "--problems", str(tmp_path / "problems.csv"))
    assert (refused.exit_code, "문제 · 2행 enabled(사용)" in refused.output) == (1, True)
    assert "글쎄" in (tmp_path / "problems.csv").read_text(encoding="utf-8-sig")
    assert "FAQ 4건" in succeeded(run("import", str(table), "--yes", "--leave-out-invalid"))


def test_headers_can_be_mapped(run: Run, table: Path) -> None:
    table.write_text("물음,말씀\n환불되나요?,됩니다.\n", encoding="utf-8")
    assert run("import", str(table), "--yes").exit_code == 1
    assert "FAQ 1건" in succeeded(run("import", str(table), "--map", "물음=question", "--map", "말씀=answer", "--yes"))
    assert run("import", str(table), "--map", "물음").exit_code == 2


def test_dictionaries_that_training_would_refuse_are_refused(run: Run, table: Path, tmp_path: Path) -> None:
    words = tmp_path / "user_words.tsv"
    words.write_text("네이버페이\t명사\n", encoding="utf-8")
    refused = run("import", str(table), "--user-words", str(words), "--yes")
    assert (refused.exit_code, "사용자 사전 1행" in refused.output) == (1, True)
    assert succeeded(run("draft", "versions", with_models=False)) == "초안이 없습니다.\n"


@pytest.mark.parametrize("command", [("train",), ("publish",), ("gate",)])
def test_without_a_draft_nothing_is_trained_checked_or_published(run: Run, command: tuple[str, ...]) -> None:
    failed = run("draft", *command)
    assert failed.exit_code == 1
    assert failed.output.startswith("오류: 학습")


def test_without_a_training_nothing_is_cancelled(run: Run) -> None:
    assert succeeded(run("draft", "cancel", with_models=False)) == "진행 중인 학습이 없습니다.\n"


@pytest.mark.slow
@pytest.mark.usefixtures("jobs_at_once")
def test_import_export_import_train_is_the_release_of_the_table(run: Run, table: Path, queries: Path, models: Path, var: Path, tmp_path: Path) -> None:
    # The process that trains is another one, so the coverage of this test is in its own file.
    succeeded(run("import", str(table), "--queries", str(queries), "--yes"))
    for name in ("out.csv", "out.xlsx"):
        assert "FAQ 5건을 썼습니다" in succeeded(run("draft", "export", str(tmp_path / name)))
        assert "더함 0 · 고침 0 · 그대로 5 · 뺌 0" in succeeded(run("import", str(tmp_path / name), "--yes"))
    assert "’=1+1" in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")

    said = succeeded(run("draft", "train", "--by", "김"))
    release = json.loads(run("draft", "gate", "--json").output)["release"]
    assert f"공개할 수 있습니다: faqbot draft publish {release}" in said
    assert not (models / "default" / "CURRENT").exists()
    assert succeeded(run("draft", "publish")) == f"공개했습니다: {release}\n"
    assert current_id(models / "default") == release
    assert "더함 0 · 고침 0 · 뺌 0 · 그대로 4" in succeeded(run("draft", "show"))

    other = tmp_path / "other"
    command = ["train", "--faq", str(table), "--queries", str(queries), "--models", str(other)]
    assert CliRunner().invoke(main, command, catch_exceptions=False, prog_name="faqbot").exit_code == 0
    assert current_id(other / "default") == release

    succeeded(run("draft", "thresholds", "0.96", "0.5", "--apply", "--why", "더 조심스럽게"))
    assert current_id(models / "default") != release
    with build_store(Settings(var=var)) as store:
        assert [line.action for line in store.audit.page()][:2] == ["release.thresholds", "release.publish"]
        assert store.drafts.release(release).made.trained_by == "김"


def test_the_package_runs_as_a_module() -> None:
    result = subprocess.run([sys.executable, "-m", "faqbot", "draft", "--help"], capture_output=True, text=True, timeout=120, check=True)
    assert "초안" in result.stdout


@pytest.fixture
def store(run: Run, table: Path, var: Path) -> Iterator[Store]:
    """With a draft."""
    succeeded(run("import", str(table), "--by", "김", "--yes"))
    with build_store(Settings(var=var)) as opened:
        yield opened


@pytest.fixture
def trainer(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """In place of a training, which takes long, its process does what it is told."""

    def does(program: str) -> None:
        monkeypatch.setattr(jobs, "_spawn", lambda *_: started(program))

    def started(program: str) -> int:
        process = subprocess.Popen([sys.executable, "-c", program])
        threading.Thread(target=process.wait, daemon=True).start()
        return process.pid

    return does


def test_a_training_whose_process_dies_is_an_error_that_says_so(run: Run, store: Store, trainer: Callable[[str], None]) -> None:
    trainer("")
    failed = run("draft", "train", "--by", "이")
    assert (failed.exit_code, "학습하던 프로세스가 끝까지 가지 못하고 사라졌습니다. 다시 시작하세요." in failed.output) == (1, True)


def test_a_training_that_is_only_started_is_shown_until_it_is_cancelled(run: Run, store: Store, trainer: Callable[[str], None]) -> None:
    trainer("import time; time.sleep(60)")
    assert "1번 학습 · 진행 중 · 이 · 0% · 준비하는 중" in succeeded(run("draft", "train", "--no-wait", "--by", "이"))
    assert "1번 학습 · 진행 중 · 이" in succeeded(run("draft", "show"))
    assert json.loads(succeeded(run("draft", "show", "--json")))["job"]["state"] == "running"
    assert succeeded(run("draft", "cancel", "--by", "박", with_models=False)) == "이 님의 학습을 취소했습니다.\n"
    while store.drafts.jobs.running():
        succeeded(run("draft", "show"))
    assert [(line.actor, line.action) for line in store.audit.page()][:2] == [("박", "draft.cancel"), ("이", "draft.train")]


def test_ctrl_c_while_waiting_cancels_the_training(run: Run, store: Store, trainer: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    trainer("import time; time.sleep(60)")
    monkeypatch.setattr("faqbot.cli.draft.time", SimpleNamespace(sleep=interrupted))
    assert "취소" in succeeded(run("draft", "train"))
    while store.drafts.jobs.running():
        succeeded(run("draft", "show"))
    assert store.drafts.jobs.job(1).state is JobState.CANCELLED


def test_versions_are_listed_with_the_one_that_is_edited_marked(run: Run, store: Store, table: Path) -> None:
    table.write_bytes(TABLE.replace("이틀", "하루").encode("cp949"))
    succeeded(run("import", str(table), "--by", "이", "--yes"))
    newest, older = succeeded(run("draft", "versions", with_models=False)).splitlines()
    assert (newest[:6], older[:6]) == ("*    2", "     1")
    assert newest.endswith("이  FAQ 5건 · 질문 0개  faq.csv 가져오기")


def test_a_table_is_not_written_into_a_folder_that_is_not_there(run: Run, store: Store, tmp_path: Path) -> None:
    refused = run("draft", "export", str(tmp_path / "nowhere" / "out.csv"))
    assert (refused.exit_code, "결과를 쓸 폴더가 없습니다" in refused.output) == (1, True)


def test_thresholds_that_are_only_tried_change_nothing(run: Run, models: Path, bare_site: Path) -> None:
    shutil.copytree(bare_site, models / "default")
    before = current_id(models / "default")
    said = succeeded(run("draft", "thresholds", "0.96", "0.5")).splitlines()
    assert [line.partition(":")[0] for line in said[:2]] == ["지금", "바꾸면"]
    assert said[2] == "아직 적용되지 않아요. 적용하려면 --apply 를 붙이세요."
    assert current_id(models / "default") == before
