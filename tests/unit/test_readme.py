"""The documents name everything there is, and nothing that is not there."""

import errno
import os
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import click
import pytest
from pydantic import BaseModel, SecretStr

from faqbot import __version__
from faqbot.cli import main
from faqbot.corpus.columns import COLUMNS, LABELLED_COLUMNS, Column
from faqbot.domain import Level, Outcome, Reason
from faqbot.settings import CONFIG_FILE, PREFIX, Settings, variable
from faqbot.store import open_store
from faqbot.web import create_app, schema
from faqbot.web.desk.frame import MENU
from faqbot.web.desk.rules import PAGES
from faqbot.web.problems import STATUS
from faqbot.web.routes import OPERATIONS, Operation

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "data/README.md", "models/README.md")
#: Made when the product runs, so not there in a fresh checkout.
AT_RUN_TIME = frozenset({str(CONFIG_FILE), "bench.json", "sbom.json", "report.json", "models/default/", "data/var", "data/var/secret.key", "var/"})
#: Where a file that is named without its folder may be: of the checkout, of a site, of a base.
HOMES = (ROOT, ROOT / "data", ROOT / "data/bases/public")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(heading: str) -> str:
    """README from a heading to the next one of its level or above."""
    level = len(heading) - len(heading.lstrip("#"))
    _, found, rest = read("README.md").partition(f"\n{heading}\n")
    assert found, f"README.md has no heading {heading!r}"
    return re.split(rf"^#{{1,{level}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def rows(markdown: str) -> list[list[str]]:
    """Cells of all table rows, header rows left out."""
    lines = markdown.splitlines()
    body = [line for line, following in zip(lines, [*lines[1:], ""], strict=True) if line.startswith("|") and not following.startswith("|--")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in body if not line.startswith("|--")]


def names(cell: str) -> list[str]:
    """What is in backticks."""
    return re.findall(r"`([^`]+)`", cell)


def name(cell: str) -> str:
    """The first thing in backticks, "" for none."""
    return next(iter(names(cell)), "")


def anchors(file: Path) -> set[str]:
    """What a link may name behind "#": headings as hosts of Markdown spell them."""
    headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):.*## ", read("Makefile"), re.MULTILINE))


def commands(command: click.Command = main, path: str = "faqbot") -> Iterator[tuple[str, click.Command]]:
    """Every command with the words that call it, groups included."""
    yield path, command
    for word, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, f"{path} {word}")


def parameters(command: click.Command) -> list[str]:
    """Options by their longest spelling, arguments as the help writes them; one empty name for a command without any."""
    found = [max(p.opts, key=len) if isinstance(p, click.Option) else p.human_readable_name.upper() for p in command.params]
    return found or [""]


