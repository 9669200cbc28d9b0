"""When a request is here, told piece by piece."""

import pytest

from faqbot.web.arrival import Arrival, Stage, asks

HEAD = b"POST /v1/ask HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
#: Beginnings of a body that never ends.
ENDLESS = {
    "a size without an end": b"0" * 1000,
    "carriage returns": b"\r" * 1000,
    "trailers without an end": b"0\r\n" + b"a: b\r\n" * 200,
    "a chunk that never comes": b"fffffff\r\n" + b"a" * 1000,
}
WHOLE = (b"2\r\n{}\r\n0\r\n\r\n", b"1\r\n{\r\n1;x=y\r\n}\r\n0\r\na: b\r\nc: d\r\n\r\n", b"no size\r\n")


class Counted(bytearray):
    """Counts the bytes in which something was looked for."""

    looked = 0

    def find(self, wanted: bytes, start: int = 0) -> int:
        self.looked += max(0, len(self) - start)
        return super().find(wanted, start)


@pytest.mark.parametrize("body", ENDLESS.values(), ids=ENDLESS.keys())
def test_no_byte_of_a_body_that_comes_in_small_pieces_is_looked_at_again_and_again(body: bytes) -> None:
    arrival = Arrival()
    arrival.add(HEAD)
    arrival._data = counted = Counted(arrival._data)
    assert {arrival.add(bytes([byte])) for byte in body} == {Stage.PARTIAL}
    assert counted.looked <= 10 * len(body)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
@pytest.mark.parametrize("body", WHOLE)
def test_a_body_in_chunks_is_whole_with_its_last_byte_whatever_its_pieces_are(body: bytes, size: int) -> None:
    arrival = Arrival()
    pieces = [(HEAD + body)[start : start + size] for start in range(0, len(HEAD + body), size)]
    assert [arrival.add(piece) for piece in pieces] == [Stage.PARTIAL] * (len(pieces) - 1) + [Stage.WHOLE]


@pytest.mark.parametrize(
    "line",
    [
        b"POST /v1/ask", b"GET /v1/suggest?q=a", b"POST /v1/sites/shop/ask", b"\r\nPOST /v1/ask", b"POST /v1/%61s%6B", b"POST /v1%2fask", b"POST //v1/ask",
        b"POST /v1/ask#top", b"POST http://a/v1/ask", b"POST gopher://a:1//v1/ask?b", b"GET /v1/sites/%EA%B0%80/suggest",
    ],
)  # fmt: skip
def test_a_question_is_known_however_its_path_is_written(line: bytes) -> None:
    assert asks(line + b" HTTP/1.1\r\nHost: a\r\n\r\n")


@pytest.mark.parametrize(
    "line", [b"POST /v1/inquiries", b"GET /v1/faqs/v1/ask", b"POST /v1/ask/", b"GET /?/v1/ask", b"POST /v1/sites/a/b/ask", b"POST /v1/%2561sk"]
)
def test_what_may_wait_for_a_database_is_no_question(line: bytes) -> None:
    assert not asks(line + b" HTTP/1.1\r\nHost: a\r\n\r\nPOST /v1/ask HTTP/1.1\r\n")
