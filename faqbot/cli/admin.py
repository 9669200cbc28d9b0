"""Commands for accounts and keys of the desk, and its log."""

import getpass
import sys
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import click

from faqbot.cli.options import as_json, echo_json, var
from faqbot.settings import load_settings

if TYPE_CHECKING:
    from faqbot.store import AccountChanges, Role, Store
    from faqbot.web.desk.audit import Change

#: As faqbot.store.Role; --help must not import the store.
_ROLES = ("viewer", "editor", "publisher", "owner")
_name = click.argument("name")


@click.group()
def admin() -> None:
    """운영 화면(/admin)의 계정과 API 키를 다룹니다. 첫 계정을 만들면 화면이 열립니다."""


@admin.command()
@_name
@click.option("--role", type=click.Choice(_ROLES), help="할 수 있는 일 (기본: 첫 계정은 owner, 그다음부터 viewer).")
@var
def create(name: str, role: str | None, folder: str | None) -> None:
    """계정을 만듭니다. 비밀번호는 물어보거나, 표준 입력의 첫 줄에서 읽습니다."""
    from faqbot.store import Role

    with _store(folder) as store:
        chosen = Role(role) if role else Role.VIEWER if store.accounts.operators() else Role.OWNER
        operator = _changes(store).create(name, _password(), chosen)
    click.echo(f"계정을 만들었습니다: {operator.name} ({_role(operator.role)}). 서버의 {load_settings().root}/admin 에서 로그인하세요.")


@admin.command("list")
@as_json
@var
def list_operators(is_json: bool, folder: str | None) -> None:
    """계정의 목록."""
    with _store(folder) as store:
        found = store.accounts.operators()
    if is_json:
        echo_json([asdict(operator) for operator in found])
        return
    for operator in found:
        seen = f"마지막 로그인 {_local(operator.seen_at)}" if operator.seen_at else "로그인한 적 없음"
        click.echo(f"{operator.name:20s} {_role(operator.role, width=8)} {'막음' if operator.disabled_at else '사용'}  {seen}")
    if not found:
        click.echo("계정이 없습니다. faqbot admin create 로 만드세요.")


@admin.command()
@_name
@var
def password(name: str, folder: str | None) -> None:
    """비밀번호를 바꿉니다. 그 계정은 모든 기기에서 로그아웃됩니다."""
    with _store(folder) as store:
        store.accounts.operator(name)  # before anybody types a password for nobody
        _changes(store).set_password(name, _password())
    click.echo(f"{name} 의 비밀번호를 바꿨습니다.")


@admin.command()
@_name
@click.argument("role", type=click.Choice(_ROLES))
@var
def role(name: str, role: str, folder: str | None) -> None:
    """할 수 있는 일을 바꿉니다. 그 계정은 다시 로그인해야 합니다."""
    from faqbot.store import Role

    with _store(folder) as store:
        _changes(store).set_role(name, Role(role))
    click.echo(f"{name} 의 역할: {_role(Role(role))}")


@admin.command()
@_name
@var
def disable(name: str, folder: str | None) -> None:
    """로그인을 막습니다. 지금 로그인해 있다면 바로 끝납니다."""
    with _store(folder) as store:
        _changes(store).disable(name)
    click.echo(f"{name} 계정을 막았습니다. 다시 열려면: faqbot admin enable {name}")


@admin.command()
@_name
@var
def enable(name: str, folder: str | None) -> None:
    """막은 계정을 다시 엽니다."""
    with _store(folder) as store:
        _changes(store).enable(name)
    click.echo(f"{name} 계정을 다시 열었습니다.")


@admin.command("log")
@click.option("--action", help="이 일만 (예: '계정 만들기', operator.create).")
@click.option("--limit", type=click.IntRange(1, 10000), default=50, show_default=True, help="보여 줄 수.")
@as_json
@var
def show_log(action: str | None, limit: int, is_json: bool, folder: str | None) -> None:
    """누가 언제 무엇을 바꿨는지 보여 줍니다. 새것이 앞에 옵니다."""
    from faqbot.web.desk.audit import ACTION_NAMES, changes

    with _store(folder) as store:
        found = store.audit.page(limit, action={words: name for name, words in ACTION_NAMES.items()}.get(action or "", action))
    if is_json:
        echo_json([asdict(entry) for entry in found])
        return
    for entry in found:
        said = ", ".join(_change(each) for each in changes(entry))
        click.echo(f"{_local(entry.written_at)}  {entry.actor}  {ACTION_NAMES.get(entry.action, entry.action)}  {entry.subject}{said and f'  {said}'}")
    if not found:
        click.echo("기록이 없습니다.")


