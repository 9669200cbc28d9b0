"""A site whose every word comes from somebody hostile, in real servers; and a watch over what a browser does with it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import BrowserContext

from faqbot.corpus.draft import DraftTable
from faqbot.domain import FaqEntry, Outcome, Reason
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
    open_store,
)
from faqbot.web import create_app
from faqbot.web.desk.cookies import LOCAL_COOKIE
from tests.browser.stub import host_app, serving
from tests.contract.clock import Clock
from tests.contract.conftest import NOW, RELEASE, TODAY, FakeLive, serve
from tests.security.test_markup import ELEMENTS
from tests.security.vectors import VECTORS

SECRET = b"the secret of the tests, 32 byte"
KEY = "the-key-of-a-hostile-sender-0000"
#: Texts in one entry: few enough to find the one, so many that a page holds several.
_TOGETHER = 6
_MANY = "1000000/minute"
#: Counts what ran, and notes what the policy refused; runs before any script of a page, in every frame.
_WATCH = """
window.harmed = [];
window.harm = top.harm = () => { (top.harmed ||= []).push(location.href); };
for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = window.harm;
window.refused = [];
document.addEventListener('securitypolicyviolation', (event) => refused.push(event.violatedDirective + ' ' + event.blockedURI));
"""
#: Elements that nobody of us writes, attributes that run or fetch something, and addresses that lead elsewhere than the web, of the page and within its shadow roots.
_FOUND = """
([known, ours]) => {
  const found = [], roots = [document];
  while (roots.length) for (const each of roots.pop().querySelectorAll('*')) {
    const name = each.localName;
    if (each.shadowRoot) roots.push(each.shadowRoot);
    if (!known.includes(name) && name !== 'style') found.push('<' + name + '>');
    if (name === 'style' && !(each.getRootNode() instanceof ShadowRoot)) found.push('<style> ' + each.textContent.slice(0, 60));
    if (name === 'script' && !(each.src || each.type === 'application/ld+json')) found.push('<script> ' + each.textContent.slice(0, 60));
    if (name === 'meta' && each.httpEquiv) found.push('<meta http-equiv>');
    for (const { name: attribute } of each.attributes)
      if (/^(on.*|style|srcdoc|srcset|ping|xlink:href|background|poster|formtarget)$/i.test(attribute)) found.push('<' + name + ' ' + attribute + '>');
    for (const property of ['href', 'src', 'action', 'formAction', 'data']) {
      const value = each[property];
      if (typeof value !== 'string' || !value || (property === 'data' && name !== 'object')) continue;
      const { protocol, origin } = new URL(value, document.baseURI);
      if (!['http:', 'https:', 'mailto:', 'tel:'].includes(protocol) && !(name === 'link' && value === 'data:,')) found.push('<' + name + ' ' + property + '=' + value.slice(0, 60) + '>');
      if (property !== 'href' && !ours.includes(origin)) found.push('<' + name + ' ' + property + '=' + value.slice(0, 60) + '>');
    }
  }
  return found;
}
"""


@dataclass
class Watched:
    """A browser's context and what was seen in it: addresses of requests, dialogs, errors of scripts and what was refused on the way."""

    context: BrowserContext
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, context: BrowserContext) -> "Watched":
        watched = cls(context)
        context.add_init_script(_WATCH)
        context.on("request", lambda request: watched.requests.append(request.url))
        context.on("dialog", lambda dialog: (watched.dialogs.append(dialog.message), dialog.dismiss()))
        context.on("weberror", lambda error: watched.dialogs.append(f"error {error.error}"))
        return watched

    def wrong(self, *origins: str) -> list[str]:
        """Whatever ran, was refused, stands where it must not, or was fetched from none of the origins; then looks at what comes."""
        found = [*self.dialogs, *(url for url in self.requests if not url.startswith((*(f"{each}/" for each in origins), "data:image/", "about:")))]
        for page in self.context.pages:
            found += [f"ran in {each}" for each in page.evaluate("window.harmed")] + [f"refused {each}" for each in page.evaluate("window.refused")]
            found += page.evaluate(_FOUND, [sorted(ELEMENTS), list(origins)])
        self.dialogs.clear(), self.requests.clear()
        return found


@dataclass(frozen=True)
class HostileSite:
    """Where it is, who embeds its box, the cookie of its owner, and addresses that show what was written."""

    origin: str
    host: str
    cookie: dict[str, Any]
    questions: tuple[str, ...]
    pages: tuple[str, ...]
    desk: tuple[str, ...]


def entries(vectors: Sequence[str] = VECTORS) -> tuple[FaqEntry, ...]:
    """Every text in every place of an entry: as question, alternate, category, keyword, title, label, address, and all over the answer."""
    found = []
    for place in range(0, len(vectors), _TOGETHER):
        texts = vectors[place : place + _TOGETHER]
        first, address = texts[0], texts[1 % len(texts)]
        answer = "\n\n".join(
            f'{each}\n\n**{each}** [{each}]({each}) [x](<{each}>)\n\n- {each}\n1. {each}\n\n| {each} | b |\n|---|---|\n| {each} | c |\n\n![{each}]({each} "{each}")'
            for each in texts
        )
        found.append(
            FaqEntry(
                f"x{place}", f"{first} {place}", answer, tuple(each.replace(">", "/") for each in texts[:2]), texts[1:], texts, first[:40], address, address
            )
        )
    return tuple(found)


