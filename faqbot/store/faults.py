"""What a database driver complains about → StoreError, in words for the operator. No SQL and no value of a row gets into a message."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError, PendingRollbackError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from faqbot.errors import StoreError

_SENTENCES = {
    "busy": "데이터베이스가 다른 작업으로 잠겨 있습니다. 잠시 뒤 다시 시도하세요. 계속되면 데이터베이스를 오래 붙잡는 프로그램이 있는지 확인하세요.",
    "full": "디스크가 가득 차 저장하지 못했습니다. 공간을 비우고 다시 시도하세요.",
    "read_only": "데이터베이스가 읽기 전용이라 저장하지 못했습니다. 파일과 폴더의 쓰기 권한, PostgreSQL이면 주 서버인지 확인하세요.",
    "unreachable": "데이터베이스에 연결하지 못했습니다. 주소와 포트가 맞는지, 서버가 켜져 있는지, 파일이면 폴더가 있는지 확인하세요.",
    "disk": "디스크에서 읽거나 쓰지 못했습니다. 디스크 상태와 남은 공간을 확인하고 다시 시도하세요.",
    "damaged": "데이터베이스 파일이 손상되었거나 SQLite 파일이 아닙니다. 서버를 멈추고 faqbot restore 백업.zip 으로 되돌리세요. 지금 파일은 옆에 남습니다.",
    "forbidden": "데이터베이스가 접근을 거절했습니다. 사용자 이름과 비밀번호, 권한을 확인하세요.",
    "refused": "데이터베이스가 요청을 거절했습니다. 로그를 확인하고, 다른 프로그램과 함께 쓰는 데이터베이스라면 faqbot만 쓰는 것으로 바꾸세요.",
}

#: Beginnings of SQLite's error names and of PostgreSQL's SQLSTATE codes. The first that fits wins.
_CODES = {
    "SQLITE_BUSY": "busy",
    "SQLITE_LOCKED": "busy",
    "55P03": "busy",  # lock_not_available
    "57014": "busy",  # query_canceled, by a time limit
    "40": "busy",  # deadlock or serialisation
    "53300": "busy",  # too_many_connections
    "SQLITE_FULL": "full",
    "53100": "full",
    "SQLITE_READONLY": "read_only",
    "25006": "read_only",
    "SQLITE_CANTOPEN": "unreachable",
    "SQLITE_IOERR": "disk",
    "58": "disk",
    "08": "unreachable",
    "57P": "unreachable",  # shutting down or starting up
    "3D000": "unreachable",  # no such database
    "SQLITE_CORRUPT": "damaged",
    "SQLITE_NOTADB": "damaged",
    "XX": "damaged",
    "SQLITE_PERM": "forbidden",
    "SQLITE_AUTH": "forbidden",
    "28": "forbidden",
    "42501": "forbidden",
}


@contextmanager
def translated() -> Iterator[None]:
    """SQLAlchemy's errors leave as StoreError.

    Raises:
        StoreError: whatever SQLAlchemy raised inside.
    """
    try:
        yield
    except SQLAlchemyError as error:
        raise _store_error(error) from error


def _store_error(error: SQLAlchemyError) -> StoreError:
    if isinstance(error, PoolTimeoutError):
        return StoreError(_SENTENCES["busy"], code="busy")
    name = _name(error)
    code = next((code for beginning, code in _CODES.items() if name.startswith(beginning)), "refused")
    return StoreError(f"{_SENTENCES[code]} ({_detail(error) or name or type(error).__name__})", code=code)


def _name(error: SQLAlchemyError) -> str:
    """SQLite's error name or PostgreSQL's SQLSTATE; a connection that was refused, broke or took too long has none and counts as one of class 08."""
    if not isinstance(error, DBAPIError):
        return "08000" if isinstance(error, PendingRollbackError) else ""  # it broke, and the transaction was still used
    name = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None)
    return name or ("08000" if isinstance(error, OperationalError) or error.connection_invalidated else "")


def _detail(error: SQLAlchemyError) -> str:
    """Why a connection was refused, in the server's words; there is no code for it and no row in it."""
    if not isinstance(error, DBAPIError) or _name(error) != "08000":
        return ""
    return str(error.orig).partition("\n")[0]
