"""Milvus: one collection a release, sparse vectors of our own weights under inner product. The only module that knows pymilvus."""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from itertools import islice
from typing import Any

import numpy as np

from faqbot.errors import EngineError
from faqbot.retrieval.address import Address
from faqbot.retrieval.lexicon import Floats, Ints
from faqbot.retrieval.vectors import Vector
from faqbot.settings import install_command, variable

#: Rows that one search returns at most, for each vector.
MOST = 16_384
#: The first server with exact inner products over sparse vectors as they are used here.
OLDEST = (2, 4)
#: Seconds for a connection, and for a call that serves no visitor: a build of a large release waits for its last batches.
CONNECTING, WORKING = 5.0, 120.0
#: Vectors sent at once: a batch stays far below the 64 MB that a server takes.
_BATCH = 2_000
#: Characters of the client's words that a message shows.
_SHOWN = 160
#: Milvus's code for a collection that is not there.
_NO_COLLECTION = "100"
#: The client repeats a failed call up to 75 times unless it is told not to.
_ONCE: dict[str, Any] = {"retry_times": 0}
_KEY, _ENTRY, _TERMS = "row", "entry", "terms"

#: Rows found for one vector with their scores, best first.
Found = tuple[Ints, Floats]


def require_package() -> None:
    """Refuse to go on without pymilvus.

    Raises:
        EngineError: `missing`.
    """
    if find_spec("pymilvus") is None:
        raise EngineError(f"후보 엔진을 쓰려면 pymilvus 가 있어야 합니다. {install_command('milvus')} 로 설치하세요.", code="missing")


