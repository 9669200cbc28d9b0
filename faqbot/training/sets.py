"""Folders with faqs.csv (or faq.csv) and queries.csv: the bases a prior is fitted on."""

import random
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from faqbot.corpus import read_faq, read_labelled_queries
from faqbot.domain import LabelledQuery
from faqbot.errors import CorpusError
from faqbot.korean.reading import Reader
from faqbot.training.base import Base, index_entries, search_all

T = TypeVar("T")

#: Labelled queries of one base that enter a fit; more would make it no better, only slower.
MOST = 1500
#: Utterances of the far pool searched in each base.
FAR = 300


def far_pool() -> tuple[str, ...]:
    """Utterances that no help centre answers, written for this package."""
    return tuple(files("faqbot.training").joinpath("far_pool.txt").read_text(encoding="utf-8").splitlines())


def read_base(folder: Path, reader: Reader) -> Base:
    """Read, index and search one labelled base; samples are seeded.

    Raises:
        CorpusError: files are missing or cannot be read.
    """
    table = next((folder / name for name in ("faqs.csv", "faq.csv") if (folder / name).exists()), None)
    if table is None:
        raise CorpusError(f"{folder}: faqs.csv 도 faq.csv 도 없습니다. FAQ 표와 queries.csv 가 있는 폴더를 주세요.")
    entries = read_faq(table).entries
    index = index_entries(entries, reader).index
    positions = {entry.id: i for i, entry in enumerate(entries)}
    queries = sample(read_labelled_queries(folder / "queries.csv"), MOST)
    far = sample(tuple(LabelledQuery(text) for text in far_pool()), FAR)
    return Base(folder.name, entries, index, search_all(index, positions, queries, reader), search_all(index, positions, far, reader))


def sample(items: tuple[T, ...], most: int) -> tuple[T, ...]:
    """A seeded sample, the same at every call; all of them where there are no more."""
    return items if len(items) <= most else tuple(random.Random(0).sample(items, most))  # noqa: S311  # a sample, not a secret
