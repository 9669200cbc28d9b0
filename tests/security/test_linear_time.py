"""No text makes us work longer than its length says: ten times the text takes at most fifteen times as long."""

import importlib
import pkgutil
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import faqbot
from faqbot.corpus import parse_answer, to_html, to_json, to_text
from faqbot.corpus.checks import checks
from faqbot.corpus.clean import propose
from faqbot.corpus.diff import word_diff
from faqbot.corpus.encoding import decode
from faqbot.corpus.guard import guarded, unguarded
from faqbot.corpus.links import is_safe_link
from faqbot.corpus.markdown import to_markdown, without_tags
from faqbot.corpus.source import parse_text, read_source
from faqbot.corpus.table import Row
from faqbot.corpus.tails import tails
from faqbot.domain import FaqEntry
from faqbot.errors import FaqbotError
from faqbot.evaluation.spam import is_gibberish, looks_like_advert, skeleton
from faqbot.korean.courtesy import without_courtesy
from faqbot.korean.initials import initials
from faqbot.korean.keyboard import decompose, to_hangul, to_latin
from faqbot.korean.normalize import normalize
from faqbot.korean.terms import question_key, syllables
from faqbot.privacy import mask
from faqbot.web.intake import parse_json
from faqbot.web.pages.answers import on_page
from faqbot.web.pages.structured import in_script
from faqbot.web.pages.uploads import display_name, media_type_of
from tests.security.linear import PUMPS, too_steep

pytestmark = pytest.mark.slow

DAY = date(2026, 3, 2)
#: Characters with which what is not linear is noticed; with more of them it would only take longer.
NOTICED = 20_000
#: Patterns that never see a long text, and why.
SHORT = {
    "faqbot.corpus.checks.text._LIGHT_VERB": "words of 40 letters at most",
    "faqbot.retrieval.spelling._WORD": "queries: 300 characters at most",
    "faqbot.korean.courtesy._TRAILING": "the last 60 letters of a query",
    "faqbot.korean.courtesy._ONE_ALONE": "texts of 60 characters at most",
    "faqbot.web.week_words._TOKEN": "a setting of the operator",
    "faqbot.privacy.emails._DOMAIN": "what stands behind an @, tried once for each",
}


@cache
def sources() -> str:
    """All of our code."""
    return "\n".join(file.read_text(encoding="utf-8") for file in Path(faqbot.__file__).parent.rglob("*.py"))


def patterns() -> dict[str, re.Pattern[str]]:
    """Every compiled pattern that stands in a module, by its name."""
    found = {}
    for module in pkgutil.walk_packages(faqbot.__path__, "faqbot."):
        if "migrations.versions" in module.name or module.name.rpartition(".")[2] in {"__main__", "wsgi"}:
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, re.Pattern):
                found[f"{module.name}.{name}"] = value
    return found


def as_used(name: str, pattern: re.Pattern[str]) -> Callable[[str], object]:
    """How the pattern is used on a text: at its beginning only, or all over it."""
    used = set(re.findall(rf"\b{re.escape(name.rpartition('.')[2])}\.(match|fullmatch|search|sub|split|findall|finditer)\b", sources()))
    taken: Callable[[str], Any] = bytes_of if isinstance(pattern.pattern, bytes) else str
    if used and used <= {"match", "fullmatch"}:
        return lambda text: [getattr(pattern, each)(taken(text)) for each in used]
    return lambda text: [None for _ in pattern.finditer(taken(text))]


def refusing(call: Callable[[str], object]) -> Callable[[str], object]:
    """The same, where to refuse is good as well."""

    def tried(text: str) -> None:
        with suppress(FaqbotError):
            call(text)

    return tried


def bytes_of(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def shown(markdown: str) -> None:
    blocks = parse_answer(markdown)
    on_page(to_html(blocks)), to_text(blocks), to_json(blocks)


FUNCTIONS: dict[str, Callable[[str], object]] = {
    "normalize": normalize,
    "keyboard": lambda text: (to_hangul(text), to_latin(text), decompose(text)),
    "courtesy": without_courtesy,
    "initials": initials,
    "terms": lambda text: (question_key(text), syllables(text, 1, 2)),
    "mask": mask,
    "answer": shown,
    "guard": lambda text: (guarded(text), unguarded(text)),
    "word_diff": lambda text: word_diff(text, f"x{text[1:]}y"),
    "CSV": lambda text: parse_text(f"질문,답변\n{text}"),
    "CSV cell": lambda text: parse_text('질문,답변\n"{}",a\n'.format(text.replace('"', '""'))),
    "JSON file": lambda text: read_source(bytes_of('[{"q": "' + text), "a.json"),
    "page": lambda text: read_source(bytes_of(f"<html>{text}"), "a.html"),
    "page with questions": lambda text: read_source(bytes_of(f'<html><p itemtype="https://schema.org/Question">{text}'), "a.html"),
    "file": lambda text: read_source(bytes_of(text), "a"),
    "encoding": lambda text: decode(bytes_of(text), source="a"),
    "HTML": lambda text: (to_markdown(text), without_tags(text)),
    "cleaning": lambda text: propose([Row(1, {"question": text, "answer": text, "category": text})]),
    "checks": lambda text: checks([FaqEntry("a", text, text)], DAY),
    "tails": lambda text: tails([f"{text}{n}" for n in range(6)]),
    "links": lambda text: (is_safe_link(text), is_safe_link(f"https://{text}")),
    "spam": lambda text: (looks_like_advert(text), is_gibberish(text), skeleton(text)),
    "names of files": lambda text: (display_name(text, "image/png"), media_type_of(bytes_of(text))),
    "JSON body": lambda text: parse_json(bytes_of(text)),
    "JSON in a page": in_script,
}


def test_every_pattern_takes_time_that_grows_with_the_text():
    found = patterns()
    assert SHORT.keys() <= found.keys()
    steep = {name: list(too_steep(as_used(name, pattern))) for name, pattern in found.items() if name not in SHORT}
    assert {name: each for name, each in steep.items() if each} == {}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_text_takes_time_that_grows_with_it(name):
    assert list(too_steep(refusing(FUNCTIONS[name]))) == []


def test_a_pattern_that_is_not_linear_is_noticed():
    assert [pump for pump, _ in too_steep(re.compile(r"\s+x").search, PUMPS[:1], NOTICED)] == [" "]