@contextmanager
def hostile_site(folder: Path, analyzer: Analyzer) -> Iterator[HostileSite]:
    """The site as a server, and a page of another origin under a strict policy that embeds its box.

    Args:
        folder: an empty one, for the database and uploads.
        analyzer: a fast one.
    """
    app: list[Flask] = []
    table, clock = entries(), Clock(NOW)

    def later(environ: dict[str, Any], start: Any) -> Any:
        return app[0](environ, start)

    with (
        open_store(f"sqlite:///{folder / 'faqbot.db'}", SECRET, "default", clock) as store,
        serving(later) as origin,  # type: ignore[arg-type]  # any WSGI app will do
        serving(host_app(origin)) as host,
    ):
        words = {"title": VECTORS[0][:60], "phone": VECTORS[11][:40], "hours": VECTORS[26], "email": VECTORS[48][:100], "call_charge": VECTORS[11][:40]}
        limits = dict.fromkeys(("limit_questions", "limit_feedback", "limit_inquiries"), _MANY)
        settings = Settings(**words, **limits, origins=(host,), public_url=origin, models=folder / "models", var=folder)
        app.append(create_app(FakeLive(serve(table, analyzer)), settings, store, SECRET, clock))
        number, token = _fill(store, table, clock)
        store.accounts.create("owner", "correct horse battery", Role.OWNER)
        cookie = {"name": LOCAL_COOKIE, "value": store.accounts.start_session("owner"), "url": origin}
        questions = tuple(entry.question for entry in table if len(entry.question) <= 300 and "\0" not in entry.question)
        yield HostileSite(origin, host, cookie, questions, tuple(_pages(store, table, token)), tuple(_desk(store, table, number)))
        app[0].extensions["faqbot"].journal.flush()


def _pages(store: Store, table: Sequence[FaqEntry], token: str) -> list[str]:
    return ["/", "/notice", "/inquiry", "/embed", f"/inquiry/{token}", "/nothing"] + [f"/faq/{each.id}" for each in table] + [
        f"/notice/{each.id}" for each in store.all_notices()
    ]  # fmt: skip


def _desk(store: Store, table: Sequence[FaqEntry], number: str) -> list[str]:
    found = [
        *(
            "",
            "/faqs",
            "/faqs/words",
            "/publish",
            "/publish/draft",
            "/lab",
            "/asked",
            "/feedback?vote=",
            "/accounts",
            "/audit",
            "/settings",
            "/install",
            "/notices",
        ),
        *("/thresholds", "/inquiries", f"/inquiries/{number}", f"/inquiries/{number}/erase"),
        *(f"/questions?kind={kind}" for kind in ReviewKind),
        *(f"/questions/{page}?id={item.id}" for item in store.review.page(None)[:3] for page in ("attach", "new")),
        *(f"/faqs/{page}?id={each.id}" for each in table[::3] for page in ("edit", "remove")),
    ]
    return [f"/admin{each}" for each in found]


def _fill(store: Store, table: Sequence[FaqEntry], clock: Clock) -> tuple[str, str]:
    """Notices, a draft, queries, votes, wordings, an inquiry with a file and messages; its number and token."""
    changes, everything = DeskChanges(store, "owner"), "\n".join(VECTORS)
    for place in range(0, len(VECTORS), 3 * _TOGETHER):
        changes.add_notice(NewNotice(VECTORS[place][:80], "\n\n".join(VECTORS[place : place + 3 * _TOGETHER])[:5000], TODAY))
    store.drafts.save(DraftTable(tuple(table), "", "", ()), "owner", VECTORS[0], None)
    store.audit.write("owner", VECTORS[0], VECTORS[11], {VECTORS[26]: VECTORS[48]}, {VECTORS[26]: VECTORS[30]})
    clock.now = NOW - timedelta(hours=1)
    outcomes = (Outcome.ANSWER, Outcome.SUGGEST, Outcome.FALLBACK)
    records = [
        QueryRecord(text, outcomes[place % 3], Reason.CONFIDENT, 0.5, ("x0", "x6"), RELEASE, answered=None if place % 3 else "x0")
        for place, text in enumerate(VECTORS)
    ]
    for query, text in zip(store.record_queries(records), VECTORS, strict=True):
        store.record_feedback(query, -1, FeedbackReason.NOT_SOLVED, text)
    said = tuple(Wording(text, text, (NOW - timedelta(hours=1),), {Trouble.FALLBACK: 1}, 0, "x0", 0.5, Outcome.FALLBACK) for text in VECTORS[:60])
    clusters = [Cluster(kind, subject, said) for kind, subject in ((ReviewKind.UNANSWERED, ""), (ReviewKind.ALTERNATE, "x0"), (ReviewKind.SYNONYM, VECTORS[0]))]
    store.review.refresh(clusters, ReviewKind, RELEASE, NOW - timedelta(minutes=3))
    clock.now = NOW
    file = store.add_upload(KEY, AttachedFile(f"{VECTORS[11]}.png", "image/png", b"\x89PNG"))
    talk = tuple(TranscriptItem(NOW, text, Outcome.SUGGEST, (text,)) for text in VECTORS[:40])
    receipt = store.submit_inquiry(NewInquiry(everything, f"{VECTORS[11]}@x.kr", "1", VECTORS[0], everything, everything, everything, talk), KEY, [file])
    changes.reply(receipt.number, everything[:3000], VECTORS[0][:40])
    changes.note(receipt.number, everything[3000:6000], "owner")
    return receipt.number, receipt.token
