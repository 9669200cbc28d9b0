import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from faqbot.errors import FaqbotError
from faqbot.korean.memory import NEEDED, _address_space, require_room


@pytest.mark.parametrize("told", ["max\n", str(NEEDED), "9223372036854771712", ""])
def test_a_group_that_leaves_room_or_tells_nothing_is_no_reason_to_refuse(tmp_path: Path, told: str) -> None:
    (tmp_path / "memory.max").write_text(told)
    require_room((tmp_path / "memory.max", tmp_path / "not there"))


def test_a_container_that_is_too_small_is_told_what_is_needed(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("268435456\n")
    with pytest.raises(FaqbotError) as refusal:
        require_room((tmp_path / "memory.max",))
    assert str(refusal.value) == (
        "메모리가 모자랍니다: 형태소 분석기에 600 MB가 필요한데 268 MB까지만 쓸 수 있습니다. "
        "ulimit -v, 컨테이너의 메모리 한도(mem_limit)나 systemd의 MemoryMax를 늘리세요."
    )


@pytest.mark.parametrize("told", [str(NEEDED - 1), "-1"])
def test_a_byte_too_few_is_too_few(tmp_path: Path, told: str) -> None:
    (tmp_path / "memory.max").write_text(told)
    with pytest.raises(FaqbotError, match=rf"{max(0, int(told)) // 1_000_000} MB까지만"):
        require_room((tmp_path / "memory.max",))


@pytest.fixture
def limited() -> Iterator[int]:
    """A limit of this process's addresses that is far from reached, taken back afterwards."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_AS)
    limit = (1 << 44) if before[1] == resource.RLIM_INFINITY else before[1]
    resource.setrlimit(resource.RLIMIT_AS, (limit, before[1]))
    yield limit
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc that tells what a process uses")
def test_what_a_limit_of_addresses_leaves_is_what_is_not_in_use(limited: int) -> None:
    pages = [line.split() for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines() if line.startswith("VmSize")]
    used = int(pages[0][1]) * 1024
    assert _address_space() == pytest.approx(limited - used, abs=used // 4)


def test_a_process_with_too_little_memory_says_so_instead_of_being_aborted() -> None:
    script = (
        "import resource\nfrom faqbot.korean.analyzer import KiwiAnalyzer\nresource.setrlimit(resource.RLIMIT_AS, (400_000_000, -1))\nKiwiAnalyzer().warm()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "FaqbotError: 메모리가 모자랍니다" in done.stderr
