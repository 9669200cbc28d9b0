"""One request's surroundings."""

from dataclasses import dataclass
from functools import cached_property

from faqbot.settings import Settings
from faqbot.web.catalogue import Catalogue, LiveCatalogue


@dataclass(frozen=True)
class Visit:
    """What the handler of one request works with.

    Attributes:
        live: where `catalogue` comes from.
        settings: the operator's.
        request_id: our name for the request, in its response and in the log.
    """

    live: LiveCatalogue
    settings: Settings
    request_id: str

    @cached_property
    def catalogue(self) -> Catalogue:
        """Taken once, so that a release published meanwhile does not mix with it.

        Raises:
            ReleaseError: nothing usable is published.
        """
        return self.live.current
