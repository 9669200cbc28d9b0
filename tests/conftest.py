"""What all tests share: analyzers, a table that one can hold in the head, and a real release of it."""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis
import pytest
from filelock import FileLock
from werkzeug.routing import Rule

from faqbot.domain import FaqEntry
from faqbot.korean.analyzer import Analyzer, KiwiAnalyzer, Token
from faqbot.korean.dictionaries import Dictionaries, read_dictionaries
from faqbot.korean.normalize import normalize
from faqbot.korean.synonyms import SynonymGroup
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.parameters import Targets
from faqbot.retrieval.release import current_id, load_release
from faqbot.settings import PREFIX
from faqbot.training.prior import shipped_prior
from faqbot.training.train import Plan, train
from faqbot.web import openapi
from faqbot.web.routes import OPERATIONS, Operation

#: The day on which the bot of the tests answers.
TODAY = date(2026, 3, 2)

# The first example of a test may load Kiwi; how long that takes is no property under test.
hypothesis.settings.register_profile("faqbot", deadline=None)
hypothesis.settings.load_profile("faqbot")


class SpaceAnalyzer:
    """Splits at spaces; every word is a noun."""

    fingerprint = "spaces"

    def tokenize(self, text: str) -> tuple[Token, ...]:
        return tuple(Token(match.group(), "NNG", match.start(), match.end()) for match in re.finditer(r"\S+", text))


#: Tests that run the same lines ten thousand times: coverage, which makes a line cost four times as much, does not count theirs. What it reports is the less.
UNCOUNTED = (
    "tests/security/test_linear_time.py",
    "tests/contract/test_korean_opposites.py",
    "tests/contract/test_korean_register.py",
    "tests/contract/test_openapi.py::test_every_operation_keeps_its_contract",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves some tests out of coverage; and where several processes share the files, those with slow tests come first, the largest before the others.

    Otherwise a file with one test of minutes comes last, and one process runs it while the others have nothing to do.
    """
    for item in items:
        if item.nodeid.startswith(UNCOUNTED):
            item.add_marker(pytest.mark.no_cover)
    if hasattr(config, "workerinput"):
        sizes = Counter(item.path for item in items)
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: (item.path not in slow, -sizes[item.path], item.path))


@pytest.fixture(scope="session", autouse=True)
def no_settings_from_outside() -> Iterator[None]:
    """An operator's own FAQBOT_* variables change nothing here; of the session, because session fixtures would see them too."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(PREFIX)]:
            patch.delenv(name)
        yield


@pytest.fixture
def jobs_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs that a test waits for step back for nobody, as on a system that knows no niceness: beside other tests they would get a tenth of a core."""
    (tmp_path / "at_once").mkdir()
    (tmp_path / "at_once" / "sitecustomize.py").write_text("import os\n\ndel os.nice\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "at_once"), prepend=os.pathsep)


@cache
def general_expressions() -> frozenset[str]:
    """What the package's own synonyms say, normalized."""
    return frozenset(normalize(text) for group in read_dictionaries(None).synonyms for text in (group.head, *group.members))


#: Their tokens, once they were analysed.
_ANALYSED: dict[str, tuple[Token, ...]] = {}


@pytest.fixture(scope="session", autouse=True)
def general_expressions_are_analysed_once() -> Iterator[None]:
    """Every training reads all of the package's synonyms, five seconds of Kiwi; in a process of tests Kiwi reads each of them once.

    Whatever else a test says is analysed anew, and so is an expression that holds a user word.
    """
    analyse, known = KiwiAnalyzer._piece, _ANALYSED

    def piece(self: KiwiAnalyzer, text: str, offset: int) -> tuple[Token, ...]:
        if offset or not isinstance(text, str) or text not in general_expressions() or (self._pattern and self._pattern.search(text)):
            return analyse(self, text, offset)
        if text not in known:
            known[text] = analyse(self, text, 0)
        return known[text]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KiwiAnalyzer, "_piece", piece)
        yield


@pytest.fixture(scope="session", autouse=True)
def an_app_is_made_of_what_was_made_before() -> Iterator[None]:
    """Four fifths of what an app costs are the code of its rules and the document of its operations, and both are the same in each; a test of the web makes its own app.

    A rule whose arguments have defaults is compiled anew, and so is the document of other operations than ours.
    """
    compile_rule, rules = Rule._compile_builder, dict[object, Callable[..., tuple[str, str]]]()
    describe, documents = openapi.document, dict[object, dict[str, Any]]()

    def compiled(self: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.rule, tuple(self._trace), append_unknown)
        if self.defaults:
            return compile_rule(self, append_unknown)
        if key not in rules:
            rules[key] = compile_rule(self, append_unknown)
        return rules[key]

    def described(operations: Iterable[Operation[Any]], title: str = "", *, has_sites: bool = False) -> dict[str, Any]:
        if operations is not OPERATIONS:
            return describe(operations, title, has_sites=has_sites)
        if (title, has_sites) not in documents:
            documents[title, has_sites] = describe(operations, title, has_sites=has_sites)
        return documents[title, has_sites]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compiled)
        patch.setattr(openapi, "document", described)
        yield


