"""`faqbot doctor`: whether a server with these settings would run well, and what to do where it would not. Nothing is changed."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from faqbot.bootstrap.doctor import machine, places, serving, sites, storing
from faqbot.bootstrap.doctor.check import Check as Check
from faqbot.bootstrap.doctor.check import State as State
from faqbot.settings import Settings

_CHECKS: tuple[Callable[[Settings], Iterable[Check]], ...] = (
    places.folders, places.key, serving.release, sites.sites, storing.database, storing.limits, places.disk, machine.clock, serving.hours, serving.ports, serving.exposure,
    machine.workers, machine.memory, machine.files, storing.upkeep, serving.fonts,
)  # fmt: skip


def examine(settings: Settings, backups: Path | None = None) -> Iterator[Check]:
    """All checks, in order. Each one stands alone: what cannot be looked at is told, and the others go on.

    Args:
        settings: of the site.
        backups: folder that backups are written to; None for none.
    """
    for check in _CHECKS:
        try:
            yield from check(settings)
        except OSError as error:
            yield Check(check.__name__, State.FAIL, f"살펴보지 못했습니다: {error.strerror}", "폴더와 권한을 확인하세요.")
    yield places.backups(settings, backups)
