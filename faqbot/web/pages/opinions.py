"""Whether an answer helped, and where it did not, why."""

from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from faqbot.web.pages.conversation import Conversation, read_conversation


@dataclass(frozen=True)
class Opinion:
    """A vote with what belongs to it.

    Attributes:
        conversation: with the token of the reply; without one the vote is on the entry alone.
        entry_id: of the answer; "" where the form names none.
        vote: 1, -1, or 0 where the form says neither.
        reason: why it did not help; "" for none.
        text: what else was said.
        error: what is wrong with the text; "" for nothing.
        told: whether the form asked for a reason, so that nothing is asked a second time.
        read_as: token of the query that stands for reading the entry, once a vote has made one; "" before and where there is a reply.
    """

    conversation: Conversation
    entry_id: str
    vote: int
    reason: str = ""
    text: str = ""
    error: str = ""
    told: bool = False
    read_as: str = ""

    @property
    def may_tell_more(self) -> bool:
        """Whether the answer did not help and nobody has asked why."""
        return self.vote == -1 and not (self.told or self.reason or self.text)


def read_opinion(form: MultiDict[str, str]) -> Opinion:
    """The opinion that a form holds."""
    vote = {"1": 1, "-1": -1}.get(form.get("vote", ""), 0)
    text = form.get("text", "").replace("\r\n", "\n").strip()
    return Opinion(read_conversation(form), form.get("id", ""), vote, form.get("reason", ""), text, told="told" in form, read_as=form.get("read_as", ""))
