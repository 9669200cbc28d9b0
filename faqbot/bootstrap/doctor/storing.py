"""What is kept: the database, the counter of limits, and the work that deletes what was kept long enough."""

import time
from collections.abc import Iterator

from faqbot.bootstrap.doctor.check import Check, State
from faqbot.bootstrap.parts import database_address
from faqbot.errors import FaqbotError, StoreError
from faqbot.settings import Settings, install_command, variable

#: Seconds between the clocks of two machines from which receipts and limits go wrong.
_APART = 5.0
_LATE = 2 * 86_400
#: Seconds that Redis may take.
_PATIENCE = 2.0


def database(settings: Settings) -> Iterator[Check]:
    """Whether it can be reached, read, written and opened with the key, and has the tables of this version."""
    from faqbot.store.health import examine, sqlite_file  # noqa: PLC0415  # asking needs no database

    address = database_address(settings)
    file = sqlite_file(address)
    if file is not None and not file.exists():
        yield Check("database", State.OK, f"{file}: 아직 없습니다. 서버를 처음 켤 때 만듭니다")
        return
    try:
        found = examine(address, settings.site, _secret(settings))
    except StoreError as error:
        yield Check("database", State.FAIL, str(error))
        return
    where = str(file or "PostgreSQL")
    if found.damage:
        yield Check("database", State.FAIL, f"{where}: 파일이 손상되었습니다 ({found.damage})", "서버를 멈추고 파일을 다른 곳에 옮겨 둔 뒤 백업을 되돌리세요.")
    elif found.is_read_only:
        yield Check("database", State.FAIL, f"{where}: 읽기만 할 수 있습니다", "주 서버의 주소인지, 사용자에게 쓰기 권한이 있는지 확인하세요.")
    elif found.version != found.newest:
        yield Check(
            "database", State.WARN, f"{where}: 표가 이 버전의 것이 아닙니다 ({found.version} → {found.newest})", "백업한 뒤 서버를 켜면 저절로 올립니다."
        )
    elif file and not found.is_wal:
        yield Check(
            "database",
            State.WARN,
            f"{where}: WAL 방식이 아니라 읽기와 쓰기가 서로 기다립니다",
            "서버를 다시 켜면 저절로 바꿉니다. 네트워크 폴더라면 이 컴퓨터의 디스크로 옮기세요.",
        )
    else:
        yield Check("database", State.OK, f"{where}: 읽고 쓸 수 있습니다")
    if abs(found.clock) > _APART:
        yield Check("database_clock", State.WARN, f"{where}: 데이터베이스의 시계가 {found.clock:+.0f}초 다릅니다", "두 컴퓨터의 시각 동기화(NTP)를 켜세요.")


def limits(settings: Settings) -> Iterator[Check]:
    """Whether all processes count one client together."""
    storage = settings.rate_limit_storage.get_secret_value()
    if storage.startswith("memory:"):
        if settings.workers > 1:
            step = f"정확히 세려면 {variable('rate_limit_storage')}=redis://호스트:6379 로 함께 세세요."
            yield Check("limits", State.WARN, f"횟수를 프로세스 {settings.workers}개가 따로 셉니다. 한 사람이 정한 것보다 그만큼 더 할 수 있습니다", step)
        return
    try:
        from redis import Redis, RedisError  # noqa: PLC0415  # an extra
    except ImportError:
        yield Check("limits", State.FAIL, "Redis에 연결할 redis 패키지가 없습니다", f"{install_command('redis')} 를 실행하세요.")
        return
    try:
        with Redis.from_url(storage, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE) as redis:
            redis.ping()
    except (RedisError, ValueError) as error:  # without its words: an address may hold a password
        step = "Redis가 켜져 있고 주소와 비밀번호가 맞는지 확인하세요. 그동안 질문의 횟수는 프로세스마다 따로 셉니다."
        yield Check("limits", State.FAIL, f"{variable('rate_limit_storage')}: Redis에 연결하지 못했습니다 ({type(error).__name__})", step)
        return
    yield Check("limits", State.OK, "Redis에서 횟수를 함께 셉니다")


def upkeep(settings: Settings) -> Iterator[Check]:
    """Whether what was kept long enough was deleted lately."""
    done = settings.var / "maintained"
    if not done.exists():
        return
    late = time.time() - done.stat().st_mtime
    if late > _LATE:
        step = "서버가 켜져 있는지 보고, 아니면 faqbot maintain 을 하세요."
        yield Check("upkeep", State.WARN, f"보관 기간이 지난 것을 {late / 86_400:.0f}일째 지우지 않았습니다", step)
    else:
        yield Check("upkeep", State.OK, "보관 기간이 지난 것을 지우고 있습니다")


def _secret(settings: Settings) -> bytes | None:
    """The key as far as it is there; `places.key` says what is wrong with it."""
    from faqbot.store.keyfile import read_or_make_key  # noqa: PLC0415

    if given := settings.secret_key.get_secret_value():
        return given.encode()
    try:
        return read_or_make_key(settings.var / "secret.key", may_make=False)
    except FaqbotError:
        return None
