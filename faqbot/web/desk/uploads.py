"""Uploaded tables between preview and confirmation: one folder each, in the var folder, for some hours."""

import json
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from faqbot.errors import FaqbotError
from faqbot.web.desk.visit import DeskVisit

#: How long an upload waits for its confirmation.
KEPT = timedelta(hours=6)
#: Uploads that wait at one time; the oldest make room.
MOST = 10
#: Characters of a file's name; it is shown and never used as a path.
_MAX_NAME = 120
_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_DATA, _STATE = "data", "state.json"


@dataclass(frozen=True, slots=True)
class Upload:
    """A table that waits for its confirmation.

    Attributes:
        id: cannot be guessed.
        name: of the file, as it was sent.
        by: who sent it.
        at: when, ISO 8601.
        mapping: header → column, "" for one that is left out; only what somebody decided.
        accepted: keys of cleanings, sorted.
    """

    id: str
    name: str
    by: str
    at: str
    mapping: Mapping[str, str]
    accepted: tuple[str, ...] = ()

    @property
    def uploaded_at(self) -> datetime:
        """When, as a moment."""
        return datetime.fromisoformat(self.at)

    @property
    def choices(self) -> str:
        """What tells one state of the choices from another: a confirmation names the one that was seen."""
        return json.dumps([sorted(self.mapping.items()), self.accepted], ensure_ascii=True)


class Uploads:
    """The uploads of one site.

    Args:
        folder: where they are; made when needed, for this user alone.
        now: the moment.
    """

    def __init__(self, folder: Path, now: datetime) -> None:
        self._folder = folder
        self._now = now

    def add(self, data: bytes, name: str, by: str) -> Upload:
        """Keep a file, and forget what waited too long.

        Raises:
            FaqbotError: the disk does not take it.
        """
        shown = " ".join("".join(character if character.isprintable() else " " for character in name[-_MAX_NAME:]).split()) or "faq"
        upload = Upload(secrets.token_urlsafe(16), shown, by, self._now.isoformat(), {})
        place = self._folder / upload.id
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._forget()
            place.mkdir(mode=0o700)
            _write(place / _DATA, data)
            self._write_state(upload)
        except OSError as error:
            shutil.rmtree(place, ignore_errors=True)
            raise FaqbotError(f"올린 파일을 둘 수 없습니다({error.strerror}). 서버의 디스크를 확인하세요.") from error
        return upload

    def get(self, upload_id: str) -> tuple[Upload, bytes] | None:
        """An upload and its file; None where there is none of that id, or not any more."""
        upload = self._state(upload_id)
        try:
            return None if upload is None else (upload, (self._folder / upload_id / _DATA).read_bytes())
        except OSError:
            return None

    def waiting(self) -> tuple[Upload, ...]:
        """All that wait, the latest first."""
        try:
            ids = [place.name for place in self._folder.iterdir()]
        except OSError:
            return ()
        found = [upload for upload_id in ids if (upload := self._state(upload_id)) is not None]
        return tuple(sorted(found, key=lambda upload: upload.at, reverse=True))

    def choose(self, upload: Upload, mapping: Mapping[str, str], accepted: tuple[str, ...]) -> Upload:
        """Keep what was decided about an upload.

        Raises:
            FaqbotError: the disk does not take it.
        """
        chosen = replace(upload, mapping=dict(mapping), accepted=tuple(sorted(set(accepted))))
        try:
            self._write_state(chosen)
        except OSError as error:
            raise FaqbotError(f"고른 것을 저장하지 못했습니다({error.strerror}). 서버의 디스크를 확인하세요.") from error
        return chosen

    def drop(self, upload_id: str) -> None:
        """Forget one."""
        if _ID.fullmatch(upload_id):
            shutil.rmtree(self._folder / upload_id, ignore_errors=True)

    def _state(self, upload_id: str) -> Upload | None:
        """What is known of an upload; None where there is none of that id, or not any more."""
        if not _ID.fullmatch(upload_id):
            return None
        try:
            state = json.loads((self._folder / upload_id / _STATE).read_bytes())
            upload = Upload(upload_id, state["name"], state["by"], state["at"], state["mapping"], tuple(state["accepted"]))
            return None if self._now - upload.uploaded_at > KEPT else upload
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def _write_state(self, upload: Upload) -> None:
        state = {name: value for name, value in asdict(upload).items() if name != "id"}
        place = self._folder / upload.id
        beside = place / f"{_STATE}.{secrets.token_hex(4)}"
        _write(beside, json.dumps(state, ensure_ascii=False).encode("utf-8", "backslashreplace"))
        beside.replace(place / _STATE)

    def _forget(self) -> None:
        """Delete what is too old, and the oldest where there are too many."""
        found = []
        for place in self._folder.iterdir():
            with suppress(OSError):
                found.append((place.stat().st_mtime, place))
        found.sort(reverse=True)
        oldest = (self._now - KEPT).timestamp()
        for number, (moment, place) in enumerate(found):
            if number >= MOST - 1 or moment < oldest:
                shutil.rmtree(place, ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(data)


def uploads_of(visit: DeskVisit) -> Uploads:
    """The uploads of the site that wait."""
    return Uploads(visit.settings.var / "uploads" / visit.settings.site, visit.services.clock())
