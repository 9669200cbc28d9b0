"""The machine: its clock, processors, memory and limits."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from faqbot.bootstrap.doctor.check import Check, State
from faqbot.bootstrap.parts import local_time, site_folder
from faqbot.errors import ReleaseError
from faqbot.retrieval.release import CURRENT, MANIFEST, current_id
from faqbot.settings import Settings, variable

#: Bytes that Kiwi and a release take, and what each worker adds.
_BASE, _WORKER = 600_000_000, 20_000_000
#: Open files of a worker with all its connections.
_FILES = 1024
#: Seconds that the clock may be behind what was written before: another machine may have written it.
_TOLERATED = 60.0
_MEMINFO, _CGROUP = Path("/proc/meminfo"), Path("/sys/fs/cgroup/memory.max")


def clock(settings: Settings) -> Iterator[Check]:
    """Whether it is later than when the program and the release were made, and what time it is for visitors."""
    now = time.time()
    latest, what = max(_made(settings))
    if now < latest - _TOLERATED:
        then = datetime.fromtimestamp(latest, UTC)
        step = "시각 동기화(NTP)를 켜세요. 시계가 어긋나면 문의의 시각, 보관 기간, 공지와 FAQ의 날짜가 모두 틀립니다."
        yield Check(
            "clock",
            State.FAIL,
            f"컴퓨터의 시계가 {what}보다 앞섭니다 (시계 {datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M}, 그것 {then:%Y-%m-%d %H:%M} UTC)",
            step,
        )
    else:
        yield Check("clock", State.OK, f"지금은 {local_time(settings, datetime.now(UTC)):%Y-%m-%d %H:%M} ({settings.timezone}) 입니다")


def workers(settings: Settings) -> Iterator[Check]:
    """Whether there are about as many workers as processors."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if settings.workers > 2 * cores:
        step = f"{variable('workers')} 을(를) {cores} 쯤으로 줄이세요."
        yield Check("workers", State.WARN, f"프로세스 {settings.workers}개가 코어 {cores}개를 나눠 씁니다. 더 빨라지지 않습니다", step)
    elif settings.workers < 2:
        step = f"{variable('workers')} 을(를) 2 이상으로 하세요. 메모리는 거의 늘지 않습니다."
        yield Check("workers", State.WARN, "답하는 프로세스가 하나라, 그것이 끝나면 다시 켜질 때까지 답하지 못합니다", step)
    else:
        yield Check("workers", State.OK, f"프로세스 {settings.workers}개, 코어 {cores}개")


def memory(settings: Settings) -> Iterator[Check]:
    """Whether the model fits; nothing where the system does not tell."""
    needed = _BASE + _WORKER * settings.workers
    limits = [(bytes_, what) for what, bytes_ in (("쓸 수 있는 메모리", _available()), ("이 컨테이너의 한도", _container())) if bytes_ is not None]
    if not limits:
        return
    least, what = min(limits)
    if least < needed:
        step = "다른 프로그램을 멈추거나 메모리를 늘리세요. faqbot이 이미 켜져 있다면 그만큼은 빼고 보세요."
        yield Check("memory", State.WARN, f"{what}가 {least / 1e6:,.0f} MB 입니다. 서버에는 {needed / 1e6:,.0f} MB 쯤이 필요합니다", step)
    else:
        yield Check("memory", State.OK, f"{what}가 {least / 1e6:,.0f} MB 입니다. 서버에는 {needed / 1e6:,.0f} MB 쯤이 필요합니다")


def files(_: Settings) -> Iterator[Check]:
    """Whether a process may open as many files as it has connections; nothing where the system has no such limit."""
    try:
        import resource  # noqa: PLC0415  # not on Windows
    except ImportError:
        return
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if 0 <= allowed < _FILES:
        step = f"ulimit -n {_FILES} 을 하거나 systemd의 LimitNOFILE 을 늘리세요."
        yield Check("files", State.WARN, f"한 프로세스가 파일과 연결을 {allowed}개까지만 열 수 있습니다", step)


def _made(settings: Settings) -> Iterator[tuple[float, str]]:
    """Moments that lie in the past, with what was made then."""
    yield Path(__file__).stat().st_mtime, "이 프로그램이 설치된 때"
    site = site_folder(settings)
    with suppress(ReleaseError, OSError, ValueError, LookupError, TypeError):
        yield (site / CURRENT).stat().st_mtime, "릴리스가 공개된 때"
        manifest = json.loads((site / current_id(site) / MANIFEST).read_bytes())
        yield datetime.fromisoformat(manifest["created"]).timestamp(), "릴리스가 학습된 때"
    with suppress(OSError):
        yield (settings.var / "faqbot.db").stat().st_mtime, "데이터베이스에 마지막으로 쓴 때"


def _available() -> int | None:
    with suppress(OSError, ValueError, IndexError):
        for line in _MEMINFO.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return None


def _container() -> int | None:
    with suppress(OSError, ValueError):
        return int(_CGROUP.read_text())
    return None
