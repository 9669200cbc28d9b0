"""A trained base → the bytes of its release files and its id."""

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
from faqbot.domain import FaqEntry
from faqbot.korean.synonyms import Synonyms
from faqbot.retrieval.index import Index
from faqbot.retrieval.parameters import Parameters
from faqbot.retrieval.release import ARRAYS, FORMAT, MANIFEST, entry_to_json, release_id

#: Recorded in the manifest. Only the analyzer's are binding; the others explain a difference.
LIBRARIES = ("faqbot", "kiwipiepy", "kiwipiepy_model", "numpy", "scikit-learn", "scipy")


@dataclass(frozen=True)
class Trained:
    """Everything a release is made of.

    Attributes:
        entries: enabled ones, in table order.
        analyzer: fingerprint of the analyzer the index was built with.
        user_words: of the site.
        metrics: cross-fitted figures where there were labelled queries, else empty; not part of the id.
    """

    entries: tuple[FaqEntry, ...]
    index: Index
    parameters: Parameters
    analyzer: str
    user_words: tuple[tuple[str, str], ...]
    synonyms: Synonyms
    metrics: dict[str, Any]


def pack(trained: Trained, created: datetime, extra: dict[str, bytes], trained_from: tuple[str, str] = ("", "")) -> tuple[str, dict[str, bytes]]:
    """The release's id and its files by name.

    The id is the hash of entries, dictionaries, analyzer and parameters: of everything that can change an answer, and of nothing else.

    Args:
        trained: what to write down.
        created: for people; part of the manifest alone.
        extra: further files that serving does not open, such as pipeline.joblib.
        trained_from: path of the table and of the labelled queries; part of the manifest alone.
    """
    served = {
        "entries.json": _json([{"entry": entry_to_json(e), "answer": blocks_to_json(parse_answer(e.answer))} for e in trained.entries]),
        "dictionaries.json": _json({"user_words": trained.user_words, "synonyms": [(r.pattern, r.head, r.added, r.label) for r in trained.synonyms.rules]}),
        "parameters.json": _json(trained.parameters.to_json()),
        "vocabularies.json": _json(_vocabularies(trained.index)),
        "questions.json": _json(trained.index.question_contents),
        "claims.json": _json([sorted(made) for made in trained.index.question_claims]),
        **_arrays(trained.index),
    }
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(served.items())}
    name = release_id(trained.analyzer, digests)
    manifest = {
        "format": FORMAT,
        "id": name,
        "created": created.isoformat(timespec="seconds"),
        "trained_from": list(trained_from),
        "entries": len(trained.entries),
        "corpus": digests["entries.json"],
        "analyzer": trained.analyzer,
        "libraries": {name: version(name) for name in LIBRARIES},
        "thresholds": trained.parameters.to_json()["thresholds"],
        "metrics": trained.metrics,
        "files": digests,
    }
    return name, {**served, **extra, MANIFEST: json.dumps(manifest, ensure_ascii=False, indent=2).encode()}


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _vocabularies(index: Index) -> dict[str, list[str]]:
    return {channel.name: list(terms) for channel, terms in zip(index.lexicon.channels, index.lexicon.vocabularies, strict=True)}


def _arrays(index: Index) -> dict[str, bytes]:
    parts = {**vars(index), **vars(index.lexicon), **vars(index.postings)}
    return {f"{name}.npy": _npy(parts[name]) for name in ARRAYS}


def _npy(array: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()
