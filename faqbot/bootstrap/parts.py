"""Settings in, working parts out: the published bot, the store, the secret key, the site's time."""

import ipaddress
import os
import weakref
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from faqbot.bootstrap.in_use import use
from faqbot.errors import SettingsError
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.live import LiveRelease
from faqbot.settings import Settings, variable

if TYPE_CHECKING:
    from faqbot.retrieval.link import EngineLink
    from faqbot.store import Store


def site_folder(settings: Settings) -> Path:
    """Where the releases of the site are."""
    return settings.models / settings.site


def build_live(settings: Settings, link: "EngineLink | None" = None, catch_up: Callable[[], object] | None = None) -> LiveRelease:
    """The published release, not yet loaded; with a link its candidates come from the engine. `catch_up` as LiveRelease has it."""
    if link is None:
        return LiveRelease(site_folder(settings), analyzer_of, lambda: local_today(settings), catch_up=catch_up)
    from faqbot.retrieval.engine import with_engine  # noqa: PLC0415

    return LiveRelease(site_folder(settings), analyzer_of, lambda: local_today(settings), prepare=lambda release: with_engine(release, settings.site, link))


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


def build_store(settings: Settings, *, may_be_down: bool = False) -> "Store":
    """The store of the site, with tables of the newest version.

    Args:
        settings: of the site.
        may_be_down: see `open_store`.

    Raises:
        SettingsError: there is no secret key and none may be made, or machines are to share releases and what that takes is not set.
        StoreError: it cannot be opened, or a backup is being restored into it.
    """
    from faqbot.store import open_store  # noqa: PLC0415  # asking and training need no database

    _require_what_is_shared(settings)
    held = use(settings.var)
    try:
        url, secret, zone = database_address(settings), secret_key(settings), ZoneInfo(settings.timezone)
        store = open_store(url, secret, settings.site, lambda: datetime.now(zone), shares_releases=settings.shared_releases, may_be_down=may_be_down)
    except BaseException:
        _give_back(held)
        raise
    weakref.finalize(store, _give_back, held)
    return store


def _require_what_is_shared(settings: Settings) -> None:
    """Refuse machines that would share releases and not the rest.

    Raises:
        SettingsError: names the variable.
    """
    if not settings.shared_releases:
        return
    shared, url, key = variable("shared_releases"), settings.database_url.get_secret_value(), settings.secret_key.get_secret_value()
    if not url.startswith("postgres"):
        raise SettingsError(
            f"{shared}=true 이면 {variable('database_url')} 에 PostgreSQL 주소(postgresql://…)가 있어야 합니다. SQLite 파일은 여러 대가 함께 쓸 수 없습니다."
        )
    if not key:
        raise SettingsError(
            f"{shared}=true 이면 {variable('secret_key')} 를 모든 컴퓨터에 똑같이 적어야 합니다. 컴퓨터마다 다르면 다른 컴퓨터가 받은 문의와 링크를 읽지 못합니다. "
            "openssl rand -base64 48 로 한 번 만든 값을 쓰세요."
        )


def _give_back(held: int | None) -> None:
    if held is not None:
        os.close(held)


def database_address(settings: Settings) -> str:
    """The one that is set, else that of a SQLite file in the var folder."""
    return settings.database_url.get_secret_value() or f"sqlite:///{settings.var / 'faqbot.db'}"


def secret_key(settings: Settings, *, may_make: bool | None = None) -> bytes:
    """The secret key that is set, else the one in the var folder, made there where only this machine can connect.

    Args:
        settings: of the site.
        may_make: False never makes one.

    Raises:
        SettingsError: none is set and the server listens to other machines, or the file cannot be used.
    """
    if given := settings.secret_key.get_secret_value():
        return given.encode()
    from faqbot.store.keyfile import read_or_make_key  # noqa: PLC0415

    path, loopback = settings.var / "secret.key", is_loopback(settings.host)
    may_make = loopback if may_make is None else may_make
    if not loopback and not path.exists():
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
