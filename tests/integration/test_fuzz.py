"""A bounded run of the fuzzer on every promise; `make fuzz` goes on for as long as one likes."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.fuzz.seeds import NAMES

RUNS = 4_000


@pytest.mark.slow
@pytest.mark.skipif(find_spec("atheris") is None and not os.environ.get("CI"), reason="Atheris 는 x86-64 리눅스에만 있습니다")
@pytest.mark.parametrize("name", NAMES)
def test_no_bytes_break_a_promise(name: str, tmp_path: Path) -> None:
    options = [f"-runs={RUNS}", "-max_len=600", "-seed=2026", "-timeout=20", f"-artifact_prefix={tmp_path}/"]
    done = subprocess.run([sys.executable, "-m", "tests.fuzz", name, tmp_path / "corpus", *options], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "DONE" in done.stderr
