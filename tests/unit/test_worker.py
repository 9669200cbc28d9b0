"""A worker's parts that need no server."""

from pathlib import Path

from faqbot.web.worker import _Finished


def test_a_thread_that_is_done_after_its_worker_writes_into_no_file_that_was_opened_since(tmp_path: Path) -> None:
    finished, files = _Finished(), [tmp_path / str(number) for number in range(4)]
    finished.init()
    finished.close()
    opened = [path.open("wb") for path in files]
    finished.defer(lambda: None)
    for file in opened:
        file.close()
    assert [path.read_bytes() for path in files] == [b""] * 4
