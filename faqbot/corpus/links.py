"""Which links may be shown."""

import re

_SAFE = re.compile(r"(?:https?://(?![/?#])|mailto:|tel:)[^\s\"<>\\`]+", re.IGNORECASE)


def is_safe_link(url: str) -> bool:
    """Whether a URL is absolute, visible in full, and its scheme one that can only open a page, a mail or a call: http, https, mailto, tel.

    >>> is_safe_link("https://pay.example.kr/환불"), is_safe_link("javascript:alert(1)"), is_safe_link("/help")
    (True, False, False)
    """
    return url.isprintable() and bool(_SAFE.fullmatch(url))
