"""What is installed is what is locked, listed, and looked up."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_an_audit_looks_at_all_that_is_locked_and_what_cannot_be_looked_up_fails_it():
    command = recipe("audit")
    assert "requirements.lock requirements-dev.lock" in command
    assert all(option in command for option in ("--strict", "--disable-pip", "--require-hashes", "npm audit"))
    assert command.count("exit 1") == 2


@pytest.mark.slow
def test_an_audit_without_a_network_is_no_pass(tmp_path):
    (tmp_path / "one.lock").write_text("click==8.3.1 --hash=sha256:" + "0" * 64 + "\n")
    command = [str(BIN / "pip-audit"), "--strict", "--disable-pip", "--require-hashes", "--progress-spinner", "off", "--timeout", "2", "-r", "one.lock"]
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
    environment = {**os.environ, **nowhere, "NO_PROXY": "", "no_proxy": "", "XDG_CACHE_HOME": str(tmp_path)}
    assert subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False, timeout=120).returncode != 0
