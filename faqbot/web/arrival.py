"""A request as it arrives, piece by piece: whether enough of it is here for a thread to work on it without waiting for the client."""

import re
from enum import Enum, auto
from urllib.parse import unquote_to_bytes

#: Bytes of request line and headers.
MOST_HEAD = 32 * 1024
#: Bytes of a body that are collected. Of a longer one, which only a file or a refused request has, a thread reads the rest.
MOST_BODY = 256 * 1024

_HEAD_END = b"\r\n\r\n"
#: Ends the head of a client that leaves out a carriage return, for which the parser would wait in vain.
_BARE_END = re.compile(rb"\n\r?\n")
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
#: The path of a request, without a host that its target names, and without slashes that the app does not see.
_TARGET = re.compile(rb"\s*(?:POST|GET) (?:[^/? \r\n]+://[^/?# \r\n]*)?/*(/[^?# \r\n]*)")
#: Paths that ask a question or for what begins like a text.
_QUESTION = re.compile(rb"/v1/(?:sites/[^/]+/)?(?:ask|suggest)")
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)


def asks(request: bytes) -> bool:
    """Whether a request, which begins with its line, asks a question, however its path is written."""
    target = _TARGET.match(request)
    return bool(target and _QUESTION.fullmatch(unquote_to_bytes(target[1])))


class Stage(Enum):
    """How much is here."""

    PARTIAL = auto()
    WHOLE = auto()
    HEAD_TOO_LARGE = auto()
    MALFORMED = auto()


class Arrival:
    """The bytes of a connection since its last request. Framing is the parser's to judge: this only says when to call it.

    Attributes:
        is_whole: whether all of the request was here when it was handed over, so that nothing of it waits on the way.
        expects: whether the client waits for `100 Continue` before it sends the body; true once.
    """

    def __init__(self) -> None:
        self._data = bytearray()
        self._body = 0
        self._length: int | None = None
        self._chunk = 0
        self._looked = 0
        self._last: int | None = None
        self.is_whole = False
        self.expects = False

    def __bool__(self) -> bool:
        return bool(self._data)

    def take(self) -> bytes:
        """What is here, to be given to the parser."""
        return bytes(self._data)

    def add(self, piece: bytes) -> Stage:
        """The stage after further bytes."""
        seen = max(0, len(self._data) - len(_HEAD_END))
        self._data += piece
        if not self._body:
            end = self._data.find(_HEAD_END, seen)
            if end < 0 or end > MOST_HEAD:
                return self._headless(seen)
            self._read_head(bytes(self._data[: end + len(_HEAD_END)]))
        return self._stage()

    def _headless(self, seen: int) -> Stage:
        if len(self._data) > MOST_HEAD:
            return Stage.HEAD_TOO_LARGE
        return Stage.MALFORMED if _BARE_END.search(self._data, seen) else Stage.PARTIAL

    def _read_head(self, head: bytes) -> None:
        self._body = self._chunk = len(head)
        if not _CHUNKED.search(head):
            length = _LENGTH.search(head)
            self._length = int(length[1]) if length else 0
        self.expects = bool(_EXPECTS.search(head)) and len(self._data) == self._body

    def _stage(self) -> Stage:
        arrived = len(self._data) - self._body
        self.is_whole = self._ends() if self._length is None else arrived >= self._length
        return Stage.WHOLE if self.is_whole or arrived >= MOST_BODY else Stage.PARTIAL

    def _ends(self) -> bool:
        """Whether the last chunk is here; what is no chunk is the parser's to refuse. No byte is looked at twice, however small the pieces are."""
        seen, self._looked = self._looked, len(self._data)
        while self._last is None:
            end = self._data.find(b"\r\n", max(self._chunk, seen - 1))
            if end < 0:
                return False
            try:
                size = int(self._data[self._chunk : end].partition(b";")[0], 16)
            except ValueError:
                return True
            if size <= 0:
                self._last = end
            else:
                self._chunk = end + 2 + size + 2
        return self._data.find(_HEAD_END, max(self._last, seen - 3)) >= 0
