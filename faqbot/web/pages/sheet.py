"""The inquiry form as a page shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from faqbot import messages
from faqbot.errors import FaqbotError, ReleaseError
from faqbot.korean.josa import with_josa
from faqbot.privacy import LABELS, Kind, mask
from faqbot.store import Attachment, TranscriptItem
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
        files: those of the draft, oldest first; none where they were not looked up.
        most_files: how many the inquiry may carry; 0 where it may carry none, and then nothing is said of files.
        most_bytes: of one file.
    """

    draft: Draft
    categories: tuple[schema.Category, ...]
    consent: str
    transcript: tuple[TranscriptItem, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Attachment, ...] = ()
    most_files: int = 0
    most_bytes: int = 0

    @property
    def sensitive(self) -> str:
        """A sentence about personal data that an answer hardly needs; "" where none was found."""
        draft = self.draft
        kinds = mask(f"{draft.question}\n{draft.background}\n{draft.error}\n{draft.tried}").kinds
        names = dict.fromkeys(LABELS[kind].strip("[]") for kind in kinds if kind not in _USUAL)
        return messages.SENSITIVE.format(kinds=with_josa(", ".join(names), "으로")) if names else ""


def blank_sheet(visit: Visit, draft: Draft) -> Sheet:
    """The sheet of a draft without its conversation and its files, which take a store; a category that nobody knows is left out."""
    settings = visit.settings
    bare = Sheet(
        draft if settings.attachments else replace(draft, files=()),
        (),
        inquiring.consent_text(settings),
        most_files=settings.attachments,
        most_bytes=settings.attachment_bytes,
    )
    try:
        categories = entries.categories(visit.catalogue.visible()).items
    except ReleaseError:
        return bare
    known = {each.category for each in flat(categories)}
    return replace(bare, draft=bare.draft if draft.category in known else replace(bare.draft, category=""), categories=categories)


def sheet_of(visit: Visit, draft: Draft) -> Sheet:
    """The sheet of a draft. Tokens that lead nowhere any more are dropped: nothing of them would stop an inquiry."""
    draft = replace(draft, tokens=tuple(token for token in draft.tokens if _is_readable(visit, token)))
    sheet = blank_sheet(visit, draft)
    try:
        return replace(sheet, transcript=inquiring.transcript(visit, draft.tokens) if draft.tokens else ())
    except FaqbotError:  # store or release are down; the tokens stay and may be read when it is sent
        return sheet


def with_files(visit: Visit, sheet: Sheet) -> Sheet:
    """The sheet with the files of its draft; ids of files that are not kept any more are dropped.

    Raises:
        StoreError: they cannot be read.
    """
    files = visit.services.store.uploads(sheet.draft.key, sheet.draft.files) if sheet.draft.files else ()
    return replace(sheet, files=files, draft=replace(sheet.draft, files=tuple(each.id for each in files)))


def _is_readable(visit: Visit, token: str) -> bool:
    try:
        visit.services.tokens.read(token)
    except RequestError:
        return False
    return True
