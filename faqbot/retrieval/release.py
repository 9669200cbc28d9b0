"""A release on disk: how it is read and refused. Nothing in it can run: JSON and .npy opened without pickle, digests first."""

import errno
import hashlib
import json
import os
import stat
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from faqbot.corpus import Block
from faqbot.corpus import from_json as blocks_from_json
from faqbot.corpus.entry_json import entry_from_json
from faqbot.domain import FaqEntry
from faqbot.errors import ReleaseError
from faqbot.korean.analyzer import Analyzer
from faqbot.korean.reading import Reader
from faqbot.korean.synonyms import Synonyms
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.channels import CHANNELS, Rows, of
from faqbot.retrieval.contents import Contents
from faqbot.retrieval.dictionaries import SharedDictionaries
from faqbot.retrieval.index import Index
from faqbot.retrieval.lexicon import Lexicon
from faqbot.retrieval.parameters import Parameters
from faqbot.retrieval.postings import Postings
from faqbot.retrieval.stored import array_of, elements

#: Raised with every change of what the files mean; a release of another format is refused.
FORMAT = 5
MANIFEST = "manifest.json"
CURRENT = "CURRENT"
#: Arrays of the index.
ARRAYS = (
    "term_ids", "idf", "unknown_idf", "posting_bounds", "posting_rows", "posting_weights", "question_term_bounds", "question_terms", "question_term_weights",
    "entry_term_bounds", "entry_terms", "entry_term_weights", "row_sums", "question_starts", "question_lengths", "question_negated",
)  # fmt: skip
#: Files that serving opens, each with its digest in the manifest.
SERVED = ("entries.json", "dictionaries.json", "parameters.json", "vocabularies.json", "questions.json", "claims.json", *(f"{name}.npy" for name in ARRAYS))
#: The files that make the id. The arrays follow from them.
IDENTITY = ("entries.json", "dictionaries.json", "parameters.json")
_AGAIN = "faqbot train 으로 다시 학습하세요."
#: Of all releases that this process reads.
_DICTIONARIES = SharedDictionaries()


@dataclass(frozen=True)
class Release:
    """One loaded release.

    Attributes:
        id: hash of everything that can change an answer.
        manifest: created, digests, versions, metrics, as written.
        entries: in index order.
        answers: block trees, one an entry.
    """

    id: str
    manifest: dict[str, Any]
    entries: tuple[FaqEntry, ...]
    answers: tuple[tuple[Block, ...], ...]
    index: Index
    parameters: Parameters
    user_words: tuple[tuple[str, str], ...]
    synonyms: Synonyms

    def bot(self, analyzer: Analyzer, today: Callable[[], date] = date.today) -> Bot:
        """The bot of this release.

        Raises:
            ReleaseError: the analyzer is not the one the index was built with.
        """
        if analyzer.fingerprint != self.manifest["analyzer"]:
            raise ReleaseError(f"릴리스 {self.id}: 지금 설치된 형태소 분석기(kiwipiepy, kiwipiepy_model)나 사용자 사전이 학습 때와 다릅니다. {_AGAIN}")
        return Bot(self.id, self.entries, self.index, self.parameters, Reader(analyzer, self.synonyms), today=today)


def current_id(site: Path) -> str:
    """Id of the published release under models/<site>.

    Raises:
        ReleaseError: none is published.
    """
    try:
        release_id = read_file(site / CURRENT).decode("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ReleaseError(f"{site}: 공개된 릴리스가 없습니다. faqbot train --faq 파일.csv 로 먼저 학습하세요.") from error
    if not is_release_id(release_id):
        raise ReleaseError(f"{site / CURRENT}: 릴리스 이름이 아닙니다: {release_id[:40]!r}. {_AGAIN}")
    return release_id


def trained_from(site: Path) -> tuple[Path | None, Path | None]:
    """Table and labelled queries that the published release was trained from, as far as they are still there; usable or not, it says where it came from."""
    try:
        table, queries = json.loads((site / current_id(site) / MANIFEST).read_bytes())["trained_from"]
        return tuple(Path(name) if name and Path(name).is_file() else None for name in (table, queries))  # type: ignore[return-value]
    except (ReleaseError, OSError, LookupError, TypeError, ValueError, RecursionError):
        return None, None


def is_release_id(text: str) -> bool:
    """Sixteen hexadecimal digits; anything else is never used as a path."""
    return len(text) == 16 and set(text) <= set("0123456789abcdef")


def release_id(analyzer: str, digests: Mapping[str, str]) -> str:
    """The id of a release: hash of everything that can change an answer, and of nothing else.

    Args:
        analyzer: fingerprint.
        digests: of the files, by name; those of IDENTITY count.
    """
    identity = [FORMAT, analyzer, *(digests[name] for name in IDENTITY)]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:16]