@pytest.fixture(scope="session")
def analyzer() -> KiwiAnalyzer:
    """The real one, without user words."""
    return KiwiAnalyzer()


@pytest.fixture(scope="session")
def space_analyzer() -> Analyzer:
    """A fast one without Kiwi."""
    return SpaceAnalyzer()


@pytest.fixture(scope="session")
def small_table() -> tuple[FaqEntry, ...]:
    """Eight entries: two share a question, one is disabled, one was valid in the past only."""
    return (
        FaqEntry(
            "refund",
            "환불은 며칠 걸리나요?",
            "카드로 결제하셨다면 **영업일 3일** 안에 환불됩니다.",
            category=("결제", "환불"),
            alternate_questions=("돈은 언제 돌려받나요?", "환불 기간이 궁금해요"),
            keywords=("환불", "취소"),
            short_title="환불 기간",
            link_url="https://help.example.kr/refund",
            link_label="환불 보기",
            updated_at=date(2026, 1, 5),
        ),
        FaqEntry("cancel", "결제를 취소하고 싶어요", "내 주문에서 취소를 누르세요.", category=("결제", "취소"), alternate_questions=("결제 취소 방법",)),
        FaqEntry("late", "배송이 늦어요", "보통 이틀 안에 도착합니다.", category=("배송",), alternate_questions=("택배가 아직 안 왔어요",)),
        FaqEntry("password", "비밀번호를 잊어버렸어요", "로그인 화면에서 **비밀번호 찾기**를 누르세요.", category=("계정",)),
        FaqEntry("fee-buyer", "수수료는 얼마인가요?", "구매자는 수수료를 내지 않습니다.", category=("구매자",)),
        FaqEntry("fee-seller", "수수료는 얼마인가요?", "판매자는 판매 금액의 3%를 냅니다.", category=("판매자",)),
        FaqEntry(
            "event", "설 연휴 이벤트는 언제까지인가요?", "1월 31일까지입니다.", category=("이벤트",), valid_from=date(2020, 1, 1), valid_to=date(2020, 1, 31)
        ),
        FaqEntry("phone", "전화 상담을 받을 수 있나요?", "준비하고 있습니다.", category=("상담",), enabled=False),
    )


#: Makes a folder of models with one trained site, once for all processes of a run: gives models/<site>. Read only.
TrainedOnce = Callable[[str, Sequence[FaqEntry], Dictionaries], Path]


@pytest.fixture(scope="session")
def trained_once(analyzer: KiwiAnalyzer, tmp_path_factory: pytest.TempPathFactory) -> TrainedOnce:
    """Trains under a name; who asks for the name later, in this process or in another one of the run, gets what was made."""
    of_process = tmp_path_factory.getbasetemp()
    shared = (of_process.parent if "PYTEST_XDIST_WORKER" in os.environ else of_process) / "trained"
    shared.mkdir(exist_ok=True)

    def trained(name: str, table: Sequence[FaqEntry], dictionaries: Dictionaries) -> Path:
        models = shared / name
        with FileLock(shared / f"{name}.lock"):
            if not models.exists():
                with TemporaryDirectory(dir=shared) as making:
                    site = Path(making) / "models" / "default"
                    train(table, (), dictionaries, site=site, analyzer=analyzer, prior=shipped_prior(), plan=Plan(Targets(0.9, 0.3)))
                    site.parent.rename(models)
        return models / "default"

    return trained


@pytest.fixture(scope="session")
def trained_site(small_table: tuple[FaqEntry, ...], trained_once: TrainedOnce) -> Path:
    """models/<site> with one published release of the small table. Read only: a test that damages something copies it first."""
    return trained_once("small", small_table, read_dictionaries(None))


@pytest.fixture(scope="session")
def bare_site(small_table: tuple[FaqEntry, ...], trained_once: TrainedOnce) -> Path:
    """The same with two synonyms in place of the package's, which are nine tenths of a small release: for whoever loads it often. Read only."""
    dictionaries = Dictionaries((), (SynonymGroup("=", "common", "환불", ("돈 돌려받다",)), SynonymGroup(">", "common", "배송", ("송장 번호",))))
    return trained_once("bare", small_table, dictionaries)


@pytest.fixture(scope="session")
def bot(trained_site: Path, analyzer: KiwiAnalyzer) -> Bot:
    """The bot of that release, on TODAY."""
    return load_release(trained_site / current_id(trained_site)).bot(analyzer, today=lambda: TODAY)
