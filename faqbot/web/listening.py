"""The port: taken before anything is loaded, so that who cannot have it is told at once and in words."""

import errno
import socket
from ipaddress import ip_address

from faqbot.errors import SettingsError
from faqbot.settings import Settings, variable

#: Connections that the system keeps until a worker takes them.
BACKLOG = 1024


def address(settings: Settings) -> str:
    """host:port, IPv6 addresses in brackets."""
    return f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}"


def opened(settings: Settings) -> str:
    """Where a browser finds the server, for whoever started it: a host that stands for every address of this machine is none that can be opened."""
    try:
        is_everywhere = ip_address(settings.host).is_unspecified
    except ValueError:  # a name
        is_everywhere = False
    stop = "멈추려면 Ctrl+C 를 누르세요."
    if not is_everywhere:
        return f"http://{address(settings)} 에서 열었습니다. {stop}"
    here = settings.model_copy(update={"host": "::1" if ":" in settings.host else "127.0.0.1"})
    return f"http://{address(here)} 에서 열었습니다. 다른 컴퓨터에서는 {here.host} 대신 이 컴퓨터의 주소로 엽니다. {stop}"


def bind(settings: Settings) -> socket.socket:
    """A socket that has the port and takes no connection yet; a client is refused until `listen`.

    Raises:
        SettingsError: another program has it, or it cannot be had.
    """
    sock = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a server that ended a moment ago is none
        sock.bind((settings.host, settings.port))
    except OSError as error:
        sock.close()
        raise _refused(settings, error) from error
    return sock


def listen(sock: socket.socket, settings: Settings) -> None:
    """Take connections.

    Raises:
        SettingsError: another program was faster.
    """
    try:
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        raise _refused(settings, error) from error


def _refused(settings: Settings, error: OSError) -> SettingsError:
    port, host = f"{variable('port')}={settings.port}", f"{variable('host')}={settings.host}"
    if error.errno == errno.EADDRINUSE:
        return SettingsError(f"{port}: 다른 프로그램이 이미 쓰고 있는 포트입니다. 그 프로그램을 끄거나 faqbot serve --port 로 다른 포트를 주세요.")
    if error.errno in {errno.EACCES, errno.EPERM}:
        return SettingsError(f"{port}: 이 포트를 열 권한이 없습니다. 1024 이상의 포트를 쓰고 앞에 nginx 같은 웹 서버를 두세요.")
    return SettingsError(f"{host}: 이 컴퓨터에서 열 수 없는 주소입니다({error.strerror}). 127.0.0.1 이나 이 컴퓨터의 주소를 적으세요.")
