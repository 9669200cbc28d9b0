"""Commands of the draft: what was changed, training it, its gate, publication."""

import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from faqbot.cli.admin import actor
from faqbot.cli.options import as_json, by_option, echo_json, models_option, var, why_option
from faqbot.cli.releases import publish_in_log
from faqbot.errors import FaqbotError
from faqbot.settings import Settings, load_settings

if TYPE_CHECKING:
    from faqbot.store import Job, LoggedRelease, Store

#: Seconds between two looks at a job.
_LOOK = 0.5


@click.group()
def draft() -> None:
    """초안: 고치고 있는 FAQ 표를 보고, 학습하고, 점검하고, 공개합니다."""


@draft.command()
@as_json
@models_option
@var
def show(is_json: bool, models: Path | None, folder: str | None) -> None:
    """초안이 어떤지, 공개된 릴리스와 무엇이 다른지 보여 줍니다."""
    from faqbot.bootstrap.parts import site_folder
    from faqbot.corpus.draft import changes
    from faqbot.training.jobs import log_file, running
    from faqbot.training.releasing import working
    from faqbot.training.source import published_table

    settings = _settings(models, folder)
    with _store(settings) as store:
        now = working(store.drafts, site_folder(settings))
        job = running(store.drafts, log_file(settings))
    published = published_table(site_folder(settings))
    changed = changes(published.entries if published else (), now.table.entries)
    data: dict[str, Any] = {"version": now.version, "entries": len(now.table.entries), "queries": len(now.table.queries), "changes": changed.counts()}
    if is_json:
        echo_json({**data, "job": _job_data(job) if job else None})
        return
    origin = f"초안 {now.version}번 판" if now.version is not None else "초안이 없습니다. 공개된 릴리스에서 시작합니다"
    click.echo(f"{origin} · FAQ {data['entries']:,}건 · 정답을 아는 질문 {data['queries']:,}개")
    counts = data["changes"]
    click.echo(f"공개된 릴리스와 견주어: 더함 {counts['added']:,} · 고침 {counts['changed']:,} · 뺌 {counts['removed']:,} · 그대로 {counts['unchanged']:,}")
    if job:
        click.echo(_job_line(job))


@draft.command()
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="보여 줄 수.")
@as_json
@var
def versions(limit: int, is_json: bool, folder: str | None) -> None:
    """초안의 판. 새것이 앞에 오고, 지금 고치는 판에 * 표가 있습니다."""
    settings = _settings(None, folder)
    with _store(settings) as store:
        found = store.drafts.versions(limit)
    if is_json:
        echo_json([{name: getattr(info, name) for name in info.__dataclass_fields__} for info in found])
        return
    for info in found:
        when = _local(settings, info.made_at)
        click.echo(f"{'*' if info.is_head else ' '} {info.id:4d}  {when}  {info.made_by}  FAQ {info.entries:,}건 · 질문 {info.queries:,}개  {info.why}")
    if not found:
        click.echo("초안이 없습니다.")


@draft.command()
@by_option
@var
def undo(by: str, folder: str | None) -> None:
    """바로 앞 판으로 되돌립니다."""
    with _store(_settings(None, folder)) as store:
        before = store.drafts.head()
        info = store.drafts.undo(by)
        store.audit.write(by, "draft.undo", "draft", before=before.id if before else None, after=info.id)
    click.echo(f"{info.id}번 판으로 되돌렸습니다: FAQ {info.entries:,}건")


@draft.command()
@click.argument("query")
@click.option("--answer", metavar="FAQ", help="이 FAQ가 답해야 합니다.")
@click.option("--none", "is_none", is_flag=True, help="바로 답하면 안 됩니다.")
@by_option
@models_option
@var
def case(*, query: str, answer: str | None, is_none: bool, by: str, models: Path | None, folder: str | None) -> None:
    """질문 하나를 시험 질문으로 초안에 넣습니다. 학습한 뒤의 점검이 이 질문에 어떻게 답하는지 봅니다."""
    from faqbot.bootstrap.parts import site_folder
    from faqbot.training.landing import put_case

    if bool(answer) == is_none:
        raise click.UsageError("--answer FAQ 와 --none 가운데 하나를 주세요.")
    settings = _settings(models, folder)
    with _store(settings) as store:
        made = put_case(store, site_folder(settings), query, answer or "", by)
    if made.is_new:
        click.echo(f"시험 질문으로 넣었습니다: 초안 {made.info.id}번 판, 정답을 아는 질문 {made.info.queries:,}개. 되돌리려면: faqbot draft undo")
    else:
        click.echo("이미 같은 시험 질문이 초안에 있습니다.")


