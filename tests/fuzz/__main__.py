"""`python -m tests.fuzz NAME CORPUS [libFuzzer's options]`, such as `-runs=10000` or `-max_total_time=600`. What is found is kept in CORPUS, where the next run goes on."""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["faqbot"]):
    from tests.fuzz.promises import PROMISES
    from tests.fuzz.seeds import seeds


def main() -> None:
    """Fuzz one promise until libFuzzer stops or it is broken."""
    name, corpus, *options = sys.argv[1:]
    Path(corpus).mkdir(parents=True, exist_ok=True)
    for n, seed in enumerate(seeds(name)):
        (Path(corpus) / f"seed-{n}").write_bytes(seed)
    atheris.Setup([sys.argv[0], corpus, *options], PROMISES[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
