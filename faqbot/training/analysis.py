"""Tokens remembered from one training to the next: text that did not change is not analysed again."""

import gzip
import json
import zlib
from pathlib import Path

from faqbot.korean.analyzer import Analyzer, Token

#: Beside the index files of a release; serving never opens it.
FILE = "tokens.json.gz"


class RememberingAnalyzer:
    """An analyzer that looks up texts it has seen. Equal in every answer to the one it wraps.

    Attributes:
        analysed: how many texts the wrapped analyzer had to work on.
    """

    def __init__(self, analyzer: Analyzer, known: dict[str, tuple[Token, ...]] | None = None) -> None:
        self._analyzer = analyzer
        self._known = known or {}
        self._used: dict[str, tuple[Token, ...]] = {}
        self.analysed = 0

    @property
    def fingerprint(self) -> str:
        """That of the wrapped analyzer."""
        return self._analyzer.fingerprint

    def tokenize(self, text: str) -> tuple[Token, ...]:
        """Tokens of a text, remembered or new."""
        tokens = self._used.get(text, self._known.get(text))
        if tokens is None:
            tokens = self._analyzer.tokenize(text)
            self.analysed += 1
        self._used[text] = tokens
        return tokens

    def dump(self) -> bytes:
        """What was used in this training, and nothing older, for the next one. The same uses give the same bytes."""
        data = {text: [(t.form, t.tag, t.start, t.end) for t in tokens] for text, tokens in sorted(self._used.items())}
        return gzip.compress(json.dumps({"fingerprint": self.fingerprint, "tokens": data}, ensure_ascii=False).encode(), compresslevel=3, mtime=0)


def remembered(folder: Path | None, fingerprint: str) -> dict[str, tuple[Token, ...]]:
    """Tokens that a release's training left behind; none where the file is missing, damaged, or of another analyzer."""
    if folder is None:
        return {}
    try:
        data = json.loads(gzip.decompress((folder / FILE).read_bytes()))
        if data["fingerprint"] != fingerprint:
            return {}
        return {text: tuple(Token(form, tag, start, end) for form, tag, start, end in tokens) for text, tokens in data["tokens"].items()}
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