@admin.group()
def key() -> None:
    """다른 프로그램이 운영 API 를 쓸 때 필요한 키."""


@key.command("create")
@_name
@click.option("--role", type=click.Choice(_ROLES), default="viewer", show_default=True, help="키로 할 수 있는 일.")
@click.option("--days", type=int, default=365, show_default=True, help="기한 (일).")
@as_json
@var
def create_key(name: str, role: str, days: int, is_json: bool, folder: str | None) -> None:
    """키를 만들어 한 번 보여 줍니다. NAME 은 쓰는 곳의 이름이고, 같은 이름의 키를 두 개까지 함께 쓸 수 있습니다."""
    from faqbot.store import Role

    with _store(folder) as store:
        made, text = _changes(store).create_key(name, Role(role), days)
    if is_json:
        echo_json(asdict(made) | {"key": text})
        return
    click.echo(text)
    click.echo(f"이 키는 다시 볼 수 없습니다. 지금 옮겨 두세요. 기한 {_local(made.expires_at)}, 폐기하려면: faqbot admin key revoke {made.prefix}", err=True)


@key.command("list")
@as_json
@var
def list_keys(is_json: bool, folder: str | None) -> None:
    """키의 목록. 키 자체는 저장하지 않으므로 앞부분만 나옵니다."""
    from faqbot.bootstrap.parts import local_time

    with _store(folder) as store:
        found = store.accounts.all_keys()
    if is_json:
        echo_json([asdict(each) for each in found])
        return
    now = local_time(load_settings(), datetime.now().astimezone())
    for each in found:
        state = "사용" if each.is_valid(now) else "폐기" if each.revoked_at else "기한 지남"
        used = f"마지막 사용 {_local(each.used_at)}" if each.used_at else "쓴 적 없음"
        click.echo(f"{each.prefix}  {each.name:20s} {_role(each.role, width=8)} {state}  기한 {_local(each.expires_at)}  {used}")
    if not found:
        click.echo("키가 없습니다.")


@key.command("revoke")
@click.argument("prefix")
@var
def revoke_key(prefix: str, folder: str | None) -> None:
    """키를 폐기합니다. PREFIX 는 fq_ 다음의 여덟 글자입니다."""
    with _store(folder) as store:
        _changes(store).revoke_key(prefix)
    click.echo(f"키 {prefix} 을(를) 폐기했습니다.")


def _store(folder: str | None) -> "Store":
    from faqbot.bootstrap.parts import build_store

    return build_store(load_settings({"var": folder}))


def _changes(store: "Store") -> "AccountChanges":
    from faqbot.store import AccountChanges

    return AccountChanges(store.accounts, store.audit, actor())


def _role(role: "Role", width: int = 0) -> str:
    """Its name at the desk, filled up to as many columns of a terminal; Hangul takes two."""
    from faqbot.web.desk.frame import ROLE_NAMES

    return ROLE_NAMES[role] + " " * (width - 2 * len(ROLE_NAMES[role]))


def _change(change: "Change") -> str:
    sides = " → ".join(side for side in (change.before, change.after) if side)
    return f"{change.name}: {sides}" if change.name else sides


def actor() -> str:
    """Whom the log names for what the command line does: `cli:` and the user of the system."""
    try:
        return f"cli:{getpass.getuser()}"
    except (OSError, KeyError):  # a container may run a user that has no name
        return "cli"


def _password() -> str:
    """From the keyboard, unseen and twice; or the first line of standard input. Never from an argument, which every user of the machine can read."""
    while sys.stdin.isatty():
        typed = str(click.prompt("비밀번호", hide_input=True))
        if typed == str(click.prompt("한 번 더", hide_input=True)):
            return typed
        click.echo("두 번 적은 비밀번호가 서로 다릅니다. 처음부터 다시 적어 주세요.", err=True)
    return sys.stdin.readline().rstrip("\r\n")


def _local(moment: datetime) -> str:
    from faqbot.bootstrap.parts import local_time

    return local_time(load_settings(), moment).strftime("%Y-%m-%d %H:%M")
