"""Dockerfile and compose.yaml against rules, and what they ask for done without Docker: read-only, without rights, with bare surroundings."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import yaml

from faqbot import messages
from tests.contract.raw import free_port, needed

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
SERVICES = COMPOSE["services"].values()
NAMES = list(COMPOSE["services"])
each_service = pytest.mark.parametrize("service", SERVICES, ids=NAMES)


@each_service
def test_a_service_runs_without_rights_and_writes_only_where_it_must(service: dict[str, Any]) -> None:
    assert (service["read_only"], service["cap_drop"], service["security_opt"]) == (True, ["ALL"], ["no-new-privileges:true"])
    assert int(service["user"].split(":")[0]) > 0
    assert not {"privileged", "network_mode", "pid", "ipc", "devices", "cap_add"} & set(service)
    assert not any("docker.sock" in volume for volume in service.get("volumes", ()))


@each_service
def test_a_service_is_bounded_and_watched(service: dict[str, Any]) -> None:
    assert {"mem_limit", "pids_limit", "restart", "healthcheck"} <= set(service)


@each_service
def test_an_image_is_named_with_its_version(service: dict[str, Any]) -> None:
    assert re.fullmatch(r"[a-z]+:\d+\.\d+(?:\.\d+)?(?:-[a-z]+)?", service["image"])


@each_service
def test_no_secret_stands_in_the_file(service: dict[str, Any]) -> None:
    secret = {name: value for name, value in service.get("environment", {}).items() if re.search(r"PASSWORD|SECRET|DATABASE_URL|TOKEN", name)}
    assert all(name.endswith("_FILE") and value.startswith("/run/secrets/") for name, value in secret.items())
    assert {value.rpartition("/")[2] for value in secret.values()} == set(service.get("secrets", ()))


def test_only_faqbot_is_reached_from_outside_and_only_from_this_machine() -> None:
    assert {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service} == {"faqbot": ["127.0.0.1:8000:8000"]}
    assert COMPOSE["networks"]["back"]["internal"] is True


def test_the_image_has_the_version_of_the_package() -> None:
    assert COMPOSE["services"]["faqbot"]["image"] == f"faqbot:{tomllib.loads((ROOT / 'pyproject.toml').read_text())['project']['version']}"


def test_the_image_is_built_from_pinned_parts_and_runs_as_nobody_special() -> None:
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"python:3.11-slim-bookworm"}
    installs = re.findall(r"pip install (.+)", DOCKERFILE)
    assert all("--require-hashes" in line or ("--no-deps" in line and "--no-build-isolation" in line) for line in installs)
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]
    assert DOCKERFILE.index("USER 10001") < DOCKERFILE.index("ENTRYPOINT")
    assert "/readyz" in DOCKERFILE
    assert not re.search(r"\bADD\b|curl|wget|apt-get", DOCKERFILE)


def test_everything_that_is_copied_into_the_image_is_there_and_let_through() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    copied = [name for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE) for name in line.split()[:-1] if not name.startswith("--")]
    assert [name for name in copied if not (ROOT / name).exists() or f"!{name.removeprefix('./')}" not in ignored] == []
    assert ignored[0] == "*"


def test_the_lock_of_the_image_is_the_lock_and_its_drivers() -> None:
    def locked(name: str) -> set[tuple[str, str]]:
        return set(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))

    more = locked("requirements-docker.lock") - locked("requirements.lock")
    assert locked("requirements.lock") <= locked("requirements-docker.lock")
    assert {name for name, _ in more} == {"psycopg", "psycopg-binary", "redis", "async-timeout"}


@pytest.mark.parametrize("content", [None, ""], ids=["missing", "empty"])
def test_without_its_secret_the_container_does_not_start(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_text(content)
    done = subprocess.run(
        ["sh", ROOT / "docker-entrypoint.sh", "--version"], env={"PATH": os.environ["PATH"], "FAQBOT_SECRET_KEY_FILE": str(file)}, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"오류: FAQBOT_SECRET_KEY_FILE={file}: 그런 파일이 없거나 비어 있습니다. 비밀을 넣고 다시 시작하세요.\n"


#: Everything but the two folders is read-only, the temporary ones included; no capability is left.
CONFINED = """
mount --make-rprivate / && mount --bind "$1" "$1" && mount --bind "$2" "$2" && mount -o remount,bind,ro / || exit 77
shift 2
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
"""


JSON_TYPE = MappingProxyType({"Content-Type": "application/json"})
INQUIRY = {
    "key": "sent where nothing temporary can be written",
    "email": "minji@example.kr",
    "question": "결제가 두 번 됐어요",
    "consent": True,
    "consent_version": messages.CONSENT_VERSION,
}
KEY = ("admin", "key", "create", "program", "--role", "editor")
#: A table of a megabyte, which is more than is kept in memory by default.
TABLE = "id,질문,답변\n" + "".join(f"q{n},질문 {n}번은 무엇인가요?,{'답' * 400}\n" for n in range(900))
UPLOAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="faq.csv"\r\n\r\n' + TABLE.encode() + b"\r\n--x--\r\n"


@pytest.mark.slow
def test_the_server_runs_on_a_read_only_system_without_rights_asserts_or_locale(bare_site: Path, tmp_path: Path) -> None:
    needed("/usr/bin/unshare", "util-linux")
    models, var, key, port = tmp_path / "models", tmp_path / "var", tmp_path / "key", free_port()
    shutil.copytree(bare_site, models / "default")
    var.mkdir()
    key.write_text("the secret of a container, 40 letters ..")
    (tmp_path / "faqbot").write_text(f'#!/bin/sh\nexec {sys.executable} -m faqbot "$@"\n')
    (tmp_path / "faqbot").chmod(0o755)
    environment = {
        "PATH": f"{tmp_path}:/usr/bin:/bin", "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONOPTIMIZE": "1", "PYTHONHASHSEED": "7",
        "LC_ALL": "C", "TZ": "Pacific/Kiritimati", "FAQBOT_PORT": str(port), "FAQBOT_MODELS": str(models), "FAQBOT_VAR": str(var),
        "FAQBOT_SECRET_KEY_FILE": str(key), "FAQBOT_HOST": "0.0.0.0",  # noqa: S104  # as in a container
    }  # fmt: skip
    own = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    command = ["unshare", *own, "--mount", "sh", "-c", CONFINED, "sh", models, var, "sh", ROOT / "docker-entrypoint.sh", "serve"]
    with (tmp_path / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=tmp_path) as process:
        try:
            ready = answer(process, port, "GET", "/readyz")
            if process.poll() == 77:
                needed("/unshare --mount", "이 시스템에서는 마운트를 나눌 수 없습니다. 루트로 돌리거나 사용자 이름공간을 허용하세요")
            assert ready == 200, (tmp_path / "log").read_text()
            assert answer(process, port, "POST", "/v1/ask", json.dumps({"query": "환불 며칠 걸려요"})) == 200
            assert answer(process, port, "POST", "/v1/inquiries", json.dumps(INQUIRY)) == 201
            made = subprocess.run(["sh", ROOT / "docker-entrypoint.sh", *KEY], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
            sender = {"Authorization": f"Bearer {made.stdout.strip()}", "Content-Type": "multipart/form-data; boundary=x"}
            assert answer(process, port, "POST", "/v1/admin/imports", UPLOAD, sender) == 200, "an upload needs no folder for temporary files"
        finally:
            process.terminate()
            process.wait(40)
    assert process.returncode == 0, (tmp_path / "log").read_text()
    assert {file.stat().st_mode & 0o077 for file in var.iterdir()} == {0}


def answer(process: subprocess.Popen[bytes], port: int, method: str, path: str, body: str | bytes | None = None, headers: Mapping[str, str] = JSON_TYPE) -> int:
    """The status, as soon as somebody answers; 0 where the process has ended."""
    while process.poll() is None:
        with suppress(OSError), closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
            connection.request(method, path, body, headers)
            return connection.getresponse().status
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.2)
    return 0
