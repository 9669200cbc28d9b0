"""A pytest plugin for `make mutants`: what costs seconds is made once, before a process is forked for each mutant."""

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from faqbot.training import train as training

#: Releases trained in this process or before its fork: what of → where it lies, and the outcome.
_TRAINED: list[tuple[tuple[Any, ...], Path, training.Outcome]] = []

_train = training.train


def remembering(train: Callable[..., training.Outcome]) -> Callable[..., training.Outcome]:
    """Training that copies what it trained before of the same table, labels, dictionaries and plan.

    Mutants are killed by what reads a release, and by the tests of the parts that write one; half a minute for each mutant would show no more.
    """

    def trained(entries: Any, labelled: Any, dictionaries: Any, *, site: Path, plan: training.Plan, **given: Any) -> training.Outcome:
        asked = (tuple(entries), tuple(labelled), dictionaries, plan, site.name)
        for known, folder, outcome in _TRAINED:
            if known == asked:
                shutil.copytree(folder, site, dirs_exist_ok=True)
                return outcome
        outcome = train(entries, labelled, dictionaries, site=site, plan=plan, **given)
        _TRAINED.append((asked, shutil.copytree(site, Path(tempfile.mkdtemp(dir=".")) / site.name), outcome))
        return outcome

    return trained


def near(module: str, items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Tests of the test files that name a module, or its package where that hands out what its modules have; where none does, all."""
    package = module.rpartition(".")[0]
    handed_out = any(getattr(value, "__module__", "").startswith(f"{package}.") for value in vars(import_module(package)).values())
    words = f"from {package} import " if handed_out else module
    return [item for item in items if item.nodeid.startswith("tests/") and words in _text(item.path)] or list(items)


@cache
def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def dear(item: pytest.Item) -> int:
    """How late a test runs, for the first that fails ends the trial: 0 examples, 1 made up values, 2 what reads a release or thousands of samples."""
    if {"trained_site", "bare_site", "figures"} & set(getattr(item, "fixturenames", ())):
        return 2
    return int(hasattr(getattr(item, "function", None), "hypothesis"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A mutant is tried on the tests near its module, or on all that reach it where MUTANTS_MEET=all; elsewhere every test runs."""
    for item in items:
        if hasattr(getattr(item, "function", None), "hypothesis"):
            item.function._hypothesis_internal_use_settings = hypothesis.settings.get_profile("mutants")
    module, _, mutant = os.environ.get("MUTANT_UNDER_TEST", "").rpartition(".")
    if "__mutmut_" in mutant:
        items[:] = sorted(items if os.environ.get("MUTANTS_MEET") == "all" else near(module, items), key=dear)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Before conftest takes hold of the training."""
    if training.train is _train:
        training.train = remembering(_train)
    hypothesis.settings.register_profile(
        "mutants",
        deadline=None,
        max_examples=12,
        derandomize=True,
        database=None,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
        suppress_health_check=tuple(hypothesis.HealthCheck),
    )
