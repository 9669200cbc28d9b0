import re
from collections.abc import Callable

import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode
from faqbot.web.tokens import MAX_AGE, Tokens

SECRET = b"the secret of the tests, 32 byte"


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(SECRET, "default")


def is_refused(tokens: Tokens, token: str) -> bool:
    with pytest.raises(RequestError) as caught:
        tokens.read(token)
    return caught.value.code is ProblemCode.INVALID_TOKEN


def signed(payload: object, age: float = 0, salt: str = "faqbot.reply.default") -> str:
    """What only the holder of the secret can make, that many seconds ago."""

    class Signer(TimestampSigner):
        def get_timestamp(self) -> int:
            return super().get_timestamp() - int(age)

    return str(URLSafeTimedSerializer(SECRET, salt=salt, signer=Signer).dumps(payload))


@pytest.mark.parametrize("query_id", [1, 7, 2**62])
def test_a_token_names_the_query_that_it_was_made_for(tokens: Tokens, query_id: int) -> None:
    assert tokens.read(tokens.sign(query_id)) == query_id


def test_a_token_may_stand_in_a_url_and_is_short(tokens: Tokens) -> None:
    assert re.fullmatch(r"[A-Za-z0-9._-]{40,90}", tokens.sign(2**62))


def test_a_token_outlives_the_process_that_made_it(tokens: Tokens) -> None:
    assert Tokens(SECRET, "default").read(tokens.sign(7)) == 7


@pytest.mark.parametrize("other", [Tokens(b"another secret of the same length", "default"), Tokens(SECRET, "another"), Tokens(SECRET, "")])
def test_a_token_of_another_secret_or_site_is_refused(tokens: Tokens, other: Tokens) -> None:
    assert is_refused(tokens, other.sign(7))


def test_a_token_for_another_purpose_under_the_same_secret_is_refused(tokens: Tokens) -> None:
    assert is_refused(tokens, signed(7, salt="faqbot.session.default"))


@pytest.mark.parametrize(
    "change",
    [
        lambda _: "",
        lambda token: token[:-1],
        lambda token: token + "A",
        lambda token: token[1:],
        lambda token: token.partition(".")[0],
        lambda token: token.rpartition(".")[0],
        lambda token: token.replace(".", ""),
        lambda token: token.swapcase(),
        lambda token: "OA" + token[token.index(".") :],
        lambda token: f" {token}",
        lambda token: f"{token}\n",
    ],
)
def test_an_altered_token_is_refused(tokens: Tokens, change: Callable[[str], str]) -> None:
    assert is_refused(tokens, change(tokens.sign(7)))


@pytest.mark.parametrize("token", ["환불", "\0", "...", "7", "null", "." * 500, "eyJhIjoxfQ.aaaaaa.bbbbbb"])
def test_what_is_no_token_is_refused(tokens: Tokens, token: str) -> None:
    assert is_refused(tokens, token)


def test_a_token_is_good_for_thirty_days(tokens: Tokens) -> None:
    assert MAX_AGE == 30 * 24 * 3600
    assert tokens.read(signed(7, age=MAX_AGE - 60)) == 7
    assert is_refused(tokens, signed(7, age=MAX_AGE + 60))


@pytest.mark.parametrize("payload", [None, "x", [7], {"id": 7}])
def test_a_signed_token_that_names_no_query_is_refused(tokens: Tokens, payload: object) -> None:
    assert is_refused(tokens, signed(payload))


def test_a_token_that_was_signed_before_the_clock_was_put_back_is_good(tokens: Tokens) -> None:
    assert tokens.read(signed(7, age=-3600)) == 7
