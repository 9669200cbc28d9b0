"""Changes of accounts and keys, each with its line in the audit log: what the command line and the pages do, they do through here."""

import secrets
from typing import Any

from faqbot.store.access import KEY_DAYS, ApiKey, Operator, Role
from faqbot.store.accounts import Accounts
from faqbot.store.audit import Audit

#: Random bytes of a password that is made for somebody, 20 characters.
_PASSWORD_BYTES = 15


def new_password() -> str:
    """One that nobody needs to think up, for the first log-in."""
    return secrets.token_urlsafe(_PASSWORD_BYTES)


class AccountChanges:
    """What one actor changes. Every method raises what `Accounts` raises; a change and its line are stored together or not at all.

    Args:
        accounts: to be changed.
        audit: of the same site.
        actor: who does it; see AuditEntry.
    """

    def __init__(self, accounts: Accounts, audit: Audit, actor: str) -> None:
        self._accounts = accounts
        self._audit = audit
        self._actor = actor

    def create(self, name: str, password: str, role: Role) -> Operator:
        """A new account."""
        with self._accounts.together():
            operator = self._accounts.create(name, password, role)
            self._write("operator.create", operator.name, None, {"role": role.value})
        return operator

    def set_password(self, name: str, password: str) -> None:
        """Another password for an account, whose sessions end."""
        with self._accounts.together():
            operator = self._accounts.operator(name)
            self._accounts.set_password(operator.name, password)
            self._write("operator.password", operator.name)

    def change_own_password(self, name: str, password: object, new: object, address: str) -> str:
        """Another password for oneself, who is `Accounts.confirm`ed first: the token of the one session that is left."""
        self._accounts.confirm(name, password, new, address)
        with self._accounts.together():
            self.set_password(name, str(new))
            return self._accounts.start_session(name)

    def set_role(self, name: str, role: Role) -> None:
        """Another role for an account; nothing happens where it has that one."""
        with self._accounts.together():
            before = self._accounts.set_role(name, role)
            if before.role is not role:
                self._write("operator.role", before.name, {"role": before.role.value}, {"role": role.value})

    def disable(self, name: str) -> None:
        """No more log-ins; nothing happens where that is so already."""
        with self._accounts.together():
            before = self._accounts.disable(name)
            if before.disabled_at is None:
                self._write("operator.disable", before.name, {"disabled": False}, {"disabled": True})

    def enable(self, name: str) -> None:
        """Log-ins again; nothing happens where that is so already."""
        with self._accounts.together():
            before = self._accounts.enable(name)
            if before.disabled_at is not None:
                self._write("operator.enable", before.name, {"disabled": True}, {"disabled": False})

    def create_key(self, name: str, role: Role, days: int = KEY_DAYS) -> tuple[ApiKey, str]:
        """A new key and its text, which cannot be shown again."""
        with self._accounts.together():
            key, text = self._accounts.create_key(name, role, self._actor, days)
            self._write("key.create", key.prefix, None, {"name": key.name, "role": role.value, "expires": key.expires_at.date().isoformat()})
        return key, text

    def revoke_key(self, prefix: str) -> None:
        """A key opens nothing any more; nothing happens where that is so already."""
        with self._accounts.together():
            before = self._accounts.revoke_key(prefix)
            if before.revoked_at is None:
                self._write("key.revoke", before.prefix, {"name": before.name, "revoked": False}, {"name": before.name, "revoked": True})

    def _write(self, action: str, subject: str, before: Any = None, after: Any = None) -> None:
        self._audit.write(self._actor, action, subject, before, after)
