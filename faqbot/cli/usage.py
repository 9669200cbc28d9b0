"""A command typed wrongly: what click says about it, in Korean, and what to type instead."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import IO, Any

import click

from faqbot.cli.help import span_in_words
from faqbot.errors import FaqbotError
from faqbot.korean.josa import with_josa

_YES = ("y", "yes", "예", "네")
_KINDS = {"File": "파일", "Directory": "폴더", "Path": "파일이나 폴더"}


class WrongUsage(click.UsageError):
    """A usage error whose message is Korean. Exit code 2, as click's."""

    def show(self, file: IO[Any] | None = None) -> None:
        """The message first, then how the command is written and where to read more."""
        click.echo(f"오류: {self.format_message()}", file=file, err=file is None)
        if self.ctx is not None:
            pieces = " ".join(self.ctx.command.collect_usage_pieces(self.ctx))
            click.echo(f"사용법: {self.ctx.command_path} {pieces}\n더 알아보기: {self.ctx.command_path} --help", file=file, err=file is None)


class Group(click.Group):
    """The command line as a whole: errors meant for people become one message and exit code 1; usage errors stay click's 2."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """As click does, with its errors in Korean."""
        with _in_korean():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; where it fails say why."""
        try:
            with _in_korean():
                return super().invoke(ctx)
        except FaqbotError as error:
            click.echo(f"오류: {error}", err=True)
            ctx.exit(1)
        except click.Abort:
            click.echo("그만두었습니다.", err=True)
            ctx.exit(1)
        except (KeyboardInterrupt, EOFError):
            click.echo("\n그만두었습니다.", err=True)
            ctx.exit(1)


def require_yes(question: str) -> None:
    """Ask, and go on only where the answer is yes.

    Raises:
        click.Abort: it is anything else.
    """
    answer = str(click.prompt(f"{question} [y/N]", default="", show_default=False))
    if answer.strip().lower() not in _YES:
        raise click.Abort


@contextmanager
def _in_korean() -> Iterator[None]:
    """Turn click's usage errors into ours. Those that only ask for the help text pass."""
    try:
        yield
    except (WrongUsage, click.exceptions.NoArgsIsHelpError):
        raise
    except click.UsageError as error:
        raise WrongUsage(_message(error), ctx=error.ctx) from None


def _message(error: click.UsageError) -> str:
    if isinstance(error, click.MissingParameter):
        return f"{with_josa(_named(error), '을')} 적어 주세요."
    if isinstance(error, click.NoSuchOption):
        return f"{with_josa(error.option_name, '이라')}는 선택지가 없습니다." + _meant(error.possibilities or [])
    for pattern, translate in _WORDS:
        if found := pattern.fullmatch(error.message):
            text = translate(found)
            break
    else:
        text = error.message
        if found := _COMMAND.match(error.message):
            commands = error.ctx.command.list_commands(error.ctx) if error.ctx and isinstance(error.ctx.command, click.Group) else []
            return f"{with_josa(found[1], '이라')}는 명령이 없습니다." + _meant(get_close_matches(found[1], commands))
    return f"{name}: {text}" if isinstance(error, click.BadParameter) and (name := _named(error)) else text


def _named(error: click.BadParameter) -> str:
    """The option or argument as it is typed, "" where nobody said which."""
    if error.param_hint:
        hint = error.param_hint
        return (hint if isinstance(hint, str) else " / ".join(hint)).strip("'")
    if isinstance(error.param, click.Option):
        return max(error.param.opts, key=len)
    return (error.param.name or "").upper() if error.param else ""


def _meant(likely: list[str]) -> str:
    return f" {with_josa(likely[0], '을')} 쓰려던 것인가요?" if likely else ""


def _within(found: re.Match[str]) -> str:
    return f"{with_josa(found[1], '은')} 쓸 수 없습니다. {span_in_words(found[2])}의 수를 적어 주세요."


def _missing(found: re.Match[str]) -> str:
    where = "" if Path(found[2]).is_absolute() else f" 지금 폴더는 {Path.cwd()} 입니다."
    return f"{_KINDS[found[1]]} '{found[2]}' 을(를) 찾을 수 없습니다. 이름과 폴더가 맞는지 확인하세요.{where}"


_COMMAND = re.compile(r"No such command '(.+?)'\.")
#: What click says → how it is said here. What is in neither stays as it is: our own errors are Korean already.
_WORDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(File|Directory|Path) '(.*)' does not exist\.", re.DOTALL), _missing),
    (re.compile(r"File '(.*)' is a directory\.", re.DOTALL), lambda found: f"'{found[1]}' 은(는) 폴더입니다. 그 안의 파일을 적어 주세요."),
    (re.compile(r"Directory '(.*)' is a file\.", re.DOTALL), lambda found: f"'{found[1]}' 은(는) 파일입니다. 폴더를 적어 주세요."),
    (re.compile(r"\w+ '(.*)' is not (readable|writable)\.", re.DOTALL), lambda found: f"'{found[1]}' 을(를) 열 권한이 없습니다. 권한을 확인하세요."),
    (re.compile(r"'(.*)' is not a valid integer(?: range)?\.", re.DOTALL), lambda found: f"'{found[1]}' 은(는) 수가 아닙니다. 숫자로 적어 주세요."),
    (re.compile(r"(\S+) is not in the range (.+?)\."), _within),
    (re.compile(r"'(.*)' is not one of (.+?)\.?", re.DOTALL), lambda found: f"'{found[1]}' 은(는) 쓸 수 없습니다. {found[2]} 가운데 하나를 적어 주세요."),
    (re.compile(r"'(.*)' does not match the formats? '%Y-%m-%d'\.", re.DOTALL), lambda found: f"날짜 '{found[1]}' 을(를) 읽을 수 없습니다. 2027-02-10 처럼 적어 주세요."),
    (re.compile(r"Got unexpected extra arguments? \((.*)\)", re.DOTALL), lambda found: f"남는 말이 있습니다: {found[1]}. 띄어 쓴 말은 큰따옴표로 묶어 주세요."),
    (re.compile(r"Option '(.+)' requires an argument\."), lambda found: f"{found[1]} 뒤에 값을 적어 주세요."),
    (re.compile(r"Missing command\."), lambda _: "무엇을 할지 명령을 적어 주세요."),
)  # fmt: skip
