"""The list of sites that a server opens."""

from pathlib import Path
from typing import Any

import click

from faqbot.cli.options import as_json, echo_json, models_option
from faqbot.errors import FaqbotError, SettingsError
from faqbot.settings import Settings, load_settings, settings_of_site, variable


@click.command("sites")
@models_option
@as_json
def sites(models: Path | None, *, is_json: bool) -> None:
    """한 서버가 함께 여는 사이트를 봅니다: 공개된 릴리스, 항목 수, 쓸 수 없으면 까닭."""
    from faqbot.site_files import site_names

    settings = load_settings({"models": models})
    if settings.sites is None:
        raise SettingsError(f"사이트를 여럿 열지 않고 있습니다. {variable('sites')} 에 사이트 파일(<사이트>.toml)을 둔 폴더를 적으세요.")
    names = [settings.site, *(name for name in site_names(settings.sites) if name != settings.site)]
    rows = [_row(settings, name) for name in names]
    if is_json:
        echo_json(rows)
        return
    for row in rows:
        shown = f"{row['release']}  FAQ {row['entries']:,}건" if row["release"] else "-"
        click.echo(f"{'*' if row['site'] == settings.site else ' '} {row['site']:24s} {row['path']:32s} {shown}  {row['title']}")
        if row["problem"]:
            click.echo(f"    {row['problem']}")


def _row(settings: Settings, name: str) -> dict[str, Any]:
    """What is known of a site without loading it; `problem` is "" where it serves."""
    from faqbot.bootstrap.parts import site_folder
    from faqbot.training.publish import list_releases

    row = {"site": name, "path": "/" if name == settings.site else f"/sites/{name}/", "title": "", "release": "", "entries": 0, "problem": ""}
    try:
        found = settings if name == settings.site else settings_of_site(settings, name)
        row["title"] = found.title
        current = next((info for info in list_releases(site_folder(found)) if info.is_current), None)
    except FaqbotError as error:
        return row | {"problem": str(error)}
    if current is None:
        return row | {"problem": f"공개된 릴리스가 없습니다. {variable('site')}={name} faqbot train --faq 파일.csv 로 학습하세요."}
    return row | {"release": current.id, "entries": current.entries}
