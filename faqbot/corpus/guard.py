"""Cells that a spreadsheet would run: written with a sign before them, read without it.

A table that is opened in Excel must not compute what a visitor once typed. The sign is ’ (a closing quotation mark), as no real text begins with it
and a formula sign behind it, and as CP949 has it: a plain apostrophe begins such a text in "'+' 버튼은 어디에 있나요?".
"""

import re

#: Stands before a cell that begins as a formula does.
GUARD = "’"
#: What begins a formula, behind spaces and what cannot be seen: programs drop that before they look.
_BEGINNING = r"[\s\0-\x1f\x7f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]*[=+\-@＝＋－＠\t\r\n\0]"
_FORMULA = re.compile(f"{GUARD}*{_BEGINNING}")
_GUARDED = re.compile(f"{GUARD}+{_BEGINNING}")


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; every other cell as it is.

    >>> guarded("=1+1"), guarded("- 첫째"), guarded("이틀 걸립니다.")
    ('’=1+1', '’- 첫째', '이틀 걸립니다.')
    """
    return GUARD + cell if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """The cell that `guarded` was given.

    >>> unguarded("’=1+1"), unguarded("’’=1+1"), unguarded("’24년 요금")
    ('=1+1', '’=1+1', '’24년 요금')
    """
    return cell[1:] if _GUARDED.match(cell) else cell
