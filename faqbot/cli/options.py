"""What several groups of commands share."""

import json
from pathlib import Path

import click

as_json = click.option("--json", "is_json", is_flag=True, help="JSON 으로 출력합니다.")
models_option = click.option("--models", type=click.Path(file_okay=False, path_type=Path), help="릴리스를 두는 폴더 (기본: models/).")
by_option = click.option("--by", default="운영자", show_default=True, help="하는 사람의 이름. 기록에 남습니다.")
why_option = click.option("--why", default="", help="이유. 점검이 빨강이면 꼭 적어야 공개됩니다.")
var = click.option("--var", "folder", type=click.Path(file_okay=False), help="데이터베이스와 비밀 키가 있는 폴더 (기본: data/var/).")


def echo_json(data: object) -> None:
    """Print as indented JSON, Korean as it is."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))
