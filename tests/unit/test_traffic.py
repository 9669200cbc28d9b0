"""The arithmetic of `make load` and `make soak`, and that their client loses nothing and flatters nobody."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from tests.bench.traffic import attack
from tests.bench.traffic.client import LOST, Client, Heard, post, saying, steady
from tests.bench.traffic.figures import Figure, floor_rise, growth, table
from tests.bench.traffic.items import highest
from tests.bench.traffic.replies import Replies, waits
from tests.bench.traffic.soak import Look, Soaked, Visitors, judged

ASK = [post("/v1/ask", {"query": "환불"})]
Answer = Callable[[BaseHTTPRequestHandler, int], None]


def answer(handler: BaseHTTPRequestHandler, status: int = 200, body: bytes = b"{}") -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def server(respond: Answer) -> Iterator[int]:
    """A port where every POST is read and responded to; `respond` gets its number."""
    numbers, lock = iter(range(10_000)), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                number = next(numbers)
            respond(self, number)

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass

    with Quiet(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield running.server_port
        finally:
            running.shutdown()
            thread.join()


def heard(port: int, due: np.ndarray, connections: int = 4) -> Heard:
    return Client(port, connections).run(saying(ASK), lambda *_: None, due)


def test_what_a_request_took_counts_from_when_it_was_due():
    stalled = threading.Event()

    def stall_once(handler: BaseHTTPRequestHandler, number: int) -> None:
        if not number:
            stalled.wait(0.2)
        answer(handler)

    with server(stall_once) as port:
        millis = heard(port, np.zeros(3), connections=1).millis
    assert (millis >= 190).all()  # the second and the third were due while the first one stalled


def test_requests_are_due_at_a_constant_rate():
    assert steady(4, 1.5).tolist() == [0, 0.25, 0.5, 0.75, 1, 1.25]


def test_nothing_is_sent_before_it_is_due_and_everything_is_answered():
    with server(lambda handler, _: answer(handler)) as port:
        result = heard(port, steady(200, 0.5))
    assert result.statuses == {200: 100}
    assert result.failed == 0
    assert result.rate <= 205


def test_a_request_over_a_connection_that_was_closed_while_idle_is_sent_again():
    def close_behind(handler: BaseHTTPRequestHandler, _: int) -> None:
        answer(handler)
        handler.close_connection = True  # and the header does not say so

    with server(close_behind) as port:
        result = heard(port, np.zeros(50), connections=2)
    assert result.statuses == {200: 50}


def test_a_response_that_breaks_off_is_lost():
    def break_off(handler: BaseHTTPRequestHandler, number: int) -> None:
        if number == 1:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
            handler.close_connection = True
        else:
            answer(handler)

    with server(break_off) as port:
        result = heard(port, np.zeros(5), connections=1)
    assert result.statuses == {200: 4, LOST: 1}
    assert result.failed == 1
    assert len(result.millis) == 4


def test_what_is_refused_is_counted_and_has_no_time():
    with server(lambda handler, number: answer(handler, 503 if number % 2 else 200)) as port:
        result = heard(port, np.zeros(10), connections=1)
    assert result.statuses == {200: 5, 503: 5}
    assert (result.failed, len(result.millis)) == (5, 5)


def test_nothing_is_sent_after_the_end():
    with server(lambda handler, _: answer(handler)) as port:
        result = Client(port, 1).run(saying(ASK), lambda *_: None, np.zeros(1_000_000), seconds=0.2)
    assert 0 < result.statuses.total() < 1_000_000
    assert result.failed == 0


def test_where_nothing_is_answered_the_percentile_is_infinite():
    assert Heard(np.array([]), Counter({LOST: 1}), 0.0, 0, 0.0, 0.0).percentile(99) == np.inf


def test_what_was_heard_goes_from_one_process_to_another():
    before = Heard(np.array([1.5, 2.5]), Counter({200: 2, 429: 1}), 3.0, 1, 0.5, 0.1)
    after = Heard.from_json(json.loads(json.dumps(before.to_json())))
    assert (after.millis.tolist(), after.statuses, after.rate, after.again) == ([1.5, 2.5], before.statuses, 3.0, 1)


@pytest.mark.parametrize(("limit", "rate"), [(30, 300), (29, 275), (2, 0), (1000, 475)])
def test_the_highest_rate_is_found_in_steps_below_the_one_that_was_too_much(limit: float, rate: int):
    found, p99 = highest(lambda rate: rate / 10, limit, 500)
    assert (found, p99) == (rate, rate / 10 if rate else np.inf)


@pytest.mark.parametrize(
    ("value", "target", "at_least", "verdict"),
    [(30.0, 30.0, False, "met"), (30.1, 30.0, False, "missed"), (0.4, 0.4, True, "met"), (0.39, 0.4, True, "missed")],
)
def test_a_figure_says_whether_its_target_is_met(value: float, target: float, at_least: bool, verdict: str):
    assert Figure("x", value, "ms", target, at_least).cells()[3] == verdict


def test_a_figure_without_a_target_misses_none():
    shown = Figure("x", 1e9, "ms")
    assert (shown.is_met, shown.cells()[2:4]) == (True, ("", ""))


def test_a_figure_that_is_infinite_misses_its_target():
    assert "missed" in table([Figure("p99", np.inf, "ms", 30.0)])


def test_growth_is_that_of_the_line_and_not_of_two_moments():
    seconds = [float(second) for second in range(10)]
    assert growth(seconds, [100.0] * 9 + [130.0]) < 0.2
    assert growth(seconds, [100.0 + second for second in range(10)]) == pytest.approx(0.09)
    assert growth([1.0], [5.0]) == 0.0


def test_what_comes_and_goes_does_not_rise():
    assert floor_rise([10, 50, 12, 40, 45, 10]) == 0
    assert floor_rise([10, 50, 12, 40, 13, 14]) == 3
    assert floor_rise([7]) == 0


def test_a_publication_took_until_the_last_reply_of_another_release():
    said = [(0.5, "a"), (1.2, "a"), (1.4, "b"), (1.6, "a"), (1.9, "b"), (2.5, "b"), (3.5, "a")]
    assert waits([(1.0, "b"), (2.0, "a"), (3.0, "a")], said) == pytest.approx([0.6, 0.0])  # the second one was never seen to serve


def reply(release: str, text: str | None) -> bytes:
    return json.dumps({"release": release, "answer": text and {"answer_text": text}, "feedback_token": "t"}).encode()


def test_a_reply_whose_answer_is_another_releases_is_mixed():
    replies = Replies({"a": "첫째", "b": "둘째"})
    for status, body in [(200, reply("a", "답. 첫째")), (200, reply("b", "답. 첫째")), (200, reply("c", "답. 첫째")), (200, reply("a", None)), (503, b"")]:
        replies.hear(0, status, body)
    assert (replies.judged, replies.mixed) == (3, 2)


def test_an_attack_is_of_the_longest_texts_that_are_read():
    assert {len(text) for text in attack.texts()} == {300 - attack.ENDS}
    assert len(set(attack.texts())) == len(attack.PATTERNS)


class Marks:
    marks = {"a": "첫째"}  # noqa: RUF012  # a stand-in for a site
    queries = ("환불",)


def looks(megabytes: Callable[[int], float], descriptors: Callable[[int], int] = lambda _: 20, threads: Callable[[int], int] = lambda _: 9) -> list[Look]:
    return [Look(10.0 * n, megabytes(n), descriptors(n), threads(n)) for n in range(1, 41)]


@pytest.mark.parametrize(
    ("seen", "missed"),
    [
        (looks(lambda _: 500), set()),
        (looks(lambda n: 300 + 20 * min(n, 10)), set()),  # it warms up
        (looks(lambda n: 500 + n), {"growth of memory"}),
        (looks(lambda _: 500, descriptors=lambda n: 20 + n % 3), set()),
        (looks(lambda _: 500, descriptors=lambda n: 20 + n // 5), {"descriptors that are never closed"}),
        (looks(lambda _: 500, threads=lambda n: 9 + n // 5), {"threads that never end"}),
    ],
    ids=["flat", "warms up", "memory", "connections come and go", "descriptors", "threads"],
)
def test_a_soak_fails_where_something_grows(seen: list[Look], missed: set[str]):
    result = Heard(np.array([1.0]), Counter({200: 1}), 1.0, 0, 0.0, 0.0)
    figures = judged(Soaked(Visitors(Marks()), seen, heard=result))  # type: ignore[arg-type]
    assert {figure.name for figure in figures if not figure.is_met} == missed


@pytest.mark.parametrize(
    ("statuses", "kills", "stored", "missed"),
    [
        ({200: 9, 201: 2}, [], ["a", "b"], set()),
        ({200: 9, LOST: 3}, [1, 0], [], set()),
        ({200: 9, LOST: 4}, [1, 0], [], {"lost by 2 kills"}),
        ({200: 9, LOST: 1}, [], [], {"lost by 0 kills"}),
        ({200: 9, 503: 1}, [4], [], {"failed"}),
        ({200: 9, 404: 1}, [4], [], set()),
        ({200: 9, 404: 1}, [], [], {"failed"}),
        ({201: 2}, [], ["a"], {"inquiries acknowledged and not stored"}),
        ({201: 2}, [], ["a", "b", "b"], {"inquiries stored twice"}),
    ],
    ids=[
        "all is well",
        "under way",
        "more than were under way",
        "without a kill",
        "refused",
        "a vote on what was killed",
        "a vote that finds nothing",
        "not stored",
        "stored twice",
    ],
)
def test_a_soak_fails_where_something_is_lost(statuses: dict[int, int], kills: list[int], stored: list[str], missed: set[str]):
    heard = Heard(np.array([1.0]), Counter(statuses), 1.0, 0, 0.0, 0.0)
    figures = judged(Soaked(Visitors(Marks()), looks(lambda _: 500), kills, stored, heard))  # type: ignore[arg-type]
    assert {figure.name for figure in figures if not figure.is_met} == missed


def test_a_visitor_votes_on_a_reply_and_writes_an_inquiry_about_it():
    visitors = Visitors(Marks())  # type: ignore[arg-type]
    visitors.hear(0, 200, reply("a", "답. 첫째"))
    said = [visitors.say(number) for number in range(3)]
    assert [line.split()[1] for line in said] == [b"/v1/feedback", b"/v1/inquiries", b"/v1/ask"]
    assert (visitors.votes, visitors.inquiries, visitors.mixed) == (1, 1, 0)
