"""The draft as it stands, publishing and going back: what a person does with releases, written into the log. Imports nothing heavy: servers use it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from faqbot.corpus.draft import DraftTable, changes
from faqbot.errors import GateError, MissingRecordError, ReleaseError
from faqbot.retrieval.release import current_id, load_release
from faqbot.store import AuditLine, Drafts, LoggedRelease, NewPublication, NewRelease, Store
from faqbot.training.publish import before_current, list_releases, publish, published_before, remove, require, rollback
from faqbot.training.replica import Replica, share, shared_now
from faqbot.training.source import published_table, table_of

#: Days that a release which was never published is kept, and how many of the newest ones are kept however old they are.
CANDIDATE_DAYS, KEPT_CANDIDATES = 30, 10
#: More than any log of releases has lines.
_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Working:
    """What an operator works on.

    Attributes:
        version: id of the version, None where nothing was saved yet.
        table: that version's; else that of the release that serves; else an empty one.
    """

    version: int | None
    table: DraftTable


def working(drafts: Drafts, site: Path) -> Working:
    """The draft as it stands.

    Raises:
        ReleaseError: there is no draft, and the release that serves cannot be read.
    """
    head = drafts.head()
    if head is not None:
        return Working(head.id, DraftTable.from_json(head.table))
    return Working(None, published_table(site) or DraftTable())


def table_of_release(drafts: Drafts, site: Path, release: str) -> DraftTable:
    """The whole table of a release: of the version it was trained from, else what lies beside it.

    Raises:
        ReleaseError: the release cannot be read.
    """
    logged = drafts.release(release)
    if logged is not None and logged.made.version_id is not None:
        try:
            return DraftTable.from_json(drafts.version(logged.made.version_id).table)
        except MissingRecordError:
            pass
    return table_of(site / release)


def log_candidate(store: Store, site: Path, release: str, made: NewRelease) -> LoggedRelease:
    """Write a new candidate into the log, with what it changes against the release that serves; other machines get its files."""
    share(store, site, release)
    return store.drafts.log_release(replace(made, release=release, changes=changes_of(site, release)))


def publish_release(store: Store, site: Path, release: str, *, by: str, why: str = "", line: AuditLine | None = None) -> LoggedRelease:
    """Make a release the one that serves, on every machine that shares the store, and write it into the log of releases and the audit log.

    Args:
        store: of the site.
        site: models/<site>.
        release: id.
        by: who.
        why: needed where the gate is red or knows nothing of the release that serves now; kept in the log.
        line: what the audit log says instead of `release.publish`.

    Raises:
        GateError: the gate is against it and no reason is given.
        ReleaseError: there is no such release, or it is damaged.
        StoreError: `conflict`: another machine published meanwhile. Where machines share releases nothing was published then.
    """
    before = shared_now(site, store)
    if (doubt := doubts(store.drafts.release(release), site)) and not why.strip():
        raise GateError(f"{doubt} 그래도 공개하려면 이유를 적으세요. 기록에 남습니다.")
    said = line or AuditLine(by, "release.publish", release, before=before, after={"release": release, "why": why.strip()})
    if not store.releases.is_shared:
        publish(site, release)
        return store.releases.log(NewPublication(release, said, why.strip(), _trained_at(site, release)))
    require(site, release)
    share(store, site, release)
    logged = store.releases.publish(NewPublication(release, said, why.strip(), _trained_at(site, release)), before)
    Replica(site, store).sync()
    return logged


def doubts(logged: LoggedRelease | None, site: Path) -> str:
    """Why publishing needs a reason, for people; "" where it does not. A release that was made past the draft has passed its own checks and needs none."""
    if logged is None or logged.made.gate is None:
        return ""
    gate = logged.made.gate
    if red := ", ".join(check["label"] for check in gate["checks"] if check["state"] == "red"):
        return f"릴리스 {logged.release}: 점검에서 걸린 것이 있습니다({red})."
    now = _current(site)
    if now not in {gate["published"], gate["candidate"]}:
        return f"릴리스 {logged.release}: 점검한 뒤에 다른 릴리스({now})가 공개되었습니다. 그 릴리스와 견주어 다시 점검하세요."
    return ""


def rollback_release(store: Store, site: Path, *, by: str, why: str = "", serving: str | None = None) -> LoggedRelease:
    """Publish the release before the one that serves, on every machine that shares the store, and write it into both logs; `serving` as in `rollback`.

    Raises:
        ReleaseError: there is none, or another one serves than was seen.
        StoreError: `conflict`: another machine published meanwhile. Where machines share releases nothing was published then.
    """
    before = shared_now(site, store)
    if store.releases.is_shared:
        if serving not in {None, before}:
            raise ReleaseError(f"그사이 다른 릴리스({before})가 공개되었습니다. 확인하고 다시 하세요.")
        release = before_current(site, published_before(site))
    else:
        release = rollback(site, serving=serving)
    line = AuditLine(by, "release.rollback", release, before=before, after={"release": release, "why": why.strip()})
    new = NewPublication(release, line, why.strip() or "되돌림", _trained_at(site, release), is_rollback=True)
    if not store.releases.is_shared:
        return store.releases.log(new)
    logged = store.releases.publish(new, before)
    Replica(site, store).sync()
    return logged


def _trained_at(site: Path, release: str) -> datetime | None:
    """When a release was trained, by its manifest: the log does not know those that were made past the draft."""
    return next((datetime.fromisoformat(info.created) for info in list_releases(site) if info.id == release), None)


def stale_candidates(drafts: Drafts, site: Path, now: datetime) -> tuple[str, ...]:
    """Ids of logged releases that nobody published in CANDIDATE_DAYS days and that are not among the newest KEPT_CANDIDATES of their kind, oldest last.

    Args:
        drafts: of the site.
        site: models/<site>.
        now: an aware moment.
    """
    published = set(published_before(site))
    candidates = [each for each in drafts.releases(_ALL) if each.published_at is None and each.release not in published]
    return tuple(each.release for each in candidates[KEPT_CANDIDATES:] if now - each.trained_at > timedelta(days=CANDIDATE_DAYS))


def remove_stale(drafts: Drafts, site: Path, now: datetime) -> tuple[LoggedRelease, ...]:
    """Delete them from the disk and from the log of releases; none while a training is at work. Returns what the log said; the audit log is the caller's."""
    stale = stale_candidates(drafts, site, now)
    if not stale or drafts.jobs.running() is not None:
        return ()
    try:
        gone = remove(site, stale)
    except ReleaseError:  # at work without the draft; another day will do
        return ()
    return tuple(logged for release in gone if (logged := drafts.forget_release(release)) is not None)


def changes_of(site: Path, release: str) -> dict[str, Any]:
    """Counts of what a release changes against the one that serves; everything is new where none does."""
    now = _current(site)
    try:
        old = load_release(site / now).entries if now else ()
    except ReleaseError:
        old = ()
    return {**changes(old, load_release(site / release).entries).counts(), "against": now}


def _current(site: Path) -> str:
    try:
        return current_id(site)
    except ReleaseError:
        return ""
