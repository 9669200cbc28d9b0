"""A PostgreSQL of the tests' own: a cluster in a temporary folder on a free port, gone when they end."""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

#: Names a server whose user may create databases; otherwise Debian's programs start one.
VARIABLE = "TEST_POSTGRES_URL"
#: Seconds for the server to start.
PATIENCE = 30.0


def missing() -> str:
    """What would have to be there, empty where all of it is."""
    if os.environ.get(VARIABLE) or _programs():
        return ""
    return f"PostgreSQL이 없습니다: apt-get install postgresql 을 실행하거나 {VARIABLE}=postgresql://사용자:비밀번호@호스트/postgres 를 설정하세요"


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The address of a running one."""
    if address := os.environ.get(VARIABLE):
        yield address
        return
    with contextlib.ExitStack() as ending:
        # Not pytest's folder: the server's user could not enter it.
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="faqbot-postgres-", ignore_cleanup_errors=True)))
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        password = secrets.token_hex(16)
        port = _free_port()
        _init(folder, password)
        ending.enter_context(_running(folder, port))
        address = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
        _wait_for(address)
        yield address


@contextlib.contextmanager
def database(address: str) -> Iterator[str]:
    """The address of a new, empty database, dropped in the end."""
    name = f"faqbot_{secrets.token_hex(8)}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name)))
        yield make_url(address).set(database=name).render_as_string(hide_password=False)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def drop_tables(address: str) -> None:
    """Leave nothing."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET client_min_messages = warning")
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def delete_rows(address: str, tables: Iterable[str]) -> bool:
    """Whether these tables are all there; then they are empty now."""
    with psycopg.connect(address) as connection:
        found = {row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
        whole = found >= set(tables)
        if whole:
            connection.execute("ALTER TABLE audit_log DISABLE TRIGGER USER")  # it refuses to be emptied
            connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(sql.SQL(", ").join(map(sql.Identifier, tables))))
            connection.execute("ALTER TABLE audit_log ENABLE TRIGGER USER")
    return whole


def _programs() -> Path | None:
    """Debian's newest, where initdb and postgres are."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def _as_its_user(*command: object) -> list[str]:
    """PostgreSQL refuses to run as root. It ends with the process that started it, however that ends."""
    change = ["--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    return ["setpriv", *change, "--pdeathsig=QUIT", *map(str, command)]


def _init(folder: Path, password: str) -> None:
    secret = folder / "password"
    secret.write_text(password)
    if os.geteuid() == 0:
        shutil.chown(secret, "postgres")
    options = ["--username=postgres", f"--pwfile={secret}", "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync"]
    subprocess.run(_as_its_user(_programs() / "initdb", *options, folder / "data"), check=True, capture_output=True, cwd=folder, env=_environment())


@contextlib.contextmanager
def _running(folder: Path, port: int) -> Iterator[None]:
    # Its clients are killed here, not the machine: without fsync it starts and writes faster.
    options = ["-D", folder / "data", "-h", "127.0.0.1", "-p", port, "-k", folder, "-F"]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(_as_its_user(_programs() / "postgres", *options), stdout=log, stderr=log, cwd=folder, env=_environment()) as process,
    ):
        try:
            yield
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: nothing is worth a checkpoint
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def _environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "Asia/Seoul"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            psycopg.connect(address, connect_timeout=2).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


@contextlib.contextmanager
def crashing() -> Iterator[tuple[str, Callable[[], None]]]:
    """The address of a server of the caller's own, and what makes it crash and start again."""
    with tempfile.TemporaryDirectory(prefix="faqbot-postgres-", ignore_cleanup_errors=True) as name, contextlib.ExitStack() as ending:
        folder, password, port = Path(name), secrets.token_hex(16), _free_port()
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        _init(folder, password)
        address = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
        running = [ending.enter_context(contextlib.ExitStack())]
        running[0].enter_context(_running(folder, port))
        _wait_for(address)

        def crash() -> None:
            running[0].close()
            running[0].enter_context(_running(folder, port))
            _wait_for(address)

        yield address, crash