@draft.command()
@click.option("--job", "job_id", type=int, hidden=True, help="이 작업을 이 프로세스에서 합니다.")
@click.option("--no-wait", is_flag=True, help="시작만 하고 기다리지 않습니다.")
@click.option("--fresh-thresholds", is_flag=True, help="사람이 정해 둔 기준값을 버리고 학습으로 다시 정합니다.")
@by_option
@as_json
@models_option
@var
def train(  # noqa: PLR0913  # one parameter an option
    *, job_id: int | None, no_wait: bool, fresh_thresholds: bool, by: str, is_json: bool, models: Path | None, folder: str | None
) -> None:
    """초안을 따로 도는 프로세스에서 학습하고 점검합니다. 공개하지는 않습니다. Ctrl+C 로 취소합니다."""
    settings = _settings(models, folder)
    if job_id is not None:
        _do(settings, job_id, fresh_thresholds=fresh_thresholds)
        return
    from faqbot.training.jobs import start_training

    with _store(settings) as store:
        job = start_training(store.drafts, by, settings, fresh_thresholds=fresh_thresholds)
        store.audit.write(by, "draft.train", f"job {job.id}", after={"version": job.version_id})
        if not no_wait:
            job = _watched(store, job, settings)
        _report(store, job, is_json=is_json)


@draft.command()
@by_option
@var
def cancel(by: str, folder: str | None) -> None:
    """진행 중인 학습을 취소합니다. 반쯤 된 것은 남지 않습니다."""
    from faqbot.training.jobs import cancel as do
    from faqbot.training.jobs import log_file, running

    settings = _settings(None, folder)
    with _store(settings) as store:
        job = running(store.drafts, log_file(settings))
        if job is None:
            click.echo("진행 중인 학습이 없습니다.")
            return
        do(store.drafts, job.id)
        store.audit.write(by, "draft.cancel", f"job {job.id}")
    click.echo(f"{job.started_by} 님의 학습을 취소했습니다.")


@draft.command()
@click.argument("release", required=False)
@click.option("--job", "job_id", type=int, hidden=True, help="이 작업을 이 프로세스에서 합니다.")
@as_json
@models_option
@var
def gate(*, release: str | None, job_id: int | None, is_json: bool, models: Path | None, folder: str | None) -> None:
    """릴리스(기본: 마지막에 학습한 것)를 지금 공개된 릴리스와 견주어 다시 점검합니다. 빨강이면 1로 끝납니다."""
    from faqbot.bootstrap.training import gate_release, gate_release_job

    settings = _settings(models, folder)
    if job_id is not None:
        click.echo(_job_line(gate_release_job(settings, job_id)), err=True)
        return
    with _store(settings) as store:
        before = store.drafts.release(release or _latest(store).release)
        logged = gate_release(settings, store, release or _latest(store).release)
        store.audit.write(actor(), "draft.gate", logged.release, before=gate_state(before), after=gate_state(logged))
    _show_gate(logged, is_json=is_json)


@draft.command()
@click.argument("release", required=False)
@why_option
@by_option
@models_option
@var
def publish(release: str | None, why: str, by: str, models: Path | None, folder: str | None) -> None:
    """릴리스(기본: 마지막에 학습한 것)를 공개합니다. 점검이 빨강이면 --why 에 이유를 적어야 합니다."""
    settings = _settings(models, folder)
    if release is None:
        with _store(settings) as store:
            release = _latest(store).release
    publish_in_log(settings, release, by=by, why=why)


@draft.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--release", help="초안 대신 이 릴리스의 표를 씁니다.")
@models_option
@var
def export(file: Path, release: str | None, models: Path | None, folder: str | None) -> None:
    """초안(또는 릴리스)의 FAQ 표를 파일로 씁니다. 이름이 .xlsx 면 엑셀 파일, 아니면 CSV 입니다."""
    from faqbot.bootstrap.parts import site_folder
    from faqbot.corpus.export import to_csv, to_xlsx
    from faqbot.training.releasing import table_of_release, working

    settings = _settings(models, folder)
    site = site_folder(settings)
    with _store(settings) as store:
        table = table_of_release(store.drafts, site, release) if release else working(store.drafts, site).table
    if not file.parent.is_dir():
        raise FaqbotError(f"{file}: 결과를 쓸 폴더가 없습니다. 폴더를 먼저 만들거나 다른 경로를 주세요.")
    file.write_bytes(to_xlsx(table.entries) if file.suffix.lower() == ".xlsx" else to_csv(table.entries))
    click.echo(f"FAQ {len(table.entries):,}건을 썼습니다: {file}")


