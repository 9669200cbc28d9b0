"""How many connections one process may have."""

import errno
import resource

#: Connections of a process at most.
MOST = 1000
#: Connections below that for which room is kept: one on each port may come before the next look.
SPARE = 8
#: Files that a process opens besides: of releases, databases, ports, logs.
BESIDE = 200
#: What a system says that has no file left, for the process or for all.
OUT_OF_FILES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


def most_connections() -> int:
    """MOST, or what the limit on open files allows, which is raised for this process and its children as far as the system lets it be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = MOST + BESIDE
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return MOST if soft == resource.RLIM_INFINITY else max(2 * SPARE, min(MOST, soft - BESIDE))
