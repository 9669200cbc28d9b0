"""`python -m tests.audit`: whether anything that is locked is known to be vulnerable. What could not be looked up is told and is no pass."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-docker.lock", "requirements-dev.lock")
NPM = "tests/browser/package-lock.json"
#: Who is asked about Python's packages, one after the other until one knows them all: pip-audit's name → ours.
SERVICES = {"pypi": "PyPI의 취약점 목록", "osv": "OSV의 취약점 목록"}
#: The program's exit status: nothing is known; something is; it could not be looked up.
CLEAN, VULNERABLE, UNKNOWN = 0, 1, 2


class UnknownError(Exception):
    """A service could not say whether something is vulnerable; the message says why."""


def python_problems(output: str, errors: str) -> list[str]:
    """Vulnerabilities that pip-audit's JSON tells.

    Raises:
        UnknownError: it told nothing, or had not heard of a package.
    """
    try:
        dependencies = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        raise UnknownError(_last_line(errors)) from None
    if skipped := [each["name"] for each in dependencies if "skip_reason" in each]:
        raise UnknownError(f"패키지 {len(skipped)}개를 모른다고 합니다({', '.join(skipped[:3])} …)")
    if not dependencies:
        raise UnknownError("확인한 패키지가 없습니다")
    return [
        f"{each['name']} {each['version']}: {found['id']}, 고친 버전 {', '.join(found['fix_versions']) or '없음'}"
        for each in dependencies
        for found in each["vulns"]
    ]


def npm_problems(output: str, errors: str) -> list[str]:
    """Vulnerabilities that npm's JSON tells.

    Raises:
        UnknownError: it told nothing but an error.
    """
    try:
        told = json.loads(output)
    except ValueError:
        raise UnknownError(_last_line(errors)) from None
    if (found := told.get("vulnerabilities")) is None:
        raise UnknownError(told.get("message") or _last_line(errors))
    return [f"{name}: {each['severity']}, {each['range']}" for name, each in found.items()]


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "아무 말도 하지 않았습니다"


def ask(command: list[str], read: Callable[[str, str], list[str]], folder: Path = ROOT) -> list[str]:
    """Runs a program and reads what it says.

    Raises:
        UnknownError: it is not there, or its answer is none.
    """
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except OSError:
        raise UnknownError(f"{command[0]} 이(가) 없습니다") from None
    return read(done.stdout, done.stderr)


def main() -> int:
    """The worst of all; each lock file gets a line."""
    checks: list[tuple[str, dict[str, Callable[[], list[str]]]]] = []
    for lock in LOCKS:
        options = ["--disable-pip", "--require-hashes", "--progress-spinner", "off", "--timeout", "10", "-f", "json", "-r", lock]
        asked = {words: [sys.executable, "-m", "pip_audit", *options, "-s", name] for name, words in SERVICES.items()}
        checks.append((lock, {words: lambda command=command: ask(command, python_problems) for words, command in asked.items()}))
    npm = ["npm", "audit", "--package-lock-only", "--json"]
    checks.append((NPM, {"npm 레지스트리의 취약점 목록": lambda: ask(npm, npm_problems, (ROOT / NPM).parent)}))
    return max(judged(name, services) for name, services in checks)


def judged(name: str, services: dict[str, Callable[[], list[str]]]) -> int:
    """Tells what came of a file and gives its status; the first service that knows is believed."""
    reasons = []
    for words, look in services.items():
        try:
            found = look()
        except UnknownError as error:
            reasons.append(f"  {words}: {error}")
            continue
        tell(
            f"{name}: {words}에서 확인했습니다. "
            + ("알려진 취약점이 없습니다." if not found else f"취약점이 {len(found)}건 있습니다. 고친 버전으로 잠금 파일을 다시 만드세요.")
        )
        tell(*(f"  {each}" for each in found))
        return VULNERABLE if found else CLEAN
    tell(
        f"{name}: 취약점이 있는지 확인하지 못했습니다. 통과가 아닙니다. 아래 가운데 하나에 접속할 수 있는 곳에서(프록시가 있다면 HTTPS_PROXY 를 정하고) 다시 실행하세요.",
        *reasons,
    )
    return UNKNOWN


def tell(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
