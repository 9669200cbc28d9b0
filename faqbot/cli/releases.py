"""Commands of releases: the list, publishing one, going back."""

from pathlib import Path

import click

from faqbot.cli.options import by_option, models_option, var, why_option
from faqbot.errors import GateError, StoreError
from faqbot.settings import Settings, load_settings


@click.group(invoke_without_command=True)
@models_option
@click.pass_context
def releases(ctx: click.Context, models: Path | None) -> None:
    """릴리스 목록을 보고(하위 명령 없이), 공개하거나(publish ID) 되돌립니다(rollback)."""
    from faqbot.bootstrap.parts import local_time, site_folder
    from faqbot.training.publish import list_releases

    ctx.obj = load_settings({"models": models})
    if ctx.invoked_subcommand is None:
        for info in list_releases(site_folder(ctx.obj)):
            trained = f"{local_time(ctx.obj, info.trained_at):%Y-%m-%d %H:%M}" if info.trained_at else info.created
            click.echo(f"{'*' if info.is_current else ' '} {info.id}  {trained}  FAQ {info.entries:,}건")


@releases.command()
@click.argument("release")
@why_option
@by_option
@var
@click.pass_obj
def publish(settings: Settings, release: str, why: str, by: str, folder: str | None) -> None:
    """릴리스를 공개합니다. 서버는 2초 안에 새 릴리스로 답합니다."""
    publish_in_log(settings.model_copy(update={"var": Path(folder)}) if folder else settings, release, by=by, why=why)


@releases.command()
@why_option
@by_option
@var
@click.pass_obj
def rollback(settings: Settings, why: str, by: str, folder: str | None) -> None:
    """바로 앞에 공개했던 릴리스로 되돌립니다."""
    from faqbot.bootstrap.parts import build_store, site_folder
    from faqbot.training.publish import published_before
    from faqbot.training.publish import rollback as roll_back
    from faqbot.training.releasing import rollback_release

    settings = settings.model_copy(update={"var": Path(folder)}) if folder else settings
    site = site_folder(settings)
    before = published_before(site)[-1:]
    try:
        with build_store(settings) as store:
            release = rollback_release(store, site, by=by, why=why).release
    except StoreError as error:
        if settings.shared_releases:  # what this machine alone goes back to, the database would bring forward again
            raise
        if published_before(site)[-1:] == before:  # a bad release must not stay because the database is down
            roll_back(site)
        release = published_before(site)[-1]
        click.echo(f"주의: 되돌린 것을 기록에 남기지 못했습니다. {error}", err=True)
    click.echo(f"되돌렸습니다: {release}")


def publish_in_log(settings: Settings, release: str, *, by: str, why: str) -> None:
    """Publish a release, with a line in the log of releases and one in the audit log.

    Raises:
        FaqbotError: the gate is against it and no reason is given, or there is no such release.
    """
    from faqbot.bootstrap.parts import build_store, site_folder
    from faqbot.training.releasing import publish_release

    site = site_folder(settings)
    with build_store(settings) as store:
        try:
            logged = publish_release(store, site, release, by=by, why=why)
        except GateError as error:
            raise GateError(f"{error} 다시 점검하려면: faqbot draft gate {release}") from error
    click.echo(f"공개했습니다: {logged.release}")
