"""`faqbot backup` and `faqbot restore` as an operator types them: what comes back is what there was, or nothing changes."""

import hashlib
import json
import os
import re
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from faqbot.bootstrap import in_use
from faqbot.bootstrap.archive import FORMAT
from faqbot.bootstrap.parts import build_store
from faqbot.cli import main
from faqbot.errors import StoreError
from faqbot.retrieval.release import current_id, load_release
from faqbot.settings import Settings
from faqbot.store import NewInquiry, Role, Store, open_store

KEY = b"the secret of the tests, 32 byte"
INQUIRY = NewInquiry(question="결제가 두 번 됐어요", contact="minji.kim@example.kr")
PASSWORD = "a long enough password"  # noqa: S105


@dataclass
class Place:
    """An installation, and what it is asked to do."""

    root: Path

    @property
    def var(self) -> Path:
        return self.root / "var"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def site(self) -> Path:
        return self.models / "default"

    def run(self, *arguments: str | Path) -> Result:
        options = ["--models", self.models, "--var", self.var]
        return CliRunner().invoke(main, [str(each) for each in (*arguments, *options)], catch_exceptions=False)

    def backup(self, *arguments: str | Path, to: str = "backup.zip") -> Path:
        result = self.run("backup", self.root / to, *arguments)
        assert result.exit_code == 0, result.output
        return self.root / to

    def restore(self, file: Path) -> Result:
        return self.run("restore", file, "--yes")

    def store(self) -> Store:
        return open_store(f"sqlite:///{self.var}/faqbot.db", KEY, "default", lambda: datetime.now(ZoneInfo("Asia/Seoul")))

    def questions(self) -> list[str]:
        with self.store() as store:
            return sorted(each.content.question for each in store.inquiries(limit=1000))

    def submit(self, question: str) -> None:
        with self.store() as store:
            store.submit_inquiry(replace(INQUIRY, question=question), question)

    def state(self) -> dict[str, str]:
        """Everything on the disk but locks."""
        found = (path for path in self.root.rglob("*") if path.is_file() and not path.is_symlink() and path.suffix != ".lock")
        return {str(path.relative_to(self.root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(found)}


@pytest.fixture
def place(bare_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """One inquiry, one account, one published release; the working folder is its own."""
    place = Place(tmp_path)
    monkeypatch.chdir(tmp_path)
    shutil.copytree(bare_site, place.site)
    place.var.mkdir()
    (place.var / "secret.key").write_bytes(KEY)
    place.submit("첫 문의")
    with place.store() as store:
        store.accounts.create("minji", PASSWORD, Role.OWNER)
    yield place
    shutil.rmtree(place.models)


def names(file: Path) -> set[str]:
    with zipfile.ZipFile(file) as archive:
        return set(archive.namelist())


def rewritten(file: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The archive with other contents and, unless `change` did otherwise, a manifest that fits them."""
    with zipfile.ZipFile(file) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    change(contents)
    with zipfile.ZipFile(file.with_name("changed.zip"), "w") as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return file.with_name("changed.zip")


def change_manifest(contents: dict[str, bytes], **fields: object) -> None:
    contents["manifest.json"] = json.dumps({**json.loads(contents["manifest.json"]), **fields}).encode()


# What is in it


def test_what_was_backed_up_comes_back(place: Place) -> None:
    release, file = current_id(place.site), place.backup()
    place.submit("백업 뒤의 문의")
    shutil.rmtree(place.site)
    result = place.restore(file)
    assert result.exit_code == 0, result.output
    assert place.questions() == ["첫 문의"]
    assert load_release(place.site / current_id(place.site)).id == release


def test_a_backup_comes_back_on_a_machine_where_nothing_is(place: Place, tmp_path: Path) -> None:
    file = place.backup("--with-key")
    shutil.rmtree(place.var)
    shutil.rmtree(place.site)
    result = place.restore(file)
    assert result.exit_code == 0, result.output
    assert place.questions() == ["첫 문의"]
    assert stat.S_IMODE((place.var / "secret.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((place.var / "faqbot.db").stat().st_mode) == 0o600


def test_a_backup_is_its_owners_only_and_has_no_key_and_says_so(place: Place) -> None:
    result = place.run("backup", place.root / "backup.zip")
    assert result.exit_code == 0, result.output
    assert stat.S_IMODE((place.root / "backup.zip").stat().st_mode) == 0o600
    assert not any(KEY in data for data in every_file(place.root / "backup.zip"))
    assert "비밀 키는 넣지 않았습니다. 이 백업만으로는 받은 문의를 읽을 수 없으니 키를 따로 보관하세요." in result.stderr


def every_file(file: Path) -> list[bytes]:
    with zipfile.ZipFile(file) as archive:
        return [archive.read(name) for name in archive.namelist()]


def test_the_key_comes_along_where_it_is_wished(place: Place) -> None:
    assert "secret.key" in names(place.backup("--with-key"))


def test_nothing_that_can_run_is_in_a_backup(place: Place) -> None:
    assert (place.site / current_id(place.site) / "pipeline.joblib").exists()
    assert not [name for name in names(place.backup()) if name.endswith("joblib")]


def test_a_settings_file_with_a_secret_comes_along_only_with_the_key(place: Place) -> None:
    (place.root / "faqbot.toml").write_text('title = "도움말"\ndatabase_url = ""\nsecret_key = ""\n', encoding="utf-8")
    result = place.run("backup", place.root / "one.zip")
    assert "비밀(database_url, secret_key)이 들어 있습니다" in result.stderr
    assert "faqbot.toml" not in names(place.root / "one.zip")
    assert "faqbot.toml" in names(place.backup("--with-key", to="two.zip"))


def test_a_settings_file_comes_back_where_there_is_none_and_changes_none_that_is_there(place: Place) -> None:
    settings = place.root / "faqbot.toml"
    settings.write_text('title = "그때"\n', encoding="utf-8")
    file = place.backup()
    settings.write_text('title = "지금"\n', encoding="utf-8")
    assert "지금 것을 그대로 두었습니다" in place.restore(file).stderr
    assert "지금" in settings.read_text(encoding="utf-8")
    settings.unlink()
    assert place.restore(file).exit_code == 0
    assert "그때" in settings.read_text(encoding="utf-8")


def test_an_archive_lists_what_it_holds(place: Place) -> None:
    shown = json.loads(place.run("restore", place.backup(), "--list", "--json").stdout)
    assert (shown["rows"]["inquiries"], shown["has_key"], shown["sites"]) == (1, False, ["default"])
    assert "faqbot.db" in place.run("restore", place.root / "backup.zip", "--list").stdout


def test_a_backup_does_not_overwrite_a_file(place: Place) -> None:
    (place.root / "backup.zip").write_bytes(b"mine")
    result = place.run("backup", place.root / "backup.zip")
    assert (result.exit_code, (place.root / "backup.zip").read_bytes()) == (1, b"mine")
    assert "이미 있습니다" in result.stderr


def test_a_folder_keeps_the_newest_and_no_other_file_is_deleted(place: Place) -> None:
    folder = place.root / "backups"
    folder.mkdir()
    old = [folder / f"faqbot-default-2020010{n}T000000Z.zip" for n in range(1, 5)]
    mine = [folder / name for name in ("faqbot-other-20200101T000000Z.zip", "faqbot-default-note.zip", "a.txt")]
    for path in [*old, *mine]:
        path.touch()
    assert place.run("backup", folder, "--keep", "3").exit_code == 0
    left = {path.name for path in folder.glob("*.zip")}
    assert {path.name for path in old} & left == {path.name for path in old[2:]}
    assert all(path.exists() for path in mine)
    assert len([name for name in left if name.startswith("faqbot-default-2")]) == 3


def test_a_folder_that_is_not_there_is_made_and_the_file_in_it_has_its_name(place: Place) -> None:
    assert place.run("backup", place.root / "new" / "backups").exit_code == 0
    (made,) = (place.root / "new" / "backups").glob("faqbot-default-2*.zip")
    assert zipfile.is_zipfile(made)


@pytest.fixture
def shops(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The same as one of three sites: one more has a release, one has a file only."""
    shutil.copytree(place.site, place.models / "shop")
    (place.root / "sites").mkdir()
    (place.root / "sites" / "cafe.toml").write_text('title = "카페"\n', encoding="utf-8")
    monkeypatch.setenv("FAQBOT_SITES", "sites")
    monkeypatch.setenv("FAQBOT_SITE", "shop")
    return place


def test_a_backup_of_several_sites_has_the_name_of_none_and_says_whose_it_is(shops: Place) -> None:
    result = shops.run("backup", shops.root / "backups")
    (made,) = (shops.root / "backups").glob("*.zip")
    assert re.fullmatch(r"faqbot-\d{8}T\d{6}Z\.zip", made.name)
    assert "사이트 3곳(cafe, default, shop)의 것이 모두 들어 있습니다." in result.stdout
    assert "사이트 파일(sites/*.toml)은 넣지 않았습니다. 따로 보관하세요." in result.stderr


def test_keeping_some_counts_backups_of_both_names_and_none_of_another_installation(shops: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = shops.root / "backups"
    made = shops.backup(to="backups/one.zip").rename(folder / "faqbot-20200102T000000Z.zip")
    monkeypatch.setenv("FAQBOT_SITE", "default")
    foreign = shops.backup(to="backups/one.zip").rename(folder / "faqbot-20200103T000000Z.zip")
    monkeypatch.setenv("FAQBOT_SITE", "shop")
    old = [folder / f"faqbot-shop-2020010{n}T000000Z.zip" for n in (1, 4)]
    for path in (*old, folder / "faqbot-20200105T000000Z.zip"):
        path.touch()
    assert shops.run("backup", folder, "--keep", "2").exit_code == 0
    left = {path.name for path in folder.glob("*-2020*.zip")}
    assert (made.exists(), left) == (False, {foreign.name, old[1].name, "faqbot-20200105T000000Z.zip"})


def test_whoever_restores_is_told_that_all_sites_go_back(shops: Place) -> None:
    file = shops.backup()
    result = CliRunner().invoke(main, ["restore", str(file), "--models", str(shops.models), "--var", str(shops.var)], input="n\n")
    assert "사이트 3곳(cafe, default, shop)이 함께 씁니다. 한 사이트만이 아니라 모두 그때로 돌아갑니다." in result.stderr
    assert "지금 사이트 모두의 데이터베이스와 공개된 릴리스를 이것으로 바꿀까요?" in result.output


@pytest.mark.parametrize("answer", ["", "n", "뭐라고"])
def test_whatever_is_no_yes_changes_nothing_and_is_answered_in_korean(place: Place, answer: str) -> None:
    file, before = place.backup(), place.state()
    result = CliRunner().invoke(main, ["restore", str(file), "--models", str(place.models), "--var", str(place.var)], input=f"{answer}\n")
    assert (result.exit_code, place.state()) == (1, before)
    assert (result.stderr.splitlines()[-1], "rror" in result.output) == ("그만두었습니다.", False)


@pytest.mark.parametrize("answer", ["y", "Y", "예"])
def test_a_yes_restores(place: Place, answer: str) -> None:
    result = CliRunner().invoke(main, ["restore", str(place.backup()), "--models", str(place.models), "--var", str(place.var)], input=f"{answer}\n")
    assert (result.exit_code, "되돌렸습니다" in result.output) == (0, True)


@pytest.mark.parametrize("name", ["backup.zip", "backup.ZIP"])
def test_keeping_some_of_one_file_is_refused(place: Place, name: str) -> None:
    result = place.run("backup", place.root / name, "--keep", "3")
    assert "--keep 은 폴더에 백업할 때만 씁니다" in result.stderr
    assert not (place.root / name).exists()


def test_a_damaged_database_is_not_backed_up_and_nothing_is_left(place: Place) -> None:
    data = bytearray((place.var / "faqbot.db").read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    (place.var / "faqbot.db").write_bytes(data)
    result = place.run("backup", place.root / "new" / "backup.zip")
    assert result.exit_code == 1
    assert "손상" in result.stderr
    assert list((place.root / "new").glob("*")) == [place.root / "new" / ".faqbot-backup.lock"]


def test_a_damaged_release_keeps_nobody_from_saving_the_database(place: Place) -> None:
    (place.site / current_id(place.site) / "entries.json").write_bytes(b"[]")
    result = place.run("backup", place.root / "backup.zip")
    assert result.exit_code == 0
    assert "릴리스를 넣지 않았습니다" in result.stderr


# What is refused


def refused(place: Place, file: Path, sentence: str) -> None:
    before = place.state()
    result = place.restore(file)
    assert result.exit_code == 1, result.output
    assert sentence in result.stderr
    assert place.state() == before


def test_an_archive_with_a_flipped_byte_is_refused_wherever_it_is(place: Place) -> None:
    file = place.backup()
    data = file.read_bytes()
    whole = {name: hashlib.sha256(content).hexdigest() for name, content in zip(sorted(names(file)), sorted_files(file), strict=True)}
    accepted = 0
    for at in range(0, len(data), max(1, len(data) // 60)):
        (place.root / "flipped.zip").write_bytes(data[:at] + bytes([data[at] ^ 0x20]) + data[at + 1 :])
        if place.run("restore", place.root / "flipped.zip", "--list").exit_code == 0:  # a byte of the zip that means nothing, such as a date
            accepted += 1
            assert {
                name: hashlib.sha256(content).hexdigest() for name, content in zip(sorted(names(file)), sorted_files(place.root / "flipped.zip"), strict=True)
            } == whole
    assert accepted < 6


def sorted_files(file: Path) -> list[bytes]:
    with zipfile.ZipFile(file) as archive:
        return [archive.read(name) for name in sorted(archive.namelist())]


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_truncated_archive_is_refused(place: Place, share: float) -> None:
    data = place.backup().read_bytes()
    (place.root / "short.zip").write_bytes(data[: int(len(data) * share)])
    refused(place, place.root / "short.zip", "손상되었거나 faqbot의 백업이 아닙니다")


def test_something_else_is_refused(place: Place) -> None:
    (place.root / "table.csv").write_text("id,question\n")
    refused(place, place.root / "table.csv", "손상되었거나 faqbot의 백업이 아닙니다")


def test_an_archive_of_a_newer_faqbot_is_refused(place: Place) -> None:
    refused(place, rewritten(place.backup(), lambda contents: change_manifest(contents, format=FORMAT + 1)), "더 새로운 faqbot")


def test_an_archive_with_other_counts_is_refused(place: Place) -> None:
    refused(place, rewritten(place.backup(), lambda contents: change_manifest(contents, rows={"inquiries": 7})), "손상되었거나")


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/evil", "models/../../evil", "models/default/../evil", "models/default/0123456789abcdef/../../evil", "a\\..\\b", "var/x"]
)
def test_a_name_that_leads_elsewhere_is_refused(place: Place, name: str) -> None:
    def plant(contents: dict[str, bytes]) -> None:
        files = json.loads(contents["manifest.json"])["files"]
        change_manifest(contents, files={**files, name: [1, hashlib.sha256(b"x").hexdigest()]})
        contents[name] = b"x"

    refused(place, rewritten(place.backup(), plant), "손상되었거나")
    assert not list(place.root.rglob("evil"))


def test_a_file_that_the_manifest_does_not_know_is_refused(place: Place) -> None:
    refused(place, rewritten(place.backup(), lambda contents: contents.update({"secret.key": b"x" * 64})), "손상되었거나")


def test_a_file_that_unpacks_to_more_than_it_says_is_refused(place: Place) -> None:
    def grow(contents: dict[str, bytes]) -> None:
        contents["faqbot.db"] += b"\0" * 10_000_000

    refused(place, rewritten(place.backup(), grow), "손상되었거나")


def test_a_backup_of_another_key_is_refused(place: Place) -> None:
    file = place.backup()
    (place.var / "secret.key").write_bytes(b"x" * 64)
    refused(place, file, "비밀 키")


def test_a_backup_without_a_key_is_refused_where_none_is(place: Place) -> None:
    file = place.backup()
    (place.var / "secret.key").unlink()
    refused(place, file, "이 백업에는 비밀 키가 없습니다")


def test_a_database_of_a_newer_faqbot_is_refused(place: Place) -> None:
    with place.store() as store, store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE faqbot_version SET version_num = '9999'")
    refused(place, place.backup(), "새 버전에서 만들어졌습니다")


def test_nothing_is_restored_under_a_running_server(place: Place) -> None:
    file = place.backup()
    with build_store(Settings(var=place.var, models=place.models)):
        refused(place, file, "서버나 다른 faqbot 명령이 쓰고 있습니다. 서버를 멈추고")
    assert place.restore(file).exit_code == 0


def test_nobody_opens_the_store_while_it_is_restored(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_use, "PATIENCE", 0.1)
    with in_use.alone(place.var), pytest.raises(StoreError, match="백업을 되돌리는 중"):
        in_use.use(place.var)


# What stays


def test_the_state_before_lies_beside_the_restored_one(place: Place) -> None:
    file = place.backup()
    place.submit("백업 뒤의 문의")
    place.restore(file)
    (before,) = place.var.glob("before-restore-*")
    with open_store(f"sqlite:///{before}/faqbot.db", KEY, "default", lambda: datetime.now(ZoneInfo("Asia/Seoul"))) as store:
        assert sorted(each.content.question for each in store.inquiries()) == ["백업 뒤의 문의", "첫 문의"]
    assert (before / "models/default/CURRENT").read_text().strip() == current_id(place.site)
    assert stat.S_IMODE(before.stat().st_mode) == 0o700


def test_a_damaged_database_is_replaced_and_lies_beside(place: Place) -> None:
    file = place.backup()
    (place.var / "faqbot.db").write_bytes(b"garbage" * 1000)
    assert place.restore(file).exit_code == 0
    assert place.questions() == ["첫 문의"]
    (before,) = place.var.glob("before-restore-*")
    assert (before / "faqbot.db").read_bytes() == b"garbage" * 1000


def test_nobody_is_logged_in_after_a_restoration_and_the_log_names_it(place: Place) -> None:
    with place.store() as store:
        token, _ = store.accounts.log_in("minji", PASSWORD, "127.0.0.1")
    place.restore(place.backup())
    with place.store() as store:
        assert store.accounts.session(token) is None
        assert store.audit.page()[0].action == "store.restore"


def test_the_log_of_the_write_ahead_of_the_old_database_is_not_read_into_the_new_one(place: Place) -> None:
    file = place.backup()
    with place.store() as store:
        store.submit_inquiry(replace(INQUIRY, question="마지막 문의"), "last")
        shutil.copy(place.var / "faqbot.db-wal", place.root / "wal")  # as a killed server leaves it
    shutil.copy(place.root / "wal", place.var / "faqbot.db-wal")
    assert place.restore(file).exit_code == 0
    assert place.questions() == ["첫 문의"]
