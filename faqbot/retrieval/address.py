"""Where a candidate engine is: a server or cluster, a file of our own, or the socket of a file that is open already."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

#: The port that Milvus listens to.
PORT = 19530
_FORMS = "milvus://사용자:비밀번호@호스트:19530/데이터베이스, milvus+tls://호스트:19530, milvus:///폴더/파일.db 가운데 하나로 적으세요"


@dataclass(frozen=True, slots=True)
class Address:
    """Of an engine.

    Attributes:
        uri: what the client connects to; empty for a file that has to be opened first.
        file: path of that file, else empty.
        user, password, database: as given, empty where not.
        shown: for logs and messages, without password.
    """

    uri: str
    file: str
    user: str
    password: str
    database: str
    shown: str

    @property
    def is_remote(self) -> bool:
        """Whether a network lies between."""
        return self.uri.startswith("http")


def parse_address(text: str) -> Address:
    """milvus://… → its parts.

    Raises:
        ValueError: says how to write one; the text, which may hold a password, is not in it.
    """
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port or PORT
    except ValueError as error:
        raise ValueError(f"후보 엔진의 주소를 읽을 수 없습니다. {_FORMS}") from error
    path = unquote(parts.path)
    if parts.scheme == "milvus" and not host and len(path) > 1 and not path.endswith("/"):
        return Address("", str(PurePosixPath(path)), "", "", "", f"milvus://{path}")
    if parts.scheme == "milvus+unix" and not host and len(path) > 1:
        return Address(f"unix:{path}", "", "", "", "", text)
    if parts.scheme not in {"milvus", "milvus+tls"} or not host or parts.query or parts.fragment:
        raise ValueError(f"후보 엔진의 주소를 읽을 수 없습니다. {_FORMS}")
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    scheme = "https" if parts.scheme == "milvus+tls" else "http"
    database = path.strip("/")
    return Address(f"{scheme}://{place}", "", unquote(parts.username or ""), unquote(parts.password or ""), database, f"{parts.scheme}://{place}{parts.path}")
