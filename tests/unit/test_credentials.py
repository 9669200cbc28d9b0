"""What may be a password, a token, a key; and that nothing else opens anything."""

import hashlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from faqbot.errors import AccessError
from faqbot.store.credentials import (
    as_name,
    hash_password,
    is_outdated,
    is_password,
    is_token,
    new_key,
    new_token,
    prefix_of,
    require_name,
    require_password,
)

RIGHT = "correct horse battery"
HASHED = hash_password(RIGHT)
#: Everything that JSON, a form or a header may turn into.
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)
#: What opened doors elsewhere.
NOTHINGS = [None, "", " ", "\t\n", "\x00", "\u3000", "null", "None", "undefined", [], [""], {}, 0, 0.0, True, False, b"", b"\x00", "\ud800"]


@pytest.mark.parametrize("sent", [*NOTHINGS, RIGHT + "\x00", " " + RIGHT, RIGHT + " ", [RIGHT], {RIGHT: 1}, RIGHT.encode(), RIGHT[:-1]])
def test_nothing_like_a_password_is_the_password(sent):
    assert not is_password(sent, HASHED)
    assert not is_password(sent, None)


@settings(max_examples=25)
@given(ANYTHING)
@example(HASHED)
def test_nothing_but_the_password_is_the_password(sent):
    assert not is_password(sent, HASHED)


@pytest.mark.parametrize("hashed", [None, "", " ", "x", "$argon2id$", RIGHT])
def test_a_missing_or_broken_hash_is_matched_by_nothing(hashed):
    assert not any(is_password(sent, hashed) for sent in (RIGHT, "", hashed))


def test_the_password_is_the_password_however_the_keyboard_composes_it():
    assert is_password(RIGHT, HASHED)
    assert is_password("안녕하세요 비밀번호", hash_password("안녕하세요 비밀번호"))


def test_the_hash_is_argon2id_with_what_owasp_asks_and_a_salt_of_its_own():
    assert HASHED.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert hash_password(RIGHT) != HASHED
    assert not is_outdated(HASHED)
    assert is_outdated(HASHED.replace("t=2", "t=1"))


@given(ANYTHING)
@example("a" * 42)
@example("a" * 44)
@example("a" * 43 + "\n")
@example("가" * 43)
def test_only_what_looks_like_a_token_is_looked_up(sent):
    assert is_token(sent) == (isinstance(sent, str) and len(sent) == 43 and sent.isascii() and all(char.isalnum() or char in "_-" for char in sent))


@given(ANYTHING)
@example("fq__" + "a" * 43)
@example("fq_abcdefgh_")
@example("FQ_abcdefgh_" + "a" * 43)
@example("fq_abcdefgh_" + "a" * 43 + "\n")
@example("fq_abcdefgh_" + "a" * 44)
def test_only_what_looks_like_a_key_has_a_prefix(sent):
    assert prefix_of(sent) == ""


def test_tokens_and_keys_are_256_random_bits():
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(is_token(token) for token in tokens)
    prefix, key = new_key()
    assert prefix_of(key) == prefix
    assert key.startswith(f"fq_{prefix}_")
    assert len(key) == len("fq_12345678_") + 43


@pytest.mark.parametrize(
    ("password", "said"),
    [
        *[(nothing, "12자 이상") for nothing in NOTHINGS],
        ("짧은비밀번호", "12자 이상"),
        (" " * 40, "12자 이상"),
        ("correct\x00horse battery", "12자 이상"),
        ("ab" * 20, "되풀이"),
        ("it is minji, the horse", "이름이"),
        ("correct horse" * 20, "128자까지"),
    ],
)
def test_a_weak_password_is_refused_with_what_to_do(password, said):
    with pytest.raises(AccessError, match=said) as caught:
        require_password(password, "minji")
    assert caught.value.code == "password"


@pytest.mark.parametrize("password", [RIGHT, "커피 세 잔과 파란 우산", "x9$kQ2!mZp4w"])
def test_a_long_password_of_any_kind_is_taken(password):
    require_password(password, "minji")


@pytest.mark.parametrize(("typed", "name"), [(" Minji ", "minji"), ("김민지", "김민지"), ("\u1100\u1175\u11b7", "김"), ("m.kim-2_a@shop", "m.kim-2_a@shop")])
def test_names_are_found_however_they_are_typed(typed, name):
    assert as_name(typed) == require_name(typed) == name


@pytest.mark.parametrize("typed", [*NOTHINGS[:6], [], 7, "key:abc", "cli:root", "a b", "-a", "a" * 41, "a" * 200, "аdmin", "a\x00b", "<b>"])
def test_a_name_that_could_be_mistaken_for_another_is_none(typed):
    assert as_name(typed) == ""
    with pytest.raises(AccessError) as caught:
        require_name(typed)
    assert caught.value.code == "name"


def test_no_hash_holds_the_password():
    assert RIGHT not in HASHED
    assert hashlib.sha256(RIGHT.encode()).hexdigest() not in HASHED