def load_release(folder: Path) -> Release:
    """Read and verify one release.

    Raises:
        ReleaseError: missing, truncated, altered, of another format, or not a release.
    """
    manifest = _manifest(folder)
    try:
        files = {name: _verified(folder / name, manifest["files"][name]) for name in SERVED}
        entries = [(entry_from_json(data["entry"]), blocks_from_json(data["answer"])) for data in elements(files["entries.json"].decode())]
        words = _DICTIONARIES.read(files["dictionaries.json"], manifest["files"]["dictionaries.json"])
        return Release(
            id=manifest["id"],
            manifest=manifest,
            entries=tuple(entry for entry, _ in entries),
            answers=tuple(answer for _, answer in entries),
            index=_index(files),
            parameters=Parameters.from_json(json.loads(files["parameters.json"], parse_constant=_refuse_constant)),
            user_words=words.user_words,
            synonyms=words.synonyms,
        )
    except (LookupError, TypeError, ValueError, ArithmeticError, RecursionError, OSError) as error:
        raise ReleaseError(f"{folder}: 릴리스가 손상되었습니다({type(error).__name__}). {_AGAIN}") from error


def _refuse_constant(name: str) -> NoReturn:
    """A number that was not learned would make every confidence the highest."""
    raise ValueError(name)


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(read_file(folder / MANIFEST))
    except (OSError, ValueError, RecursionError) as error:
        raise ReleaseError(f"{folder / MANIFEST}: 읽을 수 없습니다. {_AGAIN}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ReleaseError(f"{folder}: 이 버전이 읽는 릴리스 형식({FORMAT})이 아닙니다. {_AGAIN}")
    if manifest.get("id") != folder.name or not isinstance(manifest.get("files"), dict):
        raise ReleaseError(f"{folder}: 폴더 이름과 릴리스 이름이 다릅니다. {_AGAIN}")
    if set(SERVED) - set(manifest["files"]) or not isinstance(manifest.get("analyzer"), str):
        raise ReleaseError(f"{folder}: faqbot 의 다른 버전이 만든 릴리스입니다. {_AGAIN}")
    if release_id(manifest["analyzer"], manifest["files"]) != manifest["id"]:
        raise ReleaseError(f"{folder}: 릴리스 이름이 내용과 맞지 않습니다. {_AGAIN}")
    return manifest


def read_file(path: Path) -> bytes:
    """What is in a plain file. Nobody is waited for at a pipe, and no device is read for ever.

    Raises:
        OSError: it is not there, no plain file, or cannot be read.
    """
    with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb") as handle:
        if not stat.S_ISREG(os.fstat(handle.fileno()).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
        return handle.read()


def _verified(path: Path, digest: str) -> bytes:
    data = read_file(path)
    if hashlib.sha256(data).hexdigest() != digest:
        raise ReleaseError(f"{path}: 내용이 학습 때와 다릅니다(digest 불일치). {_AGAIN}")
    return data


def _index(files: Mapping[str, bytes]) -> Index:
    """The index in memory, on the bytes that were verified: whatever becomes of the files, a mapped one that is cut short would end the process."""

    def array(name: str) -> Any:
        return array_of(files[f"{name}.npy"])

    index = Index(
        lexicon=Lexicon(CHANNELS, _vocabularies(json.loads(files["vocabularies.json"])), array("term_ids"), array("idf"), array("unknown_idf")),
        postings=Postings(array("posting_bounds"), array("posting_rows"), array("posting_weights")),
        in_questions=Contents(len(of(Rows.QUESTIONS)), array("question_term_bounds"), array("question_terms"), array("question_term_weights")),
        in_entries=Contents(len(of(Rows.ENTRIES)), array("entry_term_bounds"), array("entry_terms"), array("entry_term_weights")),
        row_sums=array("row_sums"),
        question_starts=array("question_starts"),
        question_lengths=array("question_lengths"),
        question_negated=array("question_negated"),
        question_contents=tuple(json.loads(files["questions.json"])),
        question_claims=tuple(map(frozenset, json.loads(files["claims.json"]))),
    )
    _require_shapes(index)
    return index


def _vocabularies(data: Any) -> dict[str, tuple[str, ...]]:
    """Terms by the name of their kind.

    Raises:
        ValueError: other kinds, or no texts.
    """
    kinds = sorted({channel.vocabulary for channel in CHANNELS})
    if not isinstance(data, dict) or sorted(data) != kinds or not all(isinstance(term, str) for kind in kinds for term in data[kind]):
        raise ValueError("vocabularies")
    return {kind: tuple(map(sys.intern, data[kind])) for kind in kinds}  # sites say the same words: each is there once


def _require_shapes(index: Index) -> None:
    """Refuse arrays that do not fit each other.

    Raises:
        ValueError: names the array.
    """
    rows, entries = len(index.question_lengths), max(1, index.n_entries)
    term_ids, n_terms = index.lexicon.term_ids, len(index.lexicon.idf)
    shapes: dict[str, tuple[npt.NDArray[Any], str, tuple[int, ...]]] = {
        "term_ids": (term_ids, "i", (sum(map(len, index.lexicon.vocabularies.values())), len(CHANNELS))),
        "idf": (index.lexicon.idf, "f", (n_terms,)),
        "unknown_idf": (index.lexicon.unknown_idf, "f", (len(CHANNELS),)),
        "posting_bounds": (index.postings.indptr, "i", (n_terms + 1,)),
        "posting_rows": (index.postings.rows, "i", (int(index.postings.indptr[-1]),)),
        "posting_weights": (index.postings.weights, "f", index.postings.rows.shape),
        "question_term_bounds": (index.in_questions.bounds, "i", (rows * index.in_questions.n_channels + 1,)),
        "question_terms": (index.in_questions.terms, "i", (int(index.in_questions.bounds[-1]),)),
        "question_term_weights": (index.in_questions.weights, "f", index.in_questions.terms.shape),
        "entry_term_bounds": (index.in_entries.bounds, "i", (entries * index.in_entries.n_channels + 1,)),
        "entry_terms": (index.in_entries.terms, "i", (int(index.in_entries.bounds[-1]),)),
        "entry_term_weights": (index.in_entries.weights, "f", index.in_entries.terms.shape),
        "row_sums": (index.row_sums, "f", (sum(channel.is_coverage for channel in of(Rows.QUESTIONS)), rows)),
        "question_starts": (index.question_starts, "i", (entries + 1,)),
        "question_lengths": (index.question_lengths, "i", (rows,)),
        "question_negated": (index.question_negated, "b", (rows,)),
    }
    for name, (array, kind, shape) in shapes.items():
        if array.dtype.kind != kind or array.shape != shape:
            raise ValueError(name)
    if len(index.question_contents) != rows or not all(isinstance(text, str) for text in index.question_contents):
        raise ValueError("questions")
    if len(index.question_claims) != rows or not all(isinstance(claim, str) and claim[:1] in set("+-<>") for made in index.question_claims for claim in made):
        raise ValueError("claims")
    if (np.sort(term_ids[term_ids >= 0]) != np.arange(n_terms)).any():
        raise ValueError("term_ids")
    border = int(index.postings.indptr[(term_ids[:, : len(of(Rows.QUESTIONS))] >= 0).sum()])
    _require_range("posting_rows", index.postings.rows[:border], rows)
    _require_range("posting_rows", index.postings.rows[border:], entries)
    _require_range("question_terms", index.in_questions.terms, n_terms)
    _require_range("entry_terms", index.in_entries.terms, n_terms)
    _require_rows("posting", index.postings.indptr, index.postings.rows, index.postings.weights)
    _require_rows("question_term", index.in_questions.bounds, index.in_questions.terms, index.in_questions.weights)
    _require_rows("entry_term", index.in_entries.bounds, index.in_entries.terms, index.in_entries.weights)
    _require_ascending("question_starts", index.question_starts, rows)


def _require_rows(name: str, bounds: npt.NDArray[Any], numbers: npt.NDArray[Any], weights: npt.NDArray[Any]) -> None:
    """Refuse sparse rows that the kernels cannot read where they lie: they look at no bounds, and copy what is of another type at every query.

    Raises:
        ValueError: names the array.
    """
    if bounds.dtype not in (np.int32, np.int64) or numbers.dtype != bounds.dtype or weights.dtype != np.float32:
        raise ValueError(f"{name}_bounds")
    _require_ascending(f"{name}_bounds", bounds, len(numbers))


def _require_range(name: str, numbers: npt.NDArray[Any], end: int) -> None:
    """Refuse numbers outside 0..end - 1.

    Raises:
        ValueError: names the array.
    """
    if len(numbers) and not 0 <= numbers.min() <= numbers.max() < end:
        raise ValueError(name)


def _require_ascending(name: str, bounds: npt.NDArray[Any], last: int) -> None:
    """Refuse bounds that do not run from 0 to `last` without falling.

    Raises:
        ValueError: names the array.
    """
    if bounds[0] != 0 or bounds[-1] != last or (np.diff(bounds) < 0).any():
        raise ValueError(name)
