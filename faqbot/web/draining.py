"""Whether this process is about to end: it answers what reaches it and asks for nothing more."""

import threading

_begun = threading.Event()


def begin() -> None:
    """From now on `/readyz` says no. Safe in a signal handler; there is no way back."""
    _begun.set()


def has_begun() -> bool:
    """Whether it has begun in this process."""
    return _begun.is_set()
