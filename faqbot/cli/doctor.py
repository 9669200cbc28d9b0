"""Looks over settings, folders, release, database and machine, and says what to do."""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from faqbot.cli.options import as_json, echo_json, models_option, var
from faqbot.errors import SettingsError
from faqbot.settings import load_settings

if TYPE_CHECKING:
    from faqbot.bootstrap.doctor import Check

_WORDS = {"ok": "괜찮음", "warn": "살펴볼 것", "fail": "고칠 것", "skip": "건너뜀"}


@click.command()
@click.option("--host", help="서버가 들을 주소 (기본: 127.0.0.1).")
@click.option("--port", type=int, help="서버가 들을 포트 (기본: 8000).")
@models_option
@var
@click.option("--backups", type=click.Path(file_okay=False, path_type=Path), help="백업하는 폴더. 마지막 백업이 언제인지 봅니다.")
@as_json
def doctor(*, host: str | None, port: int | None, models: Path | None, folder: str | None, backups: Path | None, is_json: bool) -> None:
    """서버를 켜도 되는지, 켜 둔 서버에 탈이 없는지 살펴보고 무엇을 하면 되는지 알려 줍니다. 아무것도 바꾸지 않습니다."""
    found = []
    for check in _checks({"host": host, "port": port, "models": models, "var": folder}, backups):
        found.append(check)
        if not is_json:
            _echo(check)
    counts = Counter(str(check.state) for check in found)
    if is_json:
        echo_json({"ok": not counts["fail"], "checks": [asdict(check) for check in found]})
    else:
        click.echo(f"고칠 것 {counts['fail']}개, 살펴볼 것 {counts['warn']}개.")
    sys.exit(bool(counts["fail"]))


def _checks(overrides: dict[str, object], backups: Path | None) -> "Iterator[Check]":
    from faqbot.bootstrap.doctor import Check, State, examine

    try:
        settings = load_settings(overrides)
    except SettingsError as error:
        yield Check("settings", State.FAIL, str(error))
        return
    yield Check("settings", State.OK, "설정을 읽었습니다")
    yield from examine(settings, backups)


def _echo(check: "Check") -> None:
    click.echo(f"[{_WORDS[check.state]}] {check.found}")
    if check.next_step and check.state != "ok":
        click.echo(f"    → {check.next_step}")
