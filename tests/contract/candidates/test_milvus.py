"""What becomes of candidates when the engine is half built, holds something else, stands still, dies and comes back."""

import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from faqbot.bootstrap import candidates
from faqbot.cli import main
from faqbot.errors import EngineError, SettingsError
from faqbot.retrieval import milvus as milvus_module
from faqbot.retrieval.address import Address, parse_address
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.engine import Collection, EngineSource, collection_of
from faqbot.retrieval.link import EngineLink
from faqbot.retrieval.milvus import Milvus
from faqbot.retrieval.release import current_id, load_release
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


@pytest.fixture
def engine(milvus_address: Address, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs `faqbot engine` in this process, on the open core where no other address is given."""
    monkeypatch.setattr("faqbot.training.jobs.step_back", lambda: None)  # the tests go on in this process

    def run(models: Path, *options: str, address: str = milvus_address.shown) -> Result:
        monkeypatch.setenv("FAQBOT_CANDIDATES", address)
        return CliRunner().invoke(main, ["engine", "--models", str(models), *options], catch_exceptions=False)

    return run


def test_the_command_builds_the_published_release_once(engine: Callable[..., Result], trained_site: Path, tmp_path: Path) -> None:
    said = [engine(trained_site.parent, "--json", address=f"milvus://{tmp_path}/candidates.db") for _ in range(2)]
    assert [json.loads(each.output)["built"] for each in said] == [True, False]


def test_the_command_says_what_is_there_now_and_what_is_gone(engine: Callable[..., Result], milvus: Milvus, bot: Bot, bare_site: Path, tmp_path: Path) -> None:
    site = Path(shutil.copytree(bare_site, tmp_path / "default"))
    (site / ("a" * 16)).mkdir()
    for name in milvus.collections("faqbot_default_"):
        milvus.drop(name)
    build(milvus, bot, replace(COLLECTION, name=f"faqbot_default_{'a' * 16}"), most=1)
    lines = engine(tmp_path).output.splitlines()
    assert lines[0].startswith("milvus+unix:///")
    assert lines[1].startswith(f"faqbot_default_{current_id(site)}")
    assert lines[1].endswith("개 · 올렸습니다")
    assert lines[2:] == [f"faqbot_default_{'a' * 16} · 쓰지 않아 지웠습니다"]


def test_the_command_needs_an_address(engine: Callable[..., Result], bare_site: Path) -> None:
    refused = engine(bare_site.parent, address="")
    assert (refused.exit_code, "후보 엔진이 설정되지 않았습니다. FAQBOT_CANDIDATES 에 주소를 적으세요" in refused.output) == (1, True)


def test_what_lacks_vectors_after_a_build_is_dropped_and_said(
    engine: Callable[..., Result], milvus: Milvus, trained_site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    milvus.drop(f"faqbot_default_{current_id(trained_site)}")
    monkeypatch.setattr("faqbot.retrieval.vectors.vectors", lambda index: islice(vectors(index), 5))
    failed = engine(trained_site.parent)
    assert (failed.exit_code, "개가 다 있지 않아 지웠습니다" in failed.output) == (1, True)
    assert f"faqbot_default_{current_id(trained_site)}" not in milvus.collections("faqbot_default_")


def missing_at(milvus: Milvus, site: Path) -> Collection:
    """The collection of what is published, which the engine does not hold."""
    collection = collection_of("default", load_release(site / current_id(site)))
    milvus.drop(collection.name)
    return collection


@pytest.mark.slow
@pytest.mark.usefixtures("jobs_at_once")
def test_a_link_has_what_is_missing_built_by_a_process_beside(milvus: Milvus, milvus_address: Address, bare_site: Path, tmp_path: Path) -> None:
    collection = missing_at(milvus, bare_site)
    settings = load_settings({"models": bare_site.parent, "var": tmp_path, "candidates": "milvus:///not/asked.db"})
    candidates._complete(settings, milvus, collection, milvus_address.shown)
    assert milvus.holds(collection.name, collection.about)


def test_a_process_beside_that_built_another_release_is_told_from_one_that_failed(
    milvus: Milvus, bare_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = missing_at(milvus, bare_site)
    monkeypatch.setattr("faqbot.training.jobs.run_beside", lambda *_: None)
    with pytest.raises(EngineError, match="공개된 릴리스가 바뀌는 중이면 곧 올라갑니다") as raised:
        candidates._complete(load_settings({"models": bare_site.parent, "var": tmp_path}), milvus, collection, "")
    assert raised.value.code == "absent"


def test_a_file_is_opened_once_and_belongs_to_the_link(milvus: Milvus, tmp_path: Path) -> None:
    said: list[str] = []
    link = candidates.open_link(load_settings({"candidates": f"milvus://{tmp_path}/candidates.db"}), said.append)
    assert link is not None
    with closing(link._kept), closing(link._connect()) as client:
        assert client.collections("") == []
    assert said == []


def test_of_a_server_it_is_only_seen_that_it_listens(milvus: Milvus) -> None:
    said: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        candidates.open_link(load_settings({"candidates": f"milvus://127.0.0.1:{server.getsockname()[1]}"}), said.append)
    assert said == []


def test_without_an_address_there_is_no_link() -> None:
    assert candidates.open_link(load_settings({}), print) is None


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
