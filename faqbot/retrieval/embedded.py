"""The embedded Milvus: its core runs as one process for a file, kept by a process of ours that ends with whoever started it. The only module that knows milvus_lite."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from faqbot.errors import EngineError
from faqbot.settings import install_command

#: Seconds to open a file: the core needs half a second, a large file more.
PATIENCE = 60.0
#: Seconds to close it.
CLOSING = 10.0


class Embedded:
    """An open file. Workers that are forked afterwards use its socket too.

    Args:
        file: made if need be; the folder must be there.

    Raises:
        EngineError: `missing`, `busy` or `unreachable`.
    """

    def __init__(self, file: str) -> None:
        if not Path(file).parent.is_dir():
            raise EngineError(f"후보 엔진 {file}: 폴더가 없습니다. 먼저 만드세요.", code="unreachable")
        # A session of its own: Ctrl+C is for the server, which then closes this.
        self._keeper = subprocess.Popen(  # noqa: S603  # ourselves
            [sys.executable, "-m", __name__, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        said = _first_line(self._keeper)
        if "uri" not in said:
            self.close()
            raise EngineError(f"후보 엔진 {file}: {said['error']}", code=said["code"])
        self.uri: str = said["uri"]

    def close(self) -> None:
        """Stop the core; what it acknowledged is in the file."""
        for stream in (self._keeper.stdin, self._keeper.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        try:
            self._keeper.wait(CLOSING)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
            self._keeper.wait()


def _first_line(keeper: "subprocess.Popen[bytes]") -> dict[str, str]:
    """What the keeper says of the file; it says something whatever happens, or ends."""
    assert keeper.stdout is not None  # noqa: S101  # for the type checker: it is a pipe
    try:
        return dict(json.loads(keeper.stdout.readline()))
    except ValueError:
        return {"error": "열지 못했습니다. 파일과 폴더의 권한을 확인하세요.", "code": "unreachable"}


def keep(file: str) -> None:
    """Open the file, say where on standard output, and close it when standard input ends."""
    said = os.dup(1)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)  # the core writes there what nobody reads
    answer = _open(file)
    os.write(said, json.dumps(answer).encode() + b"\n")
    os.close(said)
    if "uri" in answer:
        sys.stdin.buffer.read()
        from milvus_lite.server_manager import server_manager_instance  # noqa: PLC0415

        server_manager_instance.release_all()


def _open(file: str) -> dict[str, str]:
    try:
        from milvus_lite.server_manager import server_manager_instance  # noqa: PLC0415  # an extra
    except ImportError as error:
        return {"error": f"milvus-lite 가 없습니다({error}). {install_command('milvus-lite')} 로 설치하세요.", "code": "missing"}
    try:
        uri = server_manager_instance.start_and_get_uri(file)
    except RuntimeError:  # its rule for names
        return {"error": "파일 이름은 영문자, 숫자, 점, 빼기, 밑줄로 35자까지 쓸 수 있습니다.", "code": "unreachable"}
    if not uri:
        return {"error": "다른 프로그램이 열고 있거나 열 수 없는 파일입니다. 파일 하나는 한 프로그램만 엽니다.", "code": "busy"}
    return {"uri": uri}


if __name__ == "__main__":
    keep(sys.argv[1])
