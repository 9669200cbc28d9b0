"""The benchmark runs and reports; how fast anything is, no test says."""

import json
from pathlib import Path

import pytest

from faqbot.retrieval.channels import Rows
from tests.bench import __main__ as command
from tests.bench import zipf
from tests.bench.engines import Kind, bm25, brute_force
from tests.bench.load import drive, get
from tests.bench.operating import Exchange, until_all_serve
from tests.bench.processes import cpu_seconds, descriptors, family, free_port, memory, threads, tree
from tests.bench.report import HEAD, Row
from tests.bench.serving import hello
from tests.bench.workbench import Workbench


def test_one_item_prints_a_table_and_writes_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(command, "Workbench", lambda sizes: Workbench(sizes, queries=5, passes=1, fragments=30))
    command.main(["--sizes", "20 30", "--only", "ask", "--json", str(tmp_path / "bench.json")])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == [*filter(None, HEAD), "note"]
    assert [line.split()[:3] for line in lines[1:5]] == [["ask", "p50", "20"], ["ask", "p99", "20"], ["ask", "p50", "30"], ["ask", "p99", "30"]]
    written = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert set(written) == {"machine", "rows"}
    assert {"name", "size", "unit", "ours", "yardstick", "ratio", "target", "verdict", "details"} <= set(written["rows"][0])
    assert set(written["rows"][0]["details"]["split"]) >= {"Kiwi and tokens", "weigh", "nominate", "exact scores", "ask"}


def test_every_engine_finds_the_same_rows_of_a_synthetic_index(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(zipf, "VOCABULARY", 20_000)
    index, readings = zipf.synthesise(300, queries=5)
    for kind in (Kind(index, rows) for rows in Rows):
        for reading in filter(kind.knows, readings):
            assert kind.recall(reading) == 1.0
            best, ours = set(kind.search_all(reading).tolist()), len(kind.search(reading))
            found = brute_force(kind)(reading)
            assert len(found) == kind.k >= ours
            assert len(best & set(found.tolist())) >= len(best) - 2  # ties fall either way
            assert bm25(kind, "numpy")(reading).documents.shape == (1, kind.k)


@pytest.mark.slow
def test_a_real_server_is_loaded_and_watched(tmp_path: Path):
    port = free_port()
    with hello(port, 1, tmp_path) as (pid, seconds):
        load = drive(port, [get("/")], seconds=0.2, connections=2)
        assert load.requests == len(load.millis) > 0
        assert len(tree(pid)) == 2
        assert 1 < memory(family(pid)) < 500
        assert (len(family(pid)), descriptors(family(pid)) > 6, threads(family(pid)) > 1) == (2, True, True)
        assert cpu_seconds(pid) > 0
        with pytest.raises(RuntimeError, match="no good response"):
            drive(port, [get("/missing")], seconds=0.2, connections=1)
    assert seconds > 0


def test_a_publication_is_served_by_all_when_the_last_question_was_sent_that_the_old_release_answered():
    exchanges = [
        Exchange(0.9, "old"),
        Exchange(1.1, "new"),
        Exchange(1.5, "old"),
        Exchange(1.7, failure="status 503"),
        Exchange(1.9, "new"),
        Exchange(2.5, "old"),
    ]
    assert until_all_serve("new", 1.0, 2.0, exchanges) == 0.5
    assert until_all_serve("old", 2.0, 3.0, exchanges) == 0.0


@pytest.mark.parametrize(("ratio", "at_least", "verdict"), [(0.9, False, "ok"), (1.1, False, "miss"), (0.9, True, "miss"), (1.1, True, "ok")])
def test_a_row_is_judged_by_its_target(ratio: float, at_least: bool, verdict: str):
    assert Row("x", 1, "s", ratio, 1.0, 1.0, at_least).verdict == verdict


def test_a_row_without_a_target_is_not_judged():
    assert Row("x", 1, "s", 2.0, 1.0).verdict == ""
