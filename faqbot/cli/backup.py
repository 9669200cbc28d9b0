"""Commands that write a backup and put one back."""

import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from faqbot.cli.admin import actor
from faqbot.cli.options import as_json, echo_json, models_option, var
from faqbot.cli.usage import require_yes
from faqbot.settings import Settings, load_settings

if TYPE_CHECKING:
    from faqbot.bootstrap.archive import Manifest

#: Table → what an operator calls its rows.
_TABLES = {"queries": "질문", "feedback": "피드백", "inquiries": "문의", "attachments": "첨부 파일", "draft_versions": "초안의 판", "operators": "계정"}


@click.command()
@click.argument("to", type=click.Path(path_type=Path))
@click.option("--with-key", is_flag=True, help="비밀 키와 비밀이 든 설정 파일도 넣습니다. 그 파일을 가진 사람은 문의를 읽을 수 있습니다.")
@click.option("--keep", type=click.IntRange(min=1), help="폴더에 이 사이트의 백업을 이만큼만 두고 오래된 것을 지웁니다.")
@models_option
@var
def backup(to: Path, *, with_key: bool, keep: int | None, models: Path | None, folder: str | None) -> None:
    """서버를 켠 채로 백업합니다. TO 가 .zip 으로 끝나면 그 파일에, 아니면 그 폴더에(없으면 만들어) 사이트와(여럿이면 없이) 시각으로 이름을 지어 씁니다. 쓴 뒤에 다시 열어 세어 봅니다."""
    from faqbot.bootstrap.backup import all_sites, make_backup

    began, settings = time.monotonic(), load_settings({"models": models, "var": folder})
    made = make_backup(settings, to, with_key=with_key, keep=keep)
    size = made.path.stat().st_size
    click.echo(f"백업했습니다: {made.path} ({size / 1e6:,.1f} MB, {time.monotonic() - began:.1f}초). {_counted(made.manifest)}")
    if len(sites := all_sites(settings)) > 1:
        click.echo(f"사이트 {len(sites):,}곳({', '.join(sites)})의 것이 모두 들어 있습니다.")
    for remark in made.remarks:
        click.echo(f"주의: {remark}", err=True)
    for deleted in made.deleted:
        click.echo(f"오래된 백업을 지웠습니다: {deleted}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--list", "is_listed", is_flag=True, help="되돌리지 않고, 온전한지 확인해 무엇이 들었는지만 보여 줍니다.")
@click.option("--yes", is_flag=True, help="묻지 않고 되돌립니다.")
@as_json
@models_option
@var
def restore(file: Path, *, is_listed: bool, yes: bool, is_json: bool, models: Path | None, folder: str | None) -> None:
    """백업을 되돌립니다. 서버를 먼저 멈추세요. 지금 것은 var 폴더의 before-restore-… 에 남깁니다."""
    from faqbot.bootstrap.archive import Archive
    from faqbot.bootstrap.backup import all_sites
    from faqbot.bootstrap.restore import restore as put_back

    settings = load_settings({"models": models, "var": folder})
    with Archive.open(file) as archive:
        archive.verify()
        manifest = archive.manifest
    if is_listed:
        _list(file, manifest, settings, is_json=is_json)
        return
    _echo_about(file, manifest, settings)
    sites = sorted({*all_sites(settings), *manifest.sites()})
    if len(sites) > 1:
        click.echo(f"주의: 데이터베이스는 사이트 {len(sites):,}곳({', '.join(sites)})이 함께 씁니다. 한 사이트만이 아니라 모두 그때로 돌아갑니다.", err=True)
    if not yes:
        of = "사이트 모두의 " if len(sites) > 1 else ""
        require_yes(f"지금 {of}데이터베이스와 공개된 릴리스를 이것으로 바꿀까요?")
    began = time.monotonic()
    restored = put_back(settings, file, by=actor())
    for remark in restored.remarks:
        click.echo(f"주의: {remark}", err=True)
    click.echo(f"되돌렸습니다 ({time.monotonic() - began:.1f}초). 서버를 켜세요. 바로 전의 상태는 {restored.before} 에 있으니 확인한 뒤 지우세요.")
    click.echo("주의: 백업 뒤에 지운 문의와 막은 계정, 폐기한 키도 그때로 돌아갔습니다. 다시 지우고 막으세요. 로그인은 모두 끊었습니다.", err=True)


def _list(file: Path, manifest: "Manifest", settings: Settings, *, is_json: bool) -> None:
    if is_json:
        about = {name: getattr(manifest, name) for name in ("faqbot", "made_at", "site", "engine", "revision", "rows", "size", "has_key")}
        echo_json({**about, "sites": manifest.sites(), "files": {name: size for name, (size, _) in manifest.files.items()}})
        return
    _echo_about(file, manifest, settings)
    for name, (size, _) in sorted(manifest.files.items()):
        click.echo(f"  {size:>14,}  {name}")


def _echo_about(file: Path, manifest: "Manifest", settings: Settings) -> None:
    from faqbot.bootstrap.parts import local_time

    made = local_time(settings, datetime.fromisoformat(manifest.made_at))
    key = "비밀 키 있음" if manifest.has_key else "비밀 키 없음"
    click.echo(f"{file}: {made:%Y-%m-%d %H:%M:%S} · faqbot {manifest.faqbot} · {manifest.engine} · {key} · 릴리스 {', '.join(manifest.sites()) or '없음'}")
    click.echo(_counted(manifest))


def _counted(manifest: "Manifest") -> str:
    return ", ".join(f"{label} {manifest.rows.get(table, 0):,}" for table, label in _TABLES.items())
