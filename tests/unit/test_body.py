"""A body that cannot be read is an end of the connection, however it is read."""

import io
from collections.abc import Callable

import pytest
from gunicorn.http.errors import InvalidChunkSize

from faqbot.web.body import Body


class Malformed:
    def read(self, *_: int) -> bytes:
        raise InvalidChunkSize(b"zz")

    readline = readlines = read


@pytest.mark.parametrize("read", [lambda body: body.read(), lambda body: body.read(10), lambda body: body.readline(), lambda body: body.readlines(), list])
def test_malformed_chunks_are_an_error_of_the_connection(read: Callable[[Body], object]) -> None:
    with pytest.raises(OSError, match="malformed body"):
        read(Body(Malformed()))


def test_a_body_that_is_well_formed_is_read_as_it_is() -> None:
    assert Body(io.BytesIO("환불\n언제".encode())).read(6).decode() == "환불"
    assert list(Body(io.BytesIO(b"a\nb"))) == [b"a\n", b"b"]
    assert Body(io.BytesIO(b"a\nb")).readlines() == [b"a\n", b"b"]
    assert Body(io.BytesIO(b"a\nb")).readline() == b"a\n"
