"""Links that open nothing, and places that speak of a link that is not there."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from faqbot.corpus.checks.finding import Finding, Kind, Severity, row_of
from faqbot.corpus.checks.text import plain
from faqbot.corpus.links import is_safe_link
from faqbot.corpus.problem import quoted
from faqbot.domain import FaqEntry

_MARKDOWN = re.compile(r"(?<!\\)\[([^\[\]\n]*)\]\(([^()\n]*(?:\([^()\n]*\)[^()\n]*)?)\)")
_URL = re.compile(r"https?://[^\s<>\"'`\])}]+", re.IGNORECASE)
#: A scheme that was mistyped, or one with a space behind it.
_MISTYPED = re.compile(
    r"\b(?:https?:/(?!/)\w|https?//\w|https?:\s+//?\s*\w|https?://\s+\w|h?ttps?;//|htps?://|httpss://|https?://https?:?//|hxxps?://)", re.IGNORECASE
)
_HOST = re.compile(r"(?:www\.|m\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|net|org|kr|co|io|me|biz|info|shop|app|dev|store)(?:[/:?#].*)?", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
#: Hosts that RFC 2606 and 6761 keep for examples, and machines that no visitor reaches.
_NOWHERE = re.compile(
    r"(?:.*\.)?example\.(?:com|net|org)|(?:.*\.)?(?:example|test|invalid|localhost|local)|127\.[\d.]+|10\.[\d.]+|192\.168\.[\d.]+|0\.0\.0\.0", re.IGNORECASE
)
_TO_FILL = re.compile(r"\{[^{}]*\}|<[^<>]*>|X{3,}|O{3,}|○{2,}|주소|링크|여기에", re.IGNORECASE)
_EXAMPLE = re.compile(r"예\)|예시|예를|예:|ex\)|처럼|형식|형태|같은\s", re.IGNORECASE)
#: Words that point at a link.
_POINTING = re.compile(
    r"(?:아래|하단|다음|첨부(?:된|한)?)(?:에\s*있는|의)?\s*(?:링크|URL)(?:를|을|에서|로|으로|에)?|여기를?\s*(?:클릭|눌러|누르)|링크\s*:\s*(?=$|\n)"
    r"|(?:바로\s?가기|보러\s?가기|확인하러\s?가기|신청하러\s?가기|확인하기|자세히\s?보기)\s*(?:》|>>|≫|▶|→|☞)",
    re.IGNORECASE,
)


def links(entries: Iterable[FaqEntry]) -> Iterator[Finding]:
    """What is wrong with the links of each entry. A link that opens nothing is an error: the visitor would see only its label."""
    for entry in entries:
        yield from _in_answer(entry)
        yield from _beside_answer(entry)
        yield from _missing(entry)


def _in_answer(entry: FaqEntry) -> Iterator[Finding]:
    for label, inside in _MARKDOWN.findall(entry.answer):
        target = inside.strip()
        if (reason := _unusable(target)) or (reason := _placeholder(target)):
            yield _finding(Severity.ERROR, entry, f"[{label}]({target})", *reason)
        elif not is_safe_link(target) and not re.search(r"\s", target):
            yield _finding(
                Severity.WARNING,
                entry,
                f"[{label}]({target})",
                "대괄호 바로 뒤의 괄호가 링크로 읽혀 괄호 안의 말이 보이지 않습니다.",
                "대괄호와 괄호 사이를 한 칸 띄워 주세요.",
            )
    rest = _MARKDOWN.sub(" ", entry.answer)
    if mistyped := _MISTYPED.search(rest):
        yield _finding(
            Severity.WARNING, entry, rest[mistyped.start() :].split("\n")[0], "주소의 앞부분이 잘못 적혔습니다.", "https://로 시작하는 전체 주소로 고쳐 주세요."
        )
    for url in _URL.finditer(rest):
        around = rest[max(0, url.start() - 40) : url.end() + 10]
        if _is_nowhere(url[0]) and not _EXAMPLE.search(around):
            yield _finding(Severity.WARNING, entry, url[0], "보기로만 쓰는 주소이거나 밖에서 열 수 없는 주소입니다.", "실제 주소로 바꿔 주세요.")


def _beside_answer(entry: FaqEntry) -> Iterator[Finding]:
    if entry.link_url and (reason := _unusable(entry.link_url) or _placeholder(entry.link_url)):
        yield _finding(Severity.ERROR, entry, entry.link_url, *reason)
    if entry.link_label and not entry.link_url:
        yield Finding(
            Kind.MISSING_LINK,
            Severity.WARNING,
            (row_of(entry, quoted(entry.link_label)),),
            "링크 이름만 있고 주소가 없습니다.",
            "link_url 열에 주소를 적거나 이름을 지워 주세요.",
        )


def _missing(entry: FaqEntry) -> Iterator[Finding]:
    if entry.link_url or _URL.search(entry.answer) or _MARKDOWN.search(entry.answer) or re.search(r"\bwww\.|\.(?:com|kr|net)\b", entry.answer):
        return
    text = plain(entry.answer)
    if pointing := _POINTING.search(text):
        before = text[max(0, pointing.start() - 20) : pointing.end()]
        what = "링크를 가리키는 말이 있는데 링크가 없습니다."
        yield Finding(Kind.MISSING_LINK, Severity.WARNING, (row_of(entry, quoted(before)),), what, "[이름](https://주소)로 적거나 그 말을 지워 주세요.")


def _unusable(target: str) -> tuple[str, str] | None:
    """Why no visitor could open a target that was meant as an address, and what to do; None for a good one and for what is no address."""
    if target in {"", "#", "-", "http://", "https://"}:
        return "링크의 주소가 비어 있습니다.", "주소를 적거나 링크를 지워 주세요."
    if _MISTYPED.match(target):
        return "주소의 앞부분이 잘못 적혔습니다.", "https://로 시작하는 전체 주소로 고쳐 주세요."
    if re.search(r"\s", target) and (_SCHEME.match(target) or _HOST.match(target)):
        return "주소에 빈칸이 있어 링크가 되지 않습니다.", "빈칸을 지우거나 %20으로 바꿔 주세요."
    if _HOST.fullmatch(target) or target.startswith(("/", "./", "../")):
        return "주소가 https://로 시작하지 않습니다.", "https://로 시작하는 전체 주소로 고쳐 주세요."
    if _SCHEME.match(target) and not is_safe_link(target):
        return "열 수 없는 주소입니다.", "https://, http://, mailto:, tel: 가운데 하나로 시작하는 전체 주소로 고쳐 주세요."
    return None


def _placeholder(target: str) -> tuple[str, str] | None:
    if is_safe_link(target) and (_is_nowhere(target) or _TO_FILL.search(target)):
        return "보기로만 쓰는 주소이거나 밖에서 열 수 없는 주소입니다.", "실제 주소로 바꿔 주세요."
    return None


def _is_nowhere(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return True
    return bool(_NOWHERE.fullmatch(host))


def _finding(severity: Severity, entry: FaqEntry, text: str, reason: str, next_step: str) -> Finding:
    return Finding(Kind.BAD_LINK, severity, (row_of(entry, quoted(text)),), reason, next_step)
