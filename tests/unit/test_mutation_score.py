"""The arithmetic of `make mutants`."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pytest

from tests.mutation.score import LEFT_OUT, Score, sampled, score, scores, verdicts
from tests.mutation.warm import near

KILLED, SURVIVED, UNREACHED, OVERTIME = 1, 0, 33, 36


def test_a_mutant_is_noticed_where_a_test_fails_or_does_not_end() -> None:
    assert score("korean", [KILLED, 3, OVERTIME, -24, -11]) == Score("korean", 5, 0, 0, 0)


def test_a_mutant_is_missed_where_every_test_passes_or_none_reaches_it() -> None:
    assert score("korean", [SURVIVED, UNREACHED, 5, 35, -9]) == Score("korean", 0, 5, 0, 0)


def test_what_waits_and_what_is_left_out_of_the_sample_does_not_count() -> None:
    found = score("korean", [KILLED, KILLED, KILLED, SURVIVED, None, LEFT_OUT, LEFT_OUT])
    assert (found.share, found.waiting, found.left_out) == (0.75, 1, 2)


def test_a_package_without_a_tried_mutant_has_no_share() -> None:
    assert score("korean", [None]).share == 0.0


@pytest.mark.parametrize(("counts", "enough"), [((4, 1, 0), True), ((79, 21, 0), False), ((5, 0, 1), False), ((0, 0, 0), False)])
def test_enough_is_four_of_five_with_nothing_waiting(counts: tuple[int, int, int], enough: bool) -> None:
    assert Score("korean", *counts, 0).enough is enough


def test_a_sample_holds_every_nth_mutant_and_keeps_what_was_tried() -> None:
    codes = {"a": None, "b": None, "c": KILLED, "d": LEFT_OUT, "e": SURVIVED}
    assert sampled(codes, 3, again=False) == {"a": None, "b": LEFT_OUT, "c": KILLED, "d": None, "e": SURVIVED}


def test_a_denser_sample_goes_on_from_a_thinner_one() -> None:
    thin = sampled(dict.fromkeys("abcdefghij"), 10, again=False)
    assert [mutant for mutant, code in sampled(thin, 5, again=False).items() if code is None] == ["a", "f"]


def test_again_tries_what_was_missed_whatever_the_sample() -> None:
    codes = {"a": KILLED, "b": SURVIVED, "c": UNREACHED, "d": OVERTIME, "e": None}
    assert sampled(codes, 4, again=True) == {"a": KILLED, "b": None, "c": None, "d": OVERTIME, "e": None}


def test_scores_are_read_from_the_files_of_each_package(tmp_path: Path) -> None:
    for name, codes in {"korean/josa.py": [KILLED], "korean/terms.py": [SURVIVED], "privacy/cards.py": [None]}.items():
        file = tmp_path / "faqbot" / f"{name}.meta"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"exit_code_by_key": {f"{name}.{place}": code for place, code in enumerate(codes)}}))
    assert scores(tmp_path) == [Score("korean", 1, 1, 0, 0), Score("privacy", 0, 0, 1, 0)]
    assert verdicts(tmp_path / "faqbot/korean/josa.py.meta") == {"korean/josa.py.0": KILLED}


def near_files(module: str, *texts: str) -> list[int]:
    """Places of the files with these texts that a mutant of the module is tried on."""
    with TemporaryDirectory() as folder:
        files = [Path(folder) / f"test_{place}.py" for place in range(len(texts))]
        for file, text in zip(files, texts, strict=True):
            file.write_text(text, encoding="utf-8")
        items = [SimpleNamespace(path=file, nodeid=f"tests/unit/{file.name}::test_it") for file in files]
        return [items.index(item) for item in near(module, items)]


def test_a_mutant_meets_the_tests_of_files_that_name_its_module() -> None:
    assert near_files("faqbot.korean.josa", "from faqbot.korean.josa import attach", "from faqbot.korean.terms import content") == [0]


def test_a_mutant_of_a_package_that_hands_out_names_meets_the_tests_of_the_package() -> None:
    assert near_files("faqbot.privacy.cards", "import re", "from faqbot.privacy import mask") == [1]


def test_a_mutant_whose_module_no_test_names_meets_all_that_reach_it() -> None:
    assert near_files("faqbot.korean.opposites", "import re", "import io") == [0, 1]
