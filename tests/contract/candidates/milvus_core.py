"""Milvus for the tests: its client and its C++ core in an environment of their own, and a file that is open."""

import contextlib
import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from faqbot.retrieval.address import Address, parse_address
from faqbot.retrieval.embedded import Embedded

#: Versions that belong together; the core asks for pkg_resources, which later setuptools lack.
PACKAGES = ("pymilvus==2.6.17", "milvus-lite==2.5.1", "setuptools<81")
#: Seconds to install them, mostly a download of 60 MB.
PATIENCE = 300


def environment(cache: Path) -> Path:
    """The python of an environment that has them beside everything this one has; made once.

    Raises:
        OSError, subprocess.SubprocessError: it cannot be made.
    """
    folder = cache / f"py{sys.version_info.major}{sys.version_info.minor}-{'-'.join(PACKAGES[:2]).replace('==', '')}"
    python, done = folder / "bin" / "python", folder / "installed"
    with FileLock(cache / "lock"):
        if not done.exists():
            run(sys.executable, "-m", "venv", "--clear", folder)
            (packages_of(folder) / "beside.pth").write_text(sysconfig.get_path("purelib") + "\n")
            run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *PACKAGES)
            done.touch()
    return python


def wait_until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Looks again and again."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"not within {seconds} seconds"
        time.sleep(0.02)


def packages_of(folder: Path) -> Path:
    """Where an environment's packages are."""
    return folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"


def run(*command: object) -> None:
    """To its end, quietly."""
    subprocess.run([str(part) for part in command], check=True, capture_output=True, timeout=PATIENCE)


def needed(cache: Path) -> Path:
    """The same, or the test is skipped; under CI it fails."""
    try:
        return environment(cache)
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", b"") or b"").decode(errors="replace")[-300:]
        reason = f"Milvus가 없습니다: pip install {' '.join(PACKAGES)} 를 할 수 없습니다 ({error}) {said}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@contextlib.contextmanager
def opened(python: Path, file: Path) -> Iterator[Address]:
    """A file of the core, open; the client's package can be imported meanwhile."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "path", [*sys.path, str(packages_of(python.parents[1]))])
        patched.setattr(sys, "executable", str(python))
        with contextlib.closing(Embedded(str(file))) as keeper:
            yield parse_address(keeper.uri.replace("unix:", "milvus+unix://"))
