"""A trained base → its release: the id, the files that serve, and the manifest."""

import hashlib
import io
import json
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

import numpy as np

from faqbot.corpus import parse_answer
from faqbot.corpus import to_json as blocks_to_json
from faqbot.corpus.entry_json import entry_to_json
from faqbot.domain import FaqEntry
from faqbot.korean.synonyms import Synonyms
from faqbot.retrieval.index import Index
from faqbot.retrieval.parameters import Parameters
from faqbot.retrieval.release import ARRAYS, FORMAT, MANIFEST, release_id

#: Recorded in the manifest. Only the analyzer's are binding; the others explain a difference.
LIBRARIES = ("faqbot", "kiwipiepy", "kiwipiepy_model", "numpy", "scikit-learn", "scipy")


@dataclass(frozen=True)
class Trained:
    """Everything a release is made of.

    Attributes:
        entries: enabled ones, in table order.
        analyzer: fingerprint of the analyzer the index was built with.
        user_words: of the site.
    """

    entries: tuple[FaqEntry, ...]
    index: Index
    parameters: Parameters
    analyzer: str
    user_words: tuple[tuple[str, str], ...]
    synonyms: Synonyms


@dataclass(frozen=True)
class Packed:
    """A release before its manifest.

    Attributes:
        id: hash of entries, dictionaries, analyzer and parameters: of everything that can change an answer, and of nothing else.
        files: that serving opens, by name.
        digests: SHA-256 of each.
    """

    id: str
    files: dict[str, bytes]
    digests: dict[str, str]


def pack(trained: Trained) -> Packed:
    """What serves. The same base gives the same bytes."""
    served = {
        "entries.json": _json([{"entry": entry_to_json(e), "answer": blocks_to_json(parse_answer(e.answer))} for e in trained.entries]),
        "dictionaries.json": _json({"user_words": trained.user_words, "synonyms": [(r.pattern, r.head, r.added, r.label) for r in trained.synonyms.rules]}),
        "parameters.json": _json(trained.parameters.to_json()),
        "vocabularies.json": _json(trained.index.lexicon.vocabularies),
        "questions.json": _json(trained.index.question_contents),
        "claims.json": _json([sorted(made) for made in trained.index.question_claims]),
        **_arrays(trained.index),
    }
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(served.items())}
    return Packed(release_id(trained.analyzer, digests), served, digests)


def manifest(trained: Trained, packed: Packed, *, created: datetime, metrics: dict[str, Any], trained_from: tuple[str, str]) -> dict[str, bytes]:
    """The manifest by its name.

    Args:
        trained: what was packed.
        packed: what became of it.
        created: for people.
        metrics: cross-fitted figures where there were labelled queries, else empty.
        trained_from: path of the table and of the labelled queries, "" for none.
    """
    data = {
        "format": FORMAT,
        "id": packed.id,
        "created": created.isoformat(timespec="seconds"),
        "trained_from": list(trained_from),
        "entries": len(trained.entries),
        "corpus": packed.digests["entries.json"],
        "analyzer": trained.analyzer,
        "libraries": {name: version(name) for name in LIBRARIES},
        "thresholds": trained.parameters.to_json()["thresholds"],
        "metrics": metrics,
        "files": packed.digests,
    }
    return {MANIFEST: json.dumps(data, ensure_ascii=False, indent=2).encode()}


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _arrays(index: Index) -> dict[str, bytes]:
    parts = {
        **vars(index),
        **vars(index.lexicon),
        "posting_bounds": index.postings.indptr,
        "posting_rows": index.postings.rows,
        "posting_weights": index.postings.weights,
        "question_term_bounds": index.in_questions.bounds,
        "question_terms": index.in_questions.terms,
        "question_term_weights": index.in_questions.weights,
        "entry_term_bounds": index.in_entries.bounds,
        "entry_terms": index.in_entries.terms,
        "entry_term_weights": index.in_entries.weights,
    }
    return {f"{name}.npy": _npy(parts[name]) for name in ARRAYS}


def _npy(array: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()
