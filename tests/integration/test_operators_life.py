"""The life of an operator in any order: edit, train, publish, be asked, get feedback and inquiries, go back, erase. A plain model beside it says what must be true."""

import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, Phase, event, settings, strategies
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, precondition, rule, run_state_machine_as_test

from faqbot import messages
from faqbot.corpus.draft import DraftTable
from faqbot.domain import FaqEntry
from faqbot.errors import ReleaseError
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.dictionaries import Dictionaries
from faqbot.retrieval.live import LiveRelease
from faqbot.retrieval.parameters import Targets
from faqbot.retrieval.release import current_id
from faqbot.settings import Settings
from faqbot.store import InquiryState, NewRelease, Role, open_store
from faqbot.training.prior import Prior, shipped_prior
from faqbot.training.publish import list_releases
from faqbot.training.releasing import log_candidate, publish_release, rollback_release, working
from faqbot.training.train import Plan, train
from faqbot.web import create_app
from tests.contract.desk import as_operator
from tests.contract.draft_site import now

SECRET = b"a secret of an operator, 32 bytes"
#: How many are lived, and how many things happen in each; LIVES=100 in the environment lives more of them. Nothing is made smaller: a life is read as it was.
LIVES, EVENTS = int(os.environ.get("LIVES", "6")), 30
QUESTIONS = (
    "환불은 며칠 걸리나요?",
    "배송 조회는 어디서 하나요?",
    "비밀번호를 잊어버렸어요",
    "회원 탈퇴하고 싶어요",
    "쿠폰이 안 보여요",
    "세금계산서 발급되나요?",
)


@dataclass(frozen=True)
class Sent:
    """An inquiry as its sender knows it."""

    body: dict
    number: str
    text: str


