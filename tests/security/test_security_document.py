"""SECURITY.md promises nothing that no test looks at."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


@cache
def functions_of(file: Path) -> frozenset[str]:
    """Names of the test functions of a file, those in classes too."""
    return frozenset(node.name for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef))


def named(section: str) -> dict[str, list[str]]:
    """First cell of each row of a section → the tests in its last."""
    part = TEXT.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1:-1] for line in part.splitlines() if line.startswith("| ")][1:]
    return {row[0].strip(): re.findall(r"`([\w/.]+::\w+)`", row[-1]) for row in rows}


def test_every_threat_has_a_test():
    found = named("실제로 있었던 취약점과 우리 테스트")
    assert list(found) == [f"T{n}" for n in range(1, 21)]
    assert [threat for threat, tests in found.items() if not tests] == []


def test_every_item_that_is_claimed_has_a_test():
    found = named("OWASP ASVS 5.0")
    assert len(found) > 10
    assert [item for item, tests in found.items() if not tests] == []


def test_every_test_that_is_named_exists():
    names = re.findall(r"`([\w/.]+)::(\w+)`", TEXT)
    assert len(names) > 50
    assert [(file, name) for file, name in names if not (ROOT / "tests" / file).is_file() or name not in functions_of(ROOT / "tests" / file)] == []
