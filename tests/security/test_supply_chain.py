"""What is installed is what is locked, listed, and looked up."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import audit

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
_LOCKED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", re.MULTILINE)


def recipe(target: str) -> str:
    """The commands of a target of the Makefile, as make would run them, with the tools that run these tests."""
    done = subprocess.run(["make", "-n", "--no-print-directory", target, f"BIN={BIN}", "-o", ".venv/dev"], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def locked(name: str) -> set[tuple[str, str]]:
    return set(_LOCKED.findall((ROOT / name).read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The list, made twice."""
    command = recipe("sbom")
    files = [tmp_path_factory.mktemp("sbom") / "sbom.json" for _ in range(2)]
    for file in files:
        subprocess.run(["bash", "-c", command.replace("sbom.json", str(file))], cwd=ROOT, capture_output=True, check=True)
    return files


def test_the_bill_of_materials_lists_the_locked_packages_and_no_other(made: list[Path]):
    told = json.loads(made[0].read_text(encoding="utf-8"))
    assert {(each["name"], each["version"]) for each in told["components"]} == locked("requirements.lock")
    assert len(told["components"]) == len(locked("requirements.lock"))


def test_the_bill_of_materials_is_one_of_cyclonedx_about_us(made: list[Path]):
    told = json.loads(made[0].read_text(encoding="utf-8"))
    assert (told["bomFormat"], told["metadata"]["component"]["name"]) == ("CycloneDX", "faqbot")
    assert all(each["purl"] == f"pkg:pypi/{each['name']}@{each['version']}" for each in told["components"])


def test_the_bill_of_materials_is_the_same_each_time(made: list[Path]):
    assert made[0].read_bytes() == made[1].read_bytes()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_hashes_and_no_address(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) > 40
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block or "==" not in block.splitlines()[0]] == []
    assert "://" not in re.sub(r"#.*", "", text)


def test_an_audit_looks_at_every_lock_file():
    assert {*audit.LOCKS} == {file.name for file in ROOT.glob("requirements*.lock")}
    assert (ROOT / audit.NPM).exists()
    assert f"{BIN}/python -m tests.audit" in recipe("audit")


def audited(*packages: dict[str, object]) -> str:
    return json.dumps({"dependencies": list(packages)})


CLEAN = {"name": "a", "version": "1", "vulns": []}
KNOWN = {"name": "b", "version": "2", "vulns": [{"id": "CVE-2024-1", "fix_versions": ["2.1"]}]}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found on PyPI and could not be audited: c (3)"}


def test_a_vulnerability_is_told_with_the_version_that_mends_it(capsys):
    assert audit.judged("a.lock", {"그곳": lambda: audit.python_problems(audited(CLEAN, KNOWN), "")}) == audit.VULNERABLE
    assert "b 2: CVE-2024-1, 고친 버전 2.1" in capsys.readouterr().out
    assert audit.npm_problems('{"vulnerabilities": {"x": {"severity": "high", "range": "<2"}}}', "") == ["x: high, <2"]


def test_where_nothing_is_known_an_audit_passes(capsys):
    assert audit.judged("a.lock", {"그곳": lambda: audit.python_problems(audited(CLEAN), "")}) == audit.CLEAN
    assert capsys.readouterr().out == "a.lock: 그곳에서 확인했습니다. 알려진 취약점이 없습니다.\n"
    assert audit.npm_problems('{"vulnerabilities": {}}', "") == []


@pytest.mark.parametrize(
    "output", ["", "{}", "[]", audited(), audited(CLEAN, SKIPPED)], ids=["nothing", "an object", "a list", "no package", "one that it had not heard of"]
)
def test_a_service_that_does_not_know_is_no_pass_and_the_next_one_is_asked(output, capsys):
    def asked() -> list[str]:
        return audit.python_problems(output, "ConnectionError: nobody is there")

    assert audit.judged("a.lock", {"하나": asked}) == audit.UNKNOWN
    assert "확인하지 못했습니다. 통과가 아닙니다." in capsys.readouterr().out
    assert audit.judged("a.lock", {"하나": asked, "둘": lambda: audit.python_problems(audited(CLEAN), "")}) == audit.CLEAN


def test_what_npm_says_instead_of_an_answer_is_told():
    with pytest.raises(audit.UnknownError, match="405 Method Not Allowed"):
        audit.npm_problems('{"message": "405 Method Not Allowed", "error": {}}', "npm error")


@pytest.mark.slow
def test_an_audit_without_a_network_fails_and_names_who_could_not_be_asked(tmp_path):
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "npm_config_proxy", "npm_config_https_proxy"), "http://127.0.0.1:9")
    environment = {**os.environ, **nowhere, "NO_PROXY": "", "no_proxy": "", "XDG_CACHE_HOME": str(tmp_path), "npm_config_fetch_retries": "0"}
    done = subprocess.run([sys.executable, "-m", "tests.audit"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == audit.UNKNOWN, done.stderr
    told = done.stdout.split("통과가 아닙니다")
    assert len(told) == 1 + len(audit.LOCKS) + 1
    assert all(words in each for each in told[1:4] for words in audit.SERVICES.values())
    assert "npm 레지스트리의 취약점 목록: " in told[4]
