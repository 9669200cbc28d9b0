"""One request's surroundings."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from faqbot.domain import FaqEntry
from faqbot.settings import Settings
from faqbot.web.catalogue import Catalogue
from faqbot.web.contact import Contact, contact
from faqbot.web.entries import starters
from faqbot.web.hours import Language
from faqbot.web.services import Services


@dataclass(frozen=True)
class Visit:
    """What the handler of one request works with.

    Attributes:
        services: shared by all requests.
        request_id: our name for the request, in its response and in the log.
        base_url: what our own paths are added to, without a slash at the end.
        notes: what the log is to say of the request: plain values by name, and none that a visitor wrote.
    """

    services: Services
    request_id: str
    base_url: str = ""
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        """The operator's."""
        return self.services.settings

    @cached_property
    def catalogue(self) -> Catalogue:
        """Taken once, so that a release published meanwhile does not mix with it.

        Raises:
            ReleaseError: nothing usable is published.
        """
        return self.services.live.current

    @cached_property
    def contact(self) -> Contact:
        """The ways to a person now, in Korean."""
        return self.contact_in("ko")

    def contact_in(self, lang: Language) -> Contact:
        """The ways to a person now; an inquiry leads to our own form where the operator has no other."""
        found = contact(self.settings, self.services.clock, lang)
        return found.model_copy(update={"inquiry_url": f"{self.base_url}/inquiry"}) if found.own_inquiry else found

    def popular(self, limit: int) -> tuple[FaqEntry, ...]:
        """Entries that visitors ended at most often, then those the table begins with."""
        counted = (self.catalogue.find(entry_id) for entry_id in self.services.popular.ids)
        by_id = {entry.id: entry for entry in (*(found[0] for found in counted if found), *starters(self.catalogue.visible()))}
        return tuple(by_id.values())[:limit]
