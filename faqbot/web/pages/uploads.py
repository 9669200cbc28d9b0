"""Files that a visitor picks for an inquiry: what their bytes are, what they are called, and whether they may come along."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, NamedTuple

from flask import Request
from werkzeug.formparser import FormDataParser

from faqbot import messages
from faqbot.settings import Settings
from faqbot.store import AttachedFile, Store

#: Bytes of a form with files. Far more than is kept: a film that was picked by mistake is named beside the field, and no word beside it is lost.
MAX_UPLOAD = 256 * 1024 * 1024
#: The one endpoint that takes them, and how a form with files is sent.
ENDPOINT, MEDIA_TYPE = "review_inquiry", "multipart/form-data"
#: Name of the field that files are picked in; that of those picked before is `file`.
FIELD = "files"
#: Characters of a name.
MAX_NAME = 100
#: Files that wait for one inquiry beyond those it may carry, so that the visitor chooses among all that were picked.
_BEYOND = 3

_BEGINNINGS = (("image/png", b"\x89PNG\r\n\x1a\n"), ("image/jpeg", b"\xff\xd8\xff"), ("application/pdf", b"%PDF-"))
#: What a name must end in to be opened as what it is; the first one is added where none fits.
_ENDINGS = {"image/png": (".png",), "image/jpeg": (".jpg", ".jpeg"), "application/pdf": (".pdf",), "text/plain": (".txt", ".log", ".csv", ".md")}
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]')


class Picked(NamedTuple):
    """A file as it came: `data` is cut off one byte above what is allowed."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Taken:
    """What became of the files of a form.

    Attributes:
        ids: under which the good ones wait, in the order they were picked.
        errors: a sentence for each of the others.
    """

    ids: tuple[int, ...] = ()
    errors: tuple[str, ...] = ()


def make_room(request: Request, settings: Settings) -> None:
    """Let a form with files be read that is large. Of each file one byte more than allowed is kept, and of files that are far too many nothing."""
    caps = iter([settings.attachment_bytes + 1] * (settings.attachments + _BEYOND))

    def parser(stream_factory: object, **options: Any) -> FormDataParser:  # noqa: ARG001  # ours takes its place
        return FormDataParser(lambda *_args, **_options: _Capped(next(caps, 0)), **options)

    request.max_content_length = MAX_UPLOAD
    request.form_data_parser_class = parser  # type: ignore[assignment]  # called as the class would be


def picked(request: Request) -> list[Picked]:
    """The files of the form; a field that was left empty is none."""
    return [Picked(each.filename, each.stream.read()) for each in request.files.getlist(FIELD) if each.filename]


def take(store: Store, key: str, files: Sequence[Picked], settings: Settings, waiting: int) -> Taken:
    """Let the good ones wait for the inquiry.

    Args:
        store: keeps them.
        key: of the inquiry.
        files: in the order they were picked.
        settings: how large they may be and how many.
        waiting: how many wait already.

    Raises:
        StoreError: one was not stored.
    """
    room = settings.attachments + _BEYOND - waiting
    good: list[AttachedFile] = []
    errors: list[str] = []
    for file in files:
        checked = check(file, settings.attachment_bytes) if len(good) < room else messages.FILE_LEFT_OUT.format(name=display_name(file.name, ""))
        if isinstance(checked, AttachedFile):
            good.append(checked)
        else:
            errors.append(checked)
    return Taken(tuple(store.add_upload(key, file) for file in good), tuple(errors))


def check(file: Picked, limit: int) -> AttachedFile | str:
    """The file as it is kept, or what is wrong with it."""
    media_type = media_type_of(file.data[:limit])
    name = display_name(file.name, media_type or "")
    if not file.data:
        return messages.FILE_EMPTY.format(name=name)
    if len(file.data) > limit:
        return messages.FILE_TOO_LARGE.format(name=name, most=size_text(limit))
    if media_type is None:
        return messages.FILE_OTHER_TYPE.format(name=name)
    return AttachedFile(name, media_type, file.data)


def media_type_of(data: bytes) -> str | None:
    """What the bytes are, whatever their name says: PNG, JPEG, PDF or text in UTF-8. None for everything else, and for nothing.

    >>> media_type_of(b"%PDF-1.7"), media_type_of("환불".encode()), media_type_of(b"PK"), media_type_of(bytes(4))
    ('application/pdf', 'text/plain', 'text/plain', None)
    """
    for media_type, beginning in _BEGINNINGS:
        if data.startswith(beginning):
            return media_type
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "text/plain" if text and not _NO_TEXT.search(text) else None


def display_name(name: str, media_type: str) -> str:
    r"""The name without folders, without what cannot be seen or turns the direction of writing, with an ending that fits; at most MAX_NAME characters.

    >>> display_name("C:\\secret\\화면.exe", "image/png"), display_name("../../etc/passwd", "text/plain"), display_name("", "")
    ('화면.exe.png', 'passwd.txt', '파일')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(" " if character.isspace() else character for character in last if character.isspace() or unicodedata.category(character)[0] != "C")
    plain = " ".join(_NOT_IN_NAMES.sub("_", seen).split()).strip(". ") or messages.FILE_NAMELESS
    endings = _ENDINGS.get(media_type, ())
    fitting = next((len(each) for each in endings if plain.lower().endswith(each)), 0)
    stem, ending = plain[: len(plain) - fitting], plain[len(plain) - fitting :] or "".join(endings[:1])
    return stem[: MAX_NAME - len(ending)] + ending


def size_text(size: int) -> str:
    """A number of bytes for people.

    >>> size_text(999), size_text(1_500), size_text(5_000_000), size_text(12_340_000)
    ('999B', '2KB', '5MB', '12.3MB')
    """
    if size < 1000:
        return f"{size}B"
    return f"{size / 1000:.0f}KB" if size < 999_500 else f"{size / 1_000_000:.1f}".removesuffix(".0") + "MB"


def too_many(files: int, settings: Settings) -> str:
    """What to say about more files than an inquiry may carry, "" where they are not."""
    return messages.FILES_TOO_MANY.format(most=settings.attachments, count=files) if files > settings.attachments else ""


class _Capped(BytesIO):
    """Takes any number of bytes and keeps the first of them."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._left = most

    def write(self, data: Any, /) -> int:
        """Keep what there is room for."""
        kept = memoryview(data)[: self._left]
        self._left -= super().write(kept)
        return len(data)
