"""Operators, their sessions, keys of programs and the audit log, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text as sql

from faqbot.errors import AccessError, MissingRecordError, StoreError
from faqbot.store import AccountChanges, Retention, Role, Store
from faqbot.store.access import ABSOLUTE, IDLE
from faqbot.store.attempts import LIMIT
from faqbot.store.engine import reading, writing
from tests.contract.store.conftest import NOW, Clock

PASSWORD, OTHER = "correct horse battery", "파란 우산과 커피 세 잔"
HERE, THERE = "203.0.113.7", "198.51.100.1"
NOTHINGS = [None, "", " ", "\x00", "null", [], [""], {}, 0, 1, True, b"", "\ud800", "' OR 1=1 --", "%"]


@pytest.fixture
def minji(store: Store) -> str:
    """An owner."""
    return store.accounts.create("minji", PASSWORD, Role.OWNER).name


@pytest.fixture
def token(store: Store, minji: str) -> str:
    return store.accounts.log_in(minji, PASSWORD, HERE)[0]


def refused(store: Store, name: object = "minji", password: object = OTHER, address: str = HERE) -> AccessError:
    with pytest.raises(AccessError) as caught:
        store.accounts.log_in(name, password, address)
    return caught.value


def everything(store: Store) -> str:
    """All rows of access as text."""
    tables = ("operators", "operator_sessions", "api_keys", "login_attempts", "audit_log")
    with reading(store._engine) as connection:
        return repr([connection.execute(sql(f"SELECT * FROM {table}")).all() for table in tables])  # noqa: S608  # our own names


# Operators


def test_without_anybody_nobody_exists(store, minji, opened):
    assert store.accounts.exist()
    assert not opened("other").accounts.exist()


def test_a_key_alone_makes_the_desk_exist(store):
    assert not store.accounts.exist()
    store.accounts.create_key("sync", Role.VIEWER, "cli")
    assert store.accounts.exist()


def test_a_new_account_is_as_it_was_asked_for(store, minji):
    (found,) = store.accounts.operators()
    assert found == store.accounts.operator(" MINJI ")
    assert (found.name, found.role, found.created_at, found.password_at, found.disabled_at, found.seen_at) == ("minji", Role.OWNER, NOW, NOW, None, None)


def test_a_name_is_taken_once_on_a_site(store, minji, opened):
    with pytest.raises(AccessError, match="이미 있는 이름") as caught:
        store.accounts.create("Minji", OTHER, Role.VIEWER)
    assert caught.value.code == "taken"
    assert opened("other").accounts.create("minji", OTHER, Role.VIEWER).role is Role.VIEWER


def test_what_nobody_has_is_missing(store, minji):
    accounts = store.accounts
    for call in (accounts.operator, accounts.disable, accounts.enable, accounts.start_session, lambda name: accounts.set_role(name, Role.OWNER)):
        for name in ("jun", "", "\x00"):
            with pytest.raises(MissingRecordError):
                call(name)
    with pytest.raises(MissingRecordError):
        accounts.set_password("jun", OTHER)


def test_the_last_owner_who_may_log_in_stays_one(store, minji):
    store.accounts.create("jun", OTHER, Role.EDITOR)
    for call in (store.accounts.disable, lambda name: store.accounts.set_role(name, Role.PUBLISHER)):
        with pytest.raises(AccessError) as caught:
            call(minji)
        assert caught.value.code == "last_owner"
    store.accounts.set_role("jun", Role.OWNER)
    store.accounts.disable(minji)
    with pytest.raises(AccessError):
        store.accounts.disable("jun")
    assert [(each.name, each.role) for each in store.accounts.operators() if each.disabled_at is None] == [("jun", Role.OWNER)]


def test_two_owners_cannot_remove_each_other_at_once(store, minji):
    store.accounts.create("jun", OTHER, Role.OWNER)

    def disable(name: str) -> None:
        try:
            store.accounts.disable(name)
        except AccessError:
            return

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(disable, ["minji", "jun"]))
    assert [each.disabled_at is None for each in store.accounts.operators()].count(True) == 1


# Log-in


def test_who_knows_name_and_password_is_logged_in(store, minji):
    token, session = store.accounts.log_in(" Minji", PASSWORD, HERE)
    assert (session.name, session.role, session.created_at) == ("minji", Role.OWNER, NOW)
    assert store.accounts.session(token) == session
    assert store.accounts.operator(minji).seen_at == NOW


def test_every_log_in_has_a_token_of_its_own(store, minji):
    assert store.accounts.log_in(minji, PASSWORD, HERE)[0] != store.accounts.log_in(minji, PASSWORD, HERE)[0]


@pytest.mark.parametrize("sent", NOTHINGS)
def test_nothing_is_no_name_no_password_no_token_and_no_key(store, minji, sent):
    assert refused(store, minji, sent).code == "wrong"
    assert refused(store, sent, PASSWORD).code == "wrong"
    assert store.accounts.session(sent) is None
    assert store.accounts.key(sent) is None
    store.accounts.log_out(sent)


def test_wrong_names_and_wrong_passwords_are_told_apart_by_nothing(store, minji):
    store.accounts.create("jun", OTHER, Role.VIEWER)
    store.accounts.disable("jun")
    assert len({str(refused(store, *sent)) for sent in (("minji", OTHER), ("nobody", OTHER), ("jun", OTHER))}) == 1


def test_a_disabled_operator_is_out_at_once_and_stays_out(store, minji):
    store.accounts.create("jun", OTHER, Role.EDITOR)
    token, _ = store.accounts.log_in("jun", OTHER, HERE)
    store.accounts.disable("jun")
    assert store.accounts.session(token) is None
    assert refused(store, "jun", OTHER).code == "wrong"
    store.accounts.enable("jun")
    assert store.accounts.session(token) is None
    assert store.accounts.log_in("jun", OTHER, HERE)


@pytest.mark.parametrize("vary", ["name", "address"])
def test_after_five_failures_in_a_minute_nobody_is_heard_until_it_is_over(store, minji, clock, vary):
    for number in range(LIMIT):
        address = f"203.0.113.{number}" if vary == "name" else HERE
        assert refused(store, f"user{number}" if vary == "address" else minji, address=address).code == "wrong"
        clock.advance(seconds=1)
    error = refused(store, minji, PASSWORD, THERE if vary == "name" else HERE)
    assert (error.code, error.wait) == ("throttled", 55)
    assert "55초 뒤에" in str(error)
    clock.advance(seconds=54)
    assert refused(store, minji, PASSWORD, THERE if vary == "name" else HERE).wait == 1
    clock.advance(seconds=1)
    assert store.accounts.log_in(minji, PASSWORD, THERE if vary == "name" else HERE)


def test_log_ins_that_succeed_are_no_failures(store, minji):
    for _ in range(2 * LIMIT):
        store.accounts.log_in(minji, PASSWORD, HERE)


def test_a_log_in_of_ones_own_does_not_make_an_address_new(store, minji):
    store.accounts.create("mallory", OTHER, Role.VIEWER)
    for _ in range(LIMIT - 1):
        refused(store, minji)
    store.accounts.log_in("mallory", OTHER, HERE)
    assert refused(store, minji).code == "wrong"
    assert refused(store, minji).code == "throttled"


def test_addresses_of_one_network_of_version_6_are_one(store, minji):
    for number in range(LIMIT):
        refused(store, f"user{number}", address=f"2001:db8::{number}")
    assert refused(store, minji, address="2001:db8::ffff").code == "throttled"
    assert refused(store, minji, address="2001:db8:0:1::1").code == "wrong"


def test_tries_at_the_same_moment_are_counted_too(store, minji):
    with ThreadPoolExecutor(3) as pool:  # as many as a process has connections: on a busy machine one more might be sent away
        codes = list(pool.map(lambda _: refused(store).code, range(12)))
    assert (codes.count("wrong"), codes.count("throttled")) == (LIMIT, 12 - LIMIT)


def test_another_process_counts_the_same_failures(store, minji, opened):
    for each in (store, opened(), store, opened(), store):
        assert refused(each).code == "wrong"
    assert refused(opened()).code == "throttled"
    assert refused(opened("other")).code == "wrong"


def test_failures_are_forgotten_when_they_count_no_more(store, minji, clock):
    refused(store)
    clock.advance(minutes=1)
    store.accounts.log_in(minji, PASSWORD, HERE)
    with reading(store._engine) as connection:
        assert connection.execute(sql("SELECT count(*) FROM login_attempts")).scalar_one() == 0


def test_an_old_hash_is_made_anew_at_log_in(store, minji):
    with reading(store._engine) as connection:
        new = connection.execute(sql("SELECT password_hash FROM operators")).scalar_one()
    from argon2 import PasswordHasher  # noqa: PLC0415  # here alone

    with writing(store._engine) as connection:
        connection.execute(sql("UPDATE operators SET password_hash = :old"), {"old": PasswordHasher(1, 1024, 1).hash(PASSWORD)})
    store.accounts.log_in(minji, PASSWORD, HERE)
    with reading(store._engine) as connection:
        assert connection.execute(sql("SELECT password_hash FROM operators")).scalar_one().partition(",p=1$")[0] == new.partition(",p=1$")[0]
    assert store.accounts.log_in(minji, PASSWORD, HERE)


# Sessions


def test_a_session_that_rests_ends(store, token, clock):
    clock.advance(seconds=IDLE.total_seconds() - 1)
    assert store.accounts.session(token)
    clock.advance(seconds=IDLE.total_seconds() - 1)
    assert store.accounts.session(token)
    clock.advance(seconds=IDLE.total_seconds())
    assert store.accounts.session(token) is None


def test_a_session_that_is_used_ends_too(store, token, clock):
    for _ in range(round(ABSOLUTE / timedelta(hours=1)) - 1):
        clock.advance(hours=1)
        assert store.accounts.session(token)
    clock.advance(hours=1)
    assert store.accounts.session(token) is None


def test_logging_out_ends_one_session(store, minji, token):
    other, _ = store.accounts.log_in(minji, PASSWORD, HERE)
    store.accounts.log_out(token)
    assert store.accounts.session(token) is None
    assert store.accounts.session(other)


def test_another_password_ends_every_session(store, minji, token):
    store.accounts.set_password(minji, OTHER)
    assert store.accounts.session(token) is None
    assert refused(store, minji, PASSWORD).code == "wrong"
    assert store.accounts.log_in(minji, OTHER, HERE)


def test_ones_own_password_is_changed_by_who_knows_it_and_leaves_one_new_session(store, minji, token):
    other, _ = store.accounts.log_in(minji, PASSWORD, HERE)
    with pytest.raises(AccessError) as caught:
        store.accounts.change_password(minji, "wrong", OTHER, HERE)
    assert caught.value.code == "wrong"
    with pytest.raises(AccessError) as caught:
        store.accounts.change_password(minji, PASSWORD, "short", HERE)
    assert caught.value.code == "password"
    assert store.accounts.session(token)
    new = store.accounts.change_password(minji, PASSWORD, OTHER, HERE)
    assert [store.accounts.session(each) is not None for each in (token, other, new)] == [False, False, True]


def test_who_holds_a_session_cannot_guess_its_password_faster(store, minji, token):
    for _ in range(LIMIT):
        with pytest.raises(AccessError):
            store.accounts.change_password(minji, "wrong", OTHER, HERE)
    with pytest.raises(AccessError) as caught:
        store.accounts.change_password(minji, PASSWORD, OTHER, HERE)
    assert caught.value.code == "throttled"


def test_another_role_ends_every_session(store, minji):
    store.accounts.create("jun", OTHER, Role.EDITOR)
    token, _ = store.accounts.log_in("jun", OTHER, HERE)
    assert store.accounts.set_role("jun", Role.PUBLISHER).role is Role.EDITOR
    assert store.accounts.session(token) is None
    assert store.accounts.log_in("jun", OTHER, HERE)[1].role is Role.PUBLISHER


def test_a_session_opens_no_other_site(store, token, opened):
    assert opened("other").accounts.session(token) is None


def test_no_secret_is_stored(store, token):
    _, key = store.accounts.create_key("sync", Role.EDITOR, "minji")
    stored = everything(store)
    assert not any(secret in stored for secret in (PASSWORD, token, key, key[12:], HERE))


# Keys


def test_a_key_opens_with_its_role_until_it_expires(store, clock):
    made, text = store.accounts.create_key("Sync", Role.EDITOR, "minji", days=30)
    assert (made.name, made.role, made.created_by, made.expires_at, made.used_at) == ("sync", Role.EDITOR, "minji", NOW + timedelta(days=30), None)
    clock.advance(days=30, seconds=-1)
    assert store.accounts.key(text).role is Role.EDITOR
    assert store.accounts.all_keys()[0].used_at == NOW + timedelta(days=30, seconds=-1)
    clock.advance(seconds=1)
    assert store.accounts.key(text) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda key: key[:-1],
        lambda key: key[:-1] + ("A" if key[-1] != "A" else "B"),
        lambda key: key.upper(),
        lambda key: f" {key}",
        lambda key: key + "\n",
        lambda key: key[3:],
        lambda key: [key],
    ],
)
def test_a_key_that_was_changed_opens_nothing(store, change):
    _, text = store.accounts.create_key("sync", Role.OWNER, "minji")
    assert store.accounts.key(text)
    assert store.accounts.key(change(text)) is None


def test_the_secret_of_one_key_does_not_fit_the_prefix_of_another(store):
    (_, one), (_, two) = store.accounts.create_key("a", Role.OWNER, "minji"), store.accounts.create_key("b", Role.VIEWER, "minji")
    assert store.accounts.key(two[:12] + one[12:]) is None


def test_two_keys_of_a_name_are_valid_at_once_and_no_third(store, clock):
    first, text = store.accounts.create_key("sync", Role.EDITOR, "minji", days=1)
    _, other = store.accounts.create_key("sync", Role.EDITOR, "minji")
    assert store.accounts.key(text)
    assert store.accounts.key(other)
    with pytest.raises(AccessError, match="옛 키를 폐기") as caught:
        store.accounts.create_key("sync", Role.EDITOR, "minji")
    assert caught.value.code == "too_many_keys"
    store.accounts.revoke_key(first.prefix)
    assert store.accounts.key(text) is None
    store.accounts.create_key("sync", Role.EDITOR, "minji", days=1)
    clock.advance(days=1)
    store.accounts.create_key("sync", Role.EDITOR, "minji")
    assert len(store.accounts.all_keys()) == 4


def test_what_was_revoked_stays_so_and_what_is_not_there_is_missing(store, clock):
    made, _ = store.accounts.create_key("sync", Role.EDITOR, "minji")
    assert store.accounts.revoke_key(made.prefix).revoked_at is None
    clock.advance(hours=1)
    assert store.accounts.revoke_key(made.prefix).revoked_at == NOW
    for prefix in ("", "nothing", "\x00", made.prefix.upper()):
        with pytest.raises(MissingRecordError):
            store.accounts.revoke_key(prefix)


@pytest.mark.parametrize("days", [0, -1, 731, 10**9])
def test_a_key_lives_for_two_years_at_most(store, days):
    with pytest.raises(AccessError, match="730일까지") as caught:
        store.accounts.create_key("sync", Role.EDITOR, "minji", days)
    assert caught.value.code == "days"


def test_a_key_opens_no_other_site(store, opened):
    _, text = store.accounts.create_key("sync", Role.OWNER, "minji")
    assert opened("other").accounts.key(text) is None
    assert opened("other").accounts.all_keys() == ()


# The audit log


def test_the_log_tells_who_did_what_to_what_with_before_and_after(store, clock):
    store.audit.write("minji", "notice.add", "7", after={"title": "휴무\x00", "days": [1, 2.5, None]})
    clock.advance(seconds=1)
    store.audit.write("key:abcdefgh", "notice.remove", "7\ud800", before=["휴무"], after=None)
    last, first = store.audit.page()
    assert (first.written_at, first.actor, first.action, first.subject) == (NOW, "minji", "notice.add", "7")
    assert (first.before, first.after) == (None, {"title": "휴무\x00", "days": [1, 2.5, None]})
    assert (last.actor, last.subject, last.before, last.after) == ("key:abcdefgh", "7\ufffd", ["휴무"], None)
    assert last.id > first.id


def test_the_log_is_read_by_pages_and_by_action(store, opened):
    for number in range(5):
        store.audit.write("minji", "a" if number % 2 else "b", str(number))
    opened("other").audit.write("minji", "c", "9")
    assert [each.subject for each in store.audit.page(2, 1)] == ["3", "2"]
    assert [each.subject for each in store.audit.page(action="a")] == ["3", "1"]
    assert (store.audit.count(), store.audit.count("b"), store.audit.count("c")) == (5, 3, 0)
    assert store.audit.actions() == ("a", "b")


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET actor = 'nobody'", "DELETE FROM audit_log"])
def test_the_database_itself_refuses_to_change_the_log(store, statement):
    store.audit.write("minji", "a", "1")
    with pytest.raises(StoreError), writing(store._engine) as connection:
        connection.execute(sql(statement))
    assert [each.actor for each in store.audit.page()] == ["minji"]


def test_no_line_of_the_log_is_replaced_and_the_table_is_never_emptied_at_once(store: Store) -> None:
    store.audit.write("minji", "a", "1")
    replacing = "REPLACE INTO audit_log (id, site, written_at, actor, action, subject) SELECT id, site, written_at, 'nobody', action, subject FROM audit_log"
    statement = replacing if store._engine.dialect.name == "sqlite" else "TRUNCATE audit_log"
    with pytest.raises(StoreError), writing(store._engine) as connection:
        connection.execute(sql(statement))
    store.audit.write("minji", "a", "2")
    assert [(each.actor, each.subject) for each in store.audit.page()] == [("minji", "2"), ("minji", "1")]


def test_nothing_of_the_log_is_ever_deleted(store, clock):
    store.audit.write("minji", "a", "1")
    clock.advance(days=4000)
    store.purge(Retention(1, 1, 1))
    assert store.audit.count() == 1
    assert not [name for name in dir(store.audit) if any(word in name for word in ("delete", "remove", "purge", "erase", "update"))]


def test_every_change_of_accounts_is_logged_with_before_and_after(store: Store, clock: Clock, opened: Callable[..., Store]) -> None:
    changes = AccountChanges(store.accounts, store.audit, "cli:root")
    changes.create("minji", PASSWORD, Role.OWNER)
    changes.create("jun", PASSWORD, Role.VIEWER)
    changes.set_role("jun", Role.EDITOR)
    changes.set_role("jun", Role.EDITOR)
    changes.set_password("jun", OTHER)
    changes.disable("jun")
    changes.disable("jun")
    changes.enable("jun")
    changes.enable("jun")
    changes.change_own_password("jun", OTHER, PASSWORD, HERE)
    key, text = changes.create_key("sync", Role.EDITOR, 10)
    changes.revoke_key(key.prefix)
    changes.revoke_key(key.prefix)
    expires = (NOW + timedelta(days=10)).date().isoformat()
    assert [(each.action, each.subject, each.before, each.after) for each in reversed(store.audit.page())] == [
        ("operator.create", "minji", None, {"role": "owner"}),
        ("operator.create", "jun", None, {"role": "viewer"}),
        ("operator.role", "jun", {"role": "viewer"}, {"role": "editor"}),
        ("operator.password", "jun", None, None),
        ("operator.disable", "jun", {"disabled": False}, {"disabled": True}),
        ("operator.enable", "jun", {"disabled": True}, {"disabled": False}),
        ("operator.password", "jun", None, None),
        ("key.create", key.prefix, None, {"name": "sync", "role": "editor", "expires": expires}),
        ("key.revoke", key.prefix, {"name": "sync", "revoked": False}, {"name": "sync", "revoked": True}),
    ]
    assert {each.actor for each in store.audit.page()} == {"cli:root"}
    assert not any(secret in everything(store) for secret in (PASSWORD, OTHER, text))


def test_what_was_refused_is_not_logged_as_done(store, minji):
    changes = AccountChanges(store.accounts, store.audit, "minji")
    for call in (lambda: changes.disable(minji), lambda: changes.create(minji, PASSWORD, Role.OWNER), lambda: changes.revoke_key("none")):
        with pytest.raises((AccessError, MissingRecordError)):
            call()
    assert store.audit.page() == ()
