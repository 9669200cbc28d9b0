"""Coverage of programs that a test starts."""

from pathlib import Path

from coverage import Coverage

_ROOT = Path(__file__).parents[1]


def counted() -> dict[str, str]:
    """Variables with which a Python that is started counts its lines too; none where coverage does not count the test.

    It leaves a data file beside that of the tests as it ends, and none where it is killed. It takes a third more time: what has other lines than the one before is worth it.
    """
    counting = Coverage.current()
    if counting is None:
        return {}
    return {"COVERAGE_PROCESS_START": str(_ROOT / "pyproject.toml"), "COVERAGE_FILE": str(_ROOT / counting.config.data_file)}
