"""The site that is asked: a large made-up table, trained once and kept, and two releases of it that answer alike but for a last sentence."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from faqbot.bootstrap.parts import build_live
from faqbot.corpus import read_faq, read_queries
from faqbot.errors import ReleaseError
from faqbot.retrieval.parameters import Targets
from faqbot.retrieval.release import current_id
from faqbot.settings import Settings
from faqbot.training.base import untracked
from faqbot.training.prior import shipped_prior
from faqbot.training.publish import publish
from faqbot.training.train import Plan, train
from tests.bench.bases import FRAGMENTS
from tests.bench.workbench import DATA, ROOT, Workbench, step
from tests.site_copies import copy_release

#: Where trained tables are kept: training ten thousand entries takes minutes.
KEPT = ROOT / ".load"
#: Last sentence of every answer, by release.
MARKS = ("첫째 판의 답입니다.", "둘째 판의 답입니다.")


@dataclass(frozen=True)
class Site:
    """What is served.

    Attributes:
        models: folder with the site `default`.
        marks: last sentence of each answer, by id of the release; the first one is published.
        queries: what is asked: typed queries of the sample site, its own questions, and some of the table's, which are answered for sure.
    """

    models: Path
    marks: dict[str, str]
    queries: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """The site's own."""
        return self.models / "default"


@contextmanager
def installed(entries: int, kept: Path = KEPT, fragments: int = FRAGMENTS) -> Iterator[Site]:
    """A site of so many entries, in a folder that is removed at the end; trained where `kept` holds none that can be used."""
    trained = kept / str(entries) / "default"
    if not _is_usable(trained):
        _train(entries, trained, fragments)
    with TemporaryDirectory(dir=kept, prefix="site-") as name:
        models = Path(name) / "models"
        marks = {copy_release(trained, models / "default", mark): mark for mark in MARKS}
        publish(models / "default", next(iter(marks)))
        yield Site(models, marks, _queries(trained))


def _is_usable(trained: Path) -> bool:
    try:
        build_live(Settings(models=trained.parent)).serving  # noqa: B018  # loads it
    except ReleaseError:
        return False
    return True


def _train(entries: int, trained: Path, fragments: int) -> None:
    shutil.rmtree(trained, ignore_errors=True)
    with Workbench((entries,), fragments=fragments) as bench:
        table = bench.synthetic(entries).entries
        with step(f"train {entries:,} entries"):
            plan = Plan(Targets(0.9, 0.3), publish=False)
            made = train(table, (), bench.dictionaries, site=trained, analyzer=bench.analyzer, prior=shipped_prior(), plan=plan, track=untracked)
        publish(trained, made.release)


def _queries(trained: Path) -> tuple[str, ...]:
    """Two in three are typed queries, the others questions, by turns."""
    typed = list(read_queries(DATA / "queries.csv"))
    own = [question for entry in read_faq(DATA / "faq.csv").entries for question in entry.questions]
    entries = json.loads((trained / current_id(trained) / "entries.json").read_bytes())
    made = [entry["entry"]["question"] for entry in entries if not entry["entry"].get("valid_to")]
    asked = [own[number % len(own)] if number % 2 else made[number * 7 % len(made)] for number in range(len(typed) // 2)]
    return tuple(text for number, query in enumerate(typed) for text in ((query,) if number % 2 else (query, asked[number // 2 % len(asked)])))
