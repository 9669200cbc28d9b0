"""The command that writes what stands around the server."""

import os
from pathlib import Path

import click

from faqbot.cli.options import models_option, var
from faqbot.settings import load_settings


@click.command("deploy-files")
@click.argument("target", type=click.Path(file_okay=False, path_type=Path))
@click.option("--user", default="faqbot", show_default=True, help="서버를 돌릴 시스템 사용자.")
@click.option("--force", is_flag=True, help="이미 있는 파일을 덮어씁니다.")
@click.option("--port", type=int, help="서버가 듣는 포트 (기본: 8000).")
@models_option
@var
def deploy_files(target: Path, *, user: str, force: bool, port: int | None, models: Path | None, folder: str | None) -> None:
    """nginx, systemd, HAProxy 등의 설정 파일을 이 사이트의 값으로 채워 DIR 에 씁니다."""
    from faqbot.deploy.files import deploy_files as made
    from faqbot.deploy.files import write_files

    settings = load_settings({"port": port, "models": models, "var": folder})
    for path in write_files(target, made(settings, user, os.environ), force=force):
        click.echo(str(path))
