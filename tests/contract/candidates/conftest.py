"""The sources of candidates that have to agree."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from faqbot.errors import EngineError
from faqbot.retrieval.address import Address
from faqbot.retrieval.candidates import IN_PROCESS, CandidateSource
from faqbot.retrieval.engine import Collection, EngineSource
from faqbot.retrieval.index import Index
from faqbot.retrieval.milvus import Found, Milvus
from faqbot.retrieval.vectors import count_vectors, vectors
from tests.contract.candidates.milvus_core import needed, opened

SourceOf = Callable[[Index], CandidateSource]


class Direct:
    """A connection without a safety net: what goes wrong fails the test, and the index's own postings never help out. Counts its searches."""

    def __init__(self, client: Milvus) -> None:
        self.client = client
        self.limits: list[int] = []

    def search(
        self,
        collection: Collection,
        wanted: Sequence[Mapping[int, float]],
        limit: int,
        entries: Sequence[int] | None,
        timeout: float,  # noqa: ARG002
    ) -> list[Found] | None:
        self.limits.append(limit)
        return self.client.search(collection.name, wanted, limit, entries, 20.0)

    def distrust(self, collection: Collection, error: EngineError) -> None:  # noqa: ARG002
        raise error


class Strict(EngineSource):
    """An engine's source that has to answer by itself."""

    def nominate(self, index, wanted):
        found = self.ask(index, wanted, 60.0)
        assert found is not None, "the engine could not say"
        return found


@pytest.fixture(scope="session")
def milvus_python(pytestconfig: pytest.Config) -> Path:
    """The python that has Milvus."""
    assert pytestconfig.cache is not None
    return needed(pytestconfig.cache.mkdir("milvus"))


@pytest.fixture(scope="module")
def milvus_address(milvus_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """Of an open file."""
    with opened(milvus_python, tmp_path_factory.mktemp("milvus") / "candidates.db") as address:
        yield address


@pytest.fixture(scope="module")
def milvus(milvus_address: Address) -> Iterator[Milvus]:
    """A connection."""
    with closing(Milvus(milvus_address)) as client:
        yield client


@pytest.fixture(scope="module")
def held(milvus: Milvus) -> Callable[[Index], EngineSource]:
    """An index → its source, with its collection built."""
    numbers = itertools.count()

    def hold(index: Index) -> EngineSource:
        collection = Collection(f"faqbot_test_{next(numbers)}", "faqbot 1 test", "test", "0" * 16)
        milvus.build(collection.name, collection.about, count_vectors(index), vectors(index))
        assert milvus.holds(collection.name, collection.about)
        return Strict(collection, Direct(milvus))

    return hold


@pytest.fixture(scope="module", params=["in process", "milvus"])
def source_of(request: pytest.FixtureRequest) -> SourceOf:
    """An index → a source of its candidates."""
    if request.param == "in process":
        return lambda _: IN_PROCESS
    return request.getfixturevalue("held")
