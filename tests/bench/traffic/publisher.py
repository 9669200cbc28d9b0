"""An operator who publishes, in a process of its own: `python -m tests.bench.traffic.publisher SITE PAUSE TIMES RELEASE RELEASE`.

Says "ready" once it could begin, begins at a line of its input, and prints the moments of publication (monotonic seconds, the same in all processes) and the releases.
"""

import json
import sys
import time
from itertools import cycle, islice
from pathlib import Path

from faqbot.training.publish import publish


def publish_in_turn(site: Path, releases: list[str], times: int, pause: float) -> list[tuple[float, str]]:
    """Publish the releases by turns, with so many seconds behind each."""
    published = []
    for release in islice(cycle(releases), times):
        publish(site, release)
        published.append((time.monotonic(), release))
        time.sleep(pause)
    return published


if __name__ == "__main__":
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(json.dumps(publish_in_turn(Path(sys.argv[1]), sys.argv[4:], int(sys.argv[3]), float(sys.argv[2]))))