class Milvus:
    """One connection. Not to be made before a fork: gRPC does not survive one. Safe to share between threads.

    Args:
        address: with a uri.

    Raises:
        EngineError: `missing`, `unreachable`, `refused` or `version`.
    """

    def __init__(self, address: Address) -> None:
        require_package()
        from pymilvus import MilvusClient  # noqa: PLC0415  # an extra, and gRPC's threads begin with it

        for name in ("pymilvus", "grpc"):  # what goes wrong is reported here, once
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        self.shown = address.shown
        given = {"user": address.user, "password": address.password, "db_name": address.database}
        with self._reporting("연결하지 못했습니다"):
            self._client = MilvusClient(uri=address.uri, timeout=CONNECTING, **{name: value for name, value in given.items() if value})
        self.version = self._version()

    def close(self) -> None:
        """Give the connection back."""
        with suppress(Exception):  # it may be broken already
            self._client.close()

    def collections(self, prefix: str) -> list[str]:
        """Names that begin so, sorted."""
        with self._reporting("컬렉션을 읽지 못했습니다"):
            return sorted(name for name in self._client.list_collections(timeout=WORKING, **_ONCE) if name.startswith(prefix))

    def holds(self, name: str, about: str) -> bool:
        """Whether a collection was made for just this, and all of it is there."""
        with self._reporting(f"{name}: 읽지 못했습니다"):
            made, _, count = self._description(name).rpartition(" ")
            if made != about:
                return False
            counted = self._client.query(name, filter="", output_fields=["count(*)"], consistency_level="Strong", timeout=WORKING)
            return str(counted[0]["count(*)"]) == count

    def build(self, name: str, about: str, count: int, vectors: Iterable[Vector]) -> None:
        """Write every vector into the collection; one that was made for something else is dropped first.

        Writing again what is there already changes nothing, so a build that was cut short is finished by another, and two at once do no harm.

        Args:
            name: of the collection.
            about: what it is made for.
            count: how many vectors there are.
            vectors: all of them.

        Raises:
            EngineError: not all of it may be there.
        """
        with self._reporting(f"{name}: 올리지 못했습니다"):
            description = f"{about} {count}"
            if (made := self._description(name)) != description:
                if made:
                    self._client.drop_collection(name, timeout=WORKING)
                self._create(name, description)
            rows = iter(vectors)
            while batch := list(islice(rows, _BATCH)):
                self._client.upsert(name, [{_KEY: v.key, _ENTRY: v.entry, _TERMS: v.terms} for v in batch], timeout=WORKING)
            self._flush(name)
            self._client.load_collection(name, timeout=WORKING)

    def _description(self, name: str) -> str:
        """What a collection was made for, empty where there is none."""
        if not self._client.has_collection(name, timeout=WORKING):
            return ""
        return str(self._client.describe_collection(name, timeout=WORKING).get("description") or "?")

    def search(self, name: str, vectors: Sequence[Mapping[int, float]], limit: int, entries: Sequence[int] | None, timeout: float) -> list[Found]:
        """The rows with the highest inner products with each vector, at most `limit`; fewer only where no more have a term of it.

        Args:
            name: of the collection.
            vectors: term → weight, none empty.
            limit: 1 to MOST.
            entries: whose rows count; None for all.
            timeout: seconds.
        """
        chosen = "" if entries is None else f"{_ENTRY} in {list(entries)}"
        with self._reporting(f"{name}: {timeout:.1f}초 안에 찾지 못했습니다"):
            found = self._client.search(
                name,
                list(vectors),
                filter=chosen,
                limit=limit,
                anns_field=_TERMS,
                search_params={"metric_type": "IP", "params": {"drop_ratio_search": 0.0}},
                timeout=timeout,
                **_ONCE,
            )
            return [(np.array([hit["id"] for hit in hits], dtype=np.int64), np.array([hit["distance"] for hit in hits], dtype=np.float64)) for hits in found]

    def drop(self, name: str) -> None:
        """Remove a collection; one that is not there is gone already."""
        with self._reporting(f"{name}: 지우지 못했습니다"):
            self._client.drop_collection(name, timeout=WORKING)

    def _create(self, name: str, about: str) -> None:
        from pymilvus import DataType  # noqa: PLC0415

        schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False, description=about)
        schema.add_field(_KEY, DataType.INT64, is_primary=True)
        schema.add_field(_ENTRY, DataType.INT64)
        schema.add_field(_TERMS, DataType.SPARSE_FLOAT_VECTOR)
        index = self._client.prepare_index_params()
        index.add_index(_TERMS, index_type="SPARSE_INVERTED_INDEX", metric_type="IP", params={})
        self._client.create_collection(name, schema=schema, index_params=index, consistency_level="Bounded", timeout=WORKING)

    def _flush(self, name: str) -> None:
        """Have what was sent written; for the embedded core it is when it is acknowledged, and some of its versions lack the call."""
        try:
            self._client.flush(name, timeout=WORKING)
        except Exception as error:
            if not _is_lacking(error):
                raise

    def _version(self) -> str:
        """Of the server, empty for the embedded core, which does not say.

        Raises:
            EngineError: `version`.
        """
        try:
            version = str(self._client.get_server_version(timeout=CONNECTING))
        except Exception as error:
            if _is_lacking(error):
                return ""
            raise _translated(error, f"후보 엔진 {self.shown}: 버전을 읽지 못했습니다") from error
        numbers = re.match(r"v?(\d+)\.(\d+)", version)
        if numbers and tuple(map(int, numbers.groups())) < OLDEST:
            raise EngineError(f"후보 엔진 {self.shown}: Milvus {version} 은 너무 오래되었습니다. {'.'.join(map(str, OLDEST))} 이상을 쓰세요.", code="version")
        return version

    @contextmanager
    def _reporting(self, what: str) -> Iterator[None]:
        """The client's errors as ours; it raises its own kinds, gRPC's and plain ones."""
        try:
            yield
        except EngineError:
            raise
        except Exception as error:  # whatever the client raises
            raise _translated(error, f"후보 엔진 {self.shown}: {what}") from error


def _is_lacking(error: Exception) -> bool:
    """Whether the server does not know the call."""
    return "UNIMPLEMENTED" in str(error)


def _translated(error: Exception, what: str) -> EngineError:
    """The client's error with its first line; older clients leave gRPC's code in theirs, as a method."""
    code, details = getattr(error, "code", None), getattr(error, "details", None)
    status = str(code() if callable(code) else code)
    text = str(details() if callable(details) else getattr(error, "message", error)).partition("\n")[0][:_SHOWN]
    if "UNAUTHENTICATED" in status or "PERMISSION_DENIED" in status or "auth" in text.lower():
        return EngineError(f"{what}: 사용자나 비밀번호를 받아들이지 않습니다. {variable('candidates')} 를 고치세요.", code="refused")
    if status == _NO_COLLECTION:
        return EngineError(f"{what}: 컬렉션이 없습니다. faqbot engine 으로 올리세요.", code="absent")
    return EngineError(f"{what}: {text} 주소와 엔진이 켜져 있는지 확인하세요.", code="unreachable")
