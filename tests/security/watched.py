"""A program of its own that serves, trains and answers inquiries while everything it does is watched: `python -m tests.security.watched SITE VAR HOW`.

It prints what it did as JSON: events of the interpreter that could run foreign code or reach another machine. Requests are made to the application itself, without
a server in between, so that every connection is the application's own.
"""

# ruff: noqa: PLC0415  # what is imported is watched too

import json
import sys
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

#: Events that reach another machine or ask for one.
_NETWORK = (
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.gethostbyaddr",
    "socket.sendto",
    "urllib.Request",
    "http.client.connect",
    "smtplib.connect",
    "ftplib.connect",
)
#: Modules that open what can hold code.
_LOADERS = ("joblib", "sklearn", "dill", "cloudpickle", "skops")


class Watch:
    """What the interpreter told."""

    def __init__(self, folders: tuple[str, ...]) -> None:
        self.found: list[list[str]] = []
        self._folders = folders
        self.on = False

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """See sys.addaudithook."""
        if not self.on:
            return
        if event in {"pickle.find_class", "os.system", "os.exec", "os.posix_spawn", *_NETWORK}:
            self.found.append([event, repr(arguments)[:200]])
        elif event == "import" and str(arguments[0]).partition(".")[0] in _LOADERS:
            self.found.append([event, str(arguments[0])])
        elif event == "subprocess.Popen":
            self.found.append([event, repr(arguments[1])[:200]])
        elif event == "open" and str(arguments[0]).endswith((".joblib", ".pkl", ".pickle")):
            self.found.append([event, str(arguments[0])])
        elif event in {"exec", "compile"} and any(folder in _file_of(arguments) for folder in self._folders):
            self.found.append([event, _file_of(arguments)])


def _file_of(arguments: tuple[Any, ...]) -> str:
    """Where code comes from."""
    found = [getattr(each, "co_filename", each) for each in arguments]
    return " ".join(each for each in found if isinstance(each, str))


def serve(models: Path, var: Path) -> None:
    """Everything that visitors and operators do in one life of a process, a publication included."""
    from faqbot import messages
    from faqbot.korean.analyzer import KiwiAnalyzer
    from faqbot.retrieval.live import LiveRelease
    from faqbot.settings import Settings
    from faqbot.store import Role, open_store
    from faqbot.web import create_app

    secret, zone = b"the secret of the tests, 32 byte", ZoneInfo("Asia/Seoul")
    settings = Settings(models=models.parent, site=models.name, var=var, attachments=1)
    with open_store(f"sqlite:///{var / 'faqbot.db'}", secret, models.name, lambda: datetime.now(zone)) as store:
        app = create_app(LiveRelease(models, KiwiAnalyzer), settings, store, secret)
        client = app.test_client()
        reply = client.post("/v1/ask", json={"query": "환불은 며칠 걸리나요?"}).get_json()
        assert reply["outcome"] == "answer", reply
        client.post("/", data={"query": "http://evil.example 환불"})
        assert client.post("/v1/feedback", json={"token": reply["feedback_token"], "vote": -1}).status_code == 204
        inquiry = {
            "key": "k" * 20,
            "email": "a@evil.example",
            "question": "http://evil.example/x",
            "consent": True,
            "consent_version": messages.CONSENT_VERSION,
        }
        assert client.post("/v1/inquiries", json=inquiry).status_code == 201
        store.accounts.create("owner", "correct horse battery", Role.OWNER)
        client.set_cookie("faqbot_desk", store.accounts.start_session("owner"))
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and not rule.arguments:
                with client.get(rule.rule) as response:
                    assert response.status_code < 500, rule.rule
        number = store.inquiries()[0].number
        ours = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
        assert client.post(f"/admin/inquiries/{number}/reply", data={"text": "http://evil.example", "seen": "0"}, headers=ours).status_code == 303
        assert client.post("/admin/publish/upload", data={"file": (BytesIO("질문,답변\n환불되나요?,네\n".encode()), "a.csv")}, headers=ours).status_code in {
            303,
            422,
        }
        LiveRelease(models, KiwiAnalyzer).serving.bot.ask("배송이 늦어요")
        app.extensions["faqbot"].journal.flush()


def train(models: Path, var: Path) -> None:
    """A training."""
    from faqbot.domain import FaqEntry
    from faqbot.korean.analyzer import KiwiAnalyzer
    from faqbot.korean.dictionaries import Dictionaries
    from faqbot.retrieval.parameters import Targets
    from faqbot.training.prior import shipped_prior
    from faqbot.training.train import Plan
    from faqbot.training.train import train as fit

    entries = (FaqEntry("a", "http://evil.example 환불은 며칠 걸리나요?", "[x](http://evil.example)"), FaqEntry("b", "배송이 늦어요", "이틀 걸립니다."))
    fit(entries, (), Dictionaries((), ()), site=var / "other", analyzer=KiwiAnalyzer(), prior=shipped_prior(), plan=Plan(Targets(0.9, 0.3)))


def main(models: Path, var: Path, how: Callable[[Path, Path], None]) -> None:
    """Do it, and tell."""
    watch = Watch((str(models), str(var)))
    sys.addaudithook(watch.hook)
    watch.on = True
    how(models, var)
    watch.on = False
    print(json.dumps({"found": watch.found, "modules": sorted(name for name in sys.modules if name.partition(".")[0] in _LOADERS)}))  # noqa: T201  # read by the test


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), {"serve": serve, "train": train}[sys.argv[3]])
