"""A release folder as attackers, full disks and upgrades leave it: refused with the command that helps, and nothing in it ever runs."""

import dataclasses
import hashlib
import io
import json
import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from faqbot.domain import FaqEntry
from faqbot.errors import ReleaseError
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.dictionaries import Dictionaries
from faqbot.retrieval.live import LiveRelease
from faqbot.retrieval.parameters import Targets
from faqbot.retrieval.release import FORMAT, SERVED, current_id, load_release, release_id
from faqbot.training.prior import shipped_prior
from faqbot.training.publish import publish
from faqbot.training.train import Plan, train
from tests.faults.damage import accepted

ARRAYS = [name for name in SERVED if name.endswith(".npy")]
HINT = "faqbot train"


class Planted:
    """A pickle that writes a file when it is loaded."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Callable, tuple[Path]]:
        return Path.touch, (self.canary,)


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A file that is there as soon as anything planted has run."""
    return tmp_path / "canary"


@pytest.fixture
def site(bare_site: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy to damage, with its release published."""
    copy = shutil.copytree(bare_site, tmp_path / "default")
    yield copy
    shutil.rmtree(copy)


@pytest.fixture
def release(site: Path) -> Path:
    return site / current_id(site)


@pytest.fixture(scope="module")
def two(bare_site: Path, small_table: tuple[FaqEntry, ...], analyzer: KiwiAnalyzer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site whose published release was followed by another one, not published yet."""
    site = shutil.copytree(bare_site, tmp_path_factory.mktemp("two") / "default")
    changed = (dataclasses.replace(small_table[0], answer="이제 하루 걸립니다."), *small_table[1:])
    train(changed, (), Dictionaries((), ()), site=site, analyzer=analyzer, prior=shipped_prior(), plan=Plan(Targets(0.9, 0.3), publish=False))
    return site


@pytest.fixture
def followed(two: Path, tmp_path: Path, analyzer: KiwiAnalyzer) -> Iterator[tuple[LiveRelease, Path, str]]:
    """A live release that serves the old one, its site, and the id of the new one."""
    site = shutil.copytree(two, tmp_path / "default")
    live = LiveRelease(site, lambda _: analyzer)
    new = next(folder.parent.name for folder in site.glob("*/manifest.json") if folder.parent.name != live.serving.release.id)
    yield live, site, new
    shutil.rmtree(site)


def object_array(planted: object) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.array([planted], dtype=object), allow_pickle=True)
    return buffer.getvalue()


def replace(path: Path, data: bytes) -> None:
    path.unlink()
    path.write_bytes(data)


def forge(release: Path, name: str, data: bytes) -> Path:
    """Replace a file, its digest and the id that follows from it; the folder has another name then."""
    replace(release / name, data)
    manifest = json.loads((release / "manifest.json").read_bytes())
    manifest["files"][name] = hashlib.sha256(data).hexdigest()
    manifest["id"] = release_id(manifest["analyzer"], manifest["files"])
    replace(release / "manifest.json", json.dumps(manifest).encode())
    return release.rename(release.with_name(manifest["id"]))


def change_manifest(release: Path, **fields: object) -> None:
    manifest = json.loads((release / "manifest.json").read_bytes())
    replace(release / "manifest.json", json.dumps({**manifest, **fields}).encode())


