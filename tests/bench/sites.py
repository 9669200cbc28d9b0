"""A thousand help centres in one process: how fast one opens and answers, and what those that are open cost."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from faqbot.bootstrap.parts import build_live, build_store
from faqbot.bootstrap.training import train_release
from faqbot.corpus import read_faq, read_queries
from faqbot.corpus.export import to_csv
from faqbot.settings import Settings, load_settings
from faqbot.training.base import untracked
from faqbot.web import create_app
from tests.bench.processes import ENVIRONMENT
from tests.bench.report import Row
from tests.bench.workbench import DATA, Workbench, step
from tests.site_copies import copy_release

#: Sites that are installed, entries of each, and tables that differ in what they ask; the sites of one table differ in what they answer.
SITES, ENTRIES, TABLES = 1000, 500, 4
#: Questions that are asked, each of a site that is drawn anew: so much memory is returned that what is closed can be seen to go.
ASKED = 600
#: Megabytes that all that is open may cost a process beyond Kiwi: two of them stay within 1 GB.
MOST = 1024.0 / 2
_SEED = 20261127


def measure(_: Workbench) -> Iterator[Row]:
    """Opening and asking, and memory when as many sites are open as may be, halfway and at the end."""
    with TemporaryDirectory(prefix="faqbot-sites-") as name:
        folder = Path(name)
        with step(f"{SITES:,} sites of {ENTRIES} entries"):
            install(folder)
        with step(f"{ASKED} questions of sites drawn at random"):
            ran = subprocess.run((sys.executable, "-m", "tests.bench.sites", name), env=ENVIRONMENT, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(ran.stdout)
    for place, percent in (("p50", 50), ("p95", 95)):
        opened, asked = (float(np.percentile(found[kind], percent)) for kind in ("opened", "asked"))
        yield Row(f"open a site, {place}", ENTRIES, "ms", opened, asked, note="open and ask; yardstick: ask a site that is open")
    note = f"{found['open']} sites open of {SITES:,}; yardstick: what they may cost"
    yield Row("sites, own memory", ENTRIES, "MB", found["private"][-1], MOST, 1.0, note=note, details=found)
    yield Row("sites, resident", ENTRIES, "MB", found["resident"][-1], 2 * MOST, 1.0, note="everything beyond Kiwi")
    yield Row("sites, memory kept", ENTRIES, "MB", found["private"][-1], found["private"][0], 1.2, note="after all questions; yardstick: after the first half")


def install(folder: Path, sites: int = SITES, entries: int = ENTRIES, tables: int = TABLES) -> None:
    """Folders models/ and sites/ with so many sites; the arrays of a table's sites are the same files."""
    (folder / "sites").mkdir()
    rows = [
        replace(entry, id=f"{path.parent.name}-{entry.id}")
        for path in (DATA / "faq.csv", *sorted(DATA.glob("bases/*/faqs.csv")))
        for entry in read_faq(path).entries
    ]
    for table in range(tables):
        path = folder / f"{table}.csv"
        path.write_bytes(to_csv([rows[place] for place in np.random.default_rng(_SEED + table).permutation(len(rows))[:entries]]))
        train_release(read_faq(path), None, load_settings({"models": folder / "trained", "site": f"table-{table}"}), track=untracked)
    for number in range(sites):
        copy_release(folder / "trained" / f"table-{number % tables}", folder / "models" / f"site-{number}", f"사이트 {number}")
        (folder / "sites" / f"site-{number}.toml").write_text(f'title = "사이트 {number}"\n', encoding="utf-8")


def run(folder: Path, asked: int = ASKED) -> dict[str, Any]:
    """Milliseconds and megabytes, of this process."""
    settings = Settings(site="site-0", models=folder / "models", var=folder / "var", sites=folder / "sites")
    with build_store(settings) as store:
        app = create_app(build_live(settings), settings, store, b"0" * 32, live_of=build_live)
    sites, draw, queries = app.extensions["faqbot.sites"], np.random.default_rng(_SEED), read_queries(DATA / "queries.csv")
    sites.own.live.current.bot.ask(queries[0])  # Kiwi, and what all sites share
    before, taken = memory(), {"opened": [], "asked": [], "private": [], "resident": []}
    for number in range(asked):
        name = f"site-{draw.integers(1, SITES)}"
        for kind in ("opened", "asked"):
            begun = time.perf_counter()
            sites.get(name).live.current.bot.ask(queries[number % len(queries)])
            taken[kind].append(1000 * (time.perf_counter() - begun))
        if number + 1 in (asked // 2, asked):
            now = memory()
            taken["private"].append(now[0] - before[0])
            taken["resident"].append(now[1] - before[1])
    return taken | {"open": len(sites.opened())}


def memory() -> tuple[float, float]:
    """Megabytes of this process: its own, and all that is resident, pages of files included."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines() if ":" in line)
    return int(lines["Pss_Anon"].split()[0]) / 1024, int(lines["Rss"].split()[0]) / 1024


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(Path(sys.argv[1]))))
