"""Settings in, working parts out: the published bot, the store, the secret key, the site's time."""

import ipaddress
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from faqbot.errors import SettingsError
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.live import LiveRelease
from faqbot.settings import Settings, variable

if TYPE_CHECKING:
    from faqbot.store import Store


def site_folder(settings: Settings) -> Path:
    """Where the releases of the site are."""
    return settings.models / settings.site


def build_live(settings: Settings) -> LiveRelease:
    """The published release, not yet loaded."""
    return LiveRelease(site_folder(settings), analyzer_of)


@lru_cache(maxsize=256)
def analyzer_of(user_words: tuple[tuple[str, str], ...]) -> KiwiAnalyzer:
    """The analyzer with a site's user words. All share the one Kiwi; what is kept is the fingerprint, which costs 22 sentences."""
    return KiwiAnalyzer(user_words)


def build_bot(settings: Settings) -> Bot:
    """The bot of the published release.

    Raises:
        ReleaseError: none is published, or it cannot be used.
    """
    return build_live(settings).serving.bot


def build_bot_and_analyzer(settings: Settings) -> tuple[Bot, KiwiAnalyzer]:
    """The bot of the published release, and an analyzer with the user words it reads with.

    Raises:
        ReleaseError: none is published, or it cannot be used.
    """
    serving = build_live(settings).serving
    return serving.bot, KiwiAnalyzer(serving.release.user_words)


def build_store(settings: Settings) -> "Store":
    """The store of the site, with tables of the newest version.

    Raises:
        SettingsError: there is no secret key and none may be made.
        StoreError: it cannot be opened.
    """
    from faqbot.store import open_store  # noqa: PLC0415  # asking and training need no database

    url = settings.database_url.get_secret_value() or f"sqlite:///{settings.var / 'faqbot.db'}"
    zone = ZoneInfo(settings.timezone)
    return open_store(url, secret_key(settings), settings.site, lambda: datetime.now(zone))


def secret_key(settings: Settings) -> bytes:
    """The secret key that is set, else the one in the var folder, made there where only this machine can connect.

    Raises:
        SettingsError: none is set and the server listens to other machines, or the file cannot be used.
    """
    if given := settings.secret_key.get_secret_value():
        return given.encode()
    from faqbot.store.keyfile import read_or_make_key  # noqa: PLC0415

    path, may_make = settings.var / "secret.key", is_loopback(settings.host)
    if not may_make and not path.exists():
        raise SettingsError(
            f"{variable('secret_key')}: 다른 컴퓨터에서 접속을 받으려면 비밀 키가 있어야 합니다. openssl rand -base64 48 로 만든 값을 적고, 잃어버리지 않게 따로 보관하세요."
        )
    return read_or_make_key(path, may_make=may_make)


def is_loopback(host: str) -> bool:
    """Whether only programs of this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def local_time(settings: Settings, moment: datetime) -> datetime:
    """The moment in the site's time zone."""
    return moment.astimezone(ZoneInfo(settings.timezone))


def local_today(settings: Settings) -> date:
    """Today in the site's time zone."""
    return datetime.now(ZoneInfo(settings.timezone)).date()