def flip(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


DAMAGE = {
    "truncated by a byte": lambda data: data[:-1],
    "truncated to half": lambda data: data[: len(data) // 2],
    "emptied": lambda _: b"",
    "a bit flipped": flip,
    "a byte added": lambda data: data + b"\n",
    "foreign JSON": lambda _: b'{"answer": ["42"]}',
    "no JSON": lambda _: b"\x80\x04 not a file of ours",
}


def test_an_untouched_copy_loads(release: Path) -> None:
    assert load_release(release).id == release.name


@pytest.mark.parametrize("name", SERVED)
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_refused(release: Path, name: str, damage: str) -> None:
    replace(release / name, DAMAGE[damage]((release / name).read_bytes()))
    with pytest.raises(ReleaseError, match=HINT) as refusal:
        load_release(release)
    assert str(refusal.value) == f"{release / name}: 내용이 학습 때와 다릅니다(digest 불일치). faqbot train 으로 다시 학습하세요."


@pytest.mark.parametrize("name", SERVED)
def test_a_missing_file_is_refused(release: Path, name: str) -> None:
    (release / name).unlink()
    with pytest.raises(ReleaseError) as refusal:
        load_release(release)
    assert str(refusal.value) == f"{release}: 릴리스가 손상되었습니다(FileNotFoundError). faqbot train 으로 다시 학습하세요."


@pytest.mark.parametrize("name", SERVED)
def test_a_folder_in_the_place_of_a_file_is_refused(release: Path, name: str) -> None:
    (release / name).unlink()
    (release / name).mkdir()
    with pytest.raises(ReleaseError, match=HINT):
        load_release(release)


@pytest.mark.parametrize("name", SERVED)
def test_a_link_to_a_file_of_somebody_else_is_refused(release: Path, name: str, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"{}")
    (release / name).unlink()
    (release / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ReleaseError, match=HINT):
        load_release(release)


@pytest.mark.parametrize("name", ["manifest.json", *SERVED])
def test_a_link_in_a_circle_is_refused(release: Path, name: str) -> None:
    (release / name).unlink()
    (release / name).symlink_to(release / name)
    with pytest.raises(ReleaseError, match=HINT):
        load_release(release)


@pytest.mark.parametrize("name", ["manifest.json", *SERVED])
def test_a_byte_that_is_altered_or_missing_anywhere_is_noticed(release: Path, name: str) -> None:
    """A sample of the bytes; `make faults` takes every one."""
    assert accepted(release, max(8, (release / name).stat().st_size // 24), (name,)) == []


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize("make", [make_fifo, lambda path: path.symlink_to("/dev/zero"), Path.mkdir], ids=["pipe", "device", "folder"])
@pytest.mark.parametrize("name", ["manifest.json", "entries.json", "idf.npy"])
def test_what_is_no_plain_file_is_refused_and_waited_for_by_nobody(release: Path, name: str, make: Callable[[Path], None]) -> None:
    (release / name).unlink()
    make(release / name)
    with pytest.raises(ReleaseError, match=HINT):
        load_release(release)


@pytest.mark.parametrize("make", [make_fifo, lambda path: path.symlink_to("/dev/zero")], ids=["pipe", "device"])
def test_a_current_file_that_is_no_plain_file_keeps_the_old_release_serving(followed: tuple[LiveRelease, Path, str], make: Callable[[Path], None]) -> None:
    live, site, _ = followed
    old = live.serving
    (site / "CURRENT").unlink()
    make(site / "CURRENT")
    assert not live.refresh()
    assert live.serving is old


def test_a_release_that_another_scikit_learn_fitted_serves_the_same(site: Path, release: Path, analyzer: KiwiAnalyzer) -> None:
    """Numbers serve, not its objects: what is binding is the analyzer."""
    before = LiveRelease(site, lambda _: analyzer).serving.bot.ask("환불은 며칠 걸리나요?")
    change_manifest(release, libraries={"scikit-learn": "99.0", "numpy": "0.1"})
    assert LiveRelease(site, lambda _: analyzer).serving.bot.ask("환불은 며칠 걸리나요?") == before


PLANTED = ["pipeline.joblib", "model.pkl", "__init__.py", "sitecustomize.py", "entries.json.pickle", "idf.npz"]


@pytest.mark.parametrize("name", PLANTED)
def test_a_file_that_somebody_put_beside_the_others_does_not_run(site: Path, release: Path, analyzer: KiwiAnalyzer, name: str, canary: Path) -> None:
    program = f"open({str(canary)!r}, 'w')".encode()
    (release / name).unlink(missing_ok=True)
    (release / name).write_bytes(program if name.endswith(".py") else pickle.dumps(Planted(canary)))
    assert LiveRelease(site, lambda _: analyzer).serving.bot.ask("환불은 며칠 걸리나요?").candidates[0].id == "refund"
    assert not canary.exists()


def test_a_planted_pickle_would_run_where_pickles_are_opened(canary: Path) -> None:
    np.load(io.BytesIO(object_array(Planted(canary))), allow_pickle=True)
    assert canary.exists()


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_with_a_pickle_in_it_is_refused_and_does_not_run(release: Path, name: str, canary: Path) -> None:
    replace(release / name, object_array(Planted(canary)))
    with pytest.raises(ReleaseError, match=HINT):
        load_release(release)
    assert not canary.exists()


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_with_a_pickle_in_it_is_refused_even_with_a_forged_digest(release: Path, name: str, canary: Path) -> None:
    release = forge(release, name, object_array(Planted(canary)))
    with pytest.raises(ReleaseError, match=HINT):
        load_release(release)
    assert not canary.exists()


@pytest.mark.parametrize("name", SERVED)
def test_a_bare_pickle_is_refused_even_with_a_forged_digest(release: Path, name: str, canary: Path) -> None:
    release = forge(release, name, pickle.dumps(Planted(canary)))
    with pytest.raises(ReleaseError, match=HINT):
        load_release(release)
    assert not canary.exists()


@pytest.mark.parametrize("foreign", ["null", "1", '"text"', "[1]", '{"a": 1}', "[[]]", '{"pieces": 1, "morphemes": [], "words": []}'])
@pytest.mark.parametrize("name", ["entries.json", "dictionaries.json", "parameters.json", "vocabularies.json", "questions.json"])
def test_foreign_json_is_refused_even_with_a_forged_digest(release: Path, name: str, foreign: str) -> None:
    release = forge(release, name, foreign.encode())
    with pytest.raises(ReleaseError, match=HINT):
        load_release(release)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,<script>"])
def test_an_answer_with_a_link_that_runs_is_refused_even_with_a_forged_digest(release: Path, url: str) -> None:
    entries = json.loads((release / "entries.json").read_bytes())
    entries[0]["answer"] = [{"type": "paragraph", "spans": [{"type": "link", "label": "환불", "url": url}]}]
    release = forge(release, "entries.json", json.dumps(entries).encode())
    with pytest.raises(ReleaseError, match="다시 학습"):
        load_release(release)


def test_parameters_for_other_features_are_refused_even_with_a_forged_digest(release: Path) -> None:
    parameters = json.loads((release / "parameters.json").read_bytes())
    parameters["ranker"]["price"] = 1.0
    release = forge(release, "parameters.json", json.dumps(parameters).encode())
    with pytest.raises(ReleaseError) as refusal:
        load_release(release)
    assert str(refusal.value) == "학습된 값의 특징 이름이 이 버전과 다릅니다: price. faqbot train 으로 다시 학습하세요."


@pytest.mark.parametrize("text", ["", "{", "\x00", "faqbot", '{"format": 1'])
def test_a_manifest_that_cannot_be_read_is_refused(release: Path, text: str) -> None:
    replace(release / "manifest.json", text.encode())
    with pytest.raises(ReleaseError) as refusal:
        load_release(release)
    assert str(refusal.value) == f"{release / 'manifest.json'}: 읽을 수 없습니다. faqbot train 으로 다시 학습하세요."


def test_a_folder_without_a_manifest_is_refused(release: Path) -> None:
    (release / "manifest.json").unlink()
    with pytest.raises(ReleaseError, match=r"manifest\.json: 읽을 수 없습니다\. faqbot train"):
        load_release(release)


@pytest.mark.parametrize("text", ["null", "[]", "1", "{}"])
def test_a_manifest_of_something_else_is_refused(release: Path, text: str) -> None:
    replace(release / "manifest.json", text.encode())
    with pytest.raises(ReleaseError, match=r"이 버전이 읽는 릴리스 형식\(\d+\)이 아닙니다\. faqbot train"):
        load_release(release)


DAMAGED_QUESTIONS: dict[str, Callable[[list[str]], object]] = {
    "one too few": lambda contents: contents[:-1],
    "one too many": lambda contents: [*contents, "환불"],
    "a number": lambda contents: [7, *contents[1:]],
    "nothing": lambda contents: [None, *contents[1:]],
    "lists": lambda contents: [[content] for content in contents],
}


@pytest.mark.parametrize("damage", DAMAGED_QUESTIONS)
def test_questions_that_do_not_fit_the_rows_are_refused_even_with_a_forged_digest(release: Path, damage: str) -> None:
    contents = json.loads((release / "questions.json").read_bytes())
    release = forge(release, "questions.json", json.dumps(DAMAGED_QUESTIONS[damage](contents)).encode())
    with pytest.raises(ReleaseError) as refusal:
        load_release(release)
    assert str(refusal.value) == f"{release}: 릴리스가 손상되었습니다(ValueError). faqbot train 으로 다시 학습하세요."


def shifted(array: np.ndarray) -> np.ndarray:
    return np.where(array >= 0, array + 1, array)


@pytest.mark.parametrize("name", ["term_ids", "posting_bounds", "question_term_bounds", "entry_term_bounds", "question_starts"])
def test_numbers_that_lead_elsewhere_are_refused_even_with_a_forged_digest(release: Path, name: str) -> None:
    buffer = io.BytesIO()
    np.save(buffer, shifted(np.load(release / f"{name}.npy")))
    release = forge(release, f"{name}.npy", buffer.getvalue())
    with pytest.raises(ReleaseError, match=HINT):
        load_release(release)


def forged(release: Path, name: str, numbers: np.ndarray) -> Path:
    buffer = io.BytesIO()
    np.save(buffer, numbers)
    return forge(release, f"{name}.npy", buffer.getvalue())


@pytest.mark.parametrize("number", [10**6, -1])
@pytest.mark.parametrize("name", ["posting_rows", "question_terms", "entry_terms"])
def test_rows_and_terms_that_are_not_there_are_refused_even_with_a_forged_digest(release: Path, name: str, number: int) -> None:
    numbers = np.load(release / f"{name}.npy")
    numbers[-1] = number
    with pytest.raises(ReleaseError, match=HINT):
        load_release(forged(release, name, numbers))


@pytest.mark.parametrize("name", ["posting_bounds", "posting_rows", "posting_weights", "question_terms", "entry_term_weights"])
def test_numbers_of_another_width_are_refused_even_with_a_forged_digest(release: Path, name: str) -> None:
    numbers = np.load(release / f"{name}.npy")
    with pytest.raises(ReleaseError, match=HINT):
        load_release(forged(release, name, numbers.astype(f"{numbers.dtype.kind}8")))


@pytest.mark.parametrize("file", ARRAYS)
def test_an_array_of_another_kind_is_refused_by_its_name(release: Path, file: str) -> None:
    name = file.removesuffix(".npy")
    numbers = np.load(release / file)
    with pytest.raises(ReleaseError) as refusal:
        load_release(forged(release, name, numbers.astype({"i": "f8", "f": "i8", "b": "i8"}[numbers.dtype.kind])))
    assert str(refusal.value.__cause__) == name


@pytest.mark.parametrize("claims", [[], ["+a"], [["a"]], [["*a"]], [[1]], [[""]]])
def test_claims_that_are_none_or_do_not_fit_are_refused_even_with_a_forged_digest(release: Path, claims: list[object]) -> None:
    rows = json.loads((release / "claims.json").read_bytes())
    damaged = [*rows[: -len(claims)], *claims] if claims else rows[:-1]
    with pytest.raises(ReleaseError) as refusal:
        load_release(forge(release, "claims.json", json.dumps(damaged).encode()))
    assert "릴리스가 손상되었습니다" in str(refusal.value)


def test_a_release_holds_the_content_of_every_question(release: Path) -> None:
    index = load_release(release).index
    assert index.question_contents == tuple(json.loads((release / "questions.json").read_bytes()))
    assert len(index.question_contents) == len(index.question_lengths) == int(index.question_starts[-1])


@pytest.mark.parametrize("thresholds", [{"answer": 0.8, "suggest": 0.3}, {"answer": 0.8, "suggest": 0.3, "in_category": [0.9]}], ids=["none", "a list"])
def test_thresholds_without_those_of_categories_are_refused_even_with_a_forged_digest(release: Path, thresholds: dict[str, object]) -> None:
    parameters = json.loads((release / "parameters.json").read_bytes())
    release = forge(release, "parameters.json", json.dumps({**parameters, "thresholds": thresholds}).encode())
    with pytest.raises(ReleaseError, match=HINT):
        load_release(release)


def test_the_format_of_releases_is_the_fifth() -> None:
    assert FORMAT == 5


@pytest.mark.parametrize("version", [0, 1, 9999, "2", None])
def test_a_release_of_another_format_is_refused(release: Path, version: object) -> None:
    change_manifest(release, format=version)
    with pytest.raises(ReleaseError, match=r"이 버전이 읽는 릴리스 형식\(\d+\)이 아닙니다\. faqbot train"):
        load_release(release)


def test_a_release_under_the_name_of_another_is_refused(release: Path) -> None:
    renamed = release.rename(release.with_name("0" * 16))
    with pytest.raises(ReleaseError) as refusal:
        load_release(renamed)
    assert str(refusal.value) == f"{renamed}: 폴더 이름과 릴리스 이름이 다릅니다. faqbot train 으로 다시 학습하세요."


@pytest.mark.parametrize("fields", [{"id": "0" * 16}, {"id": None}, {"files": None}, {"files": []}, {"files": {}}])
def test_a_manifest_without_the_right_id_and_digests_is_refused(release: Path, fields: dict[str, object]) -> None:
    change_manifest(release, **fields)
    with pytest.raises(ReleaseError, match=HINT):
        load_release(release)


def test_a_link_to_the_manifest_of_another_release_is_refused(followed: tuple[LiveRelease, Path, str]) -> None:
    live, site, new = followed
    (site / new / "manifest.json").unlink()
    (site / new / "manifest.json").symlink_to(site / live.serving.release.id / "manifest.json")
    with pytest.raises(ReleaseError, match=HINT):
        load_release(site / new)


def test_a_link_to_the_folder_of_another_release_is_refused(site: Path, release: Path) -> None:
    (site / ("0" * 16)).symlink_to(release)
    with pytest.raises(ReleaseError, match=HINT):
        load_release(site / ("0" * 16))


def test_files_of_two_releases_are_not_mixed(followed: tuple[LiveRelease, Path, str]) -> None:
    live, site, new = followed
    replace(site / new / "entries.json", (site / live.serving.release.id / "entries.json").read_bytes())
    with pytest.raises(ReleaseError, match="digest 불일치"):
        load_release(site / new)


def test_an_analyzer_with_other_user_words_is_refused(release: Path) -> None:
    with pytest.raises(ReleaseError) as refusal:
        load_release(release).bot(KiwiAnalyzer([("네이버페이", "NNP")]))
    assert str(refusal.value) == (
        f"릴리스 {release.name}: 지금 설치된 형태소 분석기(kiwipiepy, kiwipiepy_model)나 사용자 사전이 학습 때와 다릅니다. faqbot train 으로 다시 학습하세요."
    )


@pytest.mark.parametrize("upgraded", ["kiwipiepy", "kiwipiepy_model"])
def test_a_release_from_before_an_upgrade_of_the_analyzer_is_refused(site: Path, monkeypatch: pytest.MonkeyPatch, upgraded: str) -> None:
    monkeypatch.setattr("faqbot.korean.analyzer.version", lambda name: "99.0" if name == upgraded else "0.24.1")
    with pytest.raises(ReleaseError, match=HINT):
        LiveRelease(site, KiwiAnalyzer).serving  # noqa: B018  # loads it


@pytest.mark.parametrize("text", ["", "\n", "없음", "../default", "0" * 15, "0" * 17, "0" * 40, "A" * 16, "\x00" * 16, "latest"])
def test_a_damaged_current_file_is_refused(site: Path, analyzer: KiwiAnalyzer, text: str) -> None:
    (site / "CURRENT").write_text(text, encoding="utf-8")
    with pytest.raises(ReleaseError, match=HINT):
        LiveRelease(site, lambda _: analyzer).serving  # noqa: B018  # loads it


@pytest.mark.parametrize("make", [lambda _: None, Path.mkdir, lambda path: path.symlink_to(path)], ids=["missing", "folder", "circle"])
def test_a_site_without_a_current_file_says_how_to_train(site: Path, analyzer: KiwiAnalyzer, make: Callable[[Path], None]) -> None:
    (site / "CURRENT").unlink()
    make(site / "CURRENT")
    with pytest.raises(ReleaseError) as refusal:
        LiveRelease(site, lambda _: analyzer).serving  # noqa: B018  # loads it
    assert str(refusal.value) == f"{site}: 공개된 릴리스가 없습니다. faqbot train --faq 파일.csv 로 먼저 학습하세요."


def test_a_current_file_with_a_path_to_a_sound_release_is_refused(site: Path, release: Path, analyzer: KiwiAnalyzer) -> None:
    (site / "CURRENT").write_text(f"../default/{release.name}\n")
    with pytest.raises(ReleaseError) as refusal:
        LiveRelease(site, lambda _: analyzer).serving  # noqa: B018  # loads it
    named = f"../default/{release.name}"
    assert str(refusal.value) == f"{site / 'CURRENT'}: 릴리스 이름이 아닙니다: {named!r}. faqbot train 으로 다시 학습하세요."


def test_a_current_file_that_names_no_release_is_refused(site: Path, analyzer: KiwiAnalyzer) -> None:
    (site / "CURRENT").write_text("0" * 16)
    with pytest.raises(ReleaseError, match=HINT):
        LiveRelease(site, lambda _: analyzer).serving  # noqa: B018  # loads it


def test_serving_never_opens_the_pickle_for_data_scientists(site: Path, release: Path, analyzer: KiwiAnalyzer, canary: Path) -> None:
    replace(release / "pipeline.joblib", pickle.dumps(Planted(canary)))
    assert LiveRelease(site, lambda _: analyzer).serving.bot.ask("환불은 며칠 걸리나요?").candidates[0].id == "refund"
    assert not canary.exists()


@pytest.mark.parametrize("name", ["pipeline.joblib", "tokens.json.gz", "report.json", "report.html"])
def test_files_for_training_need_not_be_there(site: Path, release: Path, analyzer: KiwiAnalyzer, name: str) -> None:
    (release / name).unlink()
    assert LiveRelease(site, lambda _: analyzer).serving.release.id == release.name


def test_a_good_new_release_is_swapped_in(followed: tuple[LiveRelease, Path, str]) -> None:
    live, site, new = followed
    publish(site, new)
    assert live.refresh()
    assert live.serving.release.id == new
    assert live.serving.bot.ask("환불은 며칠 걸리나요?").release == new


def test_nothing_is_swapped_when_nothing_was_published(followed: tuple[LiveRelease, Path, str]) -> None:
    live, _, _ = followed
    before = live.serving
    assert not live.refresh()
    assert live.serving is before


def test_what_serves_is_not_loaded_again_when_it_is_published_again(followed: tuple[LiveRelease, Path, str]) -> None:
    live, site, _ = followed
    before = live.serving
    publish(site, before.release.id)
    assert not live.refresh()
    assert live.serving is before


def break_entries(site: Path, new: str) -> None:
    replace(site / new / "entries.json", b"[]")


def point_to(site: Path, release: str) -> None:
    """Publish without the checks of `publish`, as a hand or a copy would."""
    replace(site / "CURRENT", f"{release}\n".encode())


def break_manifest(site: Path, new: str) -> None:
    replace(site / new / "manifest.json", b"{")


def break_analyzer(site: Path, new: str) -> None:
    change_manifest(site / new, analyzer="0" * 64)


@pytest.mark.parametrize("broken", [break_entries, break_manifest, break_analyzer])
def test_the_old_release_goes_on_serving_when_the_new_one_is_broken(
    followed: tuple[LiveRelease, Path, str], broken: Callable[[Path, str], None], caplog: pytest.LogCaptureFixture
) -> None:
    live, site, new = followed
    old = live.serving
    broken(site, new)
    point_to(site, new)
    assert not live.refresh()
    assert live.serving is old
    assert old.bot.ask("환불은 며칠 걸리나요?").candidates[0].id == "refund"
    assert "new release refused, the old one goes on serving" in caplog.text
    assert HINT in caplog.text


def test_the_old_release_goes_on_serving_when_the_current_file_is_damaged(followed: tuple[LiveRelease, Path, str]) -> None:
    live, site, _ = followed
    old = live.serving
    replace(site / "CURRENT", b"\xff\xfe")
    assert not live.refresh()
    assert live.serving is old


def test_the_old_release_goes_on_serving_when_the_site_is_gone(followed: tuple[LiveRelease, Path, str]) -> None:
    live, site, _ = followed
    old = live.serving
    site.rename(site.with_name("moved"))
    assert not live.refresh()
    site.with_name("moved").rename(site)
    assert live.serving is old


def test_a_release_that_was_repaired_and_published_again_is_swapped_in(followed: tuple[LiveRelease, Path, str]) -> None:
    live, site, new = followed
    whole = (site / new / "entries.json").read_bytes()
    break_entries(site, new)
    point_to(site, new)
    live.refresh()
    replace(site / new / "entries.json", whole)
    publish(site, new)
    assert live.refresh()
    assert live.serving.release.id == new


def test_a_release_that_serves_answers_on_when_its_folder_is_deleted(followed: tuple[LiveRelease, Path, str]) -> None:
    live, site, _ = followed
    before = live.serving.bot.ask("배송이 늦어요")
    shutil.rmtree(site / live.serving.release.id)
    assert live.serving.bot.ask("배송이 늦어요") == before
