"""How many mutants the tests noticed, package by package, from the files that mutmut keeps."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

#: Least share of mutants that the tests of a package notice.
LEAST = 0.8
#: mutmut's exit code of a mutant that is left out of a sample.
LEFT_OUT = 34
#: Exit codes of a trial in which a test failed, or did not come to its end: time over, or the process died of it.
NOTICED = frozenset({1, 3, 24, 36, 152, 255, -24, -11})


@dataclass(frozen=True, slots=True)
class Score:
    """What became of the mutants of one package.

    Attributes:
        package: its name without faqbot.
        noticed: how many made a test fail.
        missed: how many made none fail, or are reached by none.
        waiting: how many were not tried yet.
        left_out: how many are not in the sample.
    """

    package: str
    noticed: int
    missed: int
    waiting: int
    left_out: int

    @property
    def share(self) -> float:
        """Noticed of those that were tried, within [0, 1]; 0 where none was."""
        return self.noticed / max(self.noticed + self.missed, 1)

    @property
    def enough(self) -> bool:
        """Whether nothing is waiting and the share is at least LEAST."""
        return not self.waiting and self.share >= LEAST


def verdicts(file: Path) -> dict[str, int | None]:
    """Mutant → exit code of its trial, None before it, in the order of the source."""
    codes: dict[str, int | None] = json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
    return codes


def score(package: str, codes: Iterable[int | None]) -> Score:
    """The score of a package from the exit codes of all its mutants."""
    counts = Counter("waiting" if code is None else "left_out" if code == LEFT_OUT else "noticed" if code in NOTICED else "missed" for code in codes)
    return Score(package, counts["noticed"], counts["missed"], counts["waiting"], counts["left_out"])


def sampled(codes: Mapping[str, int | None], every: int, *, again: bool) -> dict[str, int | None]:
    """The same with every n-th mutant waiting that was not tried, and the others left out; `again` lets what was missed wait too."""

    def what(place: int, code: int | None) -> int | None:
        if code in {None, LEFT_OUT}:
            return LEFT_OUT if place % every else None
        return None if again and code not in NOTICED else code

    return {mutant: what(place, code) for place, (mutant, code) in enumerate(codes.items())}


def scores(folder: Path) -> list[Score]:
    """The score of each package under mutants/faqbot, in the order of their names."""
    packages: dict[str, list[int | None]] = {}
    for file in sorted(folder.glob("faqbot/*/*.meta")):
        packages.setdefault(file.parent.name, []).extend(verdicts(file).values())
    return [score(package, codes) for package, codes in packages.items()]
