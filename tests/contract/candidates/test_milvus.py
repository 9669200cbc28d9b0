"""What becomes of candidates when the engine is half built, holds something else, stands still, dies and comes back."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from faqbot.bootstrap import candidates
from faqbot.errors import EngineError, SettingsError
from faqbot.retrieval import milvus as milvus_module
from faqbot.retrieval.address import Address, parse_address
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.engine import Collection, EngineSource
from faqbot.retrieval.link import EngineLink
from faqbot.retrieval.milvus import Milvus
from faqbot.retrieval.vectors import count_vectors, vectors
from faqbot.settings import load_settings
from tests.contract.candidates.milvus_core import wait_until

COLLECTION = Collection("faqbot_default_0123456789abcdef", "faqbot 1 abc", "default", "0123456789abcdef")
QUERY = "환불 며칠 걸려요"


def build(client: Milvus, bot: Bot, collection: Collection = COLLECTION, most: int | None = None) -> None:
    client.build(collection.name, collection.about, count_vectors(bot.index), islice(vectors(bot.index), most))


def test_a_collection_that_lacks_a_vector_is_not_held(milvus: Milvus, bot: Bot) -> None:
    collection = replace(COLLECTION, name="faqbot_half")
    build(milvus, bot, collection, most=5)
    assert not milvus.holds(collection.name, collection.about)


def test_a_build_that_was_cut_short_is_finished_by_another(milvus: Milvus, bot: Bot) -> None:
    collection = replace(COLLECTION, name="faqbot_resumed")
    build(milvus, bot, collection, most=5)
    build(milvus, bot, collection)
    assert milvus.holds(collection.name, collection.about)


def test_a_collection_made_for_other_weights_is_built_anew(milvus: Milvus, bot: Bot) -> None:
    collection = replace(COLLECTION, name="faqbot_other")
    build(milvus, bot, replace(collection, about="faqbot 1 old"))
    build(milvus, bot, collection)
    assert (milvus.holds(collection.name, "faqbot 1 old"), milvus.holds(collection.name, collection.about)) == (False, True)


@pytest.fixture
def linked(milvus_address: Address, bot: Bot) -> Iterator[tuple[EngineLink, Bot]]:
    """A link that builds what is missing, and a bot that asks through it."""

    def complete(client: Milvus, collection: Collection) -> None:
        if not client.holds(collection.name, collection.about):
            build(client, bot, collection)

    link = EngineLink(lambda: Milvus(milvus_address), complete, retry=0.05)
    index = replace(bot.index, source=EngineSource(COLLECTION, link))
    link.follow()
    yield link, Bot(bot.release, bot.entries, index, bot.parameters, bot._reader, today=bot._today)
    link.stop()


def test_the_first_query_is_answered_while_the_link_is_made(linked: tuple[EngineLink, Bot], bot: Bot) -> None:
    assert linked[1].ask(QUERY) == bot.ask(QUERY)


def test_queries_go_to_the_engine_once_the_collection_is_whole(linked: tuple[EngineLink, Bot]) -> None:
    link, other = linked
    other.ask(QUERY)
    wait_until(lambda: link.is_up)


def test_an_engine_with_other_weights_is_asked_no_more(linked: tuple[EngineLink, Bot], milvus: Milvus, bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    link, other = linked
    other.ask(QUERY)
    wait_until(lambda: link.is_up)
    link._complete = refuse
    milvus._client.upsert(COLLECTION.name, [{"row": v.key, "entry": v.entry, "terms": {t: w * 1.01 for t, w in v.terms.items()}} for v in vectors(bot.index)])
    replies = other.ask(QUERY), bot.ask(QUERY)
    milvus.drop(COLLECTION.name)
    assert (replies[0] == replies[1], link.is_up, caplog.text.count("다릅니다")) == (True, False, 1)


def refuse(client: Milvus, collection: Collection) -> None:
    raise EngineError("아직", code="absent")


def test_a_collection_that_was_dropped_is_built_again(linked: tuple[EngineLink, Bot], milvus: Milvus, bot: Bot) -> None:
    link, other = linked
    other.ask(QUERY)
    wait_until(lambda: link.is_up)
    milvus.drop(COLLECTION.name)
    assert other.ask(QUERY) == bot.ask(QUERY)
    wait_until(lambda: link.is_up and milvus.holds(COLLECTION.name, COLLECTION.about))


def core_of(address: Address) -> int:
    """Process of the core behind a socket."""
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if address.uri.encode() in line.read_bytes() and b"milvus_lite" in line.read_bytes():
                return int(line.parent.name)
        except OSError:
            continue
    raise LookupError(address.uri)


def test_while_the_core_stands_still_answers_come_from_the_process_and_afterwards_from_the_core(
    linked: tuple[EngineLink, Bot], milvus_address: Address, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    link, other = linked
    other.ask(QUERY)
    wait_until(lambda: link.is_up)
    core = core_of(milvus_address)
    os.kill(core, signal.SIGSTOP)
    try:
        replies = [other.ask(QUERY) for _ in range(20)]
        was_up = link.is_up
    finally:
        os.kill(core, signal.SIGCONT)
    wait_until(lambda: link.is_up)
    assert (replies, was_up, caplog.text.count("그동안")) == ([bot.ask(QUERY)] * 20, False, 1)


def faqbot(python: Path, *arguments: object, **settings: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, **{f"FAQBOT_{name.upper()}": value for name, value in settings.items()}}
    return subprocess.run([python, "-m", "faqbot", *map(str, arguments)], capture_output=True, text=True, env=environment, timeout=120, check=False)


@pytest.mark.slow
def test_the_command_builds_the_published_release_once(milvus_python: Path, trained_site: Path, tmp_path: Path) -> None:
    address = f"milvus://{tmp_path}/candidates.db"
    said = [faqbot(milvus_python, "engine", "--json", "--models", trained_site.parent, candidates=address) for _ in range(2)]
    assert [each.returncode for each in said] == [0, 0], said[0].stderr[-2000:]
    assert [json.loads(each.stdout)["built"] for each in said] == [True, False], said[0].stderr


def test_a_missing_package_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(milvus_module, "find_spec", lambda _: None)
    with pytest.raises(EngineError, match=rf"{sys.executable} -m pip install 'faqbot\[milvus\]'"):
        candidates.open_link(load_settings({"candidates": "milvus://127.0.0.1:1"}), print)


@pytest.mark.parametrize("text", ["http://127.0.0.1:19530", "milvus://?", "milvus://host:port", "milvus:///folder/", "milvus://host?x=1"])
def test_an_address_that_is_none_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(SettingsError, match="FAQBOT_CANDIDATES") as raised:
        candidates.address_of(load_settings({"candidates": text}))
    assert text not in str(raised.value)


def test_a_password_is_in_no_text_of_an_address() -> None:
    address = parse_address("milvus://user:s3cret@db.example:19531/faq")
    assert (address.shown, address.password, address.uri, address.database) == ("milvus://db.example:19531/faq", "s3cret", "http://db.example:19531", "faq")


def test_nobody_listening_is_said_at_the_start_and_stops_nothing(milvus: Milvus) -> None:
    said: list[str] = []
    link = candidates.open_link(load_settings({"candidates": "milvus://127.0.0.1:1"}), said.append)
    assert (link is not None, "127.0.0.1:1" in said[0]) == (True, True)


def test_nobody_listening_is_an_error_of_the_connection(milvus: Milvus) -> None:
    with pytest.raises(EngineError, match=r"127\.0\.0\.1:1") as raised:
        Milvus(parse_address("milvus://127.0.0.1:1"))
    assert raised.value.code == "unreachable"


def test_only_releases_of_this_folder_that_serve_no_more_are_dropped(milvus: Milvus, bot: Bot, trained_site: Path, tmp_path: Path) -> None:
    site = Path(shutil.copytree(trained_site, tmp_path / "shop-1"))
    stale, elsewhere = "a" * 16, "b" * 16
    (site / stale).mkdir()
    for release in (bot.release, stale, elsewhere):
        build(milvus, bot, replace(COLLECTION, name=f"faqbot_shop_1_{release}"), most=1)
    dropped = candidates._drop_others(load_settings({"models": tmp_path, "site": "shop-1"}), milvus, bot.release)
    assert (dropped, milvus.collections("faqbot_shop_1_")) == (
        (f"faqbot_shop_1_{stale}",),
        sorted(f"faqbot_shop_1_{release}" for release in (bot.release, elsewhere)),
    )


def test_what_is_built_but_finds_other_rows_is_dropped_and_said(milvus: Milvus, trained_site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faqbot.retrieval.engine.different_rows", lambda *_: 1)
    with pytest.raises(EngineError, match="다른 후보"):
        candidates._hold(load_settings({"models": trained_site.parent}), milvus)
    assert not any(trained_site.joinpath(name.rpartition("_")[2]).exists() for name in milvus.collections("faqbot_default_"))
