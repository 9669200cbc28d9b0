"""The inquiry form as a page shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from faqbot import messages
from faqbot.errors import FaqbotError, ReleaseError
from faqbot.korean.josa import with_josa
from faqbot.privacy import LABELS, Kind, mask
from faqbot.store import TranscriptItem
from faqbot.web import entries, inquiring, schema
from faqbot.web.pages.crumbs import flat
from faqbot.web.pages.drafts import Draft
from faqbot.web.problems import RequestError
from faqbot.web.visit import Visit

#: What an answer may well need, so nobody is warned of it.
_USUAL = frozenset({Kind.PHONE, Kind.EMAIL, Kind.BUSINESS_NUMBER})


@dataclass(frozen=True)
class Sheet:
    """A draft with what stands around it.

    Attributes:
        draft: what was written.
        categories: to choose from; none while no release serves, for a person can be reached even then.
        consent: what is agreed to.
        transcript: the conversation before, oldest first.
        errors: field → what to do about it.
    """

    draft: Draft
    categories: tuple[schema.Category, ...]
    consent: str
    transcript: tuple[TranscriptItem, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def sensitive(self) -> str:
        """A sentence about personal data that an answer hardly needs; "" where none was found."""
        draft = self.draft
        kinds = mask(f"{draft.question}\n{draft.background}\n{draft.error}\n{draft.tried}").kinds
        names = dict.fromkeys(LABELS[kind].strip("[]") for kind in kinds if kind not in _USUAL)
        return messages.SENSITIVE.format(kinds=with_josa(", ".join(names), "으로")) if names else ""


def blank_sheet(visit: Visit, draft: Draft) -> Sheet:
    """The sheet of a draft without its conversation, which takes a store; a category that nobody knows is left out."""
    try:
        categories = entries.categories(visit.catalogue.visible()).items
    except ReleaseError:
        return Sheet(draft, (), inquiring.consent_text(visit.settings))
    known = {each.category for each in flat(categories)}
    return Sheet(draft if draft.category in known else replace(draft, category=""), categories, inquiring.consent_text(visit.settings))


def sheet_of(visit: Visit, draft: Draft) -> Sheet:
    """The sheet of a draft. Tokens that lead nowhere any more are dropped: nothing of them would stop an inquiry."""
    draft = replace(draft, tokens=tuple(token for token in draft.tokens if _is_readable(visit, token)))
    sheet = blank_sheet(visit, draft)
    try:
        return replace(sheet, transcript=inquiring.transcript(visit, draft.tokens) if draft.tokens else ())
    except FaqbotError:  # store or release are down; the tokens stay and may be read when it is sent
        return sheet


def _is_readable(visit: Visit, token: str) -> bool:
    try:
        visit.services.tokens.read(token)
    except RequestError:
        return False
    return True
