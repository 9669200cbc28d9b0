"""What is broken, and what must hold after it: one case an act of `tests.faults.stage`."""

import hashlib
import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from faqbot.bootstrap.archive import Archive
from faqbot.bootstrap.backup import make_backup
from faqbot.bootstrap.parts import build_store
from faqbot.bootstrap.restore import restore
from faqbot.retrieval.release import current_id, load_release, release_id
from faqbot.settings import Settings
from faqbot.store import NewInquiry, Store, open_store
from faqbot.training.publish import publish, rollback, write_release
from faqbot.training.releasing import publish_release
from tests.faults.stage import QUESTION, SECRET

#: What is asked before and after the moment of the backup.
THEN, NOW = "그때의 문의", "지금의 문의"


def sibling(site: Path) -> str:
    """The published release once more with another threshold, not published. Its id."""
    source = site / current_id(site)
    files = {path.name: path.read_bytes() for path in source.iterdir()}
    parameters, manifest = json.loads(files["parameters.json"]), json.loads(files["manifest.json"])
    parameters["thresholds"]["answer"] = 0.987
    files["parameters.json"] = json.dumps(parameters).encode()
    manifest["files"]["parameters.json"] = hashlib.sha256(files["parameters.json"]).hexdigest()
    manifest["id"] = release_id(manifest["analyzer"], manifest["files"])
    files["manifest.json"] = json.dumps(manifest).encode()
    write_release(site, manifest["id"], files)
    return str(manifest["id"])


def opened(database: Path) -> Store:
    return open_store(f"sqlite:///{database}", SECRET, "default", lambda: datetime.now(UTC))


def questions(store: Store) -> list[str]:
    return sorted(each.content.question for each in store.inquiries(limit=100_000))


def is_sound(database: Path) -> bool:
    with closing(sqlite3.connect(database)) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))


@dataclass(frozen=True, slots=True)
class Stock:
    """What every run begins from, made once: a database, a site with `old` published and `new` beside it, and an archive of another moment."""

    folder: Path
    old: str
    new: str

    @classmethod
    def make(cls, folder: Path, site: Path) -> "Stock":
        """From a site with one published release."""
        copy = shutil.copytree(site, folder / "models" / "default")
        old = current_id(copy)
        new = sibling(copy)
        (folder / "var").mkdir()
        (folder / "var" / "secret.key").write_bytes(SECRET)
        settings = Settings(var=folder / "var", models=folder / "models")
        with opened(folder / "var" / "faqbot.db") as store:
            store.submit_inquiry(NewInquiry(question=THEN), "then")
        publish(copy, new)
        make_backup(settings, folder / "given.zip")
        publish(copy, old)
        with opened(folder / "var" / "faqbot.db") as store:
            store.submit_inquiry(NewInquiry(question=NOW), "now")
        return cls(folder, old, new)

    def copy(self, to: Path) -> Path:
        """A fresh copy to break."""
        shutil.rmtree(to, ignore_errors=True)
        return shutil.copytree(self.folder, to)


class Case:
    """An act on a copy of the stock, and what must hold after it was broken.

    Attributes:
        name: of the act.
    """

    name = ""

    def __init__(self, stock: Stock) -> None:
        self.stock = stock

    def prepare(self, root: Path) -> list[str | Path]:
        """Make the copy ready; the arguments of the act."""
        raise NotImplementedError

    def check(self, root: Path, status: int) -> None:
        """AssertionError where a promise was broken; status as of the act."""
        raise NotImplementedError

    def serves(self, site: Path, status: int, done: str) -> str:
        """Old or new, whole, and what was said to be done is done."""
        current = current_id(site)
        assert current in {self.stock.old, self.stock.new}, current
        assert load_release(site / current).id == current
        assert status != 0 or current == done
        return current


