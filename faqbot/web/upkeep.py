"""Work that is done now and then behind a server, in a thread of each process."""

import logging
import threading
from collections.abc import Callable

#: Seconds between two looks at whether there is something to do.
EVERY = 3600.0
_log = logging.getLogger(__name__)


def start(work: Callable[[], object], every: float = EVERY) -> threading.Thread:
    """Do the work now and again every so many seconds, until the process ends. What fails is logged and tried again next time.

    Args:
        work: keeps processes from doing it twice by itself.
        every: seconds between the end of one and the beginning of the next.
    """
    thread = threading.Thread(target=_run, args=(work, every), name="upkeep", daemon=True)
    thread.start()
    return thread


def _run(work: Callable[[], object], every: float) -> None:
    pause = threading.Event()
    while True:
        try:
            work()
        except Exception:  # noqa: BLE001  # a full disk or a broken setting must not end the thread
            _log.exception("upkeep failed")
        pause.wait(every)
