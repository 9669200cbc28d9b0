"""What `--help` shows: click's frame around our own texts, in Korean."""

import re
from collections.abc import Iterable

import click

_TITLES = {"Options": "옵션", "Commands": "명령", "Positional arguments": "인자"}
_TEXTS = {"Show this message and exit.": "이 도움말을 보이고 끝냅니다.", "Show the version and exit.": "버전을 보이고 끝냅니다."}
#: What stands in brackets behind the help of an option: its default, its range, whether it has to be given.
_BRACKETS = re.compile(r"(?<!\S)\[((?:default: |required|[\d.]*<?=?x[<>]).*)\]\Z", re.DOTALL)
_RANGE = re.compile(r"(?:(?P<low>[\d.]{1,20})<=)?x(?:<=(?P<high>[\d.]{1,20})|>=(?P<least>[\d.]{1,20}))?")


class _Formatter(click.HelpFormatter):
    """Names of commands, options and their values stay as they are typed: the columns are counted in letters, and Hangul is twice as wide."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or "사용법: ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(_TITLES.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl([(name, _said(text)) for name, text in rows], col_max, col_spacing)


class _Context(click.Context):
    formatter_class = _Formatter


def in_korean(command: click.Command) -> None:
    """Have a command, and all below it, show its help in Korean."""
    command.context_class = _Context
    command.options_metavar = "[옵션]"
    if isinstance(command, click.Group):
        command.subcommand_metavar = "[명령] ..." if command.invoke_without_command else "명령 ..."
        for each in command.commands.values():
            in_korean(each)


def span_in_words(span: str) -> str:
    """A range as click writes it; itself where it is none.

    >>> span_in_words("x>=1"), span_in_words("1<=x<=1000"), span_in_words("x<3")
    ('1 이상', '1 이상 1000 이하', 'x<3')
    """
    found = _RANGE.fullmatch(span)
    low, high = (found["low"] or found["least"], found["high"]) if found else (None, None)
    return " ".join((*((f"{low} 이상",) if low else ()), *((f"{high} 이하",) if high else ()))) or span


def _said(text: str) -> str:
    found = _BRACKETS.search(text)
    if not found:
        return _TEXTS.get(text, text)
    return f"{text[: found.start()]}[{'; '.join(_detail(each) for each in found[1].split('; '))}]"


def _detail(text: str) -> str:
    if text == "required":
        return "꼭 적어야 함"
    if text.startswith("default: "):
        return f"기본: {text.removeprefix('default: ')}"
    return span_in_words(text)
