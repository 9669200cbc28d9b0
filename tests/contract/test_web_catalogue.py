"""One release as the handlers of requests see it: what it keeps of its replies."""

from dataclasses import replace
from datetime import timedelta

import pytest

from faqbot.errors import QueryError
from faqbot.korean.analyzer import Analyzer
from faqbot.web.catalogue import Catalogue
from tests.conftest import TODAY
from tests.contract.conftest import ENTRIES, serve


@pytest.fixture
def catalogue(space_analyzer: Analyzer) -> Catalogue:
    return Catalogue(serve(ENTRIES, space_analyzer))


def test_what_was_asked_before_is_not_worked_out_again(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    first = catalogue.reply("환불", 4)
    monkeypatch.setattr(catalogue.bot, "explain", lambda *_, **__: pytest.fail("worked out again"))
    assert catalogue.reply("환불", 4) is first


@pytest.mark.parametrize(
    "other", [{"query": "환불 "}, {"limit": 5}, {"category": ("결제",)}, {"literal": True}], ids=["another text", "more of them", "a category", "literally"]
)
def test_a_reply_to_something_else_is_worked_out(catalogue: Catalogue, other: dict[str, object]) -> None:
    asked = {"query": "환불", "limit": 4, "category": (), "literal": False}
    first = catalogue.reply(**asked)
    again = catalogue.reply(**asked | other)
    assert again is not first
    assert again == catalogue.bot.ask(**asked | other)


def test_the_next_day_has_its_own_replies(space_analyzer: Analyzer) -> None:
    day = [TODAY]
    serving = serve((replace(ENTRIES[0], valid_to=TODAY), *ENTRIES[1:]), space_analyzer)
    serving.bot._today = lambda: day[0]
    catalogue = Catalogue(serving)
    question = ENTRIES[0].question
    assert catalogue.reply(question, 4).candidates[0].id == ENTRIES[0].id
    day[0] += timedelta(days=1)
    assert ENTRIES[0].id not in {candidate.id for candidate in catalogue.reply(question, 4).candidates}


def test_what_cannot_be_asked_is_refused_each_time(catalogue: Catalogue) -> None:
    for _ in range(2):
        with pytest.raises(QueryError):
            catalogue.reply(" ", 4)
