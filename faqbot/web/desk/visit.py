"""One request of somebody who may use the desk."""

from dataclasses import dataclass
from typing import Any, Literal

from faqbot.store import Role, Store
from faqbot.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something.

    Attributes:
        name: as the audit log names them: an operator's name or `key:<prefix>`.
        role: what they may do.
        via: by what they came in.
    """

    name: str
    role: Role
    via: Literal["session", "key"]


@dataclass(frozen=True, kw_only=True)
class DeskVisit(Visit):
    """What a handler of the desk works with.

    Attributes:
        actor: who asks; their role covers what the rule needs.
    """

    actor: Actor

    @property
    def store(self) -> Store:
        """What is kept on this site."""
        return self.services.store

    def may(self, role: Role) -> bool:
        """Whether the actor's role covers another."""
        return self.actor.role.covers(role)

    def audit(self, action: str, subject: str, before: Any = None, after: Any = None) -> None:
        """Write down what the actor did; see faqbot.store.Audit.write.

        Raises:
            StoreError: it was not written.
        """
        self.store.audit.write(self.actor.name, action, subject, before, after)