class Life(RuleBasedStateMachine):
    """One site with its releases, database and app, and what the operator believes of it."""

    analyzer: KiwiAnalyzer
    prior: Prior
    inquiries = Bundle("inquiries")
    tokens = Bundle("tokens")

    @initialize()
    def open(self) -> None:
        self.folder = Path(mkdtemp(prefix="faqbot-life-"))
        self.settings = Settings(models=self.folder / "models", var=self.folder / "var", limit_inquiries="1000/minute", limit_questions="1000/minute")
        self.site = self.settings.models / "default"
        self.site.mkdir(parents=True)
        self.store = open_store(f"sqlite:///{self.settings.var / 'faqbot.db'}", SECRET, "default", now)
        self.live = LiveRelease(self.site, lambda _: self.analyzer)
        self.app = create_app(self.live, self.settings, self.store, SECRET, now)
        self.client, self.desk = self.app.test_client(), as_operator(self.app, self.store, Role.OWNER)
        self.draft = DraftTable()
        self.trained: dict[str, dict[str, str]] = {}
        self.publications: list[str] = []
        self.votes: dict[int, int] = {}
        self.kept: dict[str, Sent] = {}

    def teardown(self) -> None:
        self.app.extensions["faqbot"].journal.flush()
        self.store.close()
        shutil.rmtree(self.folder)

    # The operator

    @rule(question=strategies.sampled_from(QUESTIONS), answer=strategies.integers(0, 9))
    def edit(self, question: str, answer: int) -> None:
        entry = FaqEntry(f"e{QUESTIONS.index(question)}", question, f"{question} {answer}번으로 안내합니다.")
        self._save(self.draft.with_entries([entry]))

    @precondition(lambda self: len(self.draft.entries) > 1)
    @rule(data=strategies.data())
    def remove(self, data: strategies.DataObject) -> None:
        self._save(self.draft.without([data.draw(strategies.sampled_from(sorted(self.draft.ids)))]))

    @precondition(lambda self: self.draft.entries)
    @rule(publish=strategies.booleans())
    def train(self, publish: bool) -> None:
        event("trained")
        table, head = DraftTable.from_json(self.store.drafts.head().table), self.store.drafts.head().id
        plan = Plan(Targets(0.9, 0.3), publish=False, source=table)
        done = train(table.entries, (), Dictionaries((), ()), site=self.site, analyzer=self.analyzer, prior=self.prior, plan=plan)
        log_candidate(self.store, self.site, done.release, NewRelease(done.release, "운영자", version_id=head))
        self.trained[done.release] = {entry.question: entry.answer for entry in table.entries}
        if publish:
            self._publish(done.release)

    @precondition(lambda self: self.trained)
    @rule(data=strategies.data())
    def publish_any(self, data: strategies.DataObject) -> None:
        self._publish(data.draw(strategies.sampled_from(sorted(self.trained))))

    @rule()
    def roll_back(self) -> None:
        if len(self.publications) > 1:
            self.publications.pop()
            assert rollback_release(self.store, self.site, by="운영자").release == self.publications[-1]
            self.live.refresh()
        else:
            with pytest.raises(ReleaseError):
                rollback_release(self.store, self.site, by="운영자")

    @rule(sent=inquiries)
    def answer_inquiry(self, sent: Sent) -> None:
        if sent.number in self.kept:
            self.store.reply(sent.number, "확인했습니다.", "운영자")
            assert self.store.inquiry(sent.number).state is InquiryState.ANSWERED

    @rule(sent=consumes(inquiries))
    def erase(self, sent: Sent) -> None:
        self.store.erase(sent.number)
        self.kept.pop(sent.number, None)
        assert sent.text not in str(self.store.export(sent.number))

    # Visitors

    @rule(target=tokens, question=strategies.sampled_from(QUESTIONS))
    def ask(self, question: str) -> object:
        answered = self.client.post("/v1/ask", json={"query": question})
        if not self.publications:
            assert (answered.status_code, answered.json["code"]) == (503, "not_ready")
            return multiple()
        assert answered.json["release"] == self.publications[-1]
        table = self.trained[self.publications[-1]]
        if question in table:
            assert (answered.json["outcome"], answered.json["answer"]["answer_text"]) == ("answer", table[question])
        else:
            assert answered.json["answer"] is None or answered.json["answer"]["question"] in table
        return answered.json["feedback_token"]

    @rule(token=tokens, vote=strategies.sampled_from([1, -1]))
    def vote(self, token: str, vote: int) -> None:
        assert self.client.post("/v1/feedback", json={"token": token, "vote": vote}).status_code == 204
        query_id = self.app.extensions["faqbot"].tokens.read(token)
        self.votes[query_id] = vote

    @rule(target=inquiries, tokens=strategies.lists(tokens, max_size=2))
    def inquire(self, tokens: list[str]) -> object:
        text = f"문의 {secrets.token_hex(8)}"
        consent = {"consent": True, "consent_version": messages.CONSENT_VERSION}
        body = {"key": secrets.token_hex(16), "email": "kim@example.kr", "question": text, "tokens": tokens, **consent}
        received = self.client.post("/v1/inquiries", json=body)
        if received.status_code == 503:
            assert not self.publications
            return multiple()
        assert received.status_code == 201
        sent = Sent(body, received.json["number"], text)
        self.kept[sent.number] = sent
        return sent

    @rule(sent=inquiries)
    def send_again(self, sent: Sent) -> None:
        again = self.client.post("/v1/inquiries", json=sent.body)
        assert again.status_code == 503 or again.json["number"] == sent.number

    # What is always true

    @invariant()
    def what_serves_is_what_was_published_last(self) -> None:
        if self.publications:
            assert current_id(self.site) == self.live.serving.release.id == self.publications[-1]
        else:
            with pytest.raises(ReleaseError):
                current_id(self.site)

    @invariant()
    def every_release_is_there_and_logged(self) -> None:
        assert {info.id for info in list_releases(self.site)} == set(self.trained) == {logged.release for logged in self.store.drafts.releases()}

    @invariant()
    def the_draft_is_what_was_saved_last(self) -> None:
        assert working(self.store.drafts, self.site).table == (self.draft if self.store.drafts.head() else DraftTable())

    @invariant()
    def no_inquiry_is_lost_or_doubled(self) -> None:
        stored = {inquiry.number: inquiry for inquiry in self.store.inquiries(limit=1000)}
        assert {number for number, inquiry in stored.items() if inquiry.erased_at is None} == set(self.kept)
        assert all(stored[number].content.question == sent.text for number, sent in self.kept.items())

    @invariant()
    def the_last_vote_counts(self) -> None:
        assert {query_id: self.store.feedback(query_id).vote for query_id in self.votes} == self.votes

    @invariant()
    def the_desk_shows_it(self) -> None:
        if self.publications:
            assert self.desk.get("/admin/publish").status_code == 200

    def _save(self, table: DraftTable) -> None:
        head = self.store.drafts.head()
        self.store.drafts.save(table, "운영자", "고침", head.id if head else None)
        self.draft = table

    def _publish(self, release: str) -> None:
        publish_release(self.store, self.site, release, by="운영자", why="시험")
        if self.publications[-1:] != [release]:
            self.publications.append(release)
        if self.live._serving is not None:  # a server that waits for its first release loads it when it is asked
            self.live.refresh()


@pytest.mark.slow
def test_whatever_an_operator_does_in_whatever_order_nothing_is_lost_or_mixed(analyzer: KiwiAnalyzer) -> None:
    Life.analyzer, Life.prior = analyzer, shipped_prior()
    bounds = settings(
        max_examples=LIVES, stateful_step_count=EVENTS, deadline=None, suppress_health_check=list(HealthCheck), derandomize=LIVES < 10, phases=[Phase.generate]
    )
    run_state_machine_as_test(Life, settings=bounds)
