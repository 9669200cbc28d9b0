"""Every system call that changes something fails once, or is the last one: what was acknowledged is there once, and the old or the new release serves.

Inquiries and publications are broken at every call; what is longer at some of them, and at every one by `make faults`.
"""

import os
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults import harness
from tests.faults.cases import CASES, Stock
from tests.faults.harness import Stage, faults

pytestmark = pytest.mark.slow

#: Act → every which call is broken.
ERRORS = {"submit": 1, "publish_only": 1, "go_back": 1, "log_in_log": 5, "write": 7, "back_up": 37, "put_back": 19}
KILLS = {"submit": 5, "publish_only": 2, "go_back": 2, "write": 11, "back_up": 53, "put_back": 11}


@pytest.fixture(scope="module")
def staged(bare_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, Stock, Path]]:
    """The stage, what runs begin from, and a folder."""
    if reason := harness.missing():
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("faults")
    with Stage(folder) as stage:
        yield stage, Stock.make(folder / "stock", bare_site), folder


@pytest.fixture
def broken(staged: tuple[Stage, Stock, Path]) -> Callable[[str, bool, int], list[int]]:
    """Breaks an act at every so-manieth call, from a random one on, and gives the statuses back; what must hold after each is checked here."""
    stage, stock, folder = staged

    def run(name: str, kill: bool, every: int) -> list[int]:
        case, statuses = CASES[name](stock), []
        whole = stage.calls(name, *case.prepare(stock.copy(folder / "run")))
        for fault in faults(whole, kill=kill)[random.randrange(every) :: every]:  # noqa: S311
            root = stock.copy(folder / "run")
            status = stage.run(name, *case.prepare(root), fault=fault)
            try:
                case.check(root, status)
            except Exception as error:
                raise AssertionError(f"{name}, {fault}, status {status}: {error!r}") from error
            statuses.append(status)
        return statuses

    return run


@pytest.mark.parametrize("name", ERRORS)
def test_a_system_call_that_fails_loses_and_doubles_nothing(broken: Callable[[str, bool, int], list[int]], name: str) -> None:
    statuses = broken(name, False, ERRORS[name])
    assert set(statuses) <= {0, 1}
    assert 1 in statuses


@pytest.mark.parametrize("name", KILLS)
def test_a_kill_at_a_system_call_loses_and_doubles_nothing(broken: Callable[[str, bool, int], list[int]], name: str) -> None:
    assert set(broken(name, True, KILLS[name])) == {128 + 9}


@pytest.mark.parametrize("name", ["publish_only", "go_back", "write", "put_back"])
def test_a_file_is_on_the_disk_before_it_gets_its_name_and_the_name_after_it(staged: tuple[Stage, Stock, Path], name: str) -> None:
    """What survives a loss of power: nothing is ever named that is not whole, and what was reported is named."""
    stage, stock, folder = staged
    calls = stage.calls(name, *CASES[name](stock).prepare(stock.copy(folder / "run")))
    synced = [(n, match[1]) for n, call in enumerate(calls) if (match := re.match(r"f(?:data)?sync\(\d+<([^>]+)>", call))]
    renames = [(n, match[1], match[2]) for n, call in enumerate(calls) if (match := re.match(r'rename\("([^"]+)", "([^"]+)"', call))]
    assert renames
    for n, old, new in renames:
        if not old.endswith(
            ("/.restoring/before", "/.restoring/faqbot.db")
        ):  # copies of what is on the disk already; and one that is synced under its next name
            assert any(at < n and path.startswith(old) for at, path in synced), f"{old} was not synced before it became {new}"
        assert any(at > n and path == str(Path(new).parent) for at, path in synced), f"the folder of {new} was not synced"
