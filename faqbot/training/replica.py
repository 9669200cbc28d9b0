"""Releases that machines share: what the database holds is brought to this machine's folder, where serving follows it. Imports nothing heavy."""

import hashlib
import logging
import threading
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from faqbot.errors import FaqbotError, ReleaseError, StoreError
from faqbot.retrieval.release import MANIFEST, SERVED, current_id, is_release_id, load_release
from faqbot.store import AuditLine, Listener, NewPublication, SharedState, Store
from faqbot.training.publish import follow_history, published_before, remove, write_release

#: Seconds between two looks at the database, for what no NOTIFY told.
POLL = 2.0
#: The notebooks' pickle stays on the machine that made it: no other machine is asked to trust one.
_KEPT_HERE = frozenset({"pipeline.joblib"})
_log = logging.getLogger(__name__)


def share(store: Store, site: Path, release: str) -> None:
    """Store the files of a release of this machine for the others; nothing where machines share none.

    Raises:
        ReleaseError: it is damaged here.
        StoreError: `conflict`: another release of that id is stored.
    """
    if store.releases.is_shared:
        load_release(site / release)
        store.releases.put(release, _files(site / release), SERVED)


class Replica:
    """One machine's copy of a site's releases.

    Args:
        site: models/<site>.
        store: where they are shared.
    """

    def __init__(self, site: Path, store: Store) -> None:
        self._site = site
        self._store = store
        self._seen: SharedState | None = None
        self._gone: set[str] = set()
        self._is_down = False

    def sync(self) -> None:
        """Fetch what is stored and not here, let what is published there serve here, and delete candidates that were deleted there.

        Raises:
            ReleaseError: a release that came is not sound; what served goes on serving.
            StoreError: the database failed.
        """
        state = self._store.releases.state()
        history = self._store.releases.history()
        if state != self._seen:
            # First what serves: it must not wait for candidates.
            for release in sorted(state.releases, key=lambda one: one not in history[-1:]):
                self._fetch(release)
        if history and published_before(self._site) != history:
            load_release(self._site / history[-1])
            follow_history(self._site, history)
        if self._seen is not None:
            self._gone |= self._seen.releases - state.releases
        self._seen = state
        if self._gone:
            with suppress(ReleaseError):  # a training is at work here; another time will do
                remove(self._site, self._gone)
                self._gone = set()

    def adopt(self) -> None:
        """Share what is published on this machine, where nothing is shared yet: the first machine brings its releases along.

        Raises:
            StoreError: the database failed.
        """
        if self._store.releases.history():
            return
        for release in published_before(self._site):
            before = self._store.releases.history()
            try:
                share(self._store, self._site, release)
                line = AuditLine("faqbot", "release.share", release, before=before[-1] if before else None, after={"release": release})
                self._store.releases.publish(NewPublication(release, line, "처음으로 함께 씀"), before[-1] if before else None)
            except ReleaseError:  # of an older version, or damaged: nobody goes back to it
                continue
            except StoreError as error:
                if error.code != "conflict":
                    raise
                return  # another machine is at it

    def follow(self, stop: threading.Event) -> None:
        """Keep up until told to stop, one process of a machine at a time: where one ends, another takes over within POLL seconds."""
        self._site.mkdir(parents=True, exist_ok=True)
        while not stop.is_set():
            with suppress(Timeout), FileLock(self._site / ".replica", timeout=0):
                self._keep_up(stop)
            stop.wait(POLL)

    def _keep_up(self, stop: threading.Event) -> None:
        listener = Listener(self._store.releases.engine, self._store.releases.site)
        is_prepared = False
        while not stop.is_set():
            listener.wait(POLL, stop)
            try:
                if not is_prepared:  # it may have been down when this process began
                    self._store.prepare()
                    is_prepared = True
                self.sync()
            except FaqbotError as error:
                self._tell(str(error))
            except Exception as error:  # noqa: BLE001  # a full disk must not end the thread
                self._tell(f"{type(error).__name__}: {error}")
            else:
                self._is_down = False
        listener.close()

    def _tell(self, what: str) -> None:
        """An outage is told once."""
        if not self._is_down:
            _log.error("releases of other machines cannot be followed, what serves goes on serving: %s", what)
        self._is_down = True

    def _fetch(self, release: str) -> None:
        """Write a stored release into its folder, unless it is there already.

        Raises:
            ReleaseError: what came is not sound.
        """
        if not is_release_id(release):
            raise ReleaseError(f"데이터베이스의 릴리스 이름이 이상합니다: {release[:40]!r}. 데이터베이스를 다른 프로그램이 고쳤는지 확인하세요.")
        stored = self._store.releases.digests(release)
        if _digests(self._site / release, stored) == {name: digest for name, digest in stored.items() if name != MANIFEST}:
            return
        files = self._store.releases.files(release)
        if not {MANIFEST, *SERVED} <= set(files) or any(Path(name).name != name or name.startswith(".") for name in files):
            raise ReleaseError(f"릴리스 {release}: 데이터베이스에 든 파일이 릴리스가 아닙니다. 다시 학습해 공개하세요.")
        self._site.mkdir(parents=True, exist_ok=True)
        write_release(self._site, release, files)


def shared_now(site: Path, store: Store) -> str | None:
    """Id of the release that serves, as this machine knows after it has looked; None for none.

    Raises:
        ReleaseError, StoreError: see `Replica.sync`.
    """
    if store.releases.is_shared:
        replica = Replica(site, store)
        replica.adopt()
        replica.sync()
    try:
        return current_id(site)
    except ReleaseError:
        return None


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name not in _KEPT_HERE and not path.name.startswith(".")}


def _digests(folder: Path, names: dict[str, str]) -> dict[str, str]:
    """SHA-256 of the files of those names; the manifest is left out, for it says when it was written here. What is missing has none."""
    found: dict[str, str] = {}
    if not (folder / MANIFEST).is_file():
        return found
    for name in names:
        with suppress(OSError):
            if name != MANIFEST:
                found[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    return found
