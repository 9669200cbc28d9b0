"""Telling somebody that an inquiry was received or answered: after it is stored, behind the visitor's back, and without ever failing what it tells of."""

import json
import logging
import os
import shlex
import signal
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from faqbot.errors import FaqbotError
from faqbot.settings import PREFIX, Settings
from faqbot.store import Inquiry, InquiryState, Receipt, Store

#: Seconds that a command may take.
LIMIT = 10.0
#: Commands that run at the same moment in one process; further ones wait for their turn.
_AT_ONCE = threading.BoundedSemaphore(4)
_log = logging.getLogger(__name__)


class Happened(StrEnum):
    """What is told."""

    RECEIVED = "inquiry.received"
    ANSWERED = "inquiry.answered"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an inquiry, with what a message to its writer needs and nothing else.

    Attributes:
        event: what.
        number: of the receipt.
        state: of the inquiry now.
        time: when, in ISO 8601 with a zone.
        email: where its writer can be reached; faqbot itself sends nothing there.
        status_url: where its writer sees it; None where `public_url` is not set, for no other address can be trusted to be ours.
    """

    event: Happened
    number: str
    state: InquiryState
    time: str
    email: str
    status_url: str | None


class Notifier(Protocol):
    """Whoever is told. Never raises; what takes long it does in the thread that it returns."""

    def tell(self, event: Event) -> threading.Thread | None:
        """Tell it. The thread that still does so, None where that is done."""


@dataclass(frozen=True, slots=True)
class LogNotifier:
    """Writes it into the log, without the address."""

    def tell(self, event: Event) -> None:
        """Tell it."""
        _log.info("%s %s", event.event, event.number)


@dataclass(frozen=True, slots=True)
class CommandNotifier:
    """Runs a program that gets the event as one JSON object on its standard input. A failure is logged, and is not tried again.

    Attributes:
        command: program and arguments; no shell reads them.
        limit: seconds after which the program and all that it started are killed.
    """

    command: tuple[str, ...]
    limit: float = LIMIT

    def tell(self, event: Event) -> threading.Thread | None:
        """Run it."""
        thread = threading.Thread(target=self._run, args=(event,), name="notify", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no more threads, or the process is ending
            _log.exception("%s %s: not told", event.event, event.number)
            return None
        return thread

    def _run(self, event: Event) -> None:
        with _AT_ONCE:
            try:
                failure = _failure(self.command, json.dumps(asdict(event), ensure_ascii=False).encode(), self.limit)
            except Exception as error:  # noqa: BLE001  # a thread has nobody to tell but the log
                failure = type(error).__name__
        if failure:
            _log.error("%s %s: the notify command failed: %s", event.event, event.number, failure)


def notifier(settings: Settings) -> Notifier:
    """The one that the settings name."""
    command = shlex.split(settings.notify_command)
    return CommandNotifier(tuple(command)) if command else LogNotifier()


def received(settings: Settings, receipt: Receipt, email: str) -> None:
    """Tell that an inquiry was received; not where the same was submitted before."""
    if not receipt.repeated:
        event = Event(Happened.RECEIVED, receipt.number, InquiryState.RECEIVED, receipt.received_at.isoformat(), email, _status_url(settings, receipt))
        notifier(settings).tell(event)


def answered(settings: Settings, store: Store, number: str) -> threading.Thread | None:
    """Tell that an inquiry was answered. The thread that still does so; a program that is about to end waits for it, at most LIMIT seconds."""
    try:
        inquiry, receipt = store.inquiry(number), store.receipt(number)
    except FaqbotError:
        _log.exception("%s %s: not told", Happened.ANSWERED, number)
        return None
    if inquiry is None or receipt is None or inquiry.erased_at:
        return None
    email, url = inquiry.content.contact, _status_url(settings, receipt)
    return notifier(settings).tell(Event(Happened.ANSWERED, inquiry.number, inquiry.state, _last(inquiry).isoformat(), email, url))


def _last(inquiry: Inquiry) -> datetime:
    return inquiry.messages[-1].written_at if inquiry.messages else inquiry.changed_at


def _status_url(settings: Settings, receipt: Receipt) -> str | None:
    return f"{str(settings.public_url).rstrip('/')}/inquiry/{receipt.token}" if settings.public_url else None


def _failure(command: tuple[str, ...], given: bytes, limit: float) -> str:
    """Run a command and give it its input. What went wrong, "" for nothing; nothing that it printed, for that may hold the address."""
    try:
        process = subprocess.Popen(  # noqa: S603  # the operator's own program, without a shell
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_without_ours(os.environ), start_new_session=True
        )
    except (OSError, ValueError) as error:
        return f"it cannot be started: {error}"
    with process:
        try:
            process.communicate(given, timeout=limit)
        except subprocess.TimeoutExpired:
            _kill(process)
            return f"it took more than {limit:g} seconds"
    return f"it ended with {process.returncode}" if process.returncode else ""


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The program and all that it started; where there are no groups of processes, the program."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _without_ours(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without our settings: secrets are among them, and where our processes count together."""
    return {name: value for name, value in environment.items() if not name.startswith((PREFIX, "PROMETHEUS_"))}
