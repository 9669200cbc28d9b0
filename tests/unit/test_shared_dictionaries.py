"""Dictionaries of releases that a process shares: what two sites have in common is there once, and each still reads by its own rules in its own order."""

import hashlib
import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.korean.synonyms import Rule, Synonyms
from faqbot.retrieval import dictionaries
from faqbot.retrieval.dictionaries import SharedDictionaries, Words

GENERAL = tuple(Rule((f"낱말{n}/N", f"뒤{n % 7}/V"), f"대표{n % 5}", n % 3 == 0, f"낱말{n}→대표") for n in range(60))
OWN = Rule(("낱말7/N",), "우리말", False, "낱말7→우리말")
TRICKY = Rule(("괄호/N",), "괄호", True, 'a],[[b"→괄호')


def written(rules: Sequence[Rule], user_words: Sequence[tuple[str, str]] = ()) -> bytes:
    """As a release has it; see faqbot.training.pack."""
    data = {"user_words": user_words, "synonyms": [(r.pattern, r.head, r.added, r.label) for r in rules]}
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read(shared: SharedDictionaries, data: bytes) -> Words:
    return shared.read(data, hashlib.sha256(data).hexdigest())


def test_equal_files_share_one_object() -> None:
    shared = SharedDictionaries()
    assert read(shared, written(GENERAL)) is read(shared, written(GENERAL))


def test_sites_with_the_same_rules_and_other_user_words_share_the_rules() -> None:
    shared = SharedDictionaries()
    first, second = read(shared, written(GENERAL)), read(shared, written(GENERAL, [("네이버페이", "NNP")]))
    assert second.user_words == (("네이버페이", "NNP"),)
    assert second.synonyms is first.synonyms


@pytest.mark.parametrize("first", [GENERAL, (OWN, *GENERAL), (TRICKY, *GENERAL)])
@pytest.mark.parametrize(
    "rules",
    [
        (OWN, *GENERAL),
        (*GENERAL, OWN),
        (GENERAL[40], *GENERAL[:40], *GENERAL[41:]),
        GENERAL[1:],
        (TRICKY, *GENERAL[:-2]),
        GENERAL[:3],
        tuple(reversed(GENERAL)),
        (),
    ],
)
def test_a_site_has_its_own_rules_in_its_own_order_whoever_was_read_before(first: Sequence[Rule], rules: Sequence[Rule]) -> None:
    shared = SharedDictionaries()
    read(shared, written(first))
    assert read(shared, written(rules)).synonyms.rules == tuple(rules)


ITEMS = st.lists(st.sampled_from([("낱말7", "NNG"), ("뒤0", "VV"), ("낱말0", "NNG"), ("뒤1", "VV"), ("낱말8", "NNG"), ("모름", "NNG")]), max_size=6)
CHANGES = st.tuples(
    st.sets(st.integers(0, 59), max_size=3), st.lists(st.sampled_from([OWN, TRICKY, Rule(("낱말8/N", "뒤1/V"), "딴말", True, "")]), max_size=2, unique=True)
)


@given(ITEMS, CHANGES)
def test_shared_tables_rewrite_as_tables_made_anew_do(items: list[tuple[str, str]], changes: tuple[set[int], list[Rule]]) -> None:
    shared = SharedDictionaries()
    read(shared, written(GENERAL))
    rules = (*changes[1], *(rule for place, rule in enumerate(GENERAL) if place not in changes[0]))
    ours, anew = read(shared, written(rules)).synonyms, Synonyms(rules)
    assert (ours.stored(items), ours.query(items), ours.explain(items)) == (anew.stored(items), anew.query(items), anew.explain(items))


def test_a_file_that_is_written_otherwise_is_read_all_the_same() -> None:
    data = json.dumps(json.loads(written((OWN, *GENERAL))), indent=1).encode()
    assert read(SharedDictionaries(), data).synonyms.rules == (OWN, *GENERAL)


@pytest.mark.parametrize("data", [b"", b"{}", b'{"synonyms":[[[1]],"user_words":', written(GENERAL)[:-9], b'{"synonyms":[[["a"],"b"]],"user_words":[]}'])
def test_what_is_no_dictionary_is_refused(data: bytes) -> None:
    shared = SharedDictionaries()
    read(shared, written(GENERAL))
    with pytest.raises((ValueError, LookupError, TypeError)):
        read(shared, data)


def with_user_word(n: int) -> bytes:
    """The general rules with a user word of a site."""
    return written(GENERAL, [(f"낱말{n}", "NNP")])


def test_of_words_that_differ_a_little_those_wanted_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dictionaries, "MOST_EDITS", 2)
    shared = SharedDictionaries()
    read(shared, written(GENERAL))
    first, second = read(shared, with_user_word(1)), read(shared, with_user_word(2))
    assert read(shared, with_user_word(1)) is first
    read(shared, with_user_word(3))
    assert read(shared, with_user_word(1)) is first
    assert read(shared, with_user_word(2)) is not second


def test_of_lists_that_differ_those_read_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dictionaries, "MOST_LISTS", 2)
    shared = SharedDictionaries()
    lists = [written([Rule((f"{name}{n}/N",), name, True, name) for n in range(9)]) for name in "가나다"]
    first, second, third = (read(shared, data) for data in lists)
    assert read(shared, lists[2]) is third
    assert read(shared, lists[1]) is second
    assert read(shared, lists[0]) is not first
