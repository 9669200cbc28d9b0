"""Releases that machines share: what the database holds is brought to this machine's folder, where serving follows it. Imports nothing heavy."""

import hashlib
from contextlib import suppress
from pathlib import Path

from faqbot.errors import ReleaseError, StoreError
from faqbot.retrieval.release import MANIFEST, SERVED, current_id, is_release_id, load_release
from faqbot.store import AuditLine, NewPublication, SharedState, Store
from faqbot.training.publish import follow_history, published_before, remove, write_release

#: The notebooks' pickle stays on the machine that made it: no other machine is asked to trust one.
_KEPT_HERE = frozenset({"pipeline.joblib"})


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
        is_thorough: whether the first look compares every file of every release that is here with what is stored, or only those of the release that serves:
            what lies in a folder was written whole, and opening a release finds damage.
    """

    def __init__(self, site: Path, store: Store, *, is_thorough: bool = True) -> None:
        self._site = site
        self._store = store
        self._is_thorough = is_thorough
        self._seen: SharedState | None = None
        self._history: tuple[str, ...] = ()
        self._gone: set[str] = set()

    def is_even_with(self, state: SharedState) -> bool:
        """Whether this machine has and serves all of that already, as far as it can be seen without the database."""
        return state == self._seen and not self._gone and self._serves_the_last()

    def sync(self, state: SharedState | None = None) -> None:
        """Fetch what is stored and not here, let what is published there serve here, and delete candidates that were deleted there.

        Args:
            state: of the site, where the caller has just asked for it.

        Raises:
            ReleaseError: a release that came is not sound; what served goes on serving.
            StoreError: the database failed.
        """
        state = state or self._store.releases.state()
        if state != self._seen:
            self._history = self._store.releases.history()
            # First what serves: it must not wait for candidates.
            for release in sorted(state.releases, key=lambda one: one not in self._history[-1:]):
                if self._is_news(release, state):
                    self._fetch(release)
        self._serve_the_last()
        if self._seen is not None:
            self._gone |= self._seen.releases.keys() - state.releases.keys()
        self._seen = state
        if self._gone:
            with suppress(ReleaseError):  # a training is at work here; another time will do
                remove(self._site, self._gone)
                self._gone = set()

    def serve(self) -> None:
        """Only let what is published there serve here, fetched where it is not here: the quick half of `sync`.

        Raises:
            ReleaseError, StoreError: see `sync`.
        """
        self._history = self._store.releases.history()
        if self._history and not (self._site / self._history[-1] / MANIFEST).exists():
            self._fetch(self._history[-1])
        self._serve_the_last()

    def _is_news(self, release: str, state: SharedState) -> bool:
        """Whether the files of a stored release may be others than those that are here."""
        if release in self._history[-1:] or not (self._site / release / MANIFEST).exists():
            return True
        return self._is_thorough if self._seen is None else self._seen.releases.get(release) != state.releases[release]

    def _serves_the_last(self) -> bool:
        return not self._history or published_before(self._site) == self._history

    def _serve_the_last(self) -> None:
        if not self._serves_the_last():
            load_release(self._site / self._history[-1])
            follow_history(self._site, self._history)

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
