"""Counts of clients in this process's memory, for Flask-Limiter.

The storage that the library brings starts a thread every hundredth of a second in which anybody asks, and that thread looks at every client that is counted:
a tenth of a server's time, and far more where many ask. Here whoever counts looks at all of them, now and then.
"""

import threading
import time
from dataclasses import dataclass

from limits.storage import Storage

SCHEME = "windows"
#: Seconds between two looks for windows that are over.
_SWEEP = 10.0


@dataclass(slots=True)
class _Window:
    ends: float
    count: int = 0


class Windows(Storage):
    """Fixed windows, each from its first count on; a window that is over is not there."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012  # as the library reads it

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        self._windows: dict[str, _Window] = {}
        self._lock = threading.Lock()
        self._swept = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        """What could go wrong in a storage elsewhere; nothing does here."""
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count in the window of a key, which lasts `expiry` seconds from its first count; how many there are."""
        now = time.time()
        with self._lock:
            if now >= self._swept + _SWEEP or now < self._swept:  # or the clock was put back
                self._swept = now
                self._windows = {key: window for key, window in self._windows.items() if window.ends > now}
            window = self._windows.get(key)
            if window is None or window.ends <= now:
                window = self._windows[key] = _Window(now + expiry)
            window.count += amount
            return window.count

    def get(self, key: str) -> int:
        """How many there are; 0 without a window."""
        window = self._open(key)
        return window.count if window else 0

    def get_expiry(self, key: str) -> float:
        """When the window ends, in seconds of the clock; now without one."""
        window = self._open(key)
        return window.ends if window else time.time()

    def check(self) -> bool:
        """Memory is always there."""
        return True

    def reset(self) -> int:
        """Forget all; how many there were."""
        with self._lock:
            count = len(self._windows)
            self._windows = {}
            return count

    def clear(self, key: str) -> None:
        """Forget a key."""
        with self._lock:
            self._windows.pop(key, None)

    def _open(self, key: str) -> _Window | None:
        window = self._windows.get(key)
        return window if window and window.ends > time.time() else None
