"""`python -m tests.mutation`: one small change to the core at a time, and whether a test notices. Goes on where it was stopped; mutants/ keeps what was tried.

`--every N` tries each N-th mutant of a file, `--again` tries the missed ones once more, on every test that reaches them.
"""

import argparse
import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

from mutmut.__main__ import copy_also_copy_files, copy_src_dir, create_mutants

from tests.mutation.score import LEAST, sampled, scores, verdicts

FOLDER = Path("mutants")


def main() -> int:
    """0 where the tests of every package notice enough, 1 where they do not, or where mutants wait."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--children", type=int, default=2)
    options = parser.parse_args()
    make(options.children)
    for file in FOLDER.glob("faqbot/*/*.meta"):
        choose(file, options.every, again=options.again)
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | ({"MUTANTS_MEET": "all"} if options.again else {})
    subprocess.run([Path(sys.executable).parent / "mutmut", "run", "--max-children", str(options.children)], env=surroundings, check=False)
    found = scores(FOLDER)
    for of in found:
        sys.stdout.write(f"{of.package:<10} {of.share:6.1%}  알아챔 {of.noticed}  놓침 {of.missed}  남음 {of.waiting}  뺌 {of.left_out}\n")
    if not all(of.enough for of in found):
        sys.stdout.write(
            f"놓친 것이 {1 - LEAST:.0%}를 넘거나 아직 남은 것이 있습니다. {Path(sys.executable).parent}/mutmut results 로 무엇을 놓쳤는지 보세요.\n"
        )
        return 1
    return 0


def make(children: int) -> None:
    """Write the mutants of changed files; what was tried of unchanged functions stays."""
    FOLDER.mkdir(exist_ok=True)
    with contextlib.redirect_stdout(io.StringIO()):
        copy_src_dir()
        copy_also_copy_files()
        create_mutants(children)


def choose(file: Path, every: int, *, again: bool) -> None:
    """Mark in mutmut's own file what is to be tried."""
    kept = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(kept | {"exit_code_by_key": sampled(verdicts(file), every, again=again)}, indent=4), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
