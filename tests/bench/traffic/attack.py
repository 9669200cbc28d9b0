"""One client that means harm, in a process of its own: `python -m tests.bench.traffic.attack PORT SECONDS`; prints what it heard."""

import json
import sys

import numpy as np

from tests.bench.traffic.client import Client, Heard
from tests.bench.traffic.questions import new

#: Connections over which it asks one question after the other without a pause.
CONNECTIONS = 50
#: The longest text that is read.
LENGTH = 300
#: What costs an analyzer of Korean most: endings that can be split in many ways, words that are no words, slips that look like typos.
PATTERNS = ("이다", "가", "지이인짜", "은는이가을를에게서로", "됬는대", "ghksqnf", "할수있게되어지는것이", "안못")
#: Characters that are left for ends.
ENDS = 8
_MOST = 1_000_000


def texts(length: int = LENGTH) -> list[str]:
    """The patterns over and over, up to the length; a little less, so that each may end in many ways."""
    return [(pattern * length)[: length - ENDS] for pattern in PATTERNS]


def attack(port: int, seconds: float) -> Heard:
    """Ask all the time, and nothing twice."""
    return Client(port, CONNECTIONS).run(new(texts(), limit=10), lambda *_: None, np.zeros(_MOST), seconds)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(attack(int(sys.argv[1]), float(sys.argv[2])).to_json()))
