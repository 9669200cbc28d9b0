"""What search engines read about a page: JSON-LD of schema.org."""

import json

from markupsafe import Markup

from faqbot.web import schema

#: Characters with which a script element could end or an entity begin, as JSON writes them too.
_ESCAPED = str.maketrans({"<": r"\u003c", ">": r"\u003e", "&": r"\u0026", "\u2028": r"\u2028", "\u2029": r"\u2029"})


def faq_page(answer: schema.Answer, address: str | None) -> Markup:
    """An entry as a FAQPage with one question, ready to stand in a script element.

    Args:
        answer: the entry.
        address: its canonical address, None where it has none.
    """
    accepted = {"@type": "Answer", "text": answer.answer_html}
    question: dict[str, object] = {"@type": "Question", "name": answer.question, "acceptedAnswer": accepted}
    if address:
        question["url"] = address
    if answer.updated_at:
        question["dateModified"] = answer.updated_at.isoformat()
    return in_script({"@context": "https://schema.org", "@type": "FAQPage", "inLanguage": "ko", "mainEntity": [question]})


def in_script(data: object) -> Markup:
    r"""JSON that cannot end the script element in which it stands.

    >>> str(in_script({"name": "</script><b>&"}))
    '{"name": "\\u003c/script\\u003e\\u003cb\\u003e\\u0026"}'
    """
    return Markup(json.dumps(data, ensure_ascii=False).translate(_ESCAPED))  # noqa: S704  # see above
