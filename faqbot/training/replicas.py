"""The copies of all sites that a process has open, kept up with other machines by one thread over one listening connection. Imports nothing heavy."""

import logging
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from faqbot.errors import FaqbotError
from faqbot.store import Listener, SharedState, Store
from faqbot.training.replica import Replica

#: Seconds between two looks at the database, for what no NOTIFY told.
POLL = 2.0
#: Seconds that whoever opens a site waits at most for what other machines published for it.
PATIENCE = 1.0
_log = logging.getLogger(__name__)


class Replicas:
    """One process's part in keeping this machine's folders even with what machines share. A site that is not open costs nothing.

    Args:
        models: folder of all sites.
        store: of any site; those of the others are in the same database.
    """

    def __init__(self, models: Path, store: Store) -> None:
        self._models = models
        self._store = store
        self._known: dict[str, _Followed] = {}
        self._down = _Told("releases of other machines cannot be followed, what serves goes on serving")

    def follow(self, sites: Callable[[], Collection[str]], stop: threading.Event) -> None:
        """Keep up until told to stop.

        Args:
            sites: names of those that are open in this process, asked again each time.
            stop: heard within a second or two.
        """
        listener = Listener(self._store.releases.engine, sites)
        is_prepared = False
        while not stop.is_set():
            listener.wait(POLL, stop)
            with self._down.telling():
                if not is_prepared:  # it may have been down when this process began
                    self._store.prepare()
                    is_prepared = True
                self.look(sites())
        listener.close()

    def look(self, sites: Collection[str]) -> None:
        """Bring the folders of these sites to what is shared now; what goes wrong with one is told once and keeps no other from it.

        Raises:
            StoreError: the database cannot be reached.
        """
        states = self._store.releases.states(sites)
        self._known = {site: self._known.get(site) or self._begun(site) for site in sites}
        for site, followed in self._known.items():
            followed.keep_up(states[site])

    def catch_up(self, site: str) -> None:
        """Let a site that is being opened serve what other machines published for it, PATIENCE seconds at most; what comes later is the next look's. Never raises.

        Whoever asks is a visitor, who must not wait for a database that hangs: its thread does.
        """
        if self._down.is_so:
            return
        thread = threading.Thread(target=self._begun(site).open, name="faqbot-catch-up", daemon=True)
        thread.start()
        thread.join(PATIENCE)

    def _begun(self, site: str) -> "_Followed":
        return _Followed(self._models / site, self._store.beside(site))


class _Followed:
    """One site's copy. Of all processes and threads of a machine one writes into its folder at a time."""

    def __init__(self, folder: Path, store: Store) -> None:
        self._folder = folder
        self._replica = Replica(folder, store, is_thorough=False)
        self._is_new = True
        self._failing = _Told(f"releases of other machines cannot be followed for site {folder.name}, what serves goes on serving")

    def keep_up(self, state: SharedState) -> None:
        """Bring the folder to that state, unless somebody else is at it: then the next look does. Never raises."""
        if self._replica.is_even_with(state):
            return
        with self._failing.telling(), suppress(Timeout), self._alone(0):
            if self._is_new and not state.publication:
                self._replica.adopt()
            self._replica.sync(None if self._is_new else state)
            self._is_new = False

    def open(self) -> None:
        """The quick part, before the first look."""
        with self._failing.telling(), suppress(Timeout), self._alone(PATIENCE):
            self._replica.serve()

    def _alone(self, patience: float) -> FileLock:
        self._folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self._folder / ".replica", timeout=patience)


class _Told:
    """Something that goes wrong for a while and is told once."""

    def __init__(self, what: str) -> None:
        self._what = what
        self.is_so = False

    @contextmanager
    def telling(self) -> Iterator[None]:
        """A block that keeps every error to itself: whoever follows must go on, with a full disk and after a flaw of ours too."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  # as said
            if not self.is_so:
                _log.error("%s: %s", self._what, error if isinstance(error, FaqbotError) else f"{type(error).__name__}: {error}")
            self.is_so = True
        else:
            self.is_so = False
