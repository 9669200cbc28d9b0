"""Commands of the review queue: what was not answered, what visitors chose, and what a person decides on it."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from faqbot.cli.options import as_json, by_option, echo_json, models_option, var
from faqbot.settings import Settings, load_settings

if TYPE_CHECKING:
    from faqbot.store import ReviewItem, Store

_STATES = {"new": "새것", "accepted": "받아들임", "rejected": "거절", "held": "보류", "spam": "스팸", "ignored": "무시"}
_KINDS = ("unanswered", "alternate", "synonym")
_ORDERS = ("frequent", "newest", "rising")
_OUTCOMES = {"answer": "지금은 답함", "suggest": "지금은 후보를 보임", "fallback": "지금도 모름"}
_limit = click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="보여 줄 수.")
_ids = click.argument("ids", nargs=-1, required=True, type=int)


@click.group()
def review() -> None:
    """답 못 한 질문과 제안을 보고 처리합니다. 받아들인 것은 초안에 들어갑니다."""


@review.command()
@click.option("--if-news", is_flag=True, help="지난번 뒤로 새 질문이 없으면 하지 않습니다.")
@as_json
@models_option
@var
def refresh(if_news: bool, is_json: bool, models: Path | None, folder: str | None) -> None:
    """답 못 한 질문을 뜻이 같은 것끼리 다시 묶고, 다른 질문과 유의어의 후보를 찾습니다. 서버가 몇 분마다 스스로 합니다."""
    from dataclasses import asdict

    from faqbot.bootstrap.upkeep import refresh_review
    from faqbot.training.jobs import step_back

    step_back()
    found = refresh_review(_settings(models, folder), if_news=if_news)
    if is_json:
        echo_json(asdict(found) if found else None)
    elif found is None:
        click.echo("할 것이 없거나, 다른 프로세스가 지금 하고 있습니다.")
    else:
        click.echo(f"답 못 한 질문 {found.queries:,}건 → {found.unanswered:,}묶음 · 다른 질문 후보 {found.alternates:,} · 유의어 후보 {found.synonyms:,}")
        click.echo(f"새 묶음 {found.refreshed.added:,} · 바뀐 묶음 {found.refreshed.changed:,} · 없어진 묶음 {found.refreshed.removed:,}")


@review.command("list")
@click.option("--kind", type=click.Choice(_KINDS), default="unanswered", show_default=True, help="답 못 한 질문, 다른 질문 후보, 유의어 후보.")
@click.option("--state", type=click.Choice(list(_STATES)), default="new", show_default=True, help="이 상태인 것만.")
@click.option("--order", type=click.Choice(_ORDERS), default="frequent", show_default=True, help="많은 것, 최근 것, 늘어나는 것부터.")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="이만큼 건너뜁니다.")
@_limit
@as_json
@var
def list_items(  # noqa: PLR0913  # one parameter an option
    *, kind: str, state: str, order: str, offset: int, limit: int, is_json: bool, folder: str | None
) -> None:
    """검토할 묶음의 목록."""
    _list(_settings(None, folder), kind, state, order, (limit, offset), is_json=is_json)


@review.command()
@_limit
@as_json
@var
def synonyms(limit: int, is_json: bool, folder: str | None) -> None:
    """유의어 후보: 손님은 썼지만 FAQ가 모르는 낱말과, 뜻이 비슷할지 모르는 FAQ의 낱말. 절반은 틀리므로 사람이 골라야 합니다."""
    _list(_settings(None, folder), "synonym", "new", "frequent", (limit, 0), is_json=is_json)


@review.command()
@click.argument("item_id", metavar="ID", type=int)
@_limit
@var
def show(item_id: int, limit: int, folder: str | None) -> None:
    """묶음 하나의 질문을 모두 보여 줍니다."""
    settings = _settings(None, folder)
    with _store(settings) as store:
        items, said = store.review.items([item_id]), store.review.wordings(item_id, limit)
    if not items:
        raise click.UsageError(f"묶음 {item_id} 이(가) 없습니다. faqbot review list 로 번호를 확인하세요.")
    click.echo(_line(items[0]))
    for wording in said:
        click.echo(f"  {wording.count:5,}회  {_local(settings, wording.last_seen)}  {wording.text}")


@review.command()
@_ids
@click.option("--attach", metavar="FAQ", help="이 FAQ의 다른 질문으로 붙입니다. - 를 주면 묶음마다 제안된 FAQ나 가장 가까운 FAQ에 붙입니다.")
@click.option("--new-entry", is_flag=True, help="새 FAQ의 초안을 만듭니다. 답을 쓸 때까지 꺼져 있습니다.")
@click.option("--case", metavar="FAQ", help="시험 질문으로 넣습니다: 이 FAQ가 답해야 합니다. - 를 주면 답하지 않아야 합니다.")
@click.option("--synonym", is_flag=True, help="유의어로 넣습니다.")
@click.option("--state", type=click.Choice(["new", "rejected", "held", "spam", "ignored"]), help="초안은 그대로 두고 상태만 바꿉니다.")
@click.option("--question", default="", help="새 FAQ의 질문 (기본: 대표 질문).")
@click.option("--answer", default="", help="새 FAQ의 답변.")
@click.option("--wordings", type=click.IntRange(1, 5), default=1, show_default=True, help="묶음마다 쓸 질문의 수.")
@by_option
@models_option
@var
def decide(  # noqa: PLR0913  # one parameter an option
    *,
    ids: tuple[int, ...],
    attach: str | None,
    new_entry: bool,
    case: str | None,
    synonym: bool,
    state: str | None,
    question: str,
    answer: str,
    wordings: int,
    by: str,
    models: Path | None,
    folder: str | None,
) -> None:
    """묶음을 처리합니다. IDS 를 여럿 주면 한꺼번에 처리하고, 되돌릴 때도 한꺼번에 되돌립니다."""
    from faqbot.bootstrap.parts import site_folder
    from faqbot.store import Action, ReviewState
    from faqbot.training.landing import Accepted, accept, set_aside

    if sum((attach is not None, new_entry, case is not None, synonym, state is not None)) != 1:
        raise click.UsageError("--attach, --new-entry, --case, --synonym, --state 가운데 하나를 주세요.")
    settings = _settings(models, folder)
    with _store(settings) as store:
        if state is not None:
            done = set_aside(store, ids, ReviewState(state), by)
        else:
            action = Action.ATTACHED if attach is not None else Action.DRAFTED if new_entry else Action.CASE if case is not None else Action.SYNONYM
            named = attach or case or ""
            done = accept(store, site_folder(settings), ids, Accepted(action, "" if named == "-" else named, question, answer, wordings), by)
    landed = f" · 초안 {done.landing.version}번 판" if done.landing and done.landing.version else ""
    click.echo(f"{len(done.items):,}묶음: {_STATES[done.state]}{landed}. 되돌리려면: faqbot review undo {done.id}")


@review.command()
@click.argument("decision", type=int)
@by_option
@var
def undo(decision: int, by: str, folder: str | None) -> None:
    """결정을 되돌립니다. 그 결정이 만든 초안의 판이 아직 맨 앞이면 초안도 함께 되돌립니다."""
    from faqbot.training.landing import take_back

    with _store(_settings(None, folder)) as store:
        done, went_back = take_back(store, decision, by)
    click.echo(f"{len(done.restored):,}묶음을 되돌렸습니다." + (f" 그 뒤에 다시 처리한 {len(done.kept):,}묶음은 그대로 두었습니다." if done.kept else ""))
    if went_back:
        click.echo("초안도 바로 앞 판으로 되돌렸습니다.")
    elif done.decision.landing:
        click.echo("그 뒤에 초안이 바뀌어 초안은 그대로입니다. 초안에서 직접 빼세요.")


def _list(settings: Settings, kind: str, state: str, order: str, window: tuple[int, int], *, is_json: bool) -> None:
    from dataclasses import asdict

    from faqbot.store import ReviewKind, ReviewOrder, ReviewState

    with _store(settings) as store:
        found = store.review.page(ReviewState(state), ReviewOrder(order), *window, kind=ReviewKind(kind))
        total = store.review.counts(ReviewKind(kind))[ReviewState(state)]
    if is_json:
        echo_json([asdict(item) for item in found])
        return
    for item in found:
        click.echo(_line(item))
    click.echo(f"{total:,}묶음 가운데 {len(found):,}묶음입니다." if found else "없습니다.")


def _line(item: "ReviewItem") -> str:
    """Id, how often, trend, what it is near to, and the text."""
    trend = f"{item.trend:+d}" if item.trend else "  "
    notes = [f"스팸 의심: {item.spam}"] if item.spam else []
    if item.kind == "synonym":
        return f"{item.id:6d}  {item.total:5,}회  {item.subject} → {item.representative} ({item.closeness:.0%})"
    if item.kind == "alternate":
        notes += [f"{item.picked:,}명이 고름 → {item.subject}"]
    elif item.nearest:
        notes += [f"가까운 FAQ {item.nearest} {item.closeness:.0%}"]
    notes += [_OUTCOMES[item.now]] if item.now else []
    return f"{item.id:6d}  {item.total:5,}회  {trend:>4s}  {_short(item.representative)}  [{' · '.join(notes)}]"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def _settings(models: Path | None, folder: str | None) -> Settings:
    return load_settings({"models": models, "var": folder})


def _store(settings: Settings) -> "Store":
    from faqbot.bootstrap.parts import build_store

    return build_store(settings)


def _local(settings: Settings, moment: datetime) -> str:
    from faqbot.bootstrap.parts import local_time

    return local_time(settings, moment).strftime("%Y-%m-%d %H:%M")
