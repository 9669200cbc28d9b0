"""`python -m tests.faults`: every system call of every act fails, with each error, and is the last one. `--kills N`: N kills at random moments, resumable."""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from faqbot.domain import FaqEntry
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.dictionaries import Dictionaries
from faqbot.retrieval.parameters import Targets
from faqbot.retrieval.release import current_id
from faqbot.training.prior import shipped_prior
from faqbot.training.train import Plan, train
from tests.faults import harness, kills
from tests.faults.cases import CASES, Stock
from tests.faults.damage import accepted
from tests.faults.harness import Fault, Stage, faults

#: A small release: what is broken is its files, not its answers.
ENTRIES = (FaqEntry("refund", "환불은 며칠 걸리나요?", "영업일 3일 안에 환불됩니다."), FaqEntry("late", "배송이 늦어요", "보통 이틀 안에 도착합니다."))
#: Every error that each call is made to fail with.
ERRORS = ("EIO", "ENOSPC", "EROFS", "EACCES")


def main() -> int:
    """0 where every promise was kept, 1 where one was broken."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--state", type=Path, default=Path("kills.json"))
    parser.add_argument("--acts", nargs="*", default=list(CASES))
    options = parser.parse_args()
    if reason := harness.missing():
        sys.exit(reason)
    folder = Path(tempfile.mkdtemp(prefix="faqbot-faults-"))
    try:
        plan = Plan(Targets(0.9, 0.3))
        train(ENTRIES, (), Dictionaries((), ()), site=folder / "site" / "default", analyzer=KiwiAnalyzer(), prior=shipped_prior(), plan=plan)
        (folder / "work").mkdir()
        if options.kills:
            return int(kills.run(options.kills, options.state, folder / "work", folder / "site" / "default", tell) > 0)
        return int(break_everything(folder / "work", folder / "site" / "default", options.acts) > 0)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def break_everything(folder: Path, site: Path, acts: list[str]) -> int:
    """How many promises were broken."""
    stock, broken = Stock.make(folder / "stock", site), 0
    with Stage(folder) as stage:
        for name in acts:
            began, case = time.monotonic(), CASES[name](stock)
            calls = faults(stage.calls(name, *case.prepare(stock.copy(folder / "run"))), kill=True)
            todo = [*calls, *(Fault(fault.call, fault.n, error) for error in ERRORS for fault in calls)]
            for fault in todo:
                root = stock.copy(folder / "run")
                status = stage.run(name, *case.prepare(root), fault=fault)
                try:
                    case.check(root, status)
                    assert fault.error == "" or status in {0, 1}, f"status {status}"
                except Exception as error:  # noqa: BLE001  # whatever it is, it is told and counted
                    broken += 1
                    tell(f"BROKEN {name} {fault} status {status}: {error!r}")
            tell(f"{name}: {len(calls)} calls, {len(todo)} faults, {time.monotonic() - began:.0f} s")
        began = time.monotonic()
        for words in accepted(site / current_id(site), 1):
            broken += 1
            tell(f"BROKEN {words} was accepted")
        tell(f"every byte of a release: {time.monotonic() - began:.0f} s")
    tell(f"broken: {broken}")
    return broken


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
