"""kill -9 at any moment of a training: the visitors of the published release notice nothing."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.retrieval.live import LiveRelease
from faqbot.retrieval.release import current_id
from faqbot.training.publish import publish

#: `faqbot` without the package's synonyms, which are most of a small training: with them fewer kills fit, and most hit what writes nothing.
PROGRAM = """
from faqbot.bootstrap import training
from faqbot.korean.dictionaries import Dictionaries
training.read_dictionaries = lambda folder: Dictionaries((), ())
from faqbot.cli import main
main()
"""
TABLE = "id,질문,답변\nrefund,환불은 며칠 걸리나요?,이제 하루 걸립니다.\nlate,배송이 늦어요,이틀 걸립니다.\n"
#: Kills, spread evenly over the time that a whole training takes.
KILLS = 7
#: Seconds for the whole test; a slow machine kills less often.
PATIENCE = 50.0


@pytest.fixture
def start(tmp_path: Path) -> Callable[[Path], subprocess.Popen]:
    """Starts a training of TABLE into a models folder, as the command line does."""
    table = tmp_path / "faq.csv"
    table.write_text(TABLE, encoding="utf-8")
    program = [sys.executable, "-c", PROGRAM, "train", "--faq", table]
    return lambda models: subprocess.Popen([*program, "--models", models], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(training: subprocess.Popen) -> None:
    _, errors = training.communicate(timeout=PATIENCE)
    assert training.returncode == 0, errors.decode()


def kill_after(training: subprocess.Popen, seconds: float) -> bool:
    """Whether it was still running."""
    with training:
        try:
            training.wait(seconds)
        except subprocess.TimeoutExpired:
            training.kill()
    return training.returncode != 0


@pytest.mark.slow
def test_a_killed_training_leaves_the_old_or_the_new_release_serving(
    bare_site: Path, analyzer: KiwiAnalyzer, tmp_path: Path, start: Callable[[Path], subprocess.Popen]
) -> None:
    old = current_id(bare_site)
    rehearsed = shutil.copytree(bare_site, tmp_path / "rehearsal" / "default")
    site = shutil.copytree(bare_site, tmp_path / "models" / "default")

    began = time.monotonic()
    finish(start(rehearsed.parent))
    whole = time.monotonic() - began
    new = current_id(rehearsed)
    assert new != old

    kills = max(3, min(KILLS, int((PATIENCE - 2 * whole) / (whole / 2))))
    killed = []
    for n in range(1, kills + 1):
        killed.append(kill_after(start(site.parent), whole * n / kills))
        reply = LiveRelease(site, lambda _: analyzer).serving.bot.ask("환불은 며칠 걸리나요?")
        assert reply.release in {old, new}
        assert reply.candidates[0].id == "refund"
        publish(site, old)  # the next one has everything to do again
        shutil.rmtree(site / new, ignore_errors=True)
    assert any(killed)

    finish(start(site.parent))
    assert LiveRelease(site, lambda _: analyzer).serving.release.id == new
    assert list(site.glob(".unfinished-*")) == []
    assert sorted(path.name for path in site.iterdir() if path.is_dir()) == sorted([old, new])