@draft.command()
@click.argument("answer", type=float)
@click.argument("suggest", type=float)
@click.option("--release", help="이 릴리스의 기준값을 바꿉니다 (기본: 공개된 릴리스).")
@click.option("--apply", "is_applied", is_flag=True, help="바꾼 기준값으로 새 릴리스를 만들어 공개합니다. 되돌리려면 faqbot releases rollback.")
@why_option
@by_option
@models_option
@var
def thresholds(  # noqa: PLR0913  # one parameter an option
    *, answer: float, suggest: float, release: str | None, is_applied: bool, why: str, by: str, models: Path | None, folder: str | None
) -> None:
    """기준값(ANSWER SUGGEST)을 바꾸면 어떻게 되는지 세어 보고, --apply 면 적용합니다."""
    from dataclasses import asdict

    from faqbot.bootstrap.parts import site_folder
    from faqbot.training.thresholds import apply_thresholds, thresholded

    settings = _settings(models, folder)
    site = site_folder(settings)
    tried = thresholded(site, release or "")
    for label, counts in (("지금", tried.what_if(tried.thresholds.answer, tried.thresholds.suggest)), ("바꾸면", tried.what_if(answer, suggest))):
        click.echo(f"{label}: " + " · ".join(f"{name} {value:,}" for name, value in asdict(counts).items()))
    if not is_applied:
        click.echo("아직 적용되지 않아요. 적용하려면 --apply 를 붙이세요.")
        return
    with _store(settings) as store:
        logged = apply_thresholds(store, site, tried, answer, suggest, by=by, why=why)
    click.echo(f"공개했습니다: {logged.release}")


def _do(settings: Settings, job_id: int, *, fresh_thresholds: bool) -> None:
    from faqbot.bootstrap.training import train_draft_job

    job = train_draft_job(settings, job_id, fresh_thresholds=fresh_thresholds)
    click.echo(_job_line(job), err=True)


def _watched(store: "Store", job: "Job", settings: Settings) -> "Job":
    """The job when it is over. Ctrl+C cancels it."""
    from faqbot.training.jobs import cancel, log_file, settle

    shown = ""
    try:
        while not job.is_over:
            time.sleep(_LOOK)
            settle(store.drafts, log_file(settings))
            job = store.drafts.jobs.job(job.id)
            if sys.stderr.isatty() and (line := f"{job.progress:4.0%}  {job.step}") != shown:
                click.echo(line, err=True)
                shown = line
    except KeyboardInterrupt:
        with suppress(KeyboardInterrupt):
            job = cancel(store.drafts, job.id)
    return job


def _report(store: "Store", job: "Job", *, is_json: bool) -> None:
    from faqbot.store import JobState

    if job.state is JobState.FAILED:
        raise FaqbotError(job.error)
    if job.state is not JobState.DONE or job.result is None:
        echo_json(_job_data(job)) if is_json else click.echo(_job_line(job))
        return
    logged = store.drafts.release(str(job.result["release"]))
    if logged is not None:
        _show_gate(logged, is_json=is_json)


def gate_state(logged: "LoggedRelease | None") -> str | None:
    """What the gate says of a release, "red" or "green"; None where it was not asked."""
    return logged.made.gate.get("state") if logged and logged.made.gate else None


def _show_gate(logged: "LoggedRelease", *, is_json: bool) -> None:
    from faqbot.evaluation.gate import GateReport

    report = GateReport.from_json(logged.made.gate or {})
    if is_json:
        echo_json({"release": logged.release, "version": logged.made.version_id, "changes": logged.made.changes, "gate": report.to_json()})
    else:
        click.echo(f"릴리스 {logged.release}")
        click.echo("\n".join(report.lines()))
        next_step = "--why '이유' 를 적어야 공개할 수 있습니다" if report.is_red else "공개할 수 있습니다"
        click.echo(f"{next_step}: faqbot draft publish {logged.release}")
    if report.is_red:
        click.get_current_context().exit(1)


def _latest(store: "Store") -> "LoggedRelease":
    found = store.drafts.releases(1)
    if not found:
        raise FaqbotError("학습한 릴리스가 없습니다. faqbot draft train 을 먼저 하세요.")
    return found[0]


def _job_data(job: "Job") -> dict[str, Any]:
    return {name: getattr(job, name) for name in job.__dataclass_fields__}


def _job_line(job: "Job") -> str:
    from faqbot.store import JOB_KINDS

    words = {"running": "진행 중", "cancelling": "취소하는 중", "done": "끝남", "failed": "실패", "cancelled": "취소됨"}
    said = f"{job.id}번 {JOB_KINDS.get(job.kind, job.kind)} · {words[job.state]} · {job.started_by} · {job.progress:.0%} · {job.step}"
    return f"{said}\n{job.error}" if job.error else said


def _settings(models: Path | None, folder: str | None) -> Settings:
    return load_settings({"models": models, "var": folder})


def _store(settings: Settings) -> "Store":
    from faqbot.bootstrap.parts import build_store

    return build_store(settings)


def _local(settings: Settings, moment: Any) -> str:
    from faqbot.bootstrap.parts import local_time

    return local_time(settings, moment).strftime("%Y-%m-%d %H:%M")
