"""What the forms of a visitor carry from page to page, so that nothing of it stands in an address or a cookie."""

from dataclasses import dataclass, replace

from werkzeug.datastructures import MultiDict

#: Tokens that an inquiry may bring along, and characters of one.
MOST_TOKENS, _LONGEST_TOKEN = 10, 500
#: Above this the number of misses does not matter.
_MANY = 99


@dataclass(frozen=True)
class Conversation:
    """Where a visitor is.

    Attributes:
        query: the last one, as typed.
        tokens: of the replies so far, oldest first; the last one is that of the reply at hand.
        misses: replies in a row, the last one included, in which nothing was found.
    """

    query: str = ""
    tokens: tuple[str, ...] = ()
    misses: int = 0

    @property
    def token(self) -> str:
        """Of the reply at hand; "" for none."""
        return self.tokens[-1] if self.tokens else ""

    def answered(self, token: str) -> "Conversation":
        """After a reply that offers something."""
        return replace(self, tokens=(*self.tokens, token)[-MOST_TOKENS:], misses=0)

    def missed(self, token: str = "") -> "Conversation":
        """After a reply that offers nothing, or after one whose offers were all rejected."""
        tokens = (*self.tokens, token) if token else self.tokens
        return replace(self, tokens=tokens[-MOST_TOKENS:], misses=min(self.misses + 1, _MANY))


def read_conversation(form: MultiDict[str, str]) -> Conversation:
    """The conversation that a form carries; what cannot be one of ours is left out."""
    tokens = [token for token in form.getlist("token") if 0 < len(token) <= _LONGEST_TOKEN]
    misses = form.get("misses", "")
    counted = int(misses) if misses.isascii() and misses.isdigit() and len(misses) < 3 else 0
    return Conversation(form.get("query", ""), tuple(dict.fromkeys(tokens))[-MOST_TOKENS:], counted)
