"""The candidate engine that the settings name: the link of a serving process, and what the engine is made to hold."""

import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from faqbot.bootstrap.parts import site_folder
from faqbot.errors import EngineError, SettingsError
from faqbot.retrieval.address import Address, parse_address
from faqbot.retrieval.embedded import Embedded
from faqbot.retrieval.release import current_id, is_release_id, load_release
from faqbot.settings import Settings, variable

if TYPE_CHECKING:
    from faqbot.retrieval.engine import Collection
    from faqbot.retrieval.link import EngineLink
    from faqbot.retrieval.milvus import Found, Milvus

#: Seconds that a build in a process of its own may take: a million entries need minutes.
_BUILDING = 3600.0
#: Seconds to see at the start whether anybody listens.
_KNOCKING = 3.0
#: Seconds that a probe of what was built waits for the engine.
_PROBING = 10.0


@dataclass(frozen=True, slots=True)
class Held:
    """What the engine holds of the site after `hold_published`.

    Attributes:
        engine: its address, without password.
        version: of the server; empty for the embedded core.
        collection: of the published release.
        vectors: how many are in it.
        built: whether it was written now.
        dropped: collections of older releases that were removed now.
    """

    engine: str
    version: str
    collection: str
    vectors: int
    built: bool
    dropped: tuple[str, ...]


def open_link(settings: Settings, notify: Callable[[str], None]) -> "EngineLink | None":
    """The link of a server, to be followed in each of its processes; None where no engine is set.

    A file is opened here, once for all processes; of a server it is only seen whether it listens, for what speaks to it must not be forked.

    Args:
        settings: of the site.
        notify: gets one sentence where the engine cannot be reached. Answers do not wait for it.

    Raises:
        SettingsError: the address is none.
        EngineError: `missing`: a package is; `busy` or `unreachable`: the file cannot be opened.
    """
    address = address_of(settings)
    if address is None:
        return None
    from faqbot.retrieval.link import EngineLink  # noqa: PLC0415
    from faqbot.retrieval.milvus import Milvus, require_package  # noqa: PLC0415

    require_package()
    keeper = None
    if address.file:
        keeper = Embedded(address.file)
        address = replace(address, uri=keeper.uri, file="")
    elif address.is_remote and not _listens(address):
        notify(
            f"후보 엔진 {address.shown}: 접속을 받지 않습니다. 켜질 때까지 프로세스 안의 색인으로 후보를 찾습니다. 주소는 {variable('candidates')} 에 있습니다."
        )
    opened = address
    socket_of_file = f"milvus+{opened.uri.replace('unix:', 'unix://')}" if keeper else ""
    return EngineLink(lambda: Milvus(opened), lambda client, collection: _complete(settings, client, collection, socket_of_file), kept=keeper)


def address_of(settings: Settings) -> Address | None:
    """Where the engine is; None where none is set.

    Raises:
        SettingsError: the address is none.
    """
    text = settings.candidates.get_secret_value()
    try:
        return parse_address(text) if text else None
    except ValueError as error:
        raise SettingsError(f"{variable('candidates')}: {error}") from error


def hold_published(settings: Settings) -> Held:
    """Make the engine hold the published release, see that it finds what the process finds, and drop the releases of this folder that are neither published nor were just before.

    Raises:
        SettingsError: no engine is set, or its address is none.
        ReleaseError: nothing usable is published.
        EngineError: it does not hold it.
    """
    address = address_of(settings)
    if address is None:
        raise SettingsError(f"후보 엔진이 설정되지 않았습니다. {variable('candidates')} 에 주소를 적으세요 (예: milvus://호스트:19530).")
    with _opened(address) as client:
        return _hold(settings, client)


