"""A release on disk: how it is read and refused. Nothing in it can run: JSON and .npy opened without pickle, digests first."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from faqbot.corpus import Block
from faqbot.corpus import from_json as blocks_from_json
from faqbot.domain import FaqEntry
from faqbot.errors import ReleaseError
from faqbot.korean.analyzer import Analyzer
from faqbot.korean.reading import Reader
from faqbot.korean.synonyms import Rule, Synonyms
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.channels import CHANNELS, Rows, of
from faqbot.retrieval.index import Index
from faqbot.retrieval.lexicon import Lexicon, number_terms
from faqbot.retrieval.parameters import Parameters
from faqbot.retrieval.postings import POSTING, Postings, families

#: Raised with every change of what the files mean; a release of another format is refused.
FORMAT = 3
MANIFEST = "manifest.json"
CURRENT = "CURRENT"
#: Arrays of the index.
ARRAYS = ("idf", "unknown_idf", "indptr", "packed", "row_sums", "question_starts", "question_lengths", "question_negated")
#: Files that serving opens, each with its digest in the manifest.
SERVED = ("entries.json", "dictionaries.json", "parameters.json", "vocabularies.json", "questions.json", "claims.json", *(f"{name}.npy" for name in ARRAYS))
#: The files that make the id. The arrays follow from them.
IDENTITY = ("entries.json", "dictionaries.json", "parameters.json")
_AGAIN = "faqbot train 으로 다시 학습하세요."


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
        release_id = (site / CURRENT).read_text(encoding="ascii").strip()
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
        entries = json.loads(files["entries.json"])
        dictionaries = json.loads(files["dictionaries.json"])
        return Release(
            id=manifest["id"],
            manifest=manifest,
            entries=tuple(entry_from_json(data["entry"]) for data in entries),
            answers=tuple(blocks_from_json(data["answer"]) for data in entries),
            index=_index(folder, json.loads(files["vocabularies.json"]), json.loads(files["questions.json"]), json.loads(files["claims.json"])),
            parameters=Parameters.from_json(json.loads(files["parameters.json"])),
            user_words=tuple((word, tag) for word, tag in dictionaries["user_words"]),
            synonyms=Synonyms(Rule(tuple(pattern), head, added, label) for pattern, head, added, label in dictionaries["synonyms"]),
        )
    except (LookupError, TypeError, ValueError, ArithmeticError, RecursionError, OSError) as error:
        raise ReleaseError(f"{folder}: 릴리스가 손상되었습니다({type(error).__name__}). {_AGAIN}") from error


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
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


def _verified(path: Path, digest: str) -> bytes:
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise ReleaseError(f"{path}: 내용이 학습 때와 다릅니다(digest 불일치). {_AGAIN}")
    return data


def _index(folder: Path, vocabularies: dict[str, list[str]], contents: list[str], made: list[list[str]]) -> Index:
    def array(name: str) -> Any:
        return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False))  # a plain view: slicing a memmap costs a microsecond

    terms = [vocabularies[channel.name] for channel in CHANNELS]
    indptr, packed, starts, lengths = (array(name) for name in ("indptr", "packed", "question_starts", "question_lengths"))
    both = families(((len(of(Rows.QUESTIONS)), len(lengths)), (len(of(Rows.ENTRIES)), len(starts) - 1)))
    index = Index(
        lexicon=Lexicon(CHANNELS, number_terms(terms), array("idf"), array("unknown_idf")),
        postings=Postings(both, indptr, packed),
        row_sums=array("row_sums"),
        question_starts=starts,
        question_lengths=lengths,
        question_negated=array("question_negated"),
        question_contents=tuple(contents),
        question_claims=tuple(map(frozenset, made)),
    )
    _require_shapes(index, sum(len(words) for words in terms))
    return index


def _require_shapes(index: Index, n_terms: int) -> None:
    """Refuse arrays that do not fit each other.

    Raises:
        ValueError: names the array.
    """
    rows, both = len(index.question_lengths), index.postings.families
    shapes: dict[str, tuple[npt.NDArray[Any], str, tuple[int, ...]]] = {
        "idf": (index.lexicon.idf, "f", (n_terms,)),
        "unknown_idf": (index.lexicon.unknown_idf, "f", (len(CHANNELS),)),
        "indptr": (index.postings.indptr, "i", (n_terms + 1,)),
        "packed": (index.postings.packed, "i", (int(index.postings.indptr[-1]),)),
        "row_sums": (index.row_sums, "f", (sum(channel.is_coverage for channel in of(Rows.QUESTIONS)), rows)),
        "question_starts": (index.question_starts, "i", (max(1, both[1].n_rows) + 1,)),
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
    cells = index.postings.packed.view(POSTING)["cell"]
    if len(cells) and not 0 <= cells.min() <= cells.max() < both[1].end:
        raise ValueError("packed")
    for name, ascending, last in (("indptr", index.postings.indptr, len(cells)), ("question_starts", index.question_starts, rows)):
        if ascending[0] != 0 or ascending[-1] != last or (np.diff(ascending) < 0).any():
            raise ValueError(name)


def entry_to_json(entry: FaqEntry) -> dict[str, Any]:
    """All fields, days as ISO text."""
    return {name: (value.isoformat() if isinstance(value := getattr(entry, name), date) else value) for name in FaqEntry.__dataclass_fields__}


def entry_from_json(data: dict[str, Any]) -> FaqEntry:
    """The reverse of entry_to_json."""
    days = {name: date.fromisoformat(data[name]) if data[name] else None for name in ("valid_from", "valid_to", "updated_at")}
    lists = {name: tuple(data[name]) for name in ("category", "alternate_questions", "keywords")}
    return FaqEntry(**{**data, **days, **lists})
