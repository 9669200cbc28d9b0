"""What the process's memory is spared while a release is loaded, and once another one is gone."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for garbage: where a release is loaded there is none, and each search would look at all of it again. That takes as long as the loading."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def give_back() -> None:
    """Give memory that is free to the system. GNU's library keeps it otherwise, and a process would stay as large as two releases; others are left alone."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
