"""What is true of a server at the moment somebody looks: the release that serves, the processes, the disk."""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from faqbot import __version__
from faqbot.errors import FaqbotError
from faqbot.retrieval.release import CURRENT, current_id
from faqbot.settings import Settings
from faqbot.web.catalogue import LiveCatalogue

_PROC = Path("/proc")


class State(Collector):
    """Collects it. What cannot be read just now is left out.

    Args:
        live: the catalogue of the site.
        settings: of the site.
        main: the process that the workers were forked from; the only one where there are none.
    """

    def __init__(self, live: LiveCatalogue, settings: Settings, main: int) -> None:
        self._live = live
        self._settings = settings
        self._main = main

    def describe(self) -> Iterable[Metric]:
        """Nothing: a registry would collect it to learn the names."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The numbers of now."""
        yield _one("faqbot_build_info", "The version that runs", 1, version=__version__)
        yield from self._index()
        yield from self._folders()
        yield from _processes(self._main)

    def _index(self) -> Iterator[Metric]:
        folder, site = self._settings.models / self._settings.site, self._settings.site
        with suppress(FaqbotError, OSError):
            release, entries = self._live.current.bot.release, len(self._live.current.bot.entries)
            yield _one("faqbot_index_info", "The release that serves", 1, site=site, release=release)
            yield _one("faqbot_index_entries", "FAQ entries of the release that serves", entries, site=site)
            published = current_id(folder)
            yield _one("faqbot_index_stale", "1 where another release is published than the one that serves", int(published != release), site=site)
            moment = (folder / CURRENT).stat().st_mtime
            yield _one("faqbot_index_published_timestamp_seconds", "When a release was published last", moment, site=site)

    def _folders(self) -> Iterator[Metric]:
        with suppress(OSError):
            yield _one("faqbot_disk_free_bytes", "Free space where database and keys are", shutil.disk_usage(self._settings.var).free)
        with suppress(OSError):
            done = (self._settings.var / "maintained").stat().st_mtime
            yield _one("faqbot_maintained_timestamp_seconds", "When what was kept long enough was deleted last", done)


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
    family = GaugeMetricFamily(name, text, labels=tuple(labels))
    family.add_metric(tuple(labels.values()), value)
    return family
