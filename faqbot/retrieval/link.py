"""A process's link to the engine: made after the fork, looked after by a thread of its own, so that no query ever waits for a connection or a build."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence

from faqbot.errors import EngineError, FaqbotError
from faqbot.retrieval.engine import Collection
from faqbot.retrieval.milvus import Found, Milvus

#: Seconds between two attempts while the engine is down.
RETRY = 2.0
#: Faults of a collection; all others are the connection's.
_OF_ONE = frozenset({"absent", "differs"})
_log = logging.getLogger(__name__)


class EngineLink:
    """Connects at the first query, makes sure that the collection is whole before it is asked, and lets go at the first fault.

    Args:
        connect: to the engine.
        complete: makes sure that the engine holds a collection, building it if need be.
        retry: seconds between two attempts.
        kept: what has to live as long as the link.
    """

    def __init__(self, connect: Callable[[], Milvus], complete: Callable[[Milvus, Collection], None], retry: float = RETRY, kept: object = None) -> None:
        self._kept = kept
        self._connect = connect
        self._complete = complete
        self._retry = retry
        self._begin()

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._client: Milvus | None = None
        self._whole: frozenset[Collection] = frozenset()
        self._asked: frozenset[Collection] = frozenset()
        self._said = ""

    @property
    def is_up(self) -> bool:
        """Whether queries go to the engine."""
        return self._client is not None and bool(self._whole)

    def follow(self) -> threading.Thread:
        """Look after the link in a daemon thread until `stop`; call after a fork, before the first query."""
        self._begin()
        thread = threading.Thread(target=self._run, name="faqbot-engine", daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        """End `follow`; queries are answered from the process itself."""
        self._stopped.set()
        self._wake.set()

    def search(
        self, collection: Collection, vectors: Sequence[Mapping[int, float]], limit: int, entries: Sequence[int] | None, timeout: float
    ) -> list[Found] | None:
        """As Connection says."""
        client = self._client
        if client is None or collection not in self._whole:
            self._ask_for(collection)
            return None
        try:
            return client.search(collection.name, vectors, limit, entries, timeout)
        except EngineError as error:
            self.distrust(collection, error)
            return None

    def distrust(self, collection: Collection, error: EngineError) -> None:
        """As Connection says; a connection that failed is given up with all its collections. Threads that fail at the same time do it once."""
        with self._lock:
            if collection not in self._whole:
                return
            self._whole = self._whole - {collection} if error.code in _OF_ONE else frozenset()
        self._say(str(error))
        self._ask_for(collection)

    def _ask_for(self, collection: Collection) -> None:
        if collection not in self._asked:
            with self._lock:
                self._asked |= {collection}
        self._wake.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._wake.wait()
            self._wake.clear()
            while not self._stopped.is_set() and not self._is_complete():
                self._stopped.wait(self._retry)
        if self._client is not None:
            self._client.close()

    def _is_complete(self) -> bool:
        """Whether every collection that was asked for may be asked now; those that are not whole are looked at again."""
        asked = self._asked
        try:
            client = self._client if self._client is not None and self._whole else self._fresh()
            for collection in sorted(asked, key=lambda each: each.name):
                self._complete(client, collection)
                with self._lock:
                    self._client, self._whole, self._asked = client, self._whole | {collection}, self._asked - {collection}
        except FaqbotError as error:
            self._say(str(error))
            return False
        if self._said:
            _log.warning("candidate engine: 다시 엔진에서 후보를 찾습니다.")
        self._said = ""
        return True

    def _fresh(self) -> Milvus:
        """A new connection in place of one that failed."""
        with self._lock:
            old, self._client, self._whole = self._client, None, frozenset()
        if old is not None:
            old.close()
        return self._connect()

    def _say(self, what: str) -> None:
        """Once for each outage: candidates come from the process meanwhile."""
        if not self._said:
            _log.warning("candidate engine: %s 그동안 프로세스 안의 색인으로 후보를 찾습니다. 답은 같습니다.", what)
        self._said = what
