"""Texts that are made to take long, and how the time of a function grows with them."""

import gc
import os
import time
from collections.abc import Callable, Iterator

#: Characters of the long text; the short one has a tenth. `make linear` takes ten times as many.
LONG = int(os.environ.get("LONGEST", "20000"))
#: What ten times the text may take, in times of what the text takes. `make linear` asks for 15; beside other tests the caches alone can cost more, and what is
#: not linear takes a hundred times.
MOST = float(os.environ.get("STEEPEST", "40"))
#: Seconds below which nothing is said: the clock and the garbage of others are in them.
_SHORT = 0.02
#: Measurements until one is good: other programs only ever make it longer.
_TRIES = 5

#: What is repeated. Spaces and line breaks, single characters of every class, openings that nothing closes, and the words that our patterns begin with.
PUMPS = (
    " ", "\n", " \n", "\r\n", "\t", "0", "a", "가", "ㅋ", "-", ".", "@", "[", "<", "</", "=", "’", "\0", "\x01", ",", "/", ":", "(", "~", '"', "1-", "1 ", "1,", "1.",
    "가 ", "a.", "a-", "[a](", "[a](b", "![", "[](", "http://", "www.", "a@", "골뱅이", "{", "만약 ", "다.", "9시~", "3일 ", "20", "2020.1.", "은행 1", "국민은행", "확인 ",
    "공일", "０", "ᄀ", "가", "ㄱ ", "★", "# ", "> ", "- ", "*", "**a", "_a_", "~~a", "`", "`a", "|a|\n", "&#", "&amp;", "\\[", "010-", "Q1.", "_x", "😀",
    "1)\n", "예) ", "해당", "[]", "<<", "<a ", "<b>", "<td>", "<!--", "+82", "M1", "사업자",
)  # fmt: skip
#: Stands at the end, so that what began never ends well.
_END = "\x02"


def pumped(pump: str, length: int) -> str:
    """A text of about that length."""
    return pump * (length // len(pump)) + _END


def too_steep(call: Callable[[str], object], pumps: tuple[str, ...] = PUMPS, long: int = LONG) -> Iterator[tuple[str, float]]:
    """Pumps with which ten times the text takes more than MOST times as long, and how much more it takes."""
    for pump in pumps:
        if (found := _growth(call, pumped(pump, long // 10), pumped(pump, long))) > MOST:
            yield pump, found


def _growth(call: Callable[[str], object], short: str, long: str) -> float:
    found = float("inf")
    for _ in range(_TRIES):
        took = _seconds(call, long)
        if took < _SHORT:
            return 0
        found = min(found, took / max(min(_seconds(call, short) for _ in range(3)), 1e-6))
        if found <= MOST:
            break
    return found


def _seconds(call: Callable[[str], object], text: str) -> float:
    """Of the processor. The collector would go through all objects of all tests in between."""
    gc.disable()
    try:
        start = time.process_time()
        call(text)
        return time.process_time() - start
    finally:
        gc.enable()
