"""kill -9, again and again: trainers, publications, inquiries, backups, restorations and whole servers, each at a random moment."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path

from faqbot.retrieval.release import current_id, load_release
from faqbot.store import NewInquiry
from tests.faults.cases import CASES, Stock, is_sound, opened, questions
from tests.faults.harness import Fault, Stage, faults
from tests.integration.test_server import REQUEST, Server, inquiry, serve, wait_until

TABLE = "id,질문,답변\nrefund,환불은 며칠 걸리나요?,이제 하루 걸립니다.\nlate,배송이 늦어요,이틀 걸립니다.\n"
#: Threads that send inquiries to a server until it is killed.
SENDERS = 6
#: One kill in so many is of a whole server, and of a trainer as the command line starts it; the others are of acts, at a random system call.
SERVERS, TRAINERS = 40, 25


def kill_server(root: Path, random_: random.Random) -> int:
    """Every process of a server at one moment while inquiries come in; then each sender tries again with its key. How many were acknowledged.

    Raises:
        AssertionError: something that was acknowledged is not there, or something is there twice.
    """
    acknowledged, unanswered = _storm(root, random_)
    with opened(root / "models" / "var" / "faqbot.db") as store:
        stored = Counter(questions(store))
        assert all(stored[key] == 1 for key in acknowledged), "an acknowledged inquiry is lost or doubled"
        assert all(stored[key] <= 1 for key in unanswered), "an inquiry is doubled"
        for key, number in acknowledged.items():
            assert store.submit_inquiry(NewInquiry(), key).number == number
        for key in unanswered:
            store.submit_inquiry(NewInquiry(question=key), key)
        assert Counter(questions(store)) == Counter([*acknowledged, *unanswered]), "a second try is lost or doubled"
    assert is_sound(root / "models" / "var" / "faqbot.db")
    return len(acknowledged)


def _storm(root: Path, random_: random.Random) -> tuple[dict[str, str], set[str]]:
    """Key → number of the inquiries that were acknowledged until the kill; keys of those that got no answer."""
    acknowledged: dict[str, str] = {}
    unanswered: set[str] = set()
    (root / "models" / "var").mkdir()
    shutil.copy(root / "var" / "secret.key", root / "models" / "var")
    with serve(root / "models") as server:
        threads = [threading.Thread(target=_send, args=(server, sender, acknowledged, unanswered)) for sender in range(SENDERS)]
        for thread in threads:
            thread.start()
        wait_until(lambda: bool(acknowledged), REQUEST)
        time.sleep(random_.uniform(0, 0.8))
        for pid in [*server.workers(), server.process.pid]:
            os.kill(pid, signal.SIGKILL)
        server.process.wait()
        for thread in threads:
            thread.join()
    return acknowledged, unanswered


def _send(server: Server, sender: int, acknowledged: dict[str, str], unanswered: set[str]) -> None:
    """Inquiries, one after another, until none is answered any more."""
    for n in range(100_000):
        key = f"sender {sender} inquiry {n:06d}"
        try:
            status, text = server.post("/v1/inquiries", **inquiry(key, question=key))
        except (OSError, HTTPException):
            unanswered.add(key)
            return
        if status == 201:
            acknowledged[key] = json.loads(text)["number"]
        else:
            unanswered.add(key)


def kill_trainer(root: Path, random_: random.Random) -> None:
    """`faqbot train`, which also publishes, after a random time.

    Raises:
        AssertionError: neither the old nor a whole new release serves.
    """
    site = root / "models" / "default"
    old = current_id(site)
    (root / "faq.csv").write_text(TABLE, encoding="utf-8")
    command = [sys.executable, "-c", "from faqbot.cli import main; main()", "train", "--faq", root / "faq.csv", "--models", root / "models"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as trainer:
        with suppress(subprocess.TimeoutExpired):
            trainer.wait(random_.uniform(0.5, 14))
        trainer.kill()
    release = load_release(site / current_id(site))
    assert release.id == old or release.entries[0].answer == "이제 하루 걸립니다."


def kill_act(stage: Stage, stock: Stock, calls: dict[str, list[Fault]], root: Path, random_: random.Random) -> str:
    """One of the acts, at a random system call that changes something. Its name.

    Raises:
        AssertionError: a promise was broken.
    """
    name = random_.choice(list(CASES))
    case = CASES[name](stock)
    if name not in calls:
        calls[name] = faults(stage.calls(name, *case.prepare(stock.copy(root))), kill=True)
    fault = random_.choice(calls[name])
    copy = stock.copy(root)
    status = stage.run(name, *case.prepare(copy), fault=fault)
    try:
        case.check(copy, status)
    except Exception as error:
        raise AssertionError(f"{name}, {fault}, status {status}: {error!r}") from error
    return name


def run(kills: int, state: Path, folder: Path, site: Path, tell: Callable[[str], None]) -> int:
    """Kill until the number is reached, going on where an earlier run stopped. How many promises were broken.

    Args:
        kills: in all.
        state: JSON file with what was done; removed by whoever wants to begin anew.
        folder: to work in.
        site: with a published release.
        tell: gets a line now and then.
    """
    done = json.loads(state.read_text()) if state.exists() else {"kills": 0, "acknowledged": 0, "of": {}, "broken": []}
    stock, calls = Stock.make(folder / "stock", site), dict[str, list[Fault]]()
    with Stage(folder) as stage:
        while done["kills"] < kills:
            n = done["kills"]
            random_, root = random.Random(n), folder / f"run-{n}"  # noqa: S311
            kind = "server" if n % SERVERS == 7 else "train" if n % TRAINERS == 3 else "act"
            try:
                if kind == "act":
                    kind = kill_act(stage, stock, calls, root, random_)
                elif kind == "train":
                    kill_trainer(stock.copy(root), random_)
                else:
                    done["acknowledged"] += kill_server(stock.copy(root), random_)
            except AssertionError as error:
                done["broken"].append(f"{n}: {kind}: {error}")
                tell(done["broken"][-1])
            shutil.rmtree(root, ignore_errors=True)  # a worker that has just been killed may still be dying in it
            done["kills"] = n + 1
            done["of"][kind] = done["of"].get(kind, 0) + 1
            state.write_text(json.dumps(done, ensure_ascii=False, indent=1))
            if (n + 1) % 50 == 0:
                tell(f"{n + 1}/{kills} {done['of']}, {done['acknowledged']} inquiries acknowledged, broken {len(done['broken'])}")
    return len(done["broken"])
