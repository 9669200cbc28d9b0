"""The published release of a site, kept current while others publish: requests take one reference and never see a half-loaded one."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from faqbot.errors import FaqbotError
from faqbot.korean.analyzer import Analyzer
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.release import CURRENT, Release, current_id, load_release

#: Seconds between two looks at CURRENT; a published release serves within twice that plus its loading time.
POLL = 0.5
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Serving:
    """What one request works with: a release and its bot."""

    release: Release
    bot: Bot


class LiveRelease:
    """Serves models/<site>'s published release and follows CURRENT.

    Args:
        site: folder of the site under models/.
        analyzer_for: user words → analyzer.
        today: the clock of the bots.
    """

    def __init__(self, site: Path, analyzer_for: Callable[[tuple[tuple[str, str], ...]], Analyzer], today: Callable[[], date] = date.today) -> None:
        self._site = site
        self._analyzer_for = analyzer_for
        self._today = today
        self._serving: Serving | None = None
        self._seen: tuple[int, int] | None = None
        self._loading = threading.Lock()
        self._stop = threading.Event()

    @property
    def serving(self) -> Serving:
        """What to answer with now; loads at first use.

        Raises:
            ReleaseError: nothing usable is published and nothing was loaded before.
        """
        if self._serving is None:
            with self._loading:  # whoever asks meanwhile waits instead of loading it too
                if self._serving is None:
                    self._seen = self._stamp()
                    self._serving = self._load()
        return self._serving

    def refresh(self) -> bool:
        """Load the published release if CURRENT changed; a bad one is reported and the old one goes on serving. True when it was swapped."""
        with self._loading:
            return self._refresh()

    def _refresh(self) -> bool:
        stamp = self._stamp()
        if stamp is None or stamp == self._seen:
            return False
        self._seen = stamp
        try:
            if self._serving is not None and current_id(self._site) == self._serving.release.id:
                return False
            self._serving = self._load()
        except FaqbotError as error:
            _log.error("new release refused, the old one goes on serving: %s", error)
            return False
        return True

    def follow(self, interval: float = POLL) -> threading.Thread:
        """Refresh in a daemon thread until `stop`; call after fork, threads do not survive one."""

        def loop() -> None:
            while not self._stop.wait(interval):
                self.refresh()

        thread = threading.Thread(target=loop, name="faqbot-release", daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        """End `follow`."""
        self._stop.set()

    def _load(self) -> Serving:
        release = load_release(self._site / current_id(self._site))
        bot = release.bot(self._analyzer_for(release.user_words), self._today)
        return Serving(release, bot)

    def _stamp(self) -> tuple[int, int] | None:
        """Modification time and inode of CURRENT: a rename changes the inode even within one tick of the clock."""
        try:
            stat = (self._site / CURRENT).stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_ino
