"""The release that serves stays, whatever is published beside it."""

import gc
import hashlib
import json
import os
import re
import shutil
import threading
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest

from faqbot.errors import ReleaseError
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.retrieval import live as module
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.canary import require_answers
from faqbot.retrieval.live import LiveRelease, Serving
from faqbot.retrieval.release import CURRENT, MANIFEST, current_id, load_release, release_id

NEW = "0123456789abcdef"


@pytest.fixture
def site(bare_site: Path, tmp_path: Path) -> Path:
    """models/<site> with a published release, and a copy of it that nobody published under the name of NEW."""
    site = shutil.copytree(bare_site, tmp_path / "default")
    shutil.copytree(site / current_id(site), site / NEW)
    return site


@pytest.fixture
def live(site: Path, analyzer: KiwiAnalyzer) -> LiveRelease:
    live = LiveRelease(site, lambda _: analyzer)
    assert live.serving
    return live


def publish(site: Path, name: str) -> None:
    """As an outsider would, without a check."""
    (site / "beside").write_text(f"{name}\n", encoding="utf-8")
    (site / "beside").replace(site / CURRENT)


def cut(site: Path) -> None:
    os.truncate(site / NEW / "posting_rows.npy", 100)


def hollow(site: Path) -> None:
    for file in (site / NEW).iterdir():
        file.unlink()


def foreign(site: Path) -> None:
    manifest = json.loads((site / NEW / MANIFEST).read_bytes())
    (site / NEW / MANIFEST).write_text(json.dumps({**manifest, "format": 99}), encoding="utf-8")


def replaced_by_a_file(site: Path) -> None:
    shutil.rmtree(site / NEW)
    (site / NEW).write_text("x")


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut": (cut, NEW),
    "without files": (hollow, NEW),
    "of another format": (foreign, NEW),
    "of another name": (lambda _: None, NEW),
    "no folder": (replaced_by_a_file, NEW),
    "not there": (lambda _: None, "f" * 16),
    "no name": (lambda _: None, "../../etc"),
    "no ASCII": (lambda _: None, "릴리스"),
    "nothing": (lambda _: None, ""),
}


@pytest.mark.parametrize(("damage", "name"), FAULTS.values(), ids=FAULTS.keys())
def test_a_release_that_cannot_be_used_is_refused_once_and_the_old_one_answers(
    live: LiveRelease, site: Path, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], object], name: str
) -> None:
    old = live.serving
    damage(site)
    publish(site, name)
    assert [live.refresh() for _ in range(3)] == [False] * 3
    assert live.serving is old
    assert old.bot.ask("배송이 늦어요").candidates[0].id == "late"
    assert [record.message.partition(":")[0] for record in caplog.records] == ["new release refused, the old one goes on serving"]


def has_another(live: LiveRelease) -> Serving:
    """Make the release that serves another one than the published, which is news again."""
    live._serving = Serving(replace(live.serving.release, id=NEW), live.serving.bot)
    return live._serving


ERRORS = [MemoryError(), OSError(5, "Input/output error"), RuntimeError("flaw"), RecursionError()]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_whatever_goes_wrong_while_a_release_is_loaded_is_told_once_and_tried_again(
    live: LiveRelease, site: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    old = has_another(live)
    with monkeypatch.context() as broken:
        broken.setattr(module, "load_release", Mock(side_effect=error))
        broken.setattr(module, "RETRY", 0.0)
        publish(site, current_id(site))
        assert [live.refresh() for _ in range(3)] == [False] * 3
        assert live.serving is old
        assert module.load_release.call_count == 3
    assert [record.message.rpartition(": ")[2] for record in caplog.records] == [type(error).__name__]
    assert (live.refresh(), live.serving.release.id) == (True, current_id(site))


def test_a_release_that_failed_is_not_loaded_again_at_every_look(live: LiveRelease, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    has_another(live)
    monkeypatch.setattr(module, "load_release", Mock(side_effect=MemoryError))
    publish(site, current_id(site))
    assert [live.refresh() for _ in range(5)] == [False] * 5
    assert module.load_release.call_count == 1


def test_without_current_the_release_that_serves_goes_on(live: LiveRelease, site: Path, caplog: pytest.LogCaptureFixture) -> None:
    current = (site / CURRENT).read_text()
    (site / CURRENT).unlink()
    assert [live.refresh() for _ in range(3)] == [False] * 3
    assert len(caplog.records) == 1
    publish(site, current.strip())
    assert not live.refresh()
    assert live.serving.bot.ask("배송이 늦어요").candidates[0].id == "late"


@pytest.mark.parametrize(
    "ending",
    [lambda path: os.truncate(path, 0), Path.unlink, lambda path: path.write_bytes(os.urandom(path.stat().st_size))],
    ids=["cut", "deleted", "overwritten"],
)
def test_a_release_answers_on_when_its_files_are_cut_deleted_or_overwritten(live: LiveRelease, site: Path, ending: Callable[[Path], object]) -> None:
    before = live.serving.bot.ask("카드 결제 취소하고 싶어요")
    for file in (site / current_id(site)).iterdir():
        ending(file)
    assert live.serving.bot.ask("카드 결제 취소하고 싶어요") == before


def test_a_release_that_does_not_find_its_own_questions_is_not_swapped_in(live: LiveRelease, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, ask = has_another(live), Bot.ask
    monkeypatch.setattr(Bot, "ask", lambda *arguments, **named: replace(ask(*arguments, **named), candidates=()))
    publish(site, current_id(site))
    assert (live.refresh(), live.serving is old) == (False, True)


def test_a_release_with_a_number_that_is_none_is_refused_though_its_digests_are_right(site: Path) -> None:
    manifest = json.loads((site / NEW / MANIFEST).read_bytes())
    parameters = re.sub(rb'"intercept": ?[-0-9.e]+', b'"intercept": NaN', (site / NEW / "parameters.json").read_bytes(), count=1)
    files = {**manifest["files"], "parameters.json": hashlib.sha256(parameters).hexdigest()}
    made = site / release_id(manifest["analyzer"], files)
    (site / NEW).rename(made)
    (made / "parameters.json").write_bytes(parameters)
    (made / MANIFEST).write_text(json.dumps({**manifest, "id": made.name, "files": files}), encoding="utf-8")
    with pytest.raises(ReleaseError, match="ValueError"):
        load_release(made)


def test_every_release_that_is_trained_answers_its_own_questions(bot: Bot) -> None:
    require_answers(bot)


def test_the_release_of_before_goes_without_a_search_for_garbage(live: LiveRelease) -> None:
    bot, index = weakref.ref(live.serving.bot), weakref.ref(live.serving.release.index)
    gc.disable()
    try:
        live._serving = live._load()
        assert (bot(), index()) == (None, None)
    finally:
        gc.enable()


def test_while_a_release_is_loaded_nobody_looks_for_garbage(live: LiveRelease) -> None:
    seen: list[bool] = []
    live._prepare = lambda release: seen.append(gc.isenabled()) or release
    live._load()
    assert (seen, gc.isenabled()) == ([False], True)


def test_memory_of_the_release_of_before_is_given_back_once_it_is_gone(site: Path, live: LiveRelease, monkeypatch: pytest.MonkeyPatch) -> None:
    live._serving = Serving(replace(live.serving.release, id=NEW), live.serving.bot)
    given, release = threading.Event(), weakref.ref(live.serving.release)
    monkeypatch.setattr(module, "give_back", lambda: given.set() if release() is None else None)
    publish(site, current_id(site))
    thread = live.follow(0.01)
    assert given.wait(20)
    live.stop()
    thread.join()
