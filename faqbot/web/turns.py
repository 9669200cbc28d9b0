"""Threads that work for many clients by turns: whoever sends a hundred requests at once waits for them, and nobody else does."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

Result = TypeVar("Result")
_Work = tuple[Callable[[], Result], "Future[Result]"]


class Turns(Generic[Result]):
    """Work of each client in the order in which it came, one piece of a client and then one of the next client.

    Args:
        threads: pieces that are worked on at a time.
    """

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads)
        self._lock = threading.Lock()
        self._waiting: dict[str, deque[_Work[Result]]] = {}

    def submit(self, client: str, work: Callable[[], Result]) -> "Future[Result]":
        """Have a piece of work done when it is the client's turn; the future has what it gives or raises.

        Raises:
            RuntimeError: after `shutdown`.
        """
        future: Future[Result] = Future()
        with self._lock:
            self._pool.submit(self._take_turn)  # as many turns as pieces; where none is given nothing waits for one
            self._waiting.setdefault(client, deque()).append((work, future))
        return future

    def shutdown(self) -> None:
        """Take no more; what waits is done all the same. Waits for nothing."""
        self._pool.shutdown(wait=False)

    def _take_turn(self) -> None:
        with self._lock:
            client = next(iter(self._waiting))
            queue = self._waiting.pop(client)
            work, future = queue.popleft()
            if queue:
                self._waiting[client] = queue  # behind everybody who waits
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001  # whoever has the future is told
            future.set_exception(error)
        else:
            future.set_result(result)
