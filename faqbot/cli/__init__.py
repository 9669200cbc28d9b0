"""The command line: the only place that prints, and where errors become exit codes."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import click

from faqbot.cli import admin, backup, desk, doctor, importing, review
from faqbot.cli import draft as drafts
from faqbot.cli.deploying import deploy_files
from faqbot.cli.engine import engine
from faqbot.cli.help import in_korean
from faqbot.cli.options import as_json, echo_json, models_option, var
from faqbot.cli.releases import releases
from faqbot.cli.sites import sites
from faqbot.cli.usage import Group
from faqbot.corpus import read_faq, read_labelled_queries, read_queries
from faqbot.domain import FaqEntry, Reply
from faqbot.errors import CorpusError
from faqbot.evaluation.report_text import number
from faqbot.settings import Settings, load_settings

if TYPE_CHECKING:
    from faqbot.corpus.checks import Finding

T = TypeVar("T")

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


#: Columns of the benchmark's table.
_BENCHMARKED = (
    "hit@1", "hit@3", "auroc", "coverage@p90", "ece", "ece_excess", "answered", "answered_right", "answer_precision", "false_answer", "fallback_out", "helped",
    "far_answer", "far_fallback",
)  # fmt: skip


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="faqbot")
def main() -> None:
    """한국어 고객센터 답변 봇. FAQ 표를 학습하고, 질문에 맞는 답을 찾거나 모른다고 말합니다."""


@main.command()
@click.option("--faq", type=_FILE, required=True, help="FAQ 표 (CSV, TSV, XLSX, JSON, 도움말 페이지). 같은 폴더의 user_words.tsv, synonyms.tsv 도 함께 씁니다.")
@click.option("--queries", type=_FILE, help="라벨이 있는 질의 (query,faq_id). 신뢰도를 이 사이트에 맞춥니다. 없어도 됩니다.")
@models_option
@click.option("--prior", type=_FILE, help="기본값 대신 쓸 사전 학습값 (fit-prior 의 결과).")
@click.option("--no-publish", is_flag=True, help="학습만 하고 공개하지 않습니다.")
def train(faq: Path, queries: Path | None, models: Path | None, prior: Path | None, no_publish: bool) -> None:
    """FAQ 표를 학습해 릴리스를 만들고 공개합니다."""
    from faqbot.bootstrap.training import train_release
    from faqbot.cli.admin import actor

    table = read_faq(faq)
    for warning in table.warnings:
        click.echo(f"주의: {warning}", err=True)
    done = train_release(table, queries, _settings(models=models), prior=prior, publish=not no_publish, track=_track, by=actor())
    click.echo(f"릴리스 {done.release} · FAQ {done.entries:,}건 · 새로 분석한 글 {done.analysed:,}건")
    if done.metrics:
        click.echo("교차 검증: " + " · ".join(f"{name} {number(done.metrics[name])}" for name in ("hit@1", "coverage@p90", "ece")))
    click.echo(f"공개했습니다: {done.folder}" if done.published else f"공개하지 않았습니다. 공개하려면: faqbot releases publish {done.release}")


@main.command()
@click.argument("query", required=False)
@click.option("--batch", type=_FILE, help="query 열이 있는 파일. 한 줄에 하나씩 JSON 으로 --out 에 씁니다.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="--batch 의 결과 파일.")
@as_json
@click.option("--explain", is_flag=True, help="왜 그 답인지 보여 줍니다.")
@models_option
def ask(query: str | None, batch: Path | None, out: Path | None, is_json: bool, explain: bool, models: Path | None) -> None:
    """질문 하나에 답하거나(QUERY), 파일의 질문 전부에 답합니다(--batch)."""
    if (query is None) == (batch is None) or (batch is None) != (out is None):
        raise click.UsageError("QUERY 하나를 주거나, --batch 파일과 --out 파일을 함께 주세요.")
    from faqbot.bootstrap.parts import build_bot

    bot = build_bot(_settings(models=models))
    if batch is not None and out is not None:
        _ask_all(bot, batch, out)
        return
    explanation = bot.explain(str(query))
    if is_json:
        echo_json(asdict(explanation.reply) | ({"explanation": explanation.to_json()} if explain else {}))
        return
    _echo_reply(explanation.reply, explanation.three, {entry.id: entry.answer for entry in bot.entries})
    if explain:
        click.echo("\n".join(explanation.lines()))


@main.command()
@click.option("--queries", type=_FILE, help="라벨이 있는 질의 (query,faq_id[,kind]). --perturb 와 함께면 이 질의를 바꿔 가며 묻습니다.")
@click.option("--perturb", "is_perturbed", is_flag=True, help="같은 질문을 띄어쓰기, 조사, 어미, 오타 등을 바꿔 물어도 답이 같은지 봅니다.")
@click.option("--faq", type=_FILE, help="--perturb 로 바꿔 물을 질문이 있는 FAQ 표 (기본: 공개된 릴리스의 질문).")
@click.option("--report", type=_FOLDER, help="report.html 과 report.json 을 쓸 폴더.")
@click.option("--sample", type=click.IntRange(min=1), help="--perturb 로 바꿔 물을 질문을 이만큼만 고릅니다. 늘 같은 것을 고릅니다.")
@as_json
@models_option
def evaluate(  # noqa: PLR0913  # one parameter an option
    *, queries: Path | None, is_perturbed: bool, faq: Path | None, sample: int | None, report: Path | None, is_json: bool, models: Path | None
) -> None:
    """공개된 릴리스를 라벨이 있는 질의로 평가하거나, 같은 질문을 바꿔 물어도 답이 같은지 봅니다(--perturb)."""
    _refuse_mixed(is_perturbed, queries, faq, sample, report)
    if is_perturbed:
        _evaluate_perturbed(_settings(models=models), queries, faq, sample, is_json=is_json)
        return
    if queries is None:
        raise click.MissingParameter(param_hint="'--queries'", param_type="option")
    from faqbot.bootstrap.measuring import evaluate_release
    from faqbot.evaluation.report_page import report_files
    from faqbot.evaluation.report_text import lines

    data = evaluate_release(_settings(models=models), read_labelled_queries(queries), _track, lambda said: click.echo(f"주의: {said}", err=True))
    if report:
        report.mkdir(parents=True, exist_ok=True)
        for name, content in report_files(data).items():
            (report / name).write_bytes(content)
        click.echo(f"보고서를 썼습니다: {report / 'report.html'}", err=True)
    if is_json:
        kinds = {kind["kind"]: {name: kind[name] for name in data["figures"]} for kind in data["kinds"]}
        echo_json({**data["figures"], "kinds": kinds, "answers": data["answers"], "what_if": data["what_if"]})
        return
    click.echo("\n".join(lines(data)))


def _refuse_mixed(is_perturbed: bool, queries: Path | None, faq: Path | None, sample: int | None, report: Path | None) -> None:
    if is_perturbed and report:
        raise click.UsageError("--report 는 --perturb 와 함께 쓰지 않습니다.")
    if is_perturbed and queries and faq:
        raise click.UsageError("--queries 와 --faq 가운데 하나만 주세요.")
    if not is_perturbed and (faq or sample):
        raise click.UsageError("--faq 와 --sample 은 --perturb 와 함께 씁니다.")


def _evaluate_perturbed(settings: Settings, queries: Path | None, faq: Path | None, sample: int | None, *, is_json: bool) -> None:
    from faqbot.bootstrap.parts import build_bot_and_analyzer
    from faqbot.evaluation.perturb import lines, perturb, questions_of, sampled

    given = [label.query for label in read_labelled_queries(queries) if label.in_scope] if queries else questions_of(read_faq(faq).entries) if faq else None
    bot, analyzer = build_bot_and_analyzer(settings)
    questions = sampled(questions_of(bot.visible()) if given is None else given, sample)
    rows = perturb(bot, analyzer, questions, _track)
    if is_json:
        echo_json({"questions": len(questions), "rows": [row.to_json() for row in rows]})
        return
    click.echo(f"질문 {len(questions):,}개를 바꿔 물었습니다. '첫 후보 같음'은 높을수록, '신뢰도 변화'와 '결과 바뀜'은 낮을수록 좋습니다.")
    click.echo("\n".join(lines(rows)))


@main.command()
@click.argument("file", type=_FILE)
@click.option("--index", "is_indexed", is_flag=True, help="메모리에 색인을 만들어 서로 헷갈리는 항목도 찾습니다. 조금 걸립니다.")
@as_json
def check(file: Path, *, is_indexed: bool, is_json: bool) -> None:
    """FAQ 표(CSV, TSV, XLSX, JSON, 도움말 페이지)를 학습하지 않고 점검합니다. 문제가 있으면 모두 알려 줍니다."""
    from faqbot.cli.findings import count_by_severity, lines

    table = read_faq(file)
    findings = _findings(table.entries, file.parent, is_indexed=is_indexed)
    counts = count_by_severity(findings)
    if is_json:
        warnings = [asdict(warning) for warning in table.warnings]
        echo_json({"entries": len(table.entries), "encoding": table.encoding, "warnings": warnings, **counts, "findings": [one.to_json() for one in findings]})
        sys.exit(bool(counts["error"]))
    for warning in table.warnings:
        click.echo(f"주의: {warning}", err=True)
    for line in lines(findings):
        click.echo(line)
    click.echo(f"{file}: {table.encoding}, FAQ {len(table.entries):,}건, 주의 {len(table.warnings) + counts['warning']:,}건. {_conclusion(counts['error'])}")
    sys.exit(bool(counts["error"]))


def _conclusion(errors: int) -> str:
    return f"오류 {errors:,}건을 고쳐야 합니다." if errors else "학습할 수 있습니다."


def _findings(entries: Sequence[FaqEntry], folder: Path, *, is_indexed: bool) -> "tuple[Finding, ...]":
    """Findings of the text, and with an index also those of the index, in one order."""
    from faqbot.corpus.checks import checks, in_order

    today = datetime.now(ZoneInfo(load_settings().timezone)).date()
    found = checks(entries, today)
    if not is_indexed or not any(entry.enabled for entry in entries):
        return found
    from faqbot.evaluation.table_checks import with_index
    from faqbot.training.in_memory import bot_in_memory

    return in_order((*found, *with_index(bot_in_memory(entries, folder, today, _track))), entries)


@main.command()
@click.option("--host", help="듣는 주소 (기본: 127.0.0.1).")
@click.option("--port", type=int, help="듣는 포트 (기본: 8000).")
@click.option("--workers", type=int, help="서버 프로세스 수 (기본: 2).")
@models_option
@var
@click.option("--faq", type=_FILE, help="쓸 수 있는 릴리스가 없을 때 먼저 학습할 FAQ 표.")
@click.option("--queries", type=_FILE, help="그 학습에 쓸 라벨이 있는 질의.")
def serve(  # noqa: PLR0913  # one parameter an option
    *, host: str | None, port: int | None, workers: int | None, models: Path | None, folder: str | None, faq: Path | None, queries: Path | None
) -> None:
    """답변 페이지와 HTTP API 를 엽니다."""
    from faqbot.bootstrap.serving import serve as run

    settings = _settings(host=host, port=port, workers=workers, models=models, var=folder)
    run(settings, faq, queries, notify=lambda line: click.echo(line, err=True), track=_track)


@main.command("fit-prior")
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--ranking", multiple=True, type=_FOLDER, help="순위만 배우는 폴더. 여러 번 줄 수 있습니다.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="결과 파일.")
def fit_prior(folders: Sequence[Path], ranking: Sequence[Path], out: Path) -> None:
    """(개발자용) 라벨이 있는 사이트 여러 곳에서 사전 학습값을 만듭니다. FOLDERS 마다 faqs.csv 와 queries.csv 가 있어야 합니다."""
    from faqbot.bootstrap.measuring import fit_prior_on

    _require_place(out)
    out.write_text(json.dumps(fit_prior_on(folders, ranking, _track), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    click.echo(f"사전 학습값을 썼습니다: {out}")


@main.command()
@click.option("--set", "sets", multiple=True, type=_FOLDER, help="채점할 세트의 폴더 (faqs.csv, queries.csv). 여러 번 줄 수 있습니다.")
@click.option("--base", "own", multiple=True, type=_FOLDER, help="사전 학습값에 늘 들어가는 폴더. 여러 번 줄 수 있습니다.")
@click.option("--ranking", multiple=True, type=_FOLDER, help="순위만 배우는 폴더. 여러 번 줄 수 있습니다.")
@click.option("--pool", type=_FILE, help="고객센터와 상관없는 말이 든 파일 (query 열). 세트마다 물어 봅니다.")
@click.option("--labels", type=click.IntRange(min=0), default=0, help="라벨이 있는 질의를 이만큼 뽑아 맞추고 나머지로 채점합니다.")
@click.option("--draws", type=click.IntRange(min=1), default=20, show_default=True, help="--labels 를 뽑는 횟수.")
@click.option("--out", type=_FOLDER, help="세트마다 예측을 <이름>.left_out.jsonl 과 <이름>.seen.jsonl 로 씁니다.")
@as_json
def benchmark(  # noqa: PLR0913  # one parameter an option
    *, sets: Sequence[Path], own: Sequence[Path], ranking: Sequence[Path], pool: Path | None, labels: int, draws: int, out: Path | None, is_json: bool
) -> None:
    """(개발자용) 세트마다 그 세트 없이 만든 값(left out)과 모두로 만든 값(seen)으로 채점합니다. 표 말고는 아무것도 학습하지 않습니다."""
    from faqbot.bootstrap.measuring import benchmark_on
    from faqbot.training.benchmark import Extras

    rows = list(benchmark_on(sets, own, out, _track, Extras(read_queries(pool) if pool else (), labels, draws), ranking))
    if is_json:
        echo_json(rows)
        return
    click.echo(f"{'':28s}" + " ".join(f"{name:>16s}" for name in _BENCHMARKED))
    for row in rows:
        click.echo(f"{row['set']:18s}{row['weights']:10s}" + " ".join(f"{number(row['figures'][name]):>16s}" for name in _BENCHMARKED))
        if row["kinds"]:
            click.echo("    hit@1: " + "  ".join(f"{kind} {number(values['hit@1'])}" for kind, values in row["kinds"].items() if values["in_scope"]))
            out_of_scope = {kind: values for kind, values in row["kinds"].items() if values["out_of_scope"]}
            click.echo(
                "    " + "  ".join(f"{k}: false_answer {number(v['false_answer'])} fallback_out {number(v['fallback_out'])}" for k, v in out_of_scope.items())
            )
        for extra in ("pool", "labels"):
            if extra in row:
                click.echo(f"    {extra}: " + "  ".join(f"{name} {number(value)}" for name, value in row[extra].items()))


def _settings(**overrides: object) -> Settings:
    return load_settings(overrides)


def _ask_all(bot: Any, batch: Path, out: Path) -> None:
    from faqbot.evaluation.run import predict

    queries = read_queries(batch)
    _require_place(out)
    temporary = out.with_name(f".{out.name}.unfinished")
    with temporary.open("w", encoding="utf-8") as handle:
        for query in _track("질문에 답하는 중", queries):
            for prediction in predict(bot, [query]):
                handle.write(json.dumps(prediction.to_json(), ensure_ascii=False) + "\n")
    temporary.replace(out)
    click.echo(f"{len(queries):,}건의 결과를 썼습니다: {out}")


def _require_place(out: Path) -> None:
    if not out.parent.is_dir():
        raise CorpusError(f"{out}: 결과를 쓸 폴더가 없습니다. 폴더를 먼저 만들거나 다른 경로를 주세요.")


def _track(label: str, items: Sequence[T]) -> Iterator[T]:
    """The items, with a bar on standard error where that is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    with click.progressbar(items, label=label, file=sys.stderr) as bar:
        yield from bar


def _echo_reply(reply: Reply, three: float, answers: dict[str, str]) -> None:
    for typed, read in reply.interpretation.corrections:
        click.echo(f"'{typed}'을(를) '{read}'(으)로 읽었습니다.")
    click.echo(f"{reply.outcome} · 신뢰도 {reply.confidence:.1%} · 셋 안에 답이 있을 확률 {three:.1%} · {reply.reason}")
    if reply.outcome == "answer":
        click.echo(f"\n[{reply.candidates[0].id}] {reply.candidates[0].question}\n\n{answers[reply.candidates[0].id]}")
        return
    for candidate in reply.candidates:
        click.echo(f"  {candidate.confidence:6.1%}  [{candidate.id}] {candidate.question}")


for command in (
    admin.admin,
    backup.backup,
    backup.restore,
    deploy_files,
    desk.inquiries,
    desk.notice,
    desk.maintain,
    doctor.doctor,
    drafts.draft,
    engine,
    importing.import_table,
    releases,
    review.review,
    sites,
):
    main.add_command(command)
in_korean(main)
