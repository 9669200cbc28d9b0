"""Dictionaries of releases, shared by content: the package's 29,000 rules are in every release and would cost each open site 15 MB and half a second."""

import json
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from faqbot.korean.synonyms import Rule, Synonyms

#: Lists of rules that others are compared with, and sites' differences to each of them that are kept ready.
MOST_LISTS, MOST_EDITS = 4, 1000
#: A list that differs in more than one rule out of so many is kept as a list of its own.
_ALIKE = 10
#: What stands before the first rule of a file, between two, and behind the last: each rule begins with the list of its pattern. No text can hold these
#: bytes within one piece that is JSON, for its quotation marks are escaped.
_BEFORE, _BETWEEN, _BEHIND = b'{"synonyms":[[[', b"],[[", b']],"user_words":'


@dataclass(frozen=True, slots=True)
class Words:
    """What dictionaries.json of a release holds."""

    user_words: tuple[tuple[str, str], ...]
    synonyms: Synonyms


@dataclass(frozen=True, slots=True)
class _List:
    """A list of rules that is there whole.

    Attributes:
        words: of the first release that had it.
        digest: of that release's file.
        places: what the file writes of a rule → its position.
        edits: words that differ a little, by digest, the ones that were wanted last at the end.
    """

    words: Words
    digest: str
    places: dict[bytes, int]
    edits: OrderedDict[str, Words] = field(default_factory=OrderedDict)


class SharedDictionaries:
    """Reads dictionaries of releases; what was read before is not read again, and what two have in common is there once. Usable by several threads."""

    def __init__(self) -> None:
        self._lists: list[_List] = []
        self._lock = threading.Lock()

    def read(self, data: bytes, digest: str) -> Words:
        """The dictionaries of a file.

        Args:
            data: of the file.
            digest: of the data.

        Raises:
            LookupError, TypeError, ValueError: it is none of ours.
        """
        with self._lock:
            for known in self._lists:
                if known.digest == digest:
                    return known.words
                if digest in known.edits:
                    known.edits.move_to_end(digest)
                    return known.edits[digest]
            return self._read(data, digest)

    def _read(self, data: bytes, digest: str) -> Words:
        pieces, user_words = _taken_apart(data)
        for known in self._lists:
            words = _edit_of(known, pieces, user_words)
            if words is not None:
                known.edits[digest] = words
                while len(known.edits) > MOST_EDITS:
                    known.edits.popitem(last=False)
                return words
        words = _whole(data)
        places = {piece: place for place, piece in enumerate(pieces)}
        if len(places) == len(words.synonyms.rules):
            self._lists = [*self._lists, _List(words, digest, places)][-MOST_LISTS:]
        return words


def _taken_apart(data: bytes) -> tuple[list[bytes], bytes]:
    """What stands in a file of each rule, and of the user words; nothing where it is written otherwise, or has no rules."""
    end = data.rfind(_BEHIND)
    if not data.startswith(_BEFORE) or end < 0:
        return [], b""
    return data[len(_BEFORE) : end].split(_BETWEEN), data[end + len(_BEHIND) : -1]


def _edit_of(known: _List, pieces: list[bytes], user_words: bytes) -> Words | None:
    """The words as a list that is there with few changes; None where they are too many."""
    kept = _in_order([known.places.get(piece, -1) for piece in pieces])
    removed = set(range(len(known.places))).difference(kept.values())
    if not kept or len(removed) + len(pieces) - len(kept) > len(known.places) // _ALIKE:
        return None
    try:
        added = {at: _rule(json.loads(b"[[%b]" % piece)) for at, piece in enumerate(pieces) if at not in kept}
        words = _user_words(json.loads(user_words))
    except ValueError:  # a text with the bytes between two rules; the whole file says what it is
        return None
    return Words(words, known.words.synonyms.edited(removed, added) if removed or added else known.words.synonyms)


def _in_order(places: list[int]) -> dict[int, int]:
    """Position → place of those that stand in the order of the list; from the end on, for what a site has of its own stands at the beginning."""
    kept, last = {}, len(places) + max(places, default=0)
    for at in range(len(places) - 1, -1, -1):
        if 0 <= places[at] < last:
            kept[at] = last = places[at]
    return kept


def _whole(data: bytes) -> Words:
    read = json.loads(data)
    return Words(_user_words(read["user_words"]), Synonyms(map(_rule, read["synonyms"])))


def _rule(read: Any) -> Rule:
    pattern, head, added, label = read
    return Rule(tuple(pattern), head, added, label)


def _user_words(read: Any) -> tuple[tuple[str, str], ...]:
    return tuple((word, tag) for word, tag in read)
