"""Whether Kiwi's model fits into the memory that this process may have. Where it does not, C++ would end the process without a word."""

import os
from contextlib import suppress
from pathlib import Path

from faqbot.errors import FaqbotError

#: Bytes of the model while it is loaded.
NEEDED = 600_000_000
#: What containers and systemd limit, in both generations of Linux.
_GROUPS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def require_room(groups: tuple[Path, ...] = _GROUPS) -> None:
    """Refuse to load what cannot be loaded.

    Raises:
        FaqbotError: less than NEEDED bytes may be used. Where the system sets no limit, or tells none, nothing is refused.
    """
    rooms = [room for room in (_address_space(), *map(_group, groups)) if room is not None]
    if rooms and min(rooms) < NEEDED:
        raise FaqbotError(
            f"메모리가 모자랍니다: 형태소 분석기에 {NEEDED // 1_000_000} MB가 필요한데 {max(0, min(rooms)) // 1_000_000} MB까지만 쓸 수 있습니다. "
            "ulimit -v, 컨테이너의 메모리 한도(mem_limit)나 systemd의 MemoryMax를 늘리세요."
        )


def _address_space() -> int | None:
    """What `ulimit -v` leaves."""
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415  # Windows has none

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        if limit == resource.RLIM_INFINITY:
            return None
        return int(limit - int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE"))
    return None


def _group(file: Path) -> int | None:
    with suppress(OSError, ValueError):  # none, or "max"
        return int(file.read_text(encoding="ascii"))
    return None
