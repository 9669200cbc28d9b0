"""`faqbot import`: a table into the draft, shown first."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from faqbot.cli.options import by_option, models_option, var
from faqbot.errors import CorpusError, FaqbotError
from faqbot.settings import load_settings

if TYPE_CHECKING:
    from faqbot.corpus.clean import Cleaning
    from faqbot.corpus.diff import EntryChange
    from faqbot.corpus.importing import Preview
    from faqbot.domain import FaqEntry

#: Rows of each status, and problems and warnings, shown at most.
_SHOWN = 10
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_WORDS = {"new": "더함", "changed": "고침", "unchanged": "그대로", "removed": "뺌", "duplicate": "같은 질문이 앞에 있음"}


@click.command("import")
@click.argument("file", type=_FILE)
@click.option("--map", "mapped", multiple=True, metavar="머리글=열", help="모르는 머리글이 뜻하는 열 (예: --map '문의=question'). 여러 번 줄 수 있습니다.")
@click.option("--accept", multiple=True, metavar="규칙", help="받아들일 정리 규칙 (미리 보기에 나옵니다). 여러 번 줄 수 있습니다.")
@click.option("--queries", type=_FILE, help="라벨이 있는 질의 (query,faq_id[,kind]). 초안에 든 것에 더합니다.")
@click.option("--user-words", type=_FILE, help="사용자 사전 (user_words.tsv). 초안에 든 것을 바꿉니다.")
@click.option("--synonyms", type=_FILE, help="동의어 (synonyms.tsv). 초안에 든 것을 바꿉니다.")
@click.option("--problems", type=click.Path(dir_okay=False, path_type=Path), help="가져올 수 없는 행을 까닭과 함께 쓸 CSV 파일.")
@click.option("--leave-out-invalid", is_flag=True, help="가져올 수 없는 행은 빼고 가져옵니다.")
@click.option("--allow-drop", is_flag=True, help="지금 있는 FAQ 가 많이 사라져도 가져옵니다.")
@click.option("--yes", is_flag=True, help="초안에 넣습니다. 없으면 미리 보기만 합니다.")
@by_option
@models_option
@var
def import_table(  # noqa: PLR0913  # one parameter an option
    *, file: Path, mapped: Sequence[str], accept: Sequence[str], queries: Path | None, user_words: Path | None, synonyms: Path | None, problems: Path | None,
    leave_out_invalid: bool, allow_drop: bool, yes: bool, by: str, models: Path | None, folder: str | None,
) -> None:  # fmt: skip
    """FAQ 표(CSV, TSV, XLSX, JSON, 도움말 페이지)를 초안에 가져옵니다. --yes 가 없으면 무엇이 바뀌는지만 보여 줍니다."""
    from dataclasses import replace

    from faqbot.bootstrap.parts import build_store, local_today, site_folder
    from faqbot.corpus import read_labelled_queries
    from faqbot.corpus.importing import preview, problem_csv
    from faqbot.training.releasing import working
    from faqbot.training.source import dictionaries_of

    settings = load_settings({"models": models, "var": folder})
    with build_store(settings) as store:
        now = working(store.drafts, site_folder(settings))
        shown = preview(file.read_bytes(), file.name, now.table.entries, mapping=_mapping(mapped), accepted=accept, today=local_today(settings))
        _echo(shown)
        if problems is not None:
            problems.write_bytes(problem_csv(shown))
        if not yes:
            next_step = "머리글을 고치거나 --map 으로 열을 알려 준 뒤 다시 하세요." if shown.header_problems else "초안에 넣으려면 --yes 를 붙이세요."
            click.echo(f"아직 아무것도 바꾸지 않았습니다. {next_step}")
            if shown.header_problems:
                click.get_current_context().exit(1)
            return
        table = replace(now.table, entries=_confirmed(shown, allow_drop=allow_drop, leave_out_invalid=leave_out_invalid))
        table = replace(table, user_words=_text(user_words, table.user_words), synonyms=_text(synonyms, table.synonyms))
        table = table.with_queries(read_labelled_queries(queries)) if queries else table
        dictionaries_of(table)  # refuses what training would refuse
        saved = store.drafts.save(table, by, f"{file.name} 가져오기", now.version)
        counts = {status.value: n for status, n in shown.comparison.counts.items()}
        store.audit.write(by, "draft.import", file.name, before={"version": now.version}, after={"version": saved.id, **counts})
    click.echo(f"초안에 넣었습니다: {saved.id}번 판, FAQ {saved.entries:,}건 · 질문 {saved.queries:,}개. 다음은 faqbot draft train 입니다.")


def _confirmed(shown: "Preview", *, allow_drop: bool, leave_out_invalid: bool) -> tuple["FaqEntry", ...]:
    from faqbot.corpus.importing import confirm

    try:
        return confirm(shown, allow_drop=allow_drop, leave_out_invalid=leave_out_invalid)
    except CorpusError as error:
        if error.problems or not shown.entries:
            raise
        raise CorpusError(f"{error} 그러려면 --allow-drop 을 붙이세요.") from error


def _mapping(mapped: Sequence[str]) -> dict[str, str]:
    pairs = [one.rpartition("=") for one in mapped]
    if wrong := [one for one, (header, sign, column) in zip(mapped, pairs, strict=True) if not (header and sign and column)]:
        raise click.UsageError(f"--map 은 머리글=열 꼴로 적습니다. 지금: {wrong[0]!r}")
    return {header: column for header, _, column in pairs}


def _echo(shown: "Preview") -> None:
    counts = {status.value: n for status, n in shown.comparison.counts.items()}
    if shown.header_problems:
        click.echo(f"{shown.source}: {shown.format} · {shown.encoding} · 머리글이 맞지 않아 가져올 수 없습니다")
    else:
        click.echo(f"{shown.source}: {shown.format} · {shown.encoding} · " + " · ".join(f"{_WORDS[status]} {n:,}" for status, n in counts.items()))
        click.echo(f"가져올 수 없는 행 {len(shown.invalid):,} · 주의 {len(shown.warnings):,}")
    for status in () if shown.header_problems else ("new", "changed", "removed", "duplicate"):
        of_status = [each for each in shown.comparison.entries if each.status.value == status]
        _echo_list([_line(status, each) for each in of_status])
    _echo_list([f"  문제 · {problem}" for problem in shown.problems])
    _echo_list([f"  주의 · {warning}" for warning in shown.warnings])
    if shown.unknown_headers:
        click.echo(f"가져오지 않은 열: {', '.join(shown.unknown_headers)}. 뜻하는 열이 있으면 --map '머리글=열' 로 알려 주세요.")
    by_key: dict[str, list[Cleaning]] = {}
    for cleaning in shown.cleanings:
        by_key.setdefault(cleaning.key, []).append(cleaning)
    for key, found in by_key.items():
        said = f"받아들임({key})" if {key, found[0].rule.value} & shown.accepted else f"받아들이려면 --accept '{key}'"
        click.echo(f"정리 · {found[0].rule.label}{': ' + found[0].detail if found[0].detail else ''} · {len(found):,}곳 · {said}")


def _line(status: str, each: "EntryChange") -> str:
    from faqbot.corpus.columns import COLUMNS

    words = {column.name: column.aliases[0] for column in COLUMNS}
    columns = f" ({', '.join(words[change.column] for change in each.changes)})" if each.changes else ""
    return f"  {_WORDS[status]} · [{each.entry.id}] {each.entry.question}{columns}"


def _echo_list(lines: Sequence[str]) -> None:
    for line in lines[:_SHOWN]:
        click.echo(line)
    if len(lines) > _SHOWN:
        click.echo(f"  … 그 밖에 {len(lines) - _SHOWN:,}건")


def _text(path: Path | None, otherwise: str) -> str:
    if path is None:
        return otherwise
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path}: UTF-8이 아닙니다({error.start + 1}번째 바이트). UTF-8로 다시 저장하세요.") from error
    except OSError as error:
        raise FaqbotError(f"{path}: 읽을 수 없습니다. 파일 권한을 확인하세요.") from error
