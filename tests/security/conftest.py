"""The site of the contract tests, and one whose every word comes from somebody hostile."""

# ruff: noqa: F811  # fixtures are asked for by their names

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from faqbot import messages
from faqbot.corpus.draft import DraftTable
from faqbot.domain import FaqEntry, LabelledQuery, Outcome, Reason
from faqbot.korean.analyzer import Analyzer
from faqbot.settings import Settings
from faqbot.store import (
    AttachedFile,
    Cluster,
    DeskChanges,
    FeedbackReason,
    NewInquiry,
    NewNotice,
    QueryRecord,
    ReviewKind,
    Role,
    Store,
    TranscriptItem,
    Trouble,
    Wording,
)
from tests.contract.clock import Clock
from tests.contract.conftest import (  # noqa: F401  # fixtures
    NOW,
    RELEASE,
    TODAY,
    FakeLive,
    app,
    build,
    client,
    clock,
    database,
    empty_database,
    live,
    secret,
    serve,
    serving,
    settings,
    store,
    written,
)
from tests.contract.desk import as_operator
from tests.security.hostile import ADDRESSES, MARKUP

#: What a page of the desk is opened for.
KEY = "the-key-of-a-hostile-sender-0000"


@dataclass
class HostileSite:
    """An app whose table, queries, votes, inquiries and notices try to be more than text."""

    app: Flask
    store: Store
    owner: FlaskClient
    visitor: FlaskClient
    number: str
    token: str

    def addresses(self) -> list[str]:
        """Every page that shows something of it, each rule that a browser can open at least once."""
        entries = [f"x{place}" for place in range(len(MARKUP))]
        items = self.store.review.page(None)
        found = ["/", "/notice", "/inquiry", "/embed", "/sitemap.xml", "/robots.txt", f"/inquiry/{self.token}", f"/inquiry/{self.token}.txt"]
        found += [f"/faq/{each}" for each in entries] + [f"/notice/{each.id}" for each in self.store.all_notices()]
        found += [f"/v1/{each}" for each in ("faqs?limit=100", "popular", "notices", "contact", "categories", "suggest?q=x")] + [
            f"/v1/faqs/{each}" for each in entries
        ]
        found += [
            "/admin/faqs",
            "/admin/faqs/new",
            "/admin/faqs/words",
            "/admin/publish",
            "/admin/publish/draft",
            "/admin/lab",
            "/admin/asked",
            "/admin/feedback?vote=",
        ]
        found += [f"/admin/faqs/{page}?id={each}" for each in entries for page in ("edit", "remove")]
        found += [f"/admin/questions?kind={kind}" for kind in ReviewKind]
        found += [f"/admin/questions/{page}?id={item.id}" for item in items[:6] for page in ("attach", "new")]
        found += [
            "/admin",
            "/admin/account",
            "/admin/accounts",
            "/admin/audit",
            "/admin/settings",
            "/admin/install",
            "/admin/notices",
            "/admin/notices/new",
            "/admin/thresholds",
        ]
        found += ["/admin/inquiries", f"/admin/inquiries/{self.number}", f"/admin/inquiries/{self.number}/erase", "/admin/nothing", "/nothing", "/v1/nothing"]
        return found


def hostile_entries() -> tuple[FaqEntry, ...]:
    """One entry for each text, which stands in every column."""
    found = []
    for place, text in enumerate(MARKUP):
        address = ADDRESSES[place % len(ADDRESSES)]
        answer = f'{text}\n\n**{text}** [{text}]({address})\n\n- {text}\n- [x](<{address}>)\n\n| {text} | b |\n|---|---|\n| {text} | c |\n\n![{text}]({address} "{text}")\n'
        found.append(
            FaqEntry(
                f"x{place}", f"{text} {place}", answer, (f"{text}", f"{text}{place}"), (f"다른 {text}",), (text,), text[:40], address, text, None, None, None
            )
        )
    return tuple(found)


@pytest.fixture
def hostile(build, store: Store, live: FakeLive, clock: Clock, space_analyzer: Analyzer) -> Iterator[HostileSite]:
    entries = hostile_entries()
    live.held = serve(entries, space_analyzer)
    made = build(
        Settings(title=MARKUP[0][:60], phone=MARKUP[3][:40], hours=MARKUP[0], email=MARKUP[4][:100], call_charge=MARKUP[1][:40], public_url="http://localhost")
    )
    changes = DeskChanges(store, "owner")
    for text in MARKUP:
        changes.add_notice(NewNotice(text[:80], f"{text}\n\n[x]({ADDRESSES[0]})", TODAY))
    number, token = _inquiries(store, changes)
    _asked(store, entries, clock)
    synonyms = "\n".join(f"# {text}" for text in MARKUP if "\0" not in text)
    queries = tuple(LabelledQuery(text, frozenset({"x0"}), "must_answer") for text in MARKUP[:3])
    store.drafts.save(DraftTable(entries, synonyms, synonyms, queries), "owner", MARKUP[0], None)
    owner = as_operator(made, store, Role.OWNER)
    store.audit.write("owner", MARKUP[0], MARKUP[1], {MARKUP[2]: MARKUP[3]}, {MARKUP[2]: MARKUP[5]})
    yield HostileSite(made, store, owner, made.test_client(), number, token)
    written(made)


def _inquiries(store: Store, changes: DeskChanges) -> tuple[str, str]:
    file = store.add_upload(KEY, AttachedFile(f"{MARKUP[3]}.png", "image/png", b"\x89PNG"))
    talk = tuple(TranscriptItem(NOW, text, Outcome.SUGGEST, (text,)) for text in MARKUP)
    everything = "\n".join(MARKUP)
    inquiry = NewInquiry(everything, f"{MARKUP[3]}@x.kr", messages.CONSENT_VERSION, MARKUP[0], everything, everything, everything, talk)
    receipt = store.submit_inquiry(inquiry, KEY, [file])
    changes.reply(receipt.number, everything[:3000], MARKUP[0][:40])
    changes.note(receipt.number, everything[:3000], "owner")
    return receipt.number, receipt.token


def _asked(store: Store, entries: tuple[FaqEntry, ...], clock: Clock) -> None:
    shown = tuple(entry.id for entry in entries[:3])
    outcomes = (Outcome.ANSWER, Outcome.SUGGEST, Outcome.FALLBACK)
    records = [
        QueryRecord(
            text, outcomes[place % 3], Reason.CONFIDENT, 0.5, shown, RELEASE, answered="x0" if place % 3 == 0 else None, asked_at=NOW - timedelta(hours=1)
        )
        for place, text in enumerate(MARKUP)
    ]
    for query, text in zip(store.record_queries(records), MARKUP, strict=True):
        store.record_feedback(query, -1, FeedbackReason.NOT_SOLVED, text)
    said = [Wording(text, text, (NOW - timedelta(hours=1),), {Trouble.FALLBACK: 1}, 0, "x0", 0.5, Outcome.FALLBACK) for text in MARKUP]
    clusters = [Cluster(ReviewKind.UNANSWERED, "", (each,)) for each in said]
    clusters += [Cluster(ReviewKind.ALTERNATE, "x0", tuple(said)), Cluster(ReviewKind.SYNONYM, MARKUP[0], tuple(said))]
    store.review.refresh(clusters, ReviewKind, RELEASE, NOW - timedelta(minutes=3))


def texts_of(data: object) -> Iterator[str]:
    """Every text in a JSON tree."""
    if isinstance(data, str):
        yield data
    for each in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from texts_of(each)


def as_json(text: str) -> object:
    """A JSON document."""
    return json.loads(text)
