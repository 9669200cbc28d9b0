"""What several groups of commands share."""

import json

import click

as_json = click.option("--json", "is_json", is_flag=True, help="JSON 으로 출력합니다.")
var = click.option("--var", "folder", type=click.Path(file_okay=False), help="데이터베이스와 비밀 키가 있는 폴더 (기본: data/var/).")


def echo_json(data: object) -> None:
    """Print as indented JSON, Korean as it is."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))
