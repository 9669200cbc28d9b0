"""The body of a request as the app reads it."""

from collections.abc import Callable, Iterator
from typing import Any

from gunicorn.http.errors import ParseException


class Body:
    """A body whose malformed chunks are an OSError, as any other end of a connection is, and not a flaw of the app."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def read(self, *size: int) -> bytes:
        """So many bytes, or all."""
        return bytes(self._translated(self._body.read, size))

    def readline(self, *size: int) -> bytes:
        """One line."""
        return bytes(self._translated(self._body.readline, size))

    def readlines(self, *hint: int) -> list[bytes]:
        """All lines."""
        return list(self._translated(self._body.readlines, hint))

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    @staticmethod
    def _translated(read: Callable[..., Any], arguments: tuple[int, ...]) -> Any:
        try:
            return read(*arguments)
        except ParseException as error:
            raise OSError("malformed body") from error