@contextmanager
def _opened(address: Address) -> Iterator["Milvus"]:
    """A connection for this process alone."""
    from faqbot.retrieval.milvus import Milvus  # noqa: PLC0415

    with ExitStack() as ending:
        if address.file:
            keeper = Embedded(address.file)
            ending.callback(keeper.close)
            address = replace(address, uri=keeper.uri)
        yield ending.enter_context(closing(Milvus(address)))


def _hold(settings: Settings, client: "Milvus") -> Held:
    from faqbot.retrieval.engine import EngineSource, collection_of, different_rows  # noqa: PLC0415
    from faqbot.retrieval.vectors import count_vectors, vectors  # noqa: PLC0415

    site = site_folder(settings)
    release = load_release(site / current_id(site))
    collection, count = collection_of(settings.site, release), count_vectors(release.index)
    built = not client.holds(collection.name, collection.about)
    if built:
        client.build(collection.name, collection.about, count, vectors(release.index))
        if not client.holds(collection.name, collection.about):
            client.drop(collection.name)
            raise EngineError(f"후보 엔진 {client.shown}: {collection.name} 에 벡터 {count:,}개가 다 있지 않아 지웠습니다. 다시 실행하세요.", code="differs")
    if different_rows(release.index, EngineSource(collection, _Direct(client)), _PROBING):
        client.drop(collection.name)
        raise EngineError(f"후보 엔진 {client.shown}: {collection.name} 이 프로세스 안의 색인과 다른 후보를 찾아 지웠습니다. 다시 실행하세요.", code="differs")
    return Held(client.shown, client.version, collection.name, count, built, _drop_others(settings, client, release.id))


def _drop_others(settings: Settings, client: "Milvus", published: str) -> tuple[str, ...]:
    """Collections of releases that this folder knows, but for the published one and the one before: a server elsewhere may hold others."""
    from faqbot.retrieval.engine import collection_prefix  # noqa: PLC0415
    from faqbot.training.publish import published_before  # noqa: PLC0415

    site, prefix = site_folder(settings), collection_prefix(settings.site)
    kept = {published, *published_before(site)[-2:]}
    known = {path.name for path in site.iterdir() if is_release_id(path.name)} - kept
    dropped = [name for name in client.collections(prefix) if name.removeprefix(prefix) in known]
    for name in dropped:
        client.drop(name)
    return tuple(dropped)


def _complete(settings: Settings, client: "Milvus", collection: "Collection", socket_of_file: str) -> None:
    """See that the engine holds a collection; what is missing is built by one process of this machine, beside those that answer.

    Raises:
        FaqbotError: it does not hold it.
    """
    from filelock import FileLock  # noqa: PLC0415

    from faqbot.training.jobs import run_beside  # noqa: PLC0415

    if client.holds(collection.name, collection.about):
        return
    settings.var.mkdir(parents=True, exist_ok=True)
    with FileLock(settings.var / "engine.lock"):
        if client.holds(collection.name, collection.about):
            return
        update = {"site": collection.site} | ({"candidates": SecretStr(socket_of_file)} if socket_of_file else {})
        run_beside(settings.model_copy(update=update), ("engine",), settings.var / "engine.log", _BUILDING)
    if not client.holds(collection.name, collection.about):
        raise EngineError(f"후보 엔진 {client.shown}: {collection.name} 이 없습니다. 공개된 릴리스가 바뀌는 중이면 곧 올라갑니다.", code="absent")


def _listens(address: Address) -> bool:
    parts = urlsplit(address.uri)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=_KNOCKING):
            return True
    except OSError:
        return False


class _Direct:
    """A connection whose faults are errors."""

    def __init__(self, client: "Milvus") -> None:
        self._client = client

    def search(
        self, collection: "Collection", vectors: Sequence[Mapping[int, float]], limit: int, entries: Sequence[int] | None, timeout: float
    ) -> "list[Found] | None":
        return self._client.search(collection.name, vectors, limit, entries, timeout)

    def distrust(self, collection: "Collection", error: EngineError) -> None:  # noqa: ARG002  # the protocol's
        raise error
