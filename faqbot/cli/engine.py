"""The command of the candidate engine."""

from dataclasses import asdict
from pathlib import Path

import click

from faqbot.cli.options import as_json, echo_json, models_option
from faqbot.settings import load_settings


@click.command()
@as_json
@models_option
def engine(is_json: bool, models: Path | None) -> None:
    """공개된 릴리스를 후보 엔진(FAQBOT_CANDIDATES)에 올리고, 프로세스 안의 색인과 같은 후보를 찾는지 확인합니다. 이미 있으면 확인만 합니다."""
    from faqbot.bootstrap.candidates import hold_published
    from faqbot.training.jobs import step_back

    step_back()
    held = hold_published(load_settings({"models": models}))
    if is_json:
        echo_json(asdict(held))
        return
    click.echo(f"{held.engine} · Milvus {held.version or '내장 코어'}")
    click.echo(f"{held.collection} · 벡터 {held.vectors:,}개 · {'올렸습니다' if held.built else '이미 있습니다'}")
    for name in held.dropped:
        click.echo(f"{name} · 쓰지 않아 지웠습니다")
