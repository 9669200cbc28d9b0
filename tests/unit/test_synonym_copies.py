"""The general synonyms are knowledge of how customers talk: none of them is a whole query or question of a labelled set."""

import csv
import os
from importlib.resources import files
from pathlib import Path

import pytest

from faqbot.korean.normalize import normalize
from faqbot.korean.synonyms import SynonymGroup, parse_synonyms
from faqbot.korean.terms import question_key

ROOT = Path(__file__).parents[2]
SETS = Path(os.environ.get("FAQBOT_SETS", ROOT.parent / "shared/benchmarks"))
#: A query of one or two words is a word, and everybody says words.
WORDS = 3


def general() -> tuple[SynonymGroup, ...]:
    return parse_synonyms(files("faqbot.korean").joinpath("synonyms.tsv").read_text(encoding="utf-8"), source="synonyms.tsv")


def folders() -> list[Path]:
    own = [ROOT / "data", *sorted((ROOT / "data/bases").iterdir())]
    return own + sorted(path.parent for path in SETS.glob("*/queries.csv")) if SETS.is_dir() else own


def whole_texts(folder: Path) -> dict[str, str]:
    """Key → query or question of more than two words."""
    found = {}
    for path in folder.glob("*.csv"):
        if path.name not in {"queries.csv", "faqs.csv", "faq.csv"}:
            continue
        with path.open(encoding="utf-8-sig", newline="") as handle:
            for row in csv.DictReader(handle):
                text = normalize(row.get("query") or row.get("question") or "")
                if len(text.split()) >= WORDS:
                    found[question_key(text)] = text
    return found


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.name)
def test_no_synonym_copies_a_whole_query_or_question(folder: Path) -> None:
    texts = whole_texts(folder)
    assert texts, f"{folder} holds no text to compare with"
    copies = [f"{group.head}: {said}" for group in general() for said in (group.head, *group.members) if question_key(normalize(said)) in texts]
    assert copies == []


def test_the_comparison_finds_a_copy(tmp_path: Path) -> None:
    (tmp_path / "queries.csv").write_text("query,faq_id\n돈은 언제 돌려받나요?,a\n", encoding="utf-8")
    assert question_key("돈은 언제 돌려받나요") in whole_texts(tmp_path)
    assert question_key("돈 돌려받다") not in whole_texts(tmp_path)


def test_there_are_thousands_of_groups_each_with_a_domain() -> None:
    groups = general()
    assert len(groups) >= 5000
    assert all(group.domain for group in groups)