class Inquiry(Case):
    name = "submit"

    def prepare(self, root: Path) -> list[str | Path]:
        return [root / "var" / "faqbot.db", "a key"]

    def check(self, root: Path, status: int) -> None:
        with opened(root / "var" / "faqbot.db") as store:
            found = questions(store).count(QUESTION)
            assert found == 1 if status == 0 else found <= 1, f"{found} stored"
            receipt = store.submit_inquiry(NewInquiry(question=QUESTION), "a key")
            assert receipt.repeated == bool(found)
            assert questions(store).count(QUESTION) == 1
        assert is_sound(root / "var" / "faqbot.db")


class Publication(Case):
    name = "publish_only"

    def prepare(self, root: Path) -> list[str | Path]:
        return [root / "models" / "default", self.stock.new]

    def check(self, root: Path, status: int) -> None:
        site = root / "models" / "default"
        self.serves(site, status, self.stock.new)
        publish(site, self.stock.new)
        assert rollback(site) == self.stock.old


class LoggedPublication(Case):
    name = "log_in_log"

    def prepare(self, root: Path) -> list[str | Path]:
        return [root / "var" / "faqbot.db", root / "models" / "default", self.stock.new]

    def check(self, root: Path, status: int) -> None:
        site = root / "models" / "default"
        self.serves(site, status, self.stock.new)
        with opened(root / "var" / "faqbot.db") as store:
            if status == 0:
                assert store.drafts.release(self.stock.new).published_at is not None
            publish_release(store, site, self.stock.new, by="cli:test")
            assert store.drafts.release(self.stock.new).published_at is not None
        self.serves(site, 0, self.stock.new)


class Return(Case):
    name = "go_back"

    def prepare(self, root: Path) -> list[str | Path]:
        publish(root / "models" / "default", self.stock.new)
        return [root / "models" / "default"]

    def check(self, root: Path, status: int) -> None:
        site = root / "models" / "default"
        self.serves(site, status, self.stock.old)
        publish(site, self.stock.new)
        assert rollback(site) == self.stock.old


class Writing(Case):
    name = "write"

    def prepare(self, root: Path) -> list[str | Path]:
        (root / "models" / "other").mkdir()
        return [root / "models" / "default" / self.stock.new, root / "models" / "other"]

    def check(self, root: Path, status: int) -> None:
        written, source = root / "models" / "other" / self.stock.new, root / "models" / "default" / self.stock.new
        if status == 0 or written.exists():
            assert load_release(written).id == self.stock.new
        write_release(written.parent, self.stock.new, {path.name: path.read_bytes() for path in source.iterdir()})
        assert [path.name for path in written.parent.iterdir()] == [self.stock.new]


class Backup(Case):
    name = "back_up"

    def prepare(self, root: Path) -> list[str | Path]:
        return [root]

    def check(self, root: Path, status: int) -> None:
        archive = root / "backup.zip"
        if status == 0 or archive.exists():
            with Archive.open(archive) as made:
                made.verify()
                assert made.manifest.rows["inquiries"] == 2
        with opened(root / "var" / "faqbot.db") as store:
            assert questions(store) == [THEN, NOW]
        archive.unlink(missing_ok=True)
        make_backup(Settings(var=root / "var", models=root / "models"), archive)
        assert list(root.glob(".faqbot-backup-*")) == []


class Restoration(Case):
    name = "put_back"

    def prepare(self, root: Path) -> list[str | Path]:
        return [root]

    def check(self, root: Path, status: int) -> None:
        settings, site = Settings(var=root / "var", models=root / "models"), root / "models" / "default"
        assert load_release(site / current_id(site))  # also before the next command has finished what was begun
        with build_store(settings) as store:
            found = questions(store)
        current = self.serves(site, status, self.stock.new)
        assert (found, current) in [([THEN, NOW], self.stock.old), ([THEN], self.stock.new)], (found, current)
        assert is_sound(root / "var" / "faqbot.db")
        del store  # or this process would keep the folder in use
        restore(settings, root / "given.zip", by="cli:test")
        with opened(root / "var" / "faqbot.db") as again:
            assert questions(again) == [THEN]
        assert not (root / "var" / ".restoring").exists()


CASES: dict[str, type[Case]] = {case.name: case for case in (Inquiry, Publication, LoggedPublication, Return, Writing, Backup, Restoration)}
