"""No file that somebody takes out of the desk computes anything, and no release holds what is not published."""

import csv
import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st
from openpyxl import load_workbook

from faqbot.corpus.export import problem_csv, to_csv, to_xlsx
from faqbot.corpus.guard import guarded, unguarded
from faqbot.corpus.problem import Problem
from faqbot.corpus.source import read_source
from faqbot.corpus.table import Row
from faqbot.domain import FaqEntry, Outcome, Reason
from faqbot.retrieval.release import SERVED, current_id
from faqbot.store import QueryRecord, Role
from tests.contract.conftest import NOW, RELEASE
from tests.contract.desk import as_operator
from tests.security.conftest import HostileSite
from tests.security.hostile import FORMULAS

#: Signs, narrow and wide, that begin a formula, and what spreadsheets drop before one.
_SIGNS = "=+-@＝＋－＠\t\r\n\0"
_UNSEEN = "\u200b\ufeff\u3000\xa0 \x01"


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet might compute it."""
    return cell.lstrip(_UNSEEN)[:1] in set(_SIGNS) if cell.lstrip(_UNSEEN) else False


def formulas_in(data: bytes) -> list[str]:
    """Cells of a CSV file that a spreadsheet might compute."""
    return [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for cell in row if is_formula(cell)]


def entry(text: str) -> FaqEntry:
    return FaqEntry("a1", f"{text}", text, (text,), (f"{text} 다른 말",), (text,), text, "https://x.kr", text)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_table_in_csv_is_a_formula(text):
    assert formulas_in(to_csv([entry(text)])) == []


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_workbook_is_a_formula(text):
    data = to_xlsx([entry(text)])
    cells = [cell for sheet in load_workbook(io.BytesIO(data)) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.value for cell in cells if cell.data_type == "f" or is_formula(str(cell.value))] == []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist() if "worksheets" in name)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_row_that_could_not_be_imported_comes_back_as_a_formula(text):
    row = Row(2, {"question": text}, (text, text))
    assert formulas_in(problem_csv([text, "답변"], [(row, [Problem(2, "question", text, text)])])) == []


@pytest.mark.parametrize("text", FORMULAS)
def test_no_question_that_visitors_asked_leaves_the_desk_as_a_formula(app, store, text):
    store.record_queries([QueryRecord(text, Outcome.FALLBACK, Reason.NOT_CONFIDENT, 0.1, (), RELEASE, asked_at=NOW)])
    client = as_operator(app, store, Role.VIEWER)
    assert formulas_in(client.get("/admin/asked.csv").data) == []


def test_no_cell_of_any_file_of_the_desk_is_a_formula(hostile: HostileSite):
    for path in (
        "/admin/questions.csv",
        "/admin/questions.csv?kind=alternate",
        "/admin/questions.csv?kind=synonym",
        "/admin/asked.csv",
        "/admin/publish/draft.csv",
    ):
        response = hostile.owner.get(path)
        assert response.status_code == 200, path
        assert formulas_in(response.data) == [], path


@tried(suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.sampled_from("=+-@＝＋－＠\t\r\n’'\" a가1\u3000\ufeff\u200b"), max_size=6))
def test_a_guarded_cell_is_no_formula_and_comes_back_as_it_was(text):
    assert not is_formula(guarded(text))
    assert unguarded(guarded(text)) == text or text.startswith("’")


def test_an_entry_that_is_not_in_use_is_in_no_file_that_serves(trained_site: Path, small_table: tuple[FaqEntry, ...]):
    folder = trained_site / current_id(trained_site)
    held = b"".join((folder / name).read_bytes() for name in SERVED)
    off = [each for each in small_table if not each.enabled]
    assert off
    assert all(each.question.encode() not in held and json.dumps(each.question).encode() not in held for each in off)


def test_a_release_holds_no_term_but_those_of_its_entries_and_dictionaries(bare_site: Path):
    """What training saw besides, such as the prior's bases, is in none of them."""
    folder = bare_site / current_id(bare_site)
    held = json.loads((folder / "entries.json").read_text(encoding="utf-8"))
    words = json.dumps([held, json.loads((folder / "dictionaries.json").read_text(encoding="utf-8"))], ensure_ascii=False)
    terms = json.loads((folder / "vocabularies.json").read_text(encoding="utf-8"))
    nouns = {term.partition("/")[0] for vocabulary in (terms.values() if isinstance(terms, dict) else terms) for term in vocabulary if "/NN" in str(term)}
    assert len(nouns) > 5
    assert {noun for noun in nouns if noun not in words} == set()


def test_a_table_that_was_taken_out_is_the_same_when_it_comes_back():
    entries = tuple(
        FaqEntry(f"a{n}", f"질문 {n} {text.strip()}", f"답 {text.strip()}", updated_at=date(2026, 1, 1)) for n, text in enumerate(FORMULAS) if "\0" not in text
    )
    table = read_source(to_csv(entries), "faq.csv").table
    assert len(table.rows) == len(entries)