def models(annotation: Any) -> Iterator[tuple[type[BaseModel], str]]:
    """Models in an annotation, with "[]" for those of a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, ""
    elif get_origin(annotation) in (tuple, Union, UnionType):
        brackets = "[]" if get_origin(annotation) is tuple else ""
        yield from ((model, brackets + inner) for part in get_args(annotation) for model, inner in models(part))


def fields(model: type[BaseModel], prefix: str = "", above: tuple[type[BaseModel], ...] = ()) -> Iterator[str]:
    """Dotted names of all fields; one that holds its own model again is named once."""
    for field, info in model.model_fields.items():
        yield prefix + field
        for inner, brackets in models(info.annotation):
            if inner not in above:
                yield from fields(inner, f"{prefix}{field}{brackets}.", (*above, inner))


@pytest.fixture
def routes(tmp_path: Path) -> set[str]:
    with open_store(f"sqlite:///{tmp_path}/faqbot.db", b"a secret of 32 bytes for the test", "default", lambda: datetime.now(UTC)) as store:
        app = create_app(None, Settings(), store, b"a secret")  # type: ignore[arg-type]  # nothing is asked of it
    rules = [(re.sub("<path:(.+?)>", "{\\1}", rule.rule), rule.methods or set()) for rule in app.url_map.iter_rules()]
    return {f"{method} {path}" for path, methods in rules for method in methods - {"HEAD", "OPTIONS"}}


def shown(default: object) -> str:
    value = default.get_secret_value() if isinstance(default, SecretStr) else default
    return "" if value in (None, ()) else str(value)


def test_the_section_about_the_table_names_every_kind_that_is_read() -> None:
    assert "CSV, TSV, XLSX, JSON, JSON Lines, FAQPage가 든 HTML" in section("## FAQ 표")


def test_every_make_target_is_named():
    assert {name(row[0]) for row in rows(section("### make"))} == {f"make {target}" for target in targets()}


def test_every_make_target_has_a_help_line():
    assert targets() == set(re.search(r"^\.PHONY: (.+)$", read("Makefile"), re.MULTILINE)[1].split())


def test_every_command_and_option_is_named():
    documented = {(name(row[0]), (name(row[1]).split() or [""])[0]) for row in rows(section("### faqbot"))}
    assert documented == {(path, parameter) for path, command in commands() for parameter in parameters(command)}


def test_every_setting_is_named_with_its_default():
    documented = {name(row[0]): name(row[1]) for row in rows(section("## 설정"))}
    defaults = {variable(field): shown(info.default) for field, info in Settings.model_fields.items()}
    assert documented == {**defaults, f"{PREFIX}CONFIG": str(CONFIG_FILE)}


def test_the_settings_file_shown_can_be_used():
    example = tomllib.loads(re.search(r"```toml\n(.+?)```", section("## 설정"), re.DOTALL)[1])
    assert Settings(**example).model_dump(include=set(example), mode="json") == example


@pytest.mark.parametrize(("heading", "columns"), [("## FAQ 표", COLUMNS), ("### 질의 파일", LABELLED_COLUMNS)], ids=["faq", "queries"])
def test_every_column_is_named_with_the_headers_that_mean_it(heading: str, columns: tuple[Column, ...]):
    table = re.split(r"^### ", section(heading), maxsplit=1, flags=re.MULTILINE)[0]
    documented = {name(row[0]): (tuple(names(row[1])), row[2] == "예") for row in rows(table)}
    assert documented == {column.name: (column.aliases, column.required) for column in columns}


def test_every_route_is_named(routes: set[str]):
    assert {name(row[0]) for row in rows(section("### 주소"))} == {route for route in routes if " /admin" not in route}


def test_every_page_in_the_menu_of_the_desk_is_named_in_its_order():
    pages = {page.menu for page in PAGES if page.menu}
    assert [row[0] for row in rows(section("### 4. 운영 화면"))] == [title for title in MENU if title in pages]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_field_of_an_operation_is_named(operation: Operation[Any]):
    documented = [(row[0], name(row[1])) for row in rows(section(f"#### {operation.method} {operation.path}"))]
    expected = [*(("보냄", field) for field in fields(operation.input)), *(("받음", field) for field in (fields(operation.output) if operation.output else ()))]
    assert documented == expected


def test_every_field_and_code_of_a_problem_is_named():
    documented = rows(section("### 오류"))
    codes = {code: int(status) for code, status in ((name(row[0]), row[1]) for row in documented) if status.isdigit()}
    assert codes == {str(code): status for code, status in STATUS.items()}
    assert [name(row[0]) for row in documented if not row[1].isdigit()] == list(fields(schema.Problem))


@pytest.mark.parametrize("words", [Outcome, Level, Reason])
def test_every_word_of_a_reply_is_explained(words: type[Outcome] | type[Level] | type[Reason]):
    documented = {name(row[1]) for row in rows(section("### 답에 쓰는 말")) if name(row[0]) == words.__name__.lower()}
    assert documented == {str(word) for word in words}


def test_every_message_that_is_explained_is_one_that_can_appear():
    sources = "\n".join([read("Makefile"), os.strerror(errno.EADDRINUSE), *(file.read_text(encoding="utf-8") for file in (ROOT / "faqbot").rglob("*.py"))])
    explained = [message for row in rows(section("## 문제 해결")) for message in names(row[0])]
    assert [message for message in explained if not all(part in sources for part in message.split("…"))] == []


def test_every_figure_has_a_command_that_prints_it():
    readme = read("README.md")
    assert (readme.count("<!-- figures -->"), readme.count("<!-- /figures -->")) == (1, 1)
    table = rows(readme.partition("<!-- figures -->")[2].partition("<!-- /figures -->")[0])
    assert table
    assert [row for row in table if not re.match(r"(make|faqbot) [a-z]", name(row[-1]))] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_that_is_shown_exists(document: str):
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", read(document), re.DOTALL))
    assert set(re.findall(r"(?:^|[`$;] ?|&& )make ([a-z]+)", code, re.MULTILINE)) - targets() == set()
    words = {path.split()[1] for path, _ in commands() if " " in path}
    assert set(re.findall(r"(?:^|[`$;/] ?|&& )faqbot ([a-z][a-z-]+)", code, re.MULTILINE)) - words == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document: str):
    links = [link.partition("#") for link in re.findall(r"\]\(([^)\s]+)\)", read(document)) if "://" not in link]
    files = [((ROOT / document).parent / file if file else ROOT / document, anchor) for file, _, anchor in links]
    assert [file for file, _ in files if not file.exists()] == []
    assert [(file, anchor) for file, anchor in files if anchor and anchor not in anchors(file)] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_is_named_exists(document: str):
    prose = re.sub(r"```.*?```", "", read(document), flags=re.DOTALL)
    tops = "|".join(re.escape(path.name) for path in ROOT.iterdir() if not path.name.startswith("."))
    named = {word for word in names(prose) if re.fullmatch(rf"(?:{tops})(?:/[\w./-]*)?|[\w-]+\.(?:md|toml|lock|py|csv|tsv|json|txt)", word, re.ASCII)}
    assert {word for word in named - AT_RUN_TIME if not any((home / word).exists() for home in HOMES)} == set()


def test_every_test_that_is_named_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", read("README.md"))
    assert named
    assert [(file, test) for file, test in named if not re.search(rf"^def {test}\(", read(file), re.MULTILINE)] == []


def test_every_row_of_what_is_kept_names_a_test():
    assert [row[0] for row in rows(section("## 무너져도 지키는 것")) if "::test_" not in row[2]] == []


def test_the_changelog_has_the_version():
    assert __version__ == tomllib.loads(read("pyproject.toml"))["project"]["version"]
    assert re.findall(r"^## \[([^\]]+)\]", read("CHANGELOG.md"), re.MULTILINE)[0] == __version__
