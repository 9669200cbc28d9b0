"""What an operator puts around the server: nginx, systemd, HAProxy and what watches it, made from the settings of the site."""

import os
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

from faqbot.errors import SettingsError
from faqbot.settings import CONFIG_VARIABLE, Settings, secret_settings, variable

#: Filled in; every other file of the package is written as it stands.
_TEMPLATES = ("nginx.conf", "faqbot.service", "haproxy.cfg")
#: Settings that the unit has lines of its own for.
_GIVEN = frozenset({"host", "port", "workers", "trusted_proxies", "models", "var"})
#: Variables that hold a path; the unit may not depend on where it is read from.
_PATHS = (CONFIG_VARIABLE, variable("sites"))
#: What stands between quotation marks in a unit.
_QUOTED = str.maketrans({"\\": "\\\\", '"': '\\"', "%": "%%", "\n": "\\n"})
_NO_HOST = "help.example.kr"
#: Bytes of an inquiry without its files.
_INQUIRY = 256 * 1024


def deploy_files(settings: Settings, user: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Contents by file name.

    Args:
        settings: port, folders, address and limits of the site.
        user: that the server runs as.
        environment: whose FAQBOT_* variables the unit takes over, but for secrets: those belong into /etc/faqbot.env.

    Raises:
        SettingsError: a folder has a name that the files could not hold.
    """
    values = _values(settings, user, _taken_over(environment))
    found = {entry.name: entry.read_text(encoding="utf-8") for entry in files(__package__).iterdir() if _is_data(entry.name)}
    return {name: Template(text).substitute(values) if name in _TEMPLATES else text for name, text in sorted(found.items())}


def write_files(folder: Path, contents: Mapping[str, str], *, force: bool = False) -> tuple[Path, ...]:
    """Write all or none of them.

    Raises:
        SettingsError: one is there already and is not to be overwritten, or the folder cannot be written.
    """
    paths = {name: folder / name for name in contents}
    if (there := [path.name for path in paths.values() if path.exists()]) and not force:
        raise SettingsError(f"{folder}: 이미 있는 파일이 있어 아무것도 쓰지 않았습니다: {', '.join(there)}. 덮어쓰려면 --force 를 주세요.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, path in paths.items():
            path.write_text(contents[name], encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{folder}: 쓸 수 없습니다({error.strerror}). 다른 폴더를 주거나 권한을 확인하세요.") from error
    return tuple(paths.values())


def _is_data(name: str) -> bool:
    return not name.startswith((".", "_")) and not name.endswith(".py")


def _taken_over(environment: Mapping[str, str]) -> dict[str, str]:
    """Variable → value of what the settings come from and the unit must have too, by alphabet; paths are absolute.

    Raises:
        SettingsError: a path has signs that mean something there.
    """
    wanted = {variable(name) for name in Settings.model_fields.keys() - secret_settings() - _GIVEN} | {CONFIG_VARIABLE}
    found = {name: environment[name] for name in sorted(wanted) if environment.get(name)}
    return found | {name: _plain(Path(found[name]).resolve()) for name in _PATHS if name in found}


def _values(settings: Settings, user: str, variables: Mapping[str, str]) -> dict[str, str]:
    home, program = Path.cwd(), Path(sys.executable).with_name("faqbot")
    host = (settings.public_url.host if settings.public_url else None) or _NO_HOST
    upstream = f"127.0.0.1:{settings.port}"
    read = (home, program, settings.models.resolve(), *(Path(variables[name]) for name in _PATHS if name in variables))
    is_home = any(path.is_relative_to(private) for path in read for private in (Path("/home"), Path("/root")))
    return {
        "title": " ".join(settings.title.split()).replace("%", "%%"),
        "user": user,
        "host": "127.0.0.1",
        "port": str(settings.port),
        "workers": str(settings.workers),
        "home": _plain(home),
        "program": _plain(program),
        "models": _plain(settings.models.resolve()),
        "var": _plain(settings.var.resolve()),
        "environment": "".join(f'\nEnvironment="{name}={value.translate(_QUOTED)}"' for name, value in variables.items()),
        "protect_home": "read-only" if is_home else "yes",
        "server_name": host,
        "public_url": f"https://{host}",
        "upstream": upstream,
        "second": f"192.0.2.2:{settings.port} disabled",
        "frontend": ":8080",
        "certificate": f"/etc/letsencrypt/live/{host}/fullchain.pem",
        "certificate_key": f"/etc/letsencrypt/live/{host}/privkey.pem",
        "inquiry_body": str(_INQUIRY + settings.attachments * settings.attachment_bytes),
    }


def _plain(path: Path) -> str:
    """The path as those files hold it.

    Raises:
        SettingsError: it has signs that mean something there.
    """
    text = os.fspath(path)
    if set(text) & set('"\\%$;{}\n'):
        raise SettingsError(f"{text!r}: 설정 파일에 적을 수 없는 글자가 있는 폴더입니다. 폴더의 이름을 바꾸세요.")
    return text
