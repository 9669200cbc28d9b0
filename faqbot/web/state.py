"""What is true of a server at the moment somebody looks: the release that serves, the processes, the disk."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from faqbot import __version__
from faqbot.errors import FaqbotError
from faqbot.retrieval.release import CURRENT, current_id
from faqbot.site_files import site_names
from faqbot.web.services import Services

_PROC = Path("/proc")


class State(Collector):
    """Collects it. What cannot be read just now is left out.

    Args:
        sites: those that are open in this process, its own first: `open_sites` and one at most, and so many values has the label `site` in one scrape.
        main: the process that the workers were forked from; the only one where there are none.
    """

    def __init__(self, sites: Callable[[], Sequence[Services]], main: int) -> None:
        self._sites = sites
        self._main = main

    def describe(self) -> Iterable[Metric]:
        """Nothing: a registry would collect it to learn the names."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The numbers of now."""
        yield _one("faqbot_build_info", "The version that runs", 1, version=__version__)
        sites = self._sites()
        settings = sites[0].settings
        yield from _index(sites)
        if settings.sites is not None:
            yield from _described(settings.sites, len(sites) - 1)
        yield from _folders(settings.var)
        yield from _processes(self._main)


def _index(sites: Iterable[Services]) -> Iterator[Metric]:
    """Of each site whose release is loaded."""
    info = _family("faqbot_index_info", "The release that serves", "site", "release")
    entries = _family("faqbot_index_entries", "FAQ entries of the release that serves", "site")
    stale = _family("faqbot_index_stale", "1 where another release is published than the one that serves", "site")
    published = _family("faqbot_index_published_timestamp_seconds", "When a release was published last", "site")
    for services in sites:
        site, bot = services.settings.site, services.live.loaded
        if bot is None:
            continue
        info.add_metric((site, bot.release), 1)
        entries.add_metric((site,), len(bot.entries))
        with suppress(FaqbotError, OSError):
            folder = services.settings.models / site
            stale.add_metric((site,), int(current_id(folder) != bot.release))
            published.add_metric((site,), (folder / CURRENT).stat().st_mtime)
    yield from (family for family in (info, entries, stale, published) if family.samples)


def _described(folder: Path, opened: int) -> Iterator[Metric]:
    with suppress(FaqbotError):
        yield _one("faqbot_sites", "Other sites that files describe", len(site_names(folder)))
    yield _one("faqbot_sites_open", "Other sites that are open in the process that tells", opened)


def _folders(var: Path) -> Iterator[Metric]:
    with suppress(OSError):
        yield _one("faqbot_disk_free_bytes", "Free space where database and keys are", shutil.disk_usage(var).free)
    with suppress(OSError):
        yield _one("faqbot_maintained_timestamp_seconds", "When what was kept long enough was deleted last", (var / "maintained").stat().st_mtime)


def _processes(main: int) -> Iterator[Metric]:
    """Of all processes together, pages of memory that several share counted once; nothing on systems that do not tell."""
    workers = _children(main) if os.getpid() != main else [main]
    everyone = {main, *workers}
    if workers:
        yield _one("faqbot_workers", "Processes that answer", len(workers))
    if memory := sum(map(_proportional, everyone)):
        yield _one("faqbot_memory_bytes", "Memory of all processes of the server together", memory)
    if files := max(map(_open_files, everyone)):
        yield _one("faqbot_open_files", "Open files and connections of the process that has the most", files)


def _children(process: int) -> list[int]:
    with suppress(OSError):
        return [int(child) for child in (_PROC / f"{process}/task/{process}/children").read_text().split()]
    return []


def _proportional(process: int) -> int:
    """Bytes, 0 where they cannot be known: the process may just have ended."""
    with suppress(OSError):
        for line in (_PROC / f"{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _open_files(process: int) -> int:
    with suppress(OSError):
        return sum(1 for _ in (_PROC / f"{process}/fd").iterdir())
    return 0


def _one(name: str, text: str, value: float, **labels: str) -> Metric:
    family = _family(name, text, *labels)
    family.add_metric(tuple(labels.values()), value)
    return family


def _family(name: str, text: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, labels=labels)
