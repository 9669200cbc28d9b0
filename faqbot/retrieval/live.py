"""The published release of a site, kept current while others publish: requests take one reference and never see a half-loaded one."""

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from faqbot.errors import FaqbotError
from faqbot.korean.analyzer import Analyzer
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.canary import require_answers
from faqbot.retrieval.memory import give_back, uncollected
from faqbot.retrieval.release import CURRENT, Release, current_id, load_release

#: Seconds between two looks at CURRENT; a published release serves within twice that plus its loading time.
POLL = 0.5
#: Seconds until a release that could not be loaded is tried again: a full memory or a folder that is still being copied may be over by then.
RETRY = 30.0
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
        prepare: what is done to a release once it is loaded.
        catch_up: called once, before anything is loaded at first use: it may bring what was published elsewhere into the folder. Never raises.
    """

    def __init__(
        self,
        site: Path,
        analyzer_for: Callable[[tuple[tuple[str, str], ...]], Analyzer],
        today: Callable[[], date] = date.today,
        *,
        prepare: Callable[[Release], Release] = lambda release: release,
        catch_up: Callable[[], object] | None = None,
    ) -> None:
        self._site = site
        self._analyzer_for = analyzer_for
        self._today = today
        self._prepare = prepare
        self._catch_up = catch_up
        self._serving: Serving | None = None
        self._seen: tuple[int, int] | None = None
        self._told = ""
        self._again_at = math.inf
        self._loading = threading.Lock()
        self._stop = threading.Event()
        #: Told of each publication that this process noticed, and whether it serves now.
        self.told: Callable[[bool], None] = lambda _: None

    @property
    def serving(self) -> Serving:
        """What to answer with now; loads at first use.

        Raises:
            ReleaseError: nothing usable is published and nothing was loaded before.
        """
        if self._serving is None:
            with self._loading:  # whoever asks meanwhile waits instead of loading it too
                if self._serving is None:
                    if self._catch_up is not None:
                        self._catch_up()
                        self._catch_up = None
                    self._seen = self._stamp()
                    self._serving = self._load()
        return self._serving

    @property
    def loaded(self) -> Serving | None:
        """What was loaded last, None where nobody asked for it yet. Loads nothing."""
        return self._serving

    def refresh(self) -> bool:
        """Load the published release if CURRENT changed, and swap it in once it has answered its own questions; True when it was swapped.

        Whatever goes wrong is told once, the old one goes on serving, and it is tried again after RETRY seconds. Never raises.
        """
        with self._loading:
            return self._refresh()

    def _refresh(self) -> bool:
        stamp = self._stamp()
        if stamp == self._seen and time.monotonic() < self._again_at:
            return False
        self._seen, self._again_at = stamp, math.inf
        try:
            if self._serving is not None and current_id(self._site) == self._serving.release.id:
                return False
            self._serving = self._load()
        except FaqbotError as error:
            self._tell(str(error))
            return False
        except Exception as error:  # noqa: BLE001  # no memory, no disk, a flaw of ours: none of it may end the thread that follows
            self._tell(type(error).__name__)
            return False
        self._told = ""
        self.told(True)
        return True

    def _tell(self, why: str) -> None:
        self.told(False)
        self._again_at = time.monotonic() + RETRY
        if why != self._told:
            self._told = why
            _log.error("new release refused, the old one goes on serving: %s", why)

    def follow(self, interval: float = POLL) -> threading.Thread:
        """Refresh in a daemon thread until `stop`; call after fork, threads do not survive one."""

        def loop() -> None:
            has_swapped = False
            while not self._stop.wait(interval):
                if has_swapped:  # the requests of then are over, and nobody holds the old release any more
                    give_back()
                has_swapped = self.refresh()

        thread = threading.Thread(target=loop, name="faqbot-release", daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        """End `follow`."""
        self._stop.set()

    def _load(self) -> Serving:
        with uncollected():
            release = self._prepare(load_release(self._site / current_id(self._site)))
            bot = release.bot(self._analyzer_for(release.user_words), self._today)
            require_answers(bot)
            return Serving(release, bot)

    def _stamp(self) -> tuple[int, int] | None:
        """Modification time and inode of CURRENT: a rename changes the inode even within one tick of the clock."""
        try:
            stat = (self._site / CURRENT).stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_ino
