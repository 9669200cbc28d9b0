"""E-mail addresses, and the URLs in which a number is none. Pure."""

import re
from collections.abc import Iterator

from faqbot.privacy.number import Span

_AT = re.compile(r" ?(?:@|[(\[] ?at ?[)\]]|골뱅이) ?", re.IGNORECASE)
#: Read from the sign backwards; as long as a mailbox may be.
_MAILBOX = re.compile(r"[\w.%+'-]{1,64}", re.ASCII)
_PROVIDERS = "naver|gmail|daum|hanmail|nate|kakao|hotmail|outlook|icloud|네이버|지메일|다음|한메일|네이트|카카오|구글"
_DOMAIN = re.compile(
    rf"(?:[a-z0-9-]++\.)+[a-z]{{2,24}}|[a-z0-9-]{{1,63}} ?[.,] ?(?:com|net|org|co ?\. ?kr|kr)(?![a-z])"
    rf"|(?:{_PROVIDERS})(?: ?[.,] ?(?:com|net)| ?(?:닷|점|쩜) ?(?:컴|넷))?",
    re.IGNORECASE,
)
#: With https:// or www. before it, or a slash behind the name of a host.
_URL = re.compile(r"(?:(?:https?://|www\.)|(?<![a-z0-9_.@-])(?:[a-z0-9-]++\.)++[a-z]{2,24}/)[!#-&*+\--;=?-~\x01]*", re.IGNORECASE)
_DIGIT_IN_URL = re.compile(r"=(?:\+?82-?)?0?1[016-9]-?[0-9]{3,4}-?[0-9]{4}(?![0-9])|[0-9]")


def emails(chars: str) -> Iterator[Span]:
    """Addresses, also with 골뱅이 or (at), a space at the sign or the last dot, and without 닷컴 at well-known providers."""
    at = 0
    for sign in _AT.finditer(chars):
        mailbox = _MAILBOX.match(chars[max(at, sign.start() - 64) : sign.start()][::-1])
        domain = _DOMAIN.match(chars, sign.end())
        if mailbox and domain:
            at = domain.end()
            yield sign.start() - mailbox.end(), at


def without_urls(chars: str) -> str:
    """Digits of a URL become letters, except a mobile number given as a parameter; as long as before.

    >>> without_urls("https://a.kr/12?tel=01012345678&no=7")
    'https://a.kr/xx?tel=01012345678&no=x'
    """
    return _URL.sub(lambda url: _DIGIT_IN_URL.sub(lambda part: part[0] if part[0][0] == "=" else "x", url[0]), chars)
