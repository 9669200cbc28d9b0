import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import pytest

from faqbot.errors import ReleaseError
from faqbot.retrieval.release import SERVED, current_id, load_release, trained_from
from faqbot.training import publish as publishing
from faqbot.training.publish import ReleaseInfo, list_releases, training_lock, write_release

A, B, C = "a" * 16, "b" * 16, "c" * 16

#: These releases are folders with a manifest and nothing to load.
publish = partial(publishing.publish, check=lambda _: None)
rollback = partial(publishing.rollback, check=lambda _: None)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "default"


def make_release(site: Path, release_id: str, created: str = "2026-03-01T00:00:00+00:00", entries: int = 1) -> Path:
    """As much of a release as lists and publication look at."""
    folder = site / release_id
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"id": release_id, "created": created, "entries": entries}), encoding="utf-8")
    return folder


@pytest.fixture
def three(site: Path) -> Path:
    """A site with three releases, none published."""
    for day, release_id in enumerate((A, B, C), 1):
        make_release(site, release_id, f"2026-03-0{day}T00:00:00+00:00", entries=day)
    return site


@pytest.fixture(scope="module")
def files(bare_site: Path) -> dict[str, bytes]:
    """The files of a real release."""
    return {path.name: path.read_bytes() for path in sorted((bare_site / current_id(bare_site)).iterdir())}


@pytest.fixture(scope="module")
def real(bare_site: Path) -> str:
    return current_id(bare_site)


class Killed(BaseException):
    """What kill -9 leaves behind: whatever was on the disk before the step, and no clean-up."""


Killing = Callable[[int], AbstractContextManager[list[Killed]]]


@pytest.fixture
def killed_before(monkeypatch: pytest.MonkeyPatch) -> Killing:
    """Runs a block up to its n-th step on the disk (flush or rename); the list is empty when there were fewer."""

    @contextmanager
    def run(step: int) -> Iterator[list[Killed]]:
        steps, killed = itertools.count(1), []

        def counted(original: Callable) -> Callable:
            def call(*arguments):
                if next(steps) >= step:
                    raise Killed
                return original(*arguments)

            return call

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", counted(os.fsync))
            patch.setattr(Path, "rename", counted(Path.rename))
            patch.setattr(Path, "replace", counted(Path.replace))
            try:
                yield killed
            except Killed as kill:
                killed.append(kill)

    return run


def test_a_release_is_written_with_all_its_files(site: Path, files: dict[str, bytes], real: str) -> None:
    site.mkdir()
    folder = write_release(site, real, files)
    assert folder == site / real
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == files
    assert list(site.iterdir()) == [folder]


def test_a_kill_at_any_step_of_writing_leaves_a_whole_release_or_none(tmp_path: Path, files: dict[str, bytes], real: str, killed_before: Killing) -> None:
    written = []
    for step in itertools.count(1):
        site = tmp_path / str(step)
        site.mkdir()
        with killed_before(step) as killed:
            write_release(site, real, files)
        written.append((site / real).exists())
        if written[-1]:
            assert load_release(site / real).id == real
        if not killed:
            break
    assert written.count(False) > len(files)
    assert written.count(True) > 0


def test_writing_again_after_a_kill_leaves_no_leftovers(site: Path, files: dict[str, bytes], real: str, killed_before: Killing) -> None:
    site.mkdir()
    with killed_before(3):
        write_release(site, real, files)
    assert [path.name for path in site.iterdir()] == [f".unfinished-{real}"]
    write_release(site, real, files)
    assert [path.name for path in site.iterdir()] == [real]


def test_leftovers_of_another_release_are_removed_too(site: Path, files: dict[str, bytes], real: str) -> None:
    (site / f".unfinished-{A}").mkdir(parents=True)
    write_release(site, real, files)
    assert [path.name for path in site.iterdir()] == [real]


def test_a_full_disk_leaves_no_release(site: Path, files: dict[str, bytes], real: str, monkeypatch: pytest.MonkeyPatch) -> None:
    site.mkdir()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_release(site, real, files)
    assert not (site / real).exists()


