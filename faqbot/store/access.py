"""Who may do what in the desk: roles, and the rows of operators, sessions, keys and the audit log as values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

#: A session that nobody used for so long is over: a lunch break does not end it, a desk left in the evening is closed by night.
IDLE = timedelta(hours=2)
#: However much it is used, a session ends after one working day.
ABSOLUTE = timedelta(hours=12)
#: Days that a key may live, and how many it does where nobody says.
MAX_KEY_DAYS, KEY_DAYS = 730, 365
#: Keys of one name that are valid at once: the old one and the new one, until every program knows the new one.
KEYS_AT_ONCE = 2


class Role(StrEnum):
    """What somebody may do; each role may do what those before it may. Compare with `covers`, never by letters.

    viewer sees; editor changes the draft, trains, works the queue, notices and inquiries; publisher publishes, rolls back and sets thresholds;
    owner looks after accounts, keys and settings.
    """

    VIEWER = "viewer"
    EDITOR = "editor"
    PUBLISHER = "publisher"
    OWNER = "owner"

    def covers(self, needed: "Role") -> bool:
        """Whether this role may do what the other one may.

        >>> Role.OWNER.covers(Role.EDITOR), Role.VIEWER.covers(Role.EDITOR)
        (True, False)
        """
        ranks = tuple(Role)
        return ranks.index(self) >= ranks.index(needed)


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody with an account.

    Attributes:
        name: what they log in with; unique on the site.
        role: what they may do.
        created_at: of the account.
        password_at: since when the password is what it is.
        disabled_at: since when they may not log in; None while they may.
        seen_at: their last log-in.
    """

    name: str
    role: Role
    created_at: datetime
    password_at: datetime
    disabled_at: datetime | None
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in.

    Attributes:
        name: of the operator.
        role: theirs now, not at log-in.
        created_at: when they logged in.
    """

    name: str
    role: Role
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key for a program. The key itself is not stored.

    Attributes:
        prefix: what the key is called by, the part between `fq_` and the next underscore.
        name: what it is for; two keys of one name may be valid at once.
        role: its scope.
        created_at: when it was made.
        created_by: by whom.
        expires_at: from when on it opens nothing.
        used_at: its last use, to the minute; None before the first.
        revoked_at: since when it opens nothing because somebody said so.
    """

    prefix: str
    name: str
    role: Role
    created_at: datetime
    created_by: str
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    def is_valid(self, now: datetime) -> bool:
        """Whether it opens anything at that moment."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit log.

    Attributes:
        id: grows with time.
        written_at: when it was done.
        actor: who: an operator's name, `key:<prefix>` or `cli:<user of the system>`.
        action: what, as a dotted word: `operator.create`.
        subject: on what: a name, an id, a number.
        before: what was, as JSON; None where there was nothing.
        after: what is, as JSON; None where nothing is left.
    """

    id: int
    written_at: datetime
    actor: str
    action: str
    subject: str
    before: Any
    after: Any
