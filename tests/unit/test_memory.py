import subprocess
import sys
from pathlib import Path

import pytest

from faqbot.errors import FaqbotError
from faqbot.korean.memory import NEEDED, require_room


@pytest.mark.parametrize("told", ["max\n", str(NEEDED), "9223372036854771712", ""])
def test_a_group_that_leaves_room_or_tells_nothing_is_no_reason_to_refuse(tmp_path: Path, told: str) -> None:
    (tmp_path / "memory.max").write_text(told)
    require_room((tmp_path / "memory.max", tmp_path / "not there"))


def test_a_container_that_is_too_small_is_told_what_is_needed(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("268435456\n")
    with pytest.raises(FaqbotError, match="메모리가 모자랍니다: 형태소 분석기에 600 MB가 필요한데 268 MB까지만 쓸 수 있습니다"):
        require_room((tmp_path / "memory.max",))


def test_a_process_with_too_little_memory_says_so_instead_of_being_aborted() -> None:
    script = (
        "import resource\nfrom faqbot.korean.analyzer import KiwiAnalyzer\nresource.setrlimit(resource.RLIMIT_AS, (400_000_000, -1))\nKiwiAnalyzer().warm()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "FaqbotError: 메모리가 모자랍니다" in done.stderr
