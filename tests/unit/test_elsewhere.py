import pytest

from faqbot.errors import MissingRecordError
from faqbot.web import elsewhere
from faqbot.web.elsewhere import once_written
from faqbot.web.tokens import Tokens

TOKENS = Tokens(b"a secret of 32 bytes for the test", "default")


def test_what_is_there_is_acted_on_once():
    done: list[int] = []
    once_written(TOKENS, TOKENS.sign(7), lambda: done.append(7))
    assert done == [7]


def test_what_another_process_is_about_to_write_is_waited_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(elsewhere, "MOMENT", 20.0)
    attempts: list[int] = []

    def find() -> str:
        attempts.append(1)
        if len(attempts) < 4:
            raise MissingRecordError("not yet")
        return "found"

    assert once_written(TOKENS, TOKENS.sign(7), find) == "found"
    assert len(attempts) == 4


def missing() -> None:
    raise MissingRecordError("never")


def test_what_does_not_come_in_a_moment_is_not_there(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(elsewhere, "MOMENT", 0.2)
    with pytest.raises(MissingRecordError):
        once_written(TOKENS, TOKENS.sign(7), missing)


def test_nobody_waits_for_the_query_of_an_old_reply(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Tokens, "age", lambda *_: 3600.0)
    monkeypatch.setattr(elsewhere.time, "sleep", lambda _: pytest.fail("waited"))
    with pytest.raises(MissingRecordError):
        once_written(TOKENS, TOKENS.sign(7), missing)


def test_a_clock_that_was_put_back_makes_nobody_wait_for_hours(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(elsewhere, "MOMENT", 0.2)
    monkeypatch.setattr(Tokens, "age", lambda *_: -3600.0)
    with pytest.raises(MissingRecordError):
        once_written(TOKENS, TOKENS.sign(7), missing)


def test_a_token_has_an_age():
    assert 0 <= TOKENS.age(TOKENS.sign(7)) < 60