@pytest.fixture(scope="module")
def trained_again(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files of a training with other labels that came to the same id: other bytes in arrays too, as another NumPy may write them."""
    manifest = json.loads(files["manifest.json"]) | {"created": "2030-01-02T03:04:05+00:00", "metrics": {"in_scope": 3}, "trained_from": ["a.csv", "b.csv"]}
    other = {name: b"others" for name in files if name not in SERVED}
    arrays = {name: data + b" " for name, data in files.items() if name.endswith(".npy")}
    return {**files, **other, **arrays, "manifest.json": json.dumps({**manifest, "files": {"idf.npy": "0"}, "libraries": {}}).encode()}


def inodes(folder: Path) -> dict[str, int]:
    return {name: (folder / name).stat().st_ino for name in SERVED}


def test_what_serves_in_a_sound_release_of_the_same_id_is_kept_and_the_rest_is_of_the_newest_training(
    site: Path, files: dict[str, bytes], real: str, trained_again: dict[str, bytes]
) -> None:
    site.mkdir()
    kept = inodes(write_release(site, real, files))
    folder = write_release(site, real, trained_again)
    assert inodes(folder) == kept
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        **{name: files[name] for name in SERVED},
        **{name: trained_again[name] for name in files if name not in SERVED},
        "manifest.json": (folder / "manifest.json").read_bytes(),
    }
    old, new, found = (json.loads(data) for data in (files["manifest.json"], trained_again["manifest.json"], (folder / "manifest.json").read_bytes()))
    assert found == {**old, **{name: new[name] for name in ("created", "metrics", "trained_from")}}
    assert load_release(folder).id == real
    assert list(site.iterdir()) == [folder]


def test_a_kill_at_any_step_of_a_renewal_leaves_a_release_and_no_report_of_other_labels_than_its_manifest(
    tmp_path: Path, files: dict[str, bytes], real: str, trained_again: dict[str, bytes], killed_before: Killing
) -> None:
    renewed = []
    for step in itertools.count(1):
        site = tmp_path / str(step)
        site.mkdir()
        folder = write_release(site, real, files)
        with killed_before(step) as killed:
            write_release(site, real, trained_again)
        assert load_release(folder).id == real
        renewed.append(json.loads((folder / "manifest.json").read_bytes())["metrics"] == {"in_scope": 3})
        of_its_labels = trained_again if renewed[-1] else files
        for name in ("report.json", "report.html"):
            assert not (folder / name).exists() or (folder / name).read_bytes() == of_its_labels[name]
        write_release(site, real, trained_again)
        assert list(site.iterdir()) == [folder]
        assert (folder / "report.json").read_bytes() == trained_again["report.json"]
        if not killed:
            break
    assert renewed == sorted(renewed)
    assert {*renewed} == {False, True}


@pytest.mark.parametrize("damage", ["missing file", "altered file", "no manifest"])
def test_a_damaged_release_of_the_same_id_is_replaced(site: Path, files: dict[str, bytes], real: str, damage: str) -> None:
    site.mkdir()
    folder = write_release(site, real, files)
    name = {"missing file": "entries.json", "altered file": "parameters.json", "no manifest": "manifest.json"}[damage]
    (folder / name).write_bytes(b"{}") if damage == "altered file" else (folder / name).unlink()
    write_release(site, real, files)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == files


def test_publishing_makes_a_release_the_current_one(three: Path) -> None:
    publish(three, B)
    assert current_id(three) == B
    assert [info.id for info in list_releases(three) if info.is_current] == [B]


def test_publishing_replaces_the_file_in_one_step(three: Path) -> None:
    publish(three, A)
    before = (three / "CURRENT").stat().st_ino
    publish(three, B)
    assert (three / "CURRENT").stat().st_ino != before
    assert (three / "CURRENT").read_text() == f"{B}\n"


def test_a_kill_at_any_step_of_publishing_leaves_the_old_or_the_new_release(three: Path, killed_before: Killing) -> None:
    found = []
    for step in itertools.count(1):
        publish(three, A)
        with killed_before(step) as killed:
            publish(three, B)
        found.append(current_id(three))
        if not killed:
            break
    assert found == sorted(found)
    assert set(found) == {A, B}


def test_a_kill_at_any_step_of_publishing_can_be_rolled_back(three: Path, killed_before: Killing) -> None:
    for step in itertools.count(1):
        publish(three, A)
        with killed_before(step) as killed:
            publish(three, B)
        if current_id(three) == B:
            assert rollback(three) == A
        if not killed:
            break
    assert step > 1


def test_a_kill_at_any_step_of_a_rollback_leaves_a_release_and_the_way_back(three: Path, killed_before: Killing) -> None:
    for step in itertools.count(1):
        publish(three, A)
        publish(three, B)
        with killed_before(step) as killed:
            rollback(three)
        assert current_id(three) in {A, B}
        if current_id(three) == B:
            assert rollback(three) == A
        if not killed:
            break
    assert step > 1


UNKNOWN = ["d" * 16, "", "..", "../default/" + A, "/" + "a" * 15, A[:15], A + "a", A.upper(), "가" * 16, ".unfinished-" + A[:4], A + "\n"]


@pytest.mark.parametrize("release_id", UNKNOWN)
def test_an_id_that_is_none_or_that_looks_like_a_path_is_refused_with_those_there_are(three: Path, release_id: str) -> None:
    publish(three, A)
    with pytest.raises(ReleaseError) as refusal:
        publish(three, release_id)
    assert str(refusal.value) == f"{three.name}: 릴리스 {release_id!r}이(가) 없습니다. 있는 릴리스: {C}, {B}, {A}"
    assert current_id(three) == A


def test_publishing_where_there_is_no_release_says_so(site: Path) -> None:
    with pytest.raises(ReleaseError) as refusal:
        publish(site, A)
    assert str(refusal.value) == f"{site.name}: 릴리스 {A!r}이(가) 없습니다. 있는 릴리스: 없음"


def test_a_very_long_id_is_cut_in_the_message(three: Path) -> None:
    with pytest.raises(ReleaseError, match=f"릴리스 '{'a' * 40}'이"):
        publish(three, "a" * 5000)


def test_rollback_goes_back_along_publications(three: Path) -> None:
    for release_id in (A, C, B):
        publish(three, release_id)
    assert [rollback(three), rollback(three)] == [C, A]
    assert current_id(three) == A


def test_two_who_saw_the_same_release_serve_go_back_once(three: Path) -> None:
    for release_id in (A, B, C):
        publish(three, release_id)
    assert rollback(three, serving=C) == B
    with pytest.raises(ReleaseError, match="그사이 다른 릴리스"):
        rollback(three, serving=C)
    assert current_id(three) == B


def test_publishing_the_current_release_again_is_no_step_to_roll_back(three: Path) -> None:
    for release_id in (A, B, B):
        publish(three, release_id)
    assert rollback(three) == A


def test_rollback_passes_over_releases_that_were_deleted(three: Path) -> None:
    for release_id in (A, B, C):
        publish(three, release_id)
    (three / B / "manifest.json").unlink()
    assert rollback(three) == A


def test_what_was_rolled_back_can_be_published_again(three: Path) -> None:
    publish(three, A)
    publish(three, B)
    rollback(three)
    publish(three, B)
    assert current_id(three) == B
    assert rollback(three) == A


def test_there_is_nothing_before_the_first_release(three: Path) -> None:
    publish(three, A)
    with pytest.raises(ReleaseError) as refusal:
        rollback(three)
    assert str(refusal.value) == f"{three.name}: 되돌아갈 이전 릴리스가 없습니다. faqbot releases 로 목록을 확인하세요."
    assert current_id(three) == A


def test_rollback_where_nothing_is_published_says_how_to_train(three: Path) -> None:
    with pytest.raises(ReleaseError) as refusal:
        rollback(three)
    assert str(refusal.value) == f"{three}: 공개된 릴리스가 없습니다. faqbot train --faq 파일.csv 로 먼저 학습하세요."


def test_releases_are_listed_newest_first_whatever_their_ids(site: Path) -> None:
    make_release(site, B, "2026-03-02T09:00:00+00:00", entries=7)
    make_release(site, C, "2026-03-01T09:00:00+00:00", entries=5)
    make_release(site, A, "2026-03-03T09:00:00+00:00", entries=9)
    publish(site, C)
    assert list_releases(site) == (
        ReleaseInfo(A, "2026-03-03T09:00:00+00:00", 9, is_current=False),
        ReleaseInfo(B, "2026-03-02T09:00:00+00:00", 7, is_current=False),
        ReleaseInfo(C, "2026-03-01T09:00:00+00:00", 5, is_current=True),
    )


def test_releases_of_the_same_second_have_an_order_of_their_own(site: Path) -> None:
    for release_id in (B, A, C):
        make_release(site, release_id)
    assert [info.id for info in list_releases(site)] == [C, B, A]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"created": "2026-03-01", "entries": "many"}'])
def test_a_release_without_a_readable_manifest_is_not_listed(three: Path, text: str) -> None:
    (three / B / "manifest.json").write_text(text)
    assert [info.id for info in list_releases(three)] == [C, A]


def test_folders_that_are_no_releases_are_not_listed(three: Path) -> None:
    make_release(three, "backup")
    make_release(three, f".unfinished-{A}")
    assert [info.id for info in list_releases(three)] == [C, B, A]


def test_a_site_that_is_not_there_has_no_releases(site: Path) -> None:
    assert list_releases(site) == ()


def test_a_second_training_of_a_site_is_told_to_wait(site: Path) -> None:
    with training_lock(site), pytest.raises(ReleaseError) as refusal, training_lock(site):
        raise AssertionError("both hold it")
    assert str(refusal.value) == f"{site.name}: 다른 학습이나 공개가 진행 중입니다. 끝난 뒤에 다시 실행하세요."


def test_a_training_that_failed_gives_the_lock_back(site: Path) -> None:
    with pytest.raises(ValueError, match="failed"), training_lock(site):
        raise ValueError("failed")
    with training_lock(site):
        pass


def test_trainings_of_two_sites_do_not_wait_for_each_other(tmp_path: Path) -> None:
    with training_lock(tmp_path / "one"), training_lock(tmp_path / "other"):
        pass


def test_the_lock_holds_between_processes_and_dies_with_its_process(site: Path) -> None:
    program = "import sys; from pathlib import Path; from faqbot.training.publish import training_lock\nwith training_lock(Path(sys.argv[1])): print('held', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", program, site], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(ReleaseError, match="다른 학습이나 공개가 진행 중입니다"), training_lock(site):
            raise AssertionError("both hold it")
        holder.kill()
        holder.wait()
        with training_lock(site):
            pass


def test_a_damaged_release_is_not_published(site: Path) -> None:
    make_release(site, "a" * 16)
    with pytest.raises(ReleaseError, match="faqbot train"):
        publishing.publish(site, "a" * 16)
    assert not (site / "CURRENT").exists()


def test_what_was_published_is_told_in_order_and_what_serves_once(three: Path) -> None:
    assert publishing.published_before(three) == ()
    for release_id in (A, C, B):
        publish(three, release_id)
    assert publishing.published_before(three) == (A, C, B)
    rollback(three)
    assert publishing.published_before(three) == (A, C)
    publish(three, A)
    assert publishing.published_before(three) == (A, C, A)


def test_a_publication_that_was_killed_before_its_history_is_told_too(three: Path) -> None:
    publish(three, A)
    (three / "CURRENT").write_text(f"{B}\n")
    assert publishing.published_before(three) == (A, B)


def test_releases_are_removed_but_those_that_were_published(three: Path) -> None:
    publish(three, A)
    publish(three, B)
    assert publishing.remove(three, [A, B, C, "d" * 16, "../x"]) == (C, "d" * 16)
    assert {path.name for path in three.iterdir() if path.is_dir()} == {A, B}


def test_nothing_is_removed_while_a_training_is_at_work(three: Path) -> None:
    with training_lock(three), pytest.raises(ReleaseError):
        publishing.remove(three, [C])
    assert (three / C).exists()


def trained(site: Path, manifest: str) -> tuple[Path | None, Path | None]:
    """What a published release with that manifest says it was trained from."""
    publish(site, make_release(site, A).name)
    (site / A / "manifest.json").write_text(manifest, encoding="utf-8")
    return trained_from(site)


def test_a_release_says_which_files_it_was_trained_from(site: Path, tmp_path: Path) -> None:
    table, queries = tmp_path / "faq.csv", tmp_path / "queries.csv"
    for file in (table, queries):
        file.touch()
    assert trained(site, json.dumps({"trained_from": [str(table), str(queries)]})) == (table, queries)


def test_a_file_that_was_not_needed_is_none(site: Path, tmp_path: Path) -> None:
    table = tmp_path / "faq.csv"
    table.touch()
    assert trained(site, json.dumps({"trained_from": [str(table), ""]})) == (table, None)


def test_a_file_that_is_gone_and_a_folder_are_none(site: Path, tmp_path: Path) -> None:
    assert trained(site, json.dumps({"trained_from": [str(tmp_path / "gone.csv"), str(tmp_path)]})) == (None, None)


@pytest.mark.parametrize("manifest", ["", "{", "[]", "{}", '{"trained_from": 1}', '{"trained_from": ["a"]}', '{"trained_from": [1, 2]}', "[" * 10**5])
def test_a_manifest_that_cannot_say_it_names_no_files(site: Path, manifest: str) -> None:
    assert trained(site, manifest) == (None, None)


def test_without_a_published_release_no_files_are_named(site: Path) -> None:
    assert trained_from(site) == (None, None)
