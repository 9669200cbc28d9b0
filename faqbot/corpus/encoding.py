"""Bytes → text. Strict: a file is read without loss or not at all."""

import codecs
import re
from pathlib import Path

from faqbot.corpus.problem import Problem, refusal
from faqbot.errors import CorpusError

#: Bytes of one file. The largest FAQ dump at hand (1,486 long answers) has 1.6 MB; ten times that leaves room, and the text still fits in memory many times.
MAX_BYTES = 20 * 1024 * 1024

_SAVE_AS = "엑셀에서 '다른 이름으로 저장 > CSV UTF-8(쉼표로 분리)'로 다시 저장해 주세요."
#: First bytes of XLSX (a zip) and XLS: workbooks that were only renamed to .csv.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
#: Bytes looked at for UTF-16 without a mark: a header row fits many times.
_HEAD = 4096
#: A header row as UTF-16 shows it. Read in the wrong byte order, or from UTF-8 or CP949 bytes, its line break is another character.
_HEADER_ROW = re.compile(r"[\t -~가-힣]+[\r\n]")


def read_text(path: Path | str) -> tuple[str, str]:
    """Text of a file, and the name of its encoding as in `decode`.

    Raises:
        CorpusError: the file cannot be opened, or `decode` refuses it.
    """
    return decode(read_bytes(path), source=str(path))


def read_bytes(path: Path | str) -> bytes:
    """A file, or its first MAX_BYTES + 1 bytes: whoever reads them sees that it is too large.

    Raises:
        CorpusError: the file cannot be opened.
    """
    try:
        with Path(path).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise CorpusError(f"{path}: 파일이 없습니다. 경로를 확인해 주세요.") from error
    except OSError as error:
        raise CorpusError(f"{path}: 파일을 열 수 없습니다({error.strerror}). 파일인지, 읽을 권한이 있는지 확인해 주세요.") from error


def decode(data: bytes, *, source: str) -> tuple[str, str]:
    """Text without its byte order mark, and its encoding as people know it: UTF-8, UTF-8(BOM), CP949 or UTF-16.

    UTF-8 is tried before CP949: Korean text in one of them is not valid in the other. No bytes give no text.

    Raises:
        CorpusError: larger than MAX_BYTES, an Excel workbook, or bytes that fit no encoding; then with the byte it failed at.

    >>> decode("질문,답변".encode("cp949"), source="faq.csv")
    ('질문,답변', 'CP949')
    """
    if len(data) > MAX_BYTES:
        raise CorpusError(f"{source}: 파일이 {MAX_BYTES // 1024 // 1024} MB보다 큽니다. 파일을 나누어 주세요.")
    if data.startswith(_WORKBOOKS):
        raise CorpusError(f"{source}: CSV가 아니라 엑셀 통합 문서입니다. {_SAVE_AS}")
    failures = []
    for codec, name in _codecs(data):
        try:
            return data.decode(codec).removeprefix("\ufeff"), name
        except UnicodeDecodeError as error:
            failures.append((name, error))
    raise _undecodable(data, failures, source)


def _codecs(data: bytes) -> tuple[tuple[str, str], ...]:
    """(codec, name) pairs to try in order; a single one where the bytes leave no doubt."""
    if data.startswith(codecs.BOM_UTF8):
        return (("utf-8", "UTF-8(BOM)"),)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return (("utf-16", "UTF-16"),)
    head = data[:_HEAD]
    if b"\0" in head:
        for codec in ("utf-16-le", "utf-16-be"):
            if _HEADER_ROW.match(head.decode(codec, errors="replace")):
                return ((codec, "UTF-16"),)
    return (("utf-8", "UTF-8"), ("cp949", "CP949"))


def _undecodable(data: bytes, failures: list[tuple[str, UnicodeDecodeError]], source: str) -> CorpusError:
    """The refusal, at the line that the most successful codec reached."""
    furthest = max((error for _, error in failures), key=lambda error: error.start)
    line = data[: furthest.start].decode(furthest.encoding, errors="ignore").count("\n") + 1
    places = ", ".join(f"{name} {error.start + 1:,}번째 바이트" for name, error in failures)
    return refusal(source, [Problem(line, "", f"글자를 읽을 수 없습니다({places}에서 실패).", _SAVE_AS)])
