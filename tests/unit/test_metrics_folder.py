"""The folder in which workers count together."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector

from faqbot.errors import SettingsError
from faqbot.web import metrics_folder
from faqbot.web.metrics import Metrics

KEY = mmap_key("asked", "asked_total", ["outcome"], ["answer"], "Asked")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv(metrics_folder.ENVIRONMENT, "")
    (tmp_path / "memory").mkdir()
    held = len(metrics_folder._held)
    yield metrics_folder.make_folder(tmp_path / "var", tmp_path / "memory")
    for lock in metrics_folder._held[held:]:
        lock.release()
    del metrics_folder._held[held:]


def counted(folder: Path, worker: int, value: float, kind: str = "counter") -> Path:
    path = folder / f"{kind}_{worker}.db"
    file = MmapedDict(str(path))
    file.write_value(KEY, value, 0.0)
    file.close()
    return path


def total(folder: Path) -> dict[str, float]:
    return {sample.name: sample.value for metric in MultiProcessCollector(None, str(folder)).collect() for sample in metric.samples}


def test_the_library_finds_the_folder_and_nobody_else_reads_it(folder: Path):
    assert os.environ[metrics_folder.ENVIRONMENT] == str(folder)
    assert folder.stat().st_mode & 0o077 == 0


def test_what_ended_workers_counted_stays_counted_in_one_file(folder: Path):
    for worker, value in ((11, 2.0), (12, 3.0), (13, 5.0)):
        counted(folder, worker, value)
    metrics_folder.forget_worker(11)
    metrics_folder.forget_worker(12)
    assert total(folder) == {"asked_total": 10.0}
    assert sorted(file.name for file in folder.glob("*.db")) == ["counter_13.db", "counter_ended.db"]


def test_what_an_ended_worker_was_doing_is_over(folder: Path):
    counted(folder, 11, 4.0, "gauge_livesum")
    metrics_folder.forget_worker(11)
    assert total(folder) == {}


def test_a_server_that_was_killed_leaves_no_folder_for_ever(tmp_path: Path, folder: Path):
    left = folder.parent / f"{metrics_folder._PREFIX}left"
    left.mkdir()
    (left / "counter_1.db").write_bytes(b"x")
    again = f"from pathlib import Path; from faqbot.web.metrics_folder import make_folder; made = make_folder(Path({str(tmp_path)!r}), Path({str(folder.parent)!r})); print(made, made.exists())"
    done = subprocess.run([sys.executable, "-c", again], check=True, capture_output=True, text=True)
    made, was_there = done.stdout.split()
    assert was_there == "True"
    assert not left.exists()
    assert not Path(made).exists(), "a server that ends takes its own folder away"
    assert folder.exists(), "one that is in use stays"


def test_without_a_place_in_memory_the_folder_is_in_var(tmp_path: Path, folder: Path):
    made = metrics_folder.make_folder(tmp_path / "var", tmp_path / "nowhere")
    assert made.parent == tmp_path / "var"


def test_a_folder_that_cannot_be_made_is_an_error_that_says_so(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="수치를 모을 폴더"):
        metrics_folder.make_folder(tmp_path / "file", tmp_path / "nowhere")


def test_a_variable_that_names_no_folder_is_an_error_that_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(metrics_folder.ENVIRONMENT, str(tmp_path / "nowhere"))
    with pytest.raises(SettingsError, match="PROMETHEUS_MULTIPROC_DIR"):
        Metrics()
